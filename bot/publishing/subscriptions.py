"""Subscribing channels: the confirmation that shows whether the bot may post there, stopping, the default channel."""

from __future__ import annotations

import logging
from collections.abc import Callable

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.corpus.model import Corpus
from bot.outbox.delivery import OVER, Delivery, Message, Series
from bot.outbox.ledger import Ledger
from bot.outbox.rows import cancel_planned, of
from bot.outbox.worker import Worker
from bot.publishing import notices
from bot.publishing.kinds import MONTH, OWN
from bot.publishing.months import latest_at, newest, noted_instead
from bot.publishing.notices import NOTICE, SUBSCRIBED, plan_notice
from bot.store import subscriptions
from bot.store.subscriptions import ACTIVE, STOPPED, Subscription
from bot.store.tables import deliveries

log = logging.getLogger(__name__)


class Subscriptions:
    """The subscriptions of one database. `subscribed` renders the confirmation, with who subscribed the channel."""

    def __init__(
        self,
        ledger: Ledger,
        worker: Worker,
        subscribed: Callable[[str], Message],
        step: Callable[[str], None] = lambda _name: None,
    ) -> None:
        self._ledger = ledger
        self._worker = worker
        self._subscribed = subscribed
        self._step = step

    async def ensure(self, team: str, channel: str, newest_month: str) -> Subscription:
        """Return the subscription of the operator's channel, made where there is none: then for what comes after
        `newest_month`.
        """
        async with self._ledger.begin() as (connection, now):
            await subscriptions.add(connection, self._ledger.database.insert, team, channel, newest_month, now)
            found = await subscriptions.get(connection, team, channel)
            return found or Subscription(team, channel, newest_month)

    async def get(self, team: str, channel: str) -> Subscription | None:
        """Return the subscription of a channel whatever its state, or None."""
        async with self._ledger.database.begin() as connection:
            return await subscriptions.get(connection, team, channel)

    async def recipients(self, team: str, operators_channel: str | None) -> list[Subscription]:
        """Return the channels that get new months, paused ones too (they catch up): those that people chose, and the
        operator's unless a curator named another default.
        """
        async with self._ledger.database.begin() as connection:
            return _chosen(await subscriptions.active(connection, team), operators_channel)

    async def mended_recipients(self, corpus: Corpus, team: str, operators_channel: str | None) -> list[Subscription]:
        """Return the same, but bring back first the months of channels that were set up while the library had one in the
        future: later ones would never be posted there.
        """
        newest_month = newest(corpus)
        async with self._ledger.begin() as (connection, now):
            for channel, since in await subscriptions.in_future(connection, team, max(latest_at(now), newest_month)):
                month = noted_instead(newest_month, since)
                await subscriptions.begin_after(connection, team, channel, month)
                log.warning(
                    "channel=%s was set up after a month in the future: it gets what is later than %s", channel, month
                )
            return _chosen(await subscriptions.active(connection, team), operators_channel)

    async def ask(self, corpus: Corpus, team: str, channel: str, user: str) -> Delivery | None:
        """Subscribe a channel for someone: post the confirmation there (once, however many ask); when it is there, the
        subscription is active. Return what became of it, or None where the channel is subscribed already.
        """
        self._step("before ask")
        asked = Subscription(team, channel, newest(corpus), by=user)
        delivery_id = await self._plan_confirmation(asked, self._subscribed(user))
        self._step("after ask")
        return await self._worker.send_now(delivery_id) if delivery_id else None

    async def make_default(self, team: str, channel: str) -> bool:
        """Make a subscribed channel the team's default; the operator's channel, if another, stops. Return False where the
        channel is not subscribed.
        """
        async with self._ledger.begin() as (connection, now):
            if not await subscriptions.make_default(connection, team, channel):
                return False
            for other in await subscriptions.of_operator(connection, team):
                if other != channel:
                    await _stop(connection, team, other, now)
            return True

    async def stop(self, team: str, channel: str, operators_channel: str | None) -> bool:
        """Stop a subscription: what has not been sent is cancelled, and nothing more is sent after this. Return False where
        there was none.
        """
        async with self._ledger.begin() as (connection, now):
            found = await subscriptions.get(connection, team, channel, lock=True)
            if found is None and channel != operators_channel:
                return False
            if found is None:
                await subscriptions.add(connection, self._ledger.database.insert, team, channel, "", now)
            elif found.state == STOPPED:
                return False
            await _stop(connection, team, channel, now)
            return True

    async def _plan_confirmation(self, asked: Subscription, confirmation: Message) -> str | None:
        """Return the id of the confirmation, or None where the channel is subscribed already."""
        series = Series(NOTICE, "", asked.team, asked.channel)
        async with self._ledger.begin() as (connection, now):
            await subscriptions.ask(connection, self._ledger.database.insert, asked, now)
            found = await subscriptions.get(connection, asked.team, asked.channel, lock=True)
            if found and found.state == ACTIVE:
                return None
            pending = (*of(series), *notices.about(SUBSCRIBED), deliveries.c.state.not_in(OVER))
            if planned := (await connection.execute(select(deliveries.c.id).where(*pending))).scalar():
                return str(planned)
            return await plan_notice(connection, asked.team, asked.channel, SUBSCRIBED, confirmation, now)


def _chosen(found: list[Subscription], operators_channel: str | None) -> list[Subscription]:
    named = any(each.is_default for each in found)
    return [
        each for each in found if each.by is not None or each.is_default or (each.channel == operators_channel and not named)
    ]


async def _stop(connection: AsyncConnection, team: str, channel: str, now: float) -> None:
    """Stop a subscription, and cancel what has not been sent."""
    await subscriptions.stop(connection, team, channel, now)
    here = (deliveries.c.team == team, deliveries.c.recipient == channel, deliveries.c.kind.in_((MONTH, OWN, NOTICE)))
    await cancel_planned(connection, "unsubscribed", now, *here)

"""Which channels get each new month, and who decided so. Ids only.

asked -> active | (gone);  active <-> paused;  any -> stopped -> asked. `asked`: the confirmation has not been posted yet.
`stopped` stays as a row, with the time it was stopped as `created_at`: what was planned before is not sent after it, and the
setting PPRNET_CHANNEL does not start it again.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import and_, delete, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.store.database import Database
from bot.store.tables import deliveries, subscriptions

ASKED, ACTIVE, PAUSED, STOPPED = "asked", "active", "paused", "stopped"


@dataclass(frozen=True, slots=True)
class Subscription:
    """A channel that gets each new month later than `after_month`. `by` is the person who set it up ("" where
    they asked to be forgotten), None the operator.

    `is_default`: a curator made it the team's default channel (instead of PPRNET_CHANNEL).
    """

    team: str
    channel: str
    after_month: str
    state: str = ACTIVE
    why: str | None = None
    by: str | None = None
    is_default: bool = False


class Subscriptions:
    """The subscriptions of one database. Every method is one transaction."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def ensure(self, team: str, channel: str, newest: str) -> Subscription:
        """The subscription of a channel that the operator chose, made where there is none: then for what comes after
        `newest`.
        """
        async with self._database.begin() as connection:
            now = await self._database.now(connection)
            values = {"team": team, "channel": channel, "after_month": newest, "created_at": now}
            await connection.execute(self._database.insert(subscriptions).values(values).on_conflict_do_nothing())
            found = await get(connection, team, channel)
            return found or Subscription(team, channel, newest)

    async def get(self, team: str, channel: str) -> Subscription | None:
        """The subscription of a channel whatever its state, or None."""
        async with self._database.begin() as connection:
            return await get(connection, team, channel)

    async def recipients(self, team: str, operators_channel: str | None) -> list[Subscription]:
        """The channels that get new months, paused ones too (they catch up): those that people chose, and the operator's
        unless a curator named another default.
        """
        async with self._database.begin() as connection:
            query = select(subscriptions).where(subscriptions.c.team == team, subscriptions.c.state.in_((ACTIVE, PAUSED)))
            found = [_subscription(row) for row in await connection.execute(query.order_by(subscriptions.c.channel))]
        chosen = any(each.is_default for each in found)
        return [
            each
            for each in found
            if each.by is not None or each.is_default or (each.channel == operators_channel and not chosen)
        ]

    async def make_default(self, team: str, channel: str) -> bool:
        """Make a subscribed channel the team's default; the operator's channel, if another, stops. False where the channel
        is not subscribed.
        """
        async with self._database.begin() as connection:
            now = await self._database.now(connection)
            of_team = subscriptions.c.team == team
            chosen = and_(of_team, subscriptions.c.channel == channel, subscriptions.c.state.in_((ACTIVE, PAUSED)))
            if not (await connection.execute(select(subscriptions.c.channel).where(chosen).with_for_update())).first():
                return False
            await connection.execute(update(subscriptions).where(of_team).values(is_default=False))
            await connection.execute(update(subscriptions).where(chosen).values(is_default=True))
            operators = select(subscriptions.c.channel).where(
                of_team,
                subscriptions.c.subscribed_by.is_(None),
                subscriptions.c.channel != channel,
                subscriptions.c.state != STOPPED,
            )
            for row in (await connection.execute(operators)).all():
                await stop(connection, team, row.channel, now)
            return True

    async def stop(self, team: str, channel: str, operators_channel: str | None) -> bool:
        """Stop a subscription: what has not been sent is cancelled, and nothing more is sent after this. False where there
        was none.
        """
        async with self._database.begin() as connection:
            now = await self._database.now(connection)
            mine = and_(subscriptions.c.team == team, subscriptions.c.channel == channel)
            row = (await connection.execute(select(subscriptions).where(mine).with_for_update())).first()
            if row is None and channel != operators_channel:
                return False
            if row is None:
                values = {"team": team, "channel": channel, "after_month": "", "created_at": now}
                await connection.execute(self._database.insert(subscriptions).values(values).on_conflict_do_nothing())
            elif row.state == STOPPED:
                return False
            await stop(connection, team, channel, now)
            return True


async def subscriptions_of(database: Database, team: str, operators_channel: str | None) -> list[Subscription]:
    """The channels of a team that get each new month, with their states. Reads only."""
    return await Subscriptions(database).recipients(team, operators_channel)


# -- within a transaction of the ledger ----------------------------------------------------------------------------


async def get(connection: AsyncConnection, team: str, channel: str, *, lock: bool = False) -> Subscription | None:
    """The subscription of a channel, or None."""
    query = select(subscriptions).where(subscriptions.c.team == team, subscriptions.c.channel == channel)
    row = (await connection.execute(query.with_for_update() if lock else query)).first()
    return _subscription(row) if row else None


async def ask(connection: AsyncConnection, insert: Any, wish: Subscription, now: float) -> None:
    """Note that somebody wants a channel subscribed, before it is known whether the bot may post there. A paused one stays
    paused until then.
    """
    values = {
        "team": wish.team,
        "channel": wish.channel,
        "after_month": wish.after_month,
        "subscribed_by": wish.by,
        "created_at": now,
        "state": ASKED,
    }
    fresh = {name: values[name] for name in ("after_month", "subscribed_by", "created_at", "state")}
    statement = insert(subscriptions).values(values)
    await connection.execute(
        statement.on_conflict_do_update(
            index_elements=["team", "channel"],
            set_=fresh | {"paused_why": None, "told_at": None},
            where=subscriptions.c.state == STOPPED,
        )
    )


async def activate(connection: AsyncConnection, team: str, channel: str) -> bool:
    """The bot has posted there: what was asked for or paused is active. False where it was so already, or was stopped."""
    mine = (subscriptions.c.team == team, subscriptions.c.channel == channel, subscriptions.c.state.in_((ASKED, PAUSED)))
    result = await connection.execute(update(subscriptions).where(*mine).values(state=ACTIVE, paused_why=None, told_at=None))
    return bool(result.rowcount)


async def refuse(connection: AsyncConnection, team: str, channel: str) -> None:
    """The bot may not post there: what was asked for is not subscribed."""
    mine = (subscriptions.c.team == team, subscriptions.c.channel == channel)
    await connection.execute(delete(subscriptions).where(*mine, subscriptions.c.state == ASKED))


async def pause(
    connection: AsyncConnection, team: str, channel: str, why: str, now: float, *, tell: bool
) -> Subscription | None:
    """Slack does not let the bot post there. Returns the subscription where its people are to be told now (once)."""
    mine = and_(
        subscriptions.c.team == team, subscriptions.c.channel == channel, subscriptions.c.state.in_((ACTIVE, PAUSED))
    )
    row = (await connection.execute(select(subscriptions).where(mine).with_for_update())).first()
    if row is None:
        return None
    telling = tell and row.told_at is None
    values = {"told_at": now} if telling else {}
    await connection.execute(update(subscriptions).where(mine).values(state=PAUSED, paused_why=why, **values))
    return _subscription(row) if telling else None


async def stop(connection: AsyncConnection, team: str, channel: str, now: float) -> None:
    """Stop a subscription, and cancel what has not been sent."""
    mine = and_(subscriptions.c.team == team, subscriptions.c.channel == channel)
    values = {"state": STOPPED, "created_at": now, "subscribed_by": None, "paused_why": None, "told_at": None}
    await connection.execute(update(subscriptions).where(mine).values(is_default=False, **values))
    unsent = (
        deliveries.c.team == team,
        deliveries.c.channel == channel,
        deliveries.c.kind.in_(("month", "notice")),
        deliveries.c.state == "planned",
    )
    cancelled = {"state": "cancelled", "error": "unsubscribed", "changed_at": now}
    await connection.execute(update(deliveries).where(*unsent).values(cancelled))


def _subscription(row: Any) -> Subscription:
    return Subscription(
        team=row.team,
        channel=row.channel,
        after_month=row.after_month,
        state=row.state,
        why=row.paused_why,
        by=row.subscribed_by,
        is_default=bool(row.is_default),
    )

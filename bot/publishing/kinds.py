"""What the outbox must know of months, followed topics and notices: when they are still wanted, and what follows when they
are posted or refused.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import UTC, datetime

from sqlalchemy import exists
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.outbox.delivery import Delivery, Message
from bot.outbox.kinds import Kind
from bot.outbox.rows import cancel_planned, retry_now
from bot.outbox.transport import Cause, Refused
from bot.publishing import notices
from bot.publishing.notices import NOTICE, SUBSCRIBED, plan_notice
from bot.store import subscriptions
from bot.store.drafts import month_of
from bot.store.tables import deliveries, follows
from bot.store.tables import subscriptions as subscription_table

MONTH, FOLLOW = "month", "follow"
OWN = "own"
"""A month of the team's own. Its subject is the key of its draft, so it is never taken for one of the blog's months."""
NOTE = "corrected:"
"""What the keys of replies about corrections begin with; no summary's id has a colon."""


_NOT_STOPPED = ~exists().where(
    subscription_table.c.team == deliveries.c.team,
    subscription_table.c.channel == deliveries.c.recipient,
    subscription_table.c.state == subscriptions.STOPPED,
    subscription_table.c.created_at >= deliveries.c.created_at,
)
_FOLLOWED = exists().where(follows.c.team == deliveries.c.team, follows.c.user == deliveries.c.recipient)


def is_note(delivery: Delivery) -> bool:
    """Return whether a message in a month's thread is a reply about a correction."""
    return (delivery.key or "").startswith(NOTE)


def month_kind(
    paused: Callable[[str, str], Message] | None = None, curators: Sequence[str] = (), *, name: str = MONTH
) -> Kind:
    """Return the kind of a month in a channel (MONTH or OWN). `paused` renders the notice that Slack does not let the bot
    post there.
    """

    async def refused(connection: AsyncConnection, delivery: Delivery, refusal: Refused, now: float) -> None:
        # With the token refused, nobody could be notified either.
        can_notify = refusal.cause not in (Cause.NO_SCOPE, Cause.TOKEN)
        note = paused(delivery.recipient, refusal.code) if paused and can_notify else None
        await _pause(connection, delivery, refusal.code, now, note, curators)

    return Kind(
        name,
        wanted=_NOT_STOPPED,
        unwanted_error="unsubscribed",
        is_threaded=True,
        in_order=True,
        fails_with_parent=True,
        needs_manual_check=lambda delivery: not is_note(delivery),
        not_before=lambda delivery: datetime.strptime(month_of(delivery.subject), "%Y-%m").replace(tzinfo=UTC).timestamp(),
        described=_described,
        on_sent=_resume,
        on_refused=refused,
    )


def follow_kind() -> Kind:
    """Return the kind of a direct message about a new month with followed topics."""
    return Kind(FOLLOW, wanted=_FOLLOWED, unwanted_error="unsubscribed")


def notice_kind() -> Kind:
    """Return the kind of notices. One that confirms a subscription decides about it."""

    async def sent(connection: AsyncConnection, delivery: Delivery, now: float) -> None:
        if delivery.key == SUBSCRIBED:
            await _resume(connection, delivery, now)

    async def refused(connection: AsyncConnection, delivery: Delivery, _refusal: Refused, _now: float) -> None:
        if delivery.key == SUBSCRIBED:
            await subscriptions.refuse(connection, delivery.team, delivery.recipient)

    return Kind(
        NOTICE,
        keeps_place=True,
        ends_when_refused=lambda delivery: delivery.key == SUBSCRIBED,
        on_sent=sent,
        on_refused=refused,
        on_given_up=sent,
    )


async def _resume(connection: AsyncConnection, delivery: Delivery, now: float) -> None:
    """A message is in its channel: its subscription is active, what waited for that is due, and nobody needs to read any
    more that it is paused.
    """
    team, channel = delivery.team, delivery.recipient
    if not await subscriptions.activate(connection, team, channel):
        return
    await cancel_planned(connection, "resumed", now, *notices.about(notices.paused(channel)), deliveries.c.team == team)
    await retry_now(connection, now, deliveries.c.team == team, deliveries.c.recipient == channel)


async def _pause(
    connection: AsyncConnection, delivery: Delivery, code: str, now: float, note: Message | None, curators: Sequence[str]
) -> None:
    """Slack does not let the bot post in a channel: pause its subscription, and notify the person who set it up (the
    curators, for the default channel) once.
    """
    team, channel = delivery.team, delivery.recipient
    found = await subscriptions.pause(connection, team, channel, code, now, notify=note is not None)
    if found and note:
        people = (found.by,) if found.by and not found.is_default else tuple(curators)
        for person in people:
            await plan_notice(connection, team, person, notices.paused(channel), note, now)


def _described(delivery: Delivery) -> str:
    parent = f"the month's message of {delivery.subject}"
    if delivery.kind == OWN:
        parent = f"the message with the team's own summaries of {month_of(delivery.subject)}"
    if not delivery.part:
        return parent
    if is_note(delivery):
        return f"the reply about a correction in the thread of {parent}"
    return f"card {delivery.part} in the thread of {parent}"

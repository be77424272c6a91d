"""Notifies curators that suggestions wait: in one message, at most once a day, however many replicas run.

Once none waits, the message says so.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date

from sqlalchemy import func, select

from bot.outbox.delivery import Message, Series, from_row
from bot.outbox.ledger import Ledger
from bot.outbox.transport import Messenger
from bot.publishing.notices import NOTICE, SUGGESTIONS, about, end
from bot.store.suggestions import Decision
from bot.store.tables import deliveries

AGAIN = 7 * 86400.0
"""Seconds after which curators are notified again of what still waits, where nothing new was suggested."""


async def notify_of_suggestions(
    ledger: Ledger, team: str, curators: Sequence[str], message: Message, today: date, newest: float | None
) -> bool:
    """Plan the message to each curator who has not had one since the `newest` suggestion (the database's time), nor one of
    `today`, the team's day; return whether one was planned.
    """
    planned = False
    async with ledger.begin() as (connection, now):
        query = (
            select(deliveries.c.recipient, func.max(deliveries.c.created_at))
            .where(*about(SUGGESTIONS), deliveries.c.team == team)
            .group_by(deliveries.c.recipient)
        )
        last = {row[0]: row[1] for row in await connection.execute(query)}
        for person in curators:
            at = last.get(person)
            if at is None or at < (newest or 0.0) or now - at >= AGAIN:
                series = Series(NOTICE, f"{today:%y%m%d}", team, person)
                one = Message(message.payload, SUGGESTIONS)
                planned = await ledger.plan_one_in(connection, series, 0, one, now) or planned
    return planned


async def end_notices(
    ledger: Ledger, messenger: Messenger, team: str, last: Decision | None, render: Callable[[Decision | None], Message]
) -> bool:
    """Edit the messages that say that suggestions wait, since none does; return whether one was edited. Only a decision
    since a message was sent is named in it.
    """
    query = select(deliveries).where(
        *about(SUGGESTIONS),
        deliveries.c.team == team,
        deliveries.c.state == "sent",
        deliveries.c.place.is_not(None),
        deliveries.c.source_sha256.is_(None),
    )
    async with ledger.database.begin() as connection:
        found = [(from_row(row), row.created_at) for row in await connection.execute(query)]
    ended = False
    for sent, created_at in found:
        payload = render(last if last and last.at >= created_at else None).payload
        ended = await end(ledger, messenger, sent, payload) or ended
    return ended

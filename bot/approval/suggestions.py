"""Notifies curators that suggestions wait: in one message, at most once a day, however many replicas run."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from sqlalchemy import func, select

from bot.outbox.delivery import Message, Series
from bot.outbox.ledger import Ledger
from bot.publishing.notices import NOTICE, SUGGESTIONS, about
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

"""Readers who said that something is wrong with a summary, and want to know when it has been corrected."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from enum import Enum
from typing import Any

from sqlalchemy import ColumnElement, delete, func, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.corpus.model import Corpus, Summary
from bot.outbox.delivery import Message, Series, from_row, payload_columns
from bot.outbox.ledger import Ledger
from bot.outbox.transport import Messenger, PostOutcome, Sent
from bot.publishing import content
from bot.publishing.notices import NOTICE, about, end, plan_notice
from bot.store.tables import deliveries, reports

CORRECTED = "corrected"
"""The key of the notice to a reader."""
_DUE = "due"
"""The `source_sha256` of a curator's message whose report is over, which it does not say yet."""
# What each pass of the posting job asks is built once, which takes as long as to ask it.
_TO_END = select(deliveries).where(
    deliveries.c.kind == NOTICE, deliveries.c.state == "sent", deliveries.c.source_sha256 == _DUE
)
KEEP = 180 * 86400.0
"""Seconds that a wish is stored where the summary is not corrected."""


class Answer(Enum):
    """What became of the wish when a curator said that a summary is corrected."""

    NOTIFIED = "notified"
    UNCHANGED = "unchanged"
    """The library still has the summary as it was when it was reported."""
    GONE = "gone"
    """The reader was notified before, asked to be forgotten, or waited for too long."""


class Reports:
    """The wishes in one database. `render` makes the message to a reader, `render_end` what takes the place of each
    curator's message then (the summary, who says that it is corrected, and when).
    """

    def __init__(
        self,
        ledger: Ledger,
        render: Callable[[Summary], Message],
        render_end: Callable[[Summary, str, float], Message],
    ) -> None:
        self._ledger = ledger
        self._render = render
        self._render_end = render_end

    async def add(self, report: str, team: str, user: str, summary: Summary) -> None:
        """Store that someone wants to know when a summary is corrected; the same report again changes nothing."""
        async with self._ledger.begin() as (connection, now):
            row = {
                "id": report,
                "team": team,
                "user": user,
                "summary_id": summary.id,
                "content_sha256": content.of_summary(summary),
                "reported_at": now,
            }
            await connection.execute(self._ledger.database.insert(reports).values(row).on_conflict_do_nothing())

    async def was_sent(self, report: str, team: str, outcomes: Mapping[str, PostOutcome]) -> None:
        """Record where each curator's message about a report is, without its words, so that it can say that it is over."""
        for person, outcome in outcomes.items():
            if isinstance(outcome, Sent):
                await self._ledger.record_sent(Series(NOTICE, "", team, person), Message({}, _key(report)), outcome)

    async def end_messages(self, messenger: Messenger) -> bool:
        """Edit curators' messages about reports that are over; return whether one was edited."""
        async with self._ledger.database.begin() as connection:
            found = [from_row(row) for row in await connection.execute(_TO_END)]
        return any([await end(self._ledger, messenger, sent, sent.payload) for sent in found])

    async def remove(self, report: str) -> None:
        """Forget a wish."""
        async with self._ledger.begin() as (connection, _now):
            await connection.execute(delete(reports).where(reports.c.id == report))

    async def corrected(self, report: str, corpus: Corpus, by: str) -> Answer:
        """Notify the reader, once, if the summary has changed since. `by` is the curator who says that it is corrected."""
        async with self._ledger.begin() as (connection, now):
            mine = reports.c.id == report
            row = (await connection.execute(select(reports).where(mine).with_for_update())).first()
            summary = corpus.get(row.summary_id) if row else None
            return Answer.GONE if row is None or summary is None else await self._notify(connection, row, summary, by, now)

    async def waiting(self, team: str, summary_id: str) -> int:
        """Return how many readers want to know when a summary is corrected."""
        query = select(func.count()).select_from(reports).where(*_about(team, summary_id))
        async with self._ledger.database.begin() as connection:
            return int((await connection.execute(query)).scalar_one())

    async def corrected_for_all(self, team: str, summary: Summary, by: str) -> int:
        """Notify every reader who waits for this summary, once each, if it is no longer as they reported it; return how
        many. `summary` is as it is going to be in the library.
        """
        query = select(reports).where(*_about(team, summary.id)).order_by(reports.c.id).with_for_update()
        async with self._ledger.begin() as (connection, now):
            found = (await connection.execute(query)).all()
            answers = [await self._notify(connection, row, summary, by, now) for row in found]
        return answers.count(Answer.NOTIFIED)

    async def _notify(self, connection: AsyncConnection, row: Any, summary: Summary, by: str, now: float) -> Answer:
        """Notify one reader if the summary has changed; in the same transaction the wish is deleted, and curators' messages
        become due to say so.
        """
        if content.of_summary(summary) == row.content_sha256:
            return Answer.UNCHANGED
        if not (await connection.execute(delete(reports).where(reports.c.id == row.id))).rowcount:
            return Answer.GONE
        await plan_notice(connection, row.team, row.user, CORRECTED, self._render(summary), now)
        over = payload_columns(Message(self._render_end(summary, by, now).payload, source_sha256=_DUE))
        await connection.execute(update(deliveries).where(*about(_key(row.id))).values(over))
        return Answer.NOTIFIED

    async def prune(self) -> None:
        """Forget wishes that have waited for too long."""
        async with self._ledger.begin() as (connection, now):
            await connection.execute(delete(reports).where(reports.c.reported_at < now - KEEP))


def _key(report: str) -> str:
    """Return the key of the notices to curators about a report."""
    return f"report:{report}"


def _about(team: str, summary_id: str) -> tuple[ColumnElement[bool], ...]:
    return (reports.c.team == team, reports.c.summary_id == summary_id)

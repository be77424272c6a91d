"""Readers who said that something is wrong with a summary, and want to know when it has been corrected."""

from __future__ import annotations

from collections.abc import Callable
from enum import Enum
from typing import Any

from sqlalchemy import ColumnElement, delete, func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.corpus.model import Corpus, Summary
from bot.outbox.delivery import Message
from bot.outbox.ledger import Ledger
from bot.publishing import content
from bot.publishing.notices import plan_notice
from bot.store.tables import reports

CORRECTED = "corrected"
"""The key of the notice to a reader."""
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
    """The wishes in one database. `render` makes the message to a reader. Every method is one transaction."""

    def __init__(self, ledger: Ledger, render: Callable[[Summary], Message]) -> None:
        self._ledger = ledger
        self._render = render

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

    async def remove(self, report: str) -> None:
        """Forget a wish."""
        async with self._ledger.begin() as (connection, _now):
            await connection.execute(delete(reports).where(reports.c.id == report))

    async def corrected(self, report: str, corpus: Corpus) -> Answer:
        """Notify the reader, once, if the summary has changed since."""
        async with self._ledger.begin() as (connection, now):
            mine = reports.c.id == report
            row = (await connection.execute(select(reports).where(mine).with_for_update())).first()
            summary = corpus.get(row.summary_id) if row else None
            return Answer.GONE if row is None or summary is None else await self._notify(connection, row, summary, now)

    async def waiting(self, team: str, summary_id: str) -> int:
        """Return how many readers want to know when a summary is corrected."""
        query = select(func.count()).select_from(reports).where(*_about(team, summary_id))
        async with self._ledger.database.begin() as connection:
            return int((await connection.execute(query)).scalar_one())

    async def corrected_for_all(self, team: str, summary: Summary) -> int:
        """Notify every reader who waits for this summary, once each, if it is no longer as they reported it; return how
        many. `summary` is as it is going to be in the library.
        """
        query = select(reports).where(*_about(team, summary.id)).order_by(reports.c.id).with_for_update()
        async with self._ledger.begin() as (connection, now):
            found = (await connection.execute(query)).all()
            answers = [await self._notify(connection, row, summary, now) for row in found]
        return answers.count(Answer.NOTIFIED)

    async def _notify(self, connection: AsyncConnection, row: Any, summary: Summary, now: float) -> Answer:
        """Notify one reader if the summary has changed; the wish is deleted in the same transaction."""
        if content.of_summary(summary) == row.content_sha256:
            return Answer.UNCHANGED
        if not (await connection.execute(delete(reports).where(reports.c.id == row.id))).rowcount:
            return Answer.GONE
        await plan_notice(connection, row.team, row.user, CORRECTED, self._render(summary), now)
        return Answer.NOTIFIED

    async def prune(self) -> None:
        """Forget wishes that have waited for too long."""
        async with self._ledger.begin() as (connection, now):
            await connection.execute(delete(reports).where(reports.c.reported_at < now - KEEP))


def _about(team: str, summary_id: str) -> tuple[ColumnElement[bool], ...]:
    return (reports.c.team == team, reports.c.summary_id == summary_id)

"""Answers to "Will you use this?": one for each person and summary. Others see only counts, from five answers on."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from sqlalchemy import delete, func, select

from bot.store.database import Database
from bot.store.tables import feedback

SHOWN_FROM = 5
"""The fewest answers whose counts are shown: with fewer, a colleague could guess who gave them."""


class Answer(Enum):
    """What a clinician can answer about a summary."""

    WILL_USE = "will_use"
    ALREADY = "already"
    DOES_NOT_FIT = "does_not_fit"
    NOT_CONVINCED = "not_convinced"


@dataclass(frozen=True, slots=True)
class Counts:
    """How many of a team gave which answer on a summary. Only made from SHOWN_FROM answers or more."""

    summary_id: str
    will_use: int
    already: int
    total: int


class Feedback:
    """The answers in one database. Every method is one transaction."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def save(self, team: str, user: str, summary_id: str, answer: Answer) -> None:
        """Save someone's answer, in place of an earlier one."""
        async with self._database.begin() as connection:
            now = await self._database.now(connection)
            changed = {"answer": answer.value, "answered_at": now}
            values = {"team": team, "user": user, "summary_id": summary_id, **changed}
            await connection.execute(
                self._database.insert(feedback)
                .values(values)
                .on_conflict_do_update(index_elements=["team", "user", "summary_id"], set_=changed)
            )

    async def remove(self, team: str, user: str, summary_id: str) -> None:
        """Remove someone's answer."""
        mine = (feedback.c.team == team, feedback.c.user == user, feedback.c.summary_id == summary_id)
        async with self._database.begin() as connection:
            await connection.execute(delete(feedback).where(*mine))

    async def answer_of(self, team: str, user: str, summary_id: str) -> Answer | None:
        """Return someone's answer, or None."""
        mine = (feedback.c.team == team, feedback.c.user == user, feedback.c.summary_id == summary_id)
        async with self._database.begin() as connection:
            found = (await connection.execute(select(feedback.c.answer).where(*mine))).scalar()
        return next((answer for answer in Answer if answer.value == found), None)

    async def counts(self, team: str, summary_id: str) -> Counts | None:
        """Return the team's counts for a summary, or None while there are fewer than SHOWN_FROM answers."""
        found = await self._count(team, feedback.c.summary_id == summary_id)
        return found[0] if found else None

    async def counts_between(self, team: str, since: float, until: float) -> list[Counts]:
        """Return the team's counts for each summary with SHOWN_FROM or more answers in a period, in no particular order: for
        each person their last answer, given at `since` or later and before `until` (UTC epoch seconds).
        """
        return await self._count(team, feedback.c.answered_at >= since, feedback.c.answered_at < until)

    async def _count(self, team: str, *conditions: object) -> list[Counts]:
        query = (
            select(feedback.c.summary_id, feedback.c.answer, func.count().label("number"))
            .where(feedback.c.team == team, *conditions)  # type: ignore[arg-type]
            .group_by(feedback.c.summary_id, feedback.c.answer)
        )
        async with self._database.begin() as connection:
            rows = (await connection.execute(query)).all()
        by_summary: dict[str, dict[str, int]] = {}
        for row in rows:
            by_summary.setdefault(row.summary_id, {})[row.answer] = row.number
        return [
            Counts(summary_id, found.get(Answer.WILL_USE.value, 0), found.get(Answer.ALREADY.value, 0), sum(found.values()))
            for summary_id, found in sorted(by_summary.items())
            if sum(found.values()) >= SHOWN_FROM
        ]

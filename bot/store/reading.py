"""The learning log: what a person opened or saved, with a line of their own, for those who turned it on. Off, nothing is
written.
"""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import delete, func, select

from bot.store.database import Database
from bot.store.tables import learned, learners

LONGEST = 300
"""Characters of a reflection."""


@dataclass(frozen=True, slots=True)
class Entry:
    """A line of somebody's log; times are UTC epoch seconds."""

    summary_id: str
    opened_at: float | None
    saved_at: float | None
    reflection: str | None


@dataclass(frozen=True, slots=True)
class LogPage:
    """Some lines of a log, latest first, beginning at `start` (from 0) of `count` in all; whether the log is on."""

    entries: tuple[Entry, ...]
    start: int
    count: int
    on: bool


class ReadingLog:
    """The learning logs of one database. Every method is one transaction."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def turn_on(self, team: str, user: str) -> bool:
        """Begin to record; False where it was on."""
        async with self._database.begin() as connection:
            now = await self._database.now(connection)
            values = {"team": team, "user": user, "since": now}
            result = await connection.execute(self._database.insert(learners).values(values).on_conflict_do_nothing())
            return bool(result.rowcount)

    async def turn_off(self, team: str, user: str) -> bool:
        """Record nothing more; False where it was off. What is there stays the person's."""
        async with self._database.begin() as connection:
            query = delete(learners).where(learners.c.team == team, learners.c.user == user)
            return bool((await connection.execute(query)).rowcount)

    async def is_on(self, team: str, user: str) -> bool:
        """Whether the log is on."""
        query = select(learners.c.since).where(learners.c.team == team, learners.c.user == user)
        async with self._database.begin() as connection:
            return (await connection.execute(query)).first() is not None

    async def opened(self, team: str, user: str, summary_id: str) -> None:
        """Note that a study was opened, where the log is on. The first time counts."""
        await self._note(team, user, summary_id, "opened_at")

    async def saved(self, team: str, user: str, summary_id: str) -> None:
        """Note that a summary was saved, where the log is on. The first time counts."""
        await self._note(team, user, summary_id, "saved_at")

    async def reflect(self, team: str, user: str, summary_id: str, line: str | None) -> bool:
        """Write a person's line on a summary, or take it out (None). False where the log is off: nothing is written."""
        return await self._note(team, user, summary_id, None, {"reflection": line[:LONGEST] if line else None})

    async def reflection(self, team: str, user: str, summary_id: str) -> str | None:
        """A person's line on a summary."""
        mine = (learned.c.team == team, learned.c.user == user, learned.c.summary_id == summary_id)
        async with self._database.begin() as connection:
            return (await connection.execute(select(learned.c.reflection).where(*mine))).scalar()

    async def page(self, team: str, user: str, start: int, size: int, *, exact: bool = False) -> LogPage:
        """So many lines of a person's log; past the end, the last page that there is, or (`exact`) no lines."""
        mine = (learned.c.team == team, learned.c.user == user)
        on = select(learners.c.since).where(learners.c.team == team, learners.c.user == user)
        first = func.coalesce(learned.c.opened_at, learned.c.saved_at, learned.c.changed_at)
        async with self._database.begin() as connection:
            is_on = (await connection.execute(on)).first() is not None
            count = (await connection.execute(select(func.count()).select_from(learned).where(*mine))).scalar_one()
            if not exact:
                start = min(max(0, start), max(0, (count - 1) // size * size))
            query = select(learned).where(*mine).order_by(first.desc(), learned.c.summary_id).offset(start).limit(size)
            rows = (await connection.execute(query)).all()
        entries = tuple(Entry(row.summary_id, row.opened_at, row.saved_at, row.reflection) for row in rows)
        return LogPage(entries, start, count, is_on)

    async def _note(
        self, team: str, user: str, summary_id: str, moment: str | None, values: dict[str, str | None] | None = None
    ) -> bool:
        async with self._database.begin() as connection:
            query = select(learners.c.since).where(learners.c.team == team, learners.c.user == user)
            # Locked, so that a log that is being turned off on another device gets no line afterwards.
            if (await connection.execute(query.with_for_update())).first() is None:
                return False
            now = await self._database.now(connection)
            key = {"team": team, "user": user, "summary_id": summary_id}
            fresh: dict[str, object] = {**(values or {}), "changed_at": now}
            statement = self._database.insert(learned).values({**key, **fresh, **({moment: now} if moment else {})})
            changes: dict[str, object] = dict(fresh)
            if moment:
                changes[moment] = func.coalesce(learned.c[moment], now)
            await connection.execute(
                statement.on_conflict_do_update(index_elements=["team", "user", "summary_id"], set_=changes)
            )
            return True

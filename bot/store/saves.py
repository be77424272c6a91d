"""The summaries that people save, each with the date and, where they write one, a note. Only their owner ever sees them."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import ColumnElement, and_, delete, func, select, update

from bot.store.database import Database
from bot.store.tables import saved

NOTE_LENGTH = 300
"""Characters of a note."""


@dataclass(frozen=True, slots=True)
class SavedSummary:
    """A summary that someone saved at `saved_at` (UTC epoch seconds), and their note on it."""

    summary_id: str
    saved_at: float
    note: str | None = None


@dataclass(frozen=True, slots=True)
class SavedPage:
    """Part of someone's saved summaries, newest first, beginning at `start` (from 0) of `count` in all."""

    entries: tuple[SavedSummary, ...]
    start: int
    count: int


class Saves:
    """The saved summaries in one database. Every method is one transaction."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def add(self, team: str, user: str, summary_id: str) -> bool:
        """Save a summary; return False if it was saved already (also by a second click at the same time)."""
        async with self._database.begin() as connection:
            now = await self._database.now(connection)
            values = {"team": team, "user": user, "summary_id": summary_id, "saved_at": now}
            result = await connection.execute(self._database.insert(saved).values(values).on_conflict_do_nothing())
            return bool(result.rowcount)

    async def remove(self, team: str, user: str, summary_id: str) -> None:
        """Remove a saved summary and its note."""
        async with self._database.begin() as connection:
            await connection.execute(delete(saved).where(_row(team, user, summary_id)))

    async def remove_if_without_note(self, team: str, user: str, summary_id: str) -> bool:
        """Remove a saved summary unless there is a note on it; return False if there is."""
        mine = _row(team, user, summary_id)
        async with self._database.begin() as connection:
            await connection.execute(delete(saved).where(mine, saved.c.note.is_(None)))
            return (await connection.execute(select(saved.c.summary_id).where(mine))).first() is None

    async def has(self, team: str, user: str, summary_id: str) -> bool:
        """Return whether a summary is saved."""
        async with self._database.begin() as connection:
            query = select(saved.c.summary_id).where(_row(team, user, summary_id))
            return (await connection.execute(query)).first() is not None

    async def note(self, team: str, user: str, summary_id: str) -> str | None:
        """Return the note on a summary, or None if there is none."""
        async with self._database.begin() as connection:
            return (await connection.execute(select(saved.c.note).where(_row(team, user, summary_id)))).scalar()

    async def write_note(self, team: str, user: str, summary_id: str, note: str) -> None:
        """Write a note on a summary, in place of an earlier one; save the summary if it is not saved yet."""
        async with self._database.begin() as connection:
            now = await self._database.now(connection)
            changed = {"note": note[:NOTE_LENGTH]}
            values = {"team": team, "user": user, "summary_id": summary_id, "saved_at": now, **changed}
            await connection.execute(
                self._database.insert(saved)
                .values(values)
                .on_conflict_do_update(index_elements=["team", "user", "summary_id"], set_=changed)
            )

    async def remove_note(self, team: str, user: str, summary_id: str) -> None:
        """Remove the note on a summary; the summary stays saved."""
        async with self._database.begin() as connection:
            await connection.execute(update(saved).where(_row(team, user, summary_id)).values(note=None))

    async def page(self, team: str, user: str, start: int, size: int) -> SavedPage:
        """Return up to `size` saved summaries from `start` on; past the end, the last page."""
        async with self._database.begin() as connection:
            of_user = (saved.c.team == team, saved.c.user == user)
            count = (await connection.execute(select(func.count()).select_from(saved).where(*of_user))).scalar_one()
            start = min(max(0, start), max(0, (count - 1) // size * size))
            query = select(saved).where(*of_user).order_by(saved.c.saved_at.desc(), saved.c.summary_id)
            rows = await connection.execute(query.offset(start).limit(size))
            entries = tuple(SavedSummary(row.summary_id, row.saved_at, row.note) for row in rows)
            return SavedPage(entries, start, count)

    async def every(self, team: str, user: str) -> tuple[SavedSummary, ...]:
        """Return all that someone saved, newest first."""
        query = select(saved).where(saved.c.team == team, saved.c.user == user)
        async with self._database.begin() as connection:
            rows = await connection.execute(query.order_by(saved.c.saved_at.desc(), saved.c.summary_id))
            return tuple(SavedSummary(row.summary_id, row.saved_at, row.note) for row in rows)


def _row(team: str, user: str, summary_id: str) -> ColumnElement[bool]:
    return and_(saved.c.team == team, saved.c.user == user, saved.c.summary_id == summary_id)

"""The summaries that people keep for themselves. Ids and times only; nobody else is ever shown them."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import delete, func, select

from bot.store.database import Database
from bot.store.tables import saved


@dataclass(frozen=True, slots=True)
class SavedPage:
    """Some of what a person saved, newest first, beginning at `start` (from 0) of `count` in all."""

    summary_ids: tuple[str, ...]
    start: int
    count: int


class Saves:
    """The saved summaries of one database. Every method is one transaction."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def add(self, team: str, user: str, summary_id: str) -> bool:
        """Save a summary; False where it was saved already (also by a second click at the same time)."""
        async with self._database.begin() as connection:
            now = await self._database.now(connection)
            values = {"team": team, "user": user, "summary_id": summary_id, "saved_at": now}
            result = await connection.execute(self._database.insert(saved).values(values).on_conflict_do_nothing())
            return bool(result.rowcount)

    async def remove(self, team: str, user: str, summary_id: str) -> bool:
        """Keep a summary no longer; False where it was not saved."""
        mine = (saved.c.team == team, saved.c.user == user, saved.c.summary_id == summary_id)
        async with self._database.begin() as connection:
            return bool((await connection.execute(delete(saved).where(*mine))).rowcount)

    async def has(self, team: str, user: str, summary_id: str) -> bool:
        """Whether a summary is saved."""
        mine = (saved.c.team == team, saved.c.user == user, saved.c.summary_id == summary_id)
        async with self._database.begin() as connection:
            return (await connection.execute(select(saved.c.summary_id).where(*mine))).first() is not None

    async def page(self, team: str, user: str, start: int, size: int) -> SavedPage:
        """So many of a person's saved summaries; past the end, the last page that there is."""
        mine = (saved.c.team == team, saved.c.user == user)
        async with self._database.begin() as connection:
            count = (await connection.execute(select(func.count()).select_from(saved).where(*mine))).scalar_one()
            start = min(max(0, start), max(0, (count - 1) // size * size))
            query = select(saved.c.summary_id).where(*mine).order_by(saved.c.saved_at.desc(), saved.c.summary_id)
            rows = await connection.execute(query.offset(start).limit(size))
            return SavedPage(tuple(row.summary_id for row in rows), start, count)

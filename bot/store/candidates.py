"""What feeds brought and curators do not want: said in one replica, known in all."""

from __future__ import annotations

from sqlalchemy import select

from bot.store.database import Database
from bot.store.tables import rejected_candidates


class RejectedCandidates:
    """The rejections in one database. Every method is one transaction."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def add(self, mark: str) -> None:
        """Add one; the same again changes nothing."""
        async with self._database.begin() as connection:
            values = {"mark": mark, "rejected_at": await self._database.now(connection)}
            await connection.execute(self._database.insert(rejected_candidates).values(values).on_conflict_do_nothing())

    async def all(self) -> frozenset[str]:
        """Return the marks of all."""
        async with self._database.begin() as connection:
            return frozenset((await connection.execute(select(rejected_candidates.c.mark))).scalars())

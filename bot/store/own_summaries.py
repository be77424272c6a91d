"""Summaries that the team wrote itself in Slack, so that every replica writes them into its own folder. Never changed here:
once written, the file counts.
"""

from __future__ import annotations

import json
from dataclasses import dataclass

from sqlalchemy import select

from bot.store.database import Database
from bot.store.drafts import join_own
from bot.store.tables import own_summaries


@dataclass(frozen=True, slots=True)
class OwnSummary:
    """A summary as it was added: its entry of the file, as JSON."""

    summary_id: str
    entry: str


class OwnSummaries:
    """The own summaries in one database. Every method is one transaction."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def add(self, summary: OwnSummary, *, posted_in: str | None = None) -> bool:
        """Add a summary; return False, with nothing added, where its id is taken. `posted_in`: the month of the draft that
        it joins, where it is to be posted.
        """
        async with self._database.begin() as connection:
            now = await self._database.now(connection)
            values = {"summary_id": summary.summary_id, "entry": summary.entry, "added_at": now}
            done = await connection.execute(self._database.insert(own_summaries).values(values).on_conflict_do_nothing())
            if done.rowcount and posted_in:
                await join_own(connection, self._database.insert, posted_in, json.loads(summary.entry), now)
            return bool(done.rowcount)

    async def all(self) -> list[OwnSummary]:
        """Return all summaries, the oldest first."""
        query = select(own_summaries.c.summary_id, own_summaries.c.entry).order_by(
            own_summaries.c.added_at, own_summaries.c.summary_id
        )
        async with self._database.begin() as connection:
            return [OwnSummary(*row) for row in (await connection.execute(query)).all()]

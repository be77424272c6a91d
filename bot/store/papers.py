"""What the source of notices says about papers: by DOI in lower case, with when it was asked. Nothing about people."""

from __future__ import annotations

import json
from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.store.database import Database
from bot.store.tables import papers

Stored = tuple[tuple[str, str, str | None], ...]
"""Notices as stored: kind, DOI and date of each."""


@dataclass(frozen=True, slots=True)
class Paper:
    """A paper: its notices, when the source last answered (epoch seconds), and whether it knew the DOI."""

    notices: Stored = ()
    checked_at: float | None = None
    known: bool = True


class Papers:
    """The papers of one database."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def all(self) -> dict[str, Paper]:
        """Return all papers by DOI."""
        async with self._database.begin() as connection:
            return {row.doi: _paper(row) for row in await connection.execute(select(papers))}

    async def due(self, dois: Collection[str], *, every: float, again: float) -> str | None:
        """Return the DOI that has waited longest, of those that the source has not answered about for `every` seconds; one
        that was tried in vain is tried again after `again` seconds. None: nothing is due.
        """
        async with self._database.begin() as connection:
            now = await self._database.now(connection)
            rows = {row.doi: row for row in await connection.execute(select(papers))}
        waiting = []
        for doi in dois:
            row = rows.get(doi)
            checked = row.checked_at if row and row.checked_at is not None and row.checked_at <= now else 0.0
            tried = row.tried_at if row and row.tried_at <= now else 0.0  # a later time is of a clock that was ahead
            if now - checked >= every and now - tried >= again:
                waiting.append((tried, doi))
        return min(waiting)[1] if waiting else None

    async def try_now(self, doi: str) -> None:
        """Note that a paper is being asked about."""
        async with self._database.begin() as connection:
            now = await self._database.now(connection)
            row = {"doi": doi, "tried_at": now}
            insert = self._database.insert(papers).values(row)
            await connection.execute(insert.on_conflict_do_update(index_elements=[papers.c.doi], set_={"tried_at": now}))


async def record(connection: AsyncConnection, doi: str, notices: Stored | None, now: float) -> Stored | None:
    """Store what the source says of a paper that was tried (None: it does not know the DOI, so what is stored stays), in the
    caller's transaction. Return the notices before, where they have changed; else None.
    """
    mine = papers.c.doi == doi
    row = (await connection.execute(select(papers).where(mine).with_for_update())).one()
    values: dict[str, Any] = {"checked_at": now, "known": notices is not None}
    before = _paper(row).notices
    changed = notices is not None and notices != before
    if changed:
        values["notices"] = json.dumps(notices)
    await connection.execute(update(papers).where(mine).values(values))
    return before if changed else None


def _paper(row: Any) -> Paper:
    return Paper(tuple((kind, doi, day) for kind, doi, day in json.loads(row.notices)), row.checked_at, bool(row.known))

"""What curators changed of summaries in Slack: one row for each change, numbered within its summary, never updated.

A row is what every replica changes in its own folder. Two curators who change a summary at once want the same number, so
only the first change is stored, and the second curator sees it.
"""

from __future__ import annotations

import asyncio
import hashlib
import json
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Insert, func, insert, select, update
from sqlalchemy.exc import IntegrityError

from bot.store.database import Database
from bot.store.drafts import APPROVED, sha256_of
from bot.store.tables import drafts, revisions

_COUNT = select(func.count()).select_from(revisions)


@dataclass(frozen=True, slots=True)
class Revision:
    """The change `number` (from 1) of a summary: the changed fields as they were `before` and `after`, by whom and when."""

    summary_id: str
    number: int
    month: str
    before: dict[str, Any]
    after: dict[str, Any]
    by: str | None = None
    at: float = 0.0

    @property
    def mark(self) -> str:
        """What tells it from every other change, also from those of another database."""
        said = json.dumps([self.summary_id, self.number, self.before, self.after, self.at], sort_keys=True)
        return hashlib.sha256(said.encode()).hexdigest()[:16]


@dataclass(frozen=True, slots=True)
class DraftChange:
    """A change of a draft that waits for a curator: its content as it was seen, and as it is to be."""

    key: str
    before: str
    after: str


class Revisions:
    """The changes in one database. `changed` is set when this process stores one."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self.changed = asyncio.Event()

    async def count(self) -> int:
        """Return how many there are."""
        [[count]] = await self._database.rows(_COUNT, {})
        return int(count)

    async def all(self, summary_id: str | None = None) -> list[Revision]:
        """Return all changes, or those of one summary, in the order of their numbers."""
        query = select(revisions).order_by(revisions.c.summary_id, revisions.c.number)
        if summary_id is not None:
            query = query.where(revisions.c.summary_id == summary_id)
        async with self._database.begin() as connection:
            rows = (await connection.execute(query)).all()
        return list(map(_revision, rows))

    async def add(self, revision: Revision, draft: DraftChange | None = None) -> bool:
        """Store a change, and with it that of its draft, where it is in one. Return False, with nothing stored, where
        someone else was faster or the draft is no longer as it was.
        """
        try:
            async with self._database.begin() as connection:
                now = await self._database.now(connection)
                await connection.execute(_insert(revision, now))
                if draft is not None:
                    waiting = (drafts.c.month == draft.key, drafts.c.state != APPROVED, drafts.c.content == draft.before)
                    values = {"content": draft.after, "content_sha256": sha256_of(draft.after), "changed_at": now}
                    if not (await connection.execute(update(drafts).where(*waiting).values(values))).rowcount:
                        raise _ChangedError
        except (IntegrityError, _ChangedError):
            return False
        self.changed.set()
        return True


class _ChangedError(Exception):
    """Rolls the transaction back."""


def _revision(row: Any) -> Revision:
    return Revision(
        row.summary_id,
        row.number,
        row.month,
        json.loads(row.before),
        json.loads(row.after),
        row.revised_by,
        row.revised_at,
    )


def _insert(revision: Revision, now: float) -> Insert:
    return insert(revisions).values(
        summary_id=revision.summary_id,
        number=revision.number,
        month=revision.month,
        before=json.dumps(revision.before),
        after=json.dumps(revision.after),
        revised_by=revision.by,
        revised_at=now,
    )

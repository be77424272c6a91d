"""Tells the curators of faults in the library's files, once for each change of the faults, and once when they are mended."""

from __future__ import annotations

import asyncio
import contextlib
import hashlib
import json
import os
from collections.abc import Callable, Sequence
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.corpus.faults import Fault
from bot.corpus.files import add_marks, marks_in
from bot.outbox.delivery import Message, Series
from bot.outbox.ledger import Ledger
from bot.outbox.rows import cancel_planned, of
from bot.publishing.notices import NOTICE
from bot.store.tables import deliveries

LIBRARY = "library"
"""The subject of these notices. Their parts are numbered, so that of two replicas that plan the same only one does."""
MENDED = "mended"
"""The key of the notice that there are no faults any more; the others have a hash of the faults."""
SEEN = ".faults-seen"
"""The file in the library's folder that lists the faults that it had (their hashes): only where they were are they mended,
not in the folder of another replica that never had them.
"""
OUTDATED = "outdated"
"""Why a notice that was not sent yet is cancelled: the faults have changed."""


class LibraryFaults:
    """Plans the notices about the library in a folder (`root`) in one database. Any number of replicas may; `render` makes
    the message (no faults: mended).
    """

    def __init__(
        self,
        ledger: Ledger,
        team: str,
        curators: Sequence[str],
        render: Callable[[Sequence[Fault]], Message],
        root: Path,
    ) -> None:
        self._root = root
        self._ledger = ledger
        self._team = team
        self._curators = curators
        self._render = render
        self._seen = MENDED
        self._done: str | None = None

    async def sync(self, faults: Sequence[Fault]) -> bool:
        """Plan what the curators do not know yet. Faults count from the second time on that they are seen, since a file may
        still be being written. Return whether something was planned or may be next time.
        """
        key = _key(faults)
        if not self._curators or key == self._done:
            self._seen = key
            return False
        if key != self._seen:
            self._seen = key
            return True
        if faults:
            await asyncio.to_thread(self._note_seen, key)
        planned, left = False, False
        message = Message(self._render(faults).payload, key)
        async with self._ledger.begin() as (connection, now):
            for person in self._curators:
                done = await self._plan(connection, Series(NOTICE, LIBRARY, self._team, person), message, now)
                planned, left = planned or bool(done), left or done is False
        self._done = None if left else key
        return planned or left

    async def _plan(self, connection: AsyncConnection, series: Series, message: Message, now: float) -> bool | None:
        """Plan a notice where its reader knows something else; return None where not, False where another replica planned
        one at the same time.
        """
        query = select(deliveries.c.key, deliveries.c.state, deliveries.c.error).where(*of(series))
        rows = (await connection.execute(query.order_by(deliveries.c.part))).all()
        waiting = [row.key for row in rows if row.state == "planned"]
        if waiting and waiting[-1] == message.key:
            return None
        if waiting:
            await cancel_planned(connection, OUTDATED, now, *of(series))
        known = [row.key for row in rows if row.state != "planned" and row.error != OUTDATED]
        last = known[-1] if known else MENDED
        if last == message.key or (message.key == MENDED and not await asyncio.to_thread(self._had, str(last))):
            return None
        return await self._ledger.plan_one_in(connection, series, len(rows), message, now)

    def _note_seen(self, key: str) -> None:
        if key not in marks_in(self._root / SEEN):
            with contextlib.suppress(OSError):
                add_marks(self._root / SEEN, [key])

    def _had(self, key: str) -> bool:
        """Return whether this folder had these faults; where it cannot be written, no one knows, so it may have."""
        return key in marks_in(self._root / SEEN) or not os.access(self._root, os.W_OK)


def _key(faults: Sequence[Fault]) -> str:
    """Return what tells faults apart: not by their lines, which move when something is written above them."""
    if not faults:
        return MENDED
    said = sorted([fault.file, fault.path, fault.problem] for fault in faults)
    return hashlib.sha256(json.dumps(said).encode()).hexdigest()

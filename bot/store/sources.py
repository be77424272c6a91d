"""The pages of the blog that are checked: when, by which replica, and with what result. An address is stored as a hash."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select, update

from bot.store.database import Database
from bot.store.tables import sources


@dataclass(frozen=True, slots=True)
class SourceStatus:
    """The state of a page's checks (epoch seconds). `trouble` says what went wrong in the last one, if it failed."""

    checked_at: float | None = None
    succeeded_at: float | None = None
    next_at: float | None = None
    failures: int = 0
    trouble: str | None = None
    etag: str | None = None
    last_modified: str | None = None


class Sources:
    """The row of one page."""

    def __init__(self, database: Database, address: str) -> None:
        self._database = database
        self._key = hashlib.sha256(address.encode()).hexdigest()
        self._mine = sources.c.url_sha256 == self._key

    async def status(self) -> SourceStatus:
        """Return the state of the page's checks."""
        async with self._database.begin() as connection:
            row = (await connection.execute(select(sources).where(self._mine))).first()
        return _status(row) if row else SourceStatus()

    async def claim(self, *, least: float, every: float, lease: float) -> SourceStatus | None:
        """Take the next check if it is due and no replica has it. What is claimed is not due again for `least` seconds, even
        if this process dies now.
        """
        async with self._database.begin() as connection:
            now = await self._database.now(connection)
            row = {"url_sha256": self._key, "next_at": now, "failures": 0, "lease_until": 0.0}
            await connection.execute(self._database.insert(sources).values(row).on_conflict_do_nothing())
            found = (await connection.execute(select(sources).where(self._mine).with_for_update())).one()
            # A time far ahead was written under a clock that has been set back since.
            due = found.next_at <= now or found.next_at > now + 2 * max(every, 7 * 86400.0)
            if not due or now < found.lease_until <= now + lease:
                return None
            values = {"lease_until": now + lease, "checked_at": now, "next_at": now + least}
            await connection.execute(update(sources).where(self._mine).values(values))
            return _status(found)

    async def succeeded(self, pause: float, read: tuple[str | None, str | None] | None) -> bool:
        """Note a good check and the next one `pause` seconds later; whether the one before had failed.

        `read` are the page's ETag and Last-Modified, where it had changed.
        """
        async with self._database.begin() as connection:
            now = await self._database.now(connection)
            values: dict[str, Any] = {
                "succeeded_at": now,
                "failures": 0,
                "trouble": None,
                "notified_at": None,
                "lease_until": 0,
            }
            values["next_at"] = now + pause
            if read:
                values |= {"etag": read[0], "last_modified": read[1]}
            before = (await connection.execute(select(sources.c.failures).where(self._mine))).scalar()
            await connection.execute(update(sources).where(self._mine).values(values))
        return bool(before)

    async def failed(self, trouble: str, pause: Callable[[int], float], *, alarm_after: int) -> tuple[int, bool]:
        """Note a failed check. Returns how many there were in a row, and whether to notify people now (once)."""
        async with self._database.begin() as connection:
            now = await self._database.now(connection)
            row = (await connection.execute(select(sources).where(self._mine).with_for_update())).one()
            failures = row.failures + 1
            alarm = failures >= alarm_after and row.notified_at is None
            values = {"failures": failures, "trouble": trouble[:200], "lease_until": 0, "next_at": now + pause(failures)}
            if alarm:
                values["notified_at"] = now
            await connection.execute(update(sources).where(self._mine).values(values))
        return failures, alarm


def _status(row: Any) -> SourceStatus:
    return SourceStatus(
        checked_at=row.checked_at,
        succeeded_at=row.succeeded_at,
        next_at=row.next_at,
        failures=row.failures,
        trouble=row.trouble,
        etag=row.etag,
        last_modified=row.last_modified,
    )

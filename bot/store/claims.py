"""Claims make sure that each event or interaction is handled once, by one replica, however often Slack delivers it."""

from __future__ import annotations

import asyncio
import contextlib
from collections import OrderedDict
from enum import Enum

from sqlalchemy import delete, select, update
from sqlalchemy.exc import IntegrityError

from bot.store.database import Database
from bot.store.errors import OutOfReachError
from bot.store.tables import claims

LEASE = 60.0
"""Seconds after which another replica may take over a claim whose owner has not begun to send."""
KEEP = 48 * 3600.0
"""Seconds that a claim is stored: longer than Slack goes on redelivering (24 hours, with delayed events)."""

PAUSE = 0.1
"""Seconds between two tries to claim what another handler is at work on."""
UNSTORED = 10_000
"""Keys that are remembered where the database was out of reach."""

MENTION = "mention"
"""How the keys of mentions begin."""
KEEP_MENTIONS = 30 * 86400.0
"""Seconds that the claim of a mention is stored: someone may edit the message, which Slack sends as a new event."""


class Claim(Enum):
    """The answer to a claim of a key."""

    OURS = "ours"
    DONE = "done"
    """It was handled, or was being sent when its owner died: it must not be repeated."""
    BUSY = "busy"
    """Another handler is at work on it."""


class Claims:
    """The claims in one database."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._unstored: OrderedDict[str, None] = OrderedDict()

    async def take(self, key: str) -> Claim:
        """Claim a key."""
        try:
            async with self._database.begin() as connection:
                now = await self._database.now(connection)
                row = (await connection.execute(select(claims).where(claims.c.key == key).with_for_update())).first()
                if row is None:
                    await connection.execute(
                        claims.insert().values(key=key, state="claimed", lease_until=now + LEASE, created_at=now)
                    )
                    return Claim.OURS
                if row.state == "claimed" and row.lease_until < now:
                    await connection.execute(update(claims).where(claims.c.key == key).values(lease_until=now + LEASE))
                    return Claim.OURS
                # A claim that died while sending may or may not have been answered. One lost answer can be asked for again;
                # a doubled one confuses, so it counts as handled.
                return Claim.DONE if row.state == "done" or row.lease_until < now else Claim.BUSY
        except IntegrityError:  # another replica was faster
            return Claim.BUSY

    async def take_event(self, key: str, seconds: float) -> Claim:
        """Claim the key of an event that is answered in any case: where the database is out of reach, this process alone
        remembers it. While another handler is at work on it, wait for up to `seconds`.
        """
        if key in self._unstored:
            return Claim.DONE
        try:
            claim = await self.take(key)
        except OutOfReachError:
            self._unstored[key] = None
            if len(self._unstored) > UNSTORED:
                self._unstored.popitem(last=False)
            return Claim.OURS
        for _ in range(int(seconds / PAUSE)):
            if claim is not Claim.BUSY:
                break
            await asyncio.sleep(PAUSE)
            with contextlib.suppress(OutOfReachError):
                claim = await self.take(key)
        return claim

    async def mark_sending(self, key: str) -> None:
        """Record that the answer is about to be sent: from now on the key is not handled again."""
        await self._set(key, "sending")

    async def mark_done(self, key: str) -> None:
        """Record that the key has been handled."""
        await self._set(key, "done")

    async def release(self, key: str) -> None:
        """Release a key: nothing was sent, so Slack's next delivery of it will be handled."""
        self._unstored.pop(key, None)
        async with self._database.begin() as connection:
            await connection.execute(delete(claims).where(claims.c.key == key))

    async def prune(self) -> None:
        """Delete claims that are no longer needed."""
        async with self._database.begin() as connection:
            now = await self._database.now(connection)
            is_mention = claims.c.key.startswith(f"{MENTION}:")
            await connection.execute(delete(claims).where(claims.c.created_at < now - KEEP, ~is_mention))
            await connection.execute(delete(claims).where(claims.c.created_at < now - KEEP_MENTIONS))

    async def _set(self, key: str, state: str) -> None:
        async with self._database.begin() as connection:
            await connection.execute(update(claims).where(claims.c.key == key).values(state=state))

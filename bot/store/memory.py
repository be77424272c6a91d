"""What the bot remembers of conversations: which summary each thread is about, and who shared which card. Ids only."""

from __future__ import annotations

import uuid
from dataclasses import dataclass

from sqlalchemy import delete, select

from bot.store.database import Database
from bot.store.tables import shares, threads

KEEP = 30 * 86400.0
"""Seconds that both are stored."""


@dataclass(frozen=True, slots=True)
class Share:
    """A card that `user` shared in `channel`; `ts` is its message."""

    channel: str
    ts: str
    user: str
    summary_id: str


class Memory:
    """The threads and shared cards in one database."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def summary_of_thread(self, channel: str, thread_ts: str) -> str | None:
        """Return the id of the summary that was last the answer in a thread, else of the shared card that it hangs on; None
        for any other thread.
        """
        last = select(threads.c.summary_id).where(threads.c.channel == channel, threads.c.thread_ts == thread_ts)
        shared = select(shares.c.summary_id).where(shares.c.channel == channel, shares.c.ts == thread_ts)
        async with self._database.begin() as connection:
            return (await connection.execute(last)).scalar() or (await connection.execute(shared)).scalar()

    async def set_summary_of_thread(self, channel: str, thread_ts: str, summary_id: str) -> None:
        """Remember which summary a thread is about."""
        async with self._database.begin() as connection:
            about = {"summary_id": summary_id, "updated_at": await self._database.now(connection)}
            row = self._database.insert(threads).values(channel=channel, thread_ts=thread_ts, **about)
            await connection.execute(row.on_conflict_do_update(index_elements=["channel", "thread_ts"], set_=about))

    async def add_share(self, share: Share) -> str:
        """Remember a shared card; return the id by which it can be removed."""
        share_id = uuid.uuid4().hex
        async with self._database.begin() as connection:
            now = await self._database.now(connection)
            await connection.execute(
                shares.insert().values(
                    id=share_id,
                    channel=share.channel,
                    ts=share.ts,
                    user=share.user,
                    summary_id=share.summary_id,
                    created_at=now,
                )
            )
        return share_id

    async def share(self, share_id: str) -> Share | None:
        """Return a shared card, or None if it is unknown or was removed."""
        async with self._database.begin() as connection:
            row = (await connection.execute(select(shares).where(shares.c.id == share_id))).first()
        return Share(row.channel, row.ts, row.user, row.summary_id) if row else None

    async def remove_share(self, share_id: str) -> None:
        """Forget a shared card that was removed from its channel."""
        async with self._database.begin() as connection:
            await connection.execute(delete(shares).where(shares.c.id == share_id))

    async def prune(self) -> None:
        """Delete what is older than KEEP seconds."""
        async with self._database.begin() as connection:
            now = await self._database.now(connection)
            await connection.execute(delete(threads).where(threads.c.updated_at < now - KEEP))
            await connection.execute(delete(shares).where(shares.c.created_at < now - KEEP))

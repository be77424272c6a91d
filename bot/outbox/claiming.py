"""Claiming: which message is next, for one worker at a time. A claim is a lease, and a number (the fence) that goes up."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from sqlalchemy import and_, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.outbox.delivery import OVER, Delivery, Series, from_row
from bot.outbox.rows import Rows, claimed, of
from bot.outbox.statements import COPIES, Statements, statements_for
from bot.outbox.work import Copy, LookForCopies, RemoveCopies, Send, Settle, Work
from bot.store.tables import deliveries

AT_ONCE = 1.0
"""Seconds from now within which a message counts as due at once."""


class Claiming(Rows):
    """Finds what is due and leases it to the caller."""

    @property
    def _statements(self) -> Statements:
        return statements_for(self.kinds.selection, self.timing)

    async def next_work(self, *, may_read: bool) -> Work | None:
        """Lease what is due next to the caller, in one transaction: what is uncertain first, then what is to be sent; return
        None where nothing is due. `may_read`: whether channels' histories may be read, without which copies are not found.
        """
        async with self.begin() as (connection, now):
            await self._expire(connection, now)
            if delivery := await self.claim_uncertain_in(connection, now):
                return Settle(delivery)
            if delivery := await self._claim_due(connection, now, verify=may_read):
                return Send(delivery)
            if may_read and (delivery := await self._claim_sent(connection, now)):
                return LookForCopies(delivery)
            copies = await self.copies_in(connection)
            return RemoveCopies(copies) if copies else None

    async def claim(self, only: str | None = None) -> Delivery | None:
        """Take the next message that is due (or the one with the id `only`), in order within its thread, and commit that it
        is about to be sent; return None where nothing is due.
        """
        async with self.begin() as (connection, now):
            await self._expire(connection, now)
            return await self._claim_due(connection, now, only)

    async def verified(self, delivery: Delivery, *, wait: float | None = None) -> None:
        """Record that a message was looked up before its first attempt and is not there: it may be sent. With `wait`: the
        look-up failed, and is due again in so many seconds.
        """
        async with self.begin() as (connection, now):
            values = {"settle_at": now} if wait is None else {"next_at": now + wait}
            mine = claimed(delivery, "planned")
            await connection.execute(update(deliveries).where(*mine).values(lease_until=0, **values))

    async def give_back(self, delivery: Delivery) -> None:
        """Make a claimed message due again at once: it was too late to begin, so nothing was sent."""
        await self._leave(delivery, "sending", state="planned")

    async def seconds_since_first_try(self, delivery: Delivery) -> float:
        """Return how long ago a message was first tried, by the clock that wrote it down."""
        async with self.begin() as (_connection, now):
            return now - (delivery.first_try_at or 0.0)

    async def is_sweep_to_come(self) -> bool:
        """Return whether second copies of some message are still to be looked for."""
        query = select(deliveries.c.id).where(*self._statements.to_look_for_copies()).limit(1)
        async with self.database.begin() as connection:
            return (await connection.execute(query)).first() is not None

    async def in_progress(self, delivery_id: str) -> Delivery | None:
        """Return one message while a worker sends it or looks it up, or where it is due at once; else None."""
        async with self.begin() as (connection, now):
            at_once = and_(
                deliveries.c.state == "planned",
                or_(deliveries.c.lease_until > now, deliveries.c.next_at <= now + AT_ONCE),
            )
            query = select(deliveries).where(deliveries.c.id == delivery_id, or_(deliveries.c.state == "sending", at_once))
            row = (await connection.execute(query)).first()
            return from_row(row) if row else None

    async def blocking(self, series: Series) -> Delivery | None:
        """Return the first message about an earlier subject that a series in this channel has to wait for, or None."""
        async with self.begin() as (connection, now):
            mine = (
                deliveries.c.kind == series.kind,
                deliveries.c.subject < series.subject,
                deliveries.c.team == series.team,
                deliveries.c.recipient == series.recipient,
            )
            open_ = (deliveries.c.state.not_in(OVER), ~self._statements.no_longer_blocks(deliveries))
            query = select(deliveries).where(*mine, *open_).order_by(deliveries.c.subject, deliveries.c.part).limit(1)
            row = (await connection.execute(query, {"now": now})).first()
            return from_row(row) if row else None

    # -- within a transaction -----------------------------------------------------------------------------------------

    async def claim_uncertain_in(self, connection: AsyncConnection, now: float) -> Delivery | None:
        """Lease an uncertain message whose settle time is over and whose next look-up is due; return None without one."""
        row = (await connection.execute(self._statements.next_uncertain, {"now": now})).first()
        return await self._leased(connection, row, now, changed_at=now) if row else None

    async def copies_in(self, connection: AsyncConnection) -> list[Copy]:
        """Return the second copies to remove: receipts other than the one that a message counts as posted by. What a person
        named is never removed: they may have pasted a wrong link.
        """
        return [Copy(*row) for row in await connection.execute(COPIES)]

    async def _claim_due(
        self, connection: AsyncConnection, now: float, only: str | None = None, *, verify: bool = False
    ) -> Delivery | None:
        """Claim as `claim` does. With `verify`, a message that may have been posted under an earlier copy of this database
        comes back `unverified`, leased to the caller, and not about to be sent: look it up, then call `verified`.
        """
        await self._cancel_unwanted(connection, now)
        due = (self._statements.one_due, {"now": now, "only": only}) if only else (self._statements.next_due, {"now": now})
        row = (await connection.execute(*due)).first()
        if row is None:
            return None
        delivery = from_row(row)
        parent = await self._parent(connection, row)
        if parent is not None and parent.ts is None:
            await self._give_up_thread(connection, delivery, now)
            return None
        delivery = replace(delivery, fence=row.fence + 1, parent_ts=parent.ts if parent else None)
        lease = {"fence": delivery.fence, "lease_until": now + self.timing.lease}
        if verify and self._may_be_posted(row, parent, now):
            await self._update(connection, row.id, now, **lease)
            return replace(delivery, unverified=True)
        attempt = {"attempts": row.attempts + 1, "first_try_at": row.first_try_at or now}
        settle_at = now + self.timing.settle
        await self._update(connection, row.id, now, state="sending", settle_at=settle_at, **attempt, **lease)
        return replace(delivery, attempts=row.attempts + 1)

    async def _claim_sent(self, connection: AsyncConnection, now: float) -> Delivery | None:
        """Lease a sent message of which a second copy may have landed late; return None without one. Only a message with
        more than one attempt may have one; it is looked for ten minutes and a day after it was sent.
        """
        row = (await connection.execute(self._statements.next_sent, {"now": now})).first()
        return await self._leased(connection, row, now) if row else None

    async def _leased(self, connection: AsyncConnection, row: Any, now: float, **values: Any) -> Delivery:
        """Lease a message to the caller so that it is looked up; return it, with the thread that it is in."""
        lease = {"fence": row.fence + 1, "lease_until": now + self.timing.lease}
        await connection.execute(update(deliveries).where(deliveries.c.id == row.id).values(lease | values))
        parent = await self._parent(connection, row)
        return replace(from_row(row), fence=row.fence + 1, parent_ts=parent.ts if parent else None)

    async def _expire(self, connection: AsyncConnection, now: float) -> None:
        """A worker whose lease ran out died or froze: what it was sending is uncertain. Before that, times are corrected."""
        await connection.execute(self._statements.bring_back, {"now": now})
        await connection.execute(self._statements.give_up_leases, {"now": now})

    async def _cancel_unwanted(self, connection: AsyncConnection, now: float) -> None:
        """Cancel what was planned and is not wanted any more."""
        if (cancel := self._statements.cancel_unwanted) is not None:
            await connection.execute(cancel, {"now": now})

    async def _give_up_thread(self, connection: AsyncConnection, delivery: Delivery, now: float) -> None:
        """The parent of a thread was given up: its other messages have no place to be posted."""
        state = "failed" if self.kinds.of(delivery).fails_with_parent else "cancelled"
        values = {"state": state, "error": "parent_failed", "changed_at": now}
        same = (*of(delivery.series), deliveries.c.state == "planned")
        await connection.execute(update(deliveries).where(*same).values(values))

    def _may_be_posted(self, row: Any, parent: Any, now: float) -> bool:
        """Return whether a message that this database never sent may have been sent under an earlier copy of it."""
        if row.kind not in self.kinds.selection.threaded or row.attempts or row.settle_at is not None:
            return False
        return parent is None or parent.resolved_by != "reply" or parent.changed_at < now - self.timing.stale

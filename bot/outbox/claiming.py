"""Claiming: which message is next, for one worker at a time. A claim is a lease, and a number (the fence) that goes up."""

from __future__ import annotations

from dataclasses import replace
from functools import cached_property
from typing import Any

from sqlalchemy import ColumnElement, Float, Select, Update, and_, bindparam, case, exists, not_, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.outbox.delivery import OVER, Delivery, Series, from_row
from bot.outbox.rows import Rows, claimed, of
from bot.outbox.work import Copy, LookForCopies, RemoveCopies, Send, Settle, Work
from bot.store.tables import deliveries, receipts

NOW = bindparam("now", type_=Float)
"""The database's time: what every pass asks is built once, which takes longer than to ask it."""
AT_ONCE = 1.0
"""Seconds from now within which a message counts as due at once."""
FREE = (deliveries.c.next_at <= NOW, deliveries.c.lease_until <= NOW)


_COPIES = (
    select(receipts.c.delivery_id, deliveries.c.recipient, receipts.c.ts)
    .join(deliveries, deliveries.c.id == receipts.c.delivery_id)
    .where(deliveries.c.state == "sent", receipts.c.ts != deliveries.c.ts, receipts.c.removed_at.is_(None))
    .where(receipts.c.source != "human")
)


class Claiming(Rows):
    """Finds what is due and leases it to the caller."""

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
        query = select(deliveries.c.id).where(*self._to_look_for_copies()).limit(1)
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
            open_ = (deliveries.c.state.not_in(OVER), ~self._no_longer_blocks(deliveries))
            query = select(deliveries).where(*mine, *open_).order_by(deliveries.c.subject, deliveries.c.part).limit(1)
            row = (await connection.execute(query, {"now": now})).first()
            return from_row(row) if row else None

    # -- within a transaction -----------------------------------------------------------------------------------------

    async def claim_uncertain_in(self, connection: AsyncConnection, now: float) -> Delivery | None:
        """Lease an uncertain message whose settle time is over and whose next look-up is due; return None without one."""
        row = (await connection.execute(self._next_uncertain, {"now": now})).first()
        if row is None:
            return None
        await self._update(connection, row.id, now, fence=row.fence + 1, lease_until=now + self.timing.lease)
        parent = await self._parent(connection, row)
        return replace(from_row(row), fence=row.fence + 1, parent_ts=parent.ts if parent else None)

    async def copies_in(self, connection: AsyncConnection) -> list[Copy]:
        """Return the second copies to remove: receipts other than the one that a message counts as posted by. What a person
        named is never removed: they may have pasted a wrong link.
        """
        return [Copy(*row) for row in await connection.execute(_COPIES)]

    async def _claim_due(
        self, connection: AsyncConnection, now: float, only: str | None = None, *, verify: bool = False
    ) -> Delivery | None:
        """Claim as `claim` does. With `verify`, a message that may have been posted under an earlier copy of this database
        comes back `unverified`, leased to the caller, and not about to be sent: look it up, then call `verified`.
        """
        await self._cancel_unwanted(connection, now)
        due = (self._one_due, {"now": now, "only": only}) if only else (self._next_due, {"now": now})
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
        row = (await connection.execute(self._next_sent, {"now": now})).first()
        if row is None:
            return None
        values = {"lease_until": now + self.timing.lease, "fence": row.fence + 1}
        await connection.execute(update(deliveries).where(deliveries.c.id == row.id).values(values))
        parent = await self._parent(connection, row)
        return replace(from_row(row), fence=row.fence + 1, parent_ts=parent.ts if parent else None)

    async def _expire(self, connection: AsyncConnection, now: float) -> None:
        """A worker whose lease ran out died or froze: what it was sending is uncertain. Before that, times are corrected."""
        await connection.execute(self._bring_back, {"now": now})
        await connection.execute(self._give_up_leases, {"now": now})

    async def _cancel_unwanted(self, connection: AsyncConnection, now: float) -> None:
        """Cancel what was planned and is not wanted any more."""
        if self._cancel is not None:
            await connection.execute(self._cancel, {"now": now})

    async def _give_up_thread(self, connection: AsyncConnection, delivery: Delivery, now: float) -> None:
        """The parent of a thread was given up: its other messages have no place to be posted."""
        state = "failed" if self.kinds.of(delivery).fails_with_parent else "cancelled"
        values = {"state": state, "error": "parent_failed", "changed_at": now}
        same = (*of(delivery.series), deliveries.c.state == "planned")
        await connection.execute(update(deliveries).where(*same).values(values))

    def _may_be_posted(self, row: Any, parent: Any, now: float) -> bool:
        """Return whether a message that this database never sent may have been sent under an earlier copy of it."""
        if row.kind not in self.kinds.threaded or row.attempts or row.settle_at is not None:
            return False
        return parent is None or parent.resolved_by != "reply" or parent.changed_at < now - self.timing.stale

    # -- statements, built once -----------------------------------------------------------------------------------------

    @cached_property
    def _next_due(self) -> Select[Any]:
        return self._due(~self._paced())

    @cached_property
    def _one_due(self) -> Select[Any]:
        return self._due(deliveries.c.id == bindparam("only"))

    def _due(self, which: ColumnElement[bool]) -> Select[Any]:
        in_order = (deliveries.c.subject, deliveries.c.recipient, deliveries.c.part)
        planned = (deliveries.c.kind.in_(self.kinds.names), deliveries.c.state == "planned")
        return _first(select(deliveries).where(*planned, *FREE, which, ~self._blocked()).order_by(*in_order))

    @cached_property
    def _next_uncertain(self) -> Select[Any]:
        settled = (deliveries.c.state == "uncertain", deliveries.c.settle_at <= NOW)
        known = deliveries.c.kind.in_(self.kinds.names)
        return _first(select(deliveries).where(known, *settled, *FREE).order_by(deliveries.c.settle_at))

    @cached_property
    def _next_sent(self) -> Select[Any]:
        return _first(select(deliveries).where(*self._to_look_for_copies(), *FREE))

    @cached_property
    def _bring_back(self) -> Update:
        """Correct the times that were written under a clock that was ahead and has been set back: they would bury a message
        until the clock gets there. Whatever an attempt may have posted is still waited for, and looked for far enough back.
        """
        column, far = deliveries.c, NOW + self.timing.furthest
        waits, tried = column.state.in_(("planned", "uncertain")), column.state.in_(("sending", "uncertain"))
        wrong: dict[Any, tuple[ColumnElement[bool], Any]] = {
            column.next_at: (and_(waits, column.next_at > far), NOW),
            column.lease_until: (column.lease_until > far, NOW + self.timing.lease),
            column.settle_at: (and_(tried, column.settle_at > NOW + self.timing.settle), NOW + self.timing.settle),
            column.first_try_at: (
                and_(tried, column.first_try_at > NOW),
                case((column.created_at <= NOW, column.created_at), else_=0.0),
            ),
            column.changed_at: (and_(column.state == "manual", column.changed_at > NOW), NOW),
        }
        values = {each.name: case((condition, right), else_=each) for each, (condition, right) in wrong.items()}
        found = or_(*(condition for condition, _right in wrong.values()))
        return update(deliveries).where(column.kind.in_(self.kinds.names), found).values(values)

    @cached_property
    def _give_up_leases(self) -> Update:
        over = (deliveries.c.state == "sending", deliveries.c.lease_until <= NOW)
        return update(deliveries).where(*over).values(state="uncertain", error="lease_over", next_at=NOW, changed_at=NOW)

    @cached_property
    def _cancel(self) -> Update | None:
        """None where every kind is wanted whatever happens."""
        unwanted = {
            kind: and_(deliveries.c.kind == kind.name, not_(kind.wanted)) for kind in self.kinds if kind.wanted is not None
        }
        if not unwanted:
            return None
        why = case(*((condition, kind.unwanted_error) for kind, condition in unwanted.items()))
        planned = (deliveries.c.state == "planned", or_(*unwanted.values()))
        return update(deliveries).where(*planned).values(state="cancelled", error=why, changed_at=NOW)

    # -- conditions ---------------------------------------------------------------------------------------------------

    def _paced(self) -> ColumnElement[bool]:
        """The channel has had a message just now."""
        earlier = deliveries.alias("earlier")
        return exists().where(
            earlier.c.recipient == deliveries.c.recipient,
            earlier.c.state == "sent",
            earlier.c.changed_at.between(NOW - self.timing.pace, NOW),  # a later time is a clock that was set back
        )

    def _blocked(self) -> ColumnElement[bool]:
        """A message has to wait for one before it: in its thread or, where subjects go in order, about an earlier one."""
        earlier = deliveries.alias("earlier")
        before = or_(
            and_(
                deliveries.c.kind.in_(self.kinds.in_order),
                earlier.c.subject < deliveries.c.subject,
                ~self._no_longer_blocks(earlier),
            ),
            and_(
                earlier.c.subject == deliveries.c.subject,
                earlier.c.part < deliveries.c.part,
                ~self._waits_long(earlier),
            ),
        )
        return and_(
            deliveries.c.kind.in_(self.kinds.threaded),
            exists().where(
                earlier.c.kind == deliveries.c.kind,
                earlier.c.team == deliveries.c.team,
                earlier.c.recipient == deliveries.c.recipient,
                earlier.c.state.not_in(OVER),
                before,
            ),
        )

    def _waits_long(self, row: Any) -> ColumnElement[bool]:
        """A reply has waited for a person for so long that the replies after it go on (their parent is posted)."""
        return and_(row.c.state == "manual", row.c.changed_at < NOW - self.timing.hold_back, row.c.part > 0)

    def _no_longer_blocks(self, row: Any) -> ColumnElement[bool]:
        """A series has waited for a person for so long that later ones go on."""
        waiting = deliveries.alias("waiting")
        return exists().where(
            waiting.c.kind == row.c.kind,
            waiting.c.subject == row.c.subject,
            waiting.c.team == row.c.team,
            waiting.c.recipient == row.c.recipient,
            waiting.c.state == "manual",
            waiting.c.changed_at < NOW - self.timing.hold_back,
        )

    def _to_look_for_copies(self) -> tuple[ColumnElement[bool], ...]:
        """A message was sent in more than one attempt, and its last search for copies has not been made."""
        return (
            deliveries.c.state == "sent",
            deliveries.c.attempts > 1,
            deliveries.c.kind.in_(self.kinds.threaded),
            deliveries.c.next_at <= deliveries.c.changed_at + self.timing.sweep_last,
        )


def _first(query: Select[Any]) -> Select[Any]:
    return query.limit(1).with_for_update(skip_locked=True)

"""Settling: what became of an attempt or a look-up, receipts, and second copies."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import and_, case, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.outbox.delivery import Delivery, Message, from_row, is_person, payload_columns
from bot.outbox.rows import Rows, claimed
from bot.outbox.transport import Refused
from bot.store.tables import deliveries, receipts


class Settling(Rows):
    """Records outcomes. What a worker reports counts only while the message is still its own (the fence), but proof that a
    message was posted counts always.
    """

    # -- after an attempt ---------------------------------------------------------------------------------------------

    async def sent(self, delivery: Delivery, ts: str, source: str, place: str | None = None) -> None:
        """Record that a message was posted, whichever worker has claimed it now. Where it was posted before under another
        ts, this is a second copy. `place` is the conversation that Slack put it into.
        """
        async with self.begin() as (connection, now):
            await self._mark_sent(connection, delivery.id, ts, source, now)
            if place and self.kinds.of(delivery).keeps_place:
                await _set_place(connection, delivery.id, place)

    async def refused(self, delivery: Delivery, code: str, *, permanent: bool, wait: float) -> None:
        """Record that a message was certainly not posted: it is due again after `wait` seconds, or failed for good."""
        await self._leave(delivery, "sending", state="failed" if permanent else "planned", wait=wait, error=code)

    async def blocked(self, delivery: Delivery, refused: Refused) -> bool:
        """Record that a message was certainly not posted, since the bot may not post there until a person does something. It
        is tried again with growing pauses, or (as its kind says) cancelled. Return whether it is tried again.
        """
        timing, kind = self.timing, self.kinds.of(delivery)
        ends = kind.ends_when_refused(delivery)
        wait = min(timing.retry_blocked * 2 ** min(delivery.attempts - 1, 20), timing.retry_blocked_most)
        async with self.begin() as (connection, now):
            values = {"state": "cancelled" if ends else "planned", "next_at": now + wait, "error": refused.code}
            values |= {"lease_until": 0, "changed_at": now}
            mine = claimed(delivery, "sending")
            if (await connection.execute(update(deliveries).where(*mine).values(values))).rowcount:
                await kind.on_refused(connection, delivery, refused, now)
        return not ends

    async def simplify(self, delivery: Delivery) -> bool:
        """Record that Slack refused the blocks: the message is due again at once as plain text, which is its payload from
        now on. Return False, and change nothing, where it is plain already.
        """
        if "blocks" not in delivery.payload or not delivery.payload.get("text"):
            return False
        async with self.begin() as (connection, now):
            values: dict[str, Any] = {"state": "planned", "next_at": now, "error": None, "lease_until": 0, "changed_at": now}
            values |= payload_columns(Message({"text": delivery.payload["text"]}), keep_source=True)
            await connection.execute(update(deliveries).where(*claimed(delivery, "sending")).values(values))
        return True

    async def unknown(self, delivery: Delivery, code: str) -> None:
        """Record that nobody knows whether a message was posted: it is looked up after the settle time."""
        await self._leave(delivery, "sending", state="uncertain", error=code)

    # -- after a restore ----------------------------------------------------------------------------------------------

    async def restored(self) -> None:
        """Record that this database is an older copy: whatever it does not know as posted is looked up before it is posted,
        also where its thread began a moment ago. A replica that had claimed something works on another copy.
        """
        async with self.begin() as (connection, _now):
            await connection.execute(update(deliveries).values(lease_until=0))
            planned = update(deliveries).where(deliveries.c.state == "planned")
            await connection.execute(planned.values(attempts=0, settle_at=None))
            begun = update(deliveries).where(deliveries.c.state == "sent", deliveries.c.resolved_by == "reply")
            await connection.execute(begun.values(resolved_by="history"))

    # -- after a look-up ----------------------------------------------------------------------------------------------

    async def absent(self, delivery: Delivery) -> None:
        """Record that a complete look-up after the settle time found nothing: the message is due again."""
        await self._leave(delivery, "uncertain", state="planned")

    async def lookup_failed(self, delivery: Delivery, code: str, *, lasting: bool, wait: float | None = None) -> bool:
        """Record that a look-up was impossible. It is tried again in `wait` seconds (`look_again` by default) until the bot
        gives up: after `give_up_looking` where nothing will change automatically (no scope), after `give_up_waiting` where
        Slack was only out of reach. Return whether it was given up.
        """
        kind, wait = self.kinds.of(delivery), self.timing.look_again if wait is None else wait
        async with self.begin() as (connection, now):
            patience = self.timing.give_up_looking if lasting else self.timing.give_up_waiting
            over = now - (delivery.settle_at or now) >= patience
            given_up = "manual" if kind.needs_manual_check(delivery) else "cancelled"
            changes: dict[str, Any] = {"state": given_up} if over else {"next_at": now + wait}
            values = {"lease_until": 0, "error": code, "changed_at": now, **changes}
            mine = claimed(delivery, "uncertain")
            changed = await connection.execute(update(deliveries).where(*mine).values(values))
            if over and changed.rowcount:
                await kind.on_given_up(connection, delivery, now)
            return over

    async def note_receipt(self, delivery_id: str, ts: str, channel: str) -> bool:
        """Record that Slack reported a message with this delivery's mark, which proves that it was posted. Return False for
        a mark that is not ours.
        """
        async with self.begin() as (connection, now):
            row = (await connection.execute(select(deliveries).where(deliveries.c.id == delivery_id))).first()
            if row is None or (row.recipient != channel and not (is_person(row.recipient) and channel.startswith("D"))):
                return False
            await self._mark_sent(connection, delivery_id, ts, "event", now)
            if self.kinds.of(from_row(row)).keeps_place:
                await _set_place(connection, delivery_id, channel)
            return True

    async def resolve(self, delivery_id: str, ts: str | None) -> bool:
        """Record what a person saw: the message is there under `ts`, or (None) is not there and is to be posted. Return
        False where nobody asked. What is not there yet may still land until the settle time is over, so it is not posted
        before that.
        """
        async with self.begin() as (connection, now):
            asked = (deliveries.c.id == delivery_id, deliveries.c.state.in_(("manual", "uncertain")))
            row = (await connection.execute(select(deliveries).where(*asked).with_for_update())).first()
            if row is None:
                return False
            if ts:
                await self._mark_sent(connection, delivery_id, ts, "human", now)
            else:
                due = max(now, row.settle_at or now)
                await self._update(connection, delivery_id, now, state="planned", next_at=due, lease_until=0, error=None)
            return True

    # -- second copies ------------------------------------------------------------------------------------------------

    async def searched(self, delivery: Delivery, found: Sequence[str], *, again_in: float | None = None) -> None:
        """Record the end of a search for second copies: those `found` (with the message itself) are stored as receipts, for
        `copies`. With `again_in`, it failed and is due again.
        """
        async with self.begin() as (connection, now):
            query = select(deliveries).where(deliveries.c.id == delivery.id).with_for_update()
            row = (await connection.execute(query)).first()
            if row is None or row.fence != delivery.fence:
                return
            for ts in found:
                await self._mark_sent(connection, delivery.id, ts, "history", now)
            last = row.changed_at + self.timing.sweep_last
            later = now + again_in if again_in is not None else last if now < last else last + 1.0
            values = {"lease_until": 0, "next_at": later}
            await connection.execute(update(deliveries).where(deliveries.c.id == delivery.id).values(values))

    async def removed(self, delivery_id: str, ts: str) -> None:
        """Record that a second copy is gone."""
        async with self.begin() as (connection, now):
            mine = (receipts.c.delivery_id == delivery_id, receipts.c.ts == ts)
            await connection.execute(update(receipts).where(*mine).values(removed_at=now))

    # -- within a transaction -----------------------------------------------------------------------------------------

    async def _mark_sent(self, connection: AsyncConnection, delivery_id: str, ts: str, source: str, now: float) -> None:
        """Store the receipt. The message counts as sent by it unless it did before (Slack's word replaces a person's). Of a
        message to a person who has been forgotten meanwhile nothing is stored.
        """
        if (await connection.execute(select(deliveries.c.id).where(deliveries.c.id == delivery_id))).first() is None:
            return
        values = {"delivery_id": delivery_id, "ts": ts, "source": source, "seen_at": now}
        await connection.execute(self.database.insert(receipts).values(values).on_conflict_do_nothing())
        open_ = or_(deliveries.c.state != "sent", and_(deliveries.c.resolved_by == "human", deliveries.c.ts != ts))
        changes = {"state": "sent", "ts": ts, "error": None, "resolved_by": source, "lease_until": 0, "changed_at": now}
        settled = await connection.execute(
            update(deliveries)
            .where(deliveries.c.id == delivery_id, open_)
            .values(next_at=now + self.timing.sweep_first, **changes)
        )
        if settled.rowcount:
            row = (await connection.execute(select(deliveries).where(deliveries.c.id == delivery_id))).one()
            delivery = from_row(row)
            await self.kinds.of(delivery).on_sent(connection, delivery, now)


async def _set_place(connection: AsyncConnection, delivery_id: str, place: str) -> None:
    # Versions before schema 0006 read the place of a draft's message from its key, and one may run beside this one.
    was = deliveries.c.key
    key = case((or_(was.is_(None), was == deliveries.c.place), place[:40]), else_=was)
    await connection.execute(update(deliveries).where(deliveries.c.id == delivery_id).values(place=place[:40], key=key))

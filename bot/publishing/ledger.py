"""The delivery ledger: one row for each message that must exist, and the only legal steps between its states.

planned -> sending -> sent | planned | uncertain | failed;  uncertain -> sent | planned | manual;  manual -> sent | planned.
A message is sent only under a committed `sending` row with the current fence; a row goes back to `planned` only after a
refusal that proves that nothing was posted, or after a complete look-up later than every attempt could have landed.
Proof that the message stands (its receipt) makes a row `sent` from any state: what stands is never posted again.
"""

from __future__ import annotations

import hashlib
import json
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import and_, exists, or_, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.store.database import Database
from bot.store.tables import deliveries, receipts, subscriptions


@dataclass(frozen=True, slots=True)
class Timing:
    """Seconds. The settle time must exceed lease and time-out and the worst lateness of a request, for then an old attempt
    has landed or never will; tests scale all of them down."""

    lease: float = 60.0
    start_within: float = 2.0
    settle: float = 180.0
    give_up_looking: float = 900.0
    give_up_waiting: float = 86400.0
    look_again: float = 60.0
    retry_refused: float = 30.0
    retry_blocked: float = 600.0
    pace: float = 1.05


@dataclass(frozen=True, slots=True)
class Message:
    """A message to deliver: its payload (text and blocks), and the summary it shows (None for the parent message)."""

    payload: Mapping[str, Any]
    summary_id: str | None = None


@dataclass(frozen=True, slots=True)
class Delivery:
    """A row of the ledger, as claimed."""

    id: str
    month: str
    team: str
    channel: str
    part: int
    payload: Mapping[str, Any]
    state: str
    attempts: int
    fence: int
    first_try_at: float | None
    settle_at: float | None
    ts: str | None
    error: str | None
    parent_ts: str | None = None


class Ledger:
    """The deliveries of one database. Every method is one transaction."""

    def __init__(self, database: Database, timing: Timing | None = None) -> None:
        self._database = database
        self.timing = timing or Timing()

    async def subscribe(self, team: str, channel: str, newest: str) -> str:
        """Note that a channel gets each new month; returns the month after which it does. Once noted, `newest` changes
        nothing.
        """
        async with self._database.begin() as connection:
            now = await self._database.now(connection)
            values = {"team": team, "channel": channel, "after_month": newest, "created_at": now}
            await connection.execute(self._insert(subscriptions).values(values).on_conflict_do_nothing())
            query = select(subscriptions.c.after_month).where(
                subscriptions.c.team == team, subscriptions.c.channel == channel
            )
            return str((await connection.execute(query)).scalar_one())

    async def planned_months(self, team: str, channel: str) -> set[str]:
        """The months for which messages have been planned in a channel, whatever became of them."""
        query = select(deliveries.c.month).where(deliveries.c.team == team, deliveries.c.channel == channel).distinct()
        async with self._database.begin() as connection:
            return {row.month for row in await connection.execute(query)}

    async def plan(self, month: str, team: str, channel: str, messages: Sequence[Message]) -> bool:
        """Plan a month's messages in a channel, all or none; False where they were planned before (by whomever)."""
        async with self._database.begin() as connection:
            now = await self._database.now(connection)
            mine = and_(deliveries.c.month == month, deliveries.c.team == team, deliveries.c.channel == channel)
            if (await connection.execute(select(deliveries.c.id).where(mine).limit(1))).first():
                return False
            rows = [self._row(month, team, channel, part, message, now) for part, message in enumerate(messages)]
            result = await connection.execute(self._insert(deliveries).values(rows).on_conflict_do_nothing())
            return result.rowcount == len(rows)

    async def claim(self) -> Delivery | None:
        """Take the next message that is due, in order within its thread, and commit that it is about to be sent; else
        None.
        """
        async with self._database.begin() as connection:
            now = await self._database.now(connection)
            await self._expire(connection, now)
            earlier = deliveries.alias("earlier")
            blocked = exists().where(
                earlier.c.team == deliveries.c.team,
                earlier.c.channel == deliveries.c.channel,
                earlier.c.state.not_in(("sent", "failed")),
                or_(
                    earlier.c.month < deliveries.c.month,
                    and_(earlier.c.month == deliveries.c.month, earlier.c.part < deliveries.c.part),
                ),
            )
            paced = exists().where(
                earlier.c.channel == deliveries.c.channel,
                earlier.c.state == "sent",
                earlier.c.changed_at.between(now - self.timing.pace, now),  # a later time is a clock that was set back
            )
            query = (
                select(deliveries)
                .where(deliveries.c.state == "planned", deliveries.c.next_at <= now, ~blocked, ~paced)
                .order_by(deliveries.c.month, deliveries.c.channel, deliveries.c.part)
                .limit(1)
                .with_for_update(skip_locked=True)
            )
            row = (await connection.execute(query)).first()
            if row is None:
                return None
            parent_ts = await self._parent_ts(connection, row)
            if row.part and parent_ts is None:  # the parent failed for good: its cards have no thread to stand in
                same = (
                    deliveries.c.month == row.month,
                    deliveries.c.team == row.team,
                    deliveries.c.channel == row.channel,
                )
                values = {"state": "failed", "error": "parent_failed", "changed_at": now}
                await connection.execute(update(deliveries).where(*same, deliveries.c.state == "planned").values(values))
                return None
            await self._update(
                connection,
                row.id,
                now,
                state="sending",
                fence=row.fence + 1,
                attempts=row.attempts + 1,
                lease_until=now + self.timing.lease,
                settle_at=now + self.timing.settle,
                first_try_at=row.first_try_at or now,
            )
            return _delivery(row, fence=row.fence + 1, attempts=row.attempts + 1, parent_ts=parent_ts)

    async def sent(self, delivery: Delivery, ts: str, source: str) -> None:
        """The message stands, whoever holds the row now. Where it stood already under another ts, this is a second copy."""
        async with self._database.begin() as connection:
            await self._stands(connection, delivery.id, ts, source, await self._database.now(connection))

    async def give_back(self, delivery: Delivery) -> None:
        """Nothing was sent (too late to begin): the message is due again at once."""
        await self._leave(delivery, "sending", state="planned")

    async def refused(self, delivery: Delivery, code: str, *, permanent: bool, wait: float) -> None:
        """Certainly not posted: due again after `wait` seconds, or failed for good."""
        await self._leave(delivery, "sending", state="failed" if permanent else "planned", wait=wait, error=code)

    async def unknown(self, delivery: Delivery, code: str) -> None:
        """Nobody knows whether it was posted: it is looked up once everything has settled."""
        await self._leave(delivery, "sending", state="uncertain", error=code)

    async def uncertain(self) -> Delivery | None:
        """An uncertain message whose settle time is over and whose next look-up is due, leased to the caller; else None."""
        async with self._database.begin() as connection:
            now = await self._database.now(connection)
            await self._expire(connection, now)
            query = (
                select(deliveries)
                .where(
                    deliveries.c.state == "uncertain",
                    deliveries.c.settle_at <= now,
                    deliveries.c.next_at <= now,
                    deliveries.c.lease_until <= now,
                )
                .order_by(deliveries.c.settle_at)
                .limit(1)
                .with_for_update(skip_locked=True)
            )
            row = (await connection.execute(query)).first()
            if row is None:
                return None
            await self._update(connection, row.id, now, fence=row.fence + 1, lease_until=now + self.timing.lease)
            parent_ts = await self._parent_ts(connection, row)
            return _delivery(row, fence=row.fence + 1, attempts=row.attempts, parent_ts=parent_ts)

    async def absent(self, delivery: Delivery) -> None:
        """A complete look-up after the settle time found nothing: it is due again."""
        await self._leave(delivery, "uncertain", state="planned")

    async def blind(self, delivery: Delivery, code: str, *, lasting: bool) -> bool:
        """The look-up was impossible: it is tried again, and in the end a person must decide (True): after `give_up_looking`
        where nothing will change by itself (no scope), after `give_up_waiting` where Slack was only out of reach."""
        async with self._database.begin() as connection:
            now = await self._database.now(connection)
            patience = self.timing.give_up_looking if lasting else self.timing.give_up_waiting
            over = now - (delivery.settle_at or now) >= patience
            changes: dict[str, Any] = {"state": "manual"} if over else {"next_at": now + self.timing.look_again}
            await connection.execute(
                update(deliveries)
                .where(
                    deliveries.c.id == delivery.id,
                    deliveries.c.fence == delivery.fence,
                    deliveries.c.state == "uncertain",
                )
                .values(lease_until=0, error=code, changed_at=now, **changes)
            )
            return over

    async def note_receipt(self, delivery_id: str, ts: str, channel: str) -> bool:
        """Slack reported a message with this delivery's mark: proof that it stands. False for a mark that is not ours."""
        async with self._database.begin() as connection:
            row = (await connection.execute(select(deliveries).where(deliveries.c.id == delivery_id))).first()
            if row is None or row.channel != channel:
                return False
            await self._stands(connection, delivery_id, ts, "event", await self._database.now(connection))
            return True

    async def resolve(self, delivery_id: str, ts: str | None) -> bool:
        """A person looked: the message stands at `ts`, or (None) it is not there and is to be posted. False where not asked.

        What is not there yet may still land until the settle time is over, so it is not posted before that.
        """
        async with self._database.begin() as connection:
            now = await self._database.now(connection)
            asked = (deliveries.c.id == delivery_id, deliveries.c.state.in_(("manual", "uncertain")))
            row = (await connection.execute(select(deliveries).where(*asked).with_for_update())).first()
            if row is None:
                return False
            if ts:
                await self._stands(connection, delivery_id, ts, "human", now)
            else:
                due = max(now, row.settle_at or now)
                await self._update(connection, delivery_id, now, state="planned", next_at=due, lease_until=0, error=None)
            return True

    async def copies(self) -> list[tuple[str, str, str]]:
        """Second copies to remove, as (delivery id, channel, ts): receipts other than the message the row settled on.

        What a person named is never removed: a link may be pasted wrong.
        """
        query = (
            select(receipts.c.delivery_id, deliveries.c.channel, receipts.c.ts)
            .join(deliveries, deliveries.c.id == receipts.c.delivery_id)
            .where(deliveries.c.state == "sent", receipts.c.ts != deliveries.c.ts, receipts.c.removed_at.is_(None))
            .where(receipts.c.source != "human")
        )
        async with self._database.begin() as connection:
            return [(row.delivery_id, row.channel, row.ts) for row in await connection.execute(query)]

    async def removed(self, delivery_id: str, ts: str) -> None:
        """A second copy is gone."""
        async with self._database.begin() as connection:
            now = await self._database.now(connection)
            mine = (receipts.c.delivery_id == delivery_id, receipts.c.ts == ts)
            await connection.execute(update(receipts).where(*mine).values(removed_at=now))

    async def hasten(self, month: str, team: str, channel: str) -> None:
        """A person asks for a month: what was refused of it or before it is due at once (but for rate limits, whose wait
        is Slack's to say)."""
        async with self._database.begin() as connection:
            now = await self._database.now(connection)
            mine = (deliveries.c.month <= month, deliveries.c.team == team, deliveries.c.channel == channel)
            refused = and_(
                deliveries.c.state == "planned", deliveries.c.error.is_not(None), deliveries.c.error != "ratelimited"
            )
            await connection.execute(
                update(deliveries).where(*mine, refused).values(next_at=now, error=None, changed_at=now)
            )

    async def get(self, delivery_id: str) -> Delivery | None:
        """One message, or None for an id that is not ours."""
        async with self._database.begin() as connection:
            row = (await connection.execute(select(deliveries).where(deliveries.c.id == delivery_id))).first()
            return _delivery(row, row.fence, row.attempts, None) if row else None

    async def before(self, month: str, team: str, channel: str) -> Delivery | None:
        """The first message of an earlier month that a month in this channel has to wait for, or None."""
        mine = (deliveries.c.month < month, deliveries.c.team == team, deliveries.c.channel == channel)
        open_ = deliveries.c.state.not_in(("sent", "failed"))
        query = select(deliveries).where(*mine, open_).order_by(deliveries.c.month, deliveries.c.part).limit(1)
        async with self._database.begin() as connection:
            row = (await connection.execute(query)).first()
            return _delivery(row, row.fence, row.attempts, None) if row else None

    async def month(self, month: str, team: str, channel: str) -> list[Delivery]:
        """The messages of a month in a channel, in order."""
        mine = (deliveries.c.month == month, deliveries.c.team == team, deliveries.c.channel == channel)
        async with self._database.begin() as connection:
            rows = await connection.execute(select(deliveries).where(*mine).order_by(deliveries.c.part))
            return [_delivery(row, row.fence, row.attempts, None) for row in rows]

    async def in_state(self, *states: str) -> list[Delivery]:
        """The messages in these states, oldest month first."""
        query = select(deliveries).where(deliveries.c.state.in_(states)).order_by(deliveries.c.month, deliveries.c.part)
        async with self._database.begin() as connection:
            return [_delivery(row, row.fence, row.attempts, None) for row in await connection.execute(query)]

    # -- within a transaction -------------------------------------------------------------------------------------

    def _insert(self, table: Any) -> Any:
        return sqlite.insert(table) if self._database.is_sqlite else postgresql.insert(table)

    def _row(self, month: str, team: str, channel: str, part: int, message: Message, now: float) -> dict[str, Any]:
        payload = json.dumps(message.payload, ensure_ascii=False, sort_keys=True)
        return {
            "id": uuid.uuid4().hex,
            "month": month,
            "team": team,
            "channel": channel,
            "part": part,
            "summary_id": message.summary_id,
            "payload": payload,
            "payload_sha256": hashlib.sha256(payload.encode()).hexdigest(),
            "state": "planned",
            "attempts": 0,
            "fence": 0,
            "next_at": now,
            "lease_until": 0.0,
            "created_at": now,
            "changed_at": now,
        }

    async def _expire(self, connection: AsyncConnection, now: float) -> None:
        """A sender whose lease ran out died or froze: what it was sending is uncertain."""
        await connection.execute(
            update(deliveries)
            .where(deliveries.c.state == "sending", deliveries.c.lease_until <= now)
            .values(state="uncertain", error="lease_over", next_at=now, changed_at=now)
        )

    async def _leave(
        self, delivery: Delivery, origin: str, *, state: str, wait: float = 0.0, error: str | None = None
    ) -> None:
        """Move a claimed message on from `origin`, unless somebody else has claimed it since (the fence)."""
        async with self._database.begin() as connection:
            now = await self._database.now(connection)
            mine = (deliveries.c.id == delivery.id, deliveries.c.fence == delivery.fence, deliveries.c.state == origin)
            await connection.execute(
                update(deliveries)
                .where(*mine)
                .values(state=state, next_at=now + wait, error=error, lease_until=0, changed_at=now)
            )

    async def _parent_ts(self, connection: AsyncConnection, row: Any) -> str | None:
        """The message in whose thread a part belongs; None for the parent itself, or where the parent never came to
        stand.
        """
        if not row.part:
            return None
        same = (deliveries.c.month == row.month, deliveries.c.team == row.team, deliveries.c.channel == row.channel)
        return (await connection.execute(select(deliveries.c.ts).where(*same, deliveries.c.part == 0))).scalar()

    async def _update(self, connection: AsyncConnection, delivery_id: str, now: float, **values: Any) -> None:
        await connection.execute(update(deliveries).where(deliveries.c.id == delivery_id).values(changed_at=now, **values))

    async def _stands(self, connection: AsyncConnection, delivery_id: str, ts: str, source: str, now: float) -> None:
        """Keep the receipt; the row settles on it unless it had settled before (Slack's word replaces a person's)."""
        values = {"delivery_id": delivery_id, "ts": ts, "source": source, "seen_at": now}
        await connection.execute(self._insert(receipts).values(values).on_conflict_do_nothing())
        open_ = or_(deliveries.c.state != "sent", and_(deliveries.c.resolved_by == "human", deliveries.c.ts != ts))
        await connection.execute(
            update(deliveries)
            .where(deliveries.c.id == delivery_id, open_)
            .values(state="sent", ts=ts, error=None, resolved_by=source, lease_until=0, changed_at=now)
        )


def _delivery(row: Any, fence: int, attempts: int, parent_ts: str | None) -> Delivery:
    return Delivery(
        id=row.id,
        month=row.month,
        team=row.team,
        channel=row.channel,
        part=row.part,
        payload=json.loads(row.payload),
        state=row.state,
        attempts=attempts,
        fence=fence,
        first_try_at=row.first_try_at,
        settle_at=row.settle_at,
        ts=row.ts,
        error=row.error,
        parent_ts=parent_ts,
    )

"""The delivery ledger: one row for each message that must exist, and the only legal steps between its states.

planned -> sending -> sent | planned | uncertain | failed;  uncertain -> sent | planned | manual;  manual -> sent | planned;
planned | uncertain -> cancelled (nobody wants it any more);  failed | cancelled -> planned (a person asks for the month).
A message is sent only under a committed `sending` row with the current fence; a row goes back to `planned` only after a
refusal that proves that nothing was posted, or after a complete look-up later than every attempt could have landed.
Proof that the message stands (its receipt) makes a row `sent` from any state: what stands is never posted again.
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import and_, delete, exists, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.outbox.delivery import (
    CLUB,
    DRAFT,
    FIRST_OF_CLUB,
    FOLLOW,
    KINDS,
    MONTH,
    NOTICE,
    OVER,
    THREADED,
    Delivery,
    Message,
    columns_of,
    delivery_of,
    new_row,
)
from bot.store import subscriptions
from bot.store.database import Database
from bot.store.subscriptions import Subscription
from bot.store.tables import clubs, deliveries, follows, receipts
from bot.store.tables import subscriptions as subscription_table

WATCHED = "watched"
"""What a notice is about that tells a curator of trouble with the watched page."""
SUBSCRIBE = "subscribe"
"""What a notice is about that tells a channel that it is subscribed; where it stands, the subscription is active."""
AT_ONCE = 1.0
"""Seconds from now within which a message counts as due at once."""


@dataclass(frozen=True, slots=True)
class Timing:
    """Seconds. The settle time must exceed lease and time-out and the worst lateness of a request, for then an old attempt
    has landed or never will; tests scale all of them down.

    `retry_blocked` doubles with each refusal that only a person can lift, up to `retry_blocked_most`. A card whose parent
    has stood longer than `stale` is looked for before it is sent first, as every parent is: the database may be a backup. A
    message that waits for a person holds back what comes after it for `hold_back` (three days: a weekend and a day), for
    from then on the news is worth more than its order. A payload that stood before is put back after `put_back`.
    """

    lease: float = 60.0
    start_within: float = 2.0
    settle: float = 180.0
    give_up_looking: float = 900.0
    give_up_waiting: float = 86400.0
    look_again: float = 60.0
    retry_refused: float = 30.0
    retry_blocked: float = 600.0
    retry_blocked_most: float = 21600.0
    pace: float = 1.05
    stale: float = 900.0
    hold_back: float = 3 * 86400.0
    sweep_first: float = 600.0
    sweep_last: float = 86400.0
    put_back: float = 3600.0


class Ledger:
    """The deliveries of one database. Every method is one transaction."""

    def __init__(self, database: Database, timing: Timing | None = None) -> None:
        self._database = database
        self.timing = timing or Timing()

    @property
    def database(self) -> Database:
        """Where the deliveries are."""
        return self._database

    async def subscribe(self, team: str, channel: str, newest: str) -> str:
        """Note that the operator's channel gets each new month; returns the month after which it does. Once noted, `newest`
        changes nothing.
        """
        return (await subscriptions.Subscriptions(self._database).ensure(team, channel, newest)).after_month

    async def planned_months(self, team: str, channel: str, kind: str = MONTH) -> set[str]:
        """The months for which messages have been planned in a channel, whatever became of them."""
        mine = (deliveries.c.team == team, deliveries.c.channel == channel, deliveries.c.kind == kind)
        async with self._database.begin() as connection:
            return {row.month for row in await connection.execute(select(deliveries.c.month).where(*mine).distinct())}

    async def plan(
        self,
        month: str,
        team: str,
        channel: str,
        messages: Sequence[Message],
        *,
        kind: str = MONTH,
        by_hand: bool = False,
    ) -> bool:
        """Plan a month's messages in a channel, all or none; False where they were planned before (by whomever), or where
        the channel's subscription was stopped (unless a person plans them `by_hand`).
        """
        async with self._database.begin() as connection:
            now = await self._database.now(connection)
            found = await subscriptions.get(connection, team, channel, lock=True) if kind == MONTH else None
            if found and found.state == subscriptions.STOPPED and not by_hand:
                return False
            mine = _of(month, team, channel, kind)
            if (await connection.execute(select(deliveries.c.id).where(*mine).limit(1))).first():
                return False
            rows = [new_row(month, team, channel, part, message, now, kind) for part, message in enumerate(messages)]
            result = await connection.execute(self._database.insert(deliveries).values(rows).on_conflict_do_nothing())
            return result.rowcount == len(rows)

    async def plan_again(self, month: str, team: str, channel: str, messages: Sequence[Message]) -> int:
        """A person asks for a month of which messages were given up or cancelled: those are due again, as they are rendered
        now. Returns how many.
        """
        by_summary = {message.summary_id: message for message in messages}
        async with self._database.begin() as connection:
            now = await self._database.now(connection)
            given_up = (*_of(month, team, channel, MONTH), deliveries.c.state.in_(("failed", "cancelled")))
            rows = (await connection.execute(select(deliveries).where(*given_up).with_for_update())).all()
            for row in rows:
                values = {"state": "planned", "next_at": now, "error": None, "created_at": now, "settle_at": None}
                if message := by_summary.get(row.summary_id):
                    values |= columns_of(message)
                await self._update(connection, row.id, now, **values)
            return len(rows)

    async def add(self, month: str, team: str, channel: str, message: Message) -> bool:
        """Plan a further card in a posted month's thread; False where it is there already, or the channel is not
        subscribed.
        """
        async with self._database.begin() as connection:
            now = await self._database.now(connection)
            found = await subscriptions.get(connection, team, channel, lock=True)
            if found is None or found.state not in (subscriptions.ACTIVE, subscriptions.PAUSED):
                return False
            mine = _of(month, team, channel, MONTH)
            parts = (await connection.execute(select(deliveries.c.part, deliveries.c.summary_id).where(*mine))).all()
            if not parts or message.summary_id in {row.summary_id for row in parts}:
                return False
            part = max(row.part for row in parts) + 1
            row = new_row(month, team, channel, part, message, now, MONTH)
            result = await connection.execute(self._database.insert(deliveries).values(row).on_conflict_do_nothing())
            return bool(result.rowcount)

    async def plan_direct(self, month: str, team: str, person: str, message: Message, *, part: int) -> bool:
        """Plan the message that shows a curator a draft; False where it is planned already."""
        async with self._database.begin() as connection:
            row = new_row(month, team, person, part, message, await self._database.now(connection), DRAFT)
            result = await connection.execute(self._database.insert(deliveries).values(row).on_conflict_do_nothing())
            return bool(result.rowcount)

    async def reword(self, delivery_id: str, message: Message, *, state: str) -> None:
        """A message that is still to be sent is to say this, or one that stands says it now."""
        mine = (deliveries.c.id == delivery_id, deliveries.c.state == state)
        async with self._database.begin() as connection:
            await connection.execute(update(deliveries).where(*mine).values(columns_of(message)))

    async def withdraw(self, delivery_id: str, why: str = "withdrawn") -> None:
        """What has not been sent need not be any more."""
        mine = (deliveries.c.id == delivery_id, deliveries.c.state == "planned")
        async with self._database.begin() as connection:
            values = {"state": "cancelled", "error": why, "changed_at": await self._database.now(connection)}
            await connection.execute(update(deliveries).where(*mine).values(values))

    async def inform(self, team: str, person: str, message: Message) -> None:
        """Plan a word to a curator about the watched page."""
        async with self._database.begin() as connection:
            await self._plan_notice(connection, team, person, message, await self._database.now(connection), about=WATCHED)

    async def ask_subscription(self, wish: Subscription, confirmation: Message) -> str | None:
        """Somebody wants a channel subscribed: the message that says so there is planned (once, however many ask); where it
        stands, the subscription is active. Returns the message's id, or None where the channel is subscribed already.
        """
        async with self._database.begin() as connection:
            now = await self._database.now(connection)
            await subscriptions.ask(connection, self._database.insert, wish, now)
            found = await subscriptions.get(connection, wish.team, wish.channel, lock=True)
            if found and found.state == subscriptions.ACTIVE:
                return None
            pending = (
                *_of("", wish.team, wish.channel, NOTICE),
                deliveries.c.summary_id == SUBSCRIBE,
                deliveries.c.state.not_in(OVER),
            )
            if asked := (await connection.execute(select(deliveries.c.id).where(*pending))).scalar():
                return str(asked)
            return await self._plan_notice(connection, wish.team, wish.channel, confirmation, now, about=SUBSCRIBE)

    async def claim(self, only: str | None = None, *, verify: bool = False) -> Delivery | None:
        """Take the next message that is due (or the one with the id `only`), in order within its thread, and commit that it
        is about to be sent; else None.

        With `verify`, one that may have been posted under an earlier copy of this database comes back `unverified`, leased
        to the caller, and not about to be sent: look for it, then say `verified`.
        """
        async with self._database.begin() as connection:
            now = await self._database.now(connection)
            await self._expire(connection, now)
            await self._cancel_unwanted(connection, now)
            known = deliveries.c.kind.in_(KINDS)
            due = [known, deliveries.c.state == "planned", deliveries.c.next_at <= now, deliveries.c.lease_until <= now]
            due += [deliveries.c.id == only] if only else [~self._paced(now)]
            query = (
                select(deliveries)
                .where(*due, ~self._held_back(now))
                .order_by(deliveries.c.month, deliveries.c.channel, deliveries.c.part)
                .limit(1)
                .with_for_update(skip_locked=True)
            )
            row = (await connection.execute(query)).first()
            if row is None:
                return None
            parent = await self._parent(connection, row)
            if parent is not None and parent.ts is None:  # it failed for good: its cards have no thread to stand in
                state = "failed" if row.kind == MONTH else "cancelled"
                values = {"state": state, "error": "parent_failed", "changed_at": now}
                same = (*_of(row.month, row.team, row.channel, row.kind), deliveries.c.state == "planned")
                await connection.execute(update(deliveries).where(*same).values(values))
                return None
            parent_ts = parent.ts if parent else None
            if verify and self._may_stand_already(row, parent, now):
                await self._update(connection, row.id, now, fence=row.fence + 1, lease_until=now + self.timing.lease)
                return delivery_of(row, fence=row.fence + 1, parent_ts=parent_ts, unverified=True)
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
            return delivery_of(row, fence=row.fence + 1, attempts=row.attempts + 1, parent_ts=parent_ts)

    async def verified(self, delivery: Delivery, *, wait: float | None = None) -> None:
        """A message was looked for before its first attempt and is not there: it may be sent. With `wait`: the look-up
        failed, and is due again in so many seconds.
        """
        async with self._database.begin() as connection:
            now = await self._database.now(connection)
            mine = (deliveries.c.id == delivery.id, deliveries.c.fence == delivery.fence, deliveries.c.state == "planned")
            values = {"settle_at": now} if wait is None else {"next_at": now + wait}
            await connection.execute(update(deliveries).where(*mine).values(lease_until=0, **values))

    async def sent(self, delivery: Delivery, ts: str, source: str, place: str | None = None) -> None:
        """The message stands, whoever holds the row now. Where it stood already under another ts, this is a second copy.
        `place` is the conversation that Slack put it into.
        """
        async with self._database.begin() as connection:
            await self._stands(connection, delivery.id, ts, source, await self._database.now(connection))
            if place and delivery.kind == DRAFT:
                await _stands_in(connection, delivery.id, place)

    async def give_back(self, delivery: Delivery) -> None:
        """Nothing was sent (too late to begin): the message is due again at once."""
        await self._leave(delivery, "sending", state="planned")

    async def refused(self, delivery: Delivery, code: str, *, permanent: bool, wait: float) -> None:
        """Certainly not posted: due again after `wait` seconds, or failed for good."""
        await self._leave(delivery, "sending", state="failed" if permanent else "planned", wait=wait, error=code)

    async def refused_place(self, delivery: Delivery, code: str, note: Message | None, curators: Sequence[str]) -> bool:
        """Certainly not posted, since the bot may not post there until a person does something. A month's channel is paused,
        and tried again with growing waits; with a `note`, whoever set it up (the curators, for the default channel) is told
        once. What was to confirm a new subscription, or to open a journal club, is given up, and nothing is subscribed or
        planned. True where it goes on.
        """
        timing = self.timing
        opens = delivery.kind == CLUB and delivery.part == 0
        confirms = opens or (delivery.kind == NOTICE and delivery.summary_id == SUBSCRIBE)
        wait = min(timing.retry_blocked * 2 ** min(delivery.attempts - 1, 20), timing.retry_blocked_most)
        state = "cancelled" if confirms else "planned"
        async with self._database.begin() as connection:
            now = await self._database.now(connection)
            mine = (deliveries.c.id == delivery.id, deliveries.c.fence == delivery.fence, deliveries.c.state == "sending")
            values = {"state": state, "next_at": now + wait, "error": code, "lease_until": 0, "changed_at": now}
            if not (await connection.execute(update(deliveries).where(*mine).values(values))).rowcount:
                return not confirms
            if opens:
                await _forget_club(connection, delivery, now)
            elif confirms:
                await subscriptions.refuse(connection, delivery.team, delivery.channel)
            elif delivery.kind == MONTH:
                paused = await subscriptions.pause(
                    connection, delivery.team, delivery.channel, code, now, tell=note is not None
                )
                if paused and note:
                    people = (paused.by,) if paused.by and not paused.is_default else tuple(curators)
                    about = _about_pause(delivery.channel)
                    for person in people:
                        await self._plan_notice(connection, delivery.team, person, note, now, about=about)
            return not confirms

    async def simplify(self, delivery: Delivery) -> bool:
        """Slack refused the blocks: the message is due again at once as plain text, recorded as its payload from now on.
        False where it is plain already: then it has failed.
        """
        plain = "blocks" in delivery.payload and delivery.payload.get("text")
        async with self._database.begin() as connection:
            now = await self._database.now(connection)
            mine = (deliveries.c.id == delivery.id, deliveries.c.fence == delivery.fence, deliveries.c.state == "sending")
            values: dict[str, Any] = {"state": "failed", "error": "invalid_blocks", "lease_until": 0, "changed_at": now}
            if plain:
                values |= {"state": "planned", "next_at": now, "error": None}
                values |= columns_of(Message({"text": delivery.payload["text"]}), keep_source=True)
            await connection.execute(update(deliveries).where(*mine).values(values))
            return bool(plain)

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
                    deliveries.c.kind.in_(KINDS),
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
            parent = await self._parent(connection, row)
            return delivery_of(row, fence=row.fence + 1, parent_ts=parent.ts if parent else None)

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
            # Of a word about something, or to somebody, one copy at most is what matters.
            given_up = "manual" if delivery.keeps_its_worth else "cancelled"
            changes: dict[str, Any] = {"state": given_up} if over else {"next_at": now + self.timing.look_again}
            if over and delivery.kind == NOTICE and delivery.summary_id == SUBSCRIBE:
                await subscriptions.activate(connection, delivery.team, delivery.channel)
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
            direct = row is not None and row.channel[:1] in ("U", "W") and channel.startswith("D")
            if row is None or (row.channel != channel and not direct):
                return False
            await self._stands(connection, delivery_id, ts, "event", await self._database.now(connection))
            if row.kind == DRAFT:
                await _stands_in(connection, delivery_id, channel)
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
            return delivery_of(row) if row else None

    async def in_hand(self, delivery_id: str) -> Delivery | None:
        """One message while somebody sends it or looks for it, or where it is due at once; else None."""
        async with self._database.begin() as connection:
            now = await self._database.now(connection)
            at_once = and_(
                deliveries.c.state == "planned",
                or_(deliveries.c.lease_until > now, deliveries.c.next_at <= now + AT_ONCE),
            )
            query = select(deliveries).where(deliveries.c.id == delivery_id, or_(deliveries.c.state == "sending", at_once))
            row = (await connection.execute(query)).first()
            return delivery_of(row) if row else None

    async def before(self, month: str, team: str, channel: str) -> Delivery | None:
        """The first message of an earlier month that a month in this channel has to wait for, or None."""
        async with self._database.begin() as connection:
            now = await self._database.now(connection)
            mine = (deliveries.c.month < month, deliveries.c.team == team, deliveries.c.channel == channel)
            open_ = (deliveries.c.kind == MONTH, deliveries.c.state.not_in(OVER), ~self._given_way(deliveries, now))
            query = select(deliveries).where(*mine, *open_).order_by(deliveries.c.month, deliveries.c.part).limit(1)
            row = (await connection.execute(query)).first()
            return delivery_of(row) if row else None

    async def month(self, month: str, team: str, channel: str, kind: str = MONTH) -> list[Delivery]:
        """The messages of a month in a channel, in order."""
        query = select(deliveries).where(*_of(month, team, channel, kind)).order_by(deliveries.c.part)
        async with self._database.begin() as connection:
            return [delivery_of(row) for row in await connection.execute(query)]

    async def in_state(self, *states: str) -> list[Delivery]:
        """The messages in these states, oldest month first."""
        query = select(deliveries).where(deliveries.c.state.in_(states)).order_by(deliveries.c.month, deliveries.c.part)
        async with self._database.begin() as connection:
            return [delivery_of(row) for row in await connection.execute(query)]

    # -- looking again at what was sent -----------------------------------------------------------------------------

    async def to_sweep(self) -> Delivery | None:
        """A sent message of which a second copy may have landed late, leased to the caller; else None. That takes more than
        one attempt; it is looked for ten minutes and a day after it was sent.
        """
        async with self._database.begin() as connection:
            now = await self._database.now(connection)
            query = (
                select(deliveries)
                .where(
                    deliveries.c.state == "sent",
                    deliveries.c.attempts > 1,
                    deliveries.c.kind.in_(THREADED),
                    deliveries.c.next_at <= now,
                    deliveries.c.next_at <= deliveries.c.changed_at + self.timing.sweep_last,
                    deliveries.c.lease_until <= now,
                )
                .limit(1)
                .with_for_update(skip_locked=True)
            )
            row = (await connection.execute(query)).first()
            if row is None:
                return None
            values = {"lease_until": now + self.timing.lease, "fence": row.fence + 1}
            await connection.execute(update(deliveries).where(deliveries.c.id == row.id).values(values))
            parent = await self._parent(connection, row)
            return delivery_of(row, fence=row.fence + 1, parent_ts=parent.ts if parent else None)

    async def unswept(self) -> bool:
        """Whether a look for second copies is still to come."""
        mine = (deliveries.c.state == "sent", deliveries.c.attempts > 1, deliveries.c.kind.in_(THREADED))
        to_come = deliveries.c.next_at <= deliveries.c.changed_at + self.timing.sweep_last
        async with self._database.begin() as connection:
            return (await connection.execute(select(deliveries.c.id).where(*mine, to_come).limit(1))).first() is not None

    async def swept(self, delivery: Delivery, found: Sequence[str], *, again_in: float | None = None) -> None:
        """The look for second copies is over: those `found` (with the message itself) are kept as receipts, for the sweep.
        With `again_in`, it failed and is due again.
        """
        async with self._database.begin() as connection:
            now = await self._database.now(connection)
            query = select(deliveries).where(deliveries.c.id == delivery.id).with_for_update()
            row = (await connection.execute(query)).first()
            if row is None or row.fence != delivery.fence:
                return
            for ts in found:
                await self._stands(connection, delivery.id, ts, "history", now)
            last = row.changed_at + self.timing.sweep_last
            later = now + again_in if again_in is not None else last if now < last else last + 1.0
            values = {"lease_until": 0, "next_at": later}
            await connection.execute(update(deliveries).where(deliveries.c.id == delivery.id).values(values))

    # -- within a transaction -------------------------------------------------------------------------------------

    def _paced(self, now: float) -> Any:
        """Whether the channel has had a message just now."""
        earlier = deliveries.alias("earlier")
        return exists().where(
            earlier.c.channel == deliveries.c.channel,
            earlier.c.state == "sent",
            earlier.c.changed_at.between(now - self.timing.pace, now),  # a later time is a clock that was set back
        )

    def _held_back(self, now: float) -> Any:
        """Whether a message has to wait for one before it: a month's for the months and the parts before, a club's for the
        parts.
        """
        earlier = deliveries.alias("earlier")
        before = or_(
            and_(deliveries.c.kind == MONTH, earlier.c.month < deliveries.c.month, ~self._given_way(earlier, now)),
            and_(earlier.c.month == deliveries.c.month, earlier.c.part < deliveries.c.part, ~self._waits_long(earlier, now)),
        )
        return and_(
            deliveries.c.kind.in_(THREADED),
            exists().where(
                earlier.c.kind == deliveries.c.kind,
                earlier.c.team == deliveries.c.team,
                earlier.c.channel == deliveries.c.channel,
                earlier.c.state.not_in(OVER),
                before,
            ),
        )

    def _waits_long(self, row: Any, now: float) -> Any:
        """Whether a card has waited for a person for so long that the cards after it go on (they have their thread)."""
        return and_(row.c.state == "manual", row.c.changed_at < now - self.timing.hold_back, row.c.part > 0)

    def _given_way(self, row: Any, now: float) -> Any:
        """Whether a month has waited for a person for so long that later months go on."""
        waiting = deliveries.alias("waiting")
        return exists().where(
            waiting.c.kind == MONTH,
            waiting.c.month == row.c.month,
            waiting.c.team == row.c.team,
            waiting.c.channel == row.c.channel,
            waiting.c.state == "manual",
            waiting.c.changed_at < now - self.timing.hold_back,
        )

    def _may_stand_already(self, row: Any, parent: Any, now: float) -> bool:
        """Whether a message that this database never sent may have been sent under an earlier copy of it."""
        if row.kind not in THREADED or row.attempts or row.settle_at is not None:
            return False
        return parent is None or parent.resolved_by != "reply" or parent.changed_at < now - self.timing.stale

    async def _cancel_unwanted(self, connection: AsyncConnection, now: float) -> None:
        """What was planned before a subscription was stopped, before a club was moved or cancelled, or for somebody who
        follows nothing any more, is not sent.
        """
        stopped = exists().where(
            subscription_table.c.team == deliveries.c.team,
            subscription_table.c.channel == deliveries.c.channel,
            subscription_table.c.state == subscriptions.STOPPED,
            subscription_table.c.created_at >= deliveries.c.created_at,
        )
        following = exists().where(follows.c.team == deliveries.c.team, follows.c.user == deliveries.c.channel)
        unwanted = or_(and_(deliveries.c.kind == MONTH, stopped), and_(deliveries.c.kind == FOLLOW, ~following))
        values = {"state": "cancelled", "error": "unsubscribed", "changed_at": now}
        await connection.execute(update(deliveries).where(deliveries.c.state == "planned", unwanted).values(values))
        changed = exists().where(
            clubs.c.id == deliveries.c.month,
            clubs.c.changed_at > deliveries.c.created_at,
            or_(clubs.c.state != "planned", deliveries.c.part > FIRST_OF_CLUB),
        )
        outdated = (deliveries.c.kind == CLUB, deliveries.c.state == "planned", changed)
        withdrawn = {"state": "cancelled", "error": "withdrawn", "changed_at": now}
        await connection.execute(update(deliveries).where(*outdated).values(withdrawn))

    async def _plan_notice(
        self, connection: AsyncConnection, team: str, channel: str, message: Message, now: float, *, about: str
    ) -> str:
        """A word about a subscription. Its part is a number by chance: there may be several, in no order."""
        row = new_row("", team, channel, random.getrandbits(31), message, now, NOTICE) | {"summary_id": about}
        await connection.execute(deliveries.insert().values(row))
        return str(row["id"])

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

    async def _parent(self, connection: AsyncConnection, row: Any) -> Any:
        """The message in whose thread a part of a month or a club belongs; None for what stands by itself."""
        if row.kind not in THREADED or not row.part:
            return None
        mine = (*_of(row.month, row.team, row.channel, row.kind), deliveries.c.part == 0)
        return (await connection.execute(select(deliveries).where(*mine))).first()

    async def _update(self, connection: AsyncConnection, delivery_id: str, now: float, **values: Any) -> None:
        await connection.execute(update(deliveries).where(deliveries.c.id == delivery_id).values(changed_at=now, **values))

    async def _stands(self, connection: AsyncConnection, delivery_id: str, ts: str, source: str, now: float) -> None:
        """Keep the receipt; the row settles on it unless it had settled before (Slack's word replaces a person's). Of a
        message to a person who has been forgotten meanwhile nothing is kept.
        """
        if (await connection.execute(select(deliveries.c.id).where(deliveries.c.id == delivery_id))).first() is None:
            return
        values = {"delivery_id": delivery_id, "ts": ts, "source": source, "seen_at": now}
        await connection.execute(self._database.insert(receipts).values(values).on_conflict_do_nothing())
        open_ = or_(deliveries.c.state != "sent", and_(deliveries.c.resolved_by == "human", deliveries.c.ts != ts))
        changes = {"state": "sent", "ts": ts, "error": None, "resolved_by": source, "lease_until": 0, "changed_at": now}
        settled = await connection.execute(
            update(deliveries)
            .where(deliveries.c.id == delivery_id, open_)
            .values(next_at=now + self.timing.sweep_first, **changes)
        )
        if settled.rowcount:
            await self._place_is_open(connection, delivery_id, now)

    async def _place_is_open(self, connection: AsyncConnection, delivery_id: str, now: float) -> None:
        """A message stands: its channel's subscription is active, and nobody needs to be told that it is paused."""
        row = (await connection.execute(select(deliveries).where(deliveries.c.id == delivery_id))).one()
        confirms = row.kind == NOTICE and row.summary_id == SUBSCRIBE
        if not (confirms or row.kind == MONTH) or not await subscriptions.activate(connection, row.team, row.channel):
            return
        told = (deliveries.c.kind == NOTICE, deliveries.c.summary_id == _about_pause(row.channel))
        planned = (deliveries.c.team == row.team, deliveries.c.state == "planned")
        cancelled = {"state": "cancelled", "error": "resumed", "changed_at": now}
        await connection.execute(update(deliveries).where(*told, *planned).values(cancelled))
        waiting = (*planned, deliveries.c.channel == row.channel, deliveries.c.error != "ratelimited")
        await connection.execute(update(deliveries).where(*waiting).values(next_at=now))


def _of(month: str, team: str, channel: str, kind: str) -> tuple[Any, ...]:
    return (
        deliveries.c.kind == kind,
        deliveries.c.month == month,
        deliveries.c.team == team,
        deliveries.c.channel == channel,
    )


async def _forget_club(connection: AsyncConnection, opening: Delivery, now: float) -> None:
    """A journal club that could not be posted is not planned, and nothing of it is sent."""
    rest = (*_of(opening.month, opening.team, opening.channel, CLUB), deliveries.c.state == "planned")
    values = {"state": "cancelled", "error": "withdrawn", "changed_at": now}
    await connection.execute(update(deliveries).where(*rest).values(values))
    await connection.execute(delete(clubs).where(clubs.c.id == opening.month))


async def _stands_in(connection: AsyncConnection, delivery_id: str, place: str) -> None:
    await connection.execute(update(deliveries).where(deliveries.c.id == delivery_id).values(summary_id=place[:40]))


def _about_pause(channel: str) -> str:
    """What a notice is about that tells that a channel is paused."""
    return f"paused:{channel}"

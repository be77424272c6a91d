"""Planning: which messages must exist, what they say, and what becomes of them before they are sent."""

from __future__ import annotations

import random
from collections.abc import Sequence

from sqlalchemy import ColumnElement, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.outbox.delivery import Message, Series, payload_columns, to_row
from bot.outbox.rows import Rows, cancel_planned, of, retry_now
from bot.outbox.transport import Sent
from bot.store.tables import deliveries


class Planning(Rows):
    """Plans messages, each at most once however many ask. Methods that take a connection are for a feature that plans in a
    transaction of its own.
    """

    async def plan(self, series: Series, messages: Sequence[Message]) -> bool:
        """Plan a whole series, all or none; return False where one of it was planned before (also by another process)."""
        async with self.begin() as (connection, now):
            return await self.plan_in(connection, series, messages, now)

    async def plan_in(self, connection: AsyncConnection, series: Series, messages: Sequence[Message], now: float) -> bool:
        """As `plan`."""
        if (await connection.execute(select(deliveries.c.id).where(*of(series)).limit(1))).first():
            return False
        rows = [to_row(series, part, message, now) for part, message in enumerate(messages)]
        result = await connection.execute(self.database.insert(deliveries).values(rows).on_conflict_do_nothing())
        return result.rowcount == len(rows)

    async def plan_one(self, series: Series, part: int, message: Message) -> bool:
        """Plan one message of a series; return False where it was planned before."""
        async with self.begin() as (connection, now):
            return await self.plan_one_in(connection, series, part, message, now)

    async def plan_one_in(
        self, connection: AsyncConnection, series: Series, part: int, message: Message, now: float
    ) -> bool:
        """As `plan_one`."""
        row = to_row(series, part, message, now)
        result = await connection.execute(self.database.insert(deliveries).values(row).on_conflict_do_nothing())
        return bool(result.rowcount)

    async def append_in(self, connection: AsyncConnection, series: Series, message: Message, now: float) -> bool:
        """Plan a further message at the end of a series; return False where its key is there, or no series is."""
        query = select(deliveries.c.part, deliveries.c.key).where(*of(series))
        rows = (await connection.execute(query)).all()
        if not rows or message.key in {row.key for row in rows}:
            return False
        return await self.plan_one_in(connection, series, max(row.part for row in rows) + 1, message, now)

    async def record_sent(self, series: Series, message: Message, sent: Sent) -> None:
        """Record a message that was posted as an answer, in no order, so that it can be edited later."""
        async with self.begin() as (connection, now):
            row = to_row(series, random.getrandbits(31), message, now)
            row |= {"state": "sent", "attempts": 1, "ts": sent.ts, "place": sent.place}
            await connection.execute(deliveries.insert().values(row))

    async def plan_again(self, series: Series, messages: Sequence[Message]) -> int:
        """Make those messages of a series due again that failed or were cancelled, as they are rendered now, for a person
        asks for them. Return how many.
        """
        by_key = {message.key: message for message in messages}
        async with self.begin() as (connection, now):
            given_up = (*of(series), deliveries.c.state.in_(("failed", "cancelled")))
            rows = (await connection.execute(select(deliveries).where(*given_up).with_for_update())).all()
            for row in rows:
                values = {"state": "planned", "next_at": now, "error": None, "created_at": now, "settle_at": None}
                if message := by_key.get(row.key):
                    values |= payload_columns(message)
                await self._update(connection, row.id, now, **values)
            return len(rows)

    async def restore_in(
        self, connection: AsyncConnection, delivery_id: str, message: Message, now: float, *, cancelled_as: str
    ) -> bool:
        """Plan a message again that was cancelled unsent for a given reason; return whether there was one."""
        unsent = (deliveries.c.id == delivery_id, deliveries.c.state == "cancelled", deliveries.c.error == cancelled_as)
        again = {"state": "planned", "error": None, "next_at": now, "created_at": now, "changed_at": now}
        result = await connection.execute(update(deliveries).where(*unsent).values(again | payload_columns(message)))
        return bool(result.rowcount)

    async def update_payload(self, delivery_id: str, message: Message, *, state: str) -> None:
        """Record what a message in a state is to say, or says now."""
        mine = (deliveries.c.id == delivery_id, deliveries.c.state == state)
        async with self.database.begin() as connection:
            await connection.execute(update(deliveries).where(*mine).values(payload_columns(message)))

    async def withdraw(self, delivery_id: str, why: str = "withdrawn") -> None:
        """Cancel a message that has not been sent."""
        async with self.begin() as (connection, now):
            await cancel_planned(connection, why, now, deliveries.c.id == delivery_id)

    async def retry_now(self, series: Series) -> None:
        """Make due at once what was refused of a series and of those before it in its channel, for a person asks for it."""
        async with self.begin() as (connection, now):
            await retry_now(connection, now, *_up_to(series))

    async def planned_subjects(self, kind: str, team: str, recipient: str | None = None) -> set[str]:
        """Return the subjects of which messages were planned for a recipient (or for any), whatever became of them."""
        mine = [deliveries.c.team == team, deliveries.c.kind == kind]
        if recipient is not None:
            mine.append(deliveries.c.recipient == recipient)
        async with self.database.begin() as connection:
            return {row.subject for row in await connection.execute(select(deliveries.c.subject).where(*mine).distinct())}


def _up_to(series: Series) -> tuple[ColumnElement[bool], ...]:
    return (
        deliveries.c.kind == series.kind,
        deliveries.c.subject <= series.subject,
        deliveries.c.team == series.team,
        deliveries.c.recipient == series.recipient,
    )

"""What planning, claiming and settling share: transactions on the table of deliveries, and the changes that features make
within transactions of their own.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from sqlalchemy import ColumnElement, delete, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.outbox.delivery import Delivery, Series
from bot.outbox.kinds import Kinds
from bot.outbox.timing import Timing
from bot.outbox.transport import RATE_LIMITED
from bot.store.database import Database
from bot.store.tables import deliveries


class Rows:
    """The table of deliveries in one database. Every public method is one transaction, but for those that are given one."""

    def __init__(self, database: Database, kinds: Kinds, timing: Timing | None = None) -> None:
        self.database = database
        self.kinds = kinds
        self.timing = timing or Timing()

    @asynccontextmanager
    async def begin(self) -> AsyncIterator[tuple[AsyncConnection, float]]:
        """Open a transaction; gives the connection and the database's time."""
        async with self.database.begin() as connection:
            yield connection, await self.database.now(connection)

    async def _update(self, connection: AsyncConnection, delivery_id: str, now: float, **values: Any) -> None:
        await connection.execute(update(deliveries).where(deliveries.c.id == delivery_id).values(changed_at=now, **values))

    async def _parent(self, connection: AsyncConnection, row: Any) -> Any:
        """Return the row of the message in whose thread another belongs; None for one that is in no thread."""
        if row.kind not in self.kinds.selection.threaded or not row.part:
            return None
        mine = (*of(Series(row.kind, row.subject, row.team, row.recipient)), deliveries.c.part == 0)
        return (await connection.execute(select(deliveries).where(*mine))).first()

    async def _leave(
        self, delivery: Delivery, origin: str, *, state: str, wait: float = 0.0, error: str | None = None
    ) -> None:
        """Move a claimed message on from `origin`, unless another worker has claimed it since (the fence)."""
        async with self.begin() as (connection, now):
            values = {"state": state, "next_at": now + wait, "error": error, "lease_until": 0, "changed_at": now}
            await connection.execute(update(deliveries).where(*claimed(delivery, origin)).values(values))


def of(series: Series) -> tuple[ColumnElement[bool], ...]:
    """Return the condition for the rows of a series."""
    return (
        deliveries.c.kind == series.kind,
        deliveries.c.subject == series.subject,
        deliveries.c.team == series.team,
        deliveries.c.recipient == series.recipient,
    )


def claimed(delivery: Delivery, state: str) -> tuple[ColumnElement[bool], ...]:
    """Return the condition for a row that is in a state and still belongs to the worker that claimed it (the fence)."""
    return (deliveries.c.id == delivery.id, deliveries.c.fence == delivery.fence, deliveries.c.state == state)


# -- for features, within transactions of their own -----------------------------------------------------------------


async def cancel_planned(connection: AsyncConnection, error: str, now: float, *which: ColumnElement[bool]) -> None:
    """Cancel those of the messages that have not been sent."""
    values = {"state": "cancelled", "error": error, "changed_at": now}
    await connection.execute(update(deliveries).where(*which, deliveries.c.state == "planned").values(values))


async def retry_now(connection: AsyncConnection, now: float, *which: ColumnElement[bool]) -> None:
    """Make those of the messages due that wait after a refusal, but for a rate limit, whose wait is Slack's to say."""
    refused = (deliveries.c.state == "planned", deliveries.c.error.is_not(None), deliveries.c.error != RATE_LIMITED)
    await connection.execute(update(deliveries).where(*which, *refused).values(next_at=now, error=None, changed_at=now))


async def delete_untried(connection: AsyncConnection, *which: ColumnElement[bool]) -> None:
    """Delete those of the messages of which no attempt was made, so that they can be planned again otherwise."""
    untried = (deliveries.c.state == "planned", deliveries.c.attempts == 0)
    await connection.execute(delete(deliveries).where(*which, *untried))

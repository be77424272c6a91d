"""The ledger of the outbox: one row for each message that must exist, and the only legal steps between its states.

planned -> sending -> sent | planned | uncertain | failed;  uncertain -> sent | planned | manual | cancelled;
manual -> sent | planned;  planned -> cancelled (no longer wanted);  failed | cancelled -> planned (a person asks for it).
A message is sent only under a committed `sending` row with the current fence; a row goes back to `planned` only after a
refusal that proves that nothing was posted, or after a complete look-up later than every attempt could have landed.
Proof that the message was posted (its receipt) makes a row `sent` from any state: what was posted is never posted again.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import bindparam, func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.outbox.claiming import Claiming
from bot.outbox.delivery import Delivery, Series, from_row
from bot.outbox.planning import Planning
from bot.outbox.rows import of
from bot.outbox.settling import Settling
from bot.store.tables import deliveries

# What each pass of the posting job asks is built once, which takes as long as to ask it.
_STAMP = select(func.count(), func.sum(deliveries.c.fence), func.max(deliveries.c.changed_at)).where(
    deliveries.c.team == bindparam("team"), deliveries.c.kind == bindparam("kind")
)


class Ledger(Planning, Claiming, Settling):
    """The deliveries of one database."""

    async def get(self, delivery_id: str) -> Delivery | None:
        """Return one message, or None for an id that is not ours."""
        async with self.database.begin() as connection:
            row = (await connection.execute(select(deliveries).where(deliveries.c.id == delivery_id))).first()
            return from_row(row) if row else None

    async def series(self, series: Series) -> list[Delivery]:
        """Return the messages of a series, in order."""
        query = select(deliveries).where(*of(series)).order_by(deliveries.c.part)
        async with self.database.begin() as connection:
            return [from_row(row) for row in await connection.execute(query)]

    async def in_state(self, *states: str) -> list[Delivery]:
        """Return the messages in these states, by subject and part."""
        query = select(deliveries).where(deliveries.c.state.in_(states)).order_by(deliveries.c.subject, deliveries.c.part)
        async with self.database.begin() as connection:
            return [from_row(row) for row in await connection.execute(query)]

    async def states(self) -> dict[str, int]:
        """Return how many messages are in each state that any is in."""
        query = select(deliveries.c.state, func.count()).group_by(deliveries.c.state).order_by(deliveries.c.state)
        async with self.database.begin() as connection:
            return {row[0]: row[1] for row in await connection.execute(query)}

    async def failed_since(self, since: float) -> int:
        """Return how many messages failed for good since then (UTC epoch seconds)."""
        recent = (deliveries.c.state == "failed", deliveries.c.changed_at > since)
        async with self.database.begin() as connection:
            return int((await connection.execute(select(func.count()).where(*recent))).scalar_one())

    async def of_kind(self, connection: AsyncConnection, kind: str, team: str, part: int | None = None) -> list[Delivery]:
        """Return the messages of a kind in a team (or those with one part), by part."""
        query = select(deliveries).where(deliveries.c.team == team, deliveries.c.kind == kind)
        if part is not None:
            query = query.where(deliveries.c.part == part)
        return [from_row(row) for row in await connection.execute(query.order_by(deliveries.c.part))]

    async def stamp(self, connection: AsyncConnection, kind: str, team: str) -> tuple[Any, ...]:
        """Return what changes when a message of a kind in a team does."""
        return tuple((await connection.execute(_STAMP, {"team": team, "kind": kind})).one())

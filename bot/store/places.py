"""Where a summary stands in Slack, as far as one person may be told: in the channel they are in, or shared by them."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import or_, select

from bot.store.database import Database
from bot.store.tables import deliveries, shares


@dataclass(frozen=True, slots=True)
class Place:
    """A message of ours that shows a summary; `at` is when it was posted (UTC epoch seconds)."""

    channel: str
    ts: str
    at: float


async def places(
    database: Database, team: str, summary_id: str, channel: str, user: str | None, limit: int = 2
) -> list[Place]:
    """The messages that show a summary, latest first: the monthly posts and shared cards of one channel, and, where `user`
    is given, what that person shared anywhere. Nothing else: a channel's name or content may be nobody else's business.
    """
    monthly = select(deliveries.c.channel, deliveries.c.ts).where(
        deliveries.c.team == team,
        deliveries.c.channel == channel,
        deliveries.c.summary_id == summary_id,
        deliveries.c.state == "sent",
        deliveries.c.kind == "month",
        deliveries.c.part > 0,
    )
    theirs = or_(shares.c.channel == channel, shares.c.user == user) if user else shares.c.channel == channel
    shared = select(shares.c.channel, shares.c.ts).where(shares.c.summary_id == summary_id, theirs)
    async with database.begin() as connection:
        rows = [*(await connection.execute(monthly)), *(await connection.execute(shared))]
    found = {(row.channel, row.ts) for row in rows if row.ts}
    return sorted((Place(*key, float(key[1])) for key in found), key=lambda place: place.at, reverse=True)[:limit]

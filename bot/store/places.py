"""Where a summary or a month stands in Slack, as far as one person may be told."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import or_, select

from bot.store.database import Database
from bot.store.tables import deliveries, shares, subscriptions


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


async def month_places(
    database: Database, team: str, month: str, user: str, *, everywhere: bool, limit: int = 3
) -> list[Place]:
    """The messages with which a month was posted, latest first: in channels that this person set up, or (`everywhere`, for
    a curator) in all. Which channels they read the bot does not know.
    """
    query = select(deliveries.c.channel, deliveries.c.ts).where(
        deliveries.c.team == team,
        deliveries.c.month == month,
        deliveries.c.state == "sent",
        deliveries.c.kind == "month",
        deliveries.c.part == 0,
    )
    if not everywhere:
        theirs = (subscriptions.c.team == team, subscriptions.c.subscribed_by == user)
        query = query.where(deliveries.c.channel.in_(select(subscriptions.c.channel).where(*theirs)))
    async with database.begin() as connection:
        rows = (await connection.execute(query)).all()
    found = [Place(row.channel, row.ts, float(row.ts)) for row in rows if row.ts]
    return sorted(found, key=lambda place: place.at, reverse=True)[:limit]

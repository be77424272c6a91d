"""How one person stands to a summary or a month: whether they saved it, and where it is in Slack, as far as they may be
told: in the channel they are in, shared by them, or where they set the channel up.
"""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import bindparam, exists, literal, or_, select, union_all

from bot.store.database import Database
from bot.store.tables import deliveries, saved, shares, subscriptions


@dataclass(frozen=True, slots=True)
class Place:
    """A message of ours that shows a summary; `at` is when it was posted (UTC epoch seconds)."""

    channel: str
    ts: str
    at: float


_SAVED = "saved"
"""Stands in the place of a channel and a message in the row that tells that a summary is saved."""
_NOBODY = "-"
"""Nobody's id. It is not empty, for what somebody shared who was forgotten is kept without a name."""
_MONTHLY = select(deliveries.c.channel, deliveries.c.ts).where(
    deliveries.c.team == bindparam("of_team"),
    deliveries.c.channel == bindparam("in_channel"),
    deliveries.c.summary_id == bindparam("of_summary"),
    deliveries.c.state == "sent",
    deliveries.c.kind == "month",
    deliveries.c.part > 0,
)
_SHARED = select(shares.c.channel, shares.c.ts).where(
    shares.c.summary_id == bindparam("of_summary"),
    or_(shares.c.channel == bindparam("in_channel"), shares.c.user == bindparam("by_user")),
)
_KEPT = select(literal(_SAVED), literal(_SAVED)).where(
    exists().where(
        saved.c.team == bindparam("of_team"),
        saved.c.user == bindparam("by_user"),
        saved.c.summary_id == bindparam("of_summary"),
    )
)
_STANDING = union_all(_MONTHLY, _SHARED, _KEPT)


async def standing(
    database: Database, team: str, summary_id: str, channel: str, user: str | None, limit: int = 2
) -> tuple[bool, list[Place]]:
    """Whether `user` saved a summary, and the messages that show it, latest first: the monthly posts and shared cards of one
    channel, and, where `user` is given, what that person shared anywhere. Nothing else: a channel's name or content may be
    nobody else's business.

    One statement, made once, without a lock: every answer waits for it.
    """
    values = {"of_team": team, "of_summary": summary_id, "in_channel": channel, "by_user": user or _NOBODY}
    rows = set(await database.rows(_STANDING, values))
    found = [Place(channel, ts, float(ts)) for channel, ts in rows if ts and ts != _SAVED]
    return (_SAVED, _SAVED) in rows, sorted(found, key=lambda place: place.at, reverse=True)[:limit]


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

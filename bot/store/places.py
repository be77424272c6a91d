"""Whether someone saved a summary, and where it or a month was posted in Slack, as far as they may know: in the channel they
are in, shared or planned by them, or where they set the channel up.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from sqlalchemy import bindparam, exists, literal, or_, select, union_all

from bot.store.database import Database
from bot.store.tables import clubs, deliveries, saved, shares, subscriptions


@dataclass(frozen=True, slots=True)
class Place:
    """A message of ours that shows a summary; `at` is when it was posted (UTC epoch seconds). `club`: the day of the journal
    club on it whose thread hangs on that message.
    """

    channel: str
    ts: str
    at: float
    club: date | None = None


_SAVED = "saved"
"""In the place of a channel and a message: the row says that a summary is saved."""
_NOBODY = "-"
"""Nobody's id. Not "", under which the shares of people who were forgotten are stored."""
_NO_CLUB = literal("").label("club")
"""In the place of a club's day, where there is none."""
_MONTHLY = select(deliveries.c.recipient, deliveries.c.ts, _NO_CLUB).where(
    deliveries.c.team == bindparam("of_team"),
    deliveries.c.recipient == bindparam("in_channel"),
    deliveries.c.key == bindparam("of_summary"),
    deliveries.c.state == "sent",
    or_(deliveries.c.kind == "month", deliveries.c.kind == "own"),
    deliveries.c.part > 0,
)
_SHARED = select(shares.c.channel, shares.c.ts, _NO_CLUB).where(
    shares.c.summary_id == bindparam("of_summary"),
    or_(shares.c.channel == bindparam("in_channel"), shares.c.user == bindparam("by_user")),
)
_TALKED_ABOUT = select(deliveries.c.recipient, deliveries.c.ts, clubs.c.day).where(
    clubs.c.team == bindparam("of_team"),
    clubs.c.summary_id == bindparam("of_summary"),
    or_(clubs.c.channel == bindparam("in_channel"), clubs.c.planned_by == bindparam("by_user")),
    clubs.c.state != "cancelled",
    deliveries.c.kind == "club",
    deliveries.c.subject == clubs.c.id,
    deliveries.c.team == clubs.c.team,
    deliveries.c.recipient == clubs.c.channel,
    deliveries.c.part == 0,
    deliveries.c.ts.is_not(None),  # not by its state, whose index would lead over every message that was ever sent
)
_KEPT = select(literal(_SAVED), literal(_SAVED), _NO_CLUB).where(
    exists().where(
        saved.c.team == bindparam("of_team"),
        saved.c.user == bindparam("by_user"),
        saved.c.summary_id == bindparam("of_summary"),
    )
)
_SAVED_AND_PLACES = union_all(_MONTHLY, _SHARED, _TALKED_ABOUT, _KEPT)


class Places:
    """The messages that show summaries and months, in one database."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def saved_and_places(
        self, team: str, summary_id: str, channel: str, user: str | None, limit: int = 2
    ) -> tuple[bool, list[Place]]:
        """Return whether `user` saved a summary, and the messages that show it: the monthly posts, shared cards and journal
        clubs of one channel, and, where `user` is given, what that person shared or planned anywhere. The last club comes
        first, for there it was discussed; then what was posted last. Nothing else: a channel's name or content may be nobody
        else's business.

        One statement, without a lock: every answer waits for it.
        """
        values = {"of_team": team, "of_summary": summary_id, "in_channel": channel, "by_user": user or _NOBODY}
        rows = set(await self._database.rows(_SAVED_AND_PLACES, values))
        is_saved = (_SAVED, _SAVED, "")
        found = [
            Place(where, ts, float(ts), date.fromisoformat(day) if day else None)
            for where, ts, day in rows - {is_saved}
            if ts
        ]
        posted = sorted((place for place in found if place.club is None), key=lambda place: place.at, reverse=True)
        talks = sorted((place for place in found if place.club), key=lambda place: (place.club, place.at), reverse=True)
        return is_saved in rows, [*talks[:1], *posted][:limit]

    async def month_places(self, team: str, month: str, user: str, *, everywhere: bool, limit: int = 3) -> list[Place]:
        """Return the messages with which a month was posted, latest first: in channels that this person set up, or
        (`everywhere`, for a curator) in all. Which channels they read the bot does not know.
        """
        query = select(deliveries.c.recipient, deliveries.c.ts).where(
            deliveries.c.team == team,
            deliveries.c.subject == month,
            deliveries.c.state == "sent",
            deliveries.c.kind == "month",
            deliveries.c.part == 0,
        )
        if not everywhere:
            theirs = (subscriptions.c.team == team, subscriptions.c.subscribed_by == user)
            query = query.where(deliveries.c.recipient.in_(select(subscriptions.c.channel).where(*theirs)))
        async with self._database.begin() as connection:
            rows = (await connection.execute(query)).all()
        found = [Place(row.recipient, row.ts, float(row.ts)) for row in rows if row.ts]
        return sorted(found, key=lambda place: place.at, reverse=True)[:limit]

"""Journal clubs: a channel talks about a summary on a day. planned -> cancelled | over; while planned it can be moved.

A club's messages are deliveries with its id in place of a month: the opening (part 0), in its thread the card, the
questions, a note for each change, and for each day that it had: a reminder a week and a day before, a question after. What
was planned before a change and not sent is not sent after it.
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import IntEnum
from typing import Any

from sqlalchemy import and_, func, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.errors import UserError
from bot.outbox.delivery import CLUB, Message, columns_of, new_row
from bot.outbox.ledger import Ledger
from bot.store.tables import clubs, deliveries

PLANNED, CANCELLED, OVER = "planned", "cancelled", "over"
OPENING, CARD, QUESTIONS = 0, 1, 2
"""The parts that stand from the beginning."""
_NOTES = 10
"""The part of the first note on a change."""
CALLS = 1_000_000
"""Below the parts of messages with a time of their own, above all others."""
MOST = 10
"""Clubs that a channel may have planned at once: what one list shows."""
NOON = 12
"""The local hour up to which a club is announced on its own day: later it may have been."""
STALE = 7
"""Days after a club within which the question after it is still asked."""
_LETTERS = "abcdefghijkmnpqrstuvwxyz23456789"


class Call(IntEnum):
    """A message with a time of its own."""

    WEEK = 0
    DAY = 1
    AFTER = 2


BEFORE = {Call.WEEK: 7, Call.DAY: 1, Call.AFTER: -1}
"""Days before the club on which each is due, from the hour of the team's posts on."""


class FullError(UserError):
    """A channel has as many clubs planned as it may have."""


@dataclass(frozen=True, slots=True)
class Club:
    """A journal club. `by` planned it (None: they asked to be forgotten). `dated_at` (epoch seconds): when it got this day,
    for what would have been due before that is left out.
    """

    id: str
    team: str
    channel: str
    summary_id: str
    day: date
    dated_at: float
    by: str | None = None
    state: str = PLANNED


def new_id() -> str:
    """An id for a club: as long as a month's name, whose place it takes in the ledger."""
    return "".join(random.SystemRandom().choices(_LETTERS, k=7))


def part_of(call: Call, day: date) -> int:
    """The part of a message with a time of its own: one for each day that a club has had, whatever day it had since."""
    return day.toordinal() * 4 + call


def moment(call: Call, club: Club, now: datetime, hour: int) -> datetime:
    """When a message is due, in the zone of `now`: a wall-clock hour, whatever a change of clocks does to it."""
    return datetime.combine(club.day - timedelta(days=BEFORE[call]), time(hour), now.tzinfo)


def is_true(call: Call, club: Club, now: datetime) -> bool:
    """Whether what the message says still holds."""
    left = (club.day - now.date()).days
    if call is Call.WEEK:
        return left > 1
    if call is Call.DAY:
        return left == 1 or (left == 0 and now.hour < NOON)
    return -STALE <= left < 0


def due(club: Club, now: datetime, hour: int) -> list[Call]:
    """What is to be said of a club now: due since it got its day, and still true. Late ones only by day."""
    if now.hour < hour:
        return []
    return [
        call
        for call in Call
        if is_true(call, club, now) and club.dated_at < moment(call, club, now, hour).timestamp() <= now.timestamp()
    ]


def reminders(club: Club, now: datetime, hour: int) -> list[date]:
    """The days on which it will be reminded of a club that is planned now."""
    times = [moment(call, club, now, hour) for call in (Call.WEEK, Call.DAY)]
    return [each.date() for each in times if each.timestamp() > now.timestamp()]


class Clubs:
    """The journal clubs of one database. Every method is one transaction."""

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger
        self._database = ledger.database

    async def planned(self, team: str, channel: str, today: date) -> list[Club]:
        """What is planned in a channel from today on, the nearest first."""
        query = select(clubs).where(*_to_come(team, today), clubs.c.channel == channel)
        async with self._database.begin() as connection:
            return [_club(row) for row in await connection.execute(query.order_by(clubs.c.day, clubs.c.created_at))]

    async def to_come(self, team: str, today: date, by: str | None = None) -> list[tuple[Club, str | None]]:
        """What is planned in all channels from today on (with `by`: what that person planned), the nearest first, each with
        the ts of its opening (None: that does not stand yet).
        """
        opening = and_(
            deliveries.c.kind == CLUB,
            deliveries.c.month == clubs.c.id,
            deliveries.c.team == clubs.c.team,
            deliveries.c.channel == clubs.c.channel,
            deliveries.c.part == OPENING,
            deliveries.c.state == "sent",
        )
        query = select(clubs, deliveries.c.ts).join(deliveries, opening, isouter=True).where(*_to_come(team, today))
        if by is not None:
            query = query.where(clubs.c.planned_by == by)
        async with self._database.begin() as connection:
            rows = await connection.execute(query.order_by(clubs.c.day, clubs.c.created_at))
            return [(_club(row), row.ts) for row in rows]

    async def get(self, team: str, club_id: str) -> Club | None:
        """A club whatever its state, or None."""
        query = select(clubs).where(clubs.c.team == team, clubs.c.id == club_id)
        async with self._database.begin() as connection:
            row = (await connection.execute(query)).first()
            return _club(row) if row else None

    async def with_messages(self, team: str) -> list[tuple[Club, list[Any]]]:
        """Every club of a team with the rows of its messages, in order."""
        async with self._database.begin() as connection:
            found = [_club(row) for row in await connection.execute(select(clubs).where(clubs.c.team == team))]
            query = select(deliveries).where(deliveries.c.team == team, deliveries.c.kind == CLUB)
            rows = (await connection.execute(query.order_by(deliveries.c.part))).all()
        return [(club, [row for row in rows if row.month == club.id and row.channel == club.channel]) for club in found]

    async def stamp(self, team: str) -> tuple[Any, ...]:
        """What changes when a club or one of its messages does."""
        of_clubs = select(func.count(), func.max(clubs.c.changed_at)).where(clubs.c.team == team)
        of_messages = select(func.count(), func.sum(deliveries.c.fence), func.max(deliveries.c.changed_at)).where(
            deliveries.c.team == team, deliveries.c.kind == CLUB
        )
        async with self._database.begin() as connection:
            return (*(await connection.execute(of_clubs)).one(), *(await connection.execute(of_messages)).one())

    async def plan(self, club: Club, messages: Sequence[Message], today: date) -> tuple[Club, str | None]:
        """Plan a club and its first messages, all or none; returns it with the id of its opening. Where its summary is
        planned in that channel already: that club, and None (one whose day has passed is over by that). Raises FullError.
        """
        async with self._database.begin() as connection:
            now = await self._database.now(connection)
            here = (clubs.c.team == club.team, clubs.c.channel == club.channel, clubs.c.state == PLANNED)
            passed = (*here, clubs.c.summary_id == club.summary_id, clubs.c.day < today.isoformat())
            await connection.execute(update(clubs).where(*passed).values(state=OVER, changed_at=now))
            to_come = (*_to_come(club.team, today), clubs.c.channel == club.channel)
            count = (await connection.execute(select(func.count()).select_from(clubs).where(*to_come))).scalar_one()
            values = {
                "id": club.id,
                "team": club.team,
                "channel": club.channel,
                "summary_id": club.summary_id,
                "day": club.day.isoformat(),
                "state": PLANNED,
                "planned_by": club.by,
                "dated_at": club.dated_at,
                "changes": 0,
                "created_at": now,
                "changed_at": now,
            }
            made = await connection.execute(self._database.insert(clubs).values(values).on_conflict_do_nothing())
            if not made.rowcount:
                same = select(clubs).where(*here, clubs.c.summary_id == club.summary_id)
                return _club((await connection.execute(same)).one()), None
            if count >= MOST:
                raise FullError  # which takes the club back
            rows = [
                new_row(club.id, club.team, club.channel, part, message, now, CLUB) for part, message in enumerate(messages)
            ]
            await connection.execute(deliveries.insert().values(rows))
            return club, str(rows[0]["id"])

    async def move(self, club: Club, day: date, at: float, note: Message) -> bool:
        """Give a club another day and plan the note that says so; False where it is no longer as it was seen."""
        return await self._change(club, note, day=day.isoformat(), dated_at=at)

    async def cancel(self, club: Club, note: Message) -> bool:
        """Cancel a club and plan the note that says so; False where it is no longer as it was seen."""
        return await self._change(club, note, state=CANCELLED)

    async def close(self, club: Club, state: str) -> None:
        """A club needs nothing more: it is over, or could not be posted."""
        async with self._database.begin() as connection:
            now = await self._database.now(connection)
            await connection.execute(update(clubs).where(*_as_seen(club)).values(state=state, changed_at=now))

    async def call(self, club: Club, call: Call, message: Message) -> bool:
        """Plan a message with a time of its own, once for each day that a club has had; False where it was, or where the
        club is no longer as it was seen.
        """
        part = part_of(call, club.day)
        async with self._database.begin() as connection:
            now = await self._database.now(connection)
            if not (await connection.execute(select(clubs.c.id).where(*_as_seen(club)).with_for_update())).first():
                return False
            row = new_row(club.id, club.team, club.channel, part, message, now, CLUB)
            if (await connection.execute(self._database.insert(deliveries).values(row).on_conflict_do_nothing())).rowcount:
                return True
            # The club had this day before, and the message was taken back unsent when it was moved away.
            unsent = (deliveries.c.id == row["id"], deliveries.c.state == "cancelled", deliveries.c.error == "withdrawn")
            again = {"state": "planned", "error": None, "next_at": now, "created_at": now, "changed_at": now}
            result = await connection.execute(update(deliveries).where(*unsent).values(again | columns_of(message)))
            return bool(result.rowcount)

    async def _change(self, club: Club, note: Message, **values: Any) -> bool:
        async with self._database.begin() as connection:
            now = await self._database.now(connection)
            row = (await connection.execute(select(clubs).where(*_as_seen(club)).with_for_update())).first()
            if row is None:
                return False
            changed = {"changes": row.changes + 1, "changed_at": now, **values}
            await connection.execute(update(clubs).where(clubs.c.id == club.id).values(changed))
            await _withdraw(connection, club, now)
            told = new_row(club.id, club.team, club.channel, _NOTES + row.changes, note, now, CLUB)
            await connection.execute(deliveries.insert().values(told))
            return True


async def _withdraw(connection: AsyncConnection, club: Club, now: float) -> None:
    """What was to be said of the old day, and has not been, is not said. (What turns out later not to have been posted the
    ledger cancels when it is claimed.)
    """
    unsent = (
        deliveries.c.kind == CLUB,
        deliveries.c.month == club.id,
        deliveries.c.team == club.team,
        deliveries.c.channel == club.channel,
        deliveries.c.part > QUESTIONS,
        deliveries.c.state == "planned",
    )
    withdrawn = {"state": "cancelled", "error": "withdrawn", "changed_at": now}
    await connection.execute(update(deliveries).where(*unsent).values(withdrawn))


def _to_come(team: str, today: date) -> tuple[Any, ...]:
    return (clubs.c.team == team, clubs.c.state == PLANNED, clubs.c.day >= today.isoformat())


def _as_seen(club: Club) -> tuple[Any, ...]:
    return (clubs.c.id == club.id, clubs.c.state == club.state, clubs.c.day == club.day.isoformat())


def _club(row: Any) -> Club:
    return Club(
        id=row.id,
        team=row.team,
        channel=row.channel,
        summary_id=row.summary_id,
        day=date.fromisoformat(row.day),
        dated_at=row.dated_at,
        by=row.planned_by,
        state=row.state,
    )

"""Planning journal clubs: each change of a club and the messages that say so are one transaction."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from bot.clubs.kind import CLUB, WITHDRAWN
from bot.clubs.rules import MOST, NOTES, OPENING, QUESTIONS, Reminder, part_of
from bot.errors import UserError
from bot.outbox.delivery import Delivery, Message, Series
from bot.outbox.ledger import Ledger
from bot.outbox.rows import cancel_planned, of
from bot.store import clubs
from bot.store.clubs import CANCELLED, Club
from bot.store.tables import deliveries


class FullError(UserError):
    """A channel has as many clubs planned as it may have."""


class Clubs:
    """The journal clubs of one database, with their messages. Every method is one transaction."""

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger

    async def planned(self, team: str, channel: str, today: date) -> list[Club]:
        """Return what is planned in a channel from today on, the nearest first."""
        async with self._ledger.database.begin() as connection:
            return await clubs.planned(connection, team, today, channel=channel)

    async def to_come(self, team: str, today: date, by: str | None = None) -> list[tuple[Club, str | None]]:
        """Return what is planned in all channels from today on (with `by`: what that person planned), the nearest first,
        each with the ts of its opening (None: that is not posted yet).
        """
        async with self._ledger.database.begin() as connection:
            found = await clubs.planned(connection, team, today, by=by)
            openings = await self._ledger.of_kind(connection, CLUB, team, OPENING)
        posted = {each.series: each.ts for each in openings if each.state == "sent"}
        return [(club, posted.get(_series(club))) for club in found]

    async def get(self, team: str, club_id: str) -> Club | None:
        """Return a club whatever its state, or None."""
        async with self._ledger.database.begin() as connection:
            return await clubs.get(connection, team, club_id)

    async def summary_of_thread(self, team: str, channel: str, ts: str) -> str | None:
        """Return the id of the summary that a club's thread is about; None for any other thread."""
        async with self._ledger.database.begin() as connection:
            return await clubs.summary_of_thread(connection, team, channel, ts)

    async def with_messages(self, team: str) -> list[tuple[Club, list[Delivery]]]:
        """Return every club of a team with its messages, in order."""
        async with self._ledger.database.begin() as connection:
            found = await clubs.of_team(connection, team)
            messages = await self._ledger.of_kind(connection, CLUB, team)
        return [(club, [each for each in messages if each.series == _series(club)]) for club in found]

    async def stamp(self, team: str) -> tuple[Any, ...]:
        """Return what changes when a club or one of its messages does."""
        async with self._ledger.database.begin() as connection:
            return (*await clubs.stamp(connection, team), *await self._ledger.stamp(connection, CLUB, team))

    async def plan(self, club: Club, messages: Sequence[Message], today: date) -> tuple[Club, str | None]:
        """Plan a club and its first messages, all or none; return it with the id of its opening. Where its summary is
        planned in that channel already: that club, and None (one whose day has passed is over by that). Raises FullError.
        """
        async with self._ledger.begin() as (connection, now):
            before = len(await clubs.planned(connection, club.team, today, channel=club.channel))
            if same := await clubs.add(connection, self._ledger.database.insert, club, today, now):
                return same, None
            if before >= MOST:
                raise FullError  # which takes the club back
            await self._ledger.plan_in(connection, _series(club), messages, now)
            return club, _series(club).id_of(OPENING)

    async def move(self, club: Club, day: date, at: float, note: Message) -> bool:
        """Give a club another day and plan the note that says so; return False where it is no longer as it was seen."""
        return await self._change(club, note, day=day.isoformat(), dated_at=at)

    async def cancel(self, club: Club, note: Message) -> bool:
        """Cancel a club and plan the note that says so; return False where it is no longer as it was seen."""
        return await self._change(club, note, state=CANCELLED)

    async def close(self, club: Club, state: str) -> None:
        """End a club: it is over, or could not be posted."""
        async with self._ledger.begin() as (connection, now):
            await clubs.close(connection, club, state, now)

    async def remind(self, club: Club, reminder: Reminder, message: Message) -> bool:
        """Plan a message with a time of its own, once for each day that a club has had; return False where it was, or where
        the club is no longer as it was seen.
        """
        part, series = part_of(reminder, club.day), _series(club)
        async with self._ledger.begin() as (connection, now):
            if not await clubs.is_as_seen(connection, club):
                return False
            if await self._ledger.plan_one_in(connection, series, part, message, now):
                return True
            # The club had this day before, and the message was cancelled unsent when the club was moved away from it.
            return await self._ledger.restore_in(connection, series.id_of(part), message, now, cancelled_as=WITHDRAWN)

    async def _change(self, club: Club, note: Message, **values: Any) -> bool:
        """Change a club, cancel what was to be said of its old day, and plan the note. (What turns out later not to have
        been posted is cancelled before it is claimed.)
        """
        async with self._ledger.begin() as (connection, now):
            changes = await clubs.change(connection, club, now, **values)
            if changes is None:
                return False
            await cancel_planned(connection, WITHDRAWN, now, *of(_series(club)), deliveries.c.part > QUESTIONS)
            await self._ledger.plan_one_in(connection, _series(club), NOTES + changes, note, now)
            return True


def _series(club: Club) -> Series:
    return Series(CLUB, club.id, club.team, club.channel)

"""The rules of journal clubs: which messages a club has, and when each is due.

The opening comes first, in its thread the card, the questions and a note for each change, and for each day that the club
had: reminders a week and a day before, a question after.
"""

from __future__ import annotations

import random
from datetime import date, datetime, time, timedelta
from enum import IntEnum

from bot.store.clubs import Club

OPENING, CARD, QUESTIONS = 0, 1, 2
"""The parts of the messages that are posted when a club is planned."""
NOTES = 10
"""The part of the first note on a change."""
REMINDERS = 1_000_000
"""Above the parts of notes, below those of messages with a time of their own."""
MOST = 10
"""Clubs that a channel may have planned at once: what one list shows."""
NOON = 12
"""The local hour up to which a club is announced on its own day: later it may have taken place."""
STALE = 7
"""Days after a club within which the question after it is still asked."""
_LETTERS = "abcdefghijkmnpqrstuvwxyz23456789"


class Reminder(IntEnum):
    """A message with a time of its own."""

    WEEK = 0
    DAY = 1
    AFTER = 2


BEFORE = {Reminder.WEEK: 7, Reminder.DAY: 1, Reminder.AFTER: -1}
"""Days before the club on which each is due, from the hour of the team's posts on."""


def new_id() -> str:
    """Return an id for a club."""
    return "".join(random.SystemRandom().choices(_LETTERS, k=7))


def part_of(reminder: Reminder, day: date) -> int:
    """Return the part of a message with a time of its own: one for each day that a club has had, in order of the days."""
    return day.toordinal() * 4 + reminder


def moment(reminder: Reminder, club: Club, now: datetime, hour: int) -> datetime:
    """Return when a message is due, in the zone of `now`: a wall-clock hour, whatever a change of clocks does to it."""
    return datetime.combine(club.day - timedelta(days=BEFORE[reminder]), time(hour), now.tzinfo)


def is_still_relevant(reminder: Reminder, club: Club, now: datetime) -> bool:
    """Return whether what the message says is still true."""
    left = (club.day - now.date()).days
    if reminder is Reminder.WEEK:
        return left > 1
    if reminder is Reminder.DAY:
        return left == 1 or (left == 0 and now.hour < NOON)
    return -STALE <= left < 0


def due(club: Club, now: datetime, hour: int) -> list[Reminder]:
    """Return what is to be posted about a club now: due since it got its day, and still relevant. Late ones only by day."""
    if now.hour < hour:
        return []
    return [
        reminder
        for reminder in Reminder
        if is_still_relevant(reminder, club, now)
        and club.dated_at < moment(reminder, club, now, hour).timestamp() <= now.timestamp()
    ]


def reminders(club: Club, now: datetime, hour: int) -> list[date]:
    """Return the days on which there will be a reminder of a club that is planned now."""
    times = [moment(reminder, club, now, hour) for reminder in (Reminder.WEEK, Reminder.DAY)]
    return [each.date() for each in times if each.timestamp() > now.timestamp()]

"""Journal clubs: days as people write them, when each message is due, and the questions."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from bot.clubs.questions import questions
from bot.clubs.rules import Reminder, due, reminders
from bot.corpus.model import DESIGNS
from bot.dates import DayError, day_of
from bot.store.clubs import Club

TORONTO = ZoneInfo("America/Toronto")


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("2026-12-03", (2026, 12, 3)),
        ("3 Dec", (2026, 12, 3)),
        ("3rd of December", (2026, 12, 3)),
        ("December 3, 2026", (2026, 12, 3)),
        ("Thu, 3 Dec", (2026, 12, 3)),
        ("3 Jan", (2027, 1, 3)),
        ("25/12", (2026, 12, 25)),
        ("12/25", (2026, 12, 25)),
        ("5/5", (2027, 5, 5)),
        ("today", (2026, 11, 22)),
        ("Sunday", (2026, 11, 29)),
        ("Monday", (2026, 11, 23)),
        ("next Monday", (2026, 11, 23)),
        ("in two weeks", (2026, 12, 6)),
        ("in 10 days", (2026, 12, 2)),
        ("on the job", None),
        ("may", None),
        ("29", None),
        ("in spite", None),
    ],
)
def test_days_as_people_write_them(text: str, day: tuple[int, int, int] | None) -> None:
    assert day_of(text, date(2026, 11, 22)) == (date(*day) if day else None)


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("3/12", "That can be 3 December or 12 March."),
        ("12/3/2026", "That can be 12 March or 3 December."),
        ("Friday 3 Dec", "Thursday 3 December 2026 is not a Friday."),
        ("3 Nov", "Tuesday 3 November 2026 is in the past. For next year, write the year too."),
        ("2026-11-21", "Saturday 21 November 2026 is in the past."),
        ("2027-12-03", "is more than a year away"),
        ("31 November", "November 2026 has no day 31."),
        ("29 Feb", "Tuesday 29 February 2028 is more than a year away"),
        ("99/99", "I do not know that month."),
        ("2026-13-01", "I do not know that month."),
        ("0000-01-01", "I do not know that year."),
        ("0/0", "I do not know that month."),
        ("3 Dec 9999", "I do not know that year."),
    ],
)
def test_a_day_that_will_not_do_is_said_kindly(text: str, why: str) -> None:
    with pytest.raises(DayError) as refused:
        day_of(text, date(2026, 11, 22))
    assert why in str(refused.value)


def test_next_names_the_week_after_this_one() -> None:
    assert day_of("next Thursday", date(2026, 11, 23)) == date(2026, 12, 3)  # asked on a Monday
    assert day_of("Thursday", date(2026, 11, 23)) == date(2026, 11, 26)


def club_on(day: date, dated: datetime) -> Club:
    """A club that got its day then."""
    return Club("abcdefg", "T", "C", "alliance-rupture-next-session", day, dated.timestamp())


def test_each_message_is_due_once_its_hour_has_come_and_while_it_is_true() -> None:
    club = club_on(date(2026, 12, 3), datetime(2026, 11, 1, tzinfo=TORONTO))

    def at(month: int, day: int, hour: int) -> list[Reminder]:
        return due(club, datetime(2026, month, day, hour, tzinfo=TORONTO), 9)

    assert at(11, 26, 8) == []
    assert at(11, 26, 9) == at(11, 30, 23) == at(12, 1, 9) == [Reminder.WEEK]
    assert at(12, 2, 3) == []  # late at night nothing is said
    assert at(12, 2, 9) == at(12, 3, 11) == [Reminder.DAY]
    assert at(12, 3, 12) == at(12, 4, 8) == []
    assert at(12, 4, 9) == at(12, 10, 9) == [Reminder.AFTER]
    assert at(12, 11, 9) == []


def test_what_was_due_before_a_club_got_its_day_is_left_out() -> None:
    now = datetime(2026, 11, 30, 12, tzinfo=TORONTO)
    club = club_on(date(2026, 12, 3), now)
    assert reminders(club, now, 9) == [date(2026, 12, 2)]
    assert due(club, now, 9) == []
    assert due(club, now + timedelta(days=2), 9) == [Reminder.DAY]
    assert reminders(club_on(date(2026, 12, 1), now), now, 9) == []
    assert reminders(club_on(date(2026, 12, 20), now), now, 9) == [date(2026, 12, 13), date(2026, 12, 19)]


@pytest.mark.parametrize("hour", [2, 3])
def test_a_change_of_clocks_makes_no_difference(hour: int) -> None:
    dated = datetime(2027, 2, 1, tzinfo=TORONTO)
    spring = club_on(date(2027, 3, 21), dated)  # a week before, the hour from two to three does not exist
    assert due(spring, datetime(2027, 3, 14, 1, 59, tzinfo=TORONTO), hour) == []
    assert due(spring, datetime(2027, 3, 14, 3, 0, tzinfo=TORONTO), hour) == [Reminder.WEEK]
    autumn = club_on(date(2027, 11, 14), dated)  # a week before, the hour from one to two comes twice
    assert due(autumn, datetime(2027, 11, 7, 3, 0, tzinfo=TORONTO), hour) == [Reminder.WEEK]


def test_five_questions_for_every_design_of_the_corpus() -> None:
    for design in DESIGNS:
        asked = questions(design)
        assert len(asked) == len(set(asked)) == 5, design
        assert all(20 < len(question) < 150 for question in asked)
    assert questions("survey") != questions("randomised trial") != questions("process study")

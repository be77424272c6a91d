"""Reads days as people write them: `2026-12-03`, `3 Dec`, `December 3rd`, `next Thursday`, `in two weeks`. Pure.

An ambiguous day is not guessed: for `3/12` the bot asks. The full date is shown before anything is planned.
"""

from __future__ import annotations

import calendar
import re
from datetime import date, timedelta

from bot.errors import UserError

FARTHEST = 366
"""Days from today within which something can be planned."""
JUST_PASSED = 60
"""Days: a date without a year that passed no longer ago is the past one, not next year's."""

_WEEKDAYS = {name.lower(): number for number, name in enumerate(calendar.day_name)}
_WEEKDAYS |= {name[:3]: number for name, number in _WEEKDAYS.items()} | {"tues": 1, "thur": 3, "thurs": 3}
_MONTHS = {name.lower(): number for number, name in enumerate(calendar.month_name) if number}
_MONTHS |= {name[:3]: number for name, number in _MONTHS.items()} | {"sept": 9}
_NUMBERS = {"a": 1, "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8, "ten": 10}

_ISO = re.compile(r"([0-9]{4})[-/.]([0-9]{1,2})[-/.]([0-9]{1,2})")
_NUMERIC = re.compile(r"([0-9]{1,2})[-/.]([0-9]{1,2})(?:[-/.]([0-9]{4}|[0-9]{2}))?\.?")
_DAY = r"([0-9]{1,2})(?:st|nd|rd|th)?"
_YEAR = r"(?:,? ([0-9]{4}))?"
_DAY_MONTH = re.compile(rf"{_DAY}(?: of)? ([a-z]+)\.?{_YEAR}")
_MONTH_DAY = re.compile(rf"([a-z]+)\.? {_DAY}{_YEAR}")
_IN = re.compile(r"in ([a-z]+|[0-9]{1,3}) (day|week)s?(?: time)?")


class DayError(UserError):
    """A day that cannot be used or is ambiguous; the message says why and what to write."""


def said(day: date) -> str:
    """Return a day in words: "Thursday 3 December 2026"."""
    return f"{calendar.day_name[day.weekday()]} {day.day} {calendar.month_name[day.month]} {day.year}"


def check(day: date, today: date) -> date:
    """Return the day, if something can be planned for it. Raises DayError."""
    if day < today:
        raise DayError(f"{said(day)} is in the past. Please choose today or a later day.")
    if (day - today).days > FARTHEST:
        raise DayError(f"{said(day)} is more than a year away. Please choose an earlier day.")
    return day


def day_of(text: str, today: date) -> date | None:
    """Return the day that was written; None for words that are none. Raises DayError."""
    words = " ".join(text.lower().split()).strip(" .,!?")
    named, rest = _weekday_before(words)
    day = _relative(words, today) or _written(rest, today)
    if day is None:
        return None
    if named is not None and rest != words and day.weekday() != named:
        raise DayError(f"{said(day)} is not a {calendar.day_name[named]}. Which of the two do you mean?")
    return check(day, today)


def split(text: str, today: date) -> tuple[str, date | None]:
    """Return what was typed as (words, day): "alliance rupture on 3 Dec" or "alliance rupture 3 Dec". Raises DayError."""
    tokens = text.split()
    for at in range(max(0, len(tokens) - 6), len(tokens)):
        if (day := day_of(" ".join(tokens[at:]), today)) is not None:
            before = tokens[:at]
            if before and before[-1].lower() in ("on", "for"):
                before.pop()
            return " ".join(before), day
    return text.strip(), None


def _weekday_before(words: str) -> tuple[int | None, str]:
    """Return the weekday that a date begins with ("Thu, 3 Dec"), and the rest."""
    first, _, rest = words.partition(" ")
    number = _WEEKDAYS.get(first.strip(".,"))
    rest = rest.removeprefix("the ")
    return (number, rest) if number is not None and rest else (None, words.removeprefix("the "))


def _relative(words: str, today: date) -> date | None:
    if words in ("today", "tomorrow"):
        return today + timedelta(days=words == "tomorrow")
    if words == "next week":
        return today + timedelta(weeks=1)
    if match := _IN.fullmatch(words):
        count = int(match[1]) if match[1].isdigit() else _NUMBERS.get(match[1])
        return today + timedelta(days=count * (7 if match[2] == "week" else 1)) if count else None
    which, _, name = words.rpartition(" ")
    number = _WEEKDAYS.get(name)
    if number is None or which not in ("", "this", "next", "coming", "the coming"):
        return None
    if which == "next":  # of the week after this one, which begins on a Monday
        return today + timedelta(days=7 - today.weekday() + number)
    return today + timedelta(days=(number - today.weekday() - 1) % 7 + 1)


def _written(words: str, today: date) -> date | None:
    if match := _ISO.fullmatch(words):
        return _date(int(match[1]), int(match[2]), int(match[3]))
    if match := _NUMERIC.fullmatch(words):
        return _numeric(int(match[1]), int(match[2]), match[3], today)
    if (match := _DAY_MONTH.fullmatch(words)) and (month := _MONTHS.get(match[2])):
        return _in_year(month, int(match[1]), match[3], today)
    if (match := _MONTH_DAY.fullmatch(words)) and (month := _MONTHS.get(match[1])):
        return _in_year(month, int(match[2]), match[3], today)
    return None


def _numeric(first: int, second: int, year: str | None, today: date) -> date:
    """ "25/12" and "12/25" are one day each; "3/12" is two, and not guessed."""
    year = f"20{year}" if year and len(year) == 2 else year
    if first <= 12 and second <= 12 and first != second and first and second:
        one, other = (f"{day} {calendar.month_name[month]}" for day, month in ((first, second), (second, first)))
        raise DayError(f"That can be {one} or {other}. Please write the month as a word, such as `{one}`.")
    day, month = (first, second) if second <= 12 else (second, first)
    return _in_year(month, day, year, today)


def _in_year(month: int, day: int, year: str | None, today: date) -> date:
    """Return a day of a month: in the year given, else the next one there is. Raises DayError."""
    if year:
        return _date(int(year), month, day)
    if (month, day) == (2, 29):
        return _date(next(each for each in range(today.year, today.year + 9) if calendar.isleap(each)), 2, 29)
    found = _date(today.year, month, day)
    passed = (today - found).days
    if 0 < passed <= JUST_PASSED:
        raise DayError(f"{said(found)} is in the past. For next year, write the year too.")
    return _date(today.year + 1, month, day) if passed > 0 else found


def _date(year: int, month: int, day: int) -> date:
    if not 1 <= month <= 12:
        raise DayError("I do not know that month. Please write it as a word, such as `3 December`.")
    if not 1900 <= year <= 9998:
        raise DayError("I do not know that year. Please write it with four digits, such as `3 December 2026`.")
    if not 1 <= day <= calendar.monthrange(year, month)[1]:
        raise DayError(f"{calendar.month_name[month]} {year} has no day {day}. Please check the date.")
    return date(year, month, day)

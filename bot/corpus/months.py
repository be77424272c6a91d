"""Months as "YYYY-MM": which is the latest there can be, and how far apart two are. Pure but for today's date."""

from __future__ import annotations

from datetime import date


def months_between(earlier: str, later: str) -> int:
    """Return how many months one is after another."""
    one, other = (int(month[:4]) * 12 + int(month[5:]) for month in (earlier, later))
    return other - one


def month_before(month: str, count: int = 1) -> str:
    """Return the month so many months before another; a negative count gives a later one."""
    year, number = divmod(int(month[:4]) * 12 + int(month[5:]) - 1 - count, 12)
    return f"{year:04d}-{number + 1:02d}"


def latest_month(today: date | None = None) -> str:
    """Return the month after this one. An issue may come early, but one of a later month is a slip of the pen: it would
    hide every month that really comes.
    """
    return month_before((today or date.today()).strftime("%Y-%m"), -1)

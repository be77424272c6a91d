"""`journal-club WORDS on DATE`, as it is typed. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date

from bot import dates

_ASKED = re.compile(r"\s*journal[\s_-]*clubs?(?![\w'-])[\s:,]*", re.IGNORECASE)
_ALONE = frozenset(("", "list", "clubs", "move", "cancel", "help", "show"))


@dataclass(frozen=True, slots=True)
class ClubWish:
    """What is wished for: a club on what the words say, on a day (None: not said). No words: the list."""

    words: str = ""
    day: date | None = None


def is_club(text: str) -> bool:
    """Whether somebody types of a journal club."""
    return _ASKED.match(text) is not None


def club_of(text: str, today: date) -> ClubWish | None:
    """The wish in what was typed; None for a question. Raises `bot.dates.DayError` for a day that will not do."""
    match = _ASKED.match(text)
    if match is None:
        return None
    rest = text[match.end() :].strip()
    if rest.strip(" .!?").lower() in _ALONE:
        return ClubWish()
    words, day = dates.split(rest, today)
    return ClubWish(words.strip(" ,:;"), day)

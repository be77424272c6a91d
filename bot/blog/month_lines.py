"""The lines that name a month: which line does, and which nearly does. Pure."""

from __future__ import annotations

import calendar
import re
from collections.abc import Sequence

from rapidfuzz import fuzz, process

from bot.blog.headings import LONGEST
from bot.text import fold

_NUMBERS = {name.casefold(): number for number, name in enumerate(calendar.month_name) if name}
_FULL = tuple(_NUMBERS)
_SHORT = {name.casefold(): number for number, name in enumerate(calendar.month_abbr) if name} | {"sept": 9}
_NAMES = _SHORT | _NUMBERS
_PLACES = {
    "month": rf"(?P<name>{'|'.join(sorted(_NAMES, key=len, reverse=True))})",
    "number": r"(?P<number>0?[1-9]|1[0-2])",
    "year": r"(?P<year>20[0-9]{2})",
    "day": r"(?:0?[1-9]|[12][0-9]|3[01])(?:st|nd|rd|th)?",
}
_TOKEN = re.compile(r"\{(\w+)\}|([^\W_]+)|([\W_])")
_LEAD = r"(?:the )?(?:(?:month|issue|blog|posts?) (?:of|for|from) )?(?:the )?"
"""What may be before a format that begins with a month's name."""
_YEAR = re.compile(r"(?<![0-9])(?:19|20)[0-9]{2}(?![0-9])|'[0-9]{2}\b")
_NUMERIC = re.compile(r"(?:20[0-9]{2}[-/. ]{1,3}(?:0?[1-9]|1[0-2])|(?:0?[1-9]|1[0-2])[-/. ]{1,3}20[0-9]{2})")
_MARKED = re.compile(r"[-•*·▪◦‣–—] ?(?=\S)")
_ROUND = " .,:;…()[]{}*_#=|-–—~\"'“”"
_NEAR = 82
"""How alike two lines are, of 100, of which one is a misspelling of the other but for its figures."""


class Months:
    """The formats of one digest, such as "{month} {year}" or "Issue {number}/{year}". Raises ValueError for what is none."""

    def __init__(self, formats: Sequence[str]) -> None:
        self.example = _filled(formats[0])
        self._patterns = tuple(re.compile(_pattern(each)) for each in formats)
        self._shapes = tuple(_shape(_filled(each)) for each in formats if "{month}" not in each)

    def month_of(self, line: str) -> str | None:
        """Return the month that a line names, as "YYYY-MM"; None where it surely names none, or not surely one."""
        if len(line) > LONGEST or _MARKED.match(line):
            return None
        plain = fold(line).strip(_ROUND)
        match = next(filter(None, (each.fullmatch(plain) for each in self._patterns)), None)
        if match is None:
            return None
        found = match.groupdict()
        return f"{found['year']}-{_NAMES[found['name']] if found.get('name') else int(found['number']):02d}"

    def nearly(self, line: str) -> bool:
        """Return whether a line may be meant to name a month: short, with what could be a month's name and a year, or like
        one of the formats but for a few letters.
        """
        if len(line) > LONGEST:
            return False
        plain = fold(line).strip(_ROUND)
        words = re.findall(r"[^\W\d_]+|[0-9]+", plain)
        if (
            self._shapes
            and _YEAR.search(plain)
            and process.extractOne(_shape(plain), self._shapes, scorer=fuzz.ratio, score_cutoff=_NEAR)
        ):
            return True
        names = [word for word in words if _like_month(word)]
        if not names or len(words) > 6:
            return bool(_NUMERIC.fullmatch(plain))
        return bool(_YEAR.search(plain)) or len(words) == 1 or (len(words) <= 4 and any(char.isdigit() for char in plain))


def _pattern(text: str) -> str:
    """Return a format as a regular expression on a folded line."""
    tokens = [(match[1], match[2], match[3]) for match in _TOKEN.finditer(text.strip())]
    names = [name for name, _, _ in tokens if name]
    if unknown := [name for name in names if name not in _PLACES]:
        raise ValueError(f"has {{{unknown[0]}}}: there are {', '.join(f'{{{name}}}' for name in _PLACES)}")
    if names.count("year") != 1 or names.count("month") + names.count("number") != 1 or len(set(names)) < len(names):
        raise ValueError("must have {year} once, and once {month} (its name) or {number} (1 to 12)")
    pieces: list[str] = []
    before, gap = "", False
    for name, word, _ in tokens:
        if not name and not word:
            gap = True
            continue
        if pieces and gap:
            pieces.append(r"\.?[\s,./'-]*" if "month" in (before, name) else r"[\s,./'-]+")
        pieces.append(_PLACES[name] if name else re.escape(fold(word)))
        before, gap = name, False
    return (_LEAD if tokens[0][0] == "month" else "") + "".join(pieces)


def _filled(text: str) -> str:
    for name, value in {"month": "November", "number": "11", "year": "2023", "day": "5"}.items():
        text = text.replace(f"{{{name}}}", value)
    return text


def _shape(line: str) -> str:
    return re.sub("[0-9]+", "0", fold(line).strip(_ROUND))


def _like_month(word: str) -> bool:
    if word in _NAMES:
        return True
    return len(word) >= 4 and process.extractOne(word, _FULL, scorer=fuzz.ratio, score_cutoff=75) is not None

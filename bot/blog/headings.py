"""The lines that divide a page: months, and the heading of the implications. What is one, and what nearly is one. Pure.

A heading that is overlooked gives one study the implications of another, so what only nearly is one is nobody's text: the
page is refused.
"""

from __future__ import annotations

import calendar
import re
from itertools import product

from rapidfuzz import fuzz, process

from bot.text import fold

LONGEST = 90
"""Characters up to which a line is compared with headings."""
_NEAR = 82
"""How alike two headings are, of 100, of which one is a misspelling of the other."""

# -- implications -----------------------------------------------------------------------------------------------------

_KINDS = ("", "practice", "practical", "practise", "clinical", "clinicalpractice", "therapeutic", "treatment", "therapy")
_FOR = """practice practise practitioners clinicians clinicalpractice clinicalwork clinicaltreatment therapists
psychotherapists therapy psychotherapy psychotherapypractice treatment thepractice thepractitioner theclinician thetherapist
thepsychotherapist""".split()
_WORDINGS = tuple(
    [f"{kind}{noun}" for kind, noun in product(_KINDS, ("implication", "implications"))]
    + [f"{kind}implications{word}{whom}" for kind, word, whom in product(("", "clinical"), ("for", "to"), _FOR)]
    + [f"implication{word}{whom}" for word, whom in product(("for", "to"), _FOR)]
)
_RUN_IN = re.compile(r"((?:[A-Z][\w'’-]*|for|to|the)(?: (?:[A-Z][\w'’-]*|for|to|the)){0,4})(?:\.?:|\.| ?[–—]) ?(?=\S)")
_LEAD = re.compile(r"([^.:–—]{4,60}?) ?(?:\.?:|\.| ?[–—])(?= ?\S)")
_CAPITALS = re.compile(
    r"(?<=[.?!)\]”\"] )(?:(?:Practi[cs]e|Practical|Clinical) Implications?|Implications? [Ff]or Practice)\b"
)
_IMPLIED = ("implication", "implications")


def is_heading(line: str) -> bool:
    """Return whether a line is the heading of an entry's implications, in any of its wordings."""
    return len(line) <= LONGEST and _letters(line) in _WORDINGS


def misspelt_heading(line: str) -> bool:
    """Return whether a line, which is none, is a heading of implications but for a few letters, or begins with one."""
    if len(line) <= LONGEST and _like_heading(line):
        return True
    lead = _LEAD.match(line)
    return bool((lead and _like_heading(lead[1])) or _CAPITALS.search(line))


def nearly_heading(line: str) -> bool:
    """Return whether a line inside a text, which is none, may be meant as the heading of implications: it is misspelt, or
    short and about implications.
    """
    if misspelt_heading(line):
        return True
    words = fold(line[: LONGEST + 1]).split()
    short = len(line) <= LONGEST and len(words) <= 8 and not re.search(r"[.?!]\W*$", line)
    return short and any(map(_means_implications, words))


def run_in(line: str) -> tuple[str, str] | None:
    """Return heading and text of a line such as "Practice Implications: The results ...", None of any other."""
    match = _RUN_IN.match(line)
    if not match or not is_heading(match[1]) or (match[1].casefold().startswith("implication") and " " not in match[1]):
        return None
    return match[1], line[match.end() :]


def _letters(line: str) -> str:
    return "".join(re.findall(r"[^\W\d_]+", fold(line)))


def _like_heading(line: str) -> bool:
    return process.extractOne(_letters(line), _WORDINGS, scorer=fuzz.ratio, score_cutoff=_NEAR) is not None


def _means_implications(word: str) -> bool:
    return bool(process.extractOne(word.strip(".:;,()"), _IMPLIED, scorer=fuzz.ratio, score_cutoff=85))


# -- months -----------------------------------------------------------------------------------------------------------

_NUMBERS = {name.casefold(): number for number, name in enumerate(calendar.month_name) if name}
_FULL = tuple(_NUMBERS)
_SHORT = {name.casefold(): number for number, name in enumerate(calendar.month_abbr) if name} | {"sept": 9}
_NAMES = _SHORT | _NUMBERS
_NAME = "|".join(sorted(_NAMES, key=len, reverse=True))
_OF = r"(?:the )?(?:(?:month|issue|blog|posts?) (?:of|for|from) )?(?:the )?"
_MONTH = re.compile(rf"{_OF}(?P<name>{_NAME})\.?[\s,./'-]*(?P<year>20[0-9]{{2}})")
_YEAR_FIRST = re.compile(rf"(?P<year>20[0-9]{{2}})[\s,./-]*(?P<name>{_NAME})")
_YEAR = re.compile(r"(?<![0-9])(?:19|20)[0-9]{2}(?![0-9])|'[0-9]{2}\b")
_NUMERIC = re.compile(r"(?:20[0-9]{2}[-/. ]{1,3}(?:0?[1-9]|1[0-2])|(?:0?[1-9]|1[0-2])[-/. ]{1,3}20[0-9]{2})")
_MARKED = re.compile(r"[-•*·▪◦‣–—] ?(?=\S)")
_ROUND = " .,:;…()[]{}*_#=|-–—~\"'“”"


def month_of(line: str) -> str | None:
    """Return the month that a line is the heading of, as "YYYY-MM"; None where it is surely none, or not surely one."""
    if len(line) > LONGEST or _MARKED.match(line):
        return None
    plain = fold(line).strip(_ROUND)
    match = _MONTH.fullmatch(plain) or _YEAR_FIRST.fullmatch(plain)
    return f"{match['year']}-{_NAMES[match['name']]:02d}" if match else None


def nearly_month(line: str) -> bool:
    """Return whether a line may be meant as a month's heading: short, with what could be a month's name and a year."""
    if len(line) > LONGEST:
        return False
    plain = fold(line).strip(_ROUND)
    words = re.findall(r"[^\W\d_]+|[0-9]+", plain)
    names = [word for word in words if _like_month(word)]
    if not names or len(words) > 6:
        return bool(_NUMERIC.fullmatch(plain))
    return bool(_YEAR.search(plain)) or len(words) == 1 or (len(words) <= 4 and any(char.isdigit() for char in plain))


def _like_month(word: str) -> bool:
    if word in _NAMES:
        return True
    return len(word) >= 4 and process.extractOne(word, _FULL, scorer=fuzz.ratio, score_cutoff=75) is not None

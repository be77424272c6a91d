"""The heading of the implications: which line is one, and which nearly is one. Pure.

A heading that is overlooked gives one study the implications of another, so what only nearly is one is nobody's text: the
page is refused.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from rapidfuzz import fuzz, process

from bot.text import fold

LONGEST = 90
"""Characters up to which a line is compared with headings."""
_NEAR = 82
"""How alike two headings are, of 100, of which one is a misspelling of the other."""
_SMALL = ("for", "to", "the", "of", "in", "and")
"""Words that a heading's capitals leave small."""
_RUN_IN = re.compile(r"((?:[A-Z][\w'’-]*|for|to|the)(?: (?:[A-Z][\w'’-]*|for|to|the)){0,4})(?:\.?:|\.| ?[–—]) ?(?=\S)")
_LEAD = re.compile(r"([^.:–—]{4,60}?) ?(?:\.?:|\.| ?[–—])(?= ?\S)")


class Headings:
    """The wordings of one digest. `about` are words that make a short line suspect of being a heading."""

    def __init__(self, wordings: Sequence[str], about: Sequence[str] = ()) -> None:
        self.name = wordings[0]
        self._spelt = frozenset(each for each in wordings if " " in each)
        self._single = frozenset(_letters(each) for each in wordings if " " not in each)
        self._letters = tuple(dict.fromkeys(map(_letters, wordings)))
        self._known = frozenset(self._letters)
        self._about = tuple(each.casefold() for each in about)
        capitals = sorted(filter(_in_capitals, self._spelt), key=len, reverse=True)
        within = "|".join(
            " ".join(f"(?i:{word})" if word in _SMALL else re.escape(word) for word in each.split()) for each in capitals
        )
        self._within = re.compile(rf"(?<=[.?!)\]”\"] )(?:{within})\b") if within else None

    def is_heading(self, line: str) -> bool:
        """Return whether a line is the heading of an entry's implications, in any of its wordings."""
        return len(line) <= LONGEST and _letters(line) in self._known

    def misspelt(self, line: str) -> bool:
        """Return whether a line, which is none, is a heading of implications but for a few letters, or begins with one."""
        if len(line) <= LONGEST and self._is_like(line):
            return True
        lead = _LEAD.match(line)
        return bool((lead and self._is_like(lead[1])) or (self._within and self._within.search(line)))

    def nearly(self, line: str) -> bool:
        """Return whether a line inside a text, which is none, may be meant as the heading of implications: it is misspelt,
        or short and about implications.
        """
        if self.misspelt(line):
            return True
        words = fold(line[: LONGEST + 1]).split()
        short = len(line) <= LONGEST and len(words) <= 8 and not re.search(r"[.?!]\W*$", line)
        return short and any(map(self._is_about, words))

    def run_in(self, line: str) -> tuple[str, str] | None:
        """Return heading and text of a line such as "Practice Implications: The results ...", None of any other."""
        match = _RUN_IN.match(line)
        if match and self.is_heading(match[1]) and _letters(match[1]) not in self._single:
            return match[1], line[match.end() :]
        lead = _LEAD.match(line)
        if lead and lead[1] in self._spelt:
            return lead[1], line[lead.end() :].strip()
        return None

    def _is_like(self, line: str) -> bool:
        return process.extractOne(_letters(line), self._letters, scorer=fuzz.ratio, score_cutoff=_NEAR) is not None

    def _is_about(self, word: str) -> bool:
        return bool(process.extractOne(word.strip(".:;,()"), self._about, scorer=fuzz.ratio, score_cutoff=85))


def _letters(line: str) -> str:
    return "".join(re.findall(r"[^\W\d_]+", fold(line)))


def _in_capitals(heading: str) -> bool:
    return all(word in _SMALL or word[0].isupper() for word in heading.split())

"""How far a summary is about a word or phrase, rather than only mentioning it: by where and how often its own texts use it.

Asks do not count: they are other people's words for what a summary answers, not what it says.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import NamedTuple

from bot.search.question import Unit

SAYS: Mapping[str, float] = {
    "title": 0.7,
    "bottom_line": 0.45,
    "topics": 0.4,
    "implications": 0.25,
    "summary": 0.2,
    "authors": 0.7,
    "asks": 0.0,
}
"""How far one passage of each field shows what a summary is about (0 to 1); several add up, as chances do (noisy-or)."""
OTHER_WORDS = 0.8
"""What a synonym counts for beside the very word."""
ABOUT = 0.7
"""The level from which a summary is about a subject rather than mentions it."""
_HEADS = ("title", "topics", "authors")
"""Fields that name a subject or an author without a sentence on it."""


class Passage(NamedTuple):
    """A passage of a summary: its field and its text."""

    field: str
    text: str


class Part(NamedTuple):
    """A sentence of a question: the places of its units, and what a weight of 1 in it is worth."""

    units: Sequence[int]
    worth: float


class Coverage(NamedTuple):
    """How a summary's passages cover the words and phrases of a question.

    about: how far it is about the one that it is most about (0 to 1). passage, ask: the largest share (0 to 1) of a sentence
    of the question that one passage of its own texts, one ask has. missing: which are neither in its own texts nor in that
    ask. whole: one passage or ask has the whole question.
    """

    about: float
    passage: float
    ask: float
    missing: Sequence[bool]
    whole: bool


class Aboutness:
    """The passages of every summary, by its number, in the order they were added."""

    def __init__(self) -> None:
        self._passages: list[tuple[Passage, ...]] = []
        self._places: list[dict[str, tuple[int, ...]]] = []
        self._holders: dict[str, list[int]] = {}
        self._equal: dict[tuple[int, ...], tuple[int, ...]] = {}
        """Equal places are shared, which saves half of the memory."""

    def add(self, passages: Iterable[tuple[Passage, Collection[str]]]) -> None:
        """Add a summary: its passages, each with the bases of its words, its phrases and its concepts."""
        places: dict[str, list[int]] = {}
        kept = []
        for place, (passage, terms) in enumerate(passages):
            kept.append(passage)
            for term in terms:
                places.setdefault(term, []).append(place)
        self._passages.append(tuple(kept))
        self._places.append({term: self._equal.setdefault(found := tuple(each), found) for term, each in places.items()})
        for term in places:
            self._holders.setdefault(term, []).append(len(self._places) - 1)

    def holders(self, units: Sequence[Unit]) -> list[int]:
        """Return the numbers of the summaries that have all of some words and phrases somewhere, in rising order."""
        found = [
            {number for term in (" ".join(unit.bases), *unit.concepts) for number in self._holders.get(term, ())}
            for unit in units
        ]
        return sorted(set.intersection(*found)) if found else []

    def together(self, number: int, units: Sequence[Unit]) -> tuple[float, str]:
        """Return how far (in tenths: more would pretend) a summary is about some words and phrases together, by the passages
        that contain all of them, and the first such passage of its running text ("" where only title or topics do).
        """
        first, *others = (self._worths(number, unit) for unit in units)
        shared = {
            place: min(worth, *(other[place] for other in others), 1.0)
            for place, worth in first.items()
            if all(place in other for other in others)
        }
        passages = self._passages[number]
        own = [place for place in sorted(shared) if SAYS[passages[place].field]]
        sentence = next((passages[place].text for place in own if passages[place].field not in _HEADS), "")
        level = self._level(number, shared)
        return max(round(level, 1), 0.1) if level else 0.0, sentence

    def coverage(self, number: int, units: Sequence[Unit], weights: Sequence[float], parts: Sequence[Part]) -> Coverage:
        """Return how a summary covers the units of a question, each with its weight; `parts` are its sentences."""
        passages = self._passages[number]
        found = [self._worths(number, unit) for unit in units]
        own = ask = 0.0
        best_ask = -1
        for part in parts:
            shares: dict[int, float] = {}
            for place_in_question in part.units:
                for place in found[place_in_question]:
                    shares[place] = shares.get(place, 0.0) + weights[place_in_question]
            for place, share in shares.items():
                share *= part.worth
                if SAYS[passages[place].field]:
                    own = max(own, share)
                elif share > ask:
                    ask, best_ask = share, place
        missing = [best_ask not in worths and not any(SAYS[passages[place].field] for place in worths) for worths in found]
        about = max([self._level(number, worths) for worths in found], default=0.0)
        whole = bool(found) and any(all(place in worths for worths in found) for place in found[0])
        return Coverage(about, own, ask, missing, whole)

    def _worths(self, number: int, unit: Unit) -> dict[int, float]:
        """Return the passages that have a unit, each with what its words there count for."""
        places = self._places[number]
        found = {place: OTHER_WORDS for concept in unit.concepts for place in places.get(concept, ())}
        return found | dict.fromkeys(places.get(" ".join(unit.bases), ()), 1.0) if unit.bases else found

    def _level(self, number: int, worths: Mapping[int, float]) -> float:
        """Return how far a summary is about what these passages of it have."""
        passages, missed = self._passages[number], 1.0
        for place, worth in worths.items():
            missed *= 1.0 - SAYS[passages[place].field] * worth
        return 1.0 - missed

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
_UNSAID = {field: 1.0 - says for field, says in SAYS.items()}
_LOOSELY_UNSAID = {field: 1.0 - says * OTHER_WORDS for field, says in SAYS.items()}
ABOUT = 0.7
"""The level from which a summary is about a subject rather than mentions it."""
_DIGITS = 9
"""Decimals that do not depend on the order in which factors were multiplied."""
_RUNNING = ("bottom_line", "implications", "summary")
"""Fields that say something in sentences."""


class Passage(NamedTuple):
    """A passage of a summary: its field and its text."""

    field: str
    text: str


class Part(NamedTuple):
    """A sentence of a question: the places of its units, and what a weight of 1 in it is worth."""

    units: Sequence[int]
    worth: float


class Wanted(NamedTuple):
    """A word or phrase as it is looked up: its bases, and the concepts that may replace them."""

    exact: str
    concepts: Sequence[str]


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
    """The passages of every summary, by its number, in the order they were added. Those of a field follow each other."""

    def __init__(self) -> None:
        self._passages: list[tuple[Passage, ...]] = []
        self._asks: list[range] = []
        """Which of them are asks, and which are running text."""
        self._running: list[range] = []
        self._unsaid: list[tuple[float, ...]] = []
        """How little each shows what the summary is about, with the very words."""
        self._loosely_unsaid: list[tuple[float, ...]] = []
        """The same, with other words."""
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
        self._asks.append(_span(kept, ("asks",)))
        self._running.append(_span(kept, _RUNNING))
        self._unsaid.append(tuple(_UNSAID[passage.field] for passage in kept))
        self._loosely_unsaid.append(tuple(_LOOSELY_UNSAID[passage.field] for passage in kept))
        self._passages.append(tuple(kept))
        self._places.append({term: self._equal.setdefault(found := tuple(each), found) for term, each in places.items()})
        for term in places:
            self._holders.setdefault(term, []).append(len(self._places) - 1)

    def holders(self, asked: Sequence[Wanted]) -> list[int]:
        """Return the numbers of the summaries that have all of some words and phrases somewhere, in rising order."""
        found = [set().union(*(self._holders.get(term, ()) for term in (exact, *concepts))) for exact, concepts in asked]
        return sorted(set.intersection(*found)) if found else []

    def together(self, number: int, asked: Sequence[Wanted]) -> tuple[float, str]:
        """Return how far (in tenths: more would pretend) a summary is about some words and phrases together, by the passages
        that contain all of them, and the first such passage of its running text ("" where only title or topics do).
        """
        found = [self._places_with(number, each) for each in asked]
        exactly, others = found[0]
        if len(found) > 1:
            shared = set.intersection(*({*exact, *loose} for exact, loose in found))
            exactly = set.intersection(*(set(exact) for exact, _ in found))
            others = shared - exactly
        level = 1.0 - _product(self._unsaid[number], exactly) * _product(self._loosely_unsaid[number], others)
        running = self._running[number]
        first = min([place for place in (*exactly, *others) if place in running], default=None)
        sentence = "" if first is None else self._passages[number][first].text
        return max(round(round(level, _DIGITS), 1), 0.1) if level else 0.0, sentence

    def coverage(self, number: int, asked: Sequence[Wanted], weights: Sequence[float], parts: Sequence[Part]) -> Coverage:
        """Return how a summary covers the units of a question (see `wanted`), each with its weight; `parts` are its
        sentences.
        """
        asks = self._asks[number]
        unsaid, loosely_unsaid = self._unsaid[number], self._loosely_unsaid[number]
        found: list[Collection[int]] = []
        missed = 1.0
        for each in asked:
            places, others = self._places_with(number, each)
            left = _product(unsaid, places)
            if others:
                left *= _product(loosely_unsaid, others)
                places = {*places, *others}
            missed = min(missed, left)
            found.append(places)
        own = ask = 0.0
        best_ask = -1
        for part in parts:
            shares = [0.0] * len(self._passages[number])
            for at in part.units:
                weight = weights[at]
                for place in found[at]:
                    shares[place] += weight
            of_asks = shares[asks.start : asks.stop]
            if of_asks and (most := max(of_asks) * part.worth) > ask:
                ask, best_ask = most, asks.start + of_asks.index(max(of_asks))
            shares[asks.start : asks.stop] = []
            own = max(own, max(shares, default=0.0) * part.worth)
        missing = [best_ask not in places and all(place in asks for place in places) for places in found]
        whole = all(found) and bool(set(found[0]).intersection(*found[1:])) if found else False
        return Coverage(1.0 - missed, own, ask, missing, whole)

    def _places_with(self, number: int, wanted: Wanted) -> tuple[Collection[int], Collection[int]]:
        """Return the passages of a summary that have the very words, and the others that have the same in other words."""
        places_of = self._places[number]
        exactly = places_of.get(wanted.exact, ())
        if not wanted.concepts:
            return exactly, ()
        return exactly, {place for concept in wanted.concepts for place in places_of.get(concept, ())}.difference(exactly)


def wanted(units: Iterable[Unit]) -> list[Wanted]:
    """Return the words and phrases of a question as they are looked up."""
    return [Wanted(" ".join(unit.bases), unit.concepts) for unit in units]


def _span(passages: Sequence[Passage], fields: Collection[str]) -> range:
    """Return the places of the passages of some fields that follow each other."""
    places = [place for place, passage in enumerate(passages) if passage.field in fields]
    return range(places[0], places[-1] + 1) if places else range(0)


def _product(factors: Sequence[float], places: Iterable[int]) -> float:
    product = 1.0
    for place in places:
        product *= factors[place]
    return product

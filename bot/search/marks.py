"""Why a summary was found: which words of the question it meets, and where in a text they stand."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache

from bot.search.concepts import Concepts, capitals_in
from bot.search.question import LIGHT, Unit
from bot.search.text import stem, tokens

MOST = 6
"""Places marked in one text: more would be noise."""
REMEMBERED = 2_000
"""Texts whose words are remembered: some 300 cards."""

_WORD = re.compile(r"\.\d+|[^\W_](?:[^\s_/–—]*[^\W_])?[\u0300-\u036f]*")
"""A word as it stands in a text, with its inner hyphens, apostrophes and points and its accents; or a number like .278."""

Span = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Why:
    """What of a question a summary meets: index terms (stems) and concepts of the lexicon (by their first phrase); and the
    terms that it does not meet at all.
    """

    terms: tuple[str, ...]
    concepts: tuple[str, ...]
    missed: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Standing:
    """Where the terms and the concepts of a text stand first."""

    terms: Mapping[str, Span]
    concepts: Mapping[str, Span]


class Places:
    """Where the words of the library's texts stand: a card is shown again and again, and its texts stay. Never asked for the
    text of a question, since it remembers.
    """

    def __init__(self, concepts: Concepts) -> None:
        self._concepts = concepts
        self.of = lru_cache(maxsize=REMEMBERED)(self._of)

    def _of(self, text: str) -> Standing:
        words: list[str] = []
        places: list[Span] = []
        for match in _WORD.finditer(text):
            for word in tokens(match[0]):
                words.append(word)
                places.append(match.span())
        terms: dict[str, Span] = {}
        for term, span in zip(map(stem, words), places, strict=True):
            terms.setdefault(term, span)
        concepts: dict[str, Span] = {}
        for found in self._concepts.find(words, capitals_in(text)):
            concepts.setdefault(found.concept, (places[found.start][0], places[found.end - 1][1]))
        return Standing(terms, concepts)


@dataclass(frozen=True, slots=True)
class Marker:
    """Finds in a text of the library the words that a question's weighty units meant, by stem or as a concept of the
    lexicon.

    Everyday words of a question ("client", "session") are not marked: they did not decide anything.
    """

    units: tuple[Unit, ...]
    places: Places

    def spans(self, text: str) -> list[Span]:
        """The places to mark, in order and apart; each unit only where it stands first."""
        standing = self.places.of(text)
        return _apart(span for unit in self.units if unit.say > LIGHT for span in _of(unit, standing))[:MOST]


def _of(unit: Unit, standing: Standing) -> Iterable[Span]:
    """Where a unit stands: its very words, else what stands for it."""
    own = [standing.terms[term] for term in (*unit.terms, *unit.names) if term in standing.terms]
    return own or [standing.concepts[concept] for concept in unit.concepts if concept in standing.concepts][:1]


def _apart(spans: Iterable[Span]) -> list[Span]:
    """Spans in order, those that touch or overlap made one."""
    joined: list[Span] = []
    for start, end in sorted(set(spans)):
        if joined and start <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(end, joined[-1][1]))
        else:
            joined.append((start, end))
    return joined

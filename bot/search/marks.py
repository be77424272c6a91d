"""Why a summary was found: which words of the question it matches, and where they are in a text."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from bot.search.concepts import Concepts, capitals_in
from bot.search.question import LIGHT, Unit
from bot.search.text import stem, tokens

MOST = 6
"""Marks in one text: more would be noise."""
_WORD = re.compile(r"\.\d+|[^\W_](?:[^\s_/–—]*[^\W_])?[\u0300-\u036f]*")
"""A word as written, with its inner hyphens, apostrophes and points and its accents; or a number like .278."""

Span = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Why:
    """What of a question a summary matches: index terms (stems) and concepts of the lexicon (by their first phrase); and the
    terms that it does not match at all.
    """

    terms: tuple[str, ...]
    concepts: tuple[str, ...]
    missed: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class FirstPositions:
    """Where the terms and the concepts of a text occur first."""

    terms: Mapping[str, Span]
    concepts: Mapping[str, Span]


@dataclass(frozen=True, slots=True)
class Marker:
    """Finds in a text of the library the words that a question's weighty units meant, by stem or as a concept of the
    lexicon.

    Everyday words of a question ("client", "session") are not marked: they did not decide anything.
    """

    units: tuple[Unit, ...]
    positions_in: Callable[[str], FirstPositions]

    def spans(self, text: str) -> list[Span]:
        """Return the spans to mark, in order and without overlaps; each unit only where it occurs first."""
        positions = self.positions_in(text)
        return _joined(span for unit in self.units if unit.weight > LIGHT for span in _spans_of(unit, positions))[:MOST]


def _spans_of(unit: Unit, positions: FirstPositions) -> Iterable[Span]:
    """Return where a unit occurs: its own words, else one of its concepts."""
    own = [positions.terms[term] for term in (*unit.terms, *unit.names) if term in positions.terms]
    return own or [positions.concepts[concept] for concept in unit.concepts if concept in positions.concepts][:1]


def _joined(spans: Iterable[Span]) -> list[Span]:
    """Return spans in order, with those that touch or overlap made one."""
    joined: list[Span] = []
    for start, end in sorted(set(spans)):
        if joined and start <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(end, joined[-1][1]))
        else:
            joined.append((start, end))
    return joined


def first_positions(lexicon: Concepts, text: str) -> FirstPositions:
    """Return where the terms and the concepts of a text occur first."""
    words: list[str] = []
    places: list[Span] = []
    for match in _WORD.finditer(text):
        for word in tokens(match[0], lexicon.compounds):
            words.append(word)
            places.append(match.span())
    for start, end, spelt in reversed(lexicon.compounds.rewrites(words)):
        words[start:end] = spelt
        places[start:end] = [(places[start][0], places[end - 1][1])] * len(spelt)
    terms: dict[str, Span] = {}
    for term, span in zip(map(stem, words), places, strict=True):
        terms.setdefault(term, span)
    concepts: dict[str, Span] = {}
    for found in lexicon.find(words, capitals_in(text)):
        concepts.setdefault(found.concept, (places[found.start][0], places[found.end - 1][1]))
    return FirstPositions(terms, concepts)

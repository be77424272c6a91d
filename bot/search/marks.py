"""Why a summary was found: which words of the question it meets, and where in a text they stand."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from bot.search.concepts import Concepts, capitals_in
from bot.search.question import LIGHT, Unit
from bot.search.text import stem, tokens

MOST = 6
"""Places marked in one text: more would be noise."""

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
class Marker:
    """Finds in a text the words that a question's weighty units meant, by stem or as a concept of the lexicon.

    Everyday words of a question ("client", "session") are not marked: they did not decide anything.
    """

    units: tuple[Unit, ...]
    concepts: Concepts

    def spans(self, text: str) -> list[Span]:
        """The places to mark, in order and apart; each unit only where it stands first."""
        words: list[str] = []
        places: list[Span] = []
        for match in _WORD.finditer(text):
            for word in tokens(match[0]):
                words.append(word)
                places.append(match.span())
        terms: dict[str, Span] = {}
        for term, span in zip(map(stem, words), places, strict=True):
            terms.setdefault(term, span)
        phrases: dict[str, Span] = {}
        for found in self.concepts.find(words, capitals_in(text)):
            phrases.setdefault(found.concept, (places[found.start][0], places[found.end - 1][1]))
        return _apart(span for unit in self.units if unit.say > LIGHT for span in _of(unit, terms, phrases))[:MOST]


def _of(unit: Unit, terms: dict[str, Span], phrases: dict[str, Span]) -> Iterable[Span]:
    """Where a unit stands: its very words, else what stands for it."""
    own = [terms[term] for term in (*unit.terms, *unit.names) if term in terms]
    return own or [phrases[concept] for concept in unit.concepts if concept in phrases][:1]


def _apart(spans: Iterable[Span]) -> list[Span]:
    """Spans in order, those that touch or overlap made one."""
    joined: list[Span] = []
    for start, end in sorted(set(spans)):
        if joined and start <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(end, joined[-1][1]))
        else:
            joined.append((start, end))
    return joined

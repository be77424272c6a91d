"""Whether a printed figure is about what was asked: judged by the words that the library prints with it (`what`), never by
the study that it comes from. Pure.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence

from bot.corpus.model import Effect
from bot.search.marks import FirstPositions, Marker, Span
from bot.search.question import LIGHT, Unit
from bot.search.text import tokens
from bot.search.words import STOP_WORDS

Fit = Callable[[Effect], int]
"""How well a figure fits: 0 where it is about something else, 2 where it begins with what was asked, else 1."""
ENOUGH = 0.6
"""The share of the weight of a question's words that must be in a figure's own words."""

BEGINNING = 5
"""Letters that two words share which are forms or parts of one another ("video", "videotherapy")."""


def everything(_effect: Effect) -> int:
    """Every figure fits: nothing in particular was asked."""
    return 1


def fit_to(asked: Sequence[Marker]) -> Fit:
    """Return how well figures fit one of several ways to say a thing, such as a topic's name and its aliases."""
    return lambda effect: max((_fit(each, effect.what) for each in asked), default=0)


def telling(asked: Marker) -> list[Unit]:
    """Return the words of a question that say what it is about: those of the field, or all where there are none."""
    return [unit for unit in asked.units if unit.weight > LIGHT] or list(asked.units)


def named(asked: Marker, effects: Sequence[Effect]) -> str:
    """Return what was asked in the words of the figures that fit it: the library's words, none of a question's."""
    found = []
    for unit in telling(asked):
        spans = ((effect.what, _span(unit, asked.positions_in(effect.what), effect.what)) for effect in effects)
        said = Counter(_plain(what[span[0] : span[1]]) for what, span in spans if span)
        found += [said.most_common(1)[0][0]] if said else []
    return ", ".join(dict.fromkeys(found))


def _plain(phrase: str) -> str:
    """Return a phrase without its stop words: "video" of "by video"."""
    return " ".join(word for word in phrase.lower().split() if word not in STOP_WORDS)


def _fit(asked: Marker, what: str) -> int:
    units, positions = telling(asked), asked.positions_in(what)
    spans = [span for unit in units if (span := _span(unit, positions, what))]
    covered = sum(unit.weight for unit in units if _span(unit, positions, what))
    if not spans or covered < ENOUGH * sum(unit.weight for unit in units):
        return 0
    return 2 if len(what[: min(spans)[0]].split()) <= 1 else 1


def _span(unit: Unit, positions: FirstPositions, what: str) -> Span | None:
    """Return where a text names a unit: by its own words, one after the other, else by a phrase of the lexicon that has one
    of them ("working alliance" for "therapeutic alliance") or abbreviates them ("CBT").

    A mere synonym names it too loosely for a figure, and so does a part of a compound ("extra-therapeutic factors").
    """
    own = [positions.terms[term] for term in unit.terms if term in positions.terms]
    if own and len(own) == len(unit.terms) and len(what[min(own)[0] : max(own)[1]].split()) <= len(own):
        return min(own)[0], max(own)[1]
    phrases = (positions.concepts[concept] for concept in unit.concepts if concept in positions.concepts)
    return next((span for span in phrases if _says_same(unit, what[span[0] : span[1]])), None)


def _says_same(unit: Unit, phrase: str) -> bool:
    beginnings = {term[:BEGINNING] for term in unit.terms}
    return phrase.isupper() or ("-" not in phrase and any(word[:BEGINNING] in beginnings for word in tokens(phrase)))

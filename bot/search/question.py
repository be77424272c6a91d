"""Reading a question: its words, repaired where misspelt, the concepts in them, and a month named in plain words."""

from __future__ import annotations

import calendar
import re
from dataclasses import dataclass, field

from bot.search.concepts import Concepts, capitals_in
from bot.search.spelling import Speller, english
from bot.search.text import fold, is_number, stem, tokens
from bot.search.words import LIGHT_WORDS, STOP_WORDS

MAX_CHARACTERS = 1_000
"""A longer question is cut here, at a word's end: three pasted sentences fit, a chapter does not help."""
MAX_WORDS = 120
MAX_REPAIRS = 12
"""Words of one question that are looked up for repair: bounds the work on junk."""

LIGHT = 0.3
"""The say of an everyday word beside a word of the matter (1.0)."""

_MONTHS = {name.lower(): number for names in (calendar.month_name, calendar.month_abbr) for number, name in enumerate(names) if name}
_MONTHS["sept"] = 9
_MONTH_YEAR = re.compile(r"\b([a-z]{3,9})\.?,?(?: of)? ((?:19|20)\d\d)\b")
_YEAR_MONTH = re.compile(r"\b((?:19|20)\d\d)[-/](0?[1-9]|1[0-2])\b(?![-/])")
_SLASH_MONTH = re.compile(r"\b(0?[1-9]|1[0-2])/((?:19|20)\d\d)\b")


@dataclass(frozen=True, slots=True)
class Unit:
    """One thing the question says: its own index terms, and the concepts that may stand for it. `say` is 0 to 1."""

    terms: tuple[str, ...]
    concepts: tuple[str, ...] = ()
    say: float = 1.0


@dataclass(frozen=True, slots=True)
class Question:
    """A question as the search sees it. `corrected` is the question with its spelling repaired, or None."""

    units: tuple[Unit, ...] = ()
    month: str | None = None
    corrected: str | None = None
    words: tuple[str, ...] = field(default=())


def clip(text: str) -> str:
    """The first MAX_CHARACTERS of a question, to the end of a word."""
    text = " ".join(text[: MAX_CHARACTERS * 4].split())
    if len(text) <= MAX_CHARACTERS:
        return text
    head = text[:MAX_CHARACTERS]
    return head.rsplit(" ", 1)[0] if " " in head else head


def read(text: str, speller: Speller, concepts: Concepts) -> Question:
    """Understand a question (already clipped). Never raises, whatever the characters."""
    folded, month = _take_month(fold(text))
    words, corrected = _repair(tokens(folded)[:MAX_WORDS], text, speller)
    return Question(_units(words, concepts, capitals_in(text)), month, corrected, tuple(words))


def _take_month(folded: str) -> tuple[str, str | None]:
    """The question without its month, and the month as "YYYY-MM"."""
    for pattern, year, number in ((_MONTH_YEAR, 2, 1), (_YEAR_MONTH, 1, 2), (_SLASH_MONTH, 2, 1)):
        if match := pattern.search(folded):
            name = match[number]
            month = int(name) if name.isdigit() else _MONTHS.get(name)
            if month:
                return folded[: match.start()] + " " + folded[match.end() :], f"{match[year]}-{month:02d}"
    return folded, None


def _repair(words: list[str], text: str, speller: Speller) -> tuple[list[str], str | None]:
    """The words with unknown ones repaired, and the whole question so repaired, or None where nothing was."""
    repairs: dict[str, list[str]] = {}
    looked_up = 0
    for word in dict.fromkeys(words):
        if word in STOP_WORDS or word in LIGHT_WORDS or is_number(word) or speller.knows(word) or looked_up >= MAX_REPAIRS:
            continue
        if word in english():
            continue
        looked_up += 1
        if meant := speller.repair(word):
            repairs[word] = meant
    if not repairs:
        return words, None
    repaired = [part for word in words for part in repairs.get(word, [word])]
    shown = " ".join(" ".join(repairs.get(word, [word])) for word in tokens(text))
    return repaired, shown


def _units(words: list[str], concepts: Concepts, capitals: frozenset[str]) -> tuple[Unit, ...]:
    """Content words and phrases, each once. A phrase of the lexicon is one unit, however many words it has."""
    units: dict[tuple[str, ...], Unit] = {}
    matches = sorted(concepts.find(words, capitals), key=lambda match: (match.start - match.end, match.start))
    taken: dict[int, tuple[int, int]] = {}
    meaning: dict[tuple[int, int], list[str]] = {}
    for match in matches:
        span = (match.start, match.end)
        free = all(taken.get(place, span) == span for place in range(*span))
        if free:
            taken |= dict.fromkeys(range(*span), span)
            meaning.setdefault(span, []).append(match.concept)
        elif match.end - match.start == 1:
            meaning.setdefault(taken[match.start], []).append(match.concept + "?")
    place = 0
    while place < len(words):
        start, end = taken.get(place, (place, place + 1))
        content = [word for word in words[start:end] if word not in STOP_WORDS]
        found = tuple(concept for concept in meaning.get((start, end), ()) if not concept.endswith("?"))
        if content or found:
            terms = tuple(stem(word) for word in content)
            say = 1.0 if any(word not in LIGHT_WORDS for word in content) or (found and end - start > 1) else LIGHT
            units.setdefault(terms or found, Unit(terms, found, say))
        place = end
    return tuple(units.values())

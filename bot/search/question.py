"""Reading a question: its words, repaired where misspelt, the concepts in them, and a month named in plain words."""

from __future__ import annotations

import calendar
import re
import unicodedata
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import NamedTuple

from bot.search.commonness import commonness
from bot.search.compounds import Compounds
from bot.search.concepts import Concepts, Match, capitals_in
from bot.search.english import english
from bot.search.shorthand import spelled_out, unslashed
from bot.search.spelling import Speller
from bot.search.text import base, is_number, split, stem, tokens, undotted
from bot.search.words import LIGHT_WORDS, STOP_WORDS
from bot.text import fold, seen

MAX_CHARACTERS = 1_000
"""A longer question is cut here, at a word's end: three pasted sentences fit, a chapter does not help."""
MAX_EXPANSION = 3
"""Characters that one may expand to on average (Hangul: 3). U+FDFA expands to 18, and is no question."""
MAX_WORDS = 120
MAX_REPAIRS = 12
"""Words of one question that are looked up for repair: limits the work on junk."""

STORY = 16
"""Words from which on a date in a question is not taken for the month of an issue."""

LIGHT = 0.47
"""The weight of an everyday word of this field, beside a term of the field (1.0)."""
PLAIN = 0.8
"""The weight of any other word that is no term of the field, as long as it is rare in English."""
COMMON = 0.2
"""What a word loses in weight for being ten times as common in English; a word of the lexicon loses half of it."""
LEAST = 0.2
"""The weight of the commonest words."""
IDIOM = 1.0
"""A phrase of the lexicon whose only content word is more common than this means what the phrase means, not that word ("how
common", "getting along").
"""

_SENTENCE_END = re.compile(r"[.!?;](?=\s)|\n")
_MONTHS = {
    name.lower(): number for names in (calendar.month_name, calendar.month_abbr) for number, name in enumerate(names) if name
}
_MONTHS["sept"] = 9
_MONTHS_BEGIN = frozenset(name[:3] for name in _MONTHS)
_MONTH_YEAR = re.compile(r"\b([a-z]{3,9})\.?,?(?: of)? ((?:19|20)\d\d)\b")
_YEAR_MONTH = re.compile(r"\b((?:19|20)\d\d)[-/](0?[1-9]|1[0-2])\b(?![-/])")
_SLASH_MONTH = re.compile(r"\b(0?[1-9]|1[0-2])/((?:19|20)\d\d)\b")


class Unit(NamedTuple):
    """A word or phrase of a question: its index terms, the concepts that may replace them, and the authors it may mean.

    `weight` (0 to 1) is how much it counts; `bases` are its content words without their endings.
    """

    terms: tuple[str, ...]
    concepts: tuple[str, ...] = ()
    weight: float = 1.0
    names: tuple[str, ...] = ()
    bases: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Question:
    """A question as the search sees it. `corrected` is the question with its spelling repaired, or None.

    `parts` are its sentences (or the whole, where it is one), each a tuple of places in `units`: in a pasted situation one
    sentence often has the point. `narrows` is what a summary must have to answer it (`bot.search.narrowing`).
    """

    units: tuple[Unit, ...] = ()
    parts: tuple[tuple[int, ...], ...] = ()
    month: str | None = None
    corrected: str | None = None
    words: tuple[str, ...] = ()
    narrows: frozenset[str] = frozenset()


def clip(text: str) -> str:
    """Return the first MAX_CHARACTERS of a question, to the end of a word, without invisible characters."""
    text = " ".join(seen(text[: MAX_CHARACTERS * 4]).split())
    if not text.isascii() and len(unicodedata.normalize("NFKD", text[:MAX_CHARACTERS])) > MAX_EXPANSION * MAX_CHARACTERS:
        text = text[: MAX_CHARACTERS // 18]
    if len(text) <= MAX_CHARACTERS:
        return text
    head = text[:MAX_CHARACTERS]
    return head.rsplit(" ", 1)[0] if " " in head else head


def read(text: str, speller: Speller, concepts: Concepts, month_of: Callable[[int], str | None] | None = None) -> Question:
    """Read a question (already clipped). Never raises, whatever the characters.

    `month_of` gives the month meant by a bare name ("what was in September"), by its number in the year.
    """
    capitals = capitals_in(text)
    terms = [word.lower() for word in capitals if concepts.abbreviated(word, capitals)]  # PCT is a therapy, pct is percent
    folded, month = _take_month(spelled_out(fold(undotted(text)), terms), month_of)
    spelt = concepts.compounds
    sentences = [found for sentence in _SENTENCE_END.split(folded) if (found := tokens(sentence, spelt))]
    sentences = [speller.names.read(words, text) for words in sentences]
    repairs = _repairs((word for sentence in sentences for word in sentence), speller)
    units: dict[Unit, int] = {}
    parts: list[tuple[int, ...]] = []
    words: list[str] = []
    for sentence in sentences:
        repaired = [part for word in sentence for part in repairs.get(word, [word])][: MAX_WORDS - len(words)]
        if repairs:  # "drpo out" is a drop-out
            repaired = spelt.spell(repaired)
        words += repaired
        part = tuple(units.setdefault(unit, len(units)) for unit in units_of(repaired, concepts, capitals, speller))
        if part:
            parts.append(part)
    whole = tuple(range(len(units)))
    corrected = _corrected(text, repairs, spelt) if repairs else None
    return Question(tuple(units), tuple(dict.fromkeys([*parts, whole])), month, corrected, tuple(words))


def _corrected(text: str, repairs: dict[str, list[str]], spelt: Compounds) -> str:
    """Return a text with its misspelt words repaired and the others as typed."""
    text = unslashed(text)
    typed = [(word, tokens(word, spelt)) for word in split(text)]
    if repairs.keys() <= {part for _, parts in typed for part in parts}:
        typed_again = (
            [word]
            if repairs.keys().isdisjoint(parts) and ("-" in word or len(parts) == 1)
            else [meant for part in parts for meant in repairs.get(part, [part])]
            for word, parts in typed
        )
    else:  # what was two words is one misspelt word
        typed_again = ([*repairs.get(word, [word])] for word in tokens(text, spelt))
    return " ".join(word for words in typed_again for word in words)


def _take_month(folded: str, month_of: Callable[[int], str | None] | None = None) -> tuple[str, str | None]:
    """Return the question without its month, and the month as "YYYY-MM". The dates in a longer question belong to its
    story.
    """
    words = folded[: MAX_CHARACTERS * 2].split()
    if len(words) > STORY:
        return folded, None
    for pattern, year, number in ((_MONTH_YEAR, 2, 1), (_YEAR_MONTH, 1, 2), (_SLASH_MONTH, 2, 1)):
        if ("19" in folded or "20" in folded) and (match := pattern.search(folded)):
            name = match[number]
            month = int(name) if name.isdigit() else _MONTHS.get(name)
            if month:
                return folded[: match.start()] + " " + folded[match.end() :], f"{match[year]}-{month:02d}"
    if not month_of or not any(name in folded for name in _MONTHS_BEGIN):
        return folded, None
    typed = tokens(folded)
    named = [word for word in typed if word in _MONTHS]
    others = [word for word in typed if word not in _MONTHS and word not in STOP_WORDS and word not in LIGHT_WORDS]
    if len(named) == 1 and not others and (named[0] not in STOP_WORDS or len(words) == 1):
        return "", month_of(_MONTHS[named[0]])
    return folded, None


def _repairs(words: Iterable[str], speller: Speller) -> dict[str, list[str]]:
    """Return what is meant by those words that neither the corpus nor English knows."""
    repairs: dict[str, list[str]] = {}
    looked_up = 0
    for word in dict.fromkeys(words):
        if word in STOP_WORDS or word in LIGHT_WORDS or is_number(word) or speller.knows(word):
            continue
        if looked_up >= MAX_REPAIRS or word in english():
            continue
        looked_up += 1
        if meant := speller.repair(word):
            repairs[word] = meant
    return repairs


def units_of(
    words: list[str],
    concepts: Concepts,
    capitals: frozenset[str],
    speller: Speller,
    *,
    bases: list[str] | None = None,
    matches: Iterable[Match] | None = None,
    memory: dict[str | tuple[str, ...], Unit | None] | None = None,
) -> list[Unit]:
    """Return content words and phrases, each once. A phrase of the lexicon is one unit, however many words it has.

    `bases` are those of the words and `matches` the concepts in them, where they are known; `memory` contains the units of
    earlier texts read with the same speller (never those of questions).
    """
    bases = bases or [*map(base, words)]
    if memory is None:
        memory = {}
    if matches is None:
        matches = dict.fromkeys((*concepts.find(words, capitals, bases), *concepts.find_loosely(words, bases)))
    ends: dict[int, int] = {}  # of the phrase that begins at a place; a place within a phrase ends before it begins
    meanings: dict[int, list[str]] = {}
    for match in sorted(matches, key=_longest_first):
        start, end, concept = match
        if start not in ends and (end == start + 1 or ends.keys().isdisjoint(range(start + 1, end))):
            ends |= dict.fromkeys(range(start, end), 0)
            ends[start] = end
        if ends.get(start) == end:
            meanings.setdefault(start, []).append(concept)
    units: dict[tuple[str, ...], Unit] = {}
    for place, word in enumerate(words):
        if place not in ends:  # a word of no phrase: most of them, and known by itself
            if word not in memory:
                memory[word] = _unit([word], [bases[place]], (), concepts, capitals, speller)
            unit = memory[word]
        elif end := ends[place]:
            found = tuple(meanings[place])
            key = (*words[place:end], *found)
            if key not in memory:
                memory[key] = _unit(words[place:end], bases[place:end], found, concepts, capitals, speller)
            unit = memory[key]
        else:
            continue
        if unit:
            units.setdefault(unit.terms or unit.concepts, unit)
    return list(units.values())


def _unit(
    words: list[str],
    bases: list[str],
    found: tuple[str, ...],
    concepts: Concepts,
    capitals: frozenset[str],
    speller: Speller,
) -> Unit | None:
    """Return a word or a phrase that means the concepts `found`; None where it has stop words alone and means nothing."""
    content = [word for word in words if word not in STOP_WORDS]
    if not content and not found:
        return None
    terms = tuple([stem(word) for word in content])
    if found and len(words) > len(content) == 1 and commonness(content[0]) > IDIOM:
        terms = ()
    if len(words) == 1 and concepts.abbreviated(words[0], capitals):
        terms = ()  # the plain word is not meant
    names = tuple([stem(name) for word in content if (name := speller.author_like(word))])
    its_bases = tuple([its for word, its in zip(words, bases, strict=True) if word not in STOP_WORDS]) if terms else ()
    return Unit(terms, found, _weight(content, found, len(words), speller), names, its_bases)


def _longest_first(match: Match) -> tuple[int, int]:
    return match.start - match.end, match.start


def _weight(content: list[str], concepts: tuple[str, ...], length: int, speller: Speller) -> float:
    """Return how much a word or phrase counts: names, numbers and phrases of the lexicon in full, other words the less the
    commoner they are in English. A number of one digit is mostly one of a story ("6 sessions"), and weighs little.
    """
    if concepts and length > 1:
        return 1.0
    if LIGHT_WORDS.issuperset(content):
        return LIGHT
    if all(is_number(word) and len(word) == 1 for word in content):
        return LIGHT
    if any(is_number(word) or speller.is_author(word) for word in content):
        return 1.0
    common = COMMON * min(map(commonness, content))
    return max(LEAST, 1.0 - common / 2 if concepts else PLAIN - common)

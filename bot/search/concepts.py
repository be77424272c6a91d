"""The lexicon at work: abbreviations and synonym groups become concepts, found as phrases in texts and questions alike.

A concept is an index term of its own (`#12`). A summary that says "premature termination" and a question that says
"dropped out" share no word but do share the concept, which counts for less than the very word.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from bot.corpus.model import Lexicon
from bot.search.text import is_number, stem, tokens
from bot.search.words import STOP_WORDS

MAX_PHRASE = 6
"""Words in the longest phrase that is matched."""

_AMBIGUOUS = frozenset(
    """
    act ai camp can care cat ci cope core dose es est fit host ifs is it map mi must net ors pace pact para pat pe pin pip
    rose sad set star best us
    """.split()
)
"""Abbreviations that are also plain words: only written in capitals do they count as abbreviations."""


@dataclass(frozen=True, slots=True)
class Match:
    """A phrase found in a list of tokens: tokens[start:end] means `concept`."""

    start: int
    end: int
    concept: str


class Concepts:
    """Finds the lexicon's phrases. Matching is by stem, so "dropping out" is "drop out"."""

    def __init__(self, lexicon: Lexicon) -> None:
        self._phrases: dict[tuple[str, ...], list[str]] = {}
        self._capitals: dict[str, list[str]] = {}
        self._longest: dict[str, int] = {}  # of the phrases that begin with a stem
        self.words: set[str] = set()
        groups = [*lexicon.synonyms, *([short, *long] for short, long in lexicon.abbreviations.items())]
        for number, group in enumerate(groups):
            for phrase in group:
                self._add(phrase, f"#{number}")

    def _add(self, phrase: str, concept: str) -> None:
        words = tokens(phrase)
        if not 0 < len(words) <= MAX_PHRASE:
            return
        if len(words) == 1 and phrase.isupper() and words[0] in _AMBIGUOUS:
            self._capitals.setdefault(phrase, []).append(concept)
            return
        self.words.update(word for word in words if word not in STOP_WORDS and not is_number(word))
        stems = tuple(stem(word) for word in words)
        self._longest[stems[0]] = max(self._longest.get(stems[0], 0), len(stems))
        held = self._phrases.setdefault(stems, [])
        if concept not in held:
            held.append(concept)

    def find(self, words: list[str], capitals: frozenset[str] = frozenset()) -> Iterator[Match]:
        """Every phrase among the tokens, the longest first at each place; `capitals` are words written in capitals."""
        stems = [stem(word) for word in words]
        for start in range(len(words)):
            for concept in self._capitals.get(words[start].upper(), ()) if words[start].upper() in capitals else ():
                yield Match(start, start + 1, concept)
            for end in range(min(len(words), start + self._longest.get(stems[start], 0)), start, -1):
                for concept in self._phrases.get(tuple(stems[start:end]), ()):
                    yield Match(start, end, concept)

    def terms(self, words: list[str], text: str) -> list[str]:
        """The concepts in a text and its tokens, as index terms."""
        return [match.concept for match in self.find(words, capitals_in(text))]


def capitals_in(text: str) -> frozenset[str]:
    """The words of a text that are written in capitals (two letters or more), unless all of it is."""
    if text.isupper() and " " in text.strip():
        return frozenset()
    return frozenset(word for word in text.replace("-", " ").replace("/", " ").split() if word.isupper() and len(word) > 1)

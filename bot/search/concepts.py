"""The lexicon in use: abbreviations and synonym groups become concepts, found as phrases in texts and in questions.

A concept is an index term of its own (`#12`). A summary that says "premature termination" and a question that says
"dropped out" share no word but do share the concept, which counts for less than the very word.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import partial
from typing import NamedTuple

from bot.corpus.model import Lexicon
from bot.search.compounds import PLAIN, Compounds
from bot.search.text import WordsOf, base, is_number, learn_bases, tokens
from bot.search.words import STOP_WORDS

MAX_PHRASE = 6
"""Words in the longest phrase that is matched."""

_AMBIGUOUS = frozenset(
    """
    act ai aud ba bed best camp cams can care cat ci cope core did dose eap ect ema es est fap fit host ifs ipa is it map mi
    mlm mst must net ors pace pact para pat pct pe pin pip poc prn pst rom rose sad sem ses set si star tau us
    """.split()
)
"""Abbreviations that are also plain words: only written in capitals do they count as abbreviations."""
FILLERS = frozenset(
    """
    a all an again always completely even her his him just my our quite really so some still the their them this too totally
    very your
    """.split()
)
"""Small words that may be added to or left out of a phrase in a question: "left them worse" means "left worse"."""
_WORD = re.compile(r"[^\W_]{2,}")


class Match(NamedTuple):
    """A phrase found in a list of tokens: tokens[start:end] means `concept`."""

    start: int
    end: int
    concept: str


class Concepts:
    """Finds the lexicon's phrases, spelt as `compounds` say. Matching is by base: "getting stuck" is "get stuck", but
    "medical" is no "medication".
    """

    def __init__(self, lexicon: Lexicon, compounds: Compounds = PLAIN, words_of: WordsOf | None = None) -> None:
        """`words_of`: what returns the `tokens` of a phrase with these compounds, where something remembers them."""
        words_of = words_of or partial(tokens, compounds=compounds)
        self.compounds = compounds
        # By the base of a phrase's first word, then by that of its second (None for one word): the phrases, longest first.
        self._phrases: dict[str, dict[str | None, list[tuple[tuple[str, ...], list[str]]]]] = {}
        self._bare: dict[tuple[str, str], list[tuple[tuple[str, ...], list[str]]]] = {}  # by the first two without fillers
        self._capitals: dict[str, list[str]] = {}
        self.words: set[str] = set()
        self.out_of_domain_words: set[str] = set()
        groups = [*lexicon.synonyms, *([short, *long] for short, long in lexicon.abbreviations.items())]
        groups += [(term,) for term in lexicon.units]
        self._out_of_domain_from = len(groups)
        groups += [(term,) for term in lexicon.elsewhere]
        self.labels = {f"#{number}": group[0] for number, group in enumerate(groups) if group}
        known: dict[tuple[str, ...], list[str]] = {}
        for number, group in enumerate(groups):
            words = self.words if number < self._out_of_domain_from else self.out_of_domain_words
            for phrase in group:
                spelt = words_of(phrase)
                if 0 < len(spelt) <= MAX_PHRASE:
                    self._add(phrase, spelt, f"#{number}", words, known)
        for seconds in self._phrases.values():
            for alike in seconds.values():
                if len(alike) > 1:
                    alike.sort(key=lambda phrase: -len(phrase[0]))
        self.words = {word for word in self.words if word not in STOP_WORDS and not is_number(word)}

    def is_out_of_domain(self, concept: str) -> bool:
        """Return whether a concept is one of another field or subject."""
        return int(concept[1:]) >= self._out_of_domain_from

    def _add(
        self, phrase: str, words: list[str], concept: str, all_words: set[str], known: dict[tuple[str, ...], list[str]]
    ) -> None:
        """Add a phrase of a concept, by its words as they are spelt; `known` has the concepts of those that were added, by
        their bases.
        """
        if len(words) == 1 and phrase.isupper() and words[0] in _AMBIGUOUS:
            self._capitals.setdefault(phrase, []).append(concept)
            return
        all_words.update(words)
        bases = tuple(learn_bases(words))
        concepts = known.get(bases)
        if concepts is None:
            known[bases] = concepts = []
            seconds = self._phrases.setdefault(bases[0], {})
            seconds.setdefault(bases[1] if len(bases) > 1 else None, []).append((bases, concepts))
        if concept not in concepts:
            concepts.append(concept)
        bare = bases
        if not FILLERS.isdisjoint(words):
            bare = tuple([base for word, base in zip(words, bases, strict=True) if word not in FILLERS])
        if len(bare) > 1:
            self._bare.setdefault((bare[0], bare[1]), []).append((bare, [concept]))

    def find(
        self, words: list[str], capitals: frozenset[str] = frozenset(), bases: list[str] | None = None
    ) -> Iterator[Match]:
        """Yield every phrase among the tokens, the longest first at each place; `capitals` are words written in capitals,
        `bases` those of the tokens where they are known.
        """
        if bases is None:
            bases = [*map(base, words)]
        for start, phrases in enumerate(map(self._phrases.get, bases)):
            abbreviated = self.abbreviated(words[start], capitals) if capitals else ()
            for concept in abbreviated:
                yield Match(start, start + 1, concept)
            if phrases is None:
                continue
            if start + 1 < len(bases) and (longer := phrases.get(bases[start + 1])):
                for phrase, concepts in longer:
                    if len(phrase) == 2 or tuple(bases[start : start + len(phrase)]) == phrase:
                        for concept in concepts:
                            yield Match(start, start + len(phrase), concept)
            for _, concepts in phrases.get(None, ()) if not abbreviated else ():
                for concept in concepts:
                    yield Match(start, start + 1, concept)

    def find_loosely(self, words: Sequence[str], all_bases: Sequence[str]) -> Iterator[Match]:
        """Yield the phrases of two words or more in a question, whatever small words (`FILLERS`) it has between theirs;
        `all_bases` are those of its words.
        """
        places = [place for place, word in enumerate(words) if word not in FILLERS]
        bases = [all_bases[place] for place in places]
        for at in range(len(bases) - 1):
            for phrase, concepts in self._bare.get((bases[at], bases[at + 1]), ()):
                end = at + len(phrase)
                if len(phrase) == 2 or tuple(bases[at:end]) == phrase:
                    for concept in concepts:
                        yield Match(places[at], places[end - 1] + 1, concept)

    def abbreviated(self, word: str, capitals: frozenset[str]) -> Sequence[str]:
        """Return the concepts of a word that is an abbreviation here, as it is written in capitals: "SAD" is not "sad"."""
        return self._capitals.get(word.upper(), ()) if capitals and word.upper() in capitals else ()

    def capitals_in(self, text: str) -> frozenset[str]:
        """Like the function of this name, but empty at once where no abbreviation that needs capitals can be meant."""
        return capitals_in(text) if any(short in text for short in self._capitals) else frozenset()


def capitals_in(text: str) -> frozenset[str]:
    """Return the words of a text that are written in capitals (two letters or more), unless all of it is."""
    if text.isupper() and " " in text.strip():
        return frozenset()
    return frozenset(word for word in _WORD.findall(text.replace(".", "")) if word.isupper())

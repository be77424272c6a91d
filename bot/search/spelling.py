"""Repair of words that neither the corpus nor English knows: by edit distance to everyday words and to those that the corpus
does know, and for words typed without their vowels ("thrpst", "shld").
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from rapidfuzz import process
from rapidfuzz.distance import OSA

from bot.search.english import english
from bot.search.names import NO_NAMES, Names
from bot.search.words import LIGHT_WORDS, STOP_WORDS

MIN_LENGTH = 4
"""Shorter words are left alone: too many words are one letter away."""
LEAST_SKELETON = 3
"""A shorter word says too little to be typed without its vowels."""
MAX_LENGTH = 40
"""Longer ones too: they are not words."""


_VOWEL = re.compile(r"[aeiouy]")
_NO_VOWELS = str.maketrans("", "", "aeiou")
_DOUBLED = re.compile(r"(.)\1+")
_SWAPPED = {
    swapped: word
    for word in "who how the and you not can was are has but for why get".split()
    for swapped in (word[1] + word[0] + word[2:], word[:-2] + word[-1] + word[-2])
    if swapped not in STOP_WORDS
}
"""Of the shortest words only those are mended in which two letters changed places ("hwo", "adn")."""


class Words:
    """A set of words that finds those within a few edits of one, and those that one is short for."""

    def __init__(self, words: Iterable[str]) -> None:
        self._by_length: dict[int, list[str]] = {}
        self._by_initial: dict[tuple[str, int], list[str]] = {}
        self._by_skeleton: dict[str, list[str]] = {}
        for word in sorted(words):
            self._by_skeleton.setdefault(_skeleton(word), []).append(word)
            self._by_length.setdefault(len(word), []).append(word)
            self._by_initial.setdefault((word[0], len(word)), []).append(word)

    def __bool__(self) -> bool:
        return bool(self._by_length)

    def near(self, word: str, edits: int, *, same_initial: bool = False) -> list[tuple[int, str]]:
        """Return the words at most `edits` edits away (a swap of neighbours counts as one), each with its distance."""
        found: list[tuple[int, str]] = []
        for length in range(len(word) - edits, len(word) + edits + 1):
            choices = self._by_initial.get((word[0], length)) if same_initial else self._by_length.get(length)
            if choices:
                matches = process.extract(word, choices, scorer=OSA.distance, score_cutoff=edits, limit=None)
                found += [(int(distance), str(match)) for match, distance, _ in matches]
        return found

    def without_vowels(self, typed: str) -> list[str]:
        """Return the words that are typed without some of their vowels and second letters of a pair ("btr" for "better")."""
        return [word for word in self._by_skeleton.get(_skeleton(typed), ()) if _lost_letters(typed, word)]


class Speller:
    """Repairs words against a vocabulary of folded words, each with how often the corpus uses it."""

    def __init__(self, vocabulary: Mapping[str, int], names: Names = NO_NAMES) -> None:
        """`vocabulary`: folded words and how often they are used (0: known, but never meant); `names`: those of authors."""
        self._vocabulary = vocabulary
        self.names = names
        self._authors = Words(name for name in names.plain if len(name) > MIN_LENGTH)
        self._words = Words(
            word
            for word, used in vocabulary.items()
            if used and word.isalpha() and word.islower() and len(word) >= MIN_LENGTH
        )

    def knows(self, word: str) -> bool:
        """Return whether the corpus or its lexicon uses this word."""
        return word in self._vocabulary

    def is_author(self, word: str) -> bool:
        """Return whether a word is part of an author's name."""
        return word in self.names

    def author_like(self, word: str) -> str | None:
        """Return an author's name one letter away from a word that the corpus does not use ("larson" for Larsson), or None.

        It is an English word or another name, so it is not corrected, but the author may be meant.
        """
        if not MIN_LENGTH < len(word) <= MAX_LENGTH or self.knows(word) or not self._authors:
            return None
        found = min(self._authors.near(word, 1), default=None)
        return found[1] if found else None

    def repair(self, word: str) -> list[str]:
        """Return the words meant by an unknown one: one word, two where a space was forgotten, or none where nothing is
        near.

        A word without vowels is first looked for in full. Then an everyday word one edit away wins, unless two letters
        of a word of the corpus changed places. Allowed are 1 edit (a swap counts as one) up to five letters, 2 from six on
        and 3 from eleven on; with another first letter, one less; before more than one, what is typed without some vowels.
        Among equally near words those win that only lost letters, then the one the corpus uses most.
        """
        if word in _SWAPPED:
            return [_SWAPPED[word]]
        if not word.isalpha() or len(word) > MAX_LENGTH:
            return []
        bare = len(word) < MIN_LENGTH or not _VOWEL.search(word)
        if bare and (full := self._in_full(word)):
            return full
        if len(word) < MIN_LENGTH:
            return []
        beside = self._words.near(word, 1, same_initial=True)
        swapped = any(_is_swapped(word, each) for _, each in beside)
        if everyday := _everyday(word, only_swapped=swapped):
            return [everyday]
        if not beside and not bare and (full := self._in_full(word)):
            return full
        edits = 1 if len(word) <= 5 else 2 if len(word) <= 10 else 3
        best = self._commonest(beside or self._words.near(word, edits, same_initial=True), word)
        if best is None and edits > 1:
            best = self._commonest(self._words.near(word, edits - 1), word)
        parts = self._split(word)
        if best and (not parts or OSA.distance(word, best) <= 1):
            return [best]
        return parts

    def _in_full(self, word: str) -> list[str]:
        """Return the word that is typed without vowels, the one that lacks fewest letters, or none. One of three letters may
        be an abbreviation ("prt"), so only a stop word is meant by it.
        """
        if len(word) < LEAST_SKELETON:
            return []
        found = EVERYDAY.without_vowels(word)
        if len(word) >= MIN_LENGTH:
            found += self._words.without_vowels(word)
        else:
            found = [each for each in found if each in STOP_WORDS]
        best = min(((len(each), -english().count(each), each) for each in found), default=None)
        return [best[2]] if best else []

    def _commonest(self, near: Iterable[tuple[int, str]], typed: str) -> str | None:
        """Return the nearest word: of equally near ones first those that only lost letters, as on a phone ("wors" is
        worse, not work), then the one that the corpus uses most.
        """
        found = ((distance, not _lost_letters(typed, word), -self._vocabulary[word], word) for distance, word in near)
        return min(found, default=(0, False, 0, None))[3]

    def _split(self, word: str) -> list[str]:
        """Return the word as two that the corpus knows ("workingalliance"), the pair it uses most."""
        pairs = [
            (min(self._vocabulary.get(word[:cut], 0), self._vocabulary.get(word[cut:], 0)), [word[:cut], word[cut:]])
            for cut in range(3, len(word) - 2)
        ]
        used, pair = max(pairs, default=(0, []))
        return pair if used else []


def _everyday(word: str, *, only_swapped: bool) -> str | None:
    """Return the everyday word that is one edit away from an unknown one ("beter"), which the corpus need not use. One of
    which two letters changed places goes first ("wrose" is no "whose" where a library has "worse").
    """
    near = sorted(each for _, each in EVERYDAY.near(word, 1) if len(each) >= MIN_LENGTH)
    return next((each for each in near if _is_swapped(word, each)), None if only_swapped or not near else near[0])


def _is_swapped(typed: str, word: str) -> bool:
    return len(typed) == len(word) and sorted(typed) == sorted(word)


def _skeleton(word: str) -> str:
    """Return the first letter of a word and its other consonants, each pair as one."""
    return _DOUBLED.sub(r"\1", word[0] + word[1:].translate(_NO_VOWELS))


def _lost_letters(typed: str, word: str) -> bool:
    """Return whether a word has the letters typed, in their order, and others between or after them."""
    letters = iter(word)
    return all(letter in letters for letter in typed)


EVERYDAY = Words(word for word in STOP_WORDS | LIGHT_WORDS if len(word) >= LEAST_SKELETON)
"""Words that everyone types, whatever the corpus."""


class _KnowsAll(Speller):
    """For text that is not a question: nothing in it is repaired."""

    def knows(self, word: str) -> bool:  # noqa: ARG002
        return True


NO_SPELLER = _KnowsAll({})
"""Repairs nothing."""

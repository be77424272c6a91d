"""Repair of words that neither the corpus nor English knows, by edit distance to the words that the corpus does know."""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterable
from functools import cache
from importlib.resources import files

from rapidfuzz import process
from rapidfuzz.distance import OSA

MIN_LENGTH = 4
"""Shorter words are left alone: too many words are one letter away."""


@cache
def english() -> frozenset[str]:
    """The words of English (pyspellchecker's list, about 160,000): a word that is here is no misspelling, however rare.

    Read on first need, in about a tenth of a second. The package's own loader builds frequency tables that are not needed
    here.
    """
    packed = (files("spellchecker") / "resources" / "en.json.gz").read_bytes()
    return frozenset(json.loads(gzip.decompress(packed)))


class Speller:
    """Repairs words against a vocabulary of folded words, each with how often the corpus uses it."""

    def __init__(self, vocabulary: dict[str, int], authors: Iterable[str] = ()) -> None:
        """`vocabulary`: folded words and how often they are used; `authors`: the folded words of authors' names."""
        self._vocabulary = vocabulary
        self._names = frozenset(authors)
        self._authors = sorted({name for name in self._names if len(name) > MIN_LENGTH})
        self._by_initial: dict[str, list[str]] = {}
        for word in sorted(vocabulary):
            if word.isalpha() and len(word) >= MIN_LENGTH:
                self._by_initial.setdefault(word[0], []).append(word)
        self._all = [word for words in self._by_initial.values() for word in words]

    def knows(self, word: str) -> bool:
        """Whether the corpus or its lexicon uses this very word."""
        return word in self._vocabulary

    def is_author(self, word: str) -> bool:
        """Whether a word is part of an author's name."""
        return word in self._names

    def author_like(self, word: str) -> str | None:
        """An author's name one letter away from a word that the corpus does not use ("larson" for Larsson), or None.

        It is an English word or another name, so it is not corrected, but the author may be meant.
        """
        if len(word) <= MIN_LENGTH or self.knows(word) or not self._authors:
            return None
        found = process.extractOne(word, self._authors, scorer=OSA.distance, score_cutoff=1)
        return str(found[0]) if found else None

    def repair(self, word: str) -> list[str]:
        """The words meant by an unknown one: one word, two where a space was forgotten, or none where nothing is near.

        Allowed are 1 edit (a swap counts as one) up to five letters, 2 from six on and 3 from eleven on; with another first
        letter, one less. Among equally near words the one the corpus uses most wins.
        """
        if not word.isalpha() or len(word) < MIN_LENGTH or len(word) > 40:
            return []
        edits = 1 if len(word) <= 5 else 2 if len(word) <= 10 else 3
        best = self._nearest(word, self._by_initial.get(word[0], []), edits) or self._nearest(word, self._all, edits - 1)
        parts = self._split(word)
        if best and (not parts or OSA.distance(word, best) <= 1):
            return [best]
        return parts

    def _nearest(self, word: str, choices: Iterable[str], edits: int) -> str | None:
        if edits < 1:
            return None
        # The stubs of rapidfuzz know no scorer that takes a limit on a distance.
        found = process.extract(word, choices, scorer=OSA.distance, score_cutoff=edits, limit=8)  # type: ignore[arg-type]
        if not found:
            return None
        return str(min(found, key=lambda match: (match[1], -self._vocabulary[match[0]], match[0]))[0])

    def _split(self, word: str) -> list[str]:
        """The word as two that the corpus knows ("workingalliance"), the pair it uses most."""
        pairs = [
            (min(self._vocabulary.get(word[:cut], 0), self._vocabulary.get(word[cut:], 0)), [word[:cut], word[cut:]])
            for cut in range(3, len(word) - 2)
        ]
        used, pair = max(pairs, default=(0, []))
        return pair if used else []


class _KnowsAll(Speller):
    """For text that is not a question: nothing in it is repaired."""

    def knows(self, word: str) -> bool:  # noqa: ARG002
        return True


NO_SPELLER = _KnowsAll({})
"""Repairs nothing."""

"""Repair of words that neither the corpus nor English knows, by edit distance to the words that the corpus does know."""

from __future__ import annotations

import gzip
from bisect import bisect_left
from collections.abc import Iterable, Mapping
from functools import cache
from importlib.util import find_spec
from pathlib import Path

from rapidfuzz import process
from rapidfuzz.distance import OSA

MIN_LENGTH = 4
"""Shorter words are left alone: too many words are one letter away."""
MAX_LENGTH = 40
"""Longer ones too: they are not words."""


class English:
    """The words of English (pyspellchecker's list, about 160,000): a word in it is no misspelling, however rare.

    The list is a sorted JSON object, one key a line, and is searched as it is: parsing it takes five times as long and twice
    the memory.
    """

    def __init__(self) -> None:
        # Found without importing the package, whose own loader builds frequency tables that are not needed here.
        spec = find_spec("spellchecker")
        if spec is None or not spec.submodule_search_locations:
            raise FileNotFoundError("pyspellchecker's word list is not installed")
        packed = Path(spec.submodule_search_locations[0]) / "resources" / "en.json.gz"
        self._lines = gzip.decompress(packed.read_bytes()).split(b"\n")[1:-1]

    def __contains__(self, word: str) -> bool:
        return self.count(word) > 0

    def count(self, word: str) -> int:
        """Return how often the list's source uses a word; 0 for one that is not in the list."""
        key = b'"' + word.encode("utf-8", "surrogatepass") + b'":'
        place = bisect_left(self._lines, key)
        if place == len(self._lines) or not self._lines[place].startswith(key):
            return 0
        return int(self._lines[place][len(key) :].rstrip(b","))


@cache
def english() -> English:
    """Return the word list, read when it is first needed, in about 40 ms."""
    return English()


class Words:
    """A set of words that finds those within a few edits of one."""

    def __init__(self, words: Iterable[str]) -> None:
        self._by_length: dict[int, list[str]] = {}
        self._by_initial: dict[tuple[str, int], list[str]] = {}
        for word in sorted(words):
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


class Speller:
    """Repairs words against a vocabulary of folded words, each with how often the corpus uses it."""

    def __init__(self, vocabulary: Mapping[str, int], authors: Iterable[str] = ()) -> None:
        """`vocabulary`: folded words and how often they are used (0: known, but never meant); `authors`: the folded
        words of authors' names.
        """
        self._vocabulary = vocabulary
        self._names = frozenset(authors)
        self._authors = Words(name for name in self._names if len(name) > MIN_LENGTH)
        self._words = Words(
            (word for word, used in vocabulary.items() if used and word.isalpha() and len(word) >= MIN_LENGTH)
        )

    def knows(self, word: str) -> bool:
        """Return whether the corpus or its lexicon uses this word."""
        return word in self._vocabulary

    def is_author(self, word: str) -> bool:
        """Return whether a word is part of an author's name."""
        return word in self._names

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

        Allowed are 1 edit (a swap counts as one) up to five letters, 2 from six on and 3 from eleven on; with another first
        letter, one less. Among equally near words the one the corpus uses most wins.
        """
        if not word.isalpha() or len(word) < MIN_LENGTH or len(word) > MAX_LENGTH:
            return []
        edits = 1 if len(word) <= 5 else 2 if len(word) <= 10 else 3
        best = self._commonest(self._words.near(word, edits, same_initial=True))
        if best is None and edits > 1:
            best = self._commonest(self._words.near(word, edits - 1))
        parts = self._split(word)
        if best and (not parts or OSA.distance(word, best) <= 1):
            return [best]
        return parts

    def _commonest(self, near: Iterable[tuple[int, str]]) -> str | None:
        """Return the one of the nearest words that the corpus uses most."""
        return min(((distance, -self._vocabulary[word], word) for distance, word in near), default=(0, 0, None))[2]

    def _split(self, word: str) -> list[str]:
        """Return the word as two that the corpus knows ("workingalliance"), the pair it uses most."""
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

"""Authors' names in questions and texts: a surname that is also an everyday word counts only where it is typed as a name.

"Hill et al" and "Hill 2020" name an author, "over the hill" does not; "van" and "de" are never a name on their own.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Sequence

from bot.search.english import english
from bot.search.text import is_number, tokens
from bot.search.words import STOP_WORDS
from bot.text import fold

PARTICLES = frozenset(
    """
    af al av bin da das de del della den der di do dos du el ibn la las le les li lo los re san st te ten ter van vom von
    zu zur
    """.split()
)
"""Parts of surnames that are no name on their own."""
EVERYDAY = 1_000
"""The count in the list of English words from which on a surname is also an everyday word (Lee 1,600, Murphy 500)."""
_COLLEAGUES = frozenset("al and et colleagues collaborators coauthors coworkers".split())
"""What may be left out after a name: "Hill et al", "Hill and colleagues"."""
_ABOUT_PAPERS = frozenset(
    """
    article articles find finding findings finds found paper papers research result results say says show shows studies
    study summaries summary work works wrote
    """.split()
) | (STOP_WORDS - frozenset("he her him his i me my our she their them they us we you your".split()))
"""Words beside which a surname is all that a question is about."""
_WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)*")
_SENTENCE_START = re.compile(r"(?:^|[.!?:\n])\W*([^\W\d_]+)")
_MANY = 0.6
"""The share of capitalised words from which on capitals mean nothing: a title, or a text in capitals."""


class Names:
    """The surnames of a library's authors, by the words that they consist of."""

    def __init__(self, surnames: Iterable[str] = (), used: Collection[str] = frozenset()) -> None:
        """`used`: the words that the library uses outside its authors' names."""
        self.surnames: dict[str, frozenset[str]] = {}
        """The parts of surnames as index terms, each with the surnames as printed. Everyday ones have a capital."""
        for surname in dict.fromkeys(surnames):
            for term in self.terms(surname):
                self.surnames[term] = self.surnames.get(term, frozenset()) | {surname}
        self.plain = frozenset(term for term in self.surnames if term.islower())
        """The parts that are names wherever they are typed."""
        self._everyday = {term.lower(): term for term in self.surnames if not term.islower()}
        self._alone = frozenset(self._everyday) - frozenset(used)
        self._typed = self.surnames.keys() | self._everyday.keys()
        self._triggers = PARTICLES.union(self._everyday, _COLLEAGUES - {"and"})

    @staticmethod
    def terms(surname: str) -> list[str]:
        """Return the index terms of a surname: its parts without particles, everyday words with a capital."""
        parts = tokens(surname)
        names = [part for part in parts if part not in PARTICLES and not is_number(part)]
        if not names and len(parts) > 1:
            return ["".join(parts)]  # Del Re
        return [
            part.capitalize() if part in PARTICLES or english().count(part) >= EVERYDAY else part for part in names or parts
        ]

    def read(self, words: list[str], text: str) -> list[str]:
        """Return the words of a sentence of `text`, those typed as an author's name as the name's index term, without the
        particles before a name.
        """
        if self._typed.isdisjoint(words) or self._triggers.isdisjoint(words):
            return words
        capitalised = capitalised_in(text)
        found: list[str] = []
        for at in range(len(words) - 1, -1, -1):
            word = self._everyday[words[at]] if self._is_typed(words, at, capitalised) else words[at]
            if word in self:
                while found and found[-1] in _COLLEAGUES:
                    found.pop()
            if word not in PARTICLES or word == "al" or not found or found[-1] not in self:
                found.append(word)
        return found[::-1]

    def as_name(self, word: str) -> str:
        """Return a word as an author's name, where it is one."""
        return self._everyday.get(word, word)

    def __contains__(self, word: str) -> bool:
        return word in self.surnames

    def _is_typed(self, words: Sequence[str], at: int, capitalised: Collection[str]) -> bool:
        """Return whether a word is an everyday surname and typed as a name."""
        word = words[at]
        if word not in self._everyday:
            return False
        after = [each for each in words[at + 1 : at + 3] if each not in ("and", "et")][:1]
        before = [each for each in words[max(0, at - 2) : at] if each != "and"][-1:]
        beside = [*before, *after]
        return (
            word in capitalised
            or any(is_year(each) or each in _COLLEAGUES for each in after)
            or any(each in self.plain or (each in self._everyday and each in capitalised) for each in beside)
            or (word in self._alone and _ABOUT_PAPERS.issuperset(other for other in words if other != word))
        )


NO_NAMES = Names()
"""For texts of no library."""


def is_year(word: str) -> bool:
    """Return whether a token is the year of a paper."""
    return len(word) == 4 and word.isdigit() and word[:2] in ("19", "20")


def capitalised_in(text: str) -> frozenset[str]:
    """Return the words of a text with a capital that no sentence began with, folded. None where most words have one."""
    written = _WORD.findall(text)
    capitals = [word for word in written if word[0].isupper()]
    if not capitals or (len(written) > 4 and len(capitals) >= _MANY * len(written)):
        return frozenset()
    starts = {match.start(1) for match in _SENTENCE_START.finditer(text)}
    return frozenset(
        fold(match[0]) for match in _WORD.finditer(text) if match[0][0].isupper() and match.start() not in starts
    )

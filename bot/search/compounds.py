"""Words of several parts, spelt in one way: drop-out, drop out and dropout; 1st session, session 1 and first session.

By rule, not by list. What a library writes as one word anywhere is one word everywhere; what it writes with a hyphen and
never as one word is several words everywhere, and a prefix that is no word of its own belongs to the word after it.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from bot.search.english import english
from bot.search.words import STOP_WORDS

_BOUND = frozenset(
    """anti co e hyper hypo inter intra macro meta micro multi neuro non pre psycho semi socio sub tele""".split()
)
"""Prefixes that are no words, however they are joined to the next one."""
_PREPOSITIONS = frozenset("at by for in of on to with".split())
"""Before another word they rarely belong to it: "in patients"."""
_PREFIXES = _BOUND | frozenset("bi de mis post re trans un".split())
"""These too, but only with a hyphen: "post", "trans" and "re" are also words."""
_PARTICLES = frozenset("down off out over under up".split())
"""Stop words that are part of a compound ("burn out", "out patient"). "In patients" and "on line" may be two words."""
TIMES = frozenset("appointment day meeting month phase session stage step visit week year".split())
"""What is counted: "session 3" is the third session."""
_ORDINALS = "first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth".split()
_CARDINALS = "one two three four five six seven eight nine ten eleven twelve".split()
_NUMBERS = dict(zip(_CARDINALS, _ORDINALS, strict=True)) | {
    str(number): word for number, word in enumerate(_ORDINALS, start=1)
}
_LONGEST_PREFIX = max(map(len, _BOUND))
_TRIGGERS = _BOUND | TIMES
_LEAST_BASE = 4
"""Letters of a word that a prefix may be left from."""


class Rewrite(NamedTuple):
    """`words` replace words[start:end]."""

    start: int
    end: int
    words: list[str]


@dataclass(frozen=True, slots=True)
class Compounds:
    """The spellings of one library: `whole` are the words that it writes as one, `hyphenated` those of them that it also
    writes with a hyphen; `apart` those that it never writes as one, each by what it would be as one.
    """

    whole: Collection[str] = frozenset()
    hyphenated: frozenset[str] = frozenset()
    apart: dict[str, list[str]] = field(default_factory=dict)

    @classmethod
    def of(cls, words: Iterable[str], phrases: Iterable[list[str]]) -> Compounds:
        """Return the spellings of a library from its words (hyphens as written) and the phrases of its lexicon."""
        written = set(words).union(*phrases)
        hyphenated = [(word, word.split("-")) for word in written if "-" in word]
        whole = set(filter(str.isalpha, written))
        whole |= {"".join(parts) for _, parts in hyphenated if parts[0] in _PREFIXES and len(parts) == 2}
        apart = {"".join(parts): parts for _, parts in hyphenated}
        known_with_hyphen = frozenset(whole.intersection(apart))
        apart |= {"".join(phrase): phrase for phrase in phrases if len(phrase) == 2 and all(map(str.isalpha, phrase))}
        known = cls(whole, known_with_hyphen)
        return cls(whole, known.hyphenated, {one: known.spell(parts) for one, parts in apart.items() if one not in whole})

    def spell(self, words: list[str]) -> list[str]:
        """Return words as the library spells them."""
        rewrites = self.rewrites(words)
        if not rewrites:
            return words
        found: list[str] = []
        at = 0
        for start, end, spelt in rewrites:
            found += words[at:start]
            found += spelt
            at = end
        return found + words[at:]

    def rewrites(self, words: Sequence[str]) -> list[Rewrite]:
        """Return what is to be spelt in another way, in order."""
        whole, apart = self.whole, self.apart
        if not whole and _TRIGGERS.isdisjoint(words) and not any("-" in word for word in words):
            return []
        found: list[Rewrite] = []
        begin = 0  # where the next may begin
        for at, (word, after) in enumerate(zip(words, [*words[1:], ""], strict=False)):
            if at < begin:
                continue
            if "-" in word:
                found.append(Rewrite(at, at + 1, self._hyphenated(word.split("-"))))
            elif (
                after  # what `_joined` looks at first, without calling it for every word
                and (word + after in whole or after in _PARTICLES or word in _TRIGGERS)
                and (joined := self._joined(word, after))
            ):
                begin = at + 2
                found.append(Rewrite(at, begin, joined))
            elif word in whole:
                continue
            elif word in apart:
                found.append(Rewrite(at, at + 1, apart[word]))
            elif whole and word.isalpha() and (parted := self._parted(word)):
                found.append(Rewrite(at, at + 1, parted))
        return found

    def _joined(self, first: str, second: str) -> list[str] | None:
        """Return two words that are side by side as the library spells them, or None where it has nothing to say."""
        one = first + second
        if one in self.whole:
            if one in self.hyphenated:
                good = first not in _PREPOSITIONS
            elif first in STOP_WORDS:
                good = first in _PARTICLES and second not in STOP_WORDS
            else:
                good = (second not in STOP_WORDS or second in _PARTICLES) and first != "re"
            if good:
                return [one]
        if second in _PARTICLES and first not in STOP_WORDS:
            return next(([base + second] for base in _bases(first) if base + second in self.whole), None)
        if first in TIMES and second in _NUMBERS:
            return [_NUMBERS[second], first]
        if first in _BOUND and second.isalpha() and second not in STOP_WORDS:
            return self._prefixed(first, second)
        return None

    def _hyphenated(self, parts: list[str]) -> list[str]:
        """Return the parts of a word with hyphens, those joined that the library writes as one."""
        one = "".join(parts)
        if one in self.whole:
            return [one]
        found: list[str] = []
        for part in parts:
            before = found[-1] if found else ""
            if before and before + part in self.whole:
                found[-1] += part
            elif before in _PREFIXES:
                found[-1:] = self._prefixed(before, part)
            elif before and (joined := self._joined(before, part)):
                found[-1:] = joined
            else:
                found.append(part)
        return found

    def _parted(self, one: str) -> list[str] | None:
        """Return an unknown word apart from the prefix that is not known with it ("cotherapist"), or as the noun of its verb
        ("droppedout"), or None.
        """
        for length in range(1, _LONGEST_PREFIX + 1):
            if one[:length] in _BOUND and len(parts := self._prefixed(one[:length], one[length:])) > 1:
                return parts
        for particle in _PARTICLES:
            if one.endswith(particle) and (joined := self._joined(one.removesuffix(particle), particle)):
                return joined
        return None

    def _prefixed(self, prefix: str, word: str) -> list[str]:
        """Return a prefix and its word as one, unless only the word is known: "cotherapist" is a therapist too."""
        one = prefix + word
        if one not in self.whole and len(word) >= _LEAST_BASE and word in self.whole and one not in english():
            return [prefix, word]
        return [one]


PLAIN = Compounds()
"""The spelling of texts that belong to no library."""


def ordinal(number: int) -> str:
    """Return the word for a place in a row ("first"), or the number where it is high."""
    return _ORDINALS[number - 1] if 0 < number <= len(_ORDINALS) else str(number)


def _bases(verb: str) -> Iterator[str]:
    """Yield what a verb may be an inflection of: "drop" for "dropped"."""
    for ending in ("s", "ed", "ing"):
        if verb.endswith(ending) and len(base := verb.removesuffix(ending)) > 2:
            yield base
            yield base[:-1] if base[-1] == base[-2] else base + "e"

"""From text to index terms: fold, split, spell, stem. Both the library and the questions go through the same functions."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from typing import Any

import Stemmer

from bot.search.compounds import PLAIN, Compounds, ordinal
from bot.search.words import OWN_STEMS, STOP_WORDS
from bot.text import fold

_SNOWBALL: Any = Stemmer.Stemmer("english", 0)  # without its cache, which takes three times as long for a new word


class _Learned(dict[str, str]):
    """What is made of the library's words, some thousands, once of each."""

    def __init__(self, made: Callable[[str], str]) -> None:
        super().__init__()
        self._made = made

    def __missing__(self, word: str) -> str:
        self[word] = made = self._made(word)
        return made


# A number (30,000 / 0.278 / .278), with the letters of an ordinal (1st), or a word with its inner apostrophes and hyphens.
# No nested repeats: linear time.
_TOKEN = re.compile(r"\d+(?:,\d{3})+(?:\.\d+)?|\d*\.\d+|\d+(?:st|nd|rd|th)\b|\d+|[a-z]+(?:'[a-z]+)*(?:-[a-z]+(?:'[a-z]+)*)*")
_DOTTED = re.compile(
    r"(?<![A-Za-z.])[A-Za-z]\.(?: ?[A-Za-z]\.)+(?:[A-Za-z](?![A-Za-z]))?|(?<![A-Za-z.])[A-Za-z](?:\.[A-Za-z])+(?![A-Za-z])"
)
_MAYBE_DOTTED = re.compile(r"\. ?[A-Za-z](?![A-Za-z])")  # found much faster
_SENTENCE_BEGINS = re.compile(r"\s+[A-Z]|\s*$")
_AMPERSAND = re.compile(r"(?<=[a-z]) ?& ?(?=[a-z])")
_AT_LINE_END = re.compile(r"(?<=[a-z])-\s+(?!(?:and|but|nor|or|to|versus|vs)\b)(?=[a-z])")
# Spellings that stemming does not join: behaviour/behavior, randomised/randomized, counsellor/counselor, programme/program.
# Each with letters that a word must have for it to apply: looking for them is faster than the expression.
_BRITISH = (
    ("our", re.compile(r"(?<=[a-z]{3})our(?=(?:s|ed|ing|al|ally|able|ful|ist|hood)?$)"), "or"),
    ("is", re.compile(r"(?<=[a-z]{3})is(?=(?:e|es|ed|er|ers|ing|ation|ations|ational)$)"), "iz"),
    ("ys", re.compile(r"(?<=[a-z]{3})ys(?=(?:e|es|ed|er|ing)$)"), "yz"),
    ("ll", re.compile(r"ll(?=(?:ed|ing|or|ors|er|ers)$)"), "l"),
    ("gramme", re.compile(r"(?<=gram)me(?=s?$)"), ""),
    ("paed", re.compile(r"^paed"), "ped"),
    ("tre", re.compile(r"(?<=[a-z]{3})tre(?=s?$)"), "ter"),
)
# Comparatives of everyday adjectives, which the stemmer leaves alone ("weaker", "hardest").
_COMPARATIVE = re.compile(
    r"^(strong|weak|hard|high|low|large|small|long|short|young|old|deep|warm|cold|slow|quick|fast|poor|rich|great|few)(?:er|est)$"
)


# Endings that make another word of a root, before a plural "s".
_OTHER_WORD = re.compile(r"(?<=[a-z]{2})(al|ality|ally|ical|ically|ity|ment|ist|er|or|ence|ance|ship|ary|ory|ian)s?$")


WordsOf = Callable[[str], list[str]]
"""`split` or `tokens`, or one that remembers the words of a text."""


def tokens(text: str, compounds: Compounds | None = None) -> list[str]:
    """Return the words and numbers of a text, folded, in order, stop words included. Numbers are canonical: ".30"
    is "0.3". With `compounds`, words of several parts are spelt as the library's are.
    """
    words = split(text)
    return (compounds or PLAIN).spell(words)


def split(text: str) -> list[str]:
    """Return the words and numbers of a text, folded, with the inner hyphens of words as they are."""
    if text.islower() and text.isascii() and text.replace(" ", "").isalpha():  # as most phrases of the lexicon are
        return text.split()
    folded = fold(undotted(text))
    if "&" in folded:
        folded = _AMPERSAND.sub(" and ", folded)
    if "- " in folded or "-\n" in folded:
        folded = _AT_LINE_END.sub("-", folded)
    return [match if match.isalpha() else _token(match) for match in _TOKEN.findall(folded)]


def undotted(text: str) -> str:
    """Return a text with its abbreviations written without dots: "P.T.S.D." as "PTSD". The end of a sentence is kept."""
    return _DOTTED.sub(_without_dots, text) if _MAYBE_DOTTED.search(text) else text


def _without_dots(match: re.Match[str]) -> str:
    end = "." if match[0].endswith(".") and _SENTENCE_BEGINS.match(match.string, match.end()) else ""
    return match[0].replace(".", "").replace(" ", "") + end


def stems(words: list[str]) -> list[str]:
    """Return the index terms of tokens: stems of the words that are no stop words, and the numbers."""
    return [stem(word) for word in words if word not in STOP_WORDS]


def is_number(token: str) -> bool:
    """Return whether a token is a number rather than a word."""
    return token[0].isdigit()


def stem(word: str) -> str:
    """Return the stem of a folded word (Snowball English, British and American spellings joined). Numbers stay as
    they are.
    """
    return _stems.get(word) or _stem(word)


def base(word: str) -> str:
    """Return a folded word as its stem and the ending that makes another word of the root: medication, medications
    (medic), but medical (medic~al); person, but personal and personality. Plurals, verb forms and the noun of a verb
    (mentalizing, mentalization) are one word.
    """
    return _bases.get(word) or _base(word, stem)


def learn(words: Iterable[str]) -> list[str]:
    """Return the stems of words of the library, and remember them. Never for words of a question."""
    return [*map(_stems.__getitem__, words)]


def learn_bases(words: Iterable[str]) -> list[str]:
    """Return the bases of words of the library, and remember them. Never for words of a question."""
    return [*map(_bases.__getitem__, words)]


def _base(word: str, stem_of: Callable[[str], str]) -> str:
    ending = _OTHER_WORD.search(word)
    return f"{stem_of(word)}~{ending[1]}" if ending else stem_of(word)


def _stem(word: str) -> str:
    if is_number(word) or len(word) > 40:
        return word
    for letters, pattern, american in _BRITISH:
        if letters in word:
            word = pattern.sub(american, word)
    if word in OWN_STEMS:
        return OWN_STEMS[word]
    if word.endswith(("er", "est")):
        word = _COMPARATIVE.sub(r"\1", word)
    return str(_SNOWBALL.stemWord(word))


_stems = _Learned(_stem)
_bases = _Learned(lambda word: _base(word, _stems.__getitem__))


def _token(raw: str) -> str:
    if raw[0].isdigit() or raw[0] == ".":
        if raw[-1].isalpha():
            return ordinal(int(raw[:-2][:9]))
        digits = raw.replace(",", "")[:24]
        return f"{float(digits):g}" if "." in digits else digits.lstrip("0") or "0"
    if "-" in raw:
        return "-".join(_token(part) for part in raw.split("-"))
    word = raw.removesuffix("'s").replace("'", "")
    return word or raw

"""The numbers that a text prints, in digits or in words. Pure."""

from __future__ import annotations

import re

_ONES = """one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen
eighteen nineteen""".split()
_TENS = "twenty thirty forty fifty sixty seventy eighty ninety".split()
WORDS = {word: number for number, word in enumerate(_ONES, 1)} | {word: 10 * number for number, word in enumerate(_TENS, 2)}
"""Numbers in words, without those that are made of two ("twenty-one")."""
NUMBER_WORD = rf"(?:(?:{'|'.join(_TENS)})(?:[-‐‑ ](?:{'|'.join(_ONES[:9])}))?|{'|'.join(reversed(_ONES))})"
"""A pattern for a whole number in words, up to ninety-nine."""

MINUS = "-−‐‑–"
"""The characters that pages print for a minus. A dash after a digit is that of a range."""
_DIGITS = re.compile(
    rf"(?<![\w.])(?P<sign>(?<!\d)[{MINUS}])?(?P<number>\d{{1,3}}(?:,\d{{3}})+(?!\d)|\d*\.\d+|\d+)", re.ASCII
)
_IN_WORDS = re.compile(rf"\b{NUMBER_WORD}\b", re.IGNORECASE)


def figures(text: str, *, in_words_from: int = 1) -> frozenset[float]:
    """Return every number that a text prints: "Forty of 1,200 (r = −.28)" has 40, 1200 and -0.28. Of those in words only
    the ones from `in_words_from` on.
    """
    found = {number(match["number"], negative=bool(match["sign"])) for match in _DIGITS.finditer(text)}
    written = (in_words(match[0]) for match in _IN_WORDS.finditer(text))
    return frozenset(found | {float(each) for each in written if each >= in_words_from})


def number(digits: str, *, negative: bool = False) -> float:
    """Return a number as printed, with or without thousands commas and a zero before the point."""
    value = float(digits.replace(",", ""))
    return -value if negative else value


def in_words(words: str) -> int:
    """Return the whole number that words say: "twenty-one" is 21."""
    return sum(WORDS[word] for word in re.split(r"[-‐‑ ]", words.lower()))

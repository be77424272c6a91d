"""Splits a paragraph into its sentences, words and characters unchanged. In doubt it does not split. Pure."""

from __future__ import annotations

import re

_END = re.compile(r"[.?!…][.?!…]{0,2}[”’\"')\]]{0,3}(?=\s+[\"“‘'(\[]{0,2}[^\W_a-zß-öø-ÿ])")
"""A full stop or the like, before a capital letter or a figure."""
_LONGEST_WORD = 80
_WORD_BEFORE = re.compile(r"[^\s(\[“\"‘]*$")
_SHORT_FORMS = frozenset(
    """al approx assoc ca cf ch chap col dept diff dr ed eds eg e.g esp est etc fig figs gen hon i.e ie jr ltd max min mr mrs
    ms n.b nb no nos op p par para pp prof pt ref refs resp rev sec sect sen sr st suppl tab u.k u.s univ viz vol vols vs v
    dept d.c a.k.a""".split()
)
"""Abbreviations that a sentence hardly ends with, without their last full stop."""
_INITIALS = re.compile(r"(?:[^\W\d_]\.?-?)(?:\.-?[^\W\d_])*")
_LIST_NUMBER = re.compile(r"\(?[0-9]{1,2}|\(?[a-z]")
_PAIRS = {")": "(", "]": "[", "”": "“"}


def sentences(text: str) -> list[str]:
    """Return the sentences of one paragraph: joined by single spaces they are the paragraph again, white space made one.

    Never split: abbreviations, initials, decimals, numbers of a list, and what is in brackets or curly quotes.
    """
    text = " ".join(text.split())
    found: list[str] = []
    begin = 0
    inside = _depths(text)
    for match in _END.finditer(text):
        if inside[match.end() - 1] or not _ends(text, begin, match.start()):
            continue
        found.append(text[begin : match.end()])
        begin = match.end() + 1
    return [*found, text[begin:]] if text[begin:] else found


def _ends(text: str, begin: int, at: int) -> bool:
    """Return whether the sentence that begins at `begin` ends with the mark at `at`."""
    if text[at] != ".":
        return True
    before = text[max(begin, at - _LONGEST_WORD) : at]
    if before.endswith(". "):  # the dots of what was left out
        return False
    found = _WORD_BEFORE.search(before)
    word = (found[0] if found else "").casefold()
    if at - begin <= _LONGEST_WORD and before.strip() == word and _LIST_NUMBER.fullmatch(word):
        return False
    return not (word.strip("-–—/,;:") in _SHORT_FORMS or _INITIALS.fullmatch(word))


def _depths(text: str) -> list[int]:
    """Return for each character how many brackets and curly quotes are open after it; none where they do not pair."""
    depths: list[int] = []
    opened: list[str] = []
    for char in text:
        if char in _PAIRS.values():
            opened.append(char)
        elif char in _PAIRS:
            if not opened or opened[-1] != _PAIRS[char]:
                return [0] * len(text)
            opened.pop()
        depths.append(len(opened))
    return [0] * len(text) if opened else depths

"""Splits a paragraph into its sentences, words and characters unchanged. In doubt it does not split. Pure."""

from __future__ import annotations

import re
import sys

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
_BRACKET = re.compile(r"[()\[\]“”]")
_NOWHERE = (sys.maxsize, sys.maxsize)


def sentences(text: str) -> list[str]:
    """Return the sentences of one paragraph: joined by single spaces they are the paragraph again, white space made one.

    Never split: abbreviations, initials, decimals, numbers of a list, and what is in brackets or curly quotes.
    """
    text = " ".join(text.split())
    found: list[str] = []
    begin = 0
    enclosed = iter(_enclosed(text))
    opens, closes = next(enclosed, _NOWHERE)
    for match in _END.finditer(text):
        last = match.end() - 1
        while closes <= last:
            opens, closes = next(enclosed, _NOWHERE)
        if opens <= last or not _ends(text, begin, match.start()):
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


def _enclosed(text: str) -> list[tuple[int, int]]:
    """Return from where to where something is in brackets or curly quotes: where each first one opens, and where the last of
    them closes; nothing where they do not pair.
    """
    found: list[tuple[int, int]] = []
    opened: list[str] = []
    begin = 0
    for match in _BRACKET.finditer(text):
        char = match[0]
        if char not in _PAIRS:
            begin = begin if opened else match.start()
            opened.append(char)
        elif not opened or opened.pop() != _PAIRS[char]:
            return []
        elif not opened:
            found.append((begin, match.start()))
    return [] if opened else found

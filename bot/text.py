"""Plain text helpers that every room may use: folding for comparison, cleaning and fitting for display."""

from __future__ import annotations

import re
import unicodedata

# Letters that Unicode does not decompose, and the marks that people and web pages use for apostrophes, dashes and minus.
_LETTERS = str.maketrans(
    {"ø": "o", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "æ": "ae", "œ": "oe", "ß": "ss", "ı": "i"}
    | dict.fromkeys("’‘‛ʼ´`′＇", "'")
    | dict.fromkeys("‐‑‒–—―⁃−－", "-")
)
# What shows nothing at all: control characters that are no white space, soft hyphens, zero-width and bidi characters, word
# joiners, byte order marks, variation selectors, fillers, tags. Text copied from Word, a PDF or a web page is full of them.
_HIDDEN = (
    "[\x00-\x08\x0e-\x1b\x7f-\x84\x86-\x9f\xad\u034f\u0600-\u0605\u061c\u06dd\u070f\u0890\u0891\u08e2\u115f\u1160\u17b4\u17b5"
    "\u180b-\u180f\u200b-\u200f\u202a-\u202e\u2060-\u206f\u2800\u3164\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufffb\U000110bd\U000110cd"
    "\U00013430-\U0001343f\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U000e0fff]"
)
_UNSEEN = re.compile(_HIDDEN)
_BROKEN = re.compile(rf"(?<=[^\W\d_]){_HIDDEN}*[-‐‑\xad]{_HIDDEN}*[ \t]*\r?\n[ \t]*{_HIDDEN}*(?=[^\W\d_])")
"""A hyphen, soft or hard, at the end of a line within a word."""
_SENTENCE_END = re.compile(r"[.!?][\"”’)\]]?(?= )")
# Characters that show nothing but reorder or hide text: bidi controls, zero-width, tags; line breaks and tabs become spaces.
_INVISIBLE = frozenset("Cf Cc Co Cs Cn".split())
_KEPT = frozenset("\u200c\u200d")  # joiners that some scripts and emoji need


def fold(text: str) -> str:
    """Return a text in lower case without accents and invisible characters, with one form of apostrophe and dash:
    "Flückiger’s" becomes "fluckiger's".

    The caller bounds the length: one character can become 18 (U+FDFA).
    """
    text = seen(text)
    if text.isascii():
        return text.lower().replace("`", "'")
    folded = text.casefold().translate(_LETTERS)
    if folded.isascii():
        return folded
    decomposed = unicodedata.normalize("NFKD", folded)
    return "".join(char for char in decomposed if not unicodedata.combining(char)).translate(_LETTERS)


def seen(text: str) -> str:
    """Return a text without its invisible characters; line breaks, tabs and other white space stay."""
    if text.isascii() and text.isprintable():
        return text
    return _UNSEEN.sub("", text)


def rejoined(text: str) -> str:
    """Return a text with the words joined that a line's end breaks: "sui-" and "cidal", but also "self-" and "harm"."""
    return _BROKEN.sub("", text)


def clean(text: str) -> str:
    """Return one line without control, bidi or other invisible characters."""
    spaced = " ".join(text.split())
    if spaced.isprintable():  # then nothing in it is invisible
        return spaced
    return "".join(char for char in spaced if unicodedata.category(char) not in _INVISIBLE or char in _KEPT)


def fit(text: str, limit: int) -> str:
    """Return a text of at most `limit` characters: whole sentences where that keeps half of it or more, else whole words,
    with "…".
    """
    if len(text) <= limit:
        return text
    head = text[: limit - 2]
    ends = [match.end() for match in _SENTENCE_END.finditer(text[: limit - 1])]  # with the space that ends the last one
    if ends and ends[-1] >= limit // 2:
        return head[: ends[-1]] + " …"
    words = head.rpartition(" ")[0].rstrip(",;:–- ")
    return f"{words} …" if words else head + "…"


def plural(count: int, noun: str) -> str:
    """Return a count with its noun: "1 summary", "2 summaries"."""
    if count == 1:
        return f"{count} {noun}"
    return f"{count:,} {noun[:-1]}ies" if noun.endswith("y") else f"{count:,} {noun}s"


def normalised(title: str) -> str:
    """Return a title by its letters and digits alone, to see whether two are the same."""
    folded = unicodedata.normalize("NFKC", title).casefold()
    return " ".join(re.findall(r"\w+", folded)) or folded

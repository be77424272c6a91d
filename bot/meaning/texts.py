"""The texts of a summary that are compared with a question: title, bottom line, implications, sentences and asks."""

from __future__ import annotations

import re

from bot.corpus.model import Summary

LONGEST = 400
"""Characters of a text that are compared: the work grows with the length, and what it is about is said by then."""
_SENTENCE_END = re.compile(r"(?<=[.!?])\s+(?=[A-Z0-9“\"'(])")


def texts_of(summary: Summary) -> tuple[str, ...]:
    """Return the texts of a summary, each once."""
    texts = (
        summary.title,
        summary.bottom_line or "",
        *summary.implications,
        *_SENTENCE_END.split(summary.summary),
        *summary.asks,
    )
    return tuple(dict.fromkeys(clipped(text, LONGEST) for text in texts if text.strip()))


def clipped(text: str, most: int) -> str:
    """Return a text, cut at the end of a word where it is longer than `most` characters."""
    plain = " ".join(text.split())
    if len(plain) <= most:
        return plain
    return plain[: most + 1].rpartition(" ")[0] or plain[:most]

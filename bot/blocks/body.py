"""A summary's text in paragraphs."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from slack_sdk.models.blocks import Block

from bot.blocks import kit, limits
from bot.corpus.model import Summary
from bot.corpus.sentences import sentences
from bot.text import fit

HEADINGS = ("What was done", "What was found", "Limits")
"""Of the parts into which a digest's blank lines divide it."""
PARAGRAPH = 600
"""Characters of a paragraph where the text has none of its own."""


def body_of(summary: Summary) -> tuple[list[Block], list[Block]]:
    """Return the summary under its headings, and its last part, the limits. A digest is divided by its blank lines; the
    blog's own text is only broken into paragraphs.
    """
    parts = summary.summary.split("\n")
    if summary.text != "digest" or not 1 < len(parts) <= len(HEADINGS):
        return _under("The study", [piece for part in parts for piece in _pieces(part, PARAGRAPH)]), []
    done, found, *limitations = (
        _under(heading, _pieces(part, limits.RICH_TEXT)) for heading, part in zip(HEADINGS, parts, strict=False)
    )
    return [*done, *found], [block for each in limitations for block in each]


def _under(heading: str, texts: Sequence[str]) -> list[Block]:
    return [kit.paragraph(None if at else heading, text) for at, text in enumerate(texts)]


def _pieces(text: str, limit: int) -> list[str]:
    """Return a long text in pieces of at most `limit` characters, cut between sentences where that is possible."""
    pieces: list[str] = []
    for part in (part for sentence in sentences(text) for part in _cut(sentence, limit)):
        if pieces and len(pieces[-1]) + 1 + len(part) <= limit:
            pieces[-1] += f" {part}"
        else:
            pieces.append(part)
    return pieces


def _cut(sentence: str, limit: int) -> Iterator[str]:
    while len(sentence) > limit:
        piece = fit(sentence, limit).removesuffix(" …").removesuffix("…")
        yield piece
        sentence = sentence[len(piece) :].lstrip()
    yield sentence

"""A month as plain text, for the part of a mail that has no layout."""

from __future__ import annotations

import textwrap

from bot.export.article import Article, Month
from bot.export.pieces import Heading, Items, Paragraph, Piece, Rows, Words

WIDTH = 76


def text(month: Month) -> str:
    """Return the month as text."""
    parts = [f"{_wrapped(month.title)}\n{'=' * min(WIDTH, len(month.title))}", *map(_wrapped, month.lead)]
    return "\n\n\n".join(["\n\n".join(parts), *map(_article, month.articles)]) + "\n"


def _article(article: Article) -> str:
    title = _wrapped(article.title)
    found = [f"{title}\n{'-' * max(map(len, title.splitlines()))}"]
    for piece in article.pieces:
        said = _piece(piece)
        if said and found[-1].startswith("# "):
            found[-1] = f"{found[-1][2:].upper()}\n{said}"
        elif said:
            found.append(said)
    return "\n\n".join(found)


def _piece(piece: Piece) -> str:
    match piece:
        case Heading(heading):
            return f"# {heading}"
        case Paragraph(words):
            return "\n".join(map(_wrapped, _said(words).split("\n")))
        case Items(items):
            return "\n".join(_wrapped(_said(words), "- ", "  ") for words in items)
        case Rows(columns, rows):
            return "\n".join(_row(columns, row) for row in rows)


def _row(columns: tuple[str, ...], row: tuple[str, ...]) -> str:
    named = "; ".join(f"{name}: {cell}" for name, cell in zip(columns[1:], row[1:], strict=True))
    return _wrapped(f"{row[0]}: {named}", "- ", "  ")


def _said(words: tuple[Words, ...]) -> str:
    return "".join(f"{each.text} ({each.url})" if each.url else each.text for each in words).strip()


def _wrapped(text: str, first: str = "", rest: str = "") -> str:
    return textwrap.fill(
        text, WIDTH, initial_indent=first, subsequent_indent=rest, break_long_words=False, break_on_hyphens=False
    )

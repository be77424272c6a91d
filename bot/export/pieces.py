"""Slack's blocks as headings, paragraphs, lists and tables: what every other form of a message is written from. Knows only
the blocks that a card and the details of a study are made of.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from html import unescape
from typing import Any

_LINK = re.compile(r"<(https?://[^|<>\s]+)\|([^<>]*)>")
_BOLD = re.compile(r"\*([^*\n]+)\*")


@dataclass(frozen=True, slots=True)
class Words:
    """A run of text, bold or a link to an address."""

    text: str
    bold: bool = False
    url: str = ""


@dataclass(frozen=True, slots=True)
class Heading:
    """The heading of what follows."""

    text: str


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A paragraph; `small` is a quiet line."""

    words: tuple[Words, ...]
    small: bool = False


@dataclass(frozen=True, slots=True)
class Items:
    """A bulleted list."""

    items: tuple[tuple[Words, ...], ...]


@dataclass(frozen=True, slots=True)
class Rows:
    """A table: the names of its columns, and rows whose first cell names them."""

    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


Piece = Heading | Paragraph | Items | Rows


def pieces(block: Mapping[str, Any]) -> Iterator[Piece]:
    """Yield what a block says; buttons say nothing here. Raises ValueError for a block of another kind."""
    match block["type"]:
        case "header":
            yield Heading(str(block["text"]["text"]))
        case "section":
            yield Paragraph(tuple(_spoken(block["text"])))
        case "context":
            for element in block["elements"]:
                yield Paragraph(tuple(_spoken(element)), small=True)
        case "rich_text":
            for element in block["elements"]:
                yield from _rich(element)
        case "table":
            head, *rows = (tuple(map(_cell, row)) for row in block["rows"])
            yield Rows(head, tuple(rows))
        case "divider" | "actions":
            return
        case other:
            raise ValueError(f"a block of the type {other} cannot be exported")


def _rich(element: Mapping[str, Any]) -> Iterator[Piece]:
    if element["type"] == "rich_text_list":
        yield Items(tuple(tuple(_runs(each["elements"])) for each in element["elements"]))
        return
    first, *rest = element["elements"]
    label = str(first.get("text", ""))
    if first.get("style", {}).get("bold") and (not rest or label.endswith("\n")):
        yield Heading(label.strip())
    else:
        rest = [first, *rest]
    if words := tuple(each for each in _runs(rest) if each.text):
        yield Paragraph(words)


def _runs(parts: Sequence[Mapping[str, Any]]) -> Iterator[Words]:
    for part in parts:
        yield Words(str(part["text"]), bool(part.get("style", {}).get("bold")), str(part.get("url", "")))


def _spoken(text: Mapping[str, Any]) -> Iterator[Words]:
    """Yield plain text as it is; of mrkdwn the links and what is bold."""
    said = str(text["text"])
    if text["type"] != "mrkdwn":
        yield Words(said)
        return
    place = 0
    for link in _LINK.finditer(said):
        yield from _marked(said[place : link.start()])
        yield Words(unescape(link[2]), url=unescape(link[1]))
        place = link.end()
    yield from _marked(said[place:])


def _marked(markup: str) -> Iterator[Words]:
    for at, part in enumerate(_BOLD.split(markup)):
        if part:
            yield Words(unescape(part), bold=bool(at % 2))


def _cell(cell: Mapping[str, Any]) -> str:
    if cell["type"] == "raw_text":
        return str(cell["text"])
    return "".join(words.text for section in cell["elements"] for words in _runs(section["elements"]))

"""Our own check of what slack_sdk lets through (slack-facts 2.5): run in tests on every message, and before a month is
planned.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from bot.blocks import limits

_TEXT_LIMITS = {"header": limits.HEADER, "section": limits.SECTION, "button": limits.BUTTON_TEXT}


def problems(blocks: Sequence[Mapping[str, Any]], *, surface: str = "message") -> list[str]:
    """What Slack would refuse in these blocks, each as a sentence; empty when all is well. `surface`: message, modal or
    home.
    """
    found: list[str] = []
    most = limits.BLOCKS_IN_MESSAGE if surface == "message" else limits.BLOCKS_IN_VIEW
    if len(blocks) > most:
        found.append(f"{len(blocks)} blocks, at most {most}")
    for place, block in enumerate(blocks):
        found += [f"block {place} ({block.get('type')}): {problem}" for problem in _block(block)]
    tables = [block for block in blocks if block.get("type") == "table"]
    if len(tables) > (limits.TABLES if surface != "modal" else 0):
        found.append(f"{len(tables)} tables, at most {limits.TABLES} in a message and none in a modal")
    if (characters := sum(map(len, _values(tables, "text")))) > limits.TABLE_CHARACTERS:
        found.append(f"{characters} characters in tables, at most {limits.TABLE_CHARACTERS}")
    for key in ("block_id", "action_id"):
        names = Counter(_values(blocks, key))
        found += [f"{key} {name!r} appears {count} times" for name, count in names.items() if count > 1]
        found += [f"{key} {name[:20]!r}… is longer than {limits.ID}" for name in names if len(name) > limits.ID]
    return found


def _block(block: Mapping[str, Any]) -> Iterator[str]:
    kind = block.get("type", "")
    text = block.get("text")
    if isinstance(text, Mapping):
        length, most = len(str(text.get("text", ""))), _TEXT_LIMITS.get(kind, limits.SECTION)
        if not 0 < length <= most:
            yield f"text of {length} characters, 1 to {most} are allowed"
        if kind == "header" and text.get("type") != "plain_text":
            yield "a header takes plain_text only"
    if kind == "section" and text is None and not block.get("fields"):
        yield "neither text nor fields"
    if kind == "context" and not 0 < len(block.get("elements", ())) <= limits.CONTEXT_ELEMENTS:
        yield f"{len(block.get('elements', ()))} elements, 1 to {limits.CONTEXT_ELEMENTS} are allowed"
    if kind == "actions" and not 0 < len(block.get("elements", ())) <= limits.ACTIONS_ELEMENTS:
        yield f"{len(block.get('elements', ()))} elements, 1 to {limits.ACTIONS_ELEMENTS} are allowed"
    if kind == "table":
        yield from _table(block.get("rows", ()))
    for button in _buttons(block):
        if not 0 < len(button.get("text", {}).get("text", "")) <= limits.BUTTON_TEXT:
            yield "a button without text, or with too long a text"
        if len(button.get("value", "")) > limits.BUTTON_VALUE:
            yield "a button with too long a value"


def _table(rows: Sequence[Sequence[Any]]) -> Iterator[str]:
    if not 0 < len(rows) <= limits.TABLE_ROWS:
        yield f"{len(rows)} rows, 1 to {limits.TABLE_ROWS} are allowed"
    if len({len(row) for row in rows}) > 1 or not all(0 < len(row) <= limits.TABLE_COLUMNS for row in rows):
        yield f"rows of different lengths, or of more than {limits.TABLE_COLUMNS} cells"
    if not all(text.strip() for row in rows for cell in row for text in [*_values(cell, "text")] or [""]):
        yield "an empty cell"


def _buttons(block: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    candidates = [*block.get("elements", ()), block.get("accessory") or {}]
    yield from (item for item in candidates if isinstance(item, Mapping) and item.get("type") == "button")


def _values(node: Any, key: str) -> Iterator[str]:
    if isinstance(node, Mapping):
        if isinstance(node.get(key), str):
            yield node[key]
        for value in node.values():
            yield from _values(value, key)
    elif isinstance(node, Sequence) and not isinstance(node, str):
        for item in node:
            yield from _values(item, key)

"""Slack's tables, read as a person reads them."""

from __future__ import annotations

from typing import Any

from bot.playground.slack.model import texts_of


def rows_of(message: Any) -> list[dict[str, str]]:
    """Return the rows of a message's table, each cell under its column's name."""
    [table] = [block for block in message.blocks if block["type"] == "table"]
    head, *rows = [["".join(texts_of([cell])) for cell in row] for row in table["rows"]]
    return [dict(zip(head, row, strict=True)) for row in rows]

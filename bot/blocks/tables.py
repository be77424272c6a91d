"""Tables: Slack's own block in a message, and the same rows as lists in a modal, which takes no table.

Slack's newer `data_table` is not used: it lets a reader sort by a column, and sorted effect sizes would look like a ranking.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from slack_sdk.models.blocks import Block

from bot.blocks import kit, limits
from bot.text import clean

NOT_STATED = "not stated"
"""In an empty cell: Slack refuses a whole message because of one."""
TABLE = "table"
"""The block's type."""

Row = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Table:
    """Columns with their names, and rows of as many cells; the first cell of a row names it. A cell may have several
    lines.
    """

    columns: Row
    rows: tuple[Row, ...]


def block(table: Table) -> Block:
    """Return a table as Slack draws it, with the names of columns and rows in bold. It must fit (`within`)."""
    settings = [{"align": "left", "is_wrapped": True} for _ in table.columns]
    head = [_bold(name) for name in table.columns]
    rows = [[_bold(*_filled(first).partition("\n")), *map(_cell, rest)] for first, *rest in table.rows]
    return kit.Ready({"type": TABLE, "column_settings": settings, "rows": [head, *rows]})


def listed(table: Table) -> list[Block]:
    """Return the same rows as lists: a heading for each, and under it a line for each column."""
    found: list[Block] = []
    for first, *rest in table.rows:
        named = zip(table.columns[1:], rest, strict=True)
        found += kit.all_bullets(clean(first), [f"{name}: {clean(cell) or NOT_STATED}" for name, cell in named])
    return found


def lines(table: Table) -> list[str]:
    """Return a line of plain text for each row."""
    found = []
    for first, *rest in table.rows:
        named = zip(table.columns[1:], rest, strict=True)
        said = "; ".join(f"{name}: {clean(cell).rstrip('.') or NOT_STATED}" for name, cell in named)
        found.append(f"• {clean(first)}. {said}")
    return found


def within(table: Table, characters: int = limits.TABLE_CHARACTERS) -> Table:
    """Return as many of the rows, from the first on, as one message has room for."""
    room = characters - sum(map(len, table.columns))
    kept: list[Row] = []
    for row in table.rows[: limits.TABLE_ROWS - 1]:
        room -= sum(len(_filled(cell)) for cell in row)
        if room < 0:
            break
        kept.append(row)
    return replace(table, rows=tuple(kept))


def are_in(blocks: kit.Blocks) -> bool:
    """Return whether there is a table in these blocks."""
    return any(each["type"] == TABLE for each in blocks)


def _filled(cell: str) -> str:
    return "\n".join(line for each in cell.split("\n") if (line := clean(each))) or NOT_STATED


def _cell(text: str) -> kit.Element:
    return {"type": "raw_text", "text": _filled(text)}


def _bold(name: str, *more: str) -> kit.Element:
    """Return a cell that names its row or column, with what else is said there in plain type."""
    parts: list[kit.Element] = [{"type": "text", "text": name, "style": {"bold": True}}]
    parts += [{"type": "text", "text": "".join(more)}] if any(more) else []
    return {"type": "rich_text", "elements": [{"type": "rich_text_section", "elements": parts}]}

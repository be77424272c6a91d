"""Someone's saved summaries as CSV, in messages that Slack accepts."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Sequence
from datetime import UTC, datetime

from slack_sdk.models.blocks import Block, RichTextBlock, RichTextPreformattedElement

from bot.blocks import ids, kit, limits
from bot.blocks.message import Message, message
from bot.corpus.model import Corpus
from bot.phrases import facts
from bot.store.saves import SavedSummary
from bot.text import clean

AT_ONCE = 40
"""Saved summaries that are considered for one message."""
CODE_BLOCKS = 3
"""Code blocks in one message: more would be too long for Slack."""

NOTHING_TO_SEND = "You haven't saved anything yet, so there is nothing to send."
SENT = "I sent you your saved summaries as CSV, in a direct message."
NOT_SENT = "Slack did not accept the message with your saved summaries. Please try again in a moment."

_HEADINGS = ("saved", "summary", "month", "paper", "link", "my note")
# A spreadsheet may take a cell for a formula that begins with one of these, and, where its separator is not the comma, also
# what follows a semicolon, tab or bar within a cell ("x;=HYPERLINK(1)"). East Asian versions accept the wide forms too.
_FORMULA = re.compile(r"(^|[;|\t\r\n])(?=[\s\"]*[=+\-@＝＋－＠﹦﹢﹣﹫−])")


def csv_message(entries: Sequence[SavedSummary], start: int, corpus: Corpus) -> Message:
    """Return a message with as many of the entries, from `start` on, as fit in; each code block is a table of its own."""
    rows = [_cells(entry, corpus) for entry in entries[start : start + AT_ONCE]]
    tables: list[str] = []
    last = start
    while rows and len(tables) < CODE_BLOCKS:
        fitting = next((end for end in range(len(rows), 1, -1) if len(_csv(rows[:end])) <= limits.RICH_TEXT), 1)
        tables.append(_csv(rows[:fitting]))
        rows = rows[fitting:]
        last += fitting
    lead = f"Your saved summaries as CSV, {start + 1} to {last} of {len(entries)}. A reading record, not a credit."
    code = [
        RichTextBlock(elements=[RichTextPreformattedElement(elements=[kit.Text(text=table.rstrip())])]) for table in tables
    ]
    blocks: list[Block] = [kit.prose(lead), *code]
    if last < len(entries):
        blocks.append(kit.buttons(kit.button(ids.SAVED_CSV, "Send the next ones", str(last))))
    return message(lead, blocks)


def day(seconds: float) -> str:
    """Return the date of a moment (UTC epoch seconds), as 2023-12-01."""
    return f"{datetime.fromtimestamp(seconds, UTC):%Y-%m-%d}"


def _cells(entry: SavedSummary, corpus: Corpus) -> list[str]:
    summary = corpus.get(entry.summary_id)
    study = summary.study if summary else None
    return [
        day(entry.saved_at),
        clean(summary.title) if summary else facts.NO_LONGER_HERE,
        summary.issue if summary else "",
        str(study.year or "") if study else "",
        (study.link or "") if study else "",
        clean(entry.note or ""),
    ]


def _csv(rows: Sequence[Sequence[str]]) -> str:
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(_HEADINGS)
    writer.writerows([_harmless(cell) for cell in row] for row in rows)
    return out.getvalue()


def _harmless(cell: str) -> str:
    """Return a cell in which no spreadsheet sees a formula: an apostrophe makes text of it."""
    return _FORMULA.sub(r"\1'", cell)

"""The learning log: what its owner sees, the form for a line in it, and the log as CSV."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from slack_sdk.models.blocks import (
    Block,
    InputBlock,
    PlainTextInputElement,
    PlainTextObject,
    RichTextBlock,
    RichTextPreformattedElement,
)

from bot.blocks import ids, kit, limits
from bot.blocks.message import Message, message
from bot.blocks.modal import modal
from bot.blocks.mrkdwn import escape, escape_within
from bot.blocks.saved import turn_buttons
from bot.corpus.model import Corpus, Summary
from bot.phrases import facts
from bot.store.reading import LONGEST, Entry, LogPage
from bot.text import clean, fit, plural

PAGE = 6
"""Lines of the log on one page."""
EXPORTED = 40
"""Lines of the log that are looked at for one message of the export."""
CODE_BLOCKS = 3
"""Code blocks in one such message: more would pass what Slack takes."""

RECORD = "A reading record, not a credit."
WHAT_IS_KEPT = (
    "It keeps which studies you open or save, when, and one line of your own for each, if you write one. It lies in "
    "the bot's database and is shown to you alone. `/pprnet log off` stops it; `/pprnet forget me` erases it."
)
TURNED_ON = f"Your learning log is on. {WHAT_IS_KEPT} {RECORD}"
ON_ALREADY = f"Your learning log is already on. {WHAT_IS_KEPT}"
TURNED_OFF = (
    "Your learning log is off: nothing more is written. What is in it stays yours: `/pprnet log` shows it, "
    "`/pprnet forget me` erases it."
)
OFF_ALREADY = "Your learning log is off. Nothing is recorded. `/pprnet log on` begins one."
OFFER = f"Your learning log is off, and nothing is recorded. You can turn it on. {WHAT_IS_KEPT} {RECORD}"
EMPTY = f"Your learning log is on and still empty. It fills as you open or save studies. {RECORD}"
WRITTEN = "Your line is in your log. `/pprnet log` shows it."
TAKEN_OUT = "There is no line of yours on this study in your log now."
NOT_WRITTEN = "Your learning log is off, so nothing was written. /pprnet log on begins one."
NOTHING_TO_SEND = "Your learning log is empty: there is nothing to send."
SENT = "Your learning log is in your direct messages with me, as CSV."
NOT_SENT = "Slack did not take the message with your log. Please try again in a moment."
_FORMULA = ("=", "+", "-", "@", "\t", "\r")
"""What a spreadsheet may take for a formula at the start of a cell."""


def log_page(page: LogPage, corpus: Corpus) -> Message:
    """A page of somebody's log, latest first."""
    if not page.count:
        if not page.on:
            return message(OFFER, [kit.prose(OFFER), kit.buttons(kit.button(ids.LOG_ON, "Turn my log on", "on"))])
        return message(EMPTY, [kit.prose(EMPTY), kit.buttons(kit.button(ids.LOG_OFF, "Turn it off", "off"))])
    last = page.start + len(page.entries)
    where = f" ({page.start + 1} to {last})" if page.count > len(page.entries) else ""
    state = "" if page.on else " It is off: nothing more is written."
    lead = f"Your learning log: {plural(page.count, 'line')}{where}.{state}"
    blocks: list[Block] = [kit.prose(f"*{lead}* Only you see it. {RECORD}")]
    for entry in page.entries:
        blocks += _line(entry, corpus.get(entry.summary_id), on=page.on)
    switch = (ids.LOG_OFF, "Turn it off", "off") if page.on else (ids.LOG_ON, "Turn it on", "on")
    blocks.append(
        kit.buttons(
            *turn_buttons(ids.LOG_PAGE, page.start, last, page.count, PAGE),
            kit.button(ids.LOG_EXPORT, "Send me all as CSV", "0"),
            kit.button(*switch),
        )
    )
    titles = [f"• {_title(corpus.get(entry.summary_id))}" for entry in page.entries]
    return message("\n".join([lead, *titles]), blocks)


def reflect_view(summary: Summary, line: str | None) -> dict[str, Any]:
    """The form for a line in the log."""
    field = InputBlock(
        block_id=ids.REFLECTION_BLOCK,
        label=PlainTextObject(text="What I take from it, in a line", emoji=False),
        element=PlainTextInputElement(action_id=ids.REFLECTION, max_length=LONGEST, initial_value=line or None),
        optional=True,
    )
    how = (
        "This line is kept, because you write it here for your log. It is shown to you alone. Empty takes it out. "
        "Please write nothing about clients."
    )
    title = kit.prose(f"*{escape(fit(clean(summary.title), 300))}*")
    view = modal(ids.REFLECT_VIEW, "My learning log", kit.dump([title, field, kit.fine_print(how)]), submit="Keep")
    return view | {"private_metadata": summary.id}


def exported(entries: Sequence[Entry], start: int, count: int, corpus: Corpus) -> Message:
    """A message with as many lines of the log as it takes, as CSV; each code block is a table of its own."""
    tables: list[str] = []
    used = 0
    while used < len(entries) and len(tables) < CODE_BLOCKS:
        rows = [_cells(entry, corpus) for entry in entries[used:]]
        fitting = next(
            (number for number in range(len(rows), 1, -1) if len(_csv(rows[:number])) <= limits.RICH_TEXT),
            1,
        )
        tables.append(_csv(rows[:fitting]))
        used += fitting
    last = start + used
    lead = f"Your learning log as CSV, lines {start + 1} to {last} of {count}. {RECORD}"
    code = [
        RichTextBlock(elements=[RichTextPreformattedElement(elements=[kit.Text(text=table.rstrip())])]) for table in tables
    ]
    blocks: list[Block] = [kit.prose(lead), *code]
    if last < count:
        blocks.append(kit.buttons(kit.button(ids.LOG_EXPORT, "Send the next lines", str(last))))
    return message(lead, blocks)


def _line(entry: Entry, summary: Summary | None, *, on: bool) -> list[Block]:
    what = " · ".join(
        f"{did} {_date(moment)}" for did, moment in (("opened", entry.opened_at), ("saved", entry.saved_at)) if moment
    )
    title = escape_within(summary.title, 300) if summary else facts.NO_LONGER_HERE
    change = None
    if summary and on:
        label = "Change my line" if entry.reflection else "Write a line"
        change = kit.button(f"{ids.REFLECT}:{summary.id}", label, summary.id, said=f"{label}: {summary.title}")
    blocks: list[Block] = [kit.prose(f"{title}\n{what}".rstrip(), button=change)]
    if entry.reflection:
        blocks.append(kit.paragraph("My line", entry.reflection))
    return blocks


def _cells(entry: Entry, corpus: Corpus) -> list[str]:
    summary = corpus.get(entry.summary_id)
    study = summary.study if summary else None
    return [
        _day(entry.opened_at),
        _day(entry.saved_at),
        clean(summary.title) if summary else facts.NO_LONGER_HERE,
        summary.issue if summary else "",
        str(study.year or "") if study else "",
        (study.link or "") if study else "",
        clean(entry.reflection or ""),
    ]


def _csv(rows: Sequence[Sequence[str]]) -> str:
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(["opened", "saved", "summary", "PPRNet issue", "paper", "link", "my line"])
    writer.writerows([_safe(cell) for cell in row] for row in rows)
    return out.getvalue()


def _safe(cell: str) -> str:
    """A cell that no spreadsheet takes for a formula."""
    return f"'{cell}" if cell.lstrip().startswith(_FORMULA) else cell


def _title(summary: Summary | None) -> str:
    return escape(summary.title) if summary else facts.NO_LONGER_HERE


def _date(seconds: float) -> str:
    return f"<!date^{int(seconds)}^{{date_short}}|{_day(seconds)}>"


def _day(seconds: float | None) -> str:
    return f"{datetime.fromtimestamp(seconds, UTC):%Y-%m-%d}" if seconds else ""

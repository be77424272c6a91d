"""What someone has saved: the list, the form for a note, and the answers to *Save* where the card cannot change."""

from __future__ import annotations

from typing import Any

from slack_sdk.models.blocks import Block, InputBlock, PlainTextInputElement, PlainTextObject

from bot.blocks import ids, kit
from bot.blocks.message import Message, message
from bot.blocks.modal import modal
from bot.blocks.mrkdwn import escape, escape_within
from bot.blocks.saved_csv import day
from bot.corpus.model import Corpus, Summary
from bot.phrases import facts
from bot.store.saves import NOTE_LENGTH, SavedPage, SavedSummary
from bot.text import clean, fit, plural

PAGE = 8
"""Saved summaries on one page of the list."""

NOTHING_SAVED = "You haven't saved anything yet. Press *Save* under a summary to keep it here. Only you see this list."
REMOVED = "Removed from your saved summaries."
LOG_MOVED = (
    "The learning log is now part of *Saved*. I no longer record which studies you open. What you save is listed here, with "
    "the date and a note if you write one."
)
NOTE_SAVED = "Your note is saved. `/pprnet saved` shows it."
NOTE_REMOVED = "You have no note on this summary now."


def saved_list(page: SavedPage, corpus: Corpus) -> Message:
    """Return one page of someone's saved summaries, newest first."""
    if not page.count:
        return message(NOTHING_SAVED, [kit.prose(NOTHING_SAVED)])
    last = page.start + len(page.entries)
    where = f" ({page.start + 1} to {last})" if page.count > len(page.entries) else ""
    lead = f"You have saved {plural(page.count, 'summary')}{where}, newest first. Only you see this list."
    blocks: list[Block] = [kit.prose(f"*{lead}*")]
    titles = []
    for entry in page.entries:
        summary = corpus.get(entry.summary_id)
        blocks += _row(entry, summary, page.start)
        titles.append(f"• {escape(summary.title) if summary else facts.NO_LONGER_HERE}")
    download = kit.button(ids.SAVED_CSV, "Download as CSV", "0")
    blocks.append(kit.buttons(*_turns(page.start, last, page.count), download))
    return message("\n".join([lead, *titles]), blocks)


def log_moved(listed: Message) -> Message:
    """Return the list under a line for those who ask for the former learning log."""
    lead = message(f"{LOG_MOVED}\n{listed.text}", [kit.fine_markup(LOG_MOVED)])
    return Message(lead.text, [*lead.blocks, *listed.blocks])


def now_saved(summary: Summary, *, new: bool) -> Message:
    """Return the private answer to *Save*, where others see the card too or it cannot be built again."""
    title = escape(fit(clean(summary.title), 200))
    lead = f"{'Saved' if new else 'You have already saved this'}: *{title}*"
    text = f"{lead}\nOnly you see this. `/pprnet saved` lists everything you saved."
    return message(text, [kit.prose(text, button=kit.button(ids.REMOVE, "Remove", summary.id))])


def remove_with_note(summary: Summary) -> Message:
    """Return the question that is asked before a summary is removed together with a note."""
    text = f"You have a note on *{escape(fit(clean(summary.title), 200))}*. Removing the summary deletes the note too."
    return message(text, [kit.prose(text, button=kit.button(ids.REMOVE, "Remove both", summary.id))])


def note_form(summary: Summary, note: str | None) -> dict[str, Any]:
    """Return the form for a note."""
    field = InputBlock(
        block_id=ids.NOTE_BLOCK,
        label=PlainTextObject(text="What I take from it, in one line", emoji=False),
        element=PlainTextInputElement(action_id=ids.NOTE_TEXT, max_length=NOTE_LENGTH, initial_value=note or None),
        optional=True,
    )
    how = (
        "Only you see this note. It is stored with the summary in *Saved* until you remove it: save an empty line to remove "
        "it. Please write nothing about clients."
    )
    title = kit.prose(f"*{escape(fit(clean(summary.title), 300))}*")
    return modal(
        ids.NOTE_VIEW, "Your note", kit.dump([title, field, kit.fine_markup(how)]), submit="Save", metadata=summary.id
    )


def note_label(note: str | None) -> str:
    """Return the label of the button that opens the form."""
    return "Edit note" if note else "Add a note"


def _turns(start: int, last: int, count: int) -> list[kit.Button]:
    """Return the buttons that lead to the pages before and after."""
    turns = []
    if start:
        turns.append(kit.button(f"{ids.SAVED_PAGE}:later", "Newer", str(max(0, start - PAGE))))
    if last < count:
        turns.append(kit.button(f"{ids.SAVED_PAGE}:earlier", "Older", str(last)))
    return turns


def _row(entry: SavedSummary, summary: Summary | None, start: int) -> list[Block]:
    remove = kit.button(
        f"{ids.UNSAVE}:{entry.summary_id}",
        "Remove",
        f"{entry.summary_id} {start}",
        said=f"Remove: {summary.title}" if summary else "Remove",
        confirm=kit.confirm("Remove this?", "Your note on it will be deleted too.", "Remove", "Cancel")
        if entry.note
        else None,
    )
    date = f"saved <!date^{int(entry.saved_at)}^{{date_short}}|{day(entry.saved_at)}>"
    note = [kit.paragraph("My note", entry.note)] if entry.note else []
    if summary is None:
        return [kit.prose(f"{facts.NO_LONGER_HERE}\n{date}"), *note, kit.buttons(remove)]
    context = escape_within(facts.context(summary), 240).replace("_", " ")
    label = note_label(entry.note)
    return [
        kit.prose(f"{escape_within(summary.title, 300)}\n_{context}_ · {date}"),
        *note,
        kit.buttons(
            kit.button(f"{ids.SHOW}:{summary.id}", "Show", summary.id, said=f"Show: {summary.title}"),
            kit.button(f"{ids.NOTE}:{summary.id}", label, summary.id, said=f"{label}: {summary.title}"),
            remove,
        ),
    ]

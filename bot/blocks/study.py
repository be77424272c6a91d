"""What stands under a study once it has been read: will you use it, keep it, is something wrong with it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from slack_sdk.models.blocks import (
    Block,
    InputBlock,
    Option,
    PlainTextInputElement,
    PlainTextObject,
    RadioButtonsElement,
)

from bot.blocks import ids, kit, save
from bot.blocks.message import Message, message
from bot.blocks.modal import modal
from bot.blocks.mrkdwn import escape, link
from bot.blocks.saved import note_label
from bot.corpus.model import Summary
from bot.phrases import facts
from bot.store.feedback import Answer, Counts
from bot.text import clean, fit

LABELS = {
    Answer.WILL_USE: "I'll use it",
    Answer.ALREADY: "I already do",
    Answer.DOES_NOT_FIT: "Not for my clients",
    Answer.NOT_CONVINCED: "Not convinced",
}
WRONG = {
    "figure": "A figure is wrong",
    "link": "A link is wrong or dead",
    "misleading": "It is misleading",
    "other": "Something else",
}
LONGEST = 300
"""Characters of the line that can go with a report."""

HOW_COUNTED = (
    "Others see only counts, no names, and only once five people have answered. Your answer does not affect search results."
)
NOT_NOW = "I could not look up just now what you saved or answered. Open the study again in a moment."
NO_CURATOR = (
    "This library has no curator yet, so there is no one to send it to. Please tell the person who set up PPRNet for your "
    "team. Nothing was sent or stored."
)
REPORTED = "Thank you. The team's curators have it as a direct message. It does not say who sent it, and I keep no copy."
UNSURE = "Slack did not confirm that the message arrived. If it matters, please tell a curator yourself. I keep no copy."
CHOOSE = "Choose what is wrong first."
NOT_TAKEN = "Slack did not take the message just now. Please press Send again in a moment."


@dataclass(frozen=True, slots=True)
class ReaderState:
    """What one person did with a summary: saved it, answered, wrote a note. `counts` is None while too few have answered."""

    saved: bool = False
    answer: Answer | None = None
    counts: Counts | None = None
    note: str | None = None


def after_reading(summary: Summary, state: ReaderState | None) -> list[Block]:
    """Return the end of the study's modal; without what needs the reader's state where that is not known (None)."""
    wrong = kit.button(ids.WRONG, "Something wrong?", summary.id)
    if state is None:
        return [kit.divider(), kit.prose(NOT_NOW), kit.buttons(wrong)]
    asked = "*Will you use this?*"
    if state.answer:
        asked = f"*Your answer: {LABELS[state.answer]}.* You can change or remove it."
    answers = [
        kit.button(f"{ids.USE}:{answer.value}", label, summary.id, style="primary" if answer is state.answer else None)
        for answer, label in LABELS.items()
    ]
    if state.answer:
        answers.append(kit.button(ids.TAKE_BACK, "Remove answer", summary.id))
    note = kit.button(ids.NOTE, note_label(state.note), summary.id)
    own = [save.button(summary, others=None, saved=state.saved), note, wrong]
    told = f"{use_line(state.counts)} {HOW_COUNTED}" if state.counts else HOW_COUNTED
    return [kit.divider(), kit.prose(asked), kit.buttons(*answers), kit.fine_print(told), kit.buttons(*own)]


def use_line(counts: Counts) -> str:
    """The one form in which counts are said to the team."""
    return f"{counts.will_use} of {counts.total} colleagues here will use this."


def wrong_view(summary: Summary, *, curators: bool) -> dict[str, Any]:
    """The modal behind *Something wrong?*. Without curators it says what to do instead."""
    title = kit.prose(f"*{escape(fit(clean(summary.title), 300))}*")
    if not curators:
        return modal(ids.WRONG_VIEW, "Something wrong?", kit.dump([title, kit.prose(NO_CURATOR)]))
    options = [Option(value=value, text=PlainTextObject(text=label, emoji=False)) for value, label in WRONG.items()]
    what = InputBlock(
        block_id=ids.WRONG_KIND_BLOCK,
        label=PlainTextObject(text="What is wrong?", emoji=False),
        element=RadioButtonsElement(action_id=ids.WRONG_KIND, options=options),
    )
    line = InputBlock(
        block_id=ids.WRONG_LINE_BLOCK,
        label=PlainTextObject(text="Details", emoji=False),
        element=PlainTextInputElement(action_id=ids.WRONG_LINE, max_length=LONGEST),
        optional=True,
    )
    how = (
        "It goes to your team's curators as a direct message in Slack, without your name. I do not keep it. "
        "Please write nothing about clients."
    )
    blocks = kit.dump([title, what, line, kit.fine_print(how)])
    return modal(ids.WRONG_VIEW, "Something wrong?", blocks, submit="Send", metadata=summary.id)


def report(summary: Summary, kind: str, line: str) -> Message:
    """What a curator gets."""
    lead = f"A colleague says that something may be wrong with a summary: *{WRONG[kind]}.*"
    told = fit(clean(line), LONGEST)
    hint = f"Sent anonymously; no copy is kept. Check it against {link(facts.BLOG, 'the blog')}."
    blocks = [kit.prose(lead), kit.paragraph(summary.title, facts.context(summary))]
    if told:
        blocks.append(kit.paragraph("In their words", told))
    blocks += [kit.buttons(kit.button(ids.READ_STUDY, "Read the study", summary.id)), kit.fine_markup(hint)]
    words = [lead, escape(summary.title), *([f"In their words: {escape(told)}"] if told else []), hint]
    return message("\n".join(words), blocks)

"""*Something wrong?*: the form for a reader who doubts a summary, what a curator gets, and what the reader gets once it is
corrected.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from slack_sdk.models.blocks import (
    InputBlock,
    InputInteractiveElement,
    Option,
    PlainTextInputElement,
    PlainTextObject,
    RadioButtonsElement,
    StaticSelectElement,
)

from bot.blocks import ids, kit
from bot.blocks.edit import edit_button
from bot.blocks.message import Message, message
from bot.blocks.modal import modal
from bot.blocks.mrkdwn import escape, link, moment
from bot.corpus.model import Summary
from bot.phrases import facts
from bot.text import clean, fit

WRONG = {
    "figure": "A figure is wrong",
    "link": "A link is wrong or dead",
    "misleading": "It is misleading",
    "other": "Something else",
}
WHOLE = "whole"
PARTS = {
    WHOLE: "The summary as a whole",
    "title": "Title",
    "bottom_line": "Bottom line",
    "implications": "Practice implications",
    "caution": "Caution",
    "summary": "What was done and found",
    "effects": "Effect sizes",
    "study": "Authors, design or who took part",
    "citation": "Citation or link to the paper",
}
"""The parts of a summary that a report can name. A summary need not have all of them."""
TELL = {
    "no": "No. Nothing about me is stored",
    "yes": "Yes. My user id is stored until then, for 180 days at most",
}
LONGEST = 300
"""Characters of the line that can go with a report."""

NO_CURATOR = (
    "This library has no curator yet, so there is no one to send it to. Please tell the person who set up PPRNet for your "
    "team. Nothing was sent or stored."
)
REPORTED = "Thank you. The team's curators got it as a direct message. It does not say who sent it, and I keep no copy."
REPORTED_TELL = (
    "Thank you. The team's curators got it as a direct message. It does not say who sent it. I'll write to you once "
    "the summary is corrected."
)
UNSURE = "Slack did not confirm that the message arrived. If it matters, please tell a curator yourself. I keep no copy."
CHOOSE = "Choose what is wrong first."
NOT_TAKEN = "Slack did not take the message just now. Please press Send again in a moment."

CURATORS_ONLY = "Only curators can say that a summary is corrected."
NOTIFIED = "Thank you. I'll let the person who reported it know, without saying who corrected it."
UNCHANGED = (
    "The summary is still as it was when it was reported. Correct it first, then press *Corrected*. I notice a changed "
    "file within a minute."
)
OVER = "No one is waiting for this any more: the person has already been notified, or asked more than 180 days ago."


def wrong_view(summary: Summary, *, curators: bool) -> dict[str, Any]:
    """Return the modal behind *Something wrong?*. Without curators it says what to do instead."""
    title = kit.prose(f"*{escape(fit(clean(summary.title), 300))}*")
    if not curators:
        return modal(ids.WRONG_VIEW, "Something wrong?", kit.dump([title, kit.prose(NO_CURATOR)]))
    parts = _options({part: label for part, label in PARTS.items() if _has(summary, part)})
    tell = _options(TELL)
    what = RadioButtonsElement(action_id=ids.WRONG_KIND, options=_options(WRONG))
    where = StaticSelectElement(action_id=ids.WRONG_WHERE, options=parts, initial_option=parts[0])
    line = PlainTextInputElement(action_id=ids.WRONG_LINE, max_length=LONGEST)
    wish = RadioButtonsElement(action_id=ids.WRONG_TELL, options=tell, initial_option=tell[0])
    how = (
        "It goes to your team's curators as a direct message in Slack, without your name. I do not keep it. "
        "Please write nothing about clients."
    )
    blocks = [
        title,
        _input(ids.WRONG_KIND_BLOCK, "What is wrong?", what),
        _input(ids.WRONG_WHERE_BLOCK, "Where?", where),
        _input(ids.WRONG_LINE_BLOCK, "Details", line, optional=True),
        _input(ids.WRONG_TELL_BLOCK, "Would you like to know when it is corrected?", wish),
        kit.fine_print(how),
    ]
    return modal(ids.WRONG_VIEW, "Something wrong?", kit.dump(blocks), submit="Send", metadata=summary.id)


def report(
    summary: Summary, kind: str, part: str, line: str, *, waiting: str | None = None, may_edit: bool = True
) -> Message:
    """Return the message that a curator gets. `waiting`: the report's id, where the reader wants to know when the summary is
    corrected. `may_edit`: whether this team's curators look after the library.
    """
    where = f" in “{PARTS[part]}”" if part != WHOLE else ""
    lead = f"A colleague says that something may be wrong with a summary: *{WRONG[kind]}*{where}."
    words = fit(clean(line), LONGEST)
    source = link(summary.source.url, summary.source.name) if summary.source else link(facts.BLOG, "the blog")
    hint = f"Sent anonymously; no copy is stored. Check it against {source}."
    if waiting:
        hint += " The person would like to know when it is corrected: "
        hint += ("saving *Edit* tells them, or " if may_edit else "") + "press *Corrected* once it is."
    if not may_edit:
        hint += " The library is looked after elsewhere: pass on what is wrong to whoever set me up for your team."
    blocks = [kit.prose(lead), kit.paragraph(summary.title, facts.context(summary))]
    if words:
        blocks.append(kit.paragraph("In their words", words))
    shown = [
        kit.button(f"{ids.READ_STUDY}:{summary.id}", "Details", summary.id),
        *([edit_button(summary)] if may_edit else []),
    ]
    if waiting:
        shown.append(kit.button(ids.WRONG_CORRECTED, "Corrected", waiting))
    blocks += [kit.buttons(*shown), kit.fine_markup(hint)]
    lines = [lead, escape(summary.title), *([f"In their words: {escape(words)}"] if words else []), hint]
    return message("\n".join(lines), blocks)


def corrected(summary: Summary) -> Message:
    """Return the direct message to the reader who reported a summary and wanted to know."""
    lead = "A summary that you reported has been corrected. Thank you for saying so."
    hint = "You are getting this because you asked to know. I have deleted your request."
    button = kit.button(f"{ids.READ_STUDY}:{summary.id}", "Details", summary.id)
    blocks = [kit.prose(lead), kit.paragraph(summary.title, facts.context(summary)), kit.buttons(button)]
    return message("\n".join([lead, escape(summary.title), hint]), [*blocks, kit.fine_print(hint)])


def report_over(summary: Summary, by: str, at: float) -> Message:
    """Return what takes the place of a curator's message once `by` has said that the summary is corrected, `at` a time in
    epoch seconds.
    """
    lead = (
        f"A colleague said that something may be wrong with a summary. <@{by}> says that it is corrected, {moment(at)}. "
        "The colleague has been notified."
    )
    hint = "What the colleague wrote was deleted with the report."
    button = kit.button(f"{ids.READ_STUDY}:{summary.id}", "Details", summary.id)
    blocks = [kit.prose(lead), kit.paragraph(summary.title, facts.context(summary)), kit.buttons(button)]
    return message("\n".join([lead, escape(summary.title), hint]), [*blocks, kit.fine_print(hint)])


def _has(summary: Summary, part: str) -> bool:
    """Return whether a summary has a part that a report can name."""
    if part == "effects":
        return bool(summary.study.effects)
    return part not in ("bottom_line", "caution") or bool(getattr(summary, part))


def _options(labels: Mapping[str, str]) -> list[Option]:
    return [Option(value=value, text=PlainTextObject(text=label, emoji=False)) for value, label in labels.items()]


def _input(block_id: str, label: str, element: InputInteractiveElement, *, optional: bool = False) -> InputBlock:
    text = PlainTextObject(text=label, emoji=False)
    return InputBlock(block_id=block_id, label=text, element=element, optional=optional)

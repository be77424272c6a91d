"""*Edit*: the form in which a curator changes a summary, and the list of a month's summaries that leads to it."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from slack_sdk.models.blocks import (
    Block,
    InputBlock,
    InputInteractiveElement,
    Option,
    PlainTextInputElement,
    RadioButtonsElement,
)

from bot.approval.revising import Editable, Kept
from bot.blocks import ids, kit, summary_fields
from bot.blocks.edit_text import text_and_sentences
from bot.blocks.message import Message
from bot.blocks.modal import modal
from bot.blocks.mrkdwn import escape_within
from bot.blocks.notes import note
from bot.blocks.summary_fields import LABELS, plain
from bot.corpus.model import Summary, Topic, month_name
from bot.corpus.warnings.warning import LibraryWarning
from bot.text import clean

TITLE = "Edit summary"
LISTS = ("implications", "effects", "asks")
"""Fields with one text a line."""
ROOM = 2_400
"""Characters that a field for lines begins with; more lines go into another one, since Slack's fields take 3,000."""
MOST = 45
"""Summaries in the list of a month."""

_ORIGINAL = "One per line. The blog's own words: you can only join lines, or split one where a sentence ends."
_NEXT = "Here is the next one without a bottom line."
_NO_PLACE_LIKE_IT = "This changes the library for your whole team. Cards already posted will be corrected."
_NOT_SAVED = "*Nothing is saved yet.* The reason is at the top of this form."
_NOT_POSTED = "This month is not posted yet. What you save here is what your team will read."

CURATORS_ONLY = "Only curators can edit summaries. To become one, ask the person who set up PPRNet for your team."
SHIPPED = (
    "This library came with PPRNet and cannot be edited here. The person who set up PPRNet can give your team a copy of its "
    "own to edit."
)
SAVED = "Saved. It will be in the library in a moment, and cards already posted will be corrected."
SAVED_DRAFT = "Saved. The month is not posted yet."
UNCHANGED = "Nothing was changed."
TELL = {"yes": "Yes, this corrects it", "no": "No, not yet"}
NOTIFIED = "Readers who asked to know are getting a message from me. It does not say who made the correction."
FAULTY = (
    "The library's files have a fault, so nothing can be saved for now. Curators have had a message about it. Please try "
    "again once it is fixed."
)
BY_HAND = (
    "This part of the library's file was laid out by hand in a way that I cannot change. The person who runs PPRNet can "
    "change it there."
)
GONE_OUT = "This month is no longer waiting. Please open *Edit* on the summary itself."


@dataclass(frozen=True, slots=True)
class Form:
    """The form of one summary. `place` is the month or draft that it is in; `shown` are the values in the fields; `turn`
    counts how often the form was filled in again; `warned` is what the curator was warned of; `above` is said first;
    `reported` readers want to know when the summary is corrected; `listed`: it was opened from the list of its month;
    `said`: what became of the summary before it in that list.
    """

    place: str
    found: Editable
    shown: Mapping[str, Any]
    turn: int = 0
    warned: str = ""
    above: Sequence[Block] = ()
    reported: int = 0
    listed: bool = False
    said: str = ""


def edit_view(form: Form, topics: Sequence[Topic]) -> dict[str, Any]:
    """Return the form."""
    summary = form.found.summary
    metadata = {
        "summary": summary.id,
        "place": form.place,
        "number": form.found.number,
        "turn": form.turn,
        "base": {field: print_of(form.found.values[field]) for field in LABELS},
        "warned": form.warned,
        "listed": form.listed,
    }
    before = [kit.prose(f"{form.said} {_NEXT}")] if form.said else []
    title = kit.prose(f"*{escape_within(summary.title, 300)}*")
    blocks = [*before, title, *form.above, *text_and_sentences(summary)]
    for field in LABELS:
        blocks += _inputs(form, field, topics)
    if form.reported:
        blocks.append(_tell_field(form.reported))
    if form.above:
        blocks.append(kit.prose(_NOT_SAVED))  # where a curator is who has just pressed Save below the last field
    return modal(
        ids.EDIT_VIEW,
        TITLE,
        kit.dump([*blocks, kit.fine_print(_NOT_POSTED if form.found.draft else _NO_PLACE_LIKE_IT)]),
        submit="Save anyway" if form.warned else "Save",
        close="Cancel",
        metadata=json.dumps(metadata),
    )


def print_of(value: Any) -> str:
    """Return a fingerprint of a field's value."""
    return hashlib.sha256(json.dumps(_cleaned(value)).encode()).hexdigest()[:10]


def _cleaned(value: Any) -> Any:
    """Return a value as it would come back from the form untouched."""
    if isinstance(value, Mapping):
        return {clean(who): _cleaned(count) for who, count in value.items()}
    return clean(value) if isinstance(value, str) else [*map(_cleaned, value)] if isinstance(value, list) else value


def block_of(view: Mapping[str, Any], field: str, turn: int) -> str:
    """Return the id of a field's block in a form that Slack sends: another one than at first where *Use* filled it."""
    first = block_id(field, turn)
    there = (str(block.get("block_id")) for block in view.get("blocks") or ())
    return next((each for each in there if each.rpartition(":")[0] == first.rpartition(":")[0]), first)


def block_id(field: str, turn: int, number: int = 0) -> str:
    """Return the id of a field's block: another one in each turn, since Slack keeps what was typed under the old one."""
    return f"{ids.EDIT}:{field}:{turn}:{number}"


def action_id(field: str, number: int = 0) -> str:
    """Return the id of a field, or of its continuation."""
    return f"{ids.EDIT}_{field}{number or ''}"


def _inputs(form: Form, field: str, topics: Sequence[Topic]) -> Iterator[Block]:
    value = form.shown[field]
    if field == "topics":
        yield _input(form, field, summary_fields.topics(action_id(field), value, topics))
    elif field == "design":
        yield _input(form, field, summary_fields.design(action_id(field), value))
    elif field in LISTS:
        for number, lines in enumerate(_parts(summary_fields.lines(value))):
            yield _input(form, field, _text(field, "\n".join(lines), number), number)
    else:
        yield _input(form, field, _text(field, value if isinstance(value, str) else "\n".join(summary_fields.lines(value))))


def _input(form: Form, field: str, element: InputInteractiveElement, number: int = 0) -> Block:
    is_original = field == "implications" and form.found.summary.text == "original"
    hint = _ORIGINAL if is_original else summary_fields.HINTS.get(field)
    return InputBlock(
        block_id=block_id(field, form.turn, number),
        label=plain(f"{LABELS[field]}, continued" if number else LABELS[field]),
        hint=plain(hint) if hint and not number else None,
        element=element,
        optional=field != "design" and not (field == "implications" and not number),
    )


def _text(field: str, text: str, number: int = 0) -> PlainTextInputElement:
    return summary_fields.text(action_id(field, number), summary_fields.MOST.get(field, summary_fields.LONGEST), text)


def _tell_field(reported: int) -> Block:
    """Return the question whether readers who reported the summary are notified now."""
    who = "the reader" if reported == 1 else f"the {reported} readers"
    options = [Option(value=value, text=plain(text)) for value, text in TELL.items()]
    element = RadioButtonsElement(action_id=ids.EDIT_TELL, options=options, initial_option=options[0])
    return InputBlock(block_id=ids.EDIT_TELL, label=plain(f"Let {who} who reported a problem know?"), element=element)


def _parts(lines: Sequence[str]) -> list[list[str]]:
    parts: list[list[str]] = [[]]
    for line in lines:
        if parts[-1] and sum(len(each) + 1 for each in parts[-1]) + len(line) > ROOM:
            parts.append([])
        parts[-1].append(line)
    return parts


# -- above the fields -------------------------------------------------------------------------------------------------


def meanwhile(found: Editable, by: str | None, moved: Sequence[str], mine: Sequence[str]) -> list[Block]:
    """Return what someone changed while the form was open: `moved` are the fields; in those of them that are `mine`, the
    curator changed something else.
    """
    who = f"<@{by}> has" if by else "Someone has"
    blocks = [
        kit.prose(
            f"*{who} changed this summary while you had it open.* Nothing you typed is saved yet. Here is what it says "
            "now; a field that you changed too still has your words. Press *Save* to save what is in the fields."
        )
    ]
    for field in moved:
        label = f"{LABELS[field]}, as it is now" + (" (your words are below)" if field in mine else "")
        blocks.append(kit.paragraph(label, in_words(found.values[field]) or "(empty)"))
    return blocks


def in_words(value: Any) -> str:
    """Return a field's value as one text."""
    if isinstance(value, Mapping):
        return ", ".join(f"{count} {who}" for who, count in value.items())
    return value if isinstance(value, str) else "; ".join(summary_fields.lines(value))


def warnings_above(warnings: Sequence[LibraryWarning]) -> list[Block]:
    """Return the warning about what is probably a slip."""
    blocks = [kit.prose("*Please check this.* Nothing is saved yet. Correct it, or press *Save anyway*.")]
    return [*blocks, *summary_fields.warnings(warnings)]


# -- a month's summaries ----------------------------------------------------------------------------------------------


def month_view(place: str, month: str, summaries: Sequence[Summary], said: str = "") -> dict[str, Any]:
    """Return the list of a month's summaries, each with its *Edit*. `said` is what became of the last one."""
    blocks: list[Block] = [kit.prose(f"{said} Choose a summary to edit.".lstrip())]
    for each in summaries[:MOST]:
        lacks = [what for what, there in (("bottom line", each.bottom_line), ("search words", each.asks)) if not there]
        says = escape_within(each.bottom_line or "", 400)
        says += ("\n" if says else "") + (f"_No {' and no '.join(lacks)} yet._" if lacks else "")
        button = kit.button(f"{ids.EDIT}:{each.id}", "Edit", f"{place} {each.id}", said=f"Edit {each.title}")
        blocks.append(kit.prose(f"*{escape_within(each.title, 200)}*\n{says}", button=button))
    return modal(ids.EDIT_MONTH_VIEW, month_name(month), kit.dump(blocks))


def edit_button(summary: Summary) -> kit.Button:
    """Return the button for a window that shows a summary of the library."""
    return kit.button(f"{ids.EDIT}:{summary.id}", "Edit", f"{summary.place} {summary.id}")


def kept_message(kept: Kept, title: str) -> Message:
    """Return the direct message to curators that a change was not made, since the file had been changed by hand."""
    fields = ", ".join(LABELS.get(field, field).lower() for field in kept.fields)
    who = f"<@{kept.revision.by}> changed" if kept.revision.by else "A curator changed"
    return note(
        f"{who} “{escape_within(title, 200)}” in Slack, but someone had changed the same part ({fields}) in the library's "
        "file by hand. I left the file as it is. If the change made in Slack is right, open *Edit* and make it again."
    )

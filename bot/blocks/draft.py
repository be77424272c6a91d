"""A month that came from the blog, one of the team's own, or one of a shared library, as curators see it before the team
does: what is in it, what is doubtful, what to do.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from slack_sdk.models.blocks import Block, InputBlock, PlainTextInputElement, PlainTextObject

from bot.blocks import ids, kit
from bot.blocks.message import Message, message
from bot.blocks.modal import modal
from bot.blocks.mrkdwn import escape, escape_within, moment
from bot.blocks.notes import note
from bot.corpus.model import month_name
from bot.corpus.month_file import MAX_NOTE
from bot.phrases import facts
from bot.store.drafts import APPROVED, ITSELF, ON_HOLD, Draft
from bot.text import plural

LINES = 10
CURATORS_ONLY = "Only curators can decide on a new month. To become one, ask the person who set up PPRNet for your team."
CHANGED = "This month has changed since you saw it. Please read my message again, then decide."
OUT = "This month is already on its way to the team, so nothing was changed."
UNKNOWN = "I no longer have that month."
NO_PREVIEW = (
    "I cannot put this month together: the library's own files have a fault, or Slack would refuse the month. The person "
    "who runs the bot can find out more with `pprnet check`."
)
PREVIEW_COMES = "I am sending you the preview as a direct message."
PREVIEW_CUT = "Slack did not take all of the preview. Please press *Preview* again in a moment."
NOT_YET = "That summary is not in the library yet: its month is still waiting for a curator."
SHARED = "It can already be found by searching. It goes to your channels only when a curator presses *Post*."
AUTOMATIC = "It is posted automatically, as you chose in your workspace's settings."
TOO_LONG = f"That is longer than {MAX_NOTE} characters. Please shorten it."


def draft_message(draft: Draft) -> Message:
    """Return the direct message about a draft. It has its buttons until it is decided."""
    values = draft.values
    summaries, subjects = values["summaries"], values.get("subjects") or []
    name = month_name(draft.month)
    lead = f"New on the PPRNet blog: {name}, {plural(len(summaries), 'summary')}"
    if draft.is_addition:
        summaries = [each for each in summaries if each["title"] in draft.reasons]
        lead = f"Added on the PPRNet blog: {name}, {plural(len(summaries), 'more summary')}"
    if draft.is_own:
        lead = f"{facts.own_month(draft.month)}: {plural(len(summaries), 'summary')} to post"
    if draft.is_shared:
        lead = f"New in the library: {name}, {plural(len(summaries), 'summary')}"
    lines = [f"• {escape_within(str(each['title']), 120)}{_paper(each)}" for each in summaries[:LINES]]
    if len(summaries) > LINES:
        lines.append(f"• … and {len(summaries) - LINES} more")
    blocks: list[Block] = [kit.prose(f"*{lead}*\n" + "\n".join(lines))]
    said = [lead, *lines]
    if subjects and not values["complete"]:
        about = f"The blog announced for this month: {'; '.join(map(str, subjects))}."
        blocks.append(kit.fine_print(about))
        said.append(escape_within(about, 1000))
    if draft.note:
        blocks.append(kit.paragraph("Your note to the team", draft.note))
        said.append(f"Your note to the team: {escape(draft.note)}")
    state = _state(draft)
    blocks.append(kit.prose(state))
    if draft.state != APPROVED:
        blocks.append(_buttons(draft))
    return message("\n".join([*said, state]), blocks)


def preview_lead(draft: Draft, channels: Sequence[str]) -> Message:
    """Return the line above a preview: where its messages will be. `channels` are those that get the month."""
    what = _previewed(draft)
    if draft.is_addition:
        what += " with what was added: the month's message as it will be, and the new cards"
    where = f" in <#{channels[0]}>" if channels else ""
    if len(channels) > 1:
        where += f" and {plural(len(channels) - 1, 'more channel')}"
    missing = "" if channels else " No channel gets new months yet."
    text = f"*{what}{where}.*{missing} Nothing is posted until a curator presses *Post*."
    post = kit.button(f"{ids.DRAFT_POST}:preview", "Post", f"{draft.key}:{draft.version}", style="primary")
    return message(text, [kit.prose(text), kit.buttons(post, *_edit_button(draft))])


def preview_after(draft: Draft) -> Message:
    """Return what takes the place of the line above a preview once the draft is posted, or otherwise than it was then."""
    if draft.state == APPROVED:
        return note(f"{_previewed(draft)}. {_state(draft)}")
    on_hold = f" <@{draft.decided_by}> put it on hold, {moment(draft.decided_at or 0.0)}." if draft.decided_by else ""
    text = f"*{_previewed(draft)}, as it was then.*{on_hold} Press *Preview* to see it as it is now, and to post it."
    again = kit.button(ids.DRAFT_PREVIEW, "Preview", f"{draft.key}:{draft.version}", style="primary")
    return message(text, [kit.prose(text), kit.buttons(again, *_edit_button(draft))])


def _previewed(draft: Draft) -> str:
    name = month_name(draft.month)
    return f"Preview of {facts.OWN_MANY.lower()}, {name}" if draft.is_own else f"Preview of {name}"


def _paper(each: dict[str, Any]) -> str:
    """Who wrote the paper and when, as far as the page prints a citation."""
    study = each.get("study") or {}
    authors = study.get("authors") or []
    others = f" and {escape_within(str(authors[1]), 60)}" if len(authors) == 2 else " and others" if authors[2:] else ""
    parts = [escape_within(str(authors[0]), 60) + others] if authors else []
    parts += [str(study["year"])] if study.get("year") else []
    return f" ({', '.join(parts)})" if parts else ""


def _state(draft: Draft) -> str:
    who = f"<@{draft.decided_by}>" if draft.decided_by else ""
    when = f", {moment(draft.decided_at)}" if draft.decided_at else ""
    if draft.state == APPROVED:
        if draft.decided_by == ITSELF:
            return AUTOMATIC if draft.is_shared else "It is complete, so it is posted automatically."
        return f"{who} posted it{when}. It is on its way to the team."
    if draft.is_own:
        on_hold = f"Put on hold by {who}{when}. " if who else ""
        return (
            f"{on_hold}Written by your team, and already found in your library. It goes to the channels, in a message of "
            "its own, only when a curator presses *Post*."
        )
    if draft.is_shared:
        on_hold = f"Put on hold by {who}{when}. " if who else ""
        return f"{on_hold}{SHARED}"
    if draft.is_addition:
        on_hold = f"Put on hold by {who}{when}. " if who else ""
        return (
            f"{on_hold}Your library already has this month. The additions go into it, and into the thread where the month "
            "was posted, only when a curator presses *Post*."
        )
    if draft.state == ON_HOLD:
        reasons = " ".join(escape(reason) for reason in draft.reasons)
        on_hold = f"Put on hold by {who}{when}." if who else f"*On hold.* {reasons}"
        return f"{on_hold} It goes to the team only when a curator presses *Post*."
    return "It is complete: as many summaries as the blog names. It goes to the team when a curator presses *Post*."


def _buttons(draft: Draft) -> Block:
    value = f"{draft.key}:{draft.version}"
    shown = [
        kit.button(ids.DRAFT_PREVIEW, "Preview", value),
        kit.button(ids.DRAFT_POST, "Post", value, style="primary"),
    ]
    if not draft.decided_by:
        shown.append(kit.button(ids.DRAFT_HOLD, "Hold", value))
    shown += _edit_button(draft)
    if not draft.is_addition and not draft.is_shared:  # its message is posted already, or others write the note
        shown.append(kit.button(ids.DRAFT_NOTE, "Edit note" if draft.note else "Add a note", value))
    return kit.buttons(*shown)


def _edit_button(draft: Draft) -> list[kit.Button]:
    """Return *Edit*; nothing where the library is another workspace's."""
    return [] if draft.is_shared else [kit.button(ids.EDIT_MONTH, "Edit", draft.key, said="Edit the summaries")]


def note_view(draft: Draft) -> dict[str, Any]:
    """The form for the curator's word to the team."""
    field = InputBlock(
        block_id=ids.DRAFT_NOTE_BLOCK,
        label=PlainTextObject(text="Your note to the team", emoji=False),
        hint=PlainTextObject(text="It appears above the month's summaries. No client details, please.", emoji=False),
        optional=True,
        element=PlainTextInputElement(
            action_id=ids.DRAFT_NOTE_TEXT, multiline=True, max_length=MAX_NOTE, initial_value=draft.note or None
        ),
    )
    return modal(
        ids.DRAFT_NOTE_VIEW,
        month_name(draft.month),
        kit.dump([field]),
        submit="Save",
        close="Cancel",
        metadata=json.dumps({"month": draft.key}),
    )


def decided_already(draft: Draft | None) -> Message:
    """Return the reply to someone who pressed a button of a draft that is no longer as it was."""
    if draft is None:
        return note(UNKNOWN)
    by = draft.decided_by if draft.decided_by and draft.decided_by != ITSELF else None
    when = f" ({moment(draft.decided_at)})" if draft.decided_at else ""
    if draft.state == APPROVED:
        return note(f"<@{by}> has already posted this month{when}." if by else OUT)
    if draft.state == ON_HOLD and by:
        return note(f"<@{by}> has put this month on hold{when}. Press *Post* again if it should go out.")
    return note(CHANGED)


def alarm(trouble: str) -> Message:
    """Return the message to curators after the page could not be read several times in a row."""
    return note(
        f"I can no longer read the blog's page: {escape_within(trouble, 300)}. I'll keep trying, less often. "
        "Until it works, I won't see new months. The person who runs the bot can find out more."
    )

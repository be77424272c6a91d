"""What the curators of one of many workspaces set for it: on Home, and the form behind it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from slack_sdk.models.blocks import (
    Block,
    InputBlock,
    InputInteractiveElement,
    Option,
    PlainTextInputElement,
    PlainTextObject,
    RadioButtonsElement,
    StaticSelectElement,
    UserMultiSelectElement,
)

from bot.blocks import ids, kit
from bot.blocks.message import Message
from bot.blocks.modal import modal
from bot.blocks.mrkdwn import escape
from bot.blocks.notes import note
from bot.corpus.model import month_name
from bot.settings.own_settings import OwnSettings
from bot.settings.values import CRISIS_LINE_LIMIT
from bot.store.drafts import NEW, ON_HOLD, Draft

TITLE = "Settings"
CURATORS_ONLY = "Only curators can change this. To become one, ask a curator of your team."
SAVED = "Saved. It applies within a minute."
NO_ZONE = "That is not a time zone. Write it like America/Toronto or Europe/London."
NO_CURATOR = "Choose at least one curator: otherwise nobody could change this."
LINE = f"A line is at most {CRISIS_LINE_LIMIT} characters of plain text."
CHANNEL, CURATORS, ZONE, HOUR, CRISIS, SHARED = "channel", "curators", "zone", "hour", "crisis_line", "shared_channels"
APPROVAL = "approval"
"""The fields."""
ASKED = "You are asked before a new month is posted."
_APPROVAL = {"off": "Post them automatically", "on": "Ask us first"}
_SHARED = {"off": "No", "on": "Yes, and answer their people there"}


def section(found: OwnSettings) -> list[Block]:
    """Return what Home shows of it to a curator."""
    where = f"New months go to <#{found.channel}>." if found.channel else "No channel gets the new months yet."
    where += f" {ASKED}" if found.asks_after else ""
    line = (
        "" if found.crisis_line else " No line for crises is set: it is shown where someone asks about danger to a client."
    )
    button = kit.button(ids.OWN_SETTINGS, "Change settings", "open", style=None if found.channel else "primary")
    return [kit.prose(f"*Your workspace*\n{where}{line}"), kit.buttons(button)]


def form(found: OwnSettings, *, zone: str, hour: int, drafts: Sequence[Draft] = ()) -> dict[str, Any]:
    """Return the form. `zone` and `hour` are those in use, `drafts` the months that are not posted yet."""
    hours = [Option(value=str(each), text=_plain(f"{each}:00")) for each in range(24)]
    approval = [Option(value=value, text=_plain(text)) for value, text in _APPROVAL.items()]
    shared = [Option(value=value, text=_plain(text)) for value, text in _SHARED.items()]
    channel = kit.channel_picker(block_of(CHANNEL), CHANNEL, "Channel for each new month", found.channel)
    if isinstance(channel, InputBlock):
        channel.optional = True
    line = PlainTextInputElement(action_id=CRISIS, initial_value=found.crisis_line, max_length=CRISIS_LINE_LIMIT)
    people = UserMultiSelectElement(action_id=CURATORS, initial_users=list(found.curators) or None)
    blocks = [
        channel,
        kit.fine_print("Invite the bot there first: /invite @PPRNet. It posts nothing older."),
        _field(CURATORS, "Curators", people, hint="They can change this, and see what the team finds useful."),
        _field(ZONE, "Time zone", PlainTextInputElement(action_id=ZONE, initial_value=zone)),
        _field(
            HOUR,
            "New months are posted from",
            StaticSelectElement(action_id=HOUR, options=hours, initial_option=hours[hour]),
        ),
        _field(
            APPROVAL,
            "New months",
            RadioButtonsElement(action_id=APPROVAL, options=approval, initial_option=approval[found.asks_after is not None]),
            hint="Ask us first: each curator gets a message with the new month, and one of you presses Post.",
        ),
        *([kit.fine_print(_if_automatic(drafts))] if drafts and found.asks_after else []),
        _field(CRISIS, "Your line for crises", line, hint="Shown above an answer to words about danger.", optional=True),
        _field(
            SHARED,
            "Post in channels shared with other organizations?",
            RadioButtonsElement(action_id=SHARED, options=shared, initial_option=shared[found.shared_channels]),
        ),
    ]
    return modal(ids.OWN_SETTINGS_VIEW, TITLE, kit.dump(blocks), submit="Save", close="Cancel")


def saved(found: OwnSettings) -> Message:
    """Return what takes the form's place."""
    where = f" New months go to <#{found.channel}>." if found.channel else ""
    where += f" {ASKED}" if found.asks_after else ""
    return note(f"{SAVED}{where}{' ' + escape(found.crisis_line) if found.crisis_line else ''}")


def block_of(field: str) -> str:
    """Return the id of a field's block."""
    return f"{ids.OWN_SETTINGS_BLOCK}:{field}"


def _if_automatic(drafts: Sequence[Draft]) -> str:
    """Say what becomes of months that are not posted yet, where new ones are posted automatically again."""
    waiting = [month_name(each.month) for each in drafts if each.state == NEW]
    on_hold = [month_name(each.month) for each in drafts if each.state == ON_HOLD]
    parts = [f"{', '.join(waiting)} {'is' if len(waiting) == 1 else 'are'} posted"] if waiting else []
    parts += [f"{', '.join(on_hold)} {'stays' if len(on_hold) == 1 else 'stay'} on hold"] if on_hold else []
    return f"If you go back to automatic, {' and '.join(parts)}."


def _field(
    name: str, label: str, element: InputInteractiveElement, *, hint: str | None = None, optional: bool = False
) -> InputBlock:
    return InputBlock(
        block_id=block_of(name), label=_plain(label), element=element, hint=_plain(hint) if hint else None, optional=optional
    )


def _plain(text: str) -> PlainTextObject:
    return PlainTextObject(text=text, emoji=False)

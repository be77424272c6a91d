"""`forget me`: the question before anything is deleted, and what was deleted."""

from __future__ import annotations

from slack_sdk.models.blocks import Block

from bot.blocks import ids, kit
from bot.blocks.message import Message, message
from bot.store.personal_data import RowCounts

NOT_DELETED = "Nothing was deleted."
_NOUNS = (
    ("saved", "saved summary, including any note", "saved summaries, including any notes"),
    ("answers", "answer to “Will you use this?”", "answers to “Will you use this?”"),
    ("reports", "request to know when a summary is corrected", "requests to know when summaries are corrected"),
    ("learning_log", "entry of the former learning log", "entries of the former learning log"),
    ("follows", "followed topic", "followed topics"),
    ("messages", "record of a direct message", "records of direct messages"),
    ("mentions", "record of a message that gives the name", "records of messages that give the name"),
    ("conversations", "record of what a conversation was about", "records of what conversations were about"),
    ("shares", "record of a shared card", "records of shared cards"),
    ("subscriptions", "record of a channel's subscription", "records of channels' subscriptions"),
    ("decisions", "record of a decision as a curator", "records of decisions as a curator"),
    ("revisions", "record of a change to a summary", "records of changes to summaries"),
    ("clubs", "record of a planned journal club", "records of planned journal clubs"),
)
_STAYS = (
    "Messages in Slack stay: a card that you shared or a journal club that you planned still shows your name, and a channel "
    "that you set up still gets the monthly post. You can delete, cancel or unsubscribe those in Slack."
)


def listed(found: RowCounts) -> list[str]:
    """Return what is stored on someone, in words: "1 followed topic"."""
    counted = [(getattr(found, field), one, many) for field, one, many in _NOUNS]
    return [f"{count:,} {one if count == 1 else many}" for count, one, many in counted if count]


def ask(found: RowCounts) -> Message:
    """Return the question, with what is stored; where nothing is, say so instead."""
    if not listed(found):
        return _nothing()
    lead = "Permanently delete everything I have stored about you?"
    choice = kit.buttons(
        kit.button(ids.FORGET, "Delete it all", "all", style="danger"), kit.button(ids.KEEP, "Cancel", "nothing")
    )
    return _list(lead, found, choice)


def deleted(found: RowCounts) -> Message:
    """Return what was deleted."""
    return _list("Permanently deleted:", found) if listed(found) else _nothing()


def _list(lead: str, found: RowCounts, *below: Block) -> Message:
    lines = "\n".join(f"• {line}" for line in listed(found))
    return message(f"{lead}\n{lines}\n{_STAYS}", [kit.prose(f"*{lead}*\n{lines}"), kit.fine_print(_STAYS), *below])


def _nothing() -> Message:
    text = "I have nothing stored about you."
    return message(text, [kit.prose(text)])

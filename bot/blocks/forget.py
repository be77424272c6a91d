"""`forget me`: the question before it is done, and what was erased."""

from __future__ import annotations

from slack_sdk.models.blocks import Block

from bot.blocks import ids, kit
from bot.blocks.message import Message, message
from bot.store.personal_data import RowCounts
from bot.text import plural

KEPT = "Nothing was erased."
_NOUNS = (
    ("saved", "saved summary, with any note on it"),
    ("answers", "answer about use"),
    ("learning_log", "entry of the former learning log"),
    ("follows", "followed topic"),
    ("messages", "note of a direct message to you"),
    ("mentions", "kept message of mine that names you"),
    ("conversations", "note of what our conversation was about"),
    ("shares", "note that you shared a card"),
    ("subscriptions", "note that you subscribed a channel"),
    ("decisions", "note that you decided about a month"),
    ("clubs", "note that you planned a journal club"),
)
_PLURALS = {
    "saved summary, with any note on it": "saved summaries, with any notes on them",
    "entry of the former learning log": "entries of the former learning log",
    "answer about use": "answers about use",
    "note of a direct message to you": "notes of direct messages to you",
    "kept message of mine that names you": "kept messages of mine that name you",
    "note of what our conversation was about": "notes of what our conversations were about",
    "note that you shared a card": "notes that you shared a card",
    "note that you subscribed a channel": "notes that you subscribed a channel",
    "note that you decided about a month": "notes that you decided about a month",
    "note that you planned a journal club": "notes that you planned journal clubs",
}
_STAYS = (
    "Messages in Slack stay where they are: a card that you shared or a journal club that you planned keeps your name, and "
    "a channel that you subscribed still gets each month. Delete, cancel and unsubscribe them there, if you wish."
)


def listed(found: RowCounts) -> list[str]:
    """What there is, in words."""
    counted = [(getattr(found, name), noun) for name, noun in _NOUNS]
    return [_many(count, noun) for count, noun in counted if count]


def ask(found: RowCounts) -> Message:
    """The question; nothing is kept: then there is nothing to ask."""
    lines = listed(found)
    if not lines:
        return _nothing()
    lead = "Erase all that I keep on you? It cannot be undone."
    what = "\n".join(f"• {line}" for line in lines)
    blocks: list[Block] = [
        kit.prose(f"*{lead}*\n{what}"),
        kit.fine_print(_STAYS),
        kit.buttons(
            kit.button(ids.FORGET, "Erase it all", "all", style="danger"), kit.button(ids.KEEP, "Leave it", "nothing")
        ),
    ]
    return message(f"{lead}\n{what}\n{_STAYS}", blocks)


def erased(found: RowCounts) -> Message:
    """What was erased."""
    lines = listed(found)
    if not lines:
        return _nothing()
    lead = "Erased, just now and for good:"
    what = "\n".join(f"• {line}" for line in lines)
    blocks: list[Block] = [kit.prose(f"*{lead}*\n{what}"), kit.fine_print(_STAYS)]
    return message(f"{lead}\n{what}\n{_STAYS}", blocks)


def _nothing() -> Message:
    text = "I keep nothing on you. There is nothing to erase."
    return message(text, [kit.prose(text)])


def _many(count: int, noun: str) -> str:
    return f"{count:,} {_PLURALS[noun]}" if count != 1 and noun in _PLURALS else plural(count, noun)

"""Small notices and errors as messages. The words of `help` and `privacy` are in files of these names in `bot.commands`."""

from __future__ import annotations

import re

from bot.blocks import kit, limits
from bot.blocks.message import Message, Parts, message
from bot.blocks.mrkdwn import escape, link
from bot.phrases import facts
from bot.safety.crisis import NO_EMERGENCY
from bot.text import clean

INVITE_PLAIN = "PPRNet is not in that channel yet. Type /invite @PPRNet there, then press Share again."
GONE = facts.GONE
SHELF_GONE = "That list is no longer in the library. Open Home again to see what is."
OPEN_AGAIN = "This form is out of date. Please close it and open it again."
NOT_IN_THAT_CHANNEL = "You are not in that channel, so I took the card back. Choose another."
PRESS_AGAIN = "That took too long to open. Please press the button again."
CHOOSE_AGAIN = "That took too long to open. Please choose it again."
NOT_NOW = (
    "I can't save or look up anything just now, so nothing was changed. Please try again in a minute. "
    "Questions are answered as usual."
)
UNSURE = "Slack did not confirm that the card was posted. Please check the channel before you share it again."
NOT_YOURS = "Only the person who shared a card can remove it."
UNDONE = "Removed from the channel."
UNDO_FAILED = "The card could not be removed. Slack may be slow: please press Undo again in a moment."
TOO_OLD = "That card was shared too long ago, or has already been removed."
CHOOSE_CHANNEL = "Choose a channel first."
SHARE_LATER = "Slack did not take the card just now. Please press Share again in a moment."
SHARED_CHANNEL = (
    "This channel is shared with another organisation, so I do not answer where everyone can see it. Ask me with `/pprnet` "
    "(only you see the answer) or in a direct message."
)
OUTSIDER = "I answer only members of the organisation that installed me. What you wrote or pressed is not stored."
OUTSIDER_SHARES = "Only members of the organisation that installed me can share cards."
SHARED_OUTSIDE = (
    "That channel is shared with another organisation, so cards are not shared there. Please choose another channel."
)
SHARED_OUTSIDE_MONTHS = (
    "That channel is shared with another organisation, so no months are posted there. Please choose another channel."
)
NOT_ALLOWED_THERE = "Slack does not let me post in that channel. Choose another, or ask its owner."

DETAILS = "Parts that look like client details were left out of the search. Please keep them out of Slack."
DETAILS_IN_CHANNEL = f"{DETAILS} Others can see your message: you can edit or delete it. Only you see this note."

LEAVE_DETAILS_OUT = "This looks like client details. Please leave them out."
DETAILS_IN_LINE = "This looks like client details, and everyone in the channel would see it. Please leave them out."

DETAILS_IN_MESSAGE = (
    "Parts of that message look like client details. They were left out of the search, but others can see the message: "
    "its author can edit or delete it."
)

_ADDRESS = re.compile(r"(?<!\S)https://[^\s<>|]*[^\s<>|.,;:!?)]")
"""An address in the clinic's line, without the full stop after it."""


def sentence(text: str) -> Parts:
    """A short sentence of ours (mrkdwn)."""
    return text, [kit.prose(text)]


def note(text: str) -> Message:
    """A message of one short sentence of ours (mrkdwn)."""
    return message(*sentence(text))


def reminder() -> Parts:
    """That client details were left out of the search."""
    return DETAILS, [kit.fine_print(DETAILS)]


def suggestion(usage: str) -> Parts:
    """Which command may have been meant by what was searched."""
    asked = f"Did you mean `/pprnet {usage}`?"
    return asked, [kit.prose(asked)]


def crisis(line: str | None) -> Parts:
    """The clinic's help line, large, or what the bot itself can say where there is none."""
    plain = clean(line or NO_EMERGENCY)
    addresses = list(_ADDRESS.finditer(plain))
    if len(plain) <= limits.HEADER and not addresses:
        return escape(plain), [kit.header(plain)]
    markup, end = "", 0  # a header can hold no link
    for address in addresses:
        # `escape` takes away the space at the end, which is there before every address.
        markup += f"{escape(plain[end : address.start()])} {link(address[0], address[0])}"
        end = address.end()
    rest = plain[end:]
    markup = (markup + (" " if end and rest.startswith(" ") else "") + escape(rest)).strip()
    return markup, [kit.prose(markup if "*" in markup else f"*{markup}*")]


def under_crisis_line(below: Message, line: str | None) -> Message:
    """A message with the clinic's help line above it."""
    text, blocks = crisis(line)
    return Message(f"{text}\n{below.text}", [*kit.dump([*blocks, kit.divider()]), *below.blocks])


def failure(reference: str) -> Message:
    """Something broke; the reference is in the log beside what happened."""
    return note(
        "Sorry, something went wrong on my side. Please try again. If it happens again, give this reference to the person "
        f"who runs this bot: *{escape(reference)}*"
    )

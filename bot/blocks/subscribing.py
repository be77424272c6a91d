"""What is said about channels that get the new months."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

from bot.blocks import ids, kit
from bot.blocks.message import Message, message
from bot.blocks.modal import modal
from bot.blocks.notes import note

ALREADY = "This channel already gets each new month. {who} `/pprnet unsubscribe` stops it."
SOON = "I am setting this up. A message will appear in the channel in a moment. If it doesn't, please try again."
DONE = "Done: this channel gets each new month. Nothing older is posted unless you ask for it."
INVITE = "I am not in this channel yet. Type `/invite @PPRNet` here, then try again. Nothing is set up yet."
ARCHIVED = "This channel is archived, so I cannot post here. Nothing is set up."
NO_POSTING = "Slack does not let me post in this channel, so nothing is set up. Choose another, or ask its owner."
STOPPED = "Stopped: new months are no longer posted here. Earlier posts stay. `/pprnet subscribe` starts it again."
NOT_SUBSCRIBED = "New months are not posted in this channel. `/pprnet subscribe` starts it."
CURATORS_ONLY = (
    "This is the team's default channel: only curators can change that. To become one, ask the person who set up PPRNet "
    "for your team."
)
DEFAULT = "Done: this is now the team's default channel for new months."
POSTED_LATEST = "The latest month is on its way to this channel."
LATEST_IS_HERE = "The latest month is already in this channel. Nothing was posted."
NO_MONTH = "The library has no months yet."
NOT_YOURS = "Someone else set this up. `/pprnet unsubscribe`, typed in the channel, stops it."
INVITE_THERE = "PPRNet is not in that channel yet. Type /invite @PPRNet there, then press Set up again."
SETTING_UP = "I am setting up the monthly post in this channel."
NOT_THERE = "You are not in that channel. Join it first, or choose another."
TRY_LATER = "Slack did not answer in time, so nothing is set up. Please press Set up again in a moment."
NO_CHANNEL = "New months are not posted in any channel yet. `/pprnet subscribe`, typed in a channel, starts it."

_WHY = {
    "not_in_channel": "I am no longer in it: type `/invite @PPRNet` there",
    "channel_not_found": "I can no longer see it: type `/invite @PPRNet` there",
    "is_archived": "it is archived",
}


class Attempt(NamedTuple):
    """What came of asking for a channel to get each new month: it gets them (`already` where it did before, `by` whom), it
    soon will, or Slack refuses (its `code`).
    """

    already: bool = False
    by: str | None = None
    soon: bool = False
    code: str | None = None


def came_of(attempt: Attempt) -> Message:
    """Return the reply to the person who asked."""
    if attempt.already:
        return already(attempt.by)
    if attempt.code is not None:
        return note(refused(attempt.code))
    return note(SOON if attempt.soon else DONE)


def set_up_view(*, external: bool = False) -> dict[str, Any]:
    """Return the form for choosing a channel that is to get each new month, or to stop it there."""
    blocks = [
        kit.channel_picker(ids.SET_UP_BLOCK, ids.SET_UP_CHANNEL, "Channel", external=external),
        kit.fine_print(
            "A message there will say that you set it up. If a channel already gets the monthly post, you can stop it here."
        ),
    ]
    return modal(ids.SET_UP_VIEW, "New months", kit.dump(blocks), submit="Set up")


def set_up(channel: str, said: Message, *, may_stop: bool = False) -> dict[str, Any]:
    """Say what came of that, in the same modal."""
    stop = [kit.buttons(kit.button(ids.SET_UP_STOP, "Stop it", channel, style="danger"))] if may_stop else []
    return modal(ids.MESSAGE_VIEW, "New months", [*kit.dump([kit.prose(f"*<#{channel}>*")]), *said.blocks, *kit.dump(stop)])


def subscribed(user: str) -> Message:
    """Return the message for a channel that someone subscribed."""
    text = f"This channel gets each new month. <@{user}> set this up; `/pprnet unsubscribe` stops it."
    return message(text, [kit.prose(text), kit.buttons(kit.button(ids.POST_LATEST, "Post the latest now", "latest"))])


def already(by: str | None) -> Message:
    """Return the reply to someone who subscribes a channel again."""
    who = _named(by)
    return note(ALREADY.format(who=f"{who[:1].upper()}{who[1:]} set it up."))


def refused(code: str, invite: str = INVITE, archived: str = ARCHIVED, no_posting: str = NO_POSTING) -> str:
    """Return what to say about a channel in which the bot may not post: by Slack's `code`, how to let it in, that the
    channel is archived, or that posting is not allowed.
    """
    if code in ("not_in_channel", "channel_not_found"):
        return invite
    return archived if code == "is_archived" else no_posting


def paused(channel: str, code: str) -> Message:
    """Return the direct message to the person who set up a channel in which the bot can no longer post."""
    why = _WHY.get(code, "Slack does not let me post there")
    return note(
        f"I could not post the new month in <#{channel}>: {why}. I'll keep trying, and continue once it works. "
        "To stop this, type `/pprnet unsubscribe` there."
    )


Line = tuple[str, str | None, bool, str | None]
"""A subscribed channel: its id, who set it up, whether it is the default, why it is paused."""


def listed(lines: Sequence[Line]) -> Message:
    """List the subscribed channels."""
    if not lines:
        return note(NO_CHANNEL)
    stop = "To stop it in a channel, type `/pprnet unsubscribe` there."
    return note(f"These channels get each new month:\n{channel_lines(lines)}\n{stop}")


def channel_lines(lines: Sequence[Line], *, by: bool = True) -> str:
    """Return the subscribed channels, a line for each. `by`: with who set it up."""
    shown = []
    for channel, who, is_default, why in lines[:20]:
        named = f", set up by {_named(who)}" if by else ""
        mark = ", the default" if is_default else ""
        pause = f"; paused: {_WHY.get(why, 'Slack does not let me post there')}" if why else ""
        shown.append(f"• <#{channel}>{mark}{named}{pause}")
    if len(lines) > 20:
        shown.append(f"• … and {len(lines) - 20} more")
    return "\n".join(shown)


def _named(by: str | None) -> str:
    """Return who set a channel up; "" is someone who asked to be forgotten."""
    return f"<@{by}>" if by else "the person who installed PPRNet" if by is None else "a colleague"

"""Topics that someone follows: the list with its buttons, in messages and on Home, and what is said when one is followed."""

from __future__ import annotations

from collections.abc import Sequence

from slack_sdk.models.blocks import Block

from bot.blocks import ids, kit, limits
from bot.blocks.message import Message, message
from bot.blocks.mrkdwn import escape, escape_within
from bot.corpus.model import Topic

WHEN = "I'll message you when a new month covers one of them, at most once a month."
NONE = "You don't follow any topics yet."
WHICH = "Which topic?"
NOT_FOLLOWED = "You do not follow that topic. `/pprnet following` lists what you follow."


def rows(topics: Sequence[Topic]) -> list[Block]:
    """Followed topics, each with *Unfollow*."""
    return [kit.prose(escape_within(topic.name, 300), button=_unfollow(topic)) for topic in topics]


def listed(followed: Sequence[Topic], others: Sequence[Topic]) -> Message:
    """What someone follows, with the way to stop each; where it is nothing, the topics to choose from."""
    if not followed:
        return choices(others, f"{NONE} {WHICH}")
    names = "\n".join(f"• {escape(topic.name)}" for topic in followed)
    another = [kit.buttons(kit.button(ids.FOLLOW_ANOTHER, "Follow another topic", "follow"))] if others else []
    return message(
        f"You follow:\n{names}\n{WHEN} `/pprnet unfollow NAME` stops one.",
        [kit.prose("*You follow*"), *rows(followed[: limits.BLOCKS_IN_MESSAGE - 3]), kit.fine_print(WHEN), *another],
    )


def choices(topics: Sequence[Topic], lead: str = WHICH) -> Message:
    """The topics that can be followed, each as a button."""
    most = limits.ACTIONS_ELEMENTS
    when = "I'll message you when a new month covers it, at most once a month."
    buttons = [kit.button(f"{ids.FOLLOW}:{each.id}", each.name, each.id, said=f"Follow: {each.name}") for each in topics]
    return message(
        f"{lead} Type `/pprnet follow NAME`; `/pprnet topics` lists them all. {when}",
        [
            kit.prose(f"*{lead}*\n{when}"),
            *(kit.buttons(*buttons[place : place + most]) for place in range(0, len(buttons), most)),
        ],
    )


def now_followed(topic: Topic, *, new: bool) -> Message:
    """Return the reply to someone who follows a topic."""
    name = escape(topic.name)
    lead = f"You now follow *{name}*." if new else f"You already follow *{name}*."
    when = "I'll message you when a new month covers it, at most once a month."
    return message(
        f"{lead} {when} `/pprnet unfollow {name}` stops it.", [kit.prose(f"{lead} {when}", button=_unfollow(topic))]
    )


def no_longer_followed(topic: Topic) -> Message:
    """Return the reply to someone who no longer follows a topic."""
    text = f"You no longer follow *{escape(topic.name)}*."
    return message(text, [kit.prose(text)])


def _unfollow(topic: Topic) -> kit.Button:
    return kit.button(f"{ids.UNFOLLOW}:{topic.id}", "Unfollow", topic.id, said=f"Unfollow: {topic.name}")

"""What the bot has shown and sent."""

from __future__ import annotations

import json
import re

from bot.playground.slack import LocalSlack, Message, View


def shown_to(slack: LocalSlack, user: str) -> list[Message]:
    """What only this person sees, in all channels, oldest first."""
    found = [message for channel in slack.channels.values() for message in channel.seen_by(user)]
    return sorted(found, key=lambda message: message.ts)


def everything_of_the_bot(slack: LocalSlack) -> str:
    """All that the bot ever sent to Slack: arguments of every call, with the messages and views that came of them."""
    views: list[View] = [*slack.views.values()]
    messages = [
        message
        for channel in slack.channels.values()
        for message in (*channel.messages, *channel.ephemeral, *channel.deleted)
        if message.bot_id
    ]
    calls = [call.args for call in slack.calls]
    sent = json.dumps([calls, [vars(m) for m in messages], [vars(v) for v in views]], ensure_ascii=False, default=str)
    return without_times(sent)


def without_times(text: str) -> str:
    """Return a text without its message timestamps: any year may be among their digits by chance."""
    return re.sub(r"\d{9,}(?:\.\d+)?", "", text)

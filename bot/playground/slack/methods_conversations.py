"""The methods conversations.history, conversations.replies and users.info."""

from __future__ import annotations

import base64
import binascii
from typing import Any

from .arguments import flag, text_argument, whole_number
from .model import Channel, Json, Message, SlackError
from .workspace import Workspace


def history(slack: Workspace, args: Json) -> Json:
    """conversations.history: newest first, without the replies inside threads."""
    channel = _member_channel(slack, args)
    found = [each for each in reversed(channel.messages) if not each.is_reply or each.reply_broadcast]
    return _page(slack, [each for each in found if _in_window(each, args)], args)


def replies(slack: Workspace, args: Json) -> Json:
    """conversations.replies: the parent, then its replies, oldest first."""
    channel = _member_channel(slack, args)
    ts = text_argument(args, "ts")
    start = channel.find(ts)
    thread = channel.thread(ts)
    if start is None and not thread:
        raise SlackError("thread_not_found")
    inside = [each for each in thread if _in_window(each, args)]
    return _page(slack, [*([start] if start else []), *inside], args)


def user_info(slack: Workspace, args: Json) -> Json:
    """users.info"""
    user = slack.users.get(text_argument(args, "user"))
    if user is None:
        raise SlackError("user_not_found")
    return {"ok": True, "user": user.to_json(slack.team_id)}


def _member_channel(slack: Workspace, args: Json) -> Channel:
    """Return the channel, if the bot is in it."""
    channel = slack.channels.get(text_argument(args, "channel"))
    if channel is None or (channel.private and slack.bot_user_id not in channel.members):
        raise SlackError("channel_not_found")
    if slack.bot_user_id not in channel.members:
        raise SlackError("not_in_channel")
    return channel


def _in_window(message: Message, args: Json) -> bool:
    oldest, latest = _time(args, "oldest"), _time(args, "latest")
    ts, inclusive = _micros(message.ts), flag(args, "inclusive")
    if oldest is not None and (ts < oldest or (ts == oldest and not inclusive)):
        return False
    return latest is None or ts < latest or (ts == latest and inclusive)


def _time(args: Json, name: str) -> int | None:
    value: Any = args.get(name)
    if value is None or value == "" or str(value) == "0":
        return None
    try:
        return _micros(str(value))
    except ValueError:
        raise SlackError(f"invalid_ts_{name}") from None


def _micros(ts: str) -> int:
    seconds, _, rest = ts.partition(".")
    return int(seconds) * 1_000_000 + int((rest + "000000")[:6])


def _page(slack: Workspace, found: list[Message], args: Json) -> Json:
    start = 0
    if args.get("cursor"):
        try:
            start = int(base64.b64decode(str(args["cursor"]), validate=True).decode().removeprefix("next:"))
        except (binascii.Error, ValueError):
            raise SlackError("invalid_cursor") from None
    default = min(100, slack.history_page_limit)
    limit = whole_number(args, "limit", default, most=slack.history_page_limit, error="invalid_limit")
    page, more = found[start : start + limit], start + limit < len(found)
    with_payload = flag(args, "include_all_metadata")
    answer: Json = {
        "ok": True,
        "messages": [_message_json(slack, each, with_payload=with_payload) for each in page],
        "has_more": more,
    }
    if more:
        cursor = base64.b64encode(f"next:{start + limit}".encode()).decode()
        answer["response_metadata"] = {"next_cursor": cursor}
    return answer


def _message_json(slack: Workspace, message: Message, *, with_payload: bool) -> Json:
    found = message.to_json(team_id=slack.team_id, with_payload=with_payload)
    thread = slack.channels[message.channel].thread(message.ts)
    if thread:
        found |= {"thread_ts": message.ts, "reply_count": len(thread), "latest_reply": thread[-1].ts}
    return found

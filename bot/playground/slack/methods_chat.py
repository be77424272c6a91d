"""The chat.* methods."""

from __future__ import annotations

import re
from typing import Any

from .arguments import flag, parsed, text_argument
from .block_kit import UPDATE_TEXT_LIMIT, blocks_too_long, check_message
from .model import Channel, Json, Message, SlackError, refusal_with_messages
from .workspace import Workspace

_TS = re.compile(r"\d{1,12}\.\d{6}")


def post_message(slack: Workspace, args: Json) -> Json:
    """chat.postMessage"""
    channel = writable_channel(slack, args, public=True)
    text, blocks = content(args)
    message = slack.store(
        channel,
        text=text or "",
        blocks=blocks,
        thread_ts=thread_of(channel, args),
        metadata=metadata(args),
        reply_broadcast=flag(args, "reply_broadcast"),
        source="chat.postMessage",
        unfurl_links=flag(args, "unfurl_links") if "unfurl_links" in args else None,
        unfurl_media=flag(args, "unfurl_media") if "unfurl_media" in args else None,
    )
    return {
        "ok": True,
        "channel": channel.id,
        "ts": message.ts,
        "message": message.to_json(team_id=slack.team_id, with_payload=True),
    }


def post_ephemeral(slack: Workspace, args: Json) -> Json:
    """chat.postEphemeral"""
    channel = writable_channel(slack, args, public=False)
    user = text_argument(args, "user")
    if user not in channel.members:
        raise SlackError("user_not_in_channel")
    text, blocks = content(args)
    message = slack.store(
        channel,
        text=text or "",
        blocks=blocks,
        thread_ts=thread_of(channel, args),
        ephemeral_to=user,
        source="chat.postEphemeral",
    )
    return {"ok": True, "message_ts": message.ts}


def update(slack: Workspace, args: Json) -> Json:
    """chat.update: text without blocks removes the blocks, blocks without text keep the text."""
    channel = readable_channel(slack, args)
    message = own_message(slack, channel, args, "cant_update_message")
    text, blocks = content(args)
    if text is not None and len(text) > UPDATE_TEXT_LIMIT:
        raise SlackError("msg_too_long")
    if "metadata" in args:
        message.metadata = metadata(args)
    new_blocks = message.blocks if text is None and blocks is None else blocks
    slack.write(message, message.text if text is None else text, new_blocks)
    if not blocks:
        message.edited = {"user": slack.bot_user_id, "ts": slack.new_ts()}
    return {
        "ok": True,
        "channel": channel.id,
        "ts": message.ts,
        "text": message.text,
        "message": message.to_json(team_id=slack.team_id, with_payload=True),
    }


def delete(slack: Workspace, args: Json) -> Json:
    """chat.delete"""
    channel = readable_channel(slack, args)
    message = own_message(slack, channel, args, "cant_delete_message")
    slack.remove(message)
    return {"ok": True, "channel": channel.id, "ts": message.ts}


def get_permalink(slack: Workspace, args: Json) -> Json:
    """chat.getPermalink"""
    channel = slack.channels.get(text_argument(args, "channel"))
    if channel is None or (channel.private and slack.bot_user_id not in channel.members):
        raise SlackError("channel_not_found")
    message = channel.find(text_argument(args, "message_ts"))
    if message is None:
        raise SlackError("message_not_found")
    link = f"https://{slack.team_domain}.slack.com/archives/{channel.id}/p{message.ts.replace('.', '')}"
    if message.is_reply:
        link += f"?thread_ts={message.thread_ts}&cid={channel.id}"
    return {"ok": True, "channel": channel.id, "permalink": link}


def writable_channel(slack: Workspace, args: Json, *, public: bool) -> Channel:
    """Return the channel to post to, by its id, or by someone's id for a direct message."""
    wanted = text_argument(args, "channel")
    if wanted in slack.users and wanted != slack.bot_user_id and public:
        return slack.open_dm(wanted)
    channel = slack.channels.get(wanted)
    if channel is None:
        raise SlackError("channel_not_found")
    if slack.bot_user_id not in channel.members:
        if channel.private:
            raise SlackError("channel_not_found")
        if not (public and "chat:write.public" in slack.scopes):
            raise SlackError("is_archived" if channel.archived else "not_in_channel")
    if channel.archived:
        raise SlackError("is_archived")
    return channel


def readable_channel(slack: Workspace, args: Json) -> Channel:
    """Return the channel that a message of the app is in."""
    channel = slack.channels.get(text_argument(args, "channel"))
    if channel is None or (channel.private and slack.bot_user_id not in channel.members):
        raise SlackError("channel_not_found")
    if channel.archived:
        raise SlackError("is_archived")
    return channel


def own_message(slack: Workspace, channel: Channel, args: Json, error: str) -> Message:
    """Return a message of the app's own. Ephemeral messages are not found by their ts."""
    message = channel.find(text_argument(args, "ts"))
    if message is None:
        raise SlackError("message_not_found")
    if message.bot_id != slack.bot_id:
        raise SlackError(error)
    return message


def content(args: Json) -> tuple[str | None, list[Json] | None]:
    """Return the text and blocks of a message. Raises SlackError as Slack refuses them."""
    text, blocks = args.get("text"), parsed(args, "blocks", "invalid_blocks_format")
    if text is not None and not isinstance(text, str):
        text = str(text)
    if blocks is not None and not isinstance(blocks, list):
        raise SlackError("invalid_blocks_format")
    if not text and not blocks:
        raise SlackError("no_text")
    problems = check_message(text, blocks)
    if problems:
        raise refusal_with_messages("invalid_blocks", problems)
    if blocks and blocks_too_long(blocks):
        raise SlackError("msg_blocks_too_long")
    return text, blocks


def thread_of(channel: Channel, args: Json) -> str | None:
    """Return the root of the thread to reply in. A reply to a reply is in the same thread."""
    ts: Any = args.get("thread_ts")
    if not ts:
        return None
    if not isinstance(ts, str) or not _TS.fullmatch(ts):
        raise SlackError("invalid_thread_ts")
    parent = channel.find(ts)
    return parent.thread_ts if parent is not None and parent.is_reply else ts


def metadata(args: Json) -> Json | None:
    """Return the metadata, if any: a type and a payload object."""
    found = parsed(args, "metadata", "invalid_metadata_format")
    if not found:
        return None
    if (
        not isinstance(found, dict)
        or not isinstance(found.get("event_type"), str)
        or not found["event_type"]
        or not isinstance(found.get("event_payload"), dict)
    ):
        raise SlackError("invalid_metadata_format")
    return found

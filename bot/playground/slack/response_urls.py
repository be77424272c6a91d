"""Shows what the app posts to a response_url, or answers in an acknowledgement."""

from __future__ import annotations

from .arguments import flag
from .block_kit import blocks_too_long, check_message
from .model import Json, Message, ResponseUrl, SlackError
from .workspace import RESPONSE_URL_SECONDS, RESPONSE_URL_USES, Workspace


class ResponseUrlError(Exception):
    """The response_url cannot be used any more; the text says why, in Slack's words."""


def respond(slack: Workspace, url: ResponseUrl, body: Json) -> Message:
    """Carry out one post to a response_url; return the message written."""
    if slack.clock() - url.created > RESPONSE_URL_SECONDS:
        raise ResponseUrlError("expired_url")
    if url.uses >= RESPONSE_URL_USES:
        raise ResponseUrlError("used_url")
    original = url.original
    check_answer(body)
    url.uses += 1
    if flag(body, "replace_original") and original is not None and not original.deleted:
        slack.write(original, str(body.get("text") or ""), body.get("blocks"))
        original.source = "response_url"
        return original
    return write_answer(slack, url.channel, url.user, body, source="response_url")


def check_answer(body: Json) -> None:
    """Raise SlackError for what cannot be shown."""
    text, blocks = body.get("text"), body.get("blocks")
    if not text and not blocks:
        raise SlackError("no_text")
    problems = check_message(text, blocks)
    if problems:
        raise SlackError("invalid_blocks", errors=problems)
    if blocks and blocks_too_long(blocks):
        raise SlackError("msg_blocks_too_long")


def write_answer(slack: Workspace, channel: str, user: str, body: Json, *, source: str) -> Message:
    """Show an answer to this person only, unless it says in_channel. The bot need not be in the channel."""
    in_channel = body.get("response_type") == "in_channel"
    return slack.store(
        slack.channels[channel],
        text=str(body.get("text") or ""),
        blocks=body.get("blocks"),
        thread_ts=body.get("thread_ts"),
        ephemeral_to=None if in_channel else user,
        source=source,
    )

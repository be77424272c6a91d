"""The files.* methods of an external upload: an address, the bytes, then the file in a conversation.

Sources: docs.slack.dev, files.getUploadURLExternal and files.completeUploadExternal. Of the ways to name its
place only `channel_id` is known here. What Slack answers for a file without bytes is not documented: here, file_not_found.
"""

from __future__ import annotations

import mimetypes
import secrets
from typing import Any

from .arguments import parsed, text_argument
from .methods_chat import thread_of, writable_channel
from .model import File, Json, SlackError, refusal_with_messages
from .workspace import Workspace

ALT_LIMIT = 1_000
SIZE_LIMIT = 1024**3
"""Bytes: 1 GB for one file (slack.com/help, "Add files to Slack")."""


def get_upload_url(slack: Workspace, args: Json) -> Json:
    """files.getUploadURLExternal"""
    name = text_argument(args, "filename")
    try:
        length = int(args.get("length") or 0)
    except (TypeError, ValueError):
        raise refusal_with_messages("invalid_arguments", ["`length` is not a number"]) from None
    if length < 1:
        raise SlackError("missing_argument")
    if length > SIZE_LIMIT:
        raise SlackError("file_upload_size_restricted")
    alt = str(args.get("alt_txt") or "")
    if len(alt) > ALT_LIMIT:
        raise SlackError("alt_txt_too_large")
    file = File(
        id=f"F{secrets.token_hex(5).upper()}",
        name=name,
        size=length,
        alt_txt=alt,
        mimetype=mimetypes.guess_type(name)[0] or "application/octet-stream",
        ticket=secrets.token_urlsafe(24),
    )
    slack.files[file.id] = file
    return {"ok": True, "upload_url": f"{slack.base_url}/upload/v1/{file.ticket}", "file_id": file.id}


def take_upload(slack: Workspace, ticket: str, content: bytes) -> Json:
    """Take the bytes of a file: as many as were announced, once."""
    file = next((each for each in slack.files.values() if each.ticket == ticket), None)
    if file is None or file.content is not None:
        raise SlackError("upload_not_found")
    if len(content) != file.size:
        raise SlackError("upload_size_differs")
    file.content = content
    return {"ok": True}


def complete(slack: Workspace, args: Json) -> Json:
    """files.completeUploadExternal"""
    given: Any = parsed(args, "files", "invalid_arguments")
    if not isinstance(given, list) or not given or not all(isinstance(each, dict) and each.get("id") for each in given):
        raise refusal_with_messages("invalid_arguments", ["`files` must be a list of objects with an `id`"])
    if args.get("channels"):
        raise refusal_with_messages("invalid_arguments", ["`channels` is not played here: give `channel_id`"])
    files = [slack.files.get(str(each["id"])) for each in given]
    if any(file is None or file.content is None or file.complete for file in files):
        raise SlackError("file_not_found")
    shared = [file for file in files if file is not None]
    channel = None
    if args.get("channel_id"):
        if str(args["channel_id"]) not in slack.channels:  # no names and no people here, unlike chat.postMessage
            raise SlackError("channel_not_found")
        channel = writable_channel(slack, {"channel": args["channel_id"]}, public=False)
    thread = thread_of(channel, args) if channel else None
    for file, each in zip(shared, given, strict=True):
        file.title, file.complete = str(each.get("title") or file.name), True
    if channel:
        text = str(args.get("initial_comment") or "")
        slack.store(channel, text=text, thread_ts=thread, files=shared, source="files.completeUploadExternal")
    return {"ok": True, "files": [file.to_json() for file in shared]}

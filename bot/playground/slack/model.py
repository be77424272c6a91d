"""What the local Slack stores: plain dataclasses, which tests read directly."""

from __future__ import annotations

import json
from collections.abc import Mapping
from copy import deepcopy
from dataclasses import dataclass, field
from typing import Any

Json = dict[str, Any]


class SlackError(Exception):
    """A refusal in Slack's words: `error` is the code, `extra` the rest of the answer."""

    def __init__(self, error: str, **extra: Any) -> None:
        super().__init__(error)
        self.error = error
        self.extra = extra

    @property
    def body(self) -> Json:
        return {"ok": False, "error": self.error, **self.extra}


def refusal_with_messages(error: str, problems: list[str]) -> SlackError:
    """Return a refusal that lists the problems in two places, as Slack does (`invalid_blocks`, `invalid_arguments`)."""
    messages = [f"[ERROR] {problem}" for problem in problems]
    return SlackError(error, errors=problems, response_metadata={"messages": messages})


@dataclass
class Call:
    """One request the app made: to a Web API method or, as method "response_url", to a response_url.

    `status` is the HTTP status sent (0 if the connection was dropped or there is no answer yet); `fault` names the fault
    that was played. `ok` and `error` are what was answered, `stored` is whether the method took effect.
    """

    method: str
    args: Json
    status: int = 0
    ok: bool = False
    error: str | None = None
    stored: bool = False
    fault: str | None = None


@dataclass
class User:
    """A person, or the app's bot user. `team_id`: the workspace of a person from another organisation (Slack Connect)."""

    id: str
    name: str
    real_name: str = ""
    is_bot: bool = False
    is_admin: bool = False
    deleted: bool = False
    team_id: str | None = None
    tz: str = "America/Toronto"

    def to_json(self, team_id: str) -> Json:
        real_name = self.real_name or self.name
        return {
            "id": self.id,
            "team_id": self.team_id or team_id,
            "name": self.name,
            "deleted": self.deleted,
            "real_name": real_name,
            "tz": self.tz,
            "profile": {"real_name": real_name, "display_name": self.name, "team": self.team_id or team_id},
            "is_admin": self.is_admin,
            "is_owner": False,
            "is_restricted": False,
            "is_ultra_restricted": False,
            "is_bot": self.is_bot,
            "is_app_user": False,
        }


@dataclass
class File:
    """An uploaded file; nobody sees it before it is `complete` and in a message."""

    id: str
    name: str
    size: int
    mimetype: str
    ticket: str
    alt_txt: str = ""
    title: str = ""
    content: bytes | None = None
    complete: bool = False

    def to_json(self) -> Json:
        return {
            "id": self.id,
            "name": self.name,
            "title": self.title or self.name,
            "mimetype": self.mimetype,
            "size": self.size,
            "alt_txt": self.alt_txt,
            "mode": "hosted",
            "is_external": False,
        }


@dataclass
class Message:
    """One message. `ephemeral_to` names the only reader of an ephemeral one; `pings` lists what would notify people."""

    channel: str
    ts: str
    text: str = ""
    blocks: list[Json] = field(default_factory=list)
    user: str | None = None
    bot_id: str | None = None
    app_id: str | None = None
    thread_ts: str | None = None
    metadata: Json | None = None
    files: list[File] = field(default_factory=list)
    edited: Json | None = None
    reply_broadcast: bool = False
    ephemeral_to: str | None = None
    source: str = "user"
    pings: list[str] = field(default_factory=list)
    state: Json = field(default_factory=dict)
    deleted: bool = False
    unfurl_links: bool | None = None
    unfurl_media: bool | None = None

    @property
    def is_reply(self) -> bool:
        return self.thread_ts is not None and self.thread_ts != self.ts

    @property
    def visible_text(self) -> str:
        """Return all text that a reader sees, one piece a line: from the blocks, or the plain text if there are none."""
        pieces = texts_of(self.blocks) if self.blocks else [self.text]
        return "\n".join(pieces)

    def to_json(self, *, team_id: str, with_payload: bool) -> Json:
        """Return the message as Slack sends it; without `with_payload` the metadata payload is left out, as in history."""
        found: Json = {"type": "message", "user": self.user, "ts": self.ts, "text": self.text, "team": team_id}
        if self.bot_id:
            found |= {"bot_id": self.bot_id, "app_id": self.app_id}
        if self.blocks:
            found["blocks"] = deepcopy(self.blocks)
        if self.files:
            found["files"] = [file.to_json() for file in self.files]
        if self.thread_ts:
            found["thread_ts"] = self.thread_ts
        if self.reply_broadcast:
            found["subtype"] = "thread_broadcast"
        if self.edited:
            found["edited"] = dict(self.edited)
        if self.metadata:
            found["metadata"] = deepcopy(self.metadata) if with_payload else {"event_type": self.metadata.get("event_type")}
        return found


@dataclass
class Channel:
    """A channel or direct message with its messages, oldest first, ephemeral ones apart."""

    id: str
    name: str
    members: set[str] = field(default_factory=set)
    private: bool = False
    archived: bool = False
    ext_shared: bool = False
    im_user: str | None = None
    messages: list[Message] = field(default_factory=list)
    ephemeral: list[Message] = field(default_factory=list)
    deleted: list[Message] = field(default_factory=list)

    @property
    def is_im(self) -> bool:
        return self.im_user is not None

    @property
    def scope_family(self) -> str:
        """Return the first half of the scopes for this conversation: channels, groups or im."""
        if self.is_im:
            return "im"
        return "groups" if self.private else "channels"

    def find(self, ts: str) -> Message | None:
        """Return the message with this ts that everyone sees, if it still exists."""
        return next((message for message in self.messages if message.ts == ts), None)

    def thread(self, ts: str) -> list[Message]:
        """Return the replies under `ts`, oldest first, without the parent."""
        return [message for message in self.messages if message.thread_ts == ts and message.ts != ts]

    def seen_by(self, user: str) -> list[Message]:
        """Return the ephemeral messages shown to `user`, oldest first."""
        return [message for message in self.ephemeral if message.ephemeral_to == user]


@dataclass
class View:
    """A modal or a Home tab. `spec` is what the app sent, with the ids Slack adds to blocks and elements."""

    id: str
    hash: str
    user: str
    spec: Json
    root_view_id: str
    previous_view_id: str | None = None
    state: Json = field(default_factory=dict)
    closed: bool = False

    @property
    def type(self) -> str:
        return str(self.spec["type"])

    @property
    def blocks(self) -> list[Json]:
        blocks: list[Json] = self.spec["blocks"]
        return blocks

    @property
    def callback_id(self) -> str:
        return str(self.spec.get("callback_id") or "")

    @property
    def private_metadata(self) -> str:
        return str(self.spec.get("private_metadata") or "")

    @property
    def visible_text(self) -> str:
        """Return all text that a reader sees, one piece a line, the title first."""
        title = self.spec.get("title") or {}
        return "\n".join([*([title["text"]] if title else []), *texts_of(self.blocks)])


@dataclass
class Trigger:
    """A trigger_id: valid for three seconds, once. `view_id` is set when it came from within a modal."""

    id: str
    user: str
    created: float
    view_id: str | None = None
    exchanged: bool = False


@dataclass
class ResponseUrl:
    """A response_url: five uses in thirty minutes. `original` is the message it came from, if it came from one."""

    url: str
    channel: str
    user: str
    created: float
    original: Message | None = None
    uses: int = 0


def texts_of(node: Any) -> list[str]:
    """Return every text in blocks, in reading order. The styled pieces of one rich text line are one text."""
    if isinstance(node, Mapping):
        if node.get("type") == "rich_text_section":
            line = "".join(texts_of(node.get("elements")))
            return [line] if line else []
        found: list[str] = []
        for key, value in node.items():
            if key == "text" and isinstance(value, str):
                found.append(value)
            elif key not in {"value", "confirm", "options"}:
                found.extend(texts_of(value))
        return found
    if isinstance(node, list):
        return [text for item in node for text in texts_of(item)]
    return []


def size_of(node: Any) -> int:
    """Return the size in bytes as compact JSON."""
    return len(json.dumps(node, separators=(",", ":"), ensure_ascii=False).encode())

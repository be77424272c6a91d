"""Records the requests between bot and Slack for the page: each with its answer, newest last.

Stored in memory only, the last few hundred. The bot's token is masked; the signing secret is in no request.
"""

from __future__ import annotations

import hmac
import json
import time
from collections import deque
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import asdict, dataclass
from typing import Any, Literal
from urllib.parse import parse_qsl

from aiohttp import web
from aiohttp.typedefs import Handler, Middleware

from bot.playground.slack import Answer, Sender
from bot.playground.slack.requests import signature

LIMIT = 500
"""Requests that are stored."""
MASK = "xoxb-…"
_SHOWN_HEADERS = (
    "Authorization",
    "Content-Type",
    "X-Slack-Request-Timestamp",
    "X-Slack-Signature",
    "X-Slack-Retry-Num",
    "X-Slack-Retry-Reason",
)

Direction = Literal["to bot", "to Slack"]


@dataclass(frozen=True)
class Entry:
    """One request and its answer. `n` counts finished requests; `time` is when it began (epoch seconds, real clock)."""

    n: int
    time: float
    direction: Direction
    what: str
    request: dict[str, Any]
    answer: dict[str, Any]
    signature: Literal["valid", "invalid"] | None
    ms: float


class Traffic:
    """The last requests. Calls `watcher` after each new entry."""

    def __init__(self) -> None:
        self.watcher: Callable[[], None] = lambda: None
        self._masks: dict[str, str] = {}
        self._entries: deque[Entry] = deque(maxlen=LIMIT)
        self._count = 0

    def after(self, number: int) -> list[dict[str, Any]]:
        """Return the entries that ended after entry `number`, in the order they began."""
        return [asdict(entry) for entry in sorted(self._entries, key=lambda each: each.time) if entry.n > number]

    def hide(self, secret: str, mask: str) -> None:
        """Show `mask` instead of this secret everywhere."""
        self._masks[secret] = mask

    def add(
        self,
        direction: Direction,
        what: str,
        *,
        headers: Mapping[str, str],
        body: Any,
        status: int,
        answer: Any,
        seconds: float,
        signed: bool | None = None,
    ) -> None:
        """Record a request that has just ended."""
        self._count += 1
        shown = {name: headers[name] for name in _SHOWN_HEADERS if name in headers}
        self._entries.append(
            Entry(
                n=self._count,
                time=time.time() - seconds,
                direction=direction,
                what=what,
                request=self._masked({"headers": shown, "body": body}),
                answer=self._masked({"status": status, "body": answer}),
                signature=None if signed is None else "valid" if signed else "invalid",
                ms=round(seconds * 1000, 1),
            )
        )
        self.watcher()

    def _masked(self, node: Any) -> Any:
        if isinstance(node, dict):
            return {key: self._masked(value) for key, value in node.items()}
        if isinstance(node, list):
            return [self._masked(value) for value in node]
        if isinstance(node, str):
            for secret, mask in self._masks.items():
                node = node.replace(secret, mask)
        return node


class RecordingSender(Sender):
    """Slack's side of the conversation: records every request to the bot and verifies its signature."""

    traffic: Traffic

    async def _exchange(self, answer: Answer, body: bytes, headers: Mapping[str, str]) -> Answer:
        await super()._exchange(answer, body, headers)
        del self.answers[:-LIMIT]
        expected = signature(self.signing_secret, headers.get("X-Slack-Request-Timestamp", ""), body)
        shown = read_body(body, headers.get("Content-Type", ""))
        self.traffic.add(
            "to bot",
            _name_of(shown),
            headers=headers,
            body=shown,
            status=answer.status,
            answer=answer.error or answer.body,
            seconds=answer.elapsed,
            signed=hmac.compare_digest(expected, headers.get("X-Slack-Signature", "")),
        )
        return answer


def recorder(traffic: Traffic, done: Callable[[str, Any], Awaitable[None]]) -> Middleware:
    """Return a middleware for the local Slack that records the bot's calls; `done` gets each method and its answer."""

    @web.middleware
    async def record(request: web.Request, handler: Handler) -> web.StreamResponse:
        began = time.monotonic()
        body = read_body(await request.read(), request.content_type) or dict(request.query)
        what = request.match_info.get("method") or ("upload" if "ticket" in request.match_info else "response_url")
        response = await handler(request)
        text = response.text if isinstance(response, web.Response) else None
        answer = read_body((text or "").encode(), response.content_type)
        traffic.add(
            "to Slack",
            what,
            headers=request.headers,
            body=body,
            status=response.status,
            answer=answer,
            seconds=time.monotonic() - began,
        )
        await done(what, answer)
        return response

    return record


def read_body(raw: bytes, content_type: str) -> Any:
    """Return a body in readable form: JSON parsed, a form as fields with their JSON parsed, the rest as text."""
    if content_type.startswith(("application/octet-stream", "image/")):
        return f"{len(raw):,} bytes"
    text = raw.decode("utf-8", "replace")
    if content_type.startswith("application/json"):
        return _parsed(text)
    if content_type.startswith("application/x-www-form-urlencoded"):
        return {name: _parsed(value) for name, value in parse_qsl(text, keep_blank_values=True)}
    return text


def _parsed(text: str) -> Any:
    if text[:1] in ("{", "["):
        try:
            return json.loads(text)
        except ValueError:
            return text
    return text


def _name_of(body: Any) -> str:
    """Return what a request to the bot is called in the list."""
    if not isinstance(body, dict):
        return "request"
    if "command" in body:
        return f"{body['command']} {body.get('text', '')}".strip()
    if "event" in body:
        return str(body["event"]["type"])
    payload = body.get("payload") or {}
    actions = payload.get("actions") or ()
    detail = (
        actions[0].get("action_id")
        if actions
        else payload.get("callback_id") or (payload.get("view") or {}).get("callback_id")
    )
    return " ".join(str(word) for word in (payload.get("type", "request"), detail) if word)

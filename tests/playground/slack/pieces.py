"""What the tests of the local Slack build and send, and a small app that records and answers."""

from __future__ import annotations

import json
from typing import Any

import pytest
from aiohttp import web
from slack_sdk.errors import SlackApiError
from slack_sdk.signature import SignatureVerifier
from slack_sdk.web.async_client import AsyncWebClient

from bot.playground.slack import (
    LocalSlack,
    User,
    View,
)

SECRET = "not-a-secret"
ALL_SCOPES = (
    "chat:write",
    "commands",
    "files:write",
    "channels:history",
    "groups:history",
    "im:history",
    "users:read",
)


def plain(text: str) -> dict[str, Any]:
    return {"type": "plain_text", "text": text}


def mrkdwn(text: str) -> dict[str, Any]:
    return {"type": "mrkdwn", "text": text}


def section(text: str = "x", **others: Any) -> dict[str, Any]:
    return {"type": "section", "text": mrkdwn(text), **others}


def button(label: str = "Go", action_id: str = "go", **others: Any) -> dict[str, Any]:
    return {"type": "button", "action_id": action_id, "text": plain(label), **others}


def actions(*elements: dict[str, Any], **others: Any) -> dict[str, Any]:
    return {"type": "actions", "elements": list(elements), **others}


def field(block_id: str = "q", **others: Any) -> dict[str, Any]:
    element = {"type": "plain_text_input", "action_id": "text", "max_length": 20}
    return {"type": "input", "block_id": block_id, "label": plain("Question"), "element": element, **others}


def modal(*blocks: dict[str, Any], **others: Any) -> dict[str, Any]:
    return {"type": "modal", "title": plain("Search"), "submit": plain("Go"), "blocks": list(blocks), **others}


def home(*blocks: dict[str, Any]) -> dict[str, Any]:
    return {"type": "home", "blocks": list(blocks)}


async def refused(call: Any) -> Any:
    """The body of a refusal."""
    with pytest.raises(SlackApiError) as caught:
        await call
    return caught.value.response.data


async def error_of(call: Any) -> str:
    return str((await refused(call))["error"])


def radio(count: int, **others: Any) -> dict[str, Any]:
    options = [{"text": plain(str(n)), "value": str(n)} for n in range(count)]
    return {"type": "radio_buttons", "action_id": "kind", "options": options, **others}


def channels(**others: Any) -> dict[str, Any]:
    return {"type": "conversations_select", "action_id": "channel", **others}


class SmallApp:
    """Checks signatures, keeps what it got and answers as told."""

    def __init__(self) -> None:
        self.got: list[tuple[dict[str, str], Any]] = []
        self.answers: list[web.Response] = []
        self.verifier = SignatureVerifier(SECRET)

    async def handle(self, request: web.Request) -> web.Response:
        body = await request.read()
        if not self.verifier.is_valid_request(body, dict(request.headers)):
            return web.Response(status=401)
        if request.content_type == "application/json":
            parsed = json.loads(body)
        else:
            form = dict(await request.post())
            parsed = json.loads(str(form["payload"])) if "payload" in form else form
        self.got.append(({key.lower(): value for key, value in request.headers.items()}, parsed))
        return self.answers.pop(0) if self.answers else web.Response()

    @property
    def last(self) -> Any:
        return self.got[-1][1]


async def opened(slack: LocalSlack, client: AsyncWebClient, user: User, *blocks: Any, **others: Any) -> View:
    await client.views_open(trigger_id=slack.new_trigger(user.id), view=modal(*blocks, **others))
    view = slack.modal(user)
    assert view is not None
    return view

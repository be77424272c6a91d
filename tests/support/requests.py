"""What Slack sends, signed, as raw bodies; and /health."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

import aiohttp

from bot.playground.slack import Answer, LocalSlack, Sender
from tests.support.bot import SECRET, Bot

JSON_TYPE = "application/json"
FORM_TYPE = "application/x-www-form-urlencoded"


async def post_signed(bot: Bot, body: bytes, content_type: str = JSON_TYPE, **headers: str) -> Answer:
    """A body with Slack's own signature; `headers` are further ones, with "_" for "-"."""
    further = {name.replace("_", "-"): value for name, value in headers.items()}
    return await bot.say.post(body, {"Content-Type": content_type, **bot.say.sign(body), **further})


async def post_interaction(bot: Bot, payload: Mapping[str, Any]) -> Answer:
    """An interactive payload, signed, as it is."""
    return await post_signed(bot, urlencode({"payload": json.dumps(payload)}).encode(), FORM_TYPE)


async def health(bot_url: str) -> tuple[int, dict[str, Any]]:
    """What /health says."""
    async with aiohttp.ClientSession() as session, session.get(f"{bot_url}/health") as response:
        return response.status, await response.json()


def sender_for(slack: LocalSlack, url: str) -> Sender:
    """Slack's side of a conversation with a process at this address."""
    return Sender(slack, f"{url}/slack/events", SECRET, patience=30)

"""`feedback`: what a team says it uses, quarter by quarter, for its curators."""

from __future__ import annotations

import re
import time
from collections.abc import Mapping
from typing import Any

from slack_bolt.async_app import AsyncAck, AsyncApp

from bot.blocks import ids, notes, usage
from bot.blocks.message import Message
from bot.listeners.asked import Asked
from bot.listeners.buttons import respond
from bot.listeners.services import Services


def register(app: AsyncApp) -> None:
    """Listen for the quarters."""
    app.action(re.compile(rf"^{ids.QUARTER}:"))(turn_quarter)


async def handle(services: Services, asked: Asked) -> Message:
    """Return the answer to the command."""
    return await _usage(services, asked.user, None)


async def turn_quarter(services: Services, ack: AsyncAck, body: Mapping[str, Any], action: Mapping[str, Any]) -> None:
    await ack()
    quarter = usage.Quarter.read(str(action.get("value")))
    await respond(services, body, await _usage(services, str(body["user"]["id"]), quarter), replace=True)


async def _usage(services: Services, user: str, quarter: usage.Quarter | None) -> Message:
    """Return a quarter's answers; who is a curator is checked on every click."""
    if not await services.workspace.curators.includes(user):
        return notes.note(usage.CURATORS_ONLY)
    now = usage.Quarter.at(time.time())
    quarter = min(quarter or now, now)
    counts = await services.stores.feedback.counts_between(services.team, *quarter.span)
    return usage.usage(quarter, now, counts, services.engine.corpus)

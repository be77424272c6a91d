"""What belongs to one person, beside what they saved: `forget me`, and what the team uses (for its curators)."""

from __future__ import annotations

import re
import time
from collections.abc import Mapping
from typing import Any

from slack_bolt.async_app import AsyncAck, AsyncApp

from bot.blocks import forget, ids, notes, usage
from bot.blocks.message import Message
from bot.blocks.saved import log_moved
from bot.commands.table import Name
from bot.listeners import saved, views
from bot.listeners.asked import Asked
from bot.listeners.buttons import respond
from bot.listeners.services import Services


def register(app: AsyncApp) -> None:
    """Listen for the buttons of `forget me` and for the quarters of `feedback`."""
    app.action(re.compile(rf"^{ids.QUARTER}:"))(turn_quarter)
    app.action(ids.FORGET)(forget_me)
    app.action(ids.FORGET_ASK)(ask_to_forget)
    app.action(ids.KEEP)(keep_me)


async def turn_quarter(services: Services, ack: AsyncAck, body: Mapping[str, Any], action: Mapping[str, Any]) -> None:
    await ack()
    quarter = usage.Quarter.read(str(action.get("value")))
    await respond(services, body, await _usage(services, str(body["user"]["id"]), quarter), replace=True)


async def forget_me(services: Services, ack: AsyncAck, body: Mapping[str, Any]) -> None:
    await ack()
    erased = await services.stores.personal_data.erase(services.team, str(body["user"]["id"]))
    await respond(services, body, forget.deleted(erased), replace=True, title="Forget me")
    await views.after_change(services, body)


async def ask_to_forget(services: Services, ack: AsyncAck, body: Mapping[str, Any]) -> None:
    await ack()
    await respond(services, body, await _ask_to_forget(services, str(body["user"]["id"])), title="Forget me")


async def keep_me(services: Services, ack: AsyncAck, body: Mapping[str, Any]) -> None:
    await ack()
    await respond(services, body, notes.note(forget.NOT_DELETED), replace=True, title="Forget me")


async def handle(services: Services, asked: Asked) -> Message:
    """Return the answer to a command about what is one's own. Only ever shown to that person."""
    user = asked.user
    if asked.name is Name.SAVED:
        return await saved.saved_list(services, user)
    if asked.name is Name.SAVED_EXPORT:
        return await saved.send_csv(services, user)
    if asked.name is Name.LOG:
        return log_moved(await saved.saved_list(services, user))
    if asked.name is Name.FEEDBACK:
        return await _usage(services, user, None)
    return await _ask_to_forget(services, user)


async def _ask_to_forget(services: Services, user: str) -> Message:
    return forget.ask(await services.stores.personal_data.count(services.team, user))


async def _usage(services: Services, user: str, quarter: usage.Quarter | None) -> Message:
    """Return a quarter's answers; who is a curator is checked on every click."""
    if not await services.workspace.curators.includes(user):
        return notes.note(usage.CURATORS_ONLY)
    now = usage.Quarter.at(time.time())
    quarter = min(quarter or now, now)
    counts = await services.stores.feedback.counts_between(services.team, *quarter.span)
    return usage.usage(quarter, now, counts, services.engine.corpus)

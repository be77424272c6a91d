"""`forget me`: what is stored about someone, counted and, when they confirm, deleted. Only they see any of it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from slack_bolt.async_app import AsyncAck, AsyncApp

from bot.blocks import forget, ids, notes
from bot.blocks.message import Message
from bot.listeners import views
from bot.listeners.asked import Asked
from bot.listeners.buttons import respond
from bot.listeners.services import Services


def register(app: AsyncApp) -> None:
    """Listen for the buttons of `forget me`."""
    app.action(ids.FORGET)(forget_me)
    app.action(ids.FORGET_ASK)(ask_to_forget)
    app.action(ids.KEEP)(keep_me)


async def handle(services: Services, asked: Asked) -> Message:
    """Return the answer to the command."""
    return await _ask_to_forget(services, asked.user)


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


async def _ask_to_forget(services: Services, user: str) -> Message:
    return forget.ask(await services.stores.personal_data.count(services.team, user))

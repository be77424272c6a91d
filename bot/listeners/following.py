"""*Follow* and *Unfollow*: in a topic's list, and on Home."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from slack_bolt.async_app import AsyncAck, AsyncApp

from bot.blocks import ids, notes
from bot.listeners import views
from bot.listeners.buttons import tell
from bot.listeners.incoming import place
from bot.listeners.services import Services
from bot.listeners.shelves import shelf_view


def register(app: AsyncApp) -> None:
    """Listen for the two buttons."""
    app.action(re.compile(rf"^(?:{ids.FOLLOW}|{ids.UNFOLLOW})$"))(follow)
    app.action(re.compile(rf"^{ids.UNFOLLOW}:"))(unfollow)


async def follow(services: Services, ack: AsyncAck, body: Mapping[str, Any], action: Mapping[str, Any]) -> None:
    await ack()
    reference, _, page = str(action.get("value")).rpartition(":")
    topic = services.engine.corpus.topic(reference.removeprefix("topic:"))
    view = body.get("view") or {}
    if topic is None or view.get("type") != "modal":
        await tell(services, body, notes.note(notes.SHELF_GONE))
        return
    user, corpus, follows = str(body["user"]["id"]), services.engine.corpus, services.publisher.follows
    if action.get("action_id") == ids.FOLLOW:
        newest = corpus.issues[0].month if corpus.issues else ""
        await follows.add(services.identity.team_id, user, topic.id, newest)
    else:
        await follows.remove(services.identity.team_id, user, topic.id)
    shown = await shelf_view(services, user, f"topic:{topic.id}", place(page) or 1)
    if shown:
        await views.replace(services, view, shown)
    await views.after_change(services, body)


async def unfollow(services: Services, ack: AsyncAck, body: Mapping[str, Any], action: Mapping[str, Any]) -> None:
    await ack()
    user = str(body["user"]["id"])
    await services.publisher.follows.remove(services.identity.team_id, user, str(action.get("value")))
    await views.after_change(services, body)

"""Following topics: `/pprnet follow` and its kin, and the buttons in messages, in a topic's list and on Home."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from slack_bolt.async_app import AsyncAck, AsyncApp

from bot.blocks import following as words
from bot.blocks import ids, notes
from bot.blocks.message import Message
from bot.commands.reply import Reply, UnknownTopic
from bot.commands.table import Name
from bot.corpus.model import Topic
from bot.listeners import views
from bot.listeners.asked import Asked
from bot.listeners.browse import shelf_view
from bot.listeners.buttons import respond
from bot.listeners.home_data import followed
from bot.listeners.incoming import place
from bot.listeners.services import Services
from bot.publishing.months import newest


def register(app: AsyncApp) -> None:
    """Listen for the buttons."""
    app.action(re.compile(rf"^(?:{ids.FOLLOW}|{ids.UNFOLLOW})$"))(follow_shelf)
    app.action(re.compile(rf"^{ids.FOLLOW}:"))(follow)
    app.action(re.compile(rf"^{ids.UNFOLLOW}:"))(unfollow)
    app.action(ids.FOLLOW_ANOTHER)(follow_another)


async def handle(services: Services, asked: Asked) -> Message | Reply:
    """Do what a command says about the topics that its person follows, and return the reply."""
    if not asked.argument:
        if asked.name is Name.FOLLOW:
            return words.choices(await _not_followed(services, asked.user))
        return await _listed(services, asked.user)
    topic = services.engine.topic(asked.argument)
    if topic is None:
        return Reply(UnknownTopic(asked.argument))
    if asked.name is Name.FOLLOW:
        return words.now_followed(topic, new=await _add(services, asked.user, topic))
    removed = await services.posts.follows.remove(services.team, asked.user, topic.id)
    return words.no_longer_followed(topic) if removed else notes.note(words.NOT_FOLLOWED)


async def follow(services: Services, ack: AsyncAck, body: Mapping[str, Any], action: Mapping[str, Any]) -> None:
    await ack()
    user, topic = str(body["user"]["id"]), services.engine.corpus.topic(str(action.get("value")))
    if topic is not None:
        await _add(services, user, topic)
    await respond(services, body, await _listed(services, user), replace=True)


async def unfollow(services: Services, ack: AsyncAck, body: Mapping[str, Any], action: Mapping[str, Any]) -> None:
    await ack()
    user = str(body["user"]["id"])
    await services.posts.follows.remove(services.team, user, str(action.get("value")))
    if views.is_in_view(body):
        await views.after_change(services, body)
    else:
        await respond(services, body, await _listed(services, user), replace=True)


async def follow_another(services: Services, ack: AsyncAck, body: Mapping[str, Any]) -> None:
    await ack()
    others = await _not_followed(services, str(body["user"]["id"]))
    await respond(services, body, words.choices(others), replace=True)


async def follow_shelf(services: Services, ack: AsyncAck, body: Mapping[str, Any], action: Mapping[str, Any]) -> None:
    await ack()
    reference, _, page = str(action.get("value")).rpartition(":")
    topic = services.engine.corpus.topic(reference.removeprefix("topic:"))
    view = body.get("view") or {}
    if topic is None or view.get("type") != "modal":
        await respond(services, body, notes.note(notes.SHELF_GONE))
        return
    user = str(body["user"]["id"])
    if action.get("action_id") == ids.FOLLOW:
        await _add(services, user, topic)
    else:
        await services.posts.follows.remove(services.team, user, topic.id)
    shown = await shelf_view(services, user, f"topic:{topic.id}", place(page) or 1)
    if shown:
        await views.replace(services, view, shown)
    await views.after_change(services, body)


async def _listed(services: Services, user: str) -> Message:
    return words.listed(await followed(services, user), await _not_followed(services, user))


async def _not_followed(services: Services, user: str) -> list[Topic]:
    theirs = await followed(services, user)
    return [topic for topic in services.engine.corpus.topics if topic not in theirs]


async def _add(services: Services, user: str, topic: Topic) -> bool:
    """Follow a topic from the newest month on; return whether that is new."""
    corpus = await services.approval.let_out(services.engine.corpus)
    return await services.posts.follows.add(services.team, user, topic.id, newest(corpus))

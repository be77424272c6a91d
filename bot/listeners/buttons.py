"""The buttons of cards and lists: similar ones, show, topics, latest. Answers go to the person who pressed: below the
message that has the button, or in a modal where the button is in a modal or on Home.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from slack_bolt.async_app import AsyncAck, AsyncApp

from bot.approval.preview import waiting_summary
from bot.blocks import ids, notes
from bot.blocks.draft import NOT_YET
from bot.blocks.message import Message
from bot.blocks.modal import message_view
from bot.blocks.reader import Reader
from bot.blocks.render import render
from bot.commands import conversation
from bot.commands.lists import topic_list
from bot.commands.reply import Note, Reply, SummaryList, UnknownTopic
from bot.corpus.model import Summary
from bot.listeners import views
from bot.listeners.browse import shelf_view
from bot.listeners.reader import reader_of
from bot.listeners.services import Services
from bot.listeners.time_limits import in_time


def register(app: AsyncApp) -> None:
    """Listen for the buttons."""
    app.action(ids.MORE_LIKE_THIS)(more_like_this)
    app.action(re.compile(rf"^{ids.SHOW}:"))(show)
    app.action(ids.ALSO)(show_others)
    app.action(re.compile(rf"^{ids.TOPIC}:"))(show_topic)
    app.action(ids.LATEST)(show_latest)


async def more_like_this(services: Services, ack: AsyncAck, body: Mapping[str, Any], action: Mapping[str, Any]) -> None:
    await ack()
    if (summary := await named(services, body, action.get("value"))) is None:
        return
    found = conversation.more(summary.id, services.engine)
    await respond(services, body, render(found, Reader()), title="Similar")


async def show(services: Services, ack: AsyncAck, body: Mapping[str, Any], action: Mapping[str, Any]) -> None:
    await ack()
    if (summary := await named(services, body, action.get("value"))) is None:
        return
    channel, user = str((body.get("channel") or {}).get("id") or ""), str(body["user"]["id"])
    shown = conversation.card(summary, services.engine)
    await respond(services, body, render(shown, await reader_of(services, shown, channel, user)))


async def show_others(services: Services, ack: AsyncAck, body: Mapping[str, Any], action: Mapping[str, Any]) -> None:
    await ack()
    found = tuple(filter(None, map(services.engine.corpus.get, str(action.get("value")).split())))
    listed = Reply(SummaryList("Also on this:", found)) if found else Reply(Note(notes.GONE))
    await respond(services, body, render(listed, Reader()))


async def show_topic(services: Services, ack: AsyncAck, body: Mapping[str, Any], action: Mapping[str, Any]) -> None:
    await ack()
    corpus = services.engine.corpus
    topic = corpus.topic(str(action.get("value")))
    if topic and views.is_in_view(body):
        view = await shelf_view(services, str(body["user"]["id"]), f"topic:{topic.id}")
        if view:
            await open_view(services, body, view)
            return
    found = topic_list(topic, corpus) if topic else UnknownTopic()
    await respond(services, body, render(Reply(found), Reader()))


async def show_latest(services: Services, ack: AsyncAck, body: Mapping[str, Any]) -> None:
    await ack()
    await respond(services, body, render(conversation.latest(services.engine), Reader()))


async def named(services: Services, body: Mapping[str, Any], summary_id: object) -> Summary | None:
    """Return the summary that a button names; where it is not in the library, or not yet, say so and return None."""
    summary = services.engine.corpus.get(str(summary_id))
    if summary is None:
        drafts = await in_time(services.approval.drafts.all())
        early = waiting_summary(drafts or (), str(summary_id), services.engine.corpus.topics)
        await respond(services, body, notes.note(NOT_YET if early else notes.GONE))
    return summary


async def is_curator(services: Services, body: Mapping[str, Any]) -> bool:
    """Return whether the person who pressed or saved is a curator of the library now."""
    return await services.library_curators.includes(str(body["user"]["id"]))


async def may_decide(services: Services, body: Mapping[str, Any], otherwise: str) -> bool:
    """Return whether the person who pressed is a curator of this workspace, and so decides what is posted in it; where not,
    answer with `otherwise`.
    """
    if await services.workspace.curators.includes(str(body["user"]["id"])):
        return True
    await respond(services, body, notes.note(otherwise))
    return False


async def may_curate(services: Services, body: Mapping[str, Any], otherwise: str) -> bool:
    """Return whether the person who pressed is a curator of the library; where not, answer with `otherwise`."""
    if await is_curator(services, body):
        return True
    await respond(services, body, notes.note(otherwise))
    return False


async def respond(
    services: Services, body: Mapping[str, Any], message: Message, *, replace: bool = False, title: str = "PPRNet"
) -> None:
    """Answer a click: privately in a channel, plainly in a direct message, and in the button's thread; where the button is
    in no message, in a modal with this title. `replace` what has the button, which only the person who pressed may see.
    """
    if views.is_in_view(body):
        if replace and body["view"].get("type") == "modal":
            await views.replace(services, body["view"], message_view(message, title))
        else:
            await open_view(services, body, message_view(message, title))
        return
    url = body.get("response_url")
    if not url:
        return
    container = body.get("container") or {}
    channel = str(container.get("channel_id") or (body.get("channel") or {}).get("id") or "")
    thread = container.get("thread_ts") or (body.get("message") or {}).get("thread_ts")
    direct = channel.startswith("D") and not (replace and container.get("is_ephemeral"))
    answered = {
        "response_type": "in_channel" if direct else "ephemeral",
        "replace_original": replace,
        **message.payload(),
    }
    if thread and not replace:
        answered["thread_ts"] = thread
    await services.slack.respond(str(url), answered)


async def open_view(services: Services, body: Mapping[str, Any], view: Mapping[str, Any]) -> None:
    """Show a modal for a click; when Slack's three seconds are over, ask for another press."""
    if not await views.show(services, body, view):
        await respond(services, body, notes.note(notes.PRESS_AGAIN))

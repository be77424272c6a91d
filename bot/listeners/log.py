"""The learning log: turned on and off, shown, written in, and sent to its owner as CSV."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from slack_bolt.async_app import AsyncAck, AsyncApp

from bot.blocks import ids, notes
from bot.blocks import log as words
from bot.blocks.message import Message
from bot.blocks.modal import message_view, stacked
from bot.commands.own import Own
from bot.listeners import views
from bot.listeners.buttons import open_view, tell
from bot.listeners.incoming import entered, place
from bot.listeners.services import Services
from bot.outbox.transport import Sent
from bot.text import clean


def register(app: AsyncApp, services: Services) -> None:
    """Listen for the log's buttons and its form."""

    @app.action(re.compile(rf"^{ids.LOG_PAGE}:"))
    async def turn_page(ack: AsyncAck, body: Mapping[str, Any], action: Mapping[str, Any]) -> None:
        await ack()
        await tell(services, body, await _page(services, str(body["user"]["id"]), place(action.get("value"))), replace=True)

    @app.action(ids.LOG_ON)
    async def turn_on(ack: AsyncAck, body: Mapping[str, Any]) -> None:
        await ack()
        await tell(services, body, await fulfil(services, Own.LOG_ON, str(body["user"]["id"])), replace=True)

    @app.action(ids.LOG_OFF)
    async def turn_off(ack: AsyncAck, body: Mapping[str, Any]) -> None:
        await ack()
        await tell(services, body, await fulfil(services, Own.LOG_OFF, str(body["user"]["id"])), replace=True)

    @app.action(ids.LOG_EXPORT)
    async def export(ack: AsyncAck, body: Mapping[str, Any], action: Mapping[str, Any]) -> None:
        await ack()
        await tell(services, body, await _export(services, str(body["user"]["id"]), place(action.get("value"))))

    @app.action(re.compile(rf"^{ids.REFLECT}(:|$)"))
    async def reflect(ack: AsyncAck, body: Mapping[str, Any], action: Mapping[str, Any]) -> None:
        await ack()
        summary = services.engine.corpus.get(str(action.get("value")))
        if summary is None:
            await tell(services, body, notes.note(notes.GONE))
            return
        line = await services.kept.log.reflection(services.identity.team_id, str(body["user"]["id"]), summary.id)
        await open_view(services, body, words.reflect_view(summary, line))

    @app.view(ids.REFLECT_VIEW)
    async def written(ack: AsyncAck, body: Mapping[str, Any], view: Mapping[str, Any]) -> None:
        summary = services.engine.corpus.get(str(view.get("private_metadata")))
        line = clean(str(entered(view, ids.REFLECTION_BLOCK, ids.REFLECTION).get("value") or ""))
        if summary is None:
            await ack(response_action="errors", errors={ids.REFLECTION_BLOCK: notes.GONE})
            return
        who = (services.identity.team_id, str(body["user"]["id"]), summary.id)
        if not await services.kept.log.reflect(*who, line or None):
            await ack(response_action="errors", errors={ids.REFLECTION_BLOCK: words.NOT_WRITTEN})
            return
        told = message_view(notes.note(words.WRITTEN if line else words.TAKEN_OUT), "My learning log")
        await ack(response_action="update", view=stacked(told) if views.depth(view) > 1 else told)


async def fulfil(services: Services, own: Own, user: str) -> Message:
    """What somebody is told who asks for their log."""
    team, log = services.identity.team_id, services.kept.log
    if own is Own.LOG_ON:
        return notes.note(words.TURNED_ON if await log.turn_on(team, user) else words.ON_ALREADY)
    if own is Own.LOG_OFF:
        return notes.note(words.TURNED_OFF if await log.turn_off(team, user) else words.OFF_ALREADY)
    if own is Own.LOG_EXPORT:
        return await _export(services, user, 0)
    return await _page(services, user, 0)


async def _page(services: Services, user: str, start: int) -> Message:
    page = await services.kept.log.page(services.identity.team_id, user, start, words.PAGE)
    return words.log_page(page, services.engine.corpus)


async def _export(services: Services, user: str, start: int) -> Message:
    """Send lines of a log to its owner; what the owner is told where they asked."""
    page = await services.kept.log.page(services.identity.team_id, user, start, words.EXPORTED, exact=True)
    if not page.entries:
        return notes.note(words.NOTHING_TO_SEND)
    message = words.exported(page.entries, page.start, page.count, services.engine.corpus)
    outcome = await services.slack.post(user, message.payload())
    return notes.note(words.SENT if isinstance(outcome, Sent) else words.NOT_SENT)

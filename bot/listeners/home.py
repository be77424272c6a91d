"""The Home tab: published when it is opened; its buttons open modals for searching and for looking through the library."""

from __future__ import annotations

import logging
import re
from collections.abc import Mapping
from typing import Any

import aiohttp
from slack_bolt.async_app import AsyncAck, AsyncApp
from slack_bolt.response import BoltResponse
from slack_sdk.errors import SlackApiError

from bot.blocks import browse, ids, notes
from bot.blocks.curating import CURATORS_ONLY, thin_view
from bot.blocks.home import trouble_view
from bot.blocks.reader import Reader
from bot.blocks.render import render
from bot.blocks.search import search_view
from bot.commands import conversation
from bot.commands.reply import Help, MoreHelp, Privacy, Reply
from bot.commands.table import Place
from bot.failures import log_failure
from bot.listeners import views
from bot.listeners.browse import shelf_view
from bot.listeners.buttons import may_curate, open_view, respond
from bot.listeners.dispatch import read
from bot.listeners.home_data import home, thin_summaries
from bot.listeners.incoming import entered, place, typed
from bot.listeners.services import Services
from bot.phrases import facts
from bot.search.browse import library
from bot.slack.errors import error_code, may_pass

log = logging.getLogger(__name__)


def register(app: AsyncApp) -> None:
    """Listen for the opening of Home, its buttons, and the modals behind them."""
    app.event("app_home_opened")(opened)
    app.action(ids.HOME)(again)
    app.action(ids.SEARCH)(search)
    app.action(re.compile(rf"^{ids.SUGGESTED}:"))(suggested)
    app.view(ids.SEARCH_VIEW)(searched)
    app.action(ids.HELP)(show_help)
    app.action(ids.HELP_MORE)(show_more_help)
    app.action(ids.PRIVACY)(show_privacy)
    app.action(re.compile(rf"^{ids.BROWSE}:"))(show_index)
    app.action(re.compile(rf"^{ids.SHELF}:"))(show_shelf)
    app.action(re.compile(rf"^{ids.PAGE}:"))(turn_page)
    app.action(ids.THIN)(show_thin)


async def opened(services: Services, event: Mapping[str, Any]) -> BoltResponse:
    if event.get("tab") != "home":
        return BoltResponse(status=200, body="")
    return await _publish(services, event)


async def again(services: Services, ack: AsyncAck, body: Mapping[str, Any]) -> None:
    await ack()
    await views.renew(services, str(body["user"]["id"]))


async def search(services: Services, ack: AsyncAck, body: Mapping[str, Any]) -> None:
    await ack()
    await open_view(services, body, search_view())


async def suggested(services: Services, ack: AsyncAck, body: Mapping[str, Any], action: Mapping[str, Any]) -> None:
    await ack()
    suggestion = library(services.engine).suggestion(str(action.get("value")))
    if suggestion is None:
        await respond(services, body, notes.note(notes.GONE))
        return
    found = conversation.reply(read(services, suggestion.text, Place.HOME), services.engine)
    await open_view(services, body, search_view(render(found, Reader(in_modal=True)), found=True, question=suggestion.text))


async def searched(services: Services, ack: AsyncAck, view: Mapping[str, Any]) -> None:
    parsed = read(services, typed(_question(view)), Place.HOME)
    nearness = await services.meaning.nearness(parsed.text) if parsed.is_question else None
    found = conversation.reply(parsed, services.engine, nearness=nearness)
    shown = render(found, Reader(crisis_line=services.workspace.crisis_line, in_modal=True))
    await views.answer_form(ack, view, search_view(shown, found=found.about is not None and not found.danger))


async def show_help(services: Services, ack: AsyncAck, body: Mapping[str, Any]) -> None:
    await ack()
    await respond(services, body, render(Reply(Help(facts.coverage(services.engine.corpus))), Reader()), title="How to ask")


async def show_more_help(services: Services, ack: AsyncAck, body: Mapping[str, Any]) -> None:
    await ack()
    await respond(services, body, render(Reply(MoreHelp()), Reader()), title="All commands")


async def show_privacy(services: Services, ack: AsyncAck, body: Mapping[str, Any]) -> None:
    await ack()
    await respond(services, body, render(Reply(Privacy()), Reader()), title="Privacy")


async def show_index(services: Services, ack: AsyncAck, body: Mapping[str, Any], action: Mapping[str, Any]) -> None:
    await ack()
    books = library(services.engine)
    kind = next((kind for kind in books.shelves if kind == action.get("value")), None)
    if kind is None or not books.shelves[kind]:
        await respond(services, body, notes.note(notes.SHELF_GONE))
        return
    await open_view(services, body, browse.index_view(books, kind))


async def show_shelf(services: Services, ack: AsyncAck, body: Mapping[str, Any], action: Mapping[str, Any]) -> None:
    await ack()
    view = await shelf_view(services, str(body["user"]["id"]), str(action.get("value")))
    if view is None:
        await respond(services, body, notes.note(notes.SHELF_GONE))
        return
    await open_view(services, body, view)


async def turn_page(services: Services, ack: AsyncAck, body: Mapping[str, Any], action: Mapping[str, Any]) -> None:
    await ack()
    shelf, _, page = str(action.get("value")).rpartition(":")
    view = await shelf_view(services, str(body["user"]["id"]), shelf, place(page) or 1)
    old = body.get("view") or {}
    if view is None:
        await respond(services, body, notes.note(notes.SHELF_GONE))
    elif old.get("type") == "modal":
        await views.replace(services, old, view)
    else:
        await open_view(services, body, view)


async def show_thin(services: Services, ack: AsyncAck, body: Mapping[str, Any]) -> None:
    await ack()
    if await may_curate(services, body, CURATORS_ONLY):
        await open_view(services, body, thin_view(await thin_summaries(services), services.engine.corpus))


async def _publish(services: Services, event: Mapping[str, Any]) -> BoltResponse:
    """Publish Home, or why there is none. After 503 Slack delivers the event again."""
    shown, user = event.get("view") or {}, str(event.get("user"))
    try:
        async with views.turn_of(user):
            await views.publish(services, user, await _built(services, user, first=not shown), shown.get("hash"))
    except (SlackApiError, aiohttp.ClientError, TimeoutError, OSError) as error:
        if may_pass(error):
            log.warning("Home could not be put in place (%s): Slack will deliver the event again", error_code(error))
            return BoltResponse(status=503, body="")
        log.warning("Home could not be put in place (%s)", error_code(error))
    return BoltResponse(status=200, body="")


async def _built(services: Services, user: str, *, first: bool) -> Mapping[str, Any]:
    try:
        return await home(services, user, first=first)
    except Exception as error:
        return trouble_view(notes.failure(log_failure(error)))


def _question(view: Mapping[str, Any]) -> str:
    return str(entered(view, ids.SEARCH_BLOCK, ids.QUESTION).get("value") or "")

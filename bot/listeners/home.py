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

from bot import conversation
from bot.blocks import browse, ids, notes
from bot.blocks.home import trouble_view
from bot.blocks.search import search_view
from bot.browse import library
from bot.listeners import views
from bot.listeners.buttons import open_view, tell
from bot.listeners.guard import log_failure
from bot.listeners.incoming import typed
from bot.listeners.services import Services
from bot.slack_api import error_code

log = logging.getLogger(__name__)


def register(app: AsyncApp, services: Services) -> None:
    """Listen for the opening of Home, its buttons, and the modals behind them."""

    @app.event("app_home_opened")
    async def opened(event: Mapping[str, Any]) -> BoltResponse:
        if event.get("tab") != "home":
            return BoltResponse(status=200, body="")
        return await _publish(services, event)

    @app.action(ids.HOME)
    async def again(ack: AsyncAck, body: Mapping[str, Any]) -> None:
        await ack()
        await views.publish(services, str(body["user"]["id"]), views.home(services))

    @app.action(ids.SEARCH)
    async def search(ack: AsyncAck, body: Mapping[str, Any]) -> None:
        await ack()
        await open_view(services, body, search_view())

    @app.action(re.compile(rf"^{ids.SUGGESTED}:"))
    async def suggested(ack: AsyncAck, body: Mapping[str, Any], action: Mapping[str, Any]) -> None:
        await ack()
        suggestion = library(services.engine).suggestion(str(action.get("value")))
        if suggestion is None:
            await tell(services, body, notes.note(notes.GONE))
            return
        answer = conversation.reply(suggestion.text, services.engine)
        await open_view(services, body, search_view(answer.message, found=True, question=suggestion.text))

    @app.view(ids.SEARCH_VIEW)
    async def searched(ack: AsyncAck, view: Mapping[str, Any]) -> None:
        reply = conversation.reply(typed(_question(view)), services.engine, crisis_line=services.crisis_line)
        found = reply.summary_id is not None
        await ack(response_action="update", view=search_view(reply.message, found=found))

    _register_browsing(app, services)

    @app.action(ids.HELP)
    async def show_help(ack: AsyncAck, body: Mapping[str, Any]) -> None:
        await ack()
        await tell(services, body, notes.help_message(services.engine.corpus), title="How to ask")

    @app.action(ids.PRIVACY)
    async def show_privacy(ack: AsyncAck, body: Mapping[str, Any]) -> None:
        await ack()
        await tell(services, body, notes.privacy_message(), title="What is kept")


def _register_browsing(app: AsyncApp, services: Services) -> None:
    @app.action(re.compile(rf"^{ids.BROWSE}:"))
    async def show_index(ack: AsyncAck, body: Mapping[str, Any], action: Mapping[str, Any]) -> None:
        await ack()
        held = library(services.engine)
        kind = next((kind for kind in held.shelves if kind == action.get("value")), None)
        if kind is None or not held.shelves[kind]:
            await tell(services, body, notes.note(notes.SHELF_GONE))
            return
        await open_view(services, body, browse.index_view(held, kind))

    @app.action(re.compile(rf"^{ids.SHELF}:"))
    async def show_shelf(ack: AsyncAck, body: Mapping[str, Any], action: Mapping[str, Any]) -> None:
        await ack()
        view = _shelf_view(services, str(action.get("value")))
        if view is None:
            await tell(services, body, notes.note(notes.SHELF_GONE))
            return
        await open_view(services, body, view)

    @app.action(re.compile(rf"^{ids.PAGE}:"))
    async def turn_page(ack: AsyncAck, body: Mapping[str, Any], action: Mapping[str, Any]) -> None:
        await ack()
        shelf, _, page = str(action.get("value")).rpartition(":")
        view = _shelf_view(services, shelf, int(page) if re.fullmatch(r"[0-9]{1,6}", page) else 1)
        old = body.get("view") or {}
        if view is None:
            await tell(services, body, notes.note(notes.SHELF_GONE))
        elif old.get("type") == "modal":
            await views.replace(services, old, view)
        else:
            await open_view(services, body, view)


def _shelf_view(services: Services, reference: str, page: int = 1) -> dict[str, Any] | None:
    kind, _, key = reference.partition(":")
    held = library(services.engine)
    shelf = held.shelf(kind, key)
    return browse.shelf_view(held.corpus, shelf, page) if shelf else None


async def _publish(services: Services, event: Mapping[str, Any]) -> BoltResponse:
    """Publish Home, or why there is none. 503 tells Slack to deliver the event again."""
    shown = event.get("view") or {}
    try:
        view = views.home(services, first=not shown)
    except Exception as error:
        view = trouble_view(notes.failure(log_failure(error)))
    try:
        await views.publish(services, str(event.get("user")), view, shown.get("hash"))
    except (SlackApiError, aiohttp.ClientError, TimeoutError, OSError) as error:
        log.warning("Home could not be put in place (%s): Slack will deliver the event again", error_code(error))
        return BoltResponse(status=503, body="")
    return BoltResponse(status=200, body="")


def _question(view: Mapping[str, Any]) -> str:
    values = (view.get("state") or {}).get("values") or {}
    return str(((values.get(ids.SEARCH_BLOCK) or {}).get(ids.QUESTION) or {}).get("value") or "")

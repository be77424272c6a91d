"""The two shortcuts: *Search research* from anywhere, and *Find related research* on a message, whose words are searched in
memory and dropped. Both open a modal that its person alone sees; a card in it is shared only by pressing *Share*.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping
from typing import Any

from slack_bolt.async_app import AsyncAck, AsyncApp

from bot.blocks import ids, notes
from bot.blocks.reader import Reader
from bot.blocks.render import render
from bot.blocks.search import related_view, search_view
from bot.commands import conversation
from bot.listeners import views
from bot.listeners.message_text import words_of
from bot.listeners.services import Services

log = logging.getLogger(__name__)


def register(app: AsyncApp) -> None:
    """Listen for the shortcuts that the app's manifest names."""
    app.shortcut(ids.SEARCH_SHORTCUT)(search)
    app.shortcut(ids.RELATED_SHORTCUT)(find_related)


async def search(services: Services, ack: AsyncAck, body: Mapping[str, Any]) -> None:
    await ack()
    await _open(services, body, search_view())


async def find_related(services: Services, ack: AsyncAck, body: Mapping[str, Any]) -> None:
    await ack()
    words, engine = words_of(body.get("message") or {}), services.engine
    nearness = await services.meaning.nearness(conversation.searched(words, engine))
    found = conversation.related(words, engine, nearness)
    reader = Reader(crisis_line=services.workspace.crisis_line, reminder=False)
    await _open(services, body, related_view(render(found, reader), details=found.details, danger=found.danger))


async def _open(services: Services, body: Mapping[str, Any], view: Mapping[str, Any]) -> None:
    """Open a modal, or ask for another try where Slack's three seconds are over and there is a place to say it."""
    if await views.show(services, body, view):
        return
    if url := body.get("response_url"):
        await services.slack.respond(str(url), {"replace_original": False, **notes.note(notes.CHOOSE_AGAIN).payload()})
    else:
        log.warning("a shortcut was used too long ago to open anything: Slack shows nothing")

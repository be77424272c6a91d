"""`/pprnet WORDS`: answered in the acknowledgement, for the asker alone; a table by response_url."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from slack_bolt.async_app import AsyncAck, AsyncApp

from bot.blocks import ids, tables
from bot.blocks.message import Message
from bot.blocks.render import render
from bot.commands.reply import Reply
from bot.commands.table import Place
from bot.listeners.asked import Asked
from bot.listeners.dispatch import handle, read
from bot.listeners.evidence import send_to_asker
from bot.listeners.incoming import typed
from bot.listeners.reader import reader_of
from bot.listeners.services import Services
from bot.store.waiting import nobody_waits


def register(app: AsyncApp, services: Services) -> None:
    """Listen for the command."""

    @app.command(ids.COMMAND)
    async def pprnet(ack: AsyncAck, command: Mapping[str, Any]) -> None:
        user, channel = str(command.get("user_id")), str(command.get("channel_id"))
        where = Place.CHANNEL if channel.startswith(("C", "G")) else Place.DIRECT
        found = await handle(services, Asked(read(services, typed(command.get("text")), where), user, channel))
        shown = await _rendered(services, found, command)
        if tables.are_in(shown.blocks) and (url := command.get("response_url")):
            # A refusal of what an acknowledgement shows is never said; here it is, and the text follows alone.
            await ack()
            await services.slack.respond(str(url), {"response_type": "ephemeral", **shown.payload()})
            return
        # Last, when all that it shows is there.
        await ack(response_type="ephemeral", **shown.payload())

    # An operator may have given the command another name: Slack sends us only what the app's manifest names.
    app.command(re.compile(r".*", re.DOTALL))(pprnet)


async def _rendered(services: Services, found: Reply | Message, command: Mapping[str, Any]) -> Message:
    if isinstance(found, Message):
        return found
    reader = await reader_of(services, found, str(command.get("channel_id")), str(command.get("user_id")), ephemeral=True)
    if found.picture and services.pictures.wanted:
        reader = replace(reader, picture_follows=True)
        with nobody_waits():
            services.background.later(send_to_asker(services, found.picture, command))
    return render(found, reader)

"""`/pprnet WORDS`: answered in the acknowledgement, for the asker alone."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from slack_bolt.async_app import AsyncAck, AsyncApp

from bot.blocks import ids
from bot.blocks.render import render
from bot.commands import conversation
from bot.commands.own import own_of
from bot.commands.wishes import wish_of
from bot.listeners import club, own
from bot.listeners.evidence import send_to_asker
from bot.listeners.incoming import typed
from bot.listeners.readers import reader_of
from bot.listeners.services import Services
from bot.listeners.subscribing import fulfil


def register(app: AsyncApp, services: Services) -> None:
    """Listen for the command."""

    @app.command(ids.COMMAND)
    async def pprnet(ack: AsyncAck, command: Mapping[str, Any]) -> None:
        words, user, channel = typed(command.get("text")), str(command.get("user_id")), str(command.get("channel_id"))
        if wish := wish_of(words):
            told = await fulfil(services, wish, user, channel)
            await ack(response_type="ephemeral", **told.payload())
            return
        if mine := own_of(words):
            told = await own.fulfil(services, mine, user)
            await ack(response_type="ephemeral", **told.payload())
            return
        if (planning := await club.fulfil(services, words, channel)) is not None:
            await ack(response_type="ephemeral", **planning.payload())
            return
        reply = conversation.reply(words, services.engine)
        reader = await reader_of(services, reply, channel, user, ephemeral=True)
        if reply.picture and services.pictures.wanted:
            reader = replace(reader, picture_follows=True)
            services.pictures.later(send_to_asker(services, reply.picture, command))
        await ack(response_type="ephemeral", **render(reply, reader).payload())  # last, when all that it shows is there

    # An operator may have given the command another name: Slack sends us only what the app's manifest names.
    app.command(re.compile(r".*", re.DOTALL))(pprnet)

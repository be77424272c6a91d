"""`/pprnet WORDS`: answered in the acknowledgement, for the asker alone."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from slack_bolt.async_app import AsyncAck, AsyncApp

from bot import conversation
from bot.blocks import ids
from bot.listeners.incoming import typed
from bot.listeners.services import Services


def register(app: AsyncApp, services: Services) -> None:
    """Listen for the command."""

    @app.command(ids.COMMAND)
    async def pprnet(ack: AsyncAck, command: Mapping[str, Any]) -> None:
        reply = conversation.reply(typed(command.get("text")), services.engine)
        await ack(response_type="ephemeral", **reply.message.payload())

    # An operator may have given the command another name: Slack sends us only what the app's manifest names.
    app.command(re.compile(r".*", re.DOTALL))(pprnet)

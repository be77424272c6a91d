"""What a worker does once in the fork server itself: what it imports, reads and compiles is there in each fork."""

from __future__ import annotations

import asyncio
import logging
import tempfile
from collections.abc import Awaitable, Callable
from pathlib import Path

from bot.playground.slack import LocalSlack
from bot.playground.slack.workspace import DEFAULT_SCOPES
from tests.support import once


def rehearse(play: Callable[[LocalSlack, Path], Awaitable[None]]) -> None:
    """Let a worker play its part to the end against a Slack and in a folder of its own."""

    async def playing() -> None:
        with tempfile.TemporaryDirectory() as folder:
            async with LocalSlack(scopes=(*DEFAULT_SCOPES, "channels:history")) as slack:
                await play(slack, Path(folder))

    once.install()
    logging.disable()
    asyncio.run(playing())
    logging.disable(logging.NOTSET)

"""What a worker does once in the fork server itself: what it imports, reads and compiles is there in each fork.

A program's arguments are the addresses of further databases to rehearse on.
"""

from __future__ import annotations

import asyncio
import logging
import sys
import tempfile
from collections.abc import Awaitable, Callable
from pathlib import Path

from bot.playground.slack import LocalSlack
from bot.playground.slack.workspace import DEFAULT_SCOPES
from bot.server import messages
from tests.support import once


def rehearse(play: Callable[[LocalSlack, Path, str], Awaitable[None]]) -> None:
    """Let a worker play its part to the end against a Slack, in a folder and on a database of its own: of each kind."""

    async def playing(database: str | None) -> None:
        with tempfile.TemporaryDirectory() as folder:
            async with LocalSlack(scopes=(*DEFAULT_SCOPES, "channels:history")) as slack:
                await play(slack, Path(folder), database or f"sqlite:///{folder}/bot.db")

    once.install()
    messages.render = once.render_once
    logging.disable()
    for database in (None, *sys.argv[1:]):
        asyncio.run(playing(database))
    logging.disable(logging.NOTSET)

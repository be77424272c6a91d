"""Makes a curator's decisions about asks changes of the summary that reach the folder of every replica."""

from __future__ import annotations

from bot.approval.revising import Revising
from bot.asks.writing import Change, ChangedError, UnwritableError
from bot.corpus.model import Summary

TRIES = 3
"""Times that a change is made again where someone else was faster with another of the same summary."""


class AskWriter:
    """Changes asks in one library."""

    def __init__(self, revising: Revising) -> None:
        self._revising = revising

    async def __call__(self, summary: Summary, change: Change, by: str) -> None:
        """Make a change. Raises UnwritableError, ChangedError, WriteError, CorpusError or OSError."""
        if self._revising.is_shipped:
            raise UnwritableError("the library that comes with the bot is not changed")
        for _ in range(TRIES):
            found = await self._revising.find(summary.place, summary.id)
            if found is None:
                break
            if await self._revising.save(found, change(found.summary), by):
                return
        raise ChangedError(f"{summary.id} is no longer as it was")

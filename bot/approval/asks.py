"""Makes a curator's decisions about asks changes of the summary that reach the folder of every replica."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path

from bot.approval.revising import Revising
from bot.asks.writing import Change, ChangedError, UnwritableError, change_asks
from bot.corpus.model import Corpus, Summary

TRIES = 3
"""Times that a change is made again where someone else was faster with another of the same summary."""


class AskWriter:
    """Changes asks in one library. One of the team's own summaries is changed in this replica's folder only."""

    def __init__(self, revising: Revising, root: Path, corpus: Callable[[], Corpus]) -> None:
        self._revising = revising
        self._root = root
        self._corpus = corpus

    async def __call__(self, summary: Summary, change: Change, by: str) -> None:
        """Make a change. Raises UnwritableError, ChangedError, WriteError, CorpusError or OSError."""
        if self._revising.is_shipped:
            raise UnwritableError("the library that comes with the bot is not changed")
        if summary.is_own:
            await asyncio.to_thread(change_asks, self._root, self._corpus(), summary, change)
            return
        for _ in range(TRIES):
            found = await self._revising.find(summary.issue, summary.id)
            if found is None:
                break
            if await self._revising.save(found, change(found.summary), by):
                return
        raise ChangedError(f"{summary.id} is no longer as it was")

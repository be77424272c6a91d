"""Waiting until a bot's background jobs have nothing left to do."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Callable, Iterable

PATIENCE = 30.0
"""Seconds after which a bot that is still busy fails the test."""


def jobs(*, watching: bool) -> tuple[str, ...]:
    """Return the names of a bot's background jobs; `watching`: it checks a blog."""
    return ("posting", "library", *(("blog check", "drafts") if watching else ()))


class Passes:
    """Counts the passes of a bot's background jobs (`on_pass` of `bot.server.run.run`)."""

    def __init__(self, jobs: Iterable[str]) -> None:
        self.jobs = frozenset(jobs)
        self._quiet: Counter[str] = Counter()
        self._count: Counter[str] = Counter()
        self._ended = asyncio.Event()

    def __call__(self, job: str, busy: bool) -> None:
        """Note a pass that has just ended. One that found something to do may have made work for the other jobs."""
        if busy:
            self._quiet.clear()
        else:
            self._quiet[job] += 1
        self._count[job] += 1
        self._ended.set()

    async def idle(self) -> None:
        """Wait until every job has begun and ended a pass that found nothing to do, all of them after the last one that did.

        The first pass to end may have begun earlier, so two are waited for.
        """
        self._quiet.clear()
        async with asyncio.timeout(PATIENCE):
            while any(self._quiet[job] < 2 for job in self.jobs):
                self._ended.clear()
                await self._ended.wait()

    async def after(self, job: str) -> None:
        """Wait until a job has begun and ended a pass, whatever it found: the next to end may have begun earlier."""
        enough = self._count[job] + 2
        async with asyncio.timeout(PATIENCE):
            while self._count[job] < enough:
                self._ended.clear()
                await self._ended.wait()


async def eventually(condition: Callable[[], object]) -> None:
    """Wait for something that gives no sign of its own."""
    async with asyncio.timeout(10):
        while not condition():  # noqa: ASYNC110
            await asyncio.sleep(0.01)

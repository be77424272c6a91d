"""Waiting until a bot's background jobs have nothing left to do."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable

from bot.publishing.scheduler import Job

NEVER = 3600.0
"""Seconds between two passes of a bot's background jobs where none may be needed that nothing woke: longer than any test."""
PATIENCE = 120.0
"""Seconds after which what a test waits for counts as not coming. Long: nobody knows what else the machine does."""


def jobs(*, watching: bool, curators: bool = False, papers: bool = False, many: bool = False) -> tuple[str, ...]:
    """Return the names of a bot's background jobs; `watching`: it checks a blog; `curators`: it has some; `papers`: it
    checks those of the library; `many`: it serves many workspaces.
    """
    more = {"blog check": watching, "suggestions": curators, "papers": papers, "workspaces": many}
    return ("posting", "library", "drafts", *(name for name, there in more.items() if there))


class Passes:
    """Follows the passes of a bot's background jobs (`on_pass` of `bot.server.run.run`); wakes those waited for."""

    def __init__(self, names: Iterable[str]) -> None:
        self.names = frozenset(names)
        self._jobs: dict[str, Job] = {}
        self._passed: set[str] = set()
        self._quiet: set[str] = set()
        self._waiting = 0
        self._ended = asyncio.Event()

    def __call__(self, job: Job, busy: bool) -> None:
        """Note a pass that has just ended. One that found something to do may have made work for the other jobs."""
        if job.name not in self.names:
            return
        if self._waiting and (job.name not in self._jobs or (busy and job.soon is None)):
            job.woken.set()
        self._jobs[job.name] = job
        began_before = job.woken.is_set()  # it may have seen less than what is waited for; another pass follows at once
        if not began_before:
            self._passed.add(job.name)
        if busy:
            self._quiet.clear()
            if self._waiting:
                self._wake(self.names - {job.name})
        elif not began_before:
            self._quiet.add(job.name)
        self._ended.set()

    async def idle(self) -> None:
        """Wait until every job has begun and ended a pass that found nothing to do, all after the last one that did."""
        self._quiet.clear()
        await self._until(lambda: self._quiet == self.names, self.names)

    async def after(self, name: str) -> None:
        """Wait until a job has begun and ended a pass, whatever it found."""
        self._passed.discard(name)
        await self._until(lambda: name in self._passed, {name})

    async def _until(self, holds: Callable[[], bool], names: Iterable[str]) -> None:
        """Wake these jobs, and wait until what their passes note makes this true."""
        self._waiting += 1
        self._wake(names)
        try:
            async with asyncio.timeout(PATIENCE):
                while not holds():
                    self._ended.clear()
                    await self._ended.wait()
        finally:
            self._waiting -= 1

    def _wake(self, names: Iterable[str]) -> None:
        for name in names:
            if job := self._jobs.get(name):
                job.woken.set()


async def eventually(condition: Callable[[], object]) -> None:
    """Wait for something that gives no sign of its own."""
    async with asyncio.timeout(PATIENCE):
        while not condition():  # noqa: ASYNC110
            await asyncio.sleep(0.01)

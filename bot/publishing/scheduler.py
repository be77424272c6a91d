"""The background jobs of `serve`: each repeats on its own, so that a slow or failing one does not stop the others."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field

from bot.failures import log_failure, reason

log = logging.getLogger(__name__)

RETRY = 20.0
"""Seconds after a first failure until a job is tried again, at most its own pause; twice as long each time after that."""
KEEPS_FAILING = 3
"""Failures in a row from which on a job is in trouble."""
LATE_TURNS = 3
LATE_AT_LEAST = 60.0
"""A job is late when its last success is this many turns ago, and at least this many seconds."""


@dataclass(frozen=True)
class Job:
    """Something done again and again: `run` is called every `every` seconds, first after `first`, and returns whether it
    found something to do.

    `soon` is the pause after a pass that did, or that was woken (None: the usual one). Setting `woken` starts a pass now.
    While `when` is false, passes do nothing. Passes are never cut off, since a database call that is cut off keeps its
    lock: `run` waits for nothing without a time-out of its own.
    """

    name: str
    every: float
    run: Callable[[], Awaitable[bool]]
    soon: float | None = None
    woken: asyncio.Event = field(default_factory=asyncio.Event)
    when: Callable[[], bool] = lambda: True
    first: float = 0.0


OnPass = Callable[[Job, bool], None]
"""Called after each pass of a job with the job, and whether the pass found something to do."""


def ignore_pass(_job: Job, _busy: bool) -> None:
    """Do nothing."""


@dataclass(slots=True)
class JobState:
    """What is known of a job since the start. Times are of the monotonic clock, in seconds."""

    succeeded_at: float
    has_succeeded: bool = False
    failures: int = 0
    reason: str | None = None

    @property
    def seconds_ago(self) -> float:
        """Return how long ago the job last finished well, or the scheduler was made."""
        return time.monotonic() - self.succeeded_at


class Scheduler:
    """Runs jobs until it is stopped."""

    def __init__(self, jobs: Sequence[Job], on_pass: OnPass = ignore_pass, *, late_at_least: float | None = None) -> None:
        self.jobs = tuple(jobs)
        self.states = {job.name: JobState(time.monotonic()) for job in jobs}
        self._on_pass = on_pass
        self._late_at_least = LATE_AT_LEAST if late_at_least is None else late_at_least
        self._stopping = False

    def add(self, job: Job) -> None:
        """Add a job, before `run`."""
        self.jobs = (*self.jobs, job)
        self.states[job.name] = JobState(time.monotonic())

    async def run(self) -> None:
        """Repeat every job until `stop`, each beside the others."""
        await asyncio.gather(*(self._repeat(job) for job in self.jobs))

    def stop(self) -> None:
        """End `run` after the passes in progress."""
        self._stopping = True
        for job in self.jobs:
            job.woken.set()

    def is_stopping(self) -> bool:
        """Return whether passes should come to an end."""
        return self._stopping

    async def run_once(self, job: Job) -> float:
        """Make one pass, note what came of it, and return the seconds until the next. Failures are logged and counted."""
        woken = job.woken.is_set() and job.soon is not None
        job.woken.clear()
        state, busy = self.states[job.name], woken
        pause, began = job.every, time.monotonic()
        try:
            # Whatever woke the job may have posted just now: what follows in that channel is due after the pace.
            busy = (job.when() and await job.run()) or woken
        except Exception as error:
            state.failures += 1
            state.reason = reason(error)
            pause = min(job.every, RETRY * 2.0 ** min(state.failures - 1, 20))
            log_failure(error, f"scheduled job {job.name}", f"retrying in {pause:.0f} s ({state.failures} in a row)")
        else:
            if state.failures:
                log.info("scheduled job %s works again after %d failures", job.name, state.failures)
            state.succeeded_at, state.has_succeeded = time.monotonic(), True
            state.failures, state.reason = 0, None
            if busy and job.soon is not None:
                pause = job.soon
        log.debug("job %s: %s after %.0f ms", job.name, "found work" if busy else "idle", (time.monotonic() - began) * 1000)
        self._on_pass(job, busy)
        return pause

    async def _repeat(self, job: Job) -> None:
        if job.first:
            await self._pause(job, job.first)
        while not self._stopping:
            await self._pause(job, await self.run_once(job))

    async def _pause(self, job: Job, seconds: float) -> None:
        """Wait for so long, or until the job is woken."""
        if not self._stopping:
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(job.woken.wait(), timeout=seconds)

    def troubles(self) -> list[str]:
        """Return a sentence for each job that keeps failing or is late."""
        found = []
        for job in self.jobs:
            state = self.states[job.name]
            if state.failures >= KEEPS_FAILING:
                found.append(f"the job {job.name} has failed {state.failures} times in a row: {state.reason}")
            elif state.seconds_ago > max(LATE_TURNS * job.every, self._late_at_least):
                found.append(f"the job {job.name} has not finished for {state.seconds_ago:.0f} s")
        return found

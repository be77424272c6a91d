"""Processes that die: each job runs in a process of its own, forked from one that has everything imported already.

A module that calls `main` is a program: it runs jobs for `Workers`, the client for tests. A job's process kills itself with
SIGKILL at a named step, at the n-th step, or after a time, whatever it is doing then.
"""

from __future__ import annotations

import asyncio
import gc
import os
import signal
import threading
from collections.abc import Callable, Coroutine
from dataclasses import asdict, dataclass
from pathlib import Path
from types import ModuleType
from typing import Any, Self

from tests.support import fork_server
from tests.support.fork_server import ForkServer

KILLED = -9


@dataclass(frozen=True, kw_only=True)
class Mortal:
    """What a job may die of (None: nothing). `trace` is a file for the name of the step it is at, or for the error that
    ended it.
    """

    trace: str | None = None
    die_at: str | None = None
    die_at_step: int | None = None
    die_after: float | None = None


def last_step(job: Mortal) -> str:
    """The step that a killed worker was at last, or why it failed."""
    path = Path(job.trace or "")
    return (path.read_text().strip() if path.exists() else "") or "before the first step"


def steps_of(job: Mortal) -> Callable[[str], None]:
    """What is to be called at each step with its name: it may be the last thing that the process does."""
    taken = 0
    trace = os.open(job.trace, os.O_WRONLY | os.O_CREAT) if job.trace else None
    if job.die_after is not None:
        threading.Timer(job.die_after, os.kill, (os.getpid(), signal.SIGKILL)).start()

    def step(name: str) -> None:
        nonlocal taken
        taken += 1
        if trace is not None:
            os.pwrite(trace, name.ljust(40).encode(), 0)
        if name == job.die_at or taken == job.die_at_step:
            os.kill(os.getpid(), signal.SIGKILL)

    return step


def main(job_type: Callable[..., Any], run: Callable[[Any], Coroutine[Any, Any, None]]) -> None:
    """Run a job in each fork; only the forks get that far."""
    order = fork_server.serve()
    status = 1
    try:
        gc.disable()  # it lives for seconds
        asyncio.run(run(job_type(**order)))
        status = 0
    except BaseException as error:
        why = f"a worker failed: {type(error).__name__}: {error}\n"
        os.write(2, why.encode())
        if order.get("trace"):
            Path(order["trace"]).write_text(why, "utf-8")
    finally:
        os._exit(status)


class Workers:
    """A fork server and its jobs. `program` is a module that calls `main`; `databases` are for its rehearsal."""

    def __init__(self, program: ModuleType, *databases: str) -> None:
        self._server = ForkServer(program.__name__, *databases)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        self._server.close()

    async def run(self, job: Mortal, *, seconds: float = 900.0) -> int:
        """Run a job to its end; the exit status, or minus the number of the signal that ended it. Raises TimeoutError with
        the step that it is at where it does not end in time, which is long: how much else the machine does is unknown.
        """
        worker = await self._server.start(asdict(job))
        try:
            return await asyncio.wait_for(worker.wait(), seconds)
        except TimeoutError:
            raise TimeoutError(f"a worker is after {seconds:.0f} s still at: {last_step(job)}") from None

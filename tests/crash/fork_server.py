"""A fork server for processes that die: each job runs in a process of its own that has everything imported already.

A module that calls `main` is a program: it reads one job a line (JSON) on standard input and tells on standard output how
each ended. `Workers` is the client for tests. A job's process kills itself with SIGKILL at a named step, at the n-th step,
or after a time, whatever it is doing then.
"""

from __future__ import annotations

import asyncio
import gc
import json
import os
import select
import signal
import sys
import threading
from collections.abc import Awaitable, Callable
from dataclasses import asdict, dataclass
from pathlib import Path
from types import ModuleType
from typing import Any, Self

KILLED = -9
ROOT = Path(__file__).parents[2]


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


def main(job_type: Callable[..., Any], run: Callable[[Any], Awaitable[None]]) -> None:
    """Serve jobs until standard input ends; then kill what still runs."""
    gc.freeze()  # so that the children share its memory
    woken, wake = os.pipe()
    os.set_blocking(wake, False)
    signal.signal(signal.SIGCHLD, lambda _number, _frame: None)
    signal.set_wakeup_fd(wake)
    running: dict[int, int] = {}
    pending = b""
    while True:
        ready, _, _ = select.select([0, woken], [], [])
        if woken in ready:
            os.read(woken, 4096)
            _reap(running)
        if 0 in ready:
            data = os.read(0, 65536)
            if not data:
                break
            *lines, pending = (pending + data).split(b"\n")
            for line in lines:
                order = json.loads(line)
                running[_start(run, job_type, order["job"])] = order["number"]
    for pid in running:
        os.kill(pid, signal.SIGKILL)


def _start(run: Callable[[Any], Any], job_type: Callable[..., Any], order: dict[str, Any]) -> int:
    pid = os.fork()
    if pid:
        return pid
    status = 1
    try:
        gc.disable()  # it lives for seconds
        signal.set_wakeup_fd(-1)
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        asyncio.run(run(job_type(**order)))
        status = 0
    except BaseException as error:
        why = f"a worker failed: {type(error).__name__}: {error}\n"
        os.write(2, why.encode())
        if order.get("trace"):
            Path(order["trace"]).write_text(why, "utf-8")
    finally:
        os._exit(status)


def _reap(running: dict[int, int]) -> None:
    while running:
        pid, status = os.waitpid(-1, os.WNOHANG)
        if pid == 0:
            return
        ended = {"number": running.pop(pid), "code": os.waitstatus_to_exitcode(status)}
        os.write(1, json.dumps(ended).encode() + b"\n")


class Workers:
    """A fork server and its jobs. `program` is a module that calls `main`; `databases` are for its rehearsal."""

    def __init__(self, program: ModuleType, *databases: str) -> None:
        self._command = (sys.executable, "-m", program.__name__, *databases)
        self._ended: dict[int, asyncio.Future[int]] = {}

    async def __aenter__(self) -> Self:
        self._process = await asyncio.create_subprocess_exec(
            *self._command, cwd=ROOT, stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE
        )
        self._reader = asyncio.create_task(self._read())
        return self

    async def __aexit__(self, *_: object) -> None:
        assert self._process.stdin
        self._process.stdin.close()
        await self._process.wait()
        await self._reader

    async def run(self, job: Mortal, *, seconds: float = 900.0) -> int:
        """Run a job to its end; the exit status, or minus the number of the signal that ended it. Raises TimeoutError with
        the step that it is at where it does not end in time, which is long: how much else the machine does is unknown.
        """
        assert self._process.stdin
        number = len(self._ended)
        self._ended[number] = asyncio.get_running_loop().create_future()
        self._process.stdin.write(json.dumps({"number": number, "job": asdict(job)}).encode() + b"\n")
        try:
            return await asyncio.wait_for(self._ended[number], seconds)
        except TimeoutError:
            raise TimeoutError(f"a worker is after {seconds:.0f} s still at: {last_step(job)}") from None

    async def _read(self) -> None:
        assert self._process.stdout
        async for line in self._process.stdout:
            ended = json.loads(line)
            if not (waiting := self._ended[ended["number"]]).done():  # given up
                waiting.set_result(ended["code"])

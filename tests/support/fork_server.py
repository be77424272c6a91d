"""A fork server: a program that has imported what its jobs need, and forks a process of its own for each of them.

`serve` is for the program, `ForkServer` for the tests, which hold the other end of its standard input. An order is a job as
JSON with descriptors: the one on which the server says the process's id and later how it ended, and three more where they
are to be the process's standard streams.
"""

from __future__ import annotations

import asyncio
import contextlib
import gc
import json
import os
import select
import signal
import socket
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]
LONGEST = 1 << 17
"""Bytes of an order, at most."""


def serve() -> Any:
    """Fork a process for each order; return its job in that process alone, which is then as one that has just been started.

    The server itself never returns: when its tests are gone, it kills what still runs and exits.
    """
    gc.freeze()  # so that the processes share its memory
    orders = socket.socket(fileno=0)
    woken, wake = os.pipe()
    os.set_blocking(wake, False)
    signal.signal(signal.SIGCHLD, lambda _number, _frame: None)
    signal.set_wakeup_fd(wake)
    running: dict[int, int] = {}
    while True:
        ready, _, _ = select.select([orders, woken], [], [])
        if woken in ready:
            os.read(woken, 4096)
            _reap(running)
        if orders in ready:
            order, descriptors, _, _ = socket.recv_fds(orders, LONGEST, 4)
            if not order:
                break
            pid = os.fork()
            if not pid:
                orders.detach()
                _begin(descriptors[1:])
                return json.loads(order)
            running[pid], *streams = descriptors
            for stream in streams:
                os.close(stream)
            _say(running[pid], pid)
    for pid in running:
        os.kill(pid, signal.SIGKILL)
    sys.exit()


def _begin(streams: list[int]) -> None:
    """Undo what is the server's in its fork: signals and descriptors."""
    signal.set_wakeup_fd(-1)
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    for number, stream in enumerate(streams or [os.open(os.devnull, os.O_RDONLY)]):
        os.dup2(stream, number)
    os.closerange(3, os.sysconf("SC_OPEN_MAX"))


def _reap(running: dict[int, int]) -> None:
    """Say of each process that ended how it did."""
    while running:
        pid, status = os.waitpid(-1, os.WNOHANG)
        if pid == 0:
            return
        said = running.pop(pid)
        _say(said, os.waitstatus_to_exitcode(status))
        os.close(said)


def _say(descriptor: int, number: int) -> None:
    with contextlib.suppress(ConnectionError):  # a test that gave it up
        os.write(descriptor, str(number).encode())


class Started:
    """A process that a fork server started. The server, whose child it is, says on `said` how it ended."""

    def __init__(self, pid: int, said: socket.socket) -> None:
        self.pid = pid
        self.returncode: int | None = None
        self._ending = asyncio.create_task(self._end(said))

    async def _end(self, said: socket.socket) -> int:
        with said:
            self.returncode = int(await _heard(said))
        return self.returncode

    async def wait(self) -> int:
        """Wait for its end; the exit status, or minus the number of the signal that ended it."""
        return await asyncio.shield(self._ending)

    def send_signal(self, number: int) -> None:
        """Send it a signal, unless it has ended."""
        if self.returncode is None:
            with contextlib.suppress(ProcessLookupError):  # it has, and the server's word of it is on the way
                os.kill(self.pid, number)

    def terminate(self) -> None:
        """Send it SIGTERM."""
        self.send_signal(signal.SIGTERM)

    def kill(self) -> None:
        """Send it SIGKILL."""
        self.send_signal(signal.SIGKILL)


async def _heard(said: socket.socket) -> bytes:
    heard = await asyncio.get_running_loop().sock_recv(said, 64)
    assert heard, "the fork server is gone"
    return heard


class ForkServer:
    """A fork server from outside: a module of tests that calls `serve`, and its arguments."""

    def __init__(self, module: str, *arguments: str, environ: Mapping[str, str] = os.environ) -> None:
        self._orders, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        with theirs:
            self._process = subprocess.Popen(
                [sys.executable, "-m", module, *arguments], cwd=ROOT, env=environ, stdin=theirs, stdout=subprocess.DEVNULL
            )

    async def start(self, job: object, *streams: int) -> Started:
        """Start a process for a job that JSON can carry, with these standard streams, if any: input, output, errors."""
        said, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        said.setblocking(False)
        with theirs:
            socket.send_fds(self._orders, [json.dumps(job).encode()], [theirs.fileno(), *streams])
        return Started(int(await _heard(said)), said)

    def close(self) -> None:
        """End the server, and with it what still runs."""
        self._orders.close()
        self._process.wait()

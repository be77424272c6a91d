"""`pprnet serve` as a process of its own."""

from __future__ import annotations

import asyncio
import contextlib
import os
import re
import socket
import sys
from collections.abc import AsyncIterator, Mapping
from pathlib import Path

from bot.playground.slack import LocalSlack
from tests.support import forked
from tests.support.bot import SECRET
from tests.support.fork_server import ROOT
from tests.support.idle import PATIENCE
from tests.support.small_corpus import small_corpus


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


async def started(
    *arguments: str, env: Mapping[str, str], real: bool, merged: bool = False
) -> asyncio.subprocess.Process | forked.Program:
    """Start `python ARGUMENTS` in the project's folder: Python itself where `real`, else forked (see there)."""
    if not real:
        return await forked.start(*arguments, env=env, merged=merged)
    pipe, errors = asyncio.subprocess.PIPE, asyncio.subprocess.STDOUT if merged else asyncio.subprocess.PIPE
    return await asyncio.create_subprocess_exec(sys.executable, *arguments, env=env, cwd=ROOT, stdout=pipe, stderr=errors)


class Process:
    """`pprnet serve` as a process of its own. `log` is everything it wrote."""

    def __init__(self, process: asyncio.subprocess.Process | forked.Program) -> None:
        self.process = process
        self.log = ""
        self._grown = asyncio.Condition()
        self._reader = asyncio.create_task(self._read())

    async def _read(self) -> None:
        assert self.process.stdout
        while chunk := await self.process.stdout.read(65536):
            async with self._grown:
                self.log += chunk.decode("utf-8", "replace")
                self._grown.notify_all()
        async with self._grown:
            self._grown.notify_all()

    async def says(self, pattern: str) -> re.Match[str]:
        """Wait until the log contains this; fails when the process ends without having said it."""

        def found() -> re.Match[str] | None:
            return re.search(pattern, self.log)

        async with asyncio.timeout(PATIENCE), self._grown:
            while not found():
                assert not self.process.stdout or not self.process.stdout.at_eof(), f"never said {pattern!r}:\n{self.log}"
                await self._grown.wait()
        match = found()
        assert match
        return match

    async def ready(self) -> str:
        """Wait until it takes requests over HTTP; its address."""
        return f"http://{(await self.says(r'ready: HTTP on ([0-9.:]+)/'))[1]}"

    async def over(self) -> int:
        """Wait for its end; the exit status."""
        async with asyncio.timeout(PATIENCE):
            await self._reader
            return await self.process.wait()


@contextlib.asynccontextmanager
async def serving(
    slack: LocalSlack, folder: Path, *, port: int = 0, real: bool = False, **environ: str
) -> AsyncIterator[Process]:
    """Run `pprnet serve` until the block ends, forked from a server, or with a `real` start of Python. An empty variable is
    left out.
    """
    variables = {
        "PATH": os.environ["PATH"],
        "SLACK_BOT_TOKEN": slack.token,
        "SLACK_API_URL": slack.url,
        "SLACK_SIGNING_SECRET": SECRET,
        "PPRNET_DATABASE_URL": f"sqlite:///{folder / 'pprnet.db'}",
        **small_corpus(folder),
        **environ,
    }
    arguments = ("-m", "bot", "serve", "--port", str(port))
    env = {name: value for name, value in variables.items() if value}
    process = await started(*arguments, env=env, real=real, merged=True)
    running = Process(process)
    try:
        yield running
    finally:
        if process.returncode is None:
            process.kill()
        await running.over()

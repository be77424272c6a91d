"""The bot's side of the model's process: starts it, asks it, and knows when it has ended or hangs."""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import sys
from pathlib import Path
from typing import Any

Json = dict[str, Any]

LONGEST_REPLY = 4 * 1024 * 1024
"""Bytes: what is near in 50,000 summaries."""
FAREWELL = 2.0
"""Seconds that the process gets to end once its input is closed."""


class ProcessError(Exception):
    """The process cannot be used, with the reason in words."""


class Process:
    """A running `bot.meaning.child`. It answers in order; a reply that nobody waits for any more is dropped."""

    def __init__(self, child: asyncio.subprocess.Process) -> None:
        self._child = child
        self._waiting: dict[int, asyncio.Future[Json]] = {0: asyncio.get_running_loop().create_future()}
        self._last = 0
        self._answered = 0
        self._reason: str | None = None
        self._reader = asyncio.create_task(self._read())

    @classmethod
    async def start(cls, model: str, cache: Path) -> Process:
        """Start the process: the module of its model, and the file for its vectors. Raises ProcessError."""
        try:
            child = await asyncio.create_subprocess_exec(
                sys.executable,
                *("-P", "-m", "bot.meaning.child", model, str(cache)),
                stdin=asyncio.subprocess.PIPE,
                stdout=asyncio.subprocess.PIPE,
                stderr=asyncio.subprocess.DEVNULL,
                limit=LONGEST_REPLY,
                start_new_session=True,  # Ctrl-C is for the bot, which ends it
                env={
                    "PATH": os.defpath,
                    "PYTHONPATH": os.pathsep.join(path for path in sys.path if path),
                    "OMP_NUM_THREADS": "1",
                    "OPENBLAS_NUM_THREADS": "1",
                },
            )
        except OSError as error:
            raise ProcessError(f"the process cannot be started ({error.strerror})") from None
        return cls(child)

    @property
    def pid(self) -> int:
        """Return the id of the process."""
        return self._child.pid

    @property
    def behind(self) -> int:
        """Return the number of requests that it has not answered yet, whether anyone still waits for them or not."""
        return self._last - self._answered

    async def hello(self, patience: float) -> Json:
        """Return what the process says of its model once that is loaded. Raises ProcessError."""
        return await self._patiently(self._waiting[0], patience)

    async def request(self, do: str, patience: float, **fields: Any) -> Json:
        """Return the reply to a request. Raises ProcessError where the process has ended or takes longer (seconds)."""
        number, reply = self._expect()
        try:
            line = await asyncio.to_thread(json.dumps, {"id": number, "do": do, **fields})
            self._send(line)
            return await self._patiently(reply, patience)
        finally:
            self._waiting.pop(number, None)

    async def ask(self, text: str) -> Json:
        """Return how near summaries are to a text; may be cancelled. Raises ProcessError where the process has ended."""
        number, reply = self._expect()
        try:
            self._send(json.dumps({"id": number, "do": "ask", "text": text}))
            return await reply
        finally:
            self._waiting.pop(number, None)

    async def close(self) -> None:
        """End the process."""
        if self._child.stdin:
            self._child.stdin.close()
        await self._ended()
        await self._reader

    async def _ended(self) -> int:
        """Return the status of the process once it has ended, of its own accord or because it took too long."""
        try:
            async with asyncio.timeout(FAREWELL):
                return await self._child.wait()
        except TimeoutError:
            with contextlib.suppress(ProcessLookupError):
                self._child.kill()
            return await self._child.wait()

    def _expect(self) -> tuple[int, asyncio.Future[Json]]:
        if self._reason:
            raise ProcessError(self._reason)
        self._last += 1
        reply = self._waiting[self._last] = asyncio.get_running_loop().create_future()
        return self._last, reply

    def _send(self, line: str) -> None:
        if self._child.stdin and not self._child.stdin.is_closing():
            self._child.stdin.write(line.encode("utf-8", "surrogatepass") + b"\n")

    async def _patiently(self, reply: asyncio.Future[Json], patience: float) -> Json:
        try:
            async with asyncio.timeout(patience):
                return await reply
        except TimeoutError:
            raise ProcessError(f"the process did not answer within {patience:g} seconds") from None

    async def _read(self) -> None:
        """Pass replies on until the process ends; then nothing is waited for any more."""
        reason = None
        if self._child.stdout:
            with contextlib.suppress(ValueError):  # a reply that is no JSON, or too long
                while line := await self._child.stdout.readline():
                    reply = json.loads(line)
                    self._answered = reply["id"]
                    reason = reply.get("error")
                    future = self._waiting.get(reply["id"])
                    if future and not future.done() and not reason:
                        future.set_result(reply)
        status = await self._ended()
        self._reason = reason or f"the process ended with status {status}"
        for future in self._waiting.values():
            if not future.done():
                future.set_exception(ProcessError(self._reason))
                future.exception()  # seen: some are waited for by nobody

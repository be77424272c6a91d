"""Programs of Python that start without an interpreter's start: forked from a program that has the bot imported.

Run as a program, this is that one. A test of imports, encodings, limits of memory, or of the start itself needs a real one.
"""

from __future__ import annotations

import asyncio
import atexit
import contextlib
import functools
import importlib
import os
import runpy
import sys
import time
from asyncio import StreamReader, StreamReaderProtocol
from collections.abc import Mapping
from typing import IO

from tests.support.fork_server import ForkServer, Started, serve

IMPORTED = ("bot.cli.serve", "alembic.command")
"""What the programs need most; they import the rest themselves, as at any start."""


@functools.cache
def _server() -> ForkServer:
    """The one server of this process, from its first use on."""
    server = ForkServer("tests.support.forked", environ={"PATH": os.environ["PATH"]})
    atexit.register(server.close)
    return server


class Program:
    """A program that runs, and the tests' ends of its standard streams; used as one of `asyncio.subprocess`."""

    def __init__(self, started: Started, stdin: IO[bytes], stdout: StreamReader, stderr: StreamReader) -> None:
        self._started, self._stdin, self.stdout, self.stderr = started, stdin, stdout, stderr
        self.pid = started.pid
        self.send_signal, self.terminate, self.kill = started.send_signal, started.terminate, started.kill

    @property
    def returncode(self) -> int | None:
        """The exit status, or minus the number of the signal that ended it; None while it runs."""
        return self._started.returncode

    async def wait(self) -> int:
        """Wait for its end; the exit status, or minus the number of the signal that ended it."""
        status = await self._started.wait()
        self._stdin.close()
        return status

    async def communicate(self, line: bytes = b"") -> tuple[bytes, bytes]:
        """Write it a line, wait for its end, and return what it wrote since."""
        with self._stdin, contextlib.suppress(BrokenPipeError):  # it may have ended
            self._stdin.write(line)
        out, err = await asyncio.gather(self.stdout.read(), self.stderr.read())
        await self.wait()
        return out, err


async def start(*arguments: str, env: Mapping[str, str] | None = None, merged: bool = False) -> Program:
    """Start what `python ARGUMENTS` would: `-m MODULE ...` or `-c CODE ...`. Its errors go to its output where `merged`."""
    inputs, outputs, errors = os.pipe(), os.pipe(), os.pipe()
    job = {"arguments": arguments, "environ": dict(os.environ if env is None else env)}
    its_own = (inputs[0], outputs[1], errors[1])
    started = await _server().start(job, *its_own[:2], outputs[1] if merged else errors[1])
    for descriptor in its_own:
        os.close(descriptor)
    return Program(started, os.fdopen(inputs[1], "wb", 0), await _reader(outputs[0]), await _reader(errors[0]))


async def _reader(descriptor: int) -> StreamReader:
    reader = StreamReader()
    pipe = os.fdopen(descriptor, "rb", 0)  # its transport closes it
    await asyncio.get_running_loop().connect_read_pipe(lambda: StreamReaderProtocol(reader), pipe)
    return reader


def _run(arguments: list[str], environ: dict[str, str]) -> None:
    """Do in this process what `python ARGUMENTS` does with these variables, up to its end."""
    os.environ.clear()
    os.environ.update(environ)
    time.tzset()
    for name, mode, errors in (("stdin", "r", "strict"), ("stdout", "w", "strict"), ("stderr", "w", "backslashreplace")):
        stream = getattr(sys, name)  # made for what the server had there
        its_own = os.fdopen(stream.fileno(), mode, encoding=stream.encoding, errors=errors, closefd=False)
        its_own.reconfigure(line_buffering=name == "stderr")
        setattr(sys, name, its_own)
    how, what, *words = arguments
    sys.argv = [how, *words]
    if how == "-m":
        runpy.run_module(what, run_name="__main__", alter_sys=True)
    else:
        exec(compile(what, "<string>", "exec"), {"__name__": "__main__"})


if __name__ == "__main__":
    for _name in IMPORTED:
        importlib.import_module(_name)
    _run(**serve())

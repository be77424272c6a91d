"""A command of the terminal, run inside the test's own process: a start of Python costs more than the command."""

from __future__ import annotations

import contextlib
import gc
import io
import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from subprocess import CompletedProcess
from unittest import mock

from bot.cli import loading
from tests.support.once import engine_of


def run_here(
    main: Callable[[Sequence[str]], int | None],
    arguments: Sequence[str | bytes],
    *,
    environ: Mapping[str, str],
    stdin: bytes = b"",
    cwd: Path | None = None,
) -> CompletedProcess[bytes]:
    """Run `main` with these arguments, variables, standard input and folder; returns what its process would leave behind."""
    out, err = io.BytesIO(), io.BytesIO()
    words = [os.fsdecode(each) for each in arguments]
    with (
        mock.patch.dict(os.environ, environ, clear=True),
        contextlib.chdir(cwd or Path.cwd()),
        _stream(out) as stdout,
        _stream(err) as stderr,
        mock.patch("sys.stdin", io.TextIOWrapper(io.BytesIO(stdin), "utf-8")),
        mock.patch.object(loading, "Engine", engine_of),
        mock.patch.object(gc, "freeze"),  # the commands freeze what they load, since a process of their own ends soon
        mock.patch("sys.argv", ["pprnet", *words]),
        contextlib.redirect_stdout(stdout),
        contextlib.redirect_stderr(stderr),
    ):
        try:
            status = main(words)
        except SystemExit as ended:
            status = ended.code if isinstance(ended.code, int) else int(bool(ended.code))
        finally:
            gc.enable()  # one that finds its library faulty ends without
    return CompletedProcess(words, status or 0, out.getvalue(), err.getvalue())


def as_text(done: CompletedProcess[bytes]) -> CompletedProcess[str]:
    """The same with its output as text."""
    return CompletedProcess(done.args, done.returncode, done.stdout.decode(), done.stderr.decode())


@contextlib.contextmanager
def _stream(target: io.BytesIO) -> Iterator[io.TextIOWrapper]:
    stream = io.TextIOWrapper(target, "utf-8", write_through=True)
    yield stream
    stream.flush()
    stream.detach()

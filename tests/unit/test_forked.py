"""What is forked from a server in place of a start of Python is as a start would have left it."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import sys

import pytest

from tests.support import forked
from tests.support.fork_server import ROOT

STATE = """
import atexit, gc, json, logging, os, random, signal, sys, threading, time

streams = sys.stdin, sys.stdout, sys.stderr
print(json.dumps({
    "arguments": sys.argv,
    "folder": os.getcwd(),
    "variables": {name: value for name, value in os.environ.items() if name != "LC_CTYPE"},
    "hour": time.localtime(0).tm_hour,
    "signals": [repr(signal.getsignal(each)) for each in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGCHLD)],
    "wakes": signal.set_wakeup_fd(-1),
    "streams": [(each.fileno(), each.encoding, each.line_buffering, each.seekable()) for each in streams],
    "open": [each for each in os.listdir("/proc/self/fd") if os.path.exists(f"/proc/self/fd/{each}")],
    "threads": threading.active_count(),
    "garbage": (gc.isenabled(), gc.get_threshold()),
    "log": (len(logging.root.handlers), logging.root.level, logging.root.manager.disable),
    "module": __name__,
}))
print("to errors", file=sys.stderr)
atexit.register(print, "at its end")
sys.exit(sys.stdin.readline())
"""


@pytest.mark.slow
async def test_a_forked_program_is_as_one_that_was_just_started() -> None:
    environ = {"PATH": os.environ["PATH"], "TZ": "Asia/Kolkata", "PPRNET_CHANNEL": "C1"}
    command = ("-c", STATE, "one", "two words")
    pipe = asyncio.subprocess.PIPE
    real = await asyncio.create_subprocess_exec(
        sys.executable, *command, stdin=pipe, stdout=pipe, stderr=pipe, env=environ, cwd=ROOT
    )
    program = await forked.start(*command, env=environ)
    (out, err), (real_out, real_err) = [await each.communicate(b"a reason\n") for each in (program, real)]
    (said, ended), (real_said, real_ended) = out.splitlines(), real_out.splitlines()
    assert json.loads(said) == json.loads(real_said)
    assert (ended, err, program.returncode) == (real_ended, real_err, real.returncode)
    assert (ended, err, program.returncode) == (b"at its end", b"to errors\na reason\n\n", 1)


@pytest.mark.slow
async def test_each_forked_program_is_a_process_of_its_own_with_its_own_chance() -> None:
    code = "import os, random, sys; print(os.getpid(), random.random(), flush=True); sys.stdin.readline()"
    programs = [await forked.start("-c", code) for _ in range(2)]
    said = [(await program.stdout.readline()).split() for program in programs]
    assert [int(pid) for pid, _ in said] == [program.pid for program in programs]
    assert len({chance for _, chance in said}) == 2
    programs[0].kill()
    assert await programs[0].wait() == -signal.SIGKILL
    assert programs[1].returncode is None
    await programs[1].communicate(b"go\n")
    assert programs[1].returncode == 0

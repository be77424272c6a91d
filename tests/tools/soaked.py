"""The bot's process of tests.tools.soak: `pprnet serve` that says at SIGUSR1 what is inside it. Nothing of the tests is
imported here: they change how long the bot waits.
"""

from __future__ import annotations

import asyncio
import os
import signal
import sys
import tracemalloc
from pathlib import Path

from bot import logs
from bot.server import jobs
from bot.server.run import serve
from bot.settings import Settings
from bot.store import claims, memory

INSIDE = "PPRNET_SOAK_INSIDE"
"""Names the file into which the process writes what it has inside."""
TRACE = "PPRNET_SOAK_TRACE"
"""Where it is set, the log names the lines whose memory has grown most since the last time."""
KEPT = "PPRNET_SOAK_KEPT"
"""Seconds after which is deleted what is otherwise kept for days, so that an hour shows whether its rows come to rest."""


class Inside:
    """What is in the process, written into a file when it is asked for."""

    def __init__(self, file: Path) -> None:
        self._file = file
        self._before: tracemalloc.Snapshot | None = None

    def write(self) -> None:
        """Write the number of tasks, and of memory blocks in thousands."""
        self._file.write_text(f"{len(asyncio.all_tasks())} {sys.getallocatedblocks() // 1000}")
        if tracemalloc.is_tracing():
            now = tracemalloc.take_snapshot()
            for line in now.compare_to(self._before, "lineno")[:25] if self._before else ():
                print("grown:", line, file=sys.stderr)
            self._before = now


def keep_for(seconds: float) -> None:
    """Delete claims and threads after so many seconds, and look for them as often."""
    claims.KEEP = claims.KEEP_MENTIONS = memory.KEEP = jobs.CLEAN_UP_EVERY = jobs.CLEAN_UP_FIRST = seconds


async def main() -> None:
    """Serve."""
    if kept := os.environ.get(KEPT):
        keep_for(float(kept))
    asyncio.get_running_loop().add_signal_handler(signal.SIGUSR1, Inside(Path(os.environ[INSIDE])).write)
    await serve(Settings.from_env(os.environ, needs=("slack", "door")), 0)


if __name__ == "__main__":
    if os.environ.get(TRACE):
        tracemalloc.start(1)
    logs.configure("info")
    asyncio.run(main())

"""Measures a bot for many workspaces:  python -m tests.tools.bench.workspaces 200 [--sqlite]

Prints the time to ready, the memory of the process, and the processor time of a minute in which nobody asks anything.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import os
import shutil
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from bot.knowledge import Knowledge
from bot.playground.slack import LocalSlack
from bot.server.run import run
from bot.settings import Settings
from bot.store.database import Database
from bot.store.workspaces import Workspaces
from bot.workspaces.sealing import Keys
from bot.workspaces.tokens import sealed
from tests.support.bot import SECRET
from tests.support.many import KEY, PUBLIC
from tests.support.postgresql import PostgreSQL, as_postgres, find_binaries
from tests.support.process import free_port

IDLE = 60.0


def memory() -> float:
    """Return the process's resident memory in MB."""
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("VmRSS")) / 1024


@contextlib.contextmanager
def server() -> Iterator[PostgreSQL]:
    """A PostgreSQL server of its own."""
    binaries, folder = find_binaries(), Path(tempfile.mkdtemp(prefix="pprnet-bench-", dir="/tmp"))
    assert binaries
    if os.geteuid() == 0:
        shutil.chown(folder, "postgres", "postgres")
    found = PostgreSQL(binaries, folder, free_port())
    as_postgres([binaries / "initdb", "-D", folder / "data", "-U", "postgres", "-A", "trust", "--no-sync", "-E", "UTF8"])
    found.start()
    try:
        yield found
    finally:
        found.stop()
        shutil.rmtree(folder, ignore_errors=True)


async def measure(count: int, url: str) -> None:
    """Let `count` workspaces join, start, and print what it takes."""
    async with LocalSlack() as slack:
        environ = {
            "SLACK_BOT_TOKEN": slack.token,
            "SLACK_SIGNING_SECRET": SECRET,
            "SLACK_API_URL": slack.url,
            "PPRNET_DATABASE_URL": url,
            "PPRNET_WORKSPACES": "on",
            "PPRNET_SECRET_KEY": KEY,
            "PPRNET_CLIENT_ID": "1.2",
            "PPRNET_CLIENT_SECRET": "x",
            "PPRNET_PUBLIC_URL": PUBLIC,
        }
        settings = Settings.from_env(environ, needs=("slack", "door"))
        database = await Database.open(settings.database_url)
        directory = Workspaces(database)
        await directory.prepare()
        for number in range(count):
            name = f"T{number:010d}"
            token = sealed(Keys(KEY), name, slack.token)
            who = {"user_id": "U1", "bot_id": "B1", "enterprise_id": None}
            await directory.join(name, name, token, **who, settings={"channel": "C1"})  # type: ignore[arg-type]
        began = time.monotonic()
        for number in range(count):
            await (await database.part(f"t{number:010d}")).close()
        print(f"{count} parts made in {time.monotonic() - began:.1f} s")
        await database.close()
        knowledge = Knowledge(settings.knowledge)
        before, began = memory(), time.monotonic()
        stop, ready, used = asyncio.Event(), asyncio.Event(), time.process_time()
        task = asyncio.create_task(run(settings, 0, knowledge, stop, lambda _port: ready.set()))
        wait = asyncio.create_task(ready.wait())
        await asyncio.wait({task, wait}, return_when=asyncio.FIRST_COMPLETED)
        if task.done():
            task.result()
        took, used = time.monotonic() - began, time.process_time() - used
        print(f"ready after {took:.1f} s ({used:.1f} s of processor); {before:.0f} MB before, {memory():.0f} MB now")
        await asyncio.sleep(10)
        used = time.process_time()
        await asyncio.sleep(IDLE)
        print(f"{time.process_time() - used:.1f} s of processor in {IDLE:.0f} s idle; memory {memory():.0f} MB")
        stop.set()
        await task


def main() -> None:
    """Measure."""
    parser = argparse.ArgumentParser()
    parser.add_argument("count", type=int)
    parser.add_argument("--sqlite", action="store_true")
    options = parser.parse_args()
    if options.sqlite:
        with tempfile.TemporaryDirectory() as folder:
            asyncio.run(measure(options.count, f"sqlite:///{folder}/pprnet.db"))
    else:
        with server() as found:
            asyncio.run(measure(options.count, found.url()))


if __name__ == "__main__":
    main()

"""Measures replicas of a bot for many workspaces:  python -m tests.tools.bench.workspaces 200 [--replicas 3] [--month]

Real processes over PostgreSQL, against one local Slack. Prints what each takes until it is ready, and its memory; then its
processor time in a minute in which nobody asks anything, and for an answer; or with `--month`, how often each message of a
new month came to each workspace's channel while replicas were killed at random. Asserts nothing.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import os
import random
import shutil
import statistics
import tempfile
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import select

from bot.paths import default_root
from bot.playground.slack import Channel, LocalSlack
from bot.playground.slack.workspace import DEFAULT_SCOPES
from bot.settings import Settings
from bot.store.database import Database
from bot.store.tables import subscriptions
from bot.store.workspaces import Workspaces
from bot.workspaces.sealing import Keys
from bot.workspaces.tokens import sealed
from tests.support import process as process_support
from tests.support.many import KEY, PUBLIC
from tests.support.month_posting import add_month
from tests.support.postgresql import PostgreSQL, as_postgres, find_binaries
from tests.support.process import Process, free_port, serving
from tests.tools.bench.way import is_card, load_with, signed

IDLE = 60.0
ANSWERS = 3_000
AT_ONCE = 20
QUESTIONS = ("alliance rupture", "does therapy help with grief", "drop out", "group therapy for depression", "feedback")
TICK = os.sysconf("SC_CLK_TCK")
KILL_EVERY = 30.0
"""Seconds on average: replicas of many workspaces need some to begin with all of them."""


@dataclass
class Elsewhere:
    """A workspace as a request names it."""

    team_id: str
    app_id: str
    url: str


def memory(pid: int) -> float:
    """Return a process's resident memory in MB."""
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("VmRSS")) / 1024


def used(pid: int) -> float:
    """Return the seconds of processor that a process has taken."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / TICK


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


async def join(url: str, slack: LocalSlack, channels: Sequence[Channel]) -> list[str]:
    """Let one workspace join for each channel, and make its part of the database; their ids."""
    database = await Database.open(Settings.from_env({"PPRNET_DATABASE_URL": url}).database_url)
    directory = Workspaces(database)
    await directory.prepare()
    names, began = [f"T{number:010d}" for number in range(len(channels))], time.monotonic()
    for name, channel in zip(names, channels, strict=True):
        token = sealed(Keys(KEY), name, slack.token)
        who = {"user_id": slack.bot_user_id, "bot_id": slack.bot_id, "enterprise_id": None}
        own = {"channel": channel.id, "post_hour": "0"}
        await directory.join(name, name, token, **who, settings=own)  # type: ignore[arg-type]
        await (await database.part(name.lower())).close()
    await database.close()
    print(f"{len(names)} parts made in {time.monotonic() - began:.1f} s", flush=True)
    return names


async def idle(processes: Sequence[Process]) -> None:
    """Print what each replica takes while nobody asks anything."""
    await asyncio.sleep(10)
    before = [used(each.process.pid) for each in processes]
    await asyncio.sleep(IDLE)
    after = [used(each.process.pid) for each in processes]
    taken = ", ".join(f"{now - then:.1f}" for then, now in zip(before, after, strict=True))
    print(f"{taken} s of processor in {IDLE:.0f} s idle, each replica", flush=True)


async def answers(process: Process, address: str, slack: LocalSlack, names: Sequence[str]) -> None:
    """Ask one replica for all workspaces in turn, and print what an answer takes."""
    port = int(address.rpartition(":")[2])
    pid = process.process.pid
    for count, said in ((len(names) * 2, "first"), (ANSWERS, "then")):
        requests = [
            signed(
                Elsewhere(names[number % len(names)], slack.app_id, slack.url),  # type: ignore[arg-type]
                port,
                number,
                QUESTIONS[number % len(QUESTIONS)],
            )
            for number in range(count)
        ]
        before, began = used(pid), time.monotonic()
        times, wrong = await load_with(port, requests, AT_ONCE, is_card)
        took, spent = time.monotonic() - began, used(pid) - before
        print(
            f"{said} {count} answers at {AT_ONCE} at once: {wrong} wrong, {count / spent:.0f} for each second of its "
            f"processor ({spent / count * 1000:.2f} ms each), {count / took:.0f} a second by the clock, median "
            f"{statistics.median(times):.1f} ms; memory {memory(pid):.0f} MB"
        )


async def begun(url: str, names: Sequence[str]) -> None:
    """Wait until each workspace's channel is set up: its first month is the next one that comes."""
    database, began = await Database.open(Settings.from_env({"PPRNET_DATABASE_URL": url}).database_url), time.monotonic()
    for name in names:
        part = await database.part(name.lower())
        there = False
        while not there:
            async with part.begin() as connection:
                there = (await connection.execute(select(subscriptions))).first() is not None
            await asyncio.sleep(0 if there else 0.5)
        await part.close()
    await database.close()
    print(f"every workspace's jobs have begun {time.monotonic() - began:.0f} s later", flush=True)


async def month(
    knowledge: Path, slack: LocalSlack, channels: Sequence[Channel], start: list[AsyncExitStack], environ: dict[str, str]
) -> None:
    """Add a month, kill replicas at random until it is everywhere, and count."""
    add_month(knowledge, "2024-01")
    began, kills, chance = time.monotonic(), 0, random.Random(1)

    def there() -> list[list[str]]:
        return [[message.text for message in slack.posted(channel)] for channel in channels]

    replicas = start
    while sum(len(each) >= 2 for each in there()) < len(channels) and time.monotonic() - began < 1800:
        await asyncio.sleep(chance.uniform(0, 2 * KILL_EVERY))
        which = chance.randrange(len(replicas))
        await replicas[which].aclose()  # by SIGKILL
        kills += 1
        replicas[which] = AsyncExitStack()
        process = await replicas[which].enter_async_context(serving(slack, knowledge.parent, real=True, **environ))
        await process.ready()
        print(f"{time.monotonic() - began:.0f} s: {kills} kills, {sum(map(len, there()))} messages", flush=True)
    await asyncio.sleep(30)
    counted = Counter(count for each in there() for count in Counter(each).values())
    lost = sum(max(0, 2 - len(set(each))) for each in there())
    print(
        f"a month in {len(channels)} channels, {kills} kills of {len(replicas)} replicas: after "
        f"{time.monotonic() - began:.0f} s {sum(map(len, there()))} messages, {lost} lost, "
        f"{sum(number * (count - 1) for count, number in counted.items())} doubled"
    )


async def measure(count: int, url: str, replicas: int, *, post: bool) -> None:
    """Let `count` workspaces join, start the replicas, and print what it takes."""
    process_support.PATIENCE = 900.0
    with tempfile.TemporaryDirectory() as it:
        folder = Path(it)
        knowledge = Path(shutil.copytree(default_root(), folder / "knowledge"))
        async with LocalSlack(scopes=(*DEFAULT_SCOPES, "channels:history")) as slack:
            channels = [slack.add_channel(f"team-{number}") for number in range(count)]
            names = await join(url, slack, channels)
            environ = {
                "PPRNET_DATABASE_URL": url,
                "PPRNET_KNOWLEDGE": str(knowledge),
                "PPRNET_WORKSPACES": "on",
                "PPRNET_SECRET_KEY": KEY,
                "PPRNET_CLIENT_ID": "1.2",
                "PPRNET_CLIENT_SECRET": "x",
                "PPRNET_PUBLIC_URL": PUBLIC,
                "SLACK_SIGNING_SECRET": "a-signing-secret",
            }
            started: list[AsyncExitStack] = []
            processes: list[Process] = []
            for _ in range(replicas):
                began, stack = time.monotonic(), AsyncExitStack()
                started.append(stack)
                process = await stack.enter_async_context(serving(slack, folder, real=True, **environ))
                processes.append(process)
                address = await process.ready()
                pid = process.process.pid
                took = time.monotonic() - began
                print(f"ready after {took:.1f} s ({used(pid):.1f} s of its processor); {memory(pid):.0f} MB", flush=True)
            try:
                await begun(url, names)
                if post:
                    await month(knowledge, slack, channels, started, environ)
                else:
                    await idle(processes)
                    await answers(processes[-1], address, slack, names)
            finally:
                for stack in started:
                    await stack.aclose()


def main() -> None:
    """Measure."""
    parser = argparse.ArgumentParser()
    parser.add_argument("count", type=int)
    parser.add_argument("--replicas", type=int, default=3)
    parser.add_argument("--month", action="store_true")
    options = parser.parse_args()
    with server() as found:
        asyncio.run(measure(options.count, found.url(), options.replicas, post=options.month))


if __name__ == "__main__":
    main()

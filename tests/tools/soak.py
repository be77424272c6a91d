"""Mixed traffic on a running bot for long, with faults on:  python -m tests.tools.soak --minutes 60 --rate 20

The bot is a process of its own (`pprnet serve`), on SQLite or (`--database postgresql`) on a PostgreSQL server that is
started for it; Slack is the local one. After each sixth of the time, lines say what the process takes (memory, open files,
tasks of its event loop, live blocks of memory, processor time), how large the database is, and what was answered since, how
fast. Asserts nothing.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import os
import random
import re
import signal
import sqlite3
import statistics
import sys
import tempfile
import time
from collections import Counter
from collections.abc import AsyncIterator, Callable, Coroutine
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import asyncpg

from bot.playground.slack import Answer, Channel, LocalSlack, Sender, User
from bot.playground.slack.faults import ANY_METHOD
from tests.support.bot import SECRET
from tests.support.databases import KINDS
from tests.support.postgresql import PostgreSQL, as_postgres, find_binaries
from tests.support.process import free_port
from tests.tools.soaked import INSIDE, KEPT

QUESTIONS = (
    "alliance rupture",
    "why do clients drop out",
    "therapy by video",
    "zebras",
    "group therapy for depression",
    "help",
)
PEOPLE = 20
STEPS = 6
SLACKS_PATIENCE = 3.0
FAULTY = 0.15
"""The share of seconds in which something is wrong outside."""


WAYS: tuple[Callable[[LocalSlack], object], ...] = (
    lambda slack: slack.faults.delay_before(ANY_METHOD, 0.5, times=5),
    lambda slack: slack.faults.http(ANY_METHOD, 503, times=5),
    lambda slack: slack.faults.drop_after("chat.postMessage", times=2),
    lambda slack: slack.faults.rate_limited("chat.postMessage", 1, times=2),
    lambda slack: slack.faults.error("views.open", "internal_error", times=2),
)
"""How Slack goes wrong."""


@dataclass
class Traffic:
    """What people do, one thing after the other, and what came of it."""

    slack: LocalSlack
    say: Sender
    people: list[User]
    team: Channel
    chance: random.Random
    statuses: Counter[str] = field(default_factory=Counter)
    times: list[float] = field(default_factory=list)

    def summary(self) -> str:
        """Return what came of all since the last summary, and forget it."""
        times = sorted(self.times) or [0.0]
        answers = ", ".join(f"{number} x {status}" for status, number in self.statuses.most_common())
        self.statuses.clear()
        self.times.clear()
        at_99, late = times[int(len(times) * 0.99)], sum(each > SLACKS_PATIENCE for each in times)
        middle = statistics.median(times)
        return f"{answers}; seconds: median {middle:.3f}, 99 of 100 within {at_99:.3f}, {late} later than Slack waits"

    async def once(self) -> None:
        """Do one thing."""
        do = self.chance.choice(
            (self.ask, self.ask, self.mention, self.direct, self.keep, self.home, self.save, self.open_study)
        )
        try:
            answer = await do(self.chance.choice(self.people))
        except (AssertionError, OSError, TimeoutError) as error:
            self.statuses[f"{type(error).__name__} {str(error)[:60]}".strip()] += 1
            return
        self.statuses[str(answer.status)] += 1
        self.times.append(answer.elapsed)

    async def ask(self, person: User) -> Answer:
        """Ask with the command."""
        return await self.say.command(self.chance.choice(QUESTIONS), user=person, channel=self.team)

    async def mention(self, person: User) -> Answer:
        """Ask in the channel."""
        return await self.say.mention(self.chance.choice(QUESTIONS), channel=self.team, user=person)

    async def direct(self, person: User) -> Answer:
        """Ask in a direct message."""
        return await self.say.direct_message(self.chance.choice(QUESTIONS), user=person)

    async def keep(self, person: User) -> Answer:
        """Do something with what is stored of a person."""
        words = self.chance.choice(
            ("saved", "following", "follow alliance", "unfollow alliance", "forget me", "subscriptions")
        )
        return await self.say.command(words, user=person, channel=self.team)

    async def home(self, person: User) -> Answer:
        """Open Home."""
        return await self.say.home_opened(person)

    async def save(self, person: User) -> Answer:
        """Save an answer."""
        answer = await self.say.command(QUESTIONS[0], user=person, channel=self.team)
        return await self._press(answer, ("save", "unsave"), person)

    async def open_study(self, person: User) -> Answer:
        """Open a study."""
        self.slack.clear_views(person.id)
        answer = await self.say.command(QUESTIONS[0], user=person, channel=self.team)
        return await self._press(answer, ("read_study",), person)

    async def _press(self, answer: Answer, ids: tuple[str, ...], person: User) -> Answer:
        if answer.message is None:  # an answer that came too late
            return answer
        found = [each for each in self.say.controls(answer.message) if each.action_id.partition(":")[0] in ids]
        return await self.say.press_control(answer.message, found[0], user=person) if found else answer


def forget(slack: LocalSlack, say: Sender) -> None:
    """Let Slack forget what nobody comes back to: only the bot's memory is of interest."""
    slack.calls.clear()
    say.answers.clear()
    for place in slack.channels.values():
        for messages in (place.messages, place.ephemeral, place.deleted):
            del messages[:-200]
    for kept in (slack.triggers, slack.response_urls, slack.views):
        for key in list(kept)[:-500]:
            if key not in {view.id for view in slack.homes.values()}:
                del kept[key]


async def spoil(slack: LocalSlack, say: Sender, file: Path | None, chance: random.Random) -> None:
    """Have something outside go wrong for a second, now and then, for ever."""
    while True:
        await asyncio.sleep(1.0)
        forget(slack, say)
        if chance.random() > FAULTY:
            continue
        if file is not None and chance.random() < 0.2:
            with contextlib.closing(sqlite3.connect(file, timeout=5, isolation_level=None)) as connection:
                connection.execute("BEGIN IMMEDIATE")
                await asyncio.sleep(1.0)
        else:
            chance.choice(WAYS)(slack)
            await asyncio.sleep(1.0)
            slack.faults.clear()


async def drive(traffic: Traffic, rate: float, until: float) -> None:
    """Do things at this rate, whether those before have ended or not."""
    under_way: set[asyncio.Task[None]] = set()
    due = time.monotonic()
    while due < until:
        await asyncio.sleep(max(0.0, due - time.monotonic()))
        due += 1.0 / rate
        if len(under_way) < 200:
            task = asyncio.create_task(traffic.once())
            under_way.add(task)
            task.add_done_callback(under_way.discard)
        else:
            traffic.statuses["not sent: 200 wait"] += 1
    if under_way:
        await asyncio.wait(under_way, timeout=30)


async def inside(process: int, file: Path) -> tuple[str, str]:
    """Return how many tasks and how many thousand live memory blocks the bot's process has."""
    file.write_text("")  # noqa: ASYNC240  (a tool, and a short file)
    os.kill(process, signal.SIGUSR1)
    for _ in range(100):
        await asyncio.sleep(0.1)
        if len(found := file.read_text().split()) == 2:  # noqa: ASYNC240
            return found[0], found[1]
    return "?", "?"


def open_files(process: int) -> int:
    """Return how many files the bot's process has open."""
    return len(list(Path(f"/proc/{process}/fd").iterdir()))


def server_in(place: Path, binaries: Path) -> PostgreSQL:
    """Return a new PostgreSQL server, running."""
    place.chmod(0o777)  # the server's programs run as another user where this one is root
    password = place / "password"
    password.write_text("secret")
    password.chmod(0o644)
    as_postgres([binaries / "initdb", "-D", place / "data", "-U", "postgres", "-A", "scram-sha-256", f"--pwfile={password}"])
    server = PostgreSQL(binaries, place, free_port())
    server.start()
    return server


async def rows_of(url: str, file: Path | None) -> tuple[dict[str, int], float]:
    """Return the rows of each table that has any, and the database's size in MB."""
    if file is not None:
        with contextlib.closing(sqlite3.connect(file, timeout=10)) as connection:
            names = [name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
            counts = {name: connection.execute(f'SELECT count(*) FROM "{name}"').fetchone()[0] for name in names}
        size = sum(each.stat().st_size for each in file.parent.glob(f"{file.name}*"))
    else:
        connection_ = await asyncpg.connect(url)
        listed = await connection_.fetch("SELECT tablename FROM pg_tables WHERE schemaname = current_schema()")
        counts = {name: await connection_.fetchval(f'SELECT count(*) FROM "{name}"') for (name,) in listed}
        query = "SELECT sum(pg_total_relation_size(format('%I.%I', schemaname, tablename))) FROM pg_tables "
        size = int(await connection_.fetchval(query + "WHERE schemaname = current_schema()"))
        await connection_.close()
    return {name: count for name, count in sorted(counts.items()) if count}, size / 1e6


def memory_of(process: int) -> float:
    """Return the resident memory in MB."""
    line = next(line for line in Path(f"/proc/{process}/status").read_text().splitlines() if line.startswith("VmRSS"))
    return int(line.split()[1]) / 1000


def processor_of(process: int) -> float:
    """Return the processor time in seconds."""
    fields = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


@contextlib.asynccontextmanager
async def database(kind: str, folder: Path) -> AsyncIterator[tuple[str, Path | None]]:
    """Yield the address of a new database, and its file where it is one."""
    if kind == "sqlite":
        yield f"sqlite:///{folder / 'pprnet.db'}", folder / "pprnet.db"
        return
    binaries = find_binaries()
    if binaries is None:
        raise SystemExit("no PostgreSQL server is installed: apt-get install postgresql-15")
    server = server_in(Path(tempfile.mkdtemp(prefix="pprnet-soak-", dir="/tmp")), binaries)
    try:
        yield await server.new_database(), None
    finally:
        server.stop()


@contextlib.asynccontextmanager
async def bot(environ: dict[str, str]) -> AsyncIterator[tuple[int, str]]:
    """Run the bot as a process; yield its id and its address."""
    command = (sys.executable, "-m", "tests.tools.soaked")
    pipe = asyncio.subprocess.PIPE
    child = await asyncio.create_subprocess_exec(*command, env=os.environ | environ, stderr=pipe)
    assert child.stderr
    log: Counter[str] = Counter()
    address = ""
    while not address:
        line = (await child.stderr.readline()).decode()
        if not line:
            raise SystemExit("the bot did not start")
        if "ready: HTTP on " in line:
            address = line.partition("ready: HTTP on ")[2].split("/")[0]

    async def read() -> None:
        assert child.stderr
        async for each in child.stderr:
            line = each.decode(errors="replace").rstrip()
            if line.startswith("grown:"):
                print(line)
            log[re.sub(r"\d+(?:\.\d+)?|reference=\w+", "#", line.partition(" ")[2])[:200]] += 1

    reading = asyncio.create_task(read())
    try:
        yield child.pid, f"http://{address}"
    finally:
        child.terminate()
        await child.wait()
        await reading
        for line, times in log.most_common(25):
            print(f"{times:5} log lines: {line}")


async def soak(kind: str, minutes: float, rate: float, seed: int, kept: float) -> None:
    """Drive the bot and print the table. `kept`: minutes after which the bot deletes what it keeps for days."""
    chance = random.Random(seed)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        async with LocalSlack() as slack, database(kind, folder) as (url, file):
            people = [slack.add_user(f"person{number}") for number in range(PEOPLE)]
            team = slack.add_channel("team", people)
            about = folder / "inside"
            environ = {
                INSIDE: str(about),
                KEPT: str(kept * 60),
                "SLACK_BOT_TOKEN": slack.token,
                "SLACK_API_URL": slack.url,
                "SLACK_SIGNING_SECRET": SECRET,
                "PPRNET_CHANNEL": team.id,
                "PPRNET_DATABASE_URL": url,
            }
            async with bot(environ) as (process, address):
                say = Sender(slack, f"{address}/slack/events", SECRET)
                traffic = Traffic(slack, say, people, team, chance)
                began, until = time.monotonic(), time.monotonic() + minutes * 60
                spoiling = asyncio.create_task(spoil(slack, say, file, chance))
                driving = asyncio.create_task(drive(traffic, rate, until))
                print(f"{kind}, {rate:g} a second, seed {seed}; what is kept for days is kept for {kept:g} minutes")
                print("minute  memory MB  files  tasks  blocks k  processor s  size MB  rows")
                for step in range(STEPS + 1):
                    await asyncio.sleep(max(0.0, began + step * minutes * 60 / STEPS - time.monotonic()))
                    counts, size = await rows_of(url, file)
                    files, (tasks, blocks) = open_files(process), await inside(process, about)
                    print(
                        f"{step * minutes / STEPS:6.1f} {memory_of(process):10.1f} {files:6} {tasks:>6} {blocks:>9} "
                        f"{processor_of(process):12.1f} {size:8.2f}  {counts}\n       {traffic.summary()}",
                        flush=True,
                    )
                await driving
                print("the rest:", traffic.summary())
                spoiling.cancel()


async def until_terminated(work: Coroutine[Any, Any, None]) -> None:
    """Do something; at SIGTERM stop all that it has started."""
    task = asyncio.create_task(work)
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, task.cancel)
    await task


def main() -> None:
    """Run."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--minutes", type=float, default=60.0)
    parser.add_argument("--rate", type=float, default=20.0, help="what people do in a second")
    parser.add_argument("--database", choices=KINDS, default="sqlite")
    parser.add_argument("--seed", type=int, default=17)
    parser.add_argument(
        "--kept", type=float, default=5.0, help="minutes that the bot keeps what it otherwise keeps for days"
    )
    options = parser.parse_args()
    with contextlib.suppress(asyncio.CancelledError):
        asyncio.run(until_terminated(soak(options.database, options.minutes, options.rate, options.seed, options.kept)))


if __name__ == "__main__":
    main()

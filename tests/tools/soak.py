"""Mixed traffic on a running bot for long, with faults on:  python -m tests.tools.soak --minutes 60 --rate 20

The bot is a process of its own (`pprnet serve`), on SQLite or (`--database postgresql`) on a PostgreSQL server that is
started for it; Slack is the local one. Every tenth of the time a line says what the process takes: memory, open files, tasks
of its event loop, rows and size of the database. At the end: what was answered, and how fast. Asserts nothing.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import os
import random
import signal
import sqlite3
import statistics
import sys
import tempfile
import time
from collections import Counter
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from pathlib import Path

import asyncpg

from bot import logs
from bot.playground.slack import Answer, Channel, LocalSlack, Sender, User
from bot.playground.slack.faults import ANY_METHOD
from bot.server.run import serve
from bot.settings import Settings
from tests.support.bot import SECRET
from tests.support.databases import KINDS
from tests.support.postgresql import PostgreSQL, as_postgres, find_binaries
from tests.support.process import free_port

QUESTIONS = (
    "alliance rupture",
    "why do clients drop out",
    "therapy by video",
    "zebras",
    "group therapy for depression",
    "help",
)
CHILD = "PPRNET_SOAK_TASKS"
"""Names the file into which the bot's process writes how many tasks it has, at SIGUSR1."""
PEOPLE = 20
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


async def spoil(slack: LocalSlack, file: Path | None, chance: random.Random) -> None:
    """Have something outside go wrong for a second, now and then, for ever."""
    while True:
        await asyncio.sleep(1.0)
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


def tasks_of(process: int, file: Path) -> str:
    """Return how many tasks the bot's process had a moment ago."""
    found = file.read_text() if file.exists() else "?"
    os.kill(process, signal.SIGUSR1)
    return found


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
    command = (sys.executable, "-m", "tests.tools.soak")
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
            words = each.decode(errors="replace").split()
            log[" ".join(words[2:4])] += 1
            if "kind=" in each.decode(errors="replace"):
                log[next(word for word in words if word.startswith("kind="))] += 1

    reading = asyncio.create_task(read())
    try:
        yield child.pid, f"http://{address}"
    finally:
        child.terminate()
        await child.wait()
        await reading
        print("log lines:", dict(log.most_common(12)))


async def soak(kind: str, minutes: float, rate: float, seed: int) -> None:
    """Drive the bot and print the table."""
    chance = random.Random(seed)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        async with LocalSlack() as slack, database(kind, folder) as (url, file):
            people = [slack.add_user(f"person{number}") for number in range(PEOPLE)]
            team = slack.add_channel("team", people)
            tasks = folder / "tasks"
            environ = {
                CHILD: str(tasks),
                "SLACK_BOT_TOKEN": slack.token,
                "SLACK_API_URL": slack.url,
                "SLACK_SIGNING_SECRET": SECRET,
                "PPRNET_CHANNEL": team.id,
                "PPRNET_DATABASE_URL": url,
            }
            async with bot(environ) as (process, address):
                traffic = Traffic(slack, Sender(slack, f"{address}/slack/events", SECRET), people, team, chance)
                began, until = time.monotonic(), time.monotonic() + minutes * 60
                spoiling = asyncio.create_task(spoil(slack, file, chance))
                driving = asyncio.create_task(drive(traffic, rate, until))
                print(f"{kind}, {rate:g} a second, seed {seed}\nminute  sent  memory MB  files  tasks  size MB  rows")
                for step in range(11):
                    await asyncio.sleep(max(0.0, began + step * minutes * 6 - time.monotonic()))
                    slack.calls.clear()
                    traffic.say.answers.clear()
                    counts, size = await rows_of(url, file)
                    files, shown = open_files(process), tasks_of(process, tasks)
                    print(
                        f"{step * minutes / 10:6.1f} {sum(traffic.statuses.values()):5} {memory_of(process):10.1f} "
                        f"{files:6} {shown:>6} {size:8.2f}  {counts}",
                        flush=True,
                    )
                await driving
                spoiling.cancel()
                times = sorted(traffic.times)
                print("answers:", dict(traffic.statuses))
                print(
                    f"seconds: median {statistics.median(times):.3f}, 99 of 100 within {times[int(len(times) * 0.99)]:.3f}"
                )


async def serve_and_count(tasks: Path) -> None:
    """Be the bot's process."""
    loop = asyncio.get_running_loop()
    loop.add_signal_handler(signal.SIGUSR1, lambda: tasks.write_text(str(len(asyncio.all_tasks()))))
    await serve(Settings.from_env(os.environ, needs=("slack", "door")), 0)


def main() -> None:
    """Run."""
    if child := os.environ.get(CHILD):
        logs.configure("info")
        asyncio.run(serve_and_count(Path(child)))
        return
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--minutes", type=float, default=60.0)
    parser.add_argument("--rate", type=float, default=20.0, help="what people do in a second")
    parser.add_argument("--database", choices=KINDS, default="sqlite")
    parser.add_argument("--seed", type=int, default=17)
    options = parser.parse_args()
    asyncio.run(soak(options.database, options.minutes, options.rate, options.seed))


if __name__ == "__main__":
    main()

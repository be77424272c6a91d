"""Killed anywhere from the new month on the page on: it is posted once, and the curators are told enough to let it out."""

from __future__ import annotations

import asyncio
import contextlib
import os
import random
import sys
import uuid
from collections import Counter
from collections.abc import AsyncIterator, Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

import aiohttp
import pytest
import pytest_asyncio
from aiohttp import web

from bot.approval.worker import TELL_AT_MOST
from bot.corpus.load import load
from bot.playground.slack import Channel, LocalSlack, Message, Sender, User
from bot.playground.slack.workspace import DEFAULT_SCOPES
from tests.crash import watching_worker
from tests.crash.fork_server import KILLED, Workers, last_step, tell
from tests.crash.watching_worker import STEPS, Job
from tests.support.blog_pages import DOGS, GARDENS, SILENCE, WINDOWS, html_page
from tests.support.bot import SECRET
from tests.support.databases import KINDS, Databases
from tests.support.small_corpus import small_corpus

pytestmark = pytest.mark.asyncio(loop_scope="module")

RUNS = int(os.environ.get("PPRNET_CRASH_RUNS", "50")) // 5
"""Random runs in all, over both databases. The named steps come on top."""
SEED = int(os.environ.get("PPRNET_CRASH_SEED", "0")) or random.SystemRandom().randrange(1, 2**31)
AT_ONCE = 6
PATIENCE = 120.0
PAGE = html_page((("December 2023", (GARDENS, WINDOWS, SILENCE)), ("November 2023", (DOGS,))))
TITLES = [each.title for each in (GARDENS, WINDOWS, SILENCE)]
POST = "chat.postMessage"


@dataclass
class Counts:
    """What all runs together came through; printed at the end."""

    runs: int = 0
    kills: Counter[str] = field(default_factory=Counter)
    faults: Counter[str] = field(default_factory=Counter)
    posts: int = 0
    told: int = 0
    again: int = 0

    def lines(self) -> list[str]:
        """The counts as text."""
        kills = ", ".join(f"{name} {count}" for name, count in sorted(self.kills.items()))
        faults = ", ".join(f"{name} {count}" for name, count in sorted(self.faults.items())) or "none"
        return [
            f"crash test from the watched page on: PPRNET_CRASH_SEED={SEED} runs={self.runs} kills={self.kills.total()}",
            f"  kills by step: {kills}",
            f"  faults by kind: {faults}",
            f"  channel messages={self.posts}, each exactly once; curators told={self.told}, of these again={self.again}, "
            "since nobody knew whether the first had arrived",
        ]


@pytest.fixture(scope="module")
def counts(request: pytest.FixtureRequest) -> Iterator[Counts]:
    """Counts of the whole module, printed when it is over, whichever process of pytest runs it."""
    found = Counts()
    yield found
    tell(request, found.lines())


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def workers() -> AsyncIterator[Workers]:
    """One fork server for all runs."""
    async with Workers(watching_worker) as started:
        yield started


class Site:
    """A blog that shows the new month; it is down for the first `down` requests."""

    def __init__(self, down: int) -> None:
        self.down = down

    async def answer(self, _request: web.Request) -> web.Response:
        """The page."""
        self.down -= 1
        if self.down >= 0:
            return web.Response(status=503)
        return web.Response(text=PAGE, content_type="text/html", headers={"ETag": '"1"'})


@contextlib.asynccontextmanager
async def site(down: int = 0) -> AsyncIterator[str]:
    """Its address."""
    app = web.Application()
    app.router.add_get("/blog", Site(down).answer)
    runner = web.AppRunner(app, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    yield f"http://127.0.0.1:{runner.addresses[0][1]}/blog"
    await runner.cleanup()


@dataclass
class Clinic:
    """Two curators, a channel, and replicas of the bot, each with a folder of its own, on one database."""

    slack: LocalSlack
    workers: Workers
    counts: Counts
    folder: Path
    database: str
    address: str
    approval: bool

    def __post_init__(self) -> None:
        self.folder.mkdir()
        self.curators: list[User] = [self.slack.add_user(name) for name in ("ana", "ben")]
        self.channel: Channel = self.slack.add_channel("team", self.curators)
        self.over = self.folder / "over"
        self.deaths = 0
        self._running: dict[asyncio.Task[int], Job] = {}

    def start(self, replica: int, **ends: object) -> None:
        """Start one; `ends` says what it dies of."""
        home = self.folder / str(replica)
        home.mkdir(exist_ok=True)
        environ = {
            **small_corpus(home),
            "SLACK_BOT_TOKEN": self.slack.token,
            "SLACK_API_URL": self.slack.url,
            "SLACK_SIGNING_SECRET": SECRET,
            "PPRNET_DATABASE_URL": self.database,
            "PPRNET_CHANNEL": self.channel.id,
            "PPRNET_CURATORS": ",".join(each.id for each in self.curators),
            "PPRNET_APPROVAL": "on" if self.approval else "off",
            "PPRNET_SOURCE_URL": self.address,
            "PPRNET_SOURCE_HOURS": "0.0001",
            "PPRNET_ALLOW_PRIVATE_SOURCE": "on",
            "PPRNET_POST_HOUR": "0",
            "PPRNET_LOOK_SECONDS": "1",
        }
        name = str(self.folder / uuid.uuid4().hex)
        job = replace(Job(environ, f"{name}.port", str(self.over), trace=f"{name}.step"), **ends)  # type: ignore[arg-type]
        self._running[asyncio.create_task(self.workers.run(job))] = job

    async def a_death(self) -> bool:
        """Wait until one dies; False where that does not come, for the month is out."""
        while not (found := self._ended()) and not self.is_out():  # noqa: ASYNC110
            await asyncio.sleep(0.05)
        return found

    def _ended(self) -> bool:
        for task in [task for task in self._running if task.done()]:
            job = self._running.pop(task)
            assert task.result() == KILLED, f"a replica ended by itself with {task.result()}: {last_step(job)}"
            self.counts.kills[last_step(job)] += 1
            self.deaths += 1
        return bool(self.deaths)

    def is_out(self) -> bool:
        """Whether the channel shows as much as it should."""
        return len(self.slack.posted(self.channel)) >= 1 + len(TITLES)

    def told(self, person: User) -> list[Message]:
        """The bot's direct messages to somebody about the draft; not those that only say that it has been decided."""
        shown = [message for message in self.slack.open_dm(person).messages if message.bot_id]
        return [message for message in shown if message.text.startswith("New on the PPRNet blog")]

    async def decide(self) -> None:
        """The curators press *Post* whenever they can, on whatever replica answers, until it is on its way."""
        while not self.over.exists():
            for person in self.curators:
                for message in self.told(person):
                    if "Post" in message.visible_text and "posted it" not in message.visible_text:
                        for door in [Path(job.door) for job in self._running.values()]:
                            if not door.exists():
                                continue
                            say = Sender(self.slack, f"http://127.0.0.1:{door.read_text()}/slack/events", SECRET)
                            with contextlib.suppress(aiohttp.ClientError, AssertionError, LookupError, OSError):
                                await say.press(message, "Post", user=person)
            await asyncio.sleep(0.2)

    async def finish(self) -> None:
        """Wait until the month is out and a little longer, stop all, and see what there is."""
        async with asyncio.timeout(PATIENCE):
            while not self.is_out():
                self._ended()
                await asyncio.sleep(0.05)
        await asyncio.sleep(2.5)  # two more looks at the page, the settle time: nothing may come of them
        self.over.touch()
        codes = await asyncio.gather(*self._running)
        assert set(codes) <= {0, KILLED}, codes
        top = [message for message in self.slack.posted(self.channel) if not message.is_reply]
        shown = [each.visible_text for parent in top for each in (parent, *self.channel.thread(parent.ts))]
        assert len(shown) == len(self.slack.posted(self.channel))
        assert len(shown) == 1 + len(TITLES), shown
        assert "PPRNet issue of December 2023: 3 research summaries" in shown[0]
        for title, text in zip(TITLES, shown[1:], strict=True):
            assert title in text
        for person in self.curators:
            marks = {message.metadata["event_payload"]["d"] for message in self.told(person) if message.metadata}
            assert len(marks) == len(self.told(person)) <= TELL_AT_MOST
        files = list(self.folder.glob("*/small/issues/2023-12.yaml"))
        assert files
        for path in files:
            assert len(load(path.parent.parent).issues[0].summaries) == len(TITLES)
        self.counts.runs += 1
        self.counts.posts += len(shown)
        told = [len(self.told(person)) for person in self.curators]
        self.counts.told += sum(told)
        self.counts.again += sum(count - 1 for count in told if count)
        self.counts.faults.update(f"{method} {fault.name}" for method, fault in self.slack.faults.played)


@contextlib.asynccontextmanager
async def clinic(
    databases: Databases, workers: Workers, counts: Counts, *, approval: bool, down: int = 0
) -> AsyncIterator[Clinic]:
    """A clinic on a new database."""
    folder = databases.folder / uuid.uuid4().hex
    database = await databases.new()
    async with LocalSlack(scopes=(*DEFAULT_SCOPES, "channels:history")) as slack, site(down) as address:
        found = Clinic(slack, workers, counts, folder, database, address, approval)
        deciding = asyncio.create_task(found.decide()) if approval else None
        try:
            yield found
        finally:
            found.over.touch()
            if deciding:
                await deciding


@pytest.mark.parametrize(
    ("databases", "count", "steps"),
    [("sqlite", 1, STEPS), ("postgresql", 3, [step for step in STEPS if "after" in step])],
    indirect=["databases"],
)
async def test_a_kill_at_any_step_from_the_page_to_the_ledger_loses_nothing_and_doubles_nothing(
    databases: Databases, count: int, steps: Sequence[str], workers: Workers, counts: Counts
) -> None:
    gate = asyncio.Semaphore(AT_ONCE)

    async def killed_at(step: str) -> None:
        # Where a month goes out by itself nobody is told of it.
        approval = count > 1 or "telling" in step or "rewording" in step
        async with gate, clinic(databases, workers, counts, approval=approval) as run:
            for replica in range(count):
                run.start(replica, die_at=step)
            async with asyncio.timeout(PATIENCE):
                assert await run.a_death(), f"nobody came to {step}"
            run.start(count)
            await run.finish()

    await asyncio.gather(*(killed_at(step) for step in steps))


@pytest.mark.parametrize("databases", KINDS, indirect=True)
async def test_kills_at_random_from_the_page_to_the_ledger_lose_nothing_and_double_nothing(
    databases: Databases, workers: Workers, counts: Counts
) -> None:
    sys.stdout.write(f"PPRNET_CRASH_SEED={SEED} PPRNET_CRASH_RUNS={RUNS * 5}\n")  # shown when a run fails
    gate = asyncio.Semaphore(AT_ONCE)

    async def once(number: int) -> int:
        chance = random.Random(SEED * 100_000 + number)
        approval, down = chance.random() < 0.5, chance.choice((0, 0, 1))
        async with gate, clinic(databases, workers, counts, approval=approval, down=down) as run:
            for _ in range(chance.randrange(3)):
                fault = chance.choice((run.slack.faults.drop_after, run.slack.faults.drop_before))
                fault(POST)
            for replica in range(count := chance.choice((1, 3))):
                early = {"die_at_step": chance.randrange(1, 30)}
                run.start(replica, **(early if chance.random() < 0.5 else {"die_after": chance.uniform(0.2, 4.0)}))
            async with asyncio.timeout(PATIENCE):
                await run.a_death()
            run.start(count)
            await run.finish()
            return run.deaths

    assert sum(await asyncio.gather(*(once(number) for number in range(max(1, RUNS // 2)))))

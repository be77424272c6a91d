"""Killed at any point and started again, one or three at a time: the channel holds each message exactly once, in order."""

from __future__ import annotations

import asyncio
import os
import random
import sys
from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from pathlib import Path

import pytest
import pytest_asyncio
from postgresql import PostgreSQL, postgresql  # noqa: F401  (a fixture)
from posting_worker import STEPS, Job, Workers, shipped

from bot.playground.slack import Channel, LocalSlack, check_message
from bot.playground.slack.workspace import DEFAULT_SCOPES
from bot.publishing.ledger import Delivery, Ledger
from bot.serve import render
from bot.settings import Settings
from bot.store.database import Database

pytestmark = pytest.mark.asyncio(loop_scope="module")

AFTER = "2023-06"
KILLED = -9
RUNS = int(os.environ.get("PPRNET_CRASH_RUNS", "8"))
"""Random runs in all, over both databases. The named steps come on top."""
SEED = int(os.environ.get("PPRNET_CRASH_SEED", "0")) or random.SystemRandom().randrange(1, 2**31)
AT_ONCE = 10
READS_HISTORY = (*DEFAULT_SCOPES, "channels:history")
STORES = ("sqlite", "postgresql")


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def workers() -> AsyncIterator[Workers]:
    """One fork server for all runs."""
    async with Workers() as started:
        yield started


@pytest.fixture
def databases(request: pytest.FixtureRequest, tmp_path: Path) -> Databases:
    """New empty databases of one kind."""
    kind = request.param
    return Databases(tmp_path, request.getfixturevalue("postgresql") if kind == "postgresql" else None)


class Databases:
    """Makes databases: files in a folder, or on a server."""

    def __init__(self, folder: Path, server: PostgreSQL | None) -> None:
        self._folder = folder
        self._server = server
        self._made = 0

    async def new(self) -> str:
        """The URL of an empty one."""
        self._made += 1
        return await self._server.new_database() if self._server else f"sqlite:///{self._folder}/{self._made}.db"


@dataclass
class Run:
    """One channel of one Slack, posted to from one database by workers that may die."""

    slack: LocalSlack
    channel: Channel
    job: Job
    workers: Workers
    deaths: int = 0

    async def go(self, *jobs: Job) -> None:
        """Run the jobs side by side until each has ended or died."""
        codes = await asyncio.gather(*(self.workers.run(job) for job in jobs))
        assert set(codes) <= {0, KILLED}, codes
        self.deaths += codes.count(KILLED)

    async def go_on(self, count: int) -> None:
        """Start workers that nobody kills."""
        deaths = self.deaths
        await self.go(*[self.job] * count)
        assert self.deaths == deaths

    async def ledger(self) -> tuple[Database, Ledger]:
        """The run's ledger, to look into."""
        database = await Database.open(Settings.from_env({"PPRNET_DATABASE_URL": self.job.database}).database_url)
        return database, Ledger(database)

    async def deliveries(self) -> list[Delivery]:
        """Every row of the ledger, in the order of posting."""
        database, ledger = await self.ledger()
        found = await ledger.in_state("planned", "sending", "uncertain", "sent", "manual", "failed")
        await database.close()
        return found

    def there(self) -> list[str]:
        """What the channel shows, from the top: each message, and after it its thread."""
        top = [message for message in self.slack.posted(self.channel) if not message.is_reply]
        return [each.text for parent in top for each in (parent, *self.channel.thread(parent.ts))]

    def assert_exactly_once(self) -> None:
        """Each message that should be there is there once, in order, in its place, and as Slack takes it."""
        assert self.there() == expected()
        assert len(self.slack.posted(self.channel)) == len(expected())
        assert all(check_message(message.text, message.blocks) == [] for message in self.slack.posted(self.channel))


def expected() -> list[str]:
    """The messages of every month after AFTER, in order."""
    months = [issue for issue in reversed(shipped().issues) if issue.month > AFTER]
    return [str(message.payload["text"]) for issue in months for message in render(shipped(), issue)]


async def start(slack: LocalSlack, databases: Databases, workers: Workers) -> Run:
    """A run about to begin."""
    channel = slack.add_channel("team")
    job = Job(slack.token, slack.url, await databases.new(), slack.team_id, channel.id, AFTER)
    return Run(slack, channel, job, workers)


@pytest.mark.parametrize(("databases", "count"), [("sqlite", 1), ("sqlite", 3), ("postgresql", 3)], indirect=["databases"])
async def test_a_kill_at_any_named_step_loses_nothing_and_doubles_nothing(
    databases: Databases, workers: Workers, count: int
) -> None:
    gate = asyncio.Semaphore(AT_ONCE)

    async def killed_at(step: str) -> None:
        async with gate, LocalSlack(scopes=READS_HISTORY) as slack:
            run = await start(slack, databases, workers)
            if "look-up" in step:
                slack.faults.drop_after("chat.postMessage")
            if "delete" in step:
                await run.go_on(1)
                await post_a_second_copy(run)
            await run.go(*[replace(run.job, die_at=step)] * count)
            assert run.deaths, f"nobody came to {step}"
            await run.go_on(1)
            run.assert_exactly_once()
            assert {row.state for row in await run.deliveries()} == {"sent"}, step

    await asyncio.gather(*(killed_at(step) for step in STEPS))


@pytest.mark.parametrize("databases", STORES, indirect=True)
async def test_kills_at_random_among_faults_lose_nothing_and_double_nothing(databases: Databases, workers: Workers) -> None:
    sys.stdout.write(f"PPRNET_CRASH_SEED={SEED} PPRNET_CRASH_RUNS={RUNS}\n")  # shown when a run fails
    gate = asyncio.Semaphore(AT_ONCE)
    deaths = 0

    async def once(number: int) -> None:
        nonlocal deaths
        chance = random.Random(SEED * 100_000 + number)
        async with gate, LocalSlack(scopes=READS_HISTORY) as slack:
            run = await start(slack, databases, workers)
            for _ in range(chance.randrange(4)):
                fault_by_chance(slack, chance)
            count = chance.choice((1, 3))
            for _ in range(chance.randrange(1, 3)):
                await run.go(*(dies_by_chance(run.job, chance) for _ in range(count)))
            await run.go_on(count)
            run.assert_exactly_once()
            deaths += run.deaths

    await asyncio.gather(*(once(number) for number in range(max(1, RUNS // len(STORES)))))
    assert deaths


@pytest.mark.parametrize("databases", STORES, indirect=True)
async def test_without_history_nothing_is_doubled_and_what_may_be_missing_waits_for_a_person(
    databases: Databases, workers: Workers
) -> None:
    gate = asyncio.Semaphore(AT_ONCE)

    async def killed_at(step: str, *, drop: bool) -> None:
        async with gate, LocalSlack() as slack:
            run = await start(slack, databases, workers)
            if drop:
                slack.faults.drop_after("chat.postMessage")
            await run.go(*[replace(run.job, die_at=step)] * 2)
            await run.go_on(2)
            there, rows = run.there(), await run.deliveries()
            assert len(there) == len(set(there)), "doubled"
            states = [row.state for row in rows]
            sent = states.index("manual")
            assert states == ["sent"] * sent + ["manual"] + ["planned"] * (len(states) - sent - 1)
            assert there == expected()[: len(there)]
            assert sent <= len(there) <= sent + 1
            await a_person_looks(run, rows[sent], run.there()[sent:])
            run.assert_exactly_once()

    await asyncio.gather(
        *(killed_at(step, drop="look-up" in step) for step in ("after claim", "after reply", "before look-up"))
    )


async def test_a_restart_of_postgresql_under_load_doubles_nothing(
    postgresql: PostgreSQL,  # noqa: F811
    workers: Workers,
    tmp_path: Path,
) -> None:
    async with LocalSlack(scopes=READS_HISTORY) as slack:
        run = await start(slack, Databases(tmp_path, postgresql), workers)
        ready = asyncio.Event()
        slack.faults.delay_after("chat.postMessage", ready)
        posting = asyncio.create_task(workers.run(run.job))
        await slack.until(lambda: len(slack.posted(run.channel)) == 1, seconds=20)
        await asyncio.to_thread(postgresql.restart)
        ready.set()
        assert await posting in (0, 1)  # a worker may end with the lost connection: somebody starts it again
        await run.go_on(1)
        run.assert_exactly_once()


def fault_by_chance(slack: LocalSlack, chance: random.Random) -> None:
    """One thing that goes wrong with posting or looking."""
    post, faults = "chat.postMessage", slack.faults
    chance.choice(
        (
            lambda: faults.drop_after(post),
            lambda: faults.drop_before(post),
            lambda: faults.http(post, 500, store=True),
            lambda: faults.http(post, 503),
            lambda: faults.error(post, "internal_error", store=True),
            lambda: faults.rate_limited(post, None),
            lambda: faults.drop_before("conversations.history"),
            lambda: faults.http("conversations.replies", 500),
        )
    )()


def dies_by_chance(job: Job, chance: random.Random) -> Job:
    """A job that dies after some steps, or after some time whatever it does then."""
    if chance.random() < 0.5:
        return replace(job, die_at_step=chance.randrange(1, 25))
    return replace(job, die_after=chance.uniform(0.05, 1.5))


async def post_a_second_copy(run: Run) -> None:
    """A message lands again, as from a process that froze for very long; Slack tells of it."""
    database, ledger = await run.ledger()
    original = run.slack.posted(run.channel)[-1]
    metadata, thread_ts = original.metadata, original.thread_ts
    copy = run.slack.store(run.channel, text=original.text, metadata=metadata, thread_ts=thread_ts)
    assert metadata
    assert await ledger.note_receipt(metadata["event_payload"]["d"], copy.ts, run.channel.id)
    await database.close()


async def a_person_looks(run: Run, row: Delivery, found: list[str]) -> None:
    """Settle one message truly, let the bot go on, and so for each it asks about."""
    database, ledger = await run.ledger()
    message = next((each for each in run.slack.posted(run.channel) if found and each.text == found[0]), None)
    assert await ledger.resolve(row.id, message.ts if message else None)
    assert not await ledger.in_state("manual")
    await database.close()
    await run.go_on(1)

"""Killed anywhere from the new month on the page on: it is posted once, and the curators are told enough to let it out."""

from __future__ import annotations

import asyncio
import contextlib
import random
import sys
import uuid
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import aiohttp
import pytest

from bot.approval.drafts import TELL_AT_MOST
from bot.approval.kind import PREVIEW
from bot.corpus.load import load
from bot.playground.slack import Channel, LocalSlack, Message, Sender, User
from bot.playground.slack.workspace import DEFAULT_SCOPES
from tests.crash import watching_worker
from tests.crash.counts import RUNS, SEED, SETTINGS, Counts
from tests.crash.watched_blog import TITLES, Site, site
from tests.crash.watching_worker import STEPS, Job, environment
from tests.crash.workers import KILLED, Workers, last_step
from tests.support.bot import SECRET
from tests.support.databases import KINDS, Databases, opened
from tests.support.features import ledger_of

pytestmark = pytest.mark.asyncio(loop_scope="module")

PATIENCE = 600.0
AT_ONCE = 6
POST = "chat.postMessage"
PROGRAM = watching_worker
TITLE = "crash test from the blog's page on"
FIGURES = (
    "channel messages, each once",
    "curators notified",
    "of these again, as nobody knew whether the first had arrived",
    "previews that say who posted the month",
)
PRESSES = 3
"""Times that a curator asks for a preview that does not come, as what was to send it died."""


@dataclass
class Clinic:
    """Two curators, a channel, and replicas of the bot, each with a folder of its own, on one database."""

    slack: LocalSlack
    workers: Workers
    counts: Counts
    folder: Path
    database: str
    site: Site
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
        environ = environment(self.slack, home, self.database, self.channel, self.curators, self.site.address)
        environ |= {} if self.approval else {"PPRNET_APPROVAL": "off"}
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

    def previews(self, person: User) -> list[Message]:
        """The lines above the previews that somebody has had."""
        shown = self.slack.open_dm(person).messages
        return [message for message in shown if message.bot_id and message.text.lstrip("*").startswith("Preview of")]

    async def decide(self) -> None:
        """The curators press *Preview*, and once it came *Post* whenever they can, on whatever replica answers, until it is
        on its way.
        """
        asked = dict.fromkeys((each.id for each in self.curators), 0)
        while not self.over.exists():
            for person in self.curators:
                for message in self.told(person):
                    if "Post" not in message.visible_text or "posted it" in message.visible_text:
                        continue
                    button = "Post" if self.previews(person) or asked[person.id] >= PRESSES else "Preview"
                    for door in [Path(job.door) for job in self._running.values()]:
                        if not door.exists():
                            continue
                        asked[person.id] += button == "Preview"
                        say = Sender(self.slack, f"http://127.0.0.1:{door.read_text()}/slack/events", SECRET)
                        with contextlib.suppress(aiohttp.ClientError, AssertionError, LookupError, OSError):
                            await say.press(message, button, user=person)
            await asyncio.sleep(0.2)

    async def settled(self) -> None:
        """Wait until every message is posted or given up, and none is of unknown fate."""
        async with opened(self.database) as database:
            ledger = ledger_of(database)
            while await ledger.in_state("planned", "sending", "uncertain"):  # noqa: ASYNC110
                await asyncio.sleep(0.1)

    async def previews_settled(self) -> list[str]:
        """Wait until no preview of which the ledger knows has a *Post* any more; their timestamps."""
        async with opened(self.database) as database:
            ledger = ledger_of(database)
            while True:
                async with database.begin() as connection:
                    found = await ledger.of_kind(connection, PREVIEW, self.slack.team_id)
                if all(each.source_sha256 for each in found):
                    return [str(each.ts) for each in found]
                await asyncio.sleep(0.1)

    async def finish(self) -> None:
        """Wait until the month is out and nothing may come of it any more, stop all, and see what there is."""
        async with asyncio.timeout(PATIENCE):
            while not self.is_out():
                self._ended()
                await asyncio.sleep(0.05)
            await self.settled()
            await self.site.asked_again(2)
            await self.settled()
            previews = await self.previews_settled()
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
            for line in self.previews(person):
                if line.ts in previews:
                    assert "posted it" in line.text
                    assert "Post" not in line.visible_text.split()
                    self.counts.figures[FIGURES[3]] += 1
        files = list(self.folder.glob("*/small/issues/2023-12.yaml"))
        assert files
        for path in files:
            assert len(load(path.parent.parent).issues[0].summaries) == len(TITLES)
        self.counts.runs += 1
        self.counts.figures[FIGURES[0]] += len(shown)
        told = [len(self.told(person)) for person in self.curators]
        self.counts.figures[FIGURES[1]] += sum(told)
        self.counts.figures[FIGURES[2]] += sum(count - 1 for count in told if count)
        self.counts.faults.update(f"{method} {fault.name}" for method, fault in self.slack.faults.played)


@contextlib.asynccontextmanager
async def clinic(
    databases: Databases, workers: Workers, counts: Counts, *, approval: bool, down: int = 0
) -> AsyncIterator[Clinic]:
    """A clinic on a new database."""
    folder = databases.folder / uuid.uuid4().hex
    database = await databases.new()
    async with LocalSlack(scopes=(*DEFAULT_SCOPES, "channels:history")) as slack, site(down) as blog:
        found = Clinic(slack, workers, counts, folder, database, blog, approval)
        deciding = asyncio.create_task(found.decide()) if approval else None
        try:
            yield found
        finally:
            found.over.touch()
            if deciding:
                await deciding


@pytest.mark.parametrize(
    ("databases", "count", "steps"),
    [("sqlite", 1, STEPS), ("postgresql", 2, [step for step in STEPS if "after" in step])],
    indirect=["databases"],
)
async def test_a_kill_at_any_step_from_the_page_to_the_ledger_loses_nothing_and_doubles_nothing(
    databases: Databases, count: int, steps: Sequence[str], workers: Workers, counts: Counts
) -> None:
    gate = asyncio.Semaphore(AT_ONCE)

    async def killed_at(step: str) -> None:
        # Where a month goes out by itself nobody is told of it.
        approval = count > 1 or any(word in step for word in ("telling", "rewording", "preview"))
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
    sys.stdout.write(SETTINGS)
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
                run.start(replica, **(early if chance.random() < 0.5 else {"die_after": chance.uniform(0.1, 2.0)}))
            async with asyncio.timeout(PATIENCE):
                await run.a_death()
            run.start(count)
            await run.finish()
            return run.deaths

    assert sum(await asyncio.gather(*(once(number) for number in range(max(1, RUNS // 5 // len(KINDS))))))

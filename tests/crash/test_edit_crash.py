"""Killed anywhere from *Save* to the corrected card: each edit is in each folder once, no file is ever half written.

A draft's preview is a step of tests/crash/test_watch_crash.py; that it equals the post is tested in
tests/bot/test_watch_previews.py.
"""

from __future__ import annotations

import asyncio
import random
import sys
import uuid
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from bot.corpus.load import load, read_topics
from bot.corpus.revise import revised, summary_in
from bot.paths import default_root
from bot.playground.slack import Channel, LocalSlack
from bot.playground.slack.workspace import DEFAULT_SCOPES
from bot.store.revisions import Revisions
from tests.crash import editing_worker
from tests.crash.counts import RUNS, SEED, SETTINGS, Counts
from tests.crash.editing_worker import MONTH, STEPS, Job, edits_of, library
from tests.crash.posting_worker import TEMPLATES
from tests.crash.workers import KILLED, Workers, last_step
from tests.support.databases import KINDS, Databases, opened

pytestmark = pytest.mark.asyncio(loop_scope="module")

PROGRAM = editing_worker
AT_ONCE = 4
TITLE = "crash test of edits"
FIGURES = ("edits", "files with each edit once", "files read after a kill, none half written", "messages, each once")
HAND = b"# a remark by hand\n"
ORIGINAL = (default_root() / f"issues/{MONTH}.yaml").read_bytes()
TOPICS = {topic.id for topic in read_topics(default_root())}
SUMMARIES = next(issue for issue in load(default_root()).issues if issue.month == MONTH).summaries
ABOUT = SUMMARIES[0].id
EDITS = edits_of(SUMMARIES[0])


def versions() -> list[bytes]:
    """The month's file as it is by hand after none of the edits, the first, and so on."""
    found = [ORIGINAL]
    for edit in EDITS:
        summary = summary_in(MONTH, found[-1], ABOUT, TOPICS)
        assert summary
        found.append(revised(MONTH, found[-1], summary, edit, TOPICS))
    return found


VERSIONS = versions()


@dataclass
class Clinic:
    """A channel, and replicas with a folder each, on one database."""

    slack: LocalSlack
    channel: Channel
    workers: Workers
    counts: Counts
    database: str
    folders: list[Path]
    deaths: int = 0

    def job(self, number: int, *, edits: int = len(EDITS)) -> Job:
        """What a replica does when nobody kills it."""
        slack = self.slack
        folder = str(self.folders[number])
        return Job(slack.token, slack.url, self.database, slack.team_id, self.channel.id, folder, ABOUT, edits=EDITS[:edits])

    async def go(self, *jobs: Job) -> None:
        """Run jobs side by side until each has ended or died; then look at every file."""
        traced = [replace(job, trace=f"{job.root}/../{uuid.uuid4().hex}.step") for job in jobs]
        codes = await asyncio.gather(*(self.workers.run(job) for job in traced))
        assert set(codes) <= {0, KILLED}, codes
        for job, code in zip(traced, codes, strict=True):
            if code == KILLED:
                self.deaths += 1
                self.counts.kills[last_step(job)] += 1
        for folder in self.folders:
            assert self.content(folder) in VERSIONS, "half written, or made twice"
            self.counts.figures[FIGURES[2]] += 1

    def content(self, folder: Path) -> bytes:
        """The month's file without the remark."""
        return (folder / f"issues/{MONTH}.yaml").read_bytes().removeprefix(HAND)

    def write_by_hand(self, folder: Path) -> None:
        """Somebody writes a remark into a file."""
        path = folder / f"issues/{MONTH}.yaml"
        path.write_bytes(HAND + path.read_bytes())

    async def finish(self, *, hand: Sequence[Path] = ()) -> None:
        """Run replicas that nobody kills, and see what there is."""
        deaths = self.deaths
        for _ in range(2):  # the first to end may have ended before the last edit
            await self.go(*(self.job(number) for number in range(len(self.folders))))
        assert self.deaths == deaths
        for folder in self.folders:
            assert self.content(folder) == VERSIONS[-1]
            assert (folder / f"issues/{MONTH}.yaml").read_bytes().startswith(HAND) == (folder in hand)
            self.counts.figures[FIGURES[1]] += 1
        async with opened(self.database) as database:
            stored = await Revisions(database).all()
        assert [(each.number, each.after) for each in stored] == list(enumerate(EDITS, 1))
        corpus = load(self.folders[0])
        wanted = [str(message.payload["text"]) for message in TEMPLATES.month(corpus.issues[0], None)]
        posted = self.slack.posted(self.channel)
        marks = [message.metadata["event_payload"]["d"] for message in posted if message.metadata]
        assert len(marks) == len(set(marks)) == len(posted)  # a reply for each correction of the posted card, none twice
        notes = [message for message in posted if message.text.startswith("Corrected on ")]
        assert len(notes) <= len(EDITS)
        shown = [message for message in posted if message not in notes]
        top = [message for message in shown if not message.is_reply]
        assert [each.text for parent in top for each in (parent, *self.channel.thread(parent.ts)) if each in shown] == wanted
        assert len(shown) == len(wanted)
        self.counts.figures[FIGURES[0]] += len(stored)
        self.counts.figures[FIGURES[3]] += len(shown)
        self.counts.runs += 1
        self.counts.faults.update(f"{method} {fault.name}" for method, fault in self.slack.faults.played)


async def clinic(slack: LocalSlack, databases: Databases, workers: Workers, counts: Counts, replicas: int) -> Clinic:
    """A clinic about to begin."""
    home = databases.folder / uuid.uuid4().hex
    folders = [library(home / str(number)) for number in range(replicas)]
    return Clinic(slack, slack.add_channel("team"), workers, counts, await databases.new(), folders)


@pytest.mark.parametrize(("databases", "count"), [("sqlite", 1), ("postgresql", 2)], indirect=["databases"])
async def test_a_kill_at_any_step_of_an_edit_loses_nothing_and_doubles_nothing(
    databases: Databases, workers: Workers, counts: Counts, count: int
) -> None:
    gate = asyncio.Semaphore(AT_ONCE)

    async def killed_at(step: str) -> None:
        async with gate, LocalSlack(scopes=(*DEFAULT_SCOPES, "channels:history")) as slack:
            run = await clinic(slack, databases, workers, counts, count)
            if "edit" in step:
                await run.go(*(run.job(number, edits=0) for number in range(count)))
            await run.go(*(replace(run.job(number), die_at=step) for number in range(count)))
            assert run.deaths, f"nobody came to {step}"
            await run.finish()

    await asyncio.gather(*(killed_at(step) for step in STEPS))


@pytest.mark.parametrize("databases", KINDS, indirect=True)
async def test_kills_at_random_amid_edits_lose_nothing_and_double_nothing(
    databases: Databases, workers: Workers, counts: Counts
) -> None:
    sys.stdout.write(SETTINGS)
    gate = asyncio.Semaphore(AT_ONCE)

    async def once(number: int) -> int:
        chance = random.Random(SEED * 100_000 + number)
        async with gate, LocalSlack(scopes=(*DEFAULT_SCOPES, "channels:history")) as slack:
            run = await clinic(slack, databases, workers, counts, count := chance.choice((1, 2)))
            for _ in range(chance.randrange(3)):
                fault = chance.choice((slack.faults.drop_after, slack.faults.drop_before))
                fault(chance.choice(("chat.postMessage", "chat.update")))
            hand: list[Path] = []
            for round_ in range(chance.randrange(2, 5)):
                jobs = [run.job(place, edits=min(round_ + 1, len(EDITS))) for place in range(count)]
                await run.go(*(dies_by_chance(job, chance) for job in jobs))
                if not hand and chance.random() < 0.4:
                    hand.append(chance.choice(run.folders))
                    run.write_by_hand(hand[0])
            await run.finish(hand=hand)
            return run.deaths

    assert sum(await asyncio.gather(*(once(number) for number in range(max(1, RUNS // 5 // len(KINDS))))))


def dies_by_chance(job: Job, chance: random.Random) -> Job:
    """A job that dies after some steps, or after some time whatever it does then."""
    if chance.random() < 0.6:
        return replace(job, die_at_step=chance.randrange(1, 40))
    return replace(job, die_after=chance.uniform(0.05, 1.0))

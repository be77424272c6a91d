"""Killed at any point and started again, up to three at a time: the channel holds each message exactly once, in order."""

from __future__ import annotations

import asyncio
import random
import sys
import uuid
from collections import Counter
from dataclasses import dataclass, replace
from pathlib import Path

import pytest
from sqlalchemy import func, select

from bot.clubs.rules import Reminder
from bot.corpus.model import month_name
from bot.outbox.delivery import Delivery
from bot.outbox.ledger import Ledger
from bot.playground.slack import Channel, LocalSlack, check_message
from bot.playground.slack.workspace import DEFAULT_SCOPES
from bot.server.messages import render
from bot.settings import Settings
from bot.store.clubs import Club
from bot.store.database import Database
from bot.store.tables import deliveries, editions
from tests.crash import posting_worker
from tests.crash.counts import AT_ONCE, RUNS, SEED, SETTINGS, Counts
from tests.crash.posting_worker import CHANGED, CLUB, DAY, NEW_DAY, PLANNER, STEPS, TEMPLATES, Job, shipped, shipped_summary
from tests.crash.workers import KILLED, Workers, last_step
from tests.support.databases import KINDS, Databases
from tests.support.features import ledger_of
from tests.support.postgresql import PostgreSQL

pytestmark = pytest.mark.asyncio(loop_scope="module")

AFTER = "2023-06"
READS_HISTORY = (*DEFAULT_SCOPES, "channels:history")
PEOPLE = ("U0ASKED0001", "U0FOLLOWS01")
POST = "chat.postMessage"
CORRECTED = "Corrected on "
"""How replies about corrections begin."""
PROGRAM = posting_worker
TITLE = "crash test of the outbox"
FIGURES = (
    "channel messages",
    "lost",
    "doubled",
    "late copies removed",
    "corrections noted",
    "direct messages",
    "direct messages of unknown fate, and therefore not repeated",
)


@dataclass
class Run:
    """Two channels and a follower in one Slack, posted to from one database by workers that may die."""

    slack: LocalSlack
    channel: Channel
    job: Job
    workers: Workers
    folder: Path
    counts: Counts
    deaths: int = 0

    async def go(self, *jobs: Job) -> None:
        """Run the jobs side by side until each has ended or died."""
        traced = [replace(job, trace=f"{self.folder}/{uuid.uuid4().hex}.step") for job in jobs]
        codes = await asyncio.gather(*(self.workers.run(job) for job in traced))
        assert set(codes) <= {0, KILLED}, codes
        for job, code in zip(traced, codes, strict=True):
            if code == KILLED:
                self.deaths += 1
                self.counts.kills[last_step(job)] += 1
        await self.deliver_receipts()

    async def go_on(self, count: int) -> None:
        """Start workers that nobody kills."""
        deaths = self.deaths
        await self.go(*[replace(self.job, die_at=None)] * count)
        assert self.deaths == deaths

    async def deliver_receipts(self) -> None:
        """Slack's events about direct messages reach the bot: the only way to learn of one whose answer was lost."""
        direct = [each for each in self.slack.posted() if self.slack.channels[each.channel].is_im]
        if direct:
            database, ledger = await self.ledger()
            for message in direct:
                assert message.metadata
                await ledger.note_receipt(message.metadata["event_payload"]["d"], message.ts, message.channel)
            await database.close()

    async def ledger(self) -> tuple[Database, Ledger]:
        """The run's ledger, to look into."""
        database = await Database.open(Settings.from_env({"PPRNET_DATABASE_URL": self.job.database}).database_url)
        return database, ledger_of(database)

    async def deliveries(self, kind: str = "month") -> list[Delivery]:
        """Every row of the ledger, in the order of posting."""
        database, ledger = await self.ledger()
        found = await ledger.in_state("planned", "sending", "uncertain", "sent", "manual", "failed", "cancelled")
        await database.close()
        return [row for row in found if row.kind == kind]

    def there(self, channel: Channel | None = None) -> list[str]:
        """What a channel shows, from the top: each message, and after it its thread, but for replies about corrections."""
        channel = channel or self.channel
        top = [message for message in self.slack.posted(channel) if not message.is_reply]
        shown = [each.text for parent in top for each in (parent, *channel.thread(parent.ts))]
        return [text for text in shown if not text.startswith(CORRECTED)]

    async def assert_corrections_are_noted_once(self) -> None:
        """Each card that was changed in Slack has one reply that says so, in its month's thread."""
        channels = [self.channel, *([self.slack.channels[self.job.asked]] if self.job.asked else [])]
        database, _ = await self.ledger()
        of_card = deliveries.c.key == shipped().issue(CHANGED).summaries[0].id  # type: ignore[union-attr]
        query = select(deliveries.c.recipient).select_from(deliveries.join(editions)).where(of_card)
        several = query.group_by(deliveries.c.recipient).having(func.count() > 1)
        async with database.begin() as connection:
            changed = set((await connection.execute(several)).scalars())
        await database.close()
        for channel in channels:
            notes = [each for each in self.slack.posted(channel) if each.text.startswith(CORRECTED)]
            assert [each.text.split(":")[0] for each in notes] == ["Corrected on 28 Nov"] * (channel.id in changed)
            parents = {each.ts: each.text for each in self.slack.posted(channel)}
            assert all(month_name(CHANGED) in parents[str(each.thread_ts)] for each in notes)
            self.counts.figures["corrections noted"] += len(notes)

    async def assert_exactly_once(self) -> None:
        """Each message that should be there is there once, in order, in its place, and as Slack takes it; the follower
        has at most one message a month.
        """
        for channel, wanted in self.wanted():
            shown = self.there(channel)
            found = Counter(shown)
            self.counts.figures["channel messages"] += len(shown)
            self.counts.figures["lost"] += sum(1 for text in wanted if not found[text])
            self.counts.figures["doubled"] += sum(count - 1 for count in found.values())
            self.counts.figures["late copies removed"] += len(channel.deleted)
            assert shown == wanted
            assert len([each for each in self.slack.posted(channel) if not each.text.startswith(CORRECTED)]) == len(wanted)
            assert all(check_message(message.text, message.blocks) == [] for message in self.slack.posted(channel))
        await self.assert_corrections_are_noted_once()
        if self.job.follower:
            direct = self.slack.posted(self.slack.open_dm(self.job.follower))
            rows = {row.id: row.state for row in await self.deliveries("follow")}
            marks = [message.metadata["event_payload"]["d"] for message in direct if message.metadata]
            assert len(marks) == len(direct) == len(set(marks))
            assert {state for mark, state in rows.items() if mark in marks} <= {"sent"}
            assert {state for mark, state in rows.items() if mark not in marks} <= {"cancelled"}
            assert len(rows) == len([issue for issue in shipped().issues if issue.month > AFTER])
            self.counts.figures["direct messages"] += len(direct)
            self.counts.figures[FIGURES[-1]] += len(rows) - len(direct)
        self.counts.runs += 1
        self.counts.faults.update(f"{method} {fault.name}" for method, fault in self.slack.faults.played)

    def wanted(self) -> list[tuple[Channel, list[str]]]:
        """What each channel should show."""
        found = [(self.channel, expected())]
        if self.job.asked:
            confirmation = TEMPLATES.subscribed("U0ASKED0001")
            text = str(confirmation.payload["text"])
            found.append((self.slack.channels[self.job.asked], [text, *expected("U0ASKED0001")]))
        if self.job.club:
            found.append((self.slack.channels[self.job.club], expected_of_club()))
        return found


def expected(by: str | None = None) -> list[str]:
    """The messages of every month after AFTER, in order."""
    months = [issue for issue in reversed(shipped().issues) if issue.month > AFTER]
    return [str(message.payload["text"]) for issue in months for message in render(issue, by)]


def expected_of_club() -> list[str]:
    """The messages of the club: it stands on its new day, and was called for the old one before."""
    words, summary = TEMPLATES.club, shipped_summary()
    before, club = (Club("", "", "", CLUB, day, 0.0, PLANNER) for day in (DAY, NEW_DAY))
    payloads = (
        words.opening(club, summary),
        words.card(summary),
        words.questions(summary),
        words.reminder(Reminder.WEEK, before, summary, 5),
        words.moved(club, DAY, PLANNER, summary),
        words.reminder(Reminder.WEEK, club, summary, 6),
    )
    return [str(payload["text"]) for payload in payloads]


async def start(slack: LocalSlack, databases: Databases, workers: Workers, counts: Counts, *, wide: bool = False) -> Run:
    """A run about to begin. `wide`: with a second channel that somebody subscribes, with a follower, and with a journal
    club in a third.
    """
    channel = slack.add_channel("team")
    job = Job(slack.token, slack.url, await databases.new(), slack.team_id, channel.id, AFTER)
    if wide:
        for person in PEOPLE:
            slack.add_user(person.lower(), user_id=person)
        job = replace(job, asked=slack.add_channel("second").id, follower="U0FOLLOWS01", club=slack.add_channel("third").id)
    return Run(slack, channel, job, workers, databases.folder, counts)


@pytest.mark.parametrize("databases", KINDS, indirect=True)
async def test_a_kill_at_any_named_step_loses_nothing_and_doubles_nothing(
    databases: Databases, workers: Workers, counts: Counts
) -> None:
    gate = asyncio.Semaphore(AT_ONCE)

    async def killed_at(step: str) -> None:
        async with gate, LocalSlack(scopes=READS_HISTORY) as slack:
            run = await start(slack, databases, workers, counts, wide="ask" in step or "club" in step or "call" in step)
            await arrange(run, step)
            going = asyncio.create_task(run.go(*[replace(run.job, die_at=step)] * 2))
            if step == "after refusal":  # a worker that did not die waits for this invitation
                await slack.until(lambda: "not_in_channel" in [call.error for call in slack.calls_of(POST)], seconds=60)
                await asyncio.sleep(1)
                run.channel.members.add(slack.bot_user_id)
            await going
            assert run.deaths, f"nobody came to {step}"
            await run.go_on(1)
            await run.assert_exactly_once()
            assert {row.state for row in await run.deliveries()} == {"sent"}, step

    await asyncio.gather(*(killed_at(step) for step in STEPS))


async def arrange(run: Run, step: str) -> None:
    """Make it so that a worker comes to a step."""
    if "look-up" in step:
        run.slack.faults.drop_after(POST)
    if "second look" in step:
        run.slack.faults.rate_limited(POST, None)
    if "delete" in step:
        await run.go_on(1)
        await post_a_second_copy(run)
    if "edit" in step or "addition" in step:
        await run.go(replace(run.job, corpus="earlier"))
    if "refusal" in step:
        run.channel.members.discard(run.slack.bot_user_id)


@pytest.mark.parametrize("databases", KINDS, indirect=True)
async def test_kills_at_random_among_faults_lose_nothing_and_double_nothing(
    databases: Databases, workers: Workers, counts: Counts
) -> None:
    sys.stdout.write(SETTINGS)
    gate = asyncio.Semaphore(AT_ONCE)
    deaths = 0

    async def once(number: int) -> None:
        nonlocal deaths
        chance = random.Random(SEED * 100_000 + number)
        async with gate, LocalSlack(scopes=READS_HISTORY) as slack:
            run = await start(slack, databases, workers, counts, wide=True)
            for _ in range(chance.randrange(5)):
                fault_by_chance(slack, chance)
            count = chance.choice((1, 3))
            if chance.random() < 0.5:  # a library that is corrected later, by some replicas before others
                await run.go(*(dies_by_chance(replace(run.job, corpus="earlier"), chance) for _ in range(count)))
            for _ in range(chance.randrange(1, 3)):
                versions = [chance.choice(("earlier", "shipped", "shipped")) for _ in range(count)]
                await run.go(*(dies_by_chance(replace(run.job, corpus=version), chance) for version in versions))
            await run.go_on(count)
            await run.assert_exactly_once()
            deaths += run.deaths

    await asyncio.gather(*(once(number) for number in range(max(1, RUNS // len(KINDS)))))
    assert deaths


@pytest.mark.parametrize("databases", KINDS, indirect=True)
async def test_without_history_nothing_is_doubled_and_what_may_be_missing_waits_for_a_person(
    databases: Databases, workers: Workers, counts: Counts
) -> None:
    gate = asyncio.Semaphore(AT_ONCE)

    async def killed_at(step: str, *, drop: bool) -> None:
        async with gate, LocalSlack() as slack:
            run = await start(slack, databases, workers, counts)
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
            await run.assert_exactly_once()

    await asyncio.gather(
        *(killed_at(step, drop="look-up" in step) for step in ("after claim", "after reply", "before look-up"))
    )


async def test_a_restart_of_postgresql_under_load_doubles_nothing(
    postgresql: PostgreSQL, workers: Workers, counts: Counts, tmp_path: Path
) -> None:
    async with LocalSlack(scopes=READS_HISTORY) as slack:
        run = await start(slack, Databases(tmp_path, postgresql), workers, counts)
        ready = asyncio.Event()
        slack.faults.delay_after("chat.postMessage", ready)
        posting = asyncio.create_task(workers.run(run.job))
        await slack.until(lambda: len(slack.posted(run.channel)) == 1, seconds=20)
        await asyncio.to_thread(postgresql.restart)
        ready.set()
        assert await posting in (0, 1)  # a worker may end with the lost connection: somebody starts it again
        await run.go_on(1)
        await run.assert_exactly_once()


def fault_by_chance(slack: LocalSlack, chance: random.Random) -> None:
    """One thing that goes wrong with posting or looking."""
    post, faults = POST, slack.faults
    chance.choice(
        (
            lambda: faults.delay_after(post, 0.9),
            lambda: faults.delay_before(post, 0.9),
            lambda: faults.drop_after(post),
            lambda: faults.drop_before(post),
            lambda: faults.http(post, 500, store=True),
            lambda: faults.http(post, 503),
            lambda: faults.error(post, "internal_error", store=True),
            lambda: faults.rate_limited(post, None),
            lambda: faults.drop_before("conversations.history"),
            lambda: faults.http("conversations.replies", 500),
            lambda: faults.drop_after("chat.update"),
            lambda: faults.http("chat.update", 503),
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

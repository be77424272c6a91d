"""The real publisher as processes that die: over the real ledger and the real Slack client, against a local Slack."""

from __future__ import annotations

import asyncio
import functools
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from sqlalchemy import func, select

from bot.clubs.rules import new_id
from bot.clubs.service import ClubService
from bot.corpus.load import load
from bot.corpus.model import Corpus, Summary
from bot.outbox.timing import Timing
from bot.paths import default_root
from bot.playground.slack import LocalSlack
from bot.publishing.months import LetOut, everything
from bot.server.features import build_features
from bot.server.messages import templates
from bot.settings import Settings
from bot.slack import client
from bot.store.clubs import Club
from bot.store.database import Database
from bot.store.tables import deliveries
from tests.crash import workers
from tests.crash.rehearsal import rehearse
from tests.crash.workers import Mortal
from tests.support.features import copies
from tests.support.once import render_once

TIMING = Timing(
    lease=0.8,
    start_within=0.6,
    settle=1.6,
    give_up_looking=0.2,
    look_again=0.1,
    retry_refused=0.05,
    retry_blocked=0.05,
    retry_blocked_most=0.1,
    pace=0.01,
    sweep_first=0.3,
    sweep_last=0.8,
    put_back=0.5,
)
"""As in life, but quick: the settle time still exceeds the lease and any lateness of a request to a local Slack."""
STEPS = (
    "before plan",
    "after plan",
    "before claim",
    "after claim",
    "after reply",
    "after sent",
    "before look-up",
    "after look-up",
    "before delete",
    "after delete",
    "before verification",
    "after verification",
    "before second look",
    "after second look",
    "before edit",
    "after edit",
    "before addition",
    "after addition",
    "before ask",
    "after ask",
    "after refusal",
    "before club",
    "after club",
    "before call",
    "after call",
    "after change of club",
)
TOPIC = "outcomes"
CLUB = "alliance-rupture-next-session"
"""The summary of the journal club that somebody plans for DAY, and moves to NEW_DAY once all is said of DAY."""
CLUB_NOW = datetime(2026, 11, 28, 12, tzinfo=UTC)
DAY, NEW_DAY = date(2026, 12, 3), date(2026, 12, 4)
PLANNER = "U0ASKED0001"
CHANGED = "2023-11"
"""The month that the earlier corpus holds with an older text, and without its last summary."""


@dataclass(frozen=True)
class Job(Mortal):
    """Post every month later than `after` to `channel`, which the operator chose, and (if one is named) to `asked`, which
    somebody subscribes, and tell `follower`; plan a journal club in `club`, and move it. `corpus`: "earlier" or "shipped".
    """

    token: str
    api_url: str
    database: str
    team: str
    channel: str
    after: str
    asked: str | None = None
    follower: str | None = None
    club: str | None = None
    corpus: str = "shipped"


@functools.cache
def shipped() -> Corpus:
    """The shipped corpus, read once."""
    return load(default_root())


@functools.cache
def earlier() -> Corpus:
    """The corpus before a correction: one month has an older text, and its last summary has not come yet."""
    issues = []
    for issue in shipped().issues:
        if issue.month == CHANGED:
            *kept, _ = issue.summaries
            kept[0] = replace(kept[0], bottom_line=f"As first written. {kept[0].bottom_line}")
            issue = replace(issue, summaries=tuple(kept))
        issues.append(issue)
    return replace(shipped(), issues=tuple(issues), fingerprint="earlier")


def until(month: str) -> Corpus:
    """The corpus as it was when a month was the newest."""
    return replace(shipped(), issues=tuple(issue for issue in shipped().issues if issue.month <= month))


TEMPLATES = replace(templates(), month=render_once)
"""What renders the messages, as in production; each month once."""


async def publish(job: Job) -> None:
    """Plan and post until nothing is left to do, or only a person can go on."""
    step = workers.steps_of(job)
    client.TIMEOUT = 0.6  # type: ignore[assignment]
    database = await Database.open(Settings.from_env({"PPRNET_DATABASE_URL": job.database}).database_url)
    await post_all(job, database, step)
    await database.close()


async def post_all(job: Job, database: Database, step: Callable[[str], None], let_out: LetOut = everything) -> None:
    """Plan and post in an open database, or in a workspace's own part of one, as far as months are let out."""
    corpus = earlier() if job.corpus == "earlier" else shipped()
    posting = build_features(database, client.SlackApi(job.token, job.api_url), TEMPLATES, timing=TIMING, step=step)
    ledger, worker, publisher, desk = posting.ledger, posting.worker, posting.publisher, posting.clubs
    await publisher.subscriptions.ensure(job.team, job.channel, job.after)
    if job.follower:
        await publisher.follows.add(job.team, job.follower, TOPIC, job.after)
    if job.asked:
        await publisher.subscriptions.ask(until(job.after), job.team, job.asked, "U0ASKED0001")
    if job.club:
        dated = (CLUB_NOW - timedelta(days=30)).timestamp()
        club = Club(new_id(), job.team, job.club, CLUB, DAY, dated, PLANNER)
        if not await desk.with_messages(job.team):
            await desk.plan(club, shipped_summary(), CLUB_NOW.date())
    seen: object = None
    while True:
        corrected = False
        settled = let_out is everything and publisher.corrections.is_settled and desk.is_settled
        # Where no message has changed since the last pass, it planned all that follows from them.
        if (there := await stamp(database)) != seen or not settled:
            seen = there
            await publisher.plan_all(await let_out(corpus), job.team, job.channel)
            corrected = await publisher.corrections.sync(corpus, job.team, CLUB_NOW.date())
            corrected = await tend(desk, corpus, job) or corrected
        if await worker.work() or corrected:
            while await worker.work():
                pass
            continue
        states = await ledger.states()
        moving = "sending" in states or "uncertain" in states
        waiting = "planned" in states and "manual" not in states
        undone = (job.corpus == "shipped" and not publisher.corrections.is_settled) or not desk.is_settled
        if not (
            moving or waiting or undone or await copies(ledger) or (worker.may_read and await ledger.is_sweep_to_come())
        ):
            break
        await asyncio.sleep(0.3)


async def stamp(database: Database) -> tuple[object, ...]:
    """Return what changes when any message does."""
    column = deliveries.c
    numbers = (func.count(), func.sum(column.fence), func.sum(column.changed_at), func.max(column.changed_at))
    async with database.begin() as connection:
        return tuple((await connection.execute(select(*numbers))).one())


def shipped_summary() -> Summary:
    """What the club is about."""
    found = shipped().get(CLUB)
    assert found
    return found


async def tend(desk: ClubService, corpus: Corpus, job: Job) -> bool:
    """What the clock does about the club, and once all is said of its day, somebody moves it."""
    if await desk.sync(corpus, job.team, CLUB_NOW, 9) or not desk.is_settled:
        return True
    for club, rows in await desk.with_messages(job.team):
        if club.day == DAY and all(row.state == "sent" for row in rows):
            return bool(await desk.move(corpus, club, NEW_DAY, PLANNER, CLUB_NOW - timedelta(days=10)))
    return False


async def _play(slack: LocalSlack, _folder: Path, database: str) -> None:
    """Post to everybody, then correct that; an answer of Slack is lost on the way."""
    slack.add_user("follower", user_id="U0FOLLOWS01")
    channel, asked, club = (slack.add_channel(name).id for name in ("team", "second", "third"))
    job = Job(slack.token, slack.url, database, slack.team_id, channel, shipped().issues[1].month)
    job = replace(job, asked=asked, follower="U0FOLLOWS01", club=club)
    await publish(replace(job, corpus="earlier"))
    slack.faults.drop_after("chat.postMessage")
    await publish(job)


if __name__ == "__main__":
    shipped(), earlier()
    rehearse(_play)
    workers.main(Job, publish)

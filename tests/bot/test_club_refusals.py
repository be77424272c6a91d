"""Journal clubs where Slack does not take a message, or its answer is lost."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import update

from bot.clubs.rules import new_id
from bot.clubs.service import ClubService
from bot.outbox.timing import Timing
from bot.outbox.worker import manual_notice
from bot.playground.slack import Channel, LocalSlack
from bot.playground.slack.workspace import DEFAULT_SCOPES
from bot.server.features import Features
from bot.store.clubs import Club
from bot.store.database import Database
from bot.store.tables import deliveries
from tests.crash.posting_worker import shipped
from tests.support.features import features_over

RUPTURE = "alliance-rupture-next-session"
TORONTO = ZoneInfo("America/Toronto")
NOW = Timing(lease=0.0, settle=0.0, give_up_looking=0.0, look_again=0.0, retry_refused=0.0, retry_blocked=0.0, pace=0.0)
"""Every wait is over at once."""
POST = "chat.postMessage"


@dataclass
class Clubs:
    """The real service, ledger and Slack client, at times that a test names."""

    slack: LocalSlack
    channel: Channel
    posting: Features

    @property
    def clubs(self) -> ClubService:
        """Return the service."""
        return self.posting.clubs

    async def plan(self, day: date, at: datetime) -> Club:
        """Plan a club and post what it begins with."""
        summary = shipped().get(RUPTURE)
        assert summary
        club = Club(new_id(), self.slack.team_id, self.channel.id, RUPTURE, day, at.timestamp(), "U0PLANNER1")
        await self.clubs.plan(club, summary, at.date())
        await self.work(at)
        return club

    async def work(self, at: datetime, steps: int = 20) -> None:
        """What the clock does at a time, as far as Slack lets it."""
        await self.clubs.sync(shipped(), self.slack.team_id, at, 9)
        for _ in range(steps):
            if not await self.posting.worker.work():
                return

    def said(self) -> list[str]:
        """What stands in the channel after opening, card and questions."""
        return [message.text for message in self.slack.posted(self.channel)][3:]

    async def states(self) -> list[tuple[int, str, str | None]]:
        """The club's deliveries: part, state, why; without what it begins with."""
        [(_, rows)] = await self.clubs.with_messages(self.slack.team_id)
        return [(row.part, row.state, row.error) for row in rows if row.part > 2]


@pytest.fixture
def clubs_bot(slack: LocalSlack, database: Database) -> Clubs:
    """Journal clubs on either database."""
    return Clubs(slack, slack.add_channel("club"), features_over(database, slack, NOW))


def on(month: int, day: int, hour: int = 9) -> datetime:
    """An hour in the team's zone."""
    return datetime(2026, month, day, hour, tzinfo=TORONTO)


async def test_a_reminder_that_slack_does_not_take_says_how_long_it_is_when_it_comes(clubs_bot: Clubs) -> None:
    club = await clubs_bot.plan(date(2026, 12, 3), on(11, 1))
    clubs_bot.channel.members.discard(clubs_bot.slack.bot_user_id)
    await clubs_bot.work(on(11, 26), steps=2)
    assert [state for _, state, _ in await clubs_bot.states()] == ["planned"]
    clubs_bot.channel.members.add(clubs_bot.slack.bot_user_id)
    await clubs_bot.work(on(11, 29, 3))  # at night too: it was due
    assert [text.split(".")[0] for text in clubs_bot.said()] == ["Journal club in 4 days"]
    assert (await clubs_bot.clubs.get(clubs_bot.slack.team_id, club.id)) == club


async def test_what_comes_too_late_is_not_said_and_the_club_ends(clubs_bot: Clubs) -> None:
    club = await clubs_bot.plan(date(2026, 12, 3), on(11, 1))
    clubs_bot.channel.archived = True
    for time in (on(11, 26), on(12, 2), on(12, 3), on(12, 4)):
        await clubs_bot.work(time, steps=2)
    assert [(state, error) for _, state, error in await clubs_bot.states()] == [
        ("cancelled", "too_late"),
        ("cancelled", "too_late"),
        ("planned", "is_archived"),
    ]
    await clubs_bot.work(on(12, 20), steps=2)
    clubs_bot.channel.archived = False
    await clubs_bot.work(on(12, 20, 10))
    assert clubs_bot.said() == []
    found = await clubs_bot.clubs.get(clubs_bot.slack.team_id, club.id)
    assert found
    assert found.state == "over"


async def test_a_reminder_whose_answer_was_lost_is_not_sent_again_after_the_club_was_moved(clubs_bot: Clubs) -> None:
    clubs_bot.slack.scopes = (*DEFAULT_SCOPES, "channels:history")
    club = await clubs_bot.plan(date(2026, 12, 3), on(11, 1))
    clubs_bot.slack.faults.drop_before(POST)
    await clubs_bot.work(on(11, 26), steps=1)
    assert [state for _, state, _ in await clubs_bot.states()] == ["uncertain"]
    assert await clubs_bot.clubs.move(shipped(), club, date(2026, 12, 17), "U0MOVER001", on(11, 26, 10))
    await clubs_bot.work(on(11, 26, 10))
    assert [text.split(",")[0] for text in clubs_bot.said()] == [
        "The journal club on Thursday 3 December 2026 has been moved to Thursday 17 December 2026"
    ]
    assert ("cancelled", "withdrawn") in [(state, error) for _, state, error in await clubs_bot.states()]
    await clubs_bot.work(on(12, 10))
    assert clubs_bot.said()[1].startswith("Journal club in a week. Thursday 17 December 2026")


async def test_without_history_a_lost_answer_doubles_nothing_and_the_opening_waits_for_a_person(clubs_bot: Clubs) -> None:
    clubs_bot.slack.faults.drop_after(POST)
    club = await clubs_bot.plan(date(2026, 12, 3), on(11, 1))
    await clubs_bot.work(on(11, 1))
    assert len(clubs_bot.slack.posted(clubs_bot.channel)) == 1
    [waiting] = await clubs_bot.posting.ledger.in_state("manual")
    assert "message 1 of a journal club's thread" in manual_notice(waiting, clubs_bot.posting.ledger.kinds)
    assert await clubs_bot.posting.ledger.resolve(waiting.id, clubs_bot.slack.posted(clubs_bot.channel)[0].ts)
    await clubs_bot.work(on(11, 1))
    assert len(clubs_bot.slack.posted(clubs_bot.channel)) == 3
    clubs_bot.slack.faults.drop_after(POST)
    await clubs_bot.work(on(11, 26))
    await clubs_bot.work(on(11, 26))
    assert len(clubs_bot.said()) == 1
    assert [(state, error) for _, state, error in await clubs_bot.states()] == [("cancelled", "missing_scope")]
    await clubs_bot.work(on(12, 2))
    assert len(clubs_bot.said()) == 2
    assert await clubs_bot.posting.ledger.in_state("manual") == []
    assert club.day == date(2026, 12, 3)


async def test_a_club_cancelled_before_it_could_be_posted_is_never_posted(clubs_bot: Clubs) -> None:
    clubs_bot.slack.faults.rate_limited(POST, 30)
    club = await clubs_bot.plan(date(2026, 12, 3), on(11, 1))
    assert clubs_bot.slack.posted(clubs_bot.channel) == []
    assert await clubs_bot.clubs.cancel(shipped(), club, "U0PLANNER1")
    async with clubs_bot.posting.ledger.database.begin() as connection:
        await connection.execute(update(deliveries).values(next_at=0.0))
    await clubs_bot.work(on(11, 2))
    await clubs_bot.work(on(11, 2))
    assert clubs_bot.slack.posted(clubs_bot.channel) == []
    assert await clubs_bot.posting.ledger.in_state("planned", "failed") == []

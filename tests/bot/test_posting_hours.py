"""When months are announced: the local hour, changes of clocks, and clocks that jump."""

from __future__ import annotations

import functools
import itertools
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import text

from bot.corpus.model import Issue, month_name
from bot.playground.slack import Channel, LocalSlack
from bot.publishing.posting import Place, Posting, is_time
from bot.publishing.scheduler import Job, Scheduler
from bot.server.services import utc_now
from bot.settings import Settings
from bot.store.database import Database
from tests.crash.posting_worker import shipped
from tests.support.features import features_over
from tests.support.publishing import NOW, PublishingBot, expected, shift_times

UTC_ZONE = ZoneInfo("UTC")


ZONES = ("America/Toronto", "Europe/London", "Australia/Lord_Howe", "Africa/Cairo", "Pacific/Chatham", "America/Nuuk")


@functools.cache
def zone_changes(zone: ZoneInfo, before: int = 2041) -> list[datetime]:
    """The hours from 2025 on, up to a year, in which the zone's clocks change."""

    def changes(before: datetime, after: datetime) -> bool:
        return before.astimezone(zone).utcoffset() != after.astimezone(zone).utcoffset()

    days = (datetime(2025, 1, 1, tzinfo=UTC) + timedelta(days=number) for number in itertools.count())
    found = []
    for day, next_day in itertools.pairwise(itertools.takewhile(lambda day: day.year <= before, days)):
        if day.year < before and changes(day, next_day):  # no zone changes twice within a day
            hours = [day + timedelta(hours=number) for number in range(25)]
            found += [hour for hour, after in itertools.pairwise(hours) if changes(hour, after)]
    return found


@pytest.mark.parametrize("name", ZONES)
def test_over_every_change_of_clocks_there_is_time_within_two_days_and_never_before_the_hour(name: str) -> None:
    zone = ZoneInfo(name)
    changes = zone_changes(zone)
    assert len(changes) == 2 * 16
    for change in changes:
        quarters = [change + timedelta(minutes=15 * number) for number in range(-96, 97)]
        for hour in range(24):
            yes = {each for each in quarters if is_time(each, zone, hour)}
            assert yes
            assert min(each.astimezone(zone).hour for each in yes) >= hour
            assert all(each in yes for each in quarters if each.astimezone(zone).hour == hour)


@pytest.mark.parametrize("name", ["America/Toronto", "Australia/Lord_Howe"])
@pytest.mark.parametrize("hour", [1, 2])
@pytest.mark.slow
async def test_an_hour_that_comes_twice_or_never_posts_once(publishing: PublishingBot, name: str, hour: int) -> None:
    zone = ZoneInfo(name)
    autumn_and_spring = zone_changes(zone)[:2]
    now = [autumn_and_spring[0]]
    await publishing.publisher.subscriptions.ensure(publishing.slack.team_id, publishing.channel.id, "2023-11")
    posting = posting_of(publishing, zone=zone, hour=hour, now=lambda: now[0])
    for change in autumn_and_spring:
        for minutes in range(-120, 240, 30):
            now[0] = change + timedelta(minutes=minutes)
            await posting.run()
    assert publishing.texts() == expected("2023-11")


async def test_before_the_hour_nothing_is_announced_and_from_then_on_once(publishing: PublishingBot) -> None:
    zone = ZoneInfo("America/Toronto")
    now = [datetime(2025, 6, 1, 8, 59, tzinfo=zone)]
    await publishing.publisher.subscriptions.ensure(publishing.slack.team_id, publishing.channel.id, "2023-11")
    posting = posting_of(publishing, zone=zone, hour=9, now=lambda: now[0])
    await posting.run()
    assert publishing.texts() == []
    for jump in (timedelta(minutes=1), timedelta(days=-1), timedelta(days=1), timedelta(hours=1), timedelta(days=40)):
        now[0] += jump
        await posting.run()
        assert publishing.texts() == expected("2023-11")


@pytest.mark.parametrize("before", [2027, pytest.param(2030, marks=pytest.mark.slow)])
@pytest.mark.parametrize("name", ["America/Toronto", "Pacific/Chatham"])
async def test_over_every_change_of_clocks_and_jump_of_the_clock_each_month_is_posted_once_and_in_order(
    slack: LocalSlack, channel: Channel, tmp_path: Path, name: str, before: int
) -> None:
    """A month arrives on the day of each change from 2025 on; our clock jumps by an hour and by a day, both ways."""
    zone = ZoneInfo(name)
    first = shipped().issues[0].summaries[0]
    months = {f"{change.astimezone(zone):%Y-%m}": change for change in zone_changes(zone, before)}
    database = await Database.open(Settings.from_env({"PPRNET_DATABASE_URL": f"sqlite:///{tmp_path}/z.db"}).database_url)
    features = features_over(database, slack, NOW)
    now, held = [datetime(2025, 1, 1, tzinfo=UTC)], [replace(shipped(), issues=(), fingerprint="none")]
    place = Place(slack.team_id, channel.id, zone, 2)
    posting = Posting(features.publisher, features.worker, features.clubs, lambda: held[0], place, now=lambda: now[0])
    await posting.run()
    for month, change in months.items():
        summary = replace(first, id=f"{first.id}-{month}", issue=month)
        issue = Issue(month, complete=False, subjects=(), summaries=(summary,))
        held[0] = replace(held[0], issues=(issue, *held[0].issues), fingerprint=month)
        jumps = (-3, -1, 0, 1, 2, 1, 26, 25, 1, 25)  # hours from the change: an hour and a day forwards, and back again
        for hours in jumps:
            now[0] = change + timedelta(hours=hours)
            await posting.run()
    await database.close()
    parents = [message.text for message in slack.posted(channel) if not message.is_reply]
    assert len(parents) == len(months) == 2 * (before - 2025)
    assert len(slack.posted(channel)) == 2 * len(months)
    assert all(month_name(month) in text for month, text in zip(months, parents, strict=True))


@pytest.mark.parametrize("hours", [-25, -1, 1, 25])
async def test_a_database_clock_that_jumps_in_the_middle_of_a_month_neither_doubles_nor_drops_a_message(
    publishing: PublishingBot, database: Database, hours: int
) -> None:
    await publishing.plan()
    await publishing.attempt()
    await shift_times(database, hours * 3600.0)
    async with database.begin() as connection:  # what was planned for later is due when its time comes
        await connection.execute(text("UPDATE delivery SET next_at = 0 WHERE state = 'planned'"))
    await publishing.work()
    assert publishing.texts() == expected("2023-06")


async def test_after_the_bot_was_removed_nothing_is_posted(publishing: PublishingBot) -> None:
    await publishing.plan()
    job = Job("posting", 20, posting_of(publishing).run, when=lambda: False)
    assert await Scheduler([job]).run_once(job) == 20
    assert publishing.slack.calls == []


def posting_of(
    publishing: PublishingBot, zone: ZoneInfo = UTC_ZONE, hour: int = 0, now: Callable[[], datetime] = utc_now
) -> Posting:
    """The posting job over the shipped corpus."""
    place = Place(publishing.slack.team_id, publishing.channel.id, zone, hour)
    return Posting(publishing.publisher, publishing.worker, publishing.features.clubs, shipped, place, now=now)

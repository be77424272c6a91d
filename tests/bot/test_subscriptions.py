"""Who gets what: channels that people subscribe, topics that they follow, the team's default channel, pauses and ends."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest

from bot.listeners import time_limits
from bot.playground.slack import Channel, LocalSlack, Message, User
from bot.slack import curators
from tests.support.bot import Bot, running
from tests.support.database_file import sql
from tests.support.idle import eventually
from tests.support.requests import health
from tests.support.small_corpus import small_corpus

POST = "chat.postMessage"
NEW = "2024-01"
PATIENCE = 60
"""Seconds that a test waits for what takes one on an idle machine."""
ALWAYS = {"PPRNET_POST_HOUR": "0"}


@pytest.fixture
def ana(slack: LocalSlack) -> User:
    """Somebody on the team."""
    return slack.add_user("ana")


@pytest.fixture
def team(slack: LocalSlack, ana: User) -> Channel:
    """A channel with her and the bot in it."""
    return slack.add_channel("team", [ana])


@pytest.fixture
def library(tmp_path: Path) -> Path:
    """A small corpus that a test may change."""
    return Path(small_corpus(tmp_path)["PPRNET_KNOWLEDGE"])


@pytest.fixture
def start(slack: LocalSlack, tmp_path: Path, library: Path) -> Callable[..., Any]:
    """Runs the bot at any hour on the small corpus, with its database kept from one run to the next."""
    return lambda **environ: running(slack, tmp_path, **ALWAYS, PPRNET_KNOWLEDGE=str(library), **environ)


def add_month(library: Path, month: str = NEW, *, topics: str | None = None) -> Path:
    """A new month: that of December 2020 under another name."""
    text = (library / "issues" / "2020-12.yaml").read_text("utf-8").replace('"2020-12"', f'"{month}"')
    lines = []
    for line in text.splitlines():
        if line.strip().startswith("- id:"):
            line = f"{line}-{month}"
        if line.strip().startswith("topics:") and topics:
            line = f"{line.partition('topics:')[0]}topics: [{topics}]"
        lines.append(line)
    file = library / "issues" / f"{month}.yaml"
    unfinished = library / "unfinished"
    unfinished.write_text("\n".join(lines) + "\n", "utf-8")
    unfinished.replace(file)
    return file


async def type_in(bot: Bot, text: str, user: User, channel: Channel) -> str:
    """Type a command; what only the person sees."""
    answer = await bot.say.command(text, user=user, channel=channel)
    assert answer.ok, (answer.status, answer.error)
    assert answer.message
    assert answer.message.ephemeral_to == user.id
    return answer.message.visible_text


async def until(holds: Callable[[], Awaitable[object]]) -> None:
    """Wait for what the bot beside us writes to the database, which tells nobody."""
    async with asyncio.timeout(PATIENCE):
        while not await holds():  # noqa: ASYNC110
            await asyncio.sleep(0.05)


async def both(rows: Awaitable[list[tuple[Any, ...]]]) -> bool:
    """Whether there are two."""
    return len(await rows) == 2


def parents(slack: LocalSlack, channel: Channel) -> list[Message]:
    """The bot's messages at the top of a channel."""
    return [message for message in slack.posted(channel) if not message.is_reply]


# Subscribing a channel


async def test_a_channel_is_subscribed_says_by_whom_and_gets_what_comes_and_nothing_older(
    slack: LocalSlack, ana: User, team: Channel, library: Path, start: Callable[..., Any]
) -> None:
    async with start() as bot:
        told = await type_in(bot, "subscribe", ana, team)
        assert told.startswith("Done: this channel gets each new month.")
        (confirmation,) = slack.posted(team)
        assert confirmation.text == (
            f"This channel gets each new month. <@{ana.id}> set this up; `/pprnet unsubscribe` stops it."
        )
        again = await type_in(bot, "subscribe", ana, team)
        assert again == f"This channel already gets each new month. <@{ana.id}> set it up. `/pprnet unsubscribe` stops it."
        assert len(slack.posted(team)) == 1
        add_month(library)
        await slack.until(lambda: len(slack.posted(team)) == 3, seconds=PATIENCE)
        month = parents(slack, team)[1]
        assert "January 2024" in month.text
        assert f"Set up by <@{ana.id}>; `/pprnet unsubscribe` stops it." in month.visible_text
        assert f"<#{team.id}>, set up by <@{ana.id}>" in await type_in(bot, "subscriptions", ana, team)


async def test_a_channel_whose_subscriber_was_forgotten_still_gets_each_month_and_names_nobody(
    slack: LocalSlack, ana: User, team: Channel, library: Path, tmp_path: Path, start: Callable[..., Any]
) -> None:
    async with start() as bot:
        await type_in(bot, "subscribe", ana, team)
        asked = await bot.say.command("forget me", user=ana, channel=team)
        assert asked.message
        assert "1 record of a channel's subscription" in asked.message.visible_text
        assert "1 record of a message that gives the name" in asked.message.visible_text
        await bot.say.press(asked.message, "Delete it all")
        kept = await sql(tmp_path, "SELECT payload, subscribed_by FROM delivery, subscription")
        assert [ana.id in str(row) for row in kept] == [False]
        assert "set up by a colleague" in await type_in(bot, "subscriptions", ana, team)
        again = await type_in(bot, "subscribe", ana, team)
        assert again == "This channel already gets each new month. A colleague set it up. `/pprnet unsubscribe` stops it."
        add_month(library)
        await slack.until(lambda: len(slack.posted(team)) == 3, seconds=PATIENCE)
        assert "Set up by a colleague; `/pprnet unsubscribe` stops it." in parents(slack, team)[1].visible_text


async def test_without_the_bot_in_it_nothing_is_subscribed_and_the_way_is_told(
    slack: LocalSlack, ana: User, library: Path, tmp_path: Path, start: Callable[..., Any]
) -> None:
    far = slack.add_channel("far", [ana], with_bot=False)
    hidden = slack.add_channel("hidden", [ana], with_bot=False, private=True)
    old = slack.add_channel("old", [ana], archived=True)
    async with start() as bot:
        for channel in (far, hidden):
            assert "Type `/invite @PPRNet` here, then try again" in await type_in(bot, "subscribe", ana, channel)
        assert "archived" in await type_in(bot, "subscribe", ana, old)
        assert await sql(tmp_path, "SELECT channel FROM subscription") == []
        assert (await health(bot.url))[1]["deliveries_failed"] == []
        far.members.add(slack.bot_user_id)
        assert (await type_in(bot, "subscribe", ana, far)).startswith("Done")
        assert len(slack.posted(far)) == 1
        add_month(library)
        await slack.until(lambda: len(slack.posted(far)) == 3, seconds=PATIENCE)
    assert slack.posted(hidden) == slack.posted(old) == []


async def test_in_a_direct_message_following_is_offered_instead(
    slack: LocalSlack, ana: User, start: Callable[..., Any]
) -> None:
    async with start() as bot:
        for text in ("subscribe", "unsubscribe", "default", "subscriptions"):
            assert "you can follow a topic" in await type_in(bot, text, ana, slack.open_dm(ana))
        assert slack.calls_of(POST) == []


async def test_many_who_subscribe_a_channel_at_once_get_one_message(
    slack: LocalSlack, team: Channel, start: Callable[..., Any]
) -> None:
    people = [slack.add_user(f"person{number}") for number in range(5)]
    team.members |= {person.id for person in people}
    async with start() as bot:
        told = await asyncio.gather(*(type_in(bot, "subscribe", person, team) for person in people))
        await eventually(lambda: slack.posted(team))
        assert len(slack.posted(team)) == 1
        assert all(each.startswith(("Done", "I am setting this up", "This channel already gets")) for each in told)


@pytest.mark.parametrize("fault", ["drop_after", "drop_before", "http"])
async def test_a_lost_confirmation_is_not_posted_twice(
    slack: LocalSlack, ana: User, team: Channel, start: Callable[..., Any], fault: str
) -> None:
    getattr(slack.faults, fault)(POST)
    async with start() as bot:
        for _ in range(2):
            assert (await type_in(bot, "subscribe", ana, team)).startswith("I am setting this up.")
        assert len(slack.calls_of(POST)) == 1
        if fault == "drop_after":
            await bot.say.metadata_posted(slack.posted(team)[0])  # Slack tells of it all the same
            assert (await type_in(bot, "subscribe", ana, team)).startswith("This channel already gets each new month.")


async def test_an_answer_that_takes_long_does_not_keep_slack_waiting(
    slack: LocalSlack, ana: User, team: Channel, start: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(time_limits, "WHOLE", 0.3)
    ready = asyncio.Event()
    slack.faults.delay_after(POST, ready)
    async with start() as bot:
        assert (await type_in(bot, "subscribe", ana, team)).startswith("I am setting this up.")
        ready.set()
        await eventually(lambda: all(call.status for call in slack.calls_of(POST)))

        async def subscribed() -> bool:
            return (await type_in(bot, "subscribe", ana, team)).startswith("This channel already gets each new month.")

        await until(subscribed)
    assert len(slack.posted(team)) == 1


async def test_the_latest_month_comes_at_the_press_of_a_button_once_however_many_press(
    slack: LocalSlack, ana: User, team: Channel, start: Callable[..., Any]
) -> None:
    bob = slack.add_user("bob")
    team.members.add(bob.id)
    async with start() as bot:
        await type_in(bot, "subscribe", ana, team)
        (confirmation,) = slack.posted(team)
        presses = await asyncio.gather(
            *(bot.say.press(confirmation, "Post the latest now", user=person) for person in (ana, bob, ana))
        )
        assert all(press.ok for press in presses)
        await slack.until(lambda: len(slack.posted(team)) == 4, seconds=PATIENCE)
        assert "November 2023" in parents(slack, team)[1].text
        late = await bot.say.press(confirmation, "Post the latest now", user=bob)
        assert late.ok
        told = [message.text for message in team.ephemeral if "latest" in message.text]
        assert sum("is on its way" in text for text in told) == 1
        assert sum("is already in this channel" in text for text in told) == 3
    assert len(slack.posted(team)) == 4


# Stopping


@pytest.mark.slow
async def test_after_unsubscribing_nothing_more_comes_and_subscribing_starts_with_what_comes_then(
    slack: LocalSlack, ana: User, team: Channel, library: Path, start: Callable[..., Any]
) -> None:
    async with start() as bot:
        assert (await type_in(bot, "unsubscribe", ana, team)).startswith("New months are not posted in this channel.")
        await type_in(bot, "subscribe", ana, team)
        assert (await type_in(bot, "unsubscribe", ana, team)).startswith("Stopped")
        assert (await type_in(bot, "unsubscribe", ana, team)).startswith("New months are not posted in this channel.")
        other = slack.add_channel("other", [ana])
        await type_in(bot, "subscribe", ana, other)
        add_month(library)
        await slack.until(lambda: len(slack.posted(other)) == 3, seconds=PATIENCE)
        assert len(slack.posted(team)) == 1
        assert (await type_in(bot, "subscribe", ana, team)).startswith("Done")
        add_month(library, "2024-02")
        await slack.until(lambda: len(slack.posted(team)) == 4 and len(slack.posted(other)) == 5, seconds=PATIENCE)
    assert [("February 2024" in each.text) for each in parents(slack, team)] == [False, False, True]


async def test_what_was_planned_and_not_sent_is_cancelled(
    slack: LocalSlack, ana: User, team: Channel, library: Path, tmp_path: Path, start: Callable[..., Any]
) -> None:
    async with start() as bot:
        await type_in(bot, "subscribe", ana, team)
        slack.faults.rate_limited(POST, 3600)
        add_month(library)
        await until(lambda: sql(tmp_path, "SELECT * FROM delivery WHERE error = 'ratelimited'"))
        assert (await type_in(bot, "unsubscribe", ana, team)).startswith("Stopped")
        await sql(tmp_path, "UPDATE delivery SET next_at = 0")
        states = await sql(tmp_path, "SELECT state FROM delivery WHERE kind = 'month'")
        assert set(states) == {("cancelled",)}
        await type_in(bot, "subscribe", ana, slack.add_channel("other", [ana]))
        add_month(library, "2024-02")
        await slack.until(lambda: any("February" in each.text for each in slack.posted()), seconds=PATIENCE)
        assert (await health(bot.url))[1]["deliveries_failed"] == []
    assert len(slack.posted(team)) == 1


# The default channel


async def test_only_curators_and_admins_change_the_default_channel(
    slack: LocalSlack,
    ana: User,
    team: Channel,
    library: Path,
    start: Callable[..., Any],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(curators, "NO_SCOPE", 0.0)  # else the granted scope is noticed after ten minutes
    curator, admin = slack.add_user("curator"), slack.add_user("admin")
    admin.is_admin = True
    second = slack.add_channel("second", [ana, curator, admin])
    async with start(PPRNET_CHANNEL=team.id, PPRNET_CURATORS=curator.id) as bot:
        await bot.idle()  # the channel that the settings name is set up
        assert "The person who installed PPRNet set it up" in await type_in(bot, "subscribe", ana, team)
        for person in (ana, admin):  # without `users:read` nobody can tell that one is an admin
            assert "only curators" in await type_in(bot, "unsubscribe", person, team)
            assert "only curators" in await type_in(bot, "default", person, second)
        assert (await type_in(bot, "default", curator, second)).startswith("Done: this is now the team's default")
        add_month(library)
        await slack.until(lambda: len(slack.posted(second)) == 3, seconds=PATIENCE)
        assert slack.posted(team) == []
        assert "only curators" in await type_in(bot, "unsubscribe", ana, second)
        slack.scopes.add("users:read")
        assert (await type_in(bot, "unsubscribe", admin, second)).startswith("Stopped")
        assert (await type_in(bot, "unsubscribe", ana, team)).startswith("New months are not posted in this channel.")
        add_month(library, "2024-02")
        await bot.idle()
    assert slack.posted(team) == []
    assert len(slack.posted(second)) == 3


async def test_the_operators_channel_that_a_curator_stopped_stays_stopped_until_somebody_subscribes_it(
    slack: LocalSlack, ana: User, team: Channel, library: Path, start: Callable[..., Any]
) -> None:
    async with start(PPRNET_CHANNEL=team.id, PPRNET_CURATORS=ana.id) as bot:
        assert (await type_in(bot, "unsubscribe", ana, team)).startswith("Stopped")
    add_month(library)
    async with start(PPRNET_CHANNEL=team.id, PPRNET_CURATORS=ana.id) as bot:
        await bot.idle()
        assert slack.posted(team) == []
        assert (await type_in(bot, "subscribe", ana, team)).startswith("Done")
        add_month(library, "2024-02")
        await slack.until(lambda: len(slack.posted(team)) == 3, seconds=PATIENCE)


# Pausing

LOSSES: dict[str, Callable[[LocalSlack, Channel], object]] = {
    "not_in_channel": lambda slack, channel: channel.members.discard(slack.bot_user_id),
    "is_archived": lambda slack, channel: setattr(channel, "archived", True),
}


@pytest.mark.parametrize("why", LOSSES)
async def test_a_channel_that_is_lost_is_paused_its_people_are_told_once_and_the_others_go_on(
    slack: LocalSlack, ana: User, team: Channel, library: Path, tmp_path: Path, start: Callable[..., Any], why: str
) -> None:
    curator = slack.add_user("curator")
    default, second = slack.add_channel("default"), slack.add_channel("second", [ana])
    async with start(PPRNET_CHANNEL=default.id, PPRNET_CURATORS=curator.id) as bot:
        for channel in (team, second):
            await type_in(bot, "subscribe", ana, channel)
        for channel in (team, default):
            LOSSES[why](slack, channel)
        add_month(library)
        await slack.until(lambda: len(slack.posted(second)) == 3, seconds=PATIENCE)
        for person, channel in ((ana, team), (curator, default)):
            await slack.until(lambda person=person: slack.posted(slack.open_dm(person)), seconds=PATIENCE)
            (told,) = slack.posted(slack.open_dm(person))
            assert told.text.startswith(f"I could not post the new month in <#{channel.id}>: ")
        states = await sql(tmp_path, "SELECT channel, state, paused_why FROM subscription ORDER BY channel")
        assert states == sorted([(team.id, "paused", why), (default.id, "paused", why), (second.id, "active", None)])
        # Its turn has come: Slack refuses again, and nobody is told again.
        await sql(tmp_path, "UPDATE delivery SET next_at = 0 WHERE state = 'planned'")
        before = len(slack.calls_of(POST))
        await slack.until(lambda: len(slack.calls_of(POST)) == before + 2, seconds=PATIENCE)
        grown = "SELECT channel FROM delivery WHERE state = 'planned' AND part = 0 AND next_at > changed_at + 1000"
        await until(lambda: both(sql(tmp_path, grown)))
        # And it is let in again: the month comes, and the subscription goes on by itself.
        team.members.add(slack.bot_user_id)
        team.archived = False
        await sql(tmp_path, f"UPDATE delivery SET next_at = 0 WHERE channel = '{team.id}' AND state = 'planned'")
        await slack.until(lambda: len(slack.posted(team)) == 3, seconds=PATIENCE)
        assert (await sql(tmp_path, f"SELECT state FROM subscription WHERE channel = '{team.id}'")) == [("active",)]
        assert [len(slack.posted(slack.open_dm(person))) for person in (ana, curator)] == [1, 1]


async def test_subscribing_a_paused_channel_again_posts_what_it_missed_at_once(
    slack: LocalSlack, ana: User, team: Channel, library: Path, tmp_path: Path, start: Callable[..., Any]
) -> None:
    async with start() as bot:
        await type_in(bot, "subscribe", ana, team)
        team.members.discard(slack.bot_user_id)
        add_month(library)
        await slack.until(lambda: slack.posted(slack.open_dm(ana)), seconds=PATIENCE)
        assert "paused: I am no longer in it" in await type_in(bot, "subscriptions", ana, team)
        assert "Type `/invite @PPRNet` here" in await type_in(bot, "subscribe", ana, team)
        team.members.add(slack.bot_user_id)
        assert (await type_in(bot, "subscribe", ana, team)).startswith("Done")
        await slack.until(lambda: len(slack.posted(team)) == 4, seconds=PATIENCE)
        assert "paused" not in await type_in(bot, "subscriptions", ana, team)


async def test_a_revoked_token_pauses_without_a_word_and_a_new_one_goes_on(
    slack: LocalSlack, ana: User, team: Channel, library: Path, tmp_path: Path, start: Callable[..., Any]
) -> None:
    async with start() as bot:
        await type_in(bot, "subscribe", ana, team)
        slack.token_state = "revoked"
        add_month(library)
        await slack.until(lambda: len(slack.calls_of(POST)) == 2, seconds=PATIENCE)
        await until(lambda: sql(tmp_path, "SELECT * FROM subscription WHERE paused_why = 'token_revoked'"))
        slack.token_state = "active"
        await sql(tmp_path, "UPDATE delivery SET next_at = 0 WHERE state = 'planned'")
        await slack.until(lambda: len(slack.posted(team)) == 3, seconds=PATIENCE)
    assert slack.posted(slack.open_dm(ana)) == []


async def press(bot: Bot, message: Message, label: str, user: User) -> None:
    """Press a button, the first with this label."""
    assert (await bot.say.press(message, label, user=user, nth=0)).ok

"""Journal clubs: shown first, planned once, announced in time, moved, cancelled; through the outer door."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy.engine import make_url

from bot.blocks.validation import problems
from bot.playground.slack import Channel, LocalSlack, Message, User, View, check_message, payloads
from tests.support.bot import TICK, Bot, running
from tests.support.database_file import sql
from tests.support.databases import Databases
from tests.support.questions import reply_to
from tests.support.requests import post_interaction
from tests.support.seen import shown_to
from tests.support.small_corpus import small_corpus

PATIENCE = 60
RUPTURE = "alliance-rupture-next-session"
TITLE = "An Alliance Rupture in One Session Leads to Greater Symptoms in the Next Session"
ALWAYS = {"PPRNET_TIMEZONE": "America/Toronto", "PPRNET_POST_HOUR": "9"}
TORONTO = ZoneInfo("America/Toronto")


class Time:
    """The bot's clock, which a test sets: a day and an hour in the team's zone."""

    def __init__(self) -> None:
        self.at = datetime(2026, 11, 22, 15, tzinfo=TORONTO)

    def __call__(self) -> datetime:
        return self.at.astimezone(UTC)

    def goes_to(self, day: int, month: int = 12, hour: int = 9) -> None:
        """It is this hour of a day in 2026."""
        self.at = datetime(2026, month, day, hour, 0, 5, tzinfo=TORONTO)


@pytest.fixture
def time() -> Time:
    """A Sunday afternoon in November 2026."""
    return Time()


@pytest.fixture
def ana(slack: LocalSlack) -> User:
    """Somebody on the team."""
    return slack.add_user("ana")


@pytest.fixture
def ben(slack: LocalSlack) -> User:
    """Somebody else."""
    return slack.add_user("ben")


@pytest.fixture
def team(slack: LocalSlack, ana: User, ben: User) -> Channel:
    """A channel with them and the bot in it."""
    return slack.add_channel("team", [ana, ben])


@pytest.fixture
def library(tmp_path: Path) -> Path:
    """A small corpus that a test may change."""
    return Path(small_corpus(tmp_path)["PPRNET_KNOWLEDGE"])


Start = Callable[..., Any]


@pytest.fixture
def start(slack: LocalSlack, tmp_path: Path, library: Path, time: Time) -> Start:
    """Runs the bot by the test's clock, with its database kept from one run to the next."""

    @asynccontextmanager
    async def begin(*, tick: float = TICK, **environ: str) -> AsyncIterator[Bot]:
        settings = {**ALWAYS, "PPRNET_KNOWLEDGE": str(library), **environ}
        async with running(slack, tmp_path, now=time, tick=tick, **settings) as bot:
            yield bot

    return begin


async def types(bot: Bot, text: str, user: User, channel: Channel) -> Message:
    """Type a command; what only the person sees."""
    answer = await bot.say.command(text, user=user, channel=channel)
    assert answer.ok, (answer.status, answer.error)
    assert answer.message
    assert answer.message.ephemeral_to == user.id
    assert check_message(answer.message.text, answer.message.blocks) == []
    return answer.message


async def plan(bot: Bot, user: User, channel: Channel, on: str = "3 December") -> Message:
    """Plan a club on the rupture study, to the end; the opening."""
    shown = await types(bot, f"journal-club {RUPTURE} on {on}", user, channel)
    before = len(bot.slack.posted(channel))
    await bot.say.press(shown, "Plan it")
    await bot.slack.until(lambda: len(bot.slack.posted(channel)) == before + 3, seconds=PATIENCE)
    return bot.slack.posted(channel)[before]


def thread(opening: Message, channel: Channel) -> list[str]:
    """What stands in a club's thread after the card and the questions."""
    return [message.visible_text for message in channel.thread(opening.ts)][2:]


async def says(bot: Bot, opening: Message, channel: Channel, *lines: str) -> None:
    """Wait until the thread says these, and nothing else, from its third message on."""
    await bot.slack.until(lambda: len(thread(opening, channel)) == len(lines), seconds=PATIENCE)
    for said, line in zip(thread(opening, channel), lines, strict=True):
        assert line in said, (line, said)


async def stays_silent(bot: Bot, channel: Channel) -> None:
    """Nothing comes of the clock's next look: the one that posts what a club planned elsewhere begins with."""
    before, user = len(bot.slack.posted(channel)), next(iter(channel.members - {bot.slack.bot_user_id}))
    person = bot.slack.users[user]
    elsewhere = bot.slack.add_channel(f"elsewhere-{len(bot.slack.channels)}", [person])
    await plan(bot, person, elsewhere, "20 December")
    assert len(bot.slack.posted(channel)) == before
    if bot.settings.database_url.startswith("sqlite"):
        unsent = "SELECT id FROM delivery WHERE kind = 'club' AND state = 'planned'"
        assert await sql(Path(make_url(bot.settings.database_url).database or "").parent, unsent) == []


def modal(bot: Bot, user: User) -> View:
    """The modal on top."""
    return bot.slack.modals[user.id][-1]


async def listed(bot: Bot, user: User, channel: Channel) -> Message:
    """The list of clubs."""
    return await types(bot, "journal-club", user, channel)


# From the command to the question after


async def test_a_club_is_shown_first_then_posted_reminded_of_and_asked_about(
    slack: LocalSlack, ana: User, ben: User, team: Channel, start: Start, time: Time
) -> None:
    async with start() as bot:
        assert "No journal club is planned in this channel." in (await listed(bot, ana, team)).visible_text
        shown = await types(bot, "journal-club alliance rupture in one session on 3 December", ana, team)
        assert shown.visible_text.startswith("*Journal club here on Thursday 3 December 2026?*")
        assert TITLE in shown.visible_text
        assert "reminders on Thursday 26 November 2026 and Wednesday 2 December 2026" in shown.visible_text
        assert slack.posted(team) == []
        await bot.say.press(shown, "Plan it", nth=0)
        assert "Planned for Thursday 3 December 2026." in shown.visible_text
        await slack.until(lambda: len(slack.posted(team)) == 3, seconds=PATIENCE)
        opening, card, asked = slack.posted(team)
        assert opening.visible_text.startswith(f"*Journal club on Thursday 3 December 2026*\n{TITLE}")
        assert f"Planned by <@{ana.id}>" in opening.visible_text
        assert card.thread_ts == asked.thread_ts == opening.ts
        assert not card.reply_broadcast
        assert "Practice implications" in card.visible_text
        assert "Citation" in card.visible_text
        assert asked.visible_text.startswith("*Five questions (process study)*\n1. Which moment or process")
        assert "\n5. What could we notice earlier" in asked.visible_text
        there = await listed(bot, ben, team)
        assert f"*Thursday 3 December 2026*\n{TITLE}\nPlanned by <@{ana.id}>" in there.visible_text

        time.goes_to(26, 11)
        await says(bot, opening, team, "*Journal club in a week*\nThursday 3 December 2026: An Alliance Rupture")
        assert slack.posted(team)[-1].reply_broadcast
        time.goes_to(2)
        await says(bot, opening, team, "in a week", "*Journal club tomorrow*")
        time.goes_to(3)
        await stays_silent(bot, team)
        time.goes_to(4)
        await says(
            bot, opening, team, "in a week", "tomorrow", "*What will we do differently?*\nThe journal club on Thursday 3"
        )
        await stays_silent(bot, team)
        assert "No journal club is planned in this channel." in (await listed(bot, ana, team)).visible_text
        for message in slack.posted(team):
            assert check_message(message.text, message.blocks) == []
            assert problems(message.blocks) == []


async def test_a_mention_in_a_clubs_thread_knows_its_study_after_a_restart_and_when_it_is_over_too(
    slack: LocalSlack, ana: User, ben: User, team: Channel, start: Start, time: Time
) -> None:
    async with start() as bot:
        opening = await plan(bot, ana, team)
    time.goes_to(10)
    async with start() as bot:
        await bot.idle()  # the club being over, it says so
        await bot.say.mention("more", channel=team, user=ben, thread_ts=opening.ts)
        more = slack.posted(team)[-1]
        assert more.thread_ts == opening.ts
        assert more.visible_text.startswith(f"*More like “{TITLE[:40]}")
        follow_ups = ("who took part", "does it matter", "in groups", "over video", "for men", "how often", "resistance")
        engine = bot.knowledge.engine
        text = next(t for t in follow_ups if reply_to(t, engine).content != reply_to(t, engine, about=RUPTURE).content)
        await bot.say.mention(text, channel=team, user=ben, thread_ts=opening.ts)
        inside = slack.posted(team)[-1]
        await bot.say.mention(text, channel=team, user=ben)
        assert inside.visible_text != slack.posted(team)[-1].visible_text
        elsewhere = slack.store(team, text="Lunch?", user=ben.id)
        await bot.say.mention("more", channel=team, user=ben, thread_ts=elsewhere.ts)
        assert team.seen_by(ben.id)[-1].text.startswith("More of what?")


async def test_the_thread_follows_its_opening_at_once_however_seldom_the_clock_looks(
    slack: LocalSlack, ana: User, team: Channel, start: Start
) -> None:
    async with start(tick=300.0) as bot:
        opening = await plan(bot, ana, team)
        assert len(team.thread(opening.ts)) == 2


async def test_without_a_day_a_form_asks_for_it(slack: LocalSlack, ana: User, team: Channel, start: Start) -> None:
    async with start() as bot:
        shown = await types(bot, "journal-club alliance rupture in one session", ana, team)
        assert "on which study, and on which day?" in shown.visible_text
        await bot.say.press(shown, "Choose the day", nth=0)
        form = modal(bot, ana)
        answer = await bot.say.submit(form, {"club_on": {"club_day": "2026-11-21"}})
        assert answer.errors == {"club_on": "Saturday 21 November 2026 is in the past. Please choose today or a later day."}
        answer = await bot.say.submit(form, {"club_on": {"club_day": "2028-11-21"}})
        assert "more than a year away" in answer.errors["club_on"]
        assert slack.posted(team) == []
        await bot.say.close(form, cleared=True)
        await bot.say.press(shown, "Choose the day", nth=0)
        await bot.say.submit(modal(bot, ana))  # two weeks ahead is offered
        assert "Planned for Sunday 6 December 2026." in modal(bot, ana).visible_text
        await slack.until(lambda: len(slack.posted(team)) == 3, seconds=PATIENCE)
        assert "Sunday 6 December 2026" in slack.posted(team)[0].visible_text


async def test_the_study_is_asked_for_and_words_that_find_nothing_plan_nothing(
    slack: LocalSlack, ana: User, team: Channel, start: Start
) -> None:
    async with start(PPRNET_CRISIS_LINE="Call the clinic's line: 555.") as bot:
        assert "Which study?" in (await types(bot, "journal-club on 3 Dec", ana, team)).visible_text
        assert "That can be 12 March or 3 December" in (await types(bot, "journal-club alliance on 12/3", ana, team)).text
        nothing = await types(bot, "journal-club appendix surgery on 3 Dec", ana, team)
        assert "I found nothing in the library on this." in nothing.visible_text
        danger = await types(bot, "journal-club my client is suicidal on 3 Dec", ana, team)
        assert danger.visible_text.startswith("Call the clinic's line: 555.")
        told = await types(
            bot, "journal-club alliance rupture in one session Tom Miller, 34, born 3.4.1990 on 2026-12-03", ana, team
        )
        assert "client details were left out" in told.visible_text
        assert "Thursday 3 December 2026?" in told.visible_text
        repaired = await types(bot, "journal-club aliance rupture on 3 Dec", ana, team)
        assert repaired.visible_text.startswith("Showing results for *alliance rupture*\n*Journal club here on Thursday")
        loose = await types(bot, "journal-club do older adults drop out of therapy on 3 Dec", ana, team)
        assert (
            "Nothing in the library answers these words directly; these are loosely related. Only you" in loose.visible_text
        )
        assert slack.posted(team) == []


async def test_a_choice_that_lay_for_long_is_looked_at_again(
    slack: LocalSlack, ana: User, team: Channel, start: Start, time: Time
) -> None:
    async with start() as bot:
        shown = await types(bot, f"journal-club {RUPTURE} on 24 November", ana, team)
        time.goes_to(25, 11)
        await bot.say.press(shown, "Plan it")
        assert shown_to(slack, ana.id)[-1].visible_text == (
            "Tuesday 24 November 2026 is in the past. Please choose today or a later day."
        )
        assert slack.posted(team) == []


@pytest.mark.parametrize("databases", ["postgresql"], indirect=True)
async def test_clicks_at_once_and_people_at_once_plan_it_once(
    slack: LocalSlack,
    ana: User,
    ben: User,
    team: Channel,
    start: Start,
    databases: Databases,
) -> None:
    async with start(PPRNET_DATABASE_URL=await databases.new()) as bot:
        clicks = []
        for user in (ana, ben):
            shown = await types(bot, f"journal-club {RUPTURE} on 3 December", user, team)
            [control] = bot.say.controls(shown)
            clicks += [payloads.message_actions(slack, shown, control.action, user) for _ in range(3)]
        answers = await asyncio.gather(*(post_interaction(bot, click) for click in clicks))
        assert all(answer.ok for answer in answers)
        await slack.until(lambda: len(slack.posted(team)) == 3, seconds=PATIENCE)
        await stays_silent(bot, team)
        told = [message.visible_text for user in (ana, ben) for message in shown_to(slack, user.id)]
        assert any("This is already planned here for Thursday 3 December 2026, by" in text for text in told)
        other_day = await types(bot, f"journal-club {RUPTURE} on 9 December", ben, team)
        await bot.say.press(other_day, "Plan it")
        assert "This is already planned here for Thursday 3 December 2026, by" in other_day.visible_text
        assert len(slack.posted(team)) == 3


async def test_where_the_bot_may_not_post_it_asks_for_the_invitation_and_plans_nothing(
    slack: LocalSlack, ana: User, start: Start, tmp_path: Path
) -> None:
    lonely = slack.add_channel("lonely", [ana], with_bot=False)
    async with start() as bot:
        shown = await types(bot, f"journal-club {RUPTURE} on 3 December", ana, lonely)
        await bot.say.press(shown, "Plan it")
        told = shown_to(slack, ana.id)[-1].visible_text
        assert told.startswith("I am not in this channel yet. Type `/invite @PPRNet` here")
        assert await sql(tmp_path, "SELECT * FROM club") == []
        lonely.members.add(slack.bot_user_id)
        await bot.say.press(shown, "Plan it")
        await slack.until(lambda: len(slack.posted(lonely)) == 3, seconds=PATIENCE)
        lonely.archived = True
        shown = await types(bot, "journal-club therapist effects on 3 December", ana, lonely)
        await bot.say.press(shown, "Plan it", nth=0)
        assert "archived" in shown_to(slack, ana.id)[-1].visible_text
        assert await sql(tmp_path, "SELECT count(*) FROM club") == [(1,)]


async def test_it_is_a_channels_and_chosen_in_private(slack: LocalSlack, ana: User, team: Channel, start: Start) -> None:
    async with start() as bot:
        told = await types(bot, f"journal-club {RUPTURE} on 3 December", ana, slack.open_dm(ana))
        assert "type that as a command in a channel: `/pprnet journal-club" in told.visible_text
        await bot.say.mention(f"<@{slack.bot_user_id}> journal-club alliance on 3 Dec", channel=team, user=ana)
        [reply] = slack.posted(team)
        assert "Please type that as a command here: `/pprnet journal-club alliance rupture on 3 Dec`." in reply.visible_text
        team.ext_shared = True
        await bot.say.mention(f"<@{slack.bot_user_id}> hello", channel=team, user=ana)  # the bot learns of it
        told = await types(bot, f"journal-club {RUPTURE} on 3 December", ana, team)
        assert "shared with another organisation" in told.visible_text
        assert len(slack.posted(team)) == 1

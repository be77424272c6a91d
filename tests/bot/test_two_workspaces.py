"""Everything that can be used, used in one of two workspaces with the same ids: the other sees nothing of it."""

from __future__ import annotations

import asyncio
import json
import shutil
from datetime import UTC, datetime
from pathlib import Path

import aiohttp
import pytest
from sqlalchemy import select

from bot.playground.slack import Channel, LocalSlack, User
from bot.slack import routing
from bot.store.tables import metadata
from tests.bot.test_health import get
from tests.bot.test_metrics import scrape
from tests.support.bot import Bot
from tests.support.databases import Databases, opened
from tests.support.idle import NEVER
from tests.support.many import OTHER, ManyBot, running_many
from tests.support.month_posting import add_month, until_subscribed
from tests.support.payloads import collect
from tests.support.seen import everything_of_the_bot
from tests.support.small_corpus import small_corpus

QUESTION = "alliance rupture in one session"
NOON = datetime(2024, 3, 6, 12, 0, tzinfo=UTC)


async def rows(url: str, part: str | None = None) -> dict[str, list[str]]:
    """Every row of every table at home, or in a part of the database."""
    async with opened(url) as whole:
        found = await whole.existing_part(part) if part else whole
        assert found
        async with found.begin() as connection:
            every = {table.name: await connection.execute(select(table)) for table in metadata.sorted_tables}
            stored = {name: sorted(str(tuple(row)) for row in result) for name, result in every.items()}
        if part:
            await found.close()
        return stored


def files(folder: Path) -> dict[str, bytes]:
    """What is in the library's files."""
    return {str(path): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}


async def of_home(many: ManyBot, knowledge: Path) -> tuple[object, ...]:
    """All that there is of the home workspace: its rows, what it was sent, its library, its messages in the metrics."""
    _, numbers = await scrape(many.bot)
    counted = {name: value for name, value in numbers.items() if name[0] in ("pprnet_deliveries", "pprnet_drafts_waiting")}
    return await rows(many.environ["PPRNET_DATABASE_URL"]), everything_of_the_bot(many.home), files(knowledge), counted


def people(slack: LocalSlack) -> tuple[User, Channel]:
    """Someone, and a channel: the same in each Slack."""
    ana = slack.add_user("ana")
    return ana, slack.add_channel("team", [ana])


async def use(bot: Bot, person: User, channel: Channel) -> None:
    """Do what leaves something stored."""
    answer = await bot.say.command(QUESTION, user=person, channel=channel)
    if any(control.label == "Save" for control in bot.say.controls(answer.message)):  # it may be saved already
        await bot.say.press(answer.message, "Save", user=person)
    for words in ("follow alliance", "subscribe", f"journal-club {QUESTION} on 2030-01-08"):
        assert (await bot.say.command(words, user=person, channel=channel)).ok


@pytest.mark.slow
@pytest.mark.parametrize(("databases", "socket"), [("sqlite", False), ("postgresql", True)], indirect=["databases"])
async def test_what_is_done_in_one_leaves_no_trace_in_the_other(
    slack: LocalSlack, tmp_path: Path, databases: Databases, socket: bool, caplog: pytest.LogCaptureFixture
) -> None:
    url = await databases.new()
    small = small_corpus(tmp_path)
    knowledge = Path(small["PPRNET_KNOWLEDGE"])
    environ = {**small, "PPRNET_CURATORS": "U0000000001", "PPRNET_DATABASE_URL": url}
    async with running_many(slack, tmp_path, socket=socket, tick=NEVER, **environ) as many:
        assert (await many.join(await many.link()))[0] == 200
        await many.served()
        ana, team = people(many.home)
        ben, clinic = people(many.other)
        assert (ana.id, team.id) == (ben.id, clinic.id)
        await many.bot.idle()

        before = await of_home(many, knowledge)
        sent = await collect(many.elsewhere, ben, clinic, QUESTION)
        assert len(sent) > 100
        await use(many.elsewhere, ben, clinic)
        await many.bot.idle()
        assert await of_home(many, knowledge) == before
        used = await rows(url, OTHER.lower())
        for table in ("saved", "follow", "subscription", "club", "claim", "thread", "delivery"):
            assert used[table], table  # else nothing was tried

        nothing = {
            "saved": "You haven't saved anything",
            "following": "You don't follow",
            "subscriptions": "not posted in any channel",
            "forget me": "I have nothing stored",
        }
        for words, said in nothing.items():
            answer = await many.bot.say.command(words, user=ana, channel=team)
            assert said in answer.message.visible_text, answer.message.visible_text
        assert (await many.bot.say.home_opened(ana)).ok
        shown = many.home.home(ana)
        assert shown
        assert "Nothing yet. Press Save" in shown.visible_text.replace("*", "")

        before_elsewhere = used, everything_of_the_bot(many.other)
        await use(many.bot, ana, team)
        answer = await many.bot.say.command("forget me", user=ana, channel=team)
        await many.bot.say.press(answer.message, "Delete it all", user=ana)
        await many.bot.idle()
        assert not (await rows(url))["saved"]
        now = await rows(url, OTHER.lower())
        assert {name: set(found) for name, found in now.items()} == {name: set(found) for name, found in used.items()}
        assert everything_of_the_bot(many.other) == before_elsewhere[1]
        page, _ = await scrape(many.bot)
        _, health = await get(many.bot.url, "health")
        assert OTHER not in page + json.dumps(health)
    assert QUESTION not in caplog.text


@pytest.mark.slow
async def test_a_new_month_goes_once_to_each_workspaces_own_channel(slack: LocalSlack, tmp_path: Path, newest: Path) -> None:
    knowledge = Path(shutil.copytree(newest, tmp_path / "knowledge"))
    ana, team = people(slack)
    environ = {"PPRNET_KNOWLEDGE": str(knowledge), "PPRNET_CHANNEL": team.id}
    async with running_many(slack, tmp_path, now=lambda: NOON, **environ) as many:
        await many.join(await many.link())
        _, clinic = people(many.other)
        late = many.other.add_channel("late")
        await many.set_up(channel=late.id, zone="UTC", post_hour="0")
        own = tmp_path / "pprnet-workspaces" / f"{OTHER.lower()}.db"
        await until_subscribed(f"sqlite:///{own}")
        await until_subscribed(f"sqlite:///{tmp_path}/pprnet.db")
        add_month(knowledge, "2024-01")
        await slack.until(lambda: len(slack.posted()) == 2)
        await many.other.until(lambda: len(many.other.posted()) == 2)
        await many.bot.idle()
    assert {message.channel for message in slack.posted()} == {team.id}
    assert {message.channel for message in many.other.posted()} == {late.id}
    assert clinic.id == team.id
    assert (len(slack.posted()), len(many.other.posted())) == (2, 2)
    assert ana


async def test_one_whose_slack_is_slow_or_says_wait_holds_up_nobody(
    slack: LocalSlack, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(routing, "MOST_AT_ONCE", 3)
    async with running_many(slack, tmp_path, **small_corpus(tmp_path)) as many:
        await many.join(await many.link())
        await many.served()
        ana, team = people(many.home)
        ben, clinic = people(many.other)
        goes_on = asyncio.Event()
        many.other.faults.delay_after("chat.postMessage", goes_on, times=3)
        slow = [asyncio.create_task(many.say.mention(QUESTION, user=ben, channel=clinic)) for _ in range(3)]
        await many.other.until(lambda: len(many.other.posted(clinic)) == 3)
        assert (await many.say.mention(QUESTION, user=ben, channel=clinic)).status == 503  # it has its share
        assert (await many.bot.say.command(QUESTION, user=ana, channel=team)).ok
        goes_on.set()
        assert all(answer.ok for answer in await asyncio.gather(*slow))

        many.other.faults.rate_limited("chat.postMessage", 3600)
        assert (await many.say.mention(QUESTION, user=ben, channel=clinic)).status == 503
        assert (await many.bot.say.mention(QUESTION, user=ana, channel=team)).ok
        assert len(many.home.posted(team)) == 1
        many.other.token_state = "revoked"
        await many.say.mention(QUESTION, user=ben, channel=clinic)
        assert (await many.bot.say.mention(QUESTION, user=ana, channel=team)).ok
        async with aiohttp.ClientSession() as session, session.get(f"{many.bot.url}/ready") as answer:
            assert answer.status == 200

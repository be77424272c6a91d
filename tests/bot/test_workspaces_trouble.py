"""Trouble in a workspace that joined: monitoring counts it and names nobody, the others notice nothing of it."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import pytest

from bot.playground.slack import LocalSlack
from bot.store.database import Database
from bot.store.workspaces import Workspaces
from bot.workspaces.sealing import Keys
from bot.workspaces.tokens import sealed
from tests.bot.test_health import get, until
from tests.bot.test_metrics import scrape
from tests.support.bot import running
from tests.support.idle import PATIENCE
from tests.support.many import KEY, OTHER, ManyBot, running_many
from tests.support.small_corpus import small_corpus

QUESTION = "alliance rupture in one session"


async def answers(many: ManyBot) -> bool:
    """Whether the home workspace is answered."""
    answer = await many.bot.say.command(QUESTION, user=many.home.add_user("ana"))
    return "Practice implications" in answer.message.visible_text


async def counted(many: ManyBot, what: str, number: int) -> dict[str, Any]:
    """Wait until monitoring counts so many; its answer."""
    async with asyncio.timeout(PATIENCE):
        while True:
            _, found = await get(many.bot.url, "health")
            if found["workspaces"][what] == number:
                return found
            await asyncio.sleep(0.05)


async def test_trouble_of_one_is_counted_and_disturbs_nobody(slack: LocalSlack, tmp_path: Path) -> None:
    async with running_many(slack, tmp_path, **small_corpus(tmp_path)) as many:
        await many.join(await many.link())
        await many.served()
        ben, clinic = many.other.add_user("ben"), many.other.add_channel("clinic")
        well = await until(many.bot.url, "health", 200)
        assert (well["workspaces"]["served"], well["workspaces"]["not_served"]) == (1, 0)

        many.other.faults.error("chat.postMessage", "no_text", times=9)
        assert (await many.say.command("subscribe", user=ben, channel=clinic)).ok
        found = await counted(many, "messages_failed_lately", 1)
        assert (found["status"], found["deliveries_failed"]) == ("ok", [])

        many.other.faults.clear()
        many.other.token_state = "revoked"
        await many.say.mention(QUESTION, user=ben, channel=clinic)  # Slack says so, and no event comes
        found = await counted(many, "removed_the_app", 1)
        assert OTHER not in str(found)
        await many.served()
        _, numbers = await scrape(many.bot)
        assert numbers["pprnet_workspaces", "removed_the_app"] == 1
        assert numbers["pprnet_workspaces", "served"] == 0
        assert (await many.say.command("saved", user=ben, channel=clinic)).status == 403
        assert await answers(many)
        await until(many.bot.url, "health", 200)


async def test_one_that_is_not_served_since_the_setting_was_forgotten_is_trouble(
    slack: LocalSlack, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    said = "1 workspace has joined, but PPRNET_WORKSPACES is not on: it is not served"
    async with running_many(slack, tmp_path, **small_corpus(tmp_path)) as many:
        await many.join(await many.link())
        await many.served()
        await until(many.bot.url, "health", 200)
    assert said not in caplog.text
    async with running(slack, tmp_path, **small_corpus(tmp_path)) as bot:
        found = await until(bot.url, "health", 503, said)
        assert OTHER not in str(found)
        await until(bot.url, "ready", 200)
    assert said in caplog.text


async def test_one_whose_token_no_key_opens_is_said_in_a_sentence(
    slack: LocalSlack, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    async with running_many(slack, tmp_path, **small_corpus(tmp_path)) as many:
        await many.join(await many.link())
        await many.served()
    async with running_many(slack, tmp_path, PPRNET_SECRET_KEY="6" * 64, **small_corpus(tmp_path)) as many:
        await until(many.bot.url, "health", 503, "1 cannot be served")
    [line] = [each for each in caplog.messages if OTHER in each and "reference=" in each]
    said = (
        f"serving workspace {OTHER} failed: a token was sealed with another secret key: give that one too, after the "
        "new one and a comma; it will be tried again: reference="
    )
    assert line.startswith(said)


async def test_one_that_another_replica_let_in_is_asked_to_come_again_until_it_is_served(
    slack: LocalSlack, tmp_path: Path
) -> None:
    async with running_many(slack, tmp_path, tick=3600.0, **small_corpus(tmp_path)) as many:
        ben, clinic = many.other.add_user("ben"), many.other.add_channel("clinic")
        assert (await many.say.command("saved", user=ben, channel=clinic)).status == 403  # nobody knows it
        database = await Database.open(many.bot.settings.database_url)
        who = {"user_id": many.other.bot_user_id, "bot_id": None, "enterprise_id": None}
        token = sealed(Keys(KEY), OTHER, many.other.token)
        await Workspaces(database).join(OTHER, "Clinic", token, **who, settings={})  # type: ignore[arg-type]
        await database.close()
        answer = await many.say.mention(QUESTION, user=ben, channel=clinic)
        assert answer.status == 503
        async with asyncio.timeout(PATIENCE):
            while not (await many.say.mention(QUESTION, user=ben, channel=clinic)).ok:  # noqa: ASYNC110
                await asyncio.sleep(0.05)
        assert len(many.other.posted(clinic)) == 1

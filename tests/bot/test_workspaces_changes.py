"""What an operator changes while a bot for many workspaces runs: one is removed, the secret key is replaced."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import pytest

from bot.cli.main import main
from bot.playground.slack import LocalSlack
from bot.store.database import Database
from bot.store.workspaces import Workspaces
from tests.bot.test_health import get
from tests.store.test_workspaces import left_long_ago
from tests.support.databases import Databases
from tests.support.idle import PATIENCE
from tests.support.many import KEY, OTHER, ManyBot, running_many
from tests.support.small_corpus import small_corpus

QUESTION = "alliance rupture in one session"
NEW = "6" * 64


async def left_of(many: ManyBot) -> tuple[object, object]:
    """What there is of the other workspace: its row, and its part of the database."""
    database = await Database.open(many.bot.settings.database_url)
    try:
        part = await database.existing_part(OTHER.lower())
        if part:
            await part.close()
        return await Workspaces(database).get(OTHER), part
    finally:
        await database.close()


async def remove(many: ManyBot, monkeypatch: pytest.MonkeyPatch) -> None:
    """Remove the other workspace, as an operator does."""
    for name, value in many.environ.items():
        monkeypatch.setenv(name, value)
    assert await asyncio.to_thread(main, ["workspaces", "remove", OTHER]) == 0


@pytest.mark.slow
async def test_nothing_of_one_that_is_removed_comes_back(
    slack: LocalSlack,
    tmp_path: Path,
    databases: Databases,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level("INFO")
    environ = {**small_corpus(tmp_path), "PPRNET_DATABASE_URL": await databases.new()}
    async with running_many(slack, tmp_path, tick=3600.0, **environ) as many:
        await many.join(await many.link())
        await many.served()
        ana, ben, clinic = many.home.add_user("ana"), many.other.add_user("ben"), many.other.add_channel("clinic")
        assert (await many.say.command("follow alliance", user=ben, channel=clinic)).ok
        # The bot goes on writing for it while it is removed.
        writing = [asyncio.create_task(many.say.command(QUESTION, user=ben, channel=clinic)) for _ in range(20)]
        await asyncio.gather(remove(many, monkeypatch), *writing)
        await many.say.command("follow outcomes", user=ben, channel=clinic)
        await many.served()
        assert await left_of(many) == (None, None)
        assert (await many.say.command("saved", user=ben, channel=clinic)).status == 403
        # And it is removed while the bot is about to open it.
        whole, reached, goes_on = Database.part, asyncio.Event(), asyncio.Event()

        async def waits(database: Database, name: str) -> Database:
            reached.set()
            await goes_on.wait()
            return await whole(database, name)

        monkeypatch.setattr(Database, "part", waits)
        await many.join(await many.link())
        await reached.wait()
        monkeypatch.setattr(Database, "part", whole)
        await remove(many, monkeypatch)
        goes_on.set()
        await many.served()
        await many.served()
        assert await left_of(many) == (None, None)
        assert (await many.bot.say.command(QUESTION, user=ana)).ok
        # One that removed the app a day ago is erased by the bot itself, and each step is in the log.
        await many.join(await many.link())
        await many.served()
        assert (await many.say.command("follow alliance", user=ben, channel=clinic)).ok
        assert (await many.say.event({"type": "app_uninstalled"})).ok
        assert (await many.say.event({"type": "app_uninstalled"})).status in (200, 403)  # whether it is served still or not
        await many.served()
        row, part = await left_of(many)
        assert row
        assert part
        database = await Database.open(many.bot.settings.database_url)
        await left_long_ago(database, OTHER)
        await database.close()
        async with asyncio.timeout(PATIENCE):
            while await left_of(many) != (None, None):
                await many.served()
    assert f"workspace {OTHER} removed the app: its token was deleted, its data follow in 24 hours" in caplog.text
    assert f"workspace {OTHER} left a day ago: its data were deleted" in caplog.text


@pytest.mark.slow
async def test_the_key_is_replaced_without_a_workspace_noticing(slack: LocalSlack, tmp_path: Path) -> None:
    async def answered(many: ManyBot) -> bool:
        person = many.other.add_user("someone")
        answer = await many.say.command(QUESTION, user=person)
        return answer.ok and "Practice implications" in answer.message.visible_text

    def bot(key: str) -> Any:
        return running_many(slack, tmp_path, slack=other, **{**small_corpus(tmp_path), "PPRNET_SECRET_KEY": key})

    async with LocalSlack(team_id=OTHER, team_domain="other-clinic") as other:
        async with bot(KEY) as many:
            await many.join(await many.link())
            await many.served()
            assert await answered(many)
        async with bot(f"{NEW},{KEY}") as many:
            assert await answered(many)
        async with bot(NEW) as many:
            assert await answered(many)
        async with bot(KEY) as many:  # the old one opens nothing now: counted, tried again, and nobody else notices
            _, found = await get(many.bot.url, "health")
            assert (found["workspaces"]["served"], found["workspaces"]["not_served"]) == (0, 1)
            assert (await many.say.command(QUESTION, user=other.add_user("someone"))).status == 503
            assert (await many.bot.say.command(QUESTION, user=slack.add_user("ana"))).ok

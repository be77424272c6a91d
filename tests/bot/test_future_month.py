"""A month in the future, by a slip of the pen: it is refused, and what was noted of one hides no month that really comes."""

from __future__ import annotations

import asyncio
import shutil
from pathlib import Path

import pytest
from sqlalchemy import text

from bot.corpus.faults import CorpusError
from bot.paths import default_root
from bot.playground.slack import LocalSlack
from bot.store.database import Database
from tests.support.bot import running
from tests.support.databases import Databases, opened
from tests.support.idle import PATIENCE, eventually
from tests.support.small_corpus import small_corpus

SLIP = "2032-12"


async def noted_in(database: Database) -> set[str]:
    """The months after which channels and followers get new ones."""
    async with database.begin() as connection:
        both = text("SELECT after_month FROM subscription UNION SELECT after_month FROM follow")
        return set((await connection.execute(both)).scalars())


async def test_what_was_noted_up_to_a_month_in_the_future_comes_back(
    databases: Databases, slack: LocalSlack, tmp_path: Path
) -> None:
    reader = slack.add_user("ana")
    channel = slack.add_channel("team", (reader,))
    address = await databases.new()
    settings = {**small_corpus(tmp_path), "PPRNET_DATABASE_URL": address}
    settings |= {"PPRNET_CHANNEL": channel.id, "PPRNET_POST_HOUR": "0"}
    async with running(slack, tmp_path, **settings) as bot:
        await bot.say.command("follow empathy", user=reader)

    def told() -> list[str]:
        return [message.visible_text for message in slack.open_dm(reader).messages if message.bot_id]

    async with opened(address) as database, database.begin() as connection:  # as an earlier version noted it at the set-up
        await connection.execute(text("UPDATE subscription SET after_month = :month"), {"month": SLIP})
        noted = await connection.execute(text("UPDATE follow SET after_month = :month"), {"month": SLIP})
        assert noted.rowcount == 1
    async with running(slack, tmp_path, **settings):
        async with asyncio.timeout(PATIENCE), opened(address) as database:
            while SLIP in await noted_in(database):  # noqa: ASYNC110
                await asyncio.sleep(0.02)
        issues = Path(settings["PPRNET_KNOWLEDGE"]) / "issues"
        await asyncio.to_thread(shutil.copy, default_root() / "issues" / "2023-12.yaml", issues)
        await eventually(lambda: len(channel.messages) == 2 and any("mpathy" in said for said in told()))
        assert "December 2023" in channel.messages[0].visible_text


async def test_the_bot_does_not_start_on_a_library_with_a_month_in_the_future(slack: LocalSlack, tmp_path: Path) -> None:
    settings = small_corpus(tmp_path)
    issues = Path(settings["PPRNET_KNOWLEDGE"]) / "issues"
    slip = (default_root() / "issues" / "2023-12.yaml").read_text("utf-8").replace("2023-12", SLIP)
    (issues / f"{SLIP}.yaml").write_text(slip, "utf-8")
    with pytest.raises(CorpusError) as refused:
        async with running(slack, tmp_path, **settings):
            pass
    assert any("is in the future" in str(fault) for fault in refused.value.faults)

"""A database that is locked, silent or gone: questions are answered all the same, the rest is declined kindly and in time,
and all is done again when the database is back.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager
from pathlib import Path

import asyncpg
import pytest

from bot.blocks import notes
from bot.playground.slack import LocalSlack
from bot.server import health as health_page
from bot.store import database, waiting
from tests.support.bot import Bot, running
from tests.support.database_file import locked
from tests.support.postgresql import PostgreSQL
from tests.support.proxy import Proxy
from tests.support.requests import health
from tests.support.seen import shown_to
from tests.support.small_corpus import small_corpus
from tests.support.unhurried import LONG

QUESTION = "alliance rupture in one session"
CARD = "Practice implications"


@asynccontextmanager
async def tables_locked(url: str) -> AsyncIterator[None]:
    """Every table locked by another client of PostgreSQL."""
    connection = await asyncpg.connect(url)
    try:
        names = await connection.fetch("SELECT tablename FROM pg_tables WHERE schemaname = current_schema()")
        async with connection.transaction():
            for (name,) in names:
                await connection.execute(f'LOCK TABLE "{name}" IN ACCESS EXCLUSIVE MODE')
            yield
    finally:
        await connection.close()


@asynccontextmanager
async def out_of_reach(proxy: Proxy, *, silent: bool) -> AsyncIterator[None]:
    """A server that has fallen silent, or takes no connection."""
    await (proxy.fall_silent() if silent else proxy.refuse())
    yield
    await proxy.recover()


@contextmanager
def short_waits() -> Iterator[None]:
    """Let an answer and /health wait shorter than in life for a database that is out of reach."""
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(waiting, "ANSWER", 0.3)
        patched.setattr(health_page, "PATIENCE", 0.3)
        yield


@pytest.fixture(autouse=True)
def short_time_outs(monkeypatch: pytest.MonkeyPatch) -> None:
    """Give a silent server up sooner than in life."""
    monkeypatch.setattr(database, "CONNECT_TIMEOUT", 2.0)
    monkeypatch.setattr(database, "COMMAND_TIMEOUT", 3.0)


async def use_all(bot: Bot) -> None:
    """Use what needs the database, and what does not, while it cannot be used."""
    slack, say = bot.slack, bot.say
    ana = slack.add_user("ana")
    team = slack.add_channel("team", [ana])
    answer = await say.command(QUESTION, user=ana, channel=team)
    assert CARD in answer.message.visible_text
    for words in ("saved", "follow alliance"):
        declined = await say.command(words, user=ana, channel=team)
        assert declined.message.visible_text == notes.NOT_NOW, words
    mentioned = await say.mention(QUESTION, channel=team, user=ana)
    assert mentioned.status == 200
    [reply] = slack.posted(team)
    assert CARD in reply.visible_text
    await say.redeliver(mentioned)
    assert slack.posted(team) == [reply]
    more = await say.mention("more", channel=team, user=ana, thread_ts=reply.thread_ts)
    assert more.status == 200
    assert slack.posted(team)[-1].visible_text == notes.NOT_NOW
    saved = await say.press(answer.message, "Save", user=ana)
    assert saved.status == 200
    assert shown_to(slack, ana.id)[-1].visible_text == notes.NOT_NOW
    await say.home_opened(ana)
    assert slack.home(ana)
    status, found = await health(bot.url)
    assert (status, found["outside"]["database"]["state"]) == (503, "failing")


async def use_all_again(bot: Bot) -> None:
    """What was declined is done now, however long it takes."""
    ana = next(user for user in bot.slack.users.values() if user.name == "ana")
    team = bot.slack.channel_named("team")
    seen = len(bot.slack.posted(team))
    answer = await bot.say.command(QUESTION, user=ana, channel=team)
    await bot.say.press(answer.message, "Save", user=ana)
    assert "alliance" in (await bot.say.command("saved", user=ana, channel=team)).message.visible_text.lower()
    await bot.say.mention(QUESTION, channel=team, user=ana)
    assert len(bot.slack.posted(team)) == seen + 1
    async with asyncio.timeout(LONG):
        while (found := await health(bot.url))[0] != 200:  # noqa: ASYNC110
            await asyncio.sleep(0.05)
    assert found[1]["outside"]["database"]["state"] == "ok"


@pytest.mark.parametrize("socket", [False, True], ids=["HTTP", "Socket Mode"])
async def test_sqlite_locked_by_another_process(slack: LocalSlack, tmp_path: Path, socket: bool) -> None:
    async with running(slack, tmp_path, socket=socket, tick=60.0, **small_corpus(tmp_path)) as bot:
        async with locked(tmp_path):
            with short_waits():
                await use_all(bot)
        await use_all_again(bot)


@pytest.mark.parametrize("socket", [False, pytest.param(True, marks=pytest.mark.slow)], ids=["HTTP", "Socket Mode"])
@pytest.mark.parametrize("how", ["locked", "silent", "refusing"])
async def test_postgresql_out_of_reach(
    slack: LocalSlack, tmp_path: Path, postgresql: PostgreSQL, how: str, socket: bool
) -> None:
    url = await postgresql.new_database()
    async with AsyncExitStack() as open_:
        proxy = await open_.enter_async_context(Proxy("127.0.0.1", postgresql.port))
        behind = url.replace(f":{postgresql.port}/", f":{proxy.port}/")
        environ = {**small_corpus(tmp_path), "PPRNET_DATABASE_URL": behind}
        bot = await open_.enter_async_context(running(slack, tmp_path, socket=socket, tick=60.0, **environ))
        await bot.idle()  # its first pass has locks too
        async with tables_locked(url) if how == "locked" else out_of_reach(proxy, silent=how == "silent"):
            with short_waits():
                await use_all(bot)
        await use_all_again(bot)

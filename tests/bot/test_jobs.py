"""Background jobs that fail, seen through the outer door: the log, /health, and what comes after."""

from __future__ import annotations

import asyncio
import logging
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any

import asyncpg
import pytest

from bot.playground.slack import LocalSlack
from bot.store import database
from bot.store.database import Database
from bot.store.errors import StoreError
from tests.support.bot import Bot, running
from tests.support.database_file import sql
from tests.support.idle import PATIENCE, eventually
from tests.support.postgresql import PASSWORD, PostgreSQL
from tests.support.proxy import Proxy
from tests.support.requests import health
from tests.support.small_corpus import small_corpus

pytestmark = pytest.mark.asyncio


async def until_health(bot: Bot, status: int, said: str = "") -> dict[str, Any]:
    """Wait until /health has this status, with these words among its troubles; its answer."""
    async with asyncio.timeout(PATIENCE):
        while True:
            found, answer = await health(bot.url)
            if found == status and said in " | ".join(answer["troubles"]):
                return answer
            await asyncio.sleep(0.05)


async def test_a_job_that_keeps_failing_is_logged_counted_shown_and_recovers(
    slack: LocalSlack, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.INFO):
        async with running(slack, tmp_path, **small_corpus(tmp_path)) as bot:
            before = (await until_health(bot, 200))["jobs"]["posting"]
            await sql(tmp_path, "ALTER TABLE subscription RENAME TO elsewhere")
            answer = await until_health(bot, 503, "the job posting has failed")
            await sql(tmp_path, "ALTER TABLE elsewhere RENAME TO subscription")
            after = (await until_health(bot, 200))["jobs"]["posting"]
    assert before["reason"] is None
    failing = answer["jobs"]["posting"]
    assert failing["failures_in_a_row"] >= 3
    assert failing["reason"] == "the database failed (no such table: subscription)"
    assert answer["jobs"]["library"]["failures_in_a_row"] == 0
    assert after["failures_in_a_row"] == 0
    assert after["seconds_ago"] <= 30
    began = "scheduled job posting failed: the database failed (no such table: subscription); retrying in "
    lines = [line for line in caplog.messages if line.startswith(began)]
    assert len(lines) >= 3
    for line in lines:  # whatever asked for the table first
        assert "kind=OperationalError at sqlite_driver.py:" in line
        assert line.count("sqlite_driver.py:") == 1
        assert " < posting.py:" in line
    assert any(line.startswith("scheduled job posting works again after") for line in caplog.messages)


@pytest.mark.parametrize(("fault", "said"), [("silent", "timed out"), ("refusing", "connection refused")])
async def test_a_database_that_goes_away_is_noticed_and_the_bot_goes_on_when_it_is_back(
    slack: LocalSlack,
    tmp_path: Path,
    caplog: pytest.LogCaptureFixture,
    postgresql: PostgreSQL,
    monkeypatch: pytest.MonkeyPatch,
    fault: str,
    said: str,
) -> None:
    monkeypatch.setattr(database, "CONNECT_TIMEOUT", 0.5)
    monkeypatch.setattr(database, "COMMAND_TIMEOUT", 0.5)
    url = await postgresql.new_database()
    async with Proxy("127.0.0.1", postgresql.port) as proxy:
        behind = url.replace(f":{postgresql.port}/", f":{proxy.port}/")
        async with running(slack, tmp_path, **small_corpus(tmp_path), PPRNET_DATABASE_URL=behind) as bot:
            await until_health(bot, 200)
            await (proxy.fall_silent() if fault == "silent" else proxy.refuse())
            answer = await until_health(bot, 503, "the job posting has failed")
            await proxy.recover()
            await until_health(bot, 200)
    assert answer["jobs"]["posting"]["failures_in_a_row"] >= 3
    assert f"scheduled job posting failed: cannot reach the database ({said}); retrying in" in caplog.text


async def test_a_bot_started_before_its_database_can_be_reached_starts_when_it_can(
    slack: LocalSlack, tmp_path: Path, caplog: pytest.LogCaptureFixture, postgresql: PostgreSQL
) -> None:
    url = await postgresql.new_database()
    async with Proxy("127.0.0.1", postgresql.port) as proxy, AsyncExitStack() as open_:
        await proxy.refuse()
        behind = url.replace(f":{postgresql.port}/", f":{proxy.port}/")
        bot = running(slack, tmp_path, **small_corpus(tmp_path), PPRNET_DATABASE_URL=behind)
        starting = asyncio.create_task(open_.enter_async_context(bot))
        await eventually(lambda: "the database cannot be opened" in caplog.text and "next try in 1 s" in caplog.text)
        await proxy.recover()
        await until_health(await starting, 200)
    assert PASSWORD not in caplog.text


async def test_a_server_that_falls_silent_within_a_transaction_holds_up_nobody(
    postgresql: PostgreSQL, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(database, "COMMAND_TIMEOUT", 0.5)
    monkeypatch.setattr(database, "CONNECT_TIMEOUT", 0.5)
    url = "postgresql+asyncpg" + (await postgresql.new_database()).removeprefix("postgresql")
    async with Proxy("127.0.0.1", postgresql.port) as proxy:
        opened = await Database.open(url.replace(f":{postgresql.port}/", f":{proxy.port}/"))
        proxy.fall_silent_at(b"DELETE FROM claim")
        async with asyncio.timeout(PATIENCE):
            assert await opened.why_not_writable()
        await proxy.recover()
        assert await opened.why_not_writable() is None
        await opened.close()


async def test_a_database_in_another_encoding_is_refused_at_the_start(postgresql: PostgreSQL) -> None:
    connection = await asyncpg.connect(postgresql.url())
    await connection.execute("CREATE DATABASE latin ENCODING 'LATIN1' LC_COLLATE 'C' LC_CTYPE 'C' TEMPLATE template0")
    try:
        url = "postgresql+asyncpg" + postgresql.url().removeprefix("postgresql").removesuffix("postgres") + "latin"
        with pytest.raises(StoreError, match="encoding is LATIN1"):
            await Database.open(url)
    finally:
        await connection.execute("DROP DATABASE latin WITH (FORCE)")
        await connection.close()

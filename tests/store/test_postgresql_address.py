"""PostgreSQL's address as providers print it, what it refuses in a sentence, and a restart."""

from __future__ import annotations

import asyncio

import pytest
from sqlalchemy import text

from bot.settings import Settings
from bot.store.claims import Claim, Claims
from bot.store.database import Database
from bot.store.errors import StoreError
from tests.support.postgresql import PostgreSQL, until_it_answers


def url_on(server: PostgreSQL, **parts: str) -> str:
    """A URL of the server as the bot opens it."""
    return Settings.from_env({"PPRNET_DATABASE_URL": server.url(**parts)}).database_url


async def test_a_refused_postgresql_login_is_a_sentence_without_the_password(postgresql: PostgreSQL) -> None:
    with pytest.raises(StoreError, match=r"cannot be opened: .*authentication failed") as caught:
        await Database.open(url_on(postgresql, password="hunter2"))
    assert "hunter2" not in str(caught.value)


async def test_a_postgresql_server_that_is_not_there_is_a_sentence() -> None:
    url = Settings.from_env({"PPRNET_DATABASE_URL": "postgresql://bot:hunter2@127.0.0.1:1/bot"}).database_url
    with pytest.raises(StoreError, match="cannot be opened") as caught:
        await Database.open(url)
    assert "hunter2" not in str(caught.value)


@pytest.mark.parametrize("rest", ["bot:hunter2@host:port/bot", "bot:hunter2@127.0.0.1:1/bot?sslmode=require"])
async def test_a_postgresql_url_that_cannot_be_used_is_a_sentence_without_the_password(rest: str) -> None:
    with pytest.raises(StoreError) as caught:
        await Database.open(f"postgresql+asyncpg://{rest}")
    assert "hunter2" not in str(caught.value)


async def test_the_parameters_that_providers_print_in_a_url_are_understood(postgresql: PostgreSQL) -> None:
    url = Settings.from_env({"PPRNET_DATABASE_URL": await postgresql.new_database()}).database_url
    printed = "sslmode=prefer&channel_binding=prefer&connect_timeout=10&application_name=our+bot"
    opened = await Database.open(f"{url}{'&' if '?' in url else '?'}{printed}")
    async with opened.begin() as connection:
        assert (await connection.execute(text("SHOW application_name"))).scalar() == "our bot"
    await opened.close()


async def test_tls_that_a_url_asks_for_is_not_done_without(postgresql: PostgreSQL) -> None:
    url = Settings.from_env({"PPRNET_DATABASE_URL": await postgresql.new_database()}).database_url
    with pytest.raises(StoreError, match=r"cannot be opened: .*SSL"):
        await Database.open(f"{url}{'&' if '?' in url else '?'}sslmode=require")


async def test_a_parameter_that_nobody_knows_is_named() -> None:
    with pytest.raises(StoreError, match="does not know: sllmode"):
        await Database.open("postgresql+asyncpg://bot@127.0.0.1:1/bot?sllmode=require")


async def test_connections_that_a_postgresql_restart_broke_are_replaced(postgresql: PostgreSQL) -> None:
    url = Settings.from_env({"PPRNET_DATABASE_URL": await postgresql.new_database()}).database_url
    opened = await Database.open(url)
    assert await opened.why_not_writable() is None
    await asyncio.to_thread(postgresql.restart)
    await until_it_answers(postgresql)
    assert await Claims(opened).take("after") is Claim.OURS
    await opened.close()

"""Each workspace's own part of a database: same ids in two of them never meet, and one is erased without the other."""

from __future__ import annotations

import asyncio

import asyncpg
import pytest
from sqlalchemy import inspect, text
from sqlalchemy.engine import make_url

from bot.store.claims import Claim, Claims
from bot.store.database import Database
from bot.store.personal_data import PersonalData
from bot.store.saves import Saves
from tests.support.databases import Databases, opened
from tests.support.postgresql import PostgreSQL

TEAM, USER, SUMMARY = "T1", "U1", "alliance"
TABLES = "SELECT tablename FROM pg_tables WHERE schemaname = $1"
WAITING = "SELECT true FROM pg_stat_activity WHERE usename = $1 AND wait_event_type = 'Lock'"


async def saved_in(database: Database) -> int:
    """How many summaries one person of one team has saved."""
    return (await PersonalData(database).count(TEAM, USER)).saved


async def test_the_same_ids_in_two_parts_and_the_whole_never_meet(databases: Databases) -> None:
    address = await databases.new()
    async with opened(address) as whole:
        one, two = await whole.part("t1"), await whole.part("t2")
        assert await Saves(one).add(TEAM, USER, SUMMARY)
        assert [await saved_in(each) for each in (whole, one, two)] == [0, 1, 0]
        assert await Saves(two).add(TEAM, USER, SUMMARY)
        assert [await Claims(each).take("event") for each in (whole, one, two)] == [Claim.OURS] * 3
        assert await Claims(one).take("event") is Claim.BUSY
        assert (await PersonalData(one).erase(None, USER)).saved == 1
        assert [await saved_in(each) for each in (whole, one, two)] == [0, 0, 1]
        assert all([await each.why_not_writable() is None for each in (whole, one, two)])
        await asyncio.gather(one.close(), two.close())
    async with opened(address) as whole:  # what was stored is there again
        two = await whole.part("t2")
        assert await saved_in(two) == 1
        await two.close()


async def test_a_part_is_erased_alone(databases: Databases) -> None:
    async with opened(await databases.new()) as whole:
        for name in ("t1", "t2"):
            part = await whole.part(name)
            await Saves(part).add(TEAM, USER, SUMMARY)
            await part.close()
        assert await whole.erase_part("t1")
        assert not await whole.erase_part("t1")
        one, two = await whole.part("t1"), await whole.part("t2")
        assert [await saved_in(each) for each in (one, two)] == [0, 1]
        await asyncio.gather(one.close(), two.close())
        assert await Saves(whole).add(TEAM, USER, SUMMARY)


async def test_a_part_that_an_earlier_version_made_is_brought_forward(databases: Databases) -> None:
    async with opened(await databases.new()) as whole:
        part = await whole.part("t1")
        await Saves(part).add(TEAM, USER, SUMMARY)
        async with part.begin() as connection:
            schema = await connection.run_sync(lambda each: inspect(each).default_schema_name)
            before = f'"{schema}_t1".' if not part.is_sqlite else ""
            await connection.execute(text(f"DROP TABLE {before}suggestion_decision"))
            await connection.execute(text(f"UPDATE {before}alembic_version SET version_num = '0013'"))
        await part.close()
        part = await whole.part("t1")
        assert await saved_in(part) == 1
        async with part.begin() as connection:
            assert (await connection.execute(text(f"SELECT * FROM {before}suggestion_decision"))).all() == []
        await part.close()


@pytest.mark.parametrize("databases", ["sqlite"], indirect=True)
@pytest.mark.parametrize("name", ["", "../t1", "T1", 't1"; DROP', "t" * 25])
async def test_a_part_has_a_plain_name(databases: Databases, name: str) -> None:
    async with opened(await databases.new()) as whole:
        with pytest.raises(ValueError, match="letters and digits"):
            await whole.part(name)
        with pytest.raises(ValueError, match="letters and digits"):
            await whole.erase_part(name)


@pytest.mark.slow
@pytest.mark.parametrize("databases", ["postgresql"], indirect=True)
async def test_all_parts_share_the_connections_of_the_whole(databases: Databases) -> None:
    async with opened(await databases.new()) as whole:
        parts = [await whole.part(f"t{number:02}") for number in range(15)]
        await asyncio.gather(*(Saves(part).add(TEAM, USER, SUMMARY) for part in parts))
        async with whole.begin() as connection:
            count = text("SELECT count(*) FROM pg_stat_activity WHERE usename = current_user")
            assert (await connection.execute(count)).scalar_one() <= 10
        assert [await saved_in(part) for part in parts] == [1] * 15


@pytest.mark.slow
@pytest.mark.parametrize("databases", ["postgresql"], indirect=True)
async def test_one_that_is_in_use_is_erased_when_its_last_transaction_is_over(
    databases: Databases, postgresql: PostgreSQL
) -> None:
    address = await databases.new()
    role = make_url(address).username
    server = await asyncpg.connect(postgresql.url())
    await server.execute(f"ALTER ROLE {role} SET deadlock_timeout = '3s'")  # when the server looks whether two wait in vain
    async with opened(address) as whole:
        await (await whole.part("t1")).close()
        tables = [f"{role}_t1.{each['tablename']}" for each in await server.fetch(TABLES, f"{role}_t1")]
        async with server.transaction():
            await server.execute("SET LOCAL deadlock_timeout = '1h'")  # not this one's to find out
            await server.execute(f"LOCK TABLE {role}_t1.delivery IN ROW EXCLUSIVE MODE")
            erasing = asyncio.create_task(whole.erase_part("t1"))
            while not await server.fetchval(WAITING, role):  # noqa: ASYNC110  (another process tells nobody)
                await asyncio.sleep(0.01)
            for table in tables:  # the one who erases has locked some of them
                await server.execute(f"LOCK TABLE {table} IN ROW EXCLUSIVE MODE")
        assert await erasing
        assert await server.fetch(TABLES, f"{role}_t1") == []
    await server.close()

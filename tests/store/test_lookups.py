"""Reads that every answer makes: they wait for no writer, and what goes wrong for one does not concern another."""

from __future__ import annotations

import asyncio
import sqlite3
from pathlib import Path

import pytest
from sqlalchemy import bindparam, func, select

from bot.store.database import Database
from bot.store.lookups import Lookups
from bot.store.tables import saved

COUNT = select(func.count()).select_from(saved).where(saved.c.user == bindparam("by_user"))
VALUES = {"by_user": "U1"}


async def test_reads_at_once_see_what_is_committed_and_wait_for_no_writer(tmp_path: Path) -> None:
    database = await Database.open(f"sqlite:///{tmp_path / 'a.db'}")
    before = await asyncio.gather(*(database.rows(COUNT, VALUES) for _ in range(50)))
    async with database.begin() as connection:
        await connection.execute(saved.insert().values(team="T", user="U1", summary_id="x", saved_at=1.0))
        within = await database.rows(COUNT, VALUES)
    after = await database.rows(COUNT, VALUES)
    await database.close()
    assert (before, within, after) == ([[(0,)]] * 50, [(0,)], [(1,)])


async def test_reads_do_not_wait_behind_writers_that_hold_every_pooled_connection(tmp_path: Path) -> None:
    database = await Database.open(f"sqlite:///{tmp_path / 'a.db'}")

    async def write(number: int) -> None:
        async with database.begin() as connection:
            await connection.execute(saved.insert().values(team="T", user="U1", summary_id=f"{number}", saved_at=1.0))

    async with database.begin() as connection:
        await connection.execute(saved.insert().values(team="T", user="U1", summary_id="x", saved_at=1.0))
        writers = [asyncio.create_task(write(number)) for number in range(20)]
        await asyncio.sleep(0.1)  # until they have taken every connection of the pool; fewer would only make it easier
        assert await asyncio.wait_for(database.rows(COUNT, VALUES), 5) == [(0,)]
    await asyncio.gather(*writers)
    assert await database.rows(COUNT, VALUES) == [(21,)]
    await database.close()


async def test_a_read_that_fails_stops_no_other(tmp_path: Path) -> None:
    database = await Database.open(f"sqlite:///{tmp_path / 'a.db'}")
    found = await asyncio.gather(
        database.rows(COUNT, VALUES),
        database.rows(COUNT, {"by_user": "\udc80"}),  # no text that SQLite takes
        database.rows(COUNT, {"by_user": object()}),
        database.rows(COUNT, VALUES),
        return_exceptions=True,
    )
    assert [found[0], found[3]] == [[(0,)], [(0,)]]
    assert all(isinstance(failure, Exception) for failure in found[1:3])
    assert await database.rows(COUNT, VALUES) == [(0,)]
    await database.close()


def test_a_file_that_is_gone_is_not_made_anew(tmp_path: Path) -> None:
    lookups = Lookups(tmp_path / "gone.db")
    with pytest.raises(sqlite3.OperationalError):
        lookups.rows(COUNT, VALUES)
    assert not list(tmp_path.iterdir())
    lookups.close()
    with pytest.raises(sqlite3.OperationalError):
        lookups.rows(COUNT, VALUES)


async def test_nothing_is_read_once_the_database_is_closed(tmp_path: Path) -> None:
    database = await Database.open(f"sqlite:///{tmp_path / 'a.db'}")
    assert await database.rows(COUNT, VALUES) == [(0,)]
    await database.close()
    with pytest.raises(sqlite3.ProgrammingError):
        await database.rows(COUNT, VALUES)

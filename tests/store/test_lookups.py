"""Look-ups in SQLite made together in one thread: what goes wrong for one is no other's business."""

from __future__ import annotations

import asyncio
import sqlite3
from pathlib import Path

import pytest
from sqlalchemy import bindparam, func, select

from bot.store.database import BUSY_TIMEOUT, Database
from bot.store.lookups import Lookups
from bot.store.tables import saved

COUNT = select(func.count()).select_from(saved).where(saved.c.user == bindparam("by_user"))
VALUES = {"by_user": "U1"}


async def test_who_asks_at_once_is_answered_at_once_and_sees_what_is_committed(tmp_path: Path) -> None:
    database = await Database.open(f"sqlite:///{tmp_path / 'a.db'}")
    before = await asyncio.gather(*(database.rows(COUNT, VALUES) for _ in range(50)))
    async with database.begin() as connection:
        await connection.execute(saved.insert().values(team="T", user="U1", summary_id="x", saved_at=1.0))
        within = await database.rows(COUNT, VALUES)
    after = await database.rows(COUNT, VALUES)
    await database.close()
    assert (before, within, after) == ([[(0,)]] * 50, [(0,)], [(1,)])


async def test_a_look_up_that_fails_stops_no_other(tmp_path: Path) -> None:
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


async def test_who_gives_up_holds_nobody_up(tmp_path: Path) -> None:
    database = await Database.open(f"sqlite:///{tmp_path / 'a.db'}")
    waiting = [asyncio.create_task(database.rows(COUNT, VALUES)) for _ in range(3)]
    await asyncio.sleep(0)
    waiting[1].cancel()
    assert await waiting[0] == [(0,)]
    assert await waiting[2] == [(0,)]
    assert await database.rows(COUNT, VALUES) == [(0,)]
    await database.close()


async def test_a_file_that_is_gone_is_not_made_anew(tmp_path: Path) -> None:
    lookups = Lookups(str(tmp_path / "gone.db"), BUSY_TIMEOUT)
    with pytest.raises(sqlite3.OperationalError):
        await lookups.rows(COUNT, VALUES)
    assert not list(tmp_path.iterdir())  # noqa: ASYNC240
    await lookups.close()
    with pytest.raises(RuntimeError):
        await lookups.rows(COUNT, VALUES)

"""The file of a SQLite database: who may read it, what a copy of it has, and what happens when it is gone."""

from __future__ import annotations

import asyncio
import contextlib
import os
import shutil
import sqlite3
import threading
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import IntegrityError

from bot.settings import Settings
from bot.store.claims import Claims
from bot.store.database import Database
from bot.store.errors import StoreError
from bot.store.sqlite_driver import connect
from bot.store.sqlite_file import sign_of
from bot.store.tables import claims
from tests.support.databases import url_of


def rights_in(folder: Path) -> dict[str, str]:
    """Who may do what with the files of a folder, by name."""
    return {each.name: oct(each.stat().st_mode & 0o777) for each in folder.iterdir()}


def databases_in(folder: Path) -> list[str]:
    """The databases below a folder."""
    return [str(each.relative_to(folder)) for each in folder.rglob("*.db")]


def make_readable(file: Path) -> None:
    """Let others read a file."""
    file.chmod(0o644)


async def test_the_file_is_for_the_bot_s_user_alone_and_it_is_said_where_it_is_not(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    file = tmp_path / "pprnet.db"
    before = os.umask(0o022)
    try:
        opened = await Database.open(url_of(file))
    finally:
        os.umask(before)
    await Claims(opened).take("an event")
    assert rights_in(tmp_path) == {f"pprnet.db{end}": "0o600" for end in ("", "-wal", "-shm", ".made")}
    assert "others may read" not in caplog.text
    await opened.close()
    make_readable(file)
    await (await Database.open(url_of(file))).close()
    assert "others may read the database" in caplog.text
    assert f"(mode 644): chmod 600 {file}*" in caplog.text


async def test_a_copy_of_the_open_file_alone_has_what_was_there_at_the_last_checkpoint(tmp_path: Path) -> None:
    opened = await Database.open(url_of(tmp_path / "pprnet.db"))

    def copied() -> list[tuple[Any, ...]]:
        copy = shutil.copy(tmp_path / "pprnet.db", tmp_path / "copy.db")
        with contextlib.closing(sqlite3.connect(copy)) as connection:
            return connection.execute("SELECT key FROM claim").fetchall()

    assert copied() == [], "from the start on, it has the tables"
    await Claims(opened).take("an event")
    await opened.checkpoint()
    assert copied() == [("an event",)]
    await opened.close()


@pytest.mark.parametrize("name", ["what?", "100%41", "a#b", "two words", "über"])
async def test_a_folder_may_have_any_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    (tmp_path / name).mkdir()
    monkeypatch.chdir(tmp_path / name)
    opened = await Database.open(Settings.from_env({"PPRNET_DATABASE_URL": "sqlite:///pprnet.db"}).database_url)
    await Claims(opened).take("an event")
    await opened.close()
    assert databases_in(tmp_path) == [f"{name}/pprnet.db"]


async def test_a_question_mark_in_the_url_of_a_file_is_refused(tmp_path: Path) -> None:
    (tmp_path / "q?mark").mkdir()
    with pytest.raises(StoreError, match=r"has a \? in it"):
        await Database.open(url_of(tmp_path / "q?mark" / "pprnet.db"))
    assert databases_in(tmp_path) == []


async def test_no_new_database_takes_the_place_of_one_that_is_gone(tmp_path: Path) -> None:
    file = tmp_path / "pprnet.db"
    await (await Database.open(url_of(file))).close()
    file.unlink()
    for must_exist in (False, True):
        with pytest.raises(StoreError, match=r"pprnet\.db is gone: restore a backup .* delete .*pprnet\.db\.made"):
            await Database.open(url_of(file), must_exist=must_exist)
    assert not file.exists()
    sign_of(file).unlink()  # as it says
    whole = await Database.open(url_of(file))
    part = await whole.part("t1")
    await part.close()
    assert part.file
    part.file.path.unlink()
    with pytest.raises(StoreError, match=r"t1\.db is gone"):
        await whole.part("t1")
    await whole.erase_part("t1")
    await (await whole.part("t1")).close()
    await whole.close()


@pytest.mark.parametrize("replaced", [False, True])
async def test_a_file_that_is_deleted_or_replaced_is_not_gone_on_with(tmp_path: Path, replaced: bool) -> None:
    file = tmp_path / "pprnet.db"
    opened = await Database.open(url_of(file))
    noticed: list[bool] = []
    assert opened.file
    opened.file.on_lost = lambda: noticed.append(True)
    if replaced:
        shutil.copy(file, tmp_path / "copy.db")
        (tmp_path / "copy.db").replace(file)
    else:
        file.unlink()
    for _ in range(2):
        with pytest.raises(StoreError, match="deleted or replaced"):
            await Claims(opened).take("an event")
    with pytest.raises(StoreError, match="deleted or replaced"):
        await opened.rows(select(claims.c.key), {})
    assert await opened.why_not_writable()
    assert noticed == [True]
    await opened.close()
    assert file.exists() is replaced


async def test_a_statement_brings_all_its_rows_and_what_it_changed(tmp_path: Path) -> None:
    opened = await Database.open(url_of(tmp_path / "pprnet.db"))
    async with opened.begin() as connection:
        rows = [{"key": str(number)} for number in range(200)]
        made = "INSERT INTO claim (key, state, lease_until, created_at) VALUES (:key, 'new', 0, 0)"
        await connection.execute(text(made), rows)
        found = await connection.execute(text("SELECT key FROM claim ORDER BY created_at, rowid"))
        assert [row.key for row in found] == [row["key"] for row in rows]
        assert (await connection.execute(text("SELECT key FROM claim WHERE key = 'none'"))).all() == []
        assert (await connection.execute(text("UPDATE claim SET state = 'old' WHERE key < '1'"))).rowcount == 1
        returned = await connection.execute(text("DELETE FROM claim WHERE state = 'new' RETURNING key"))
        assert len(returned.all()) == 199
    with pytest.raises(IntegrityError):
        async with opened.begin() as connection:
            await connection.execute(text(made), [{"key": "0"}])
    async with opened.begin() as connection:  # the failure left neither a lock nor a transaction
        assert (await connection.execute(text("SELECT count(*) FROM claim"))).scalar_one() == 1
    await opened.close()


async def test_a_begin_that_was_given_up_on_the_way_leaves_no_transaction_open(tmp_path: Path) -> None:
    (tmp_path / "a.db").touch()
    connection, gate = await connect(tmp_path / "a.db", 1.0), threading.Event()
    busy = asyncio.ensure_future(connection._execute(gate.wait))  # type: ignore[no-untyped-call]
    begun = asyncio.ensure_future(connection.cursor().execute("BEGIN IMMEDIATE"))
    await asyncio.sleep(0)
    begun.cancel()
    rolled_back = asyncio.ensure_future(connection.rollback())
    await asyncio.sleep(0)
    gate.set()
    await asyncio.gather(busy, rolled_back)
    assert not connection.in_transaction
    await connection.close()

"""Databases of earlier versions move forward with their rows, whole or not at all, however many replicas start at once."""

from __future__ import annotations

import asyncio
import contextlib
import sqlite3
import sys
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import asyncpg
import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, text
from sqlalchemy.ext.asyncio import create_async_engine

from bot.outbox.delivery import Message
from bot.settings import Settings
from bot.store import subscriptions
from bot.store.claims import Claim, Claims
from bot.store.database import Database
from bot.store.errors import StoreError
from bot.store.migrate import FIRST, FOLDER, HEAD
from bot.store.migrations.versions.r0005_learning_log_into_saved import MOVE
from bot.store.tables import metadata
from tests.support import forked
from tests.support.databases import Databases
from tests.support.features import ledger_of, month_of

KILLED = -9
TEAM, CHANNEL = "T0LOCAL0001", "C0000000001"
FIRST_SCHEMA = (Path(__file__).parents[1] / "schemas" / "0001.sql").read_text("utf-8")
ROWS = """
INSERT INTO claim VALUES ('event:1', 'done', 1.5, 4e9);
INSERT INTO thread VALUES ('C1', '1.000001', 'alliance', 2.5);
INSERT INTO share VALUES ('s', 'C1', '1.000001', 'U1', 'alliance', 2.5);
INSERT INTO subscription VALUES ('T0LOCAL0001', 'C0000000001', '2023-06', 1700000000.25);
INSERT INTO delivery VALUES ('d0', '2023-11', 'T0LOCAL0001', 'C0000000001', 0, NULL, '{"text": "é"}', 'x', 'sent', 1, 1,
    1.0, 0.0, 1.0, 2.0, '1.000001', NULL, 'reply', 1.0, 2.0);
INSERT INTO delivery VALUES ('d1', '2023-11', 'T0LOCAL0001', 'C0000000001', 1, 'alliance', '{"text": "card"}', 'y',
    'planned', 0, 0, 1.0, 0.0, NULL, NULL, NULL, NULL, NULL, 1.0, 2.0);
INSERT INTO receipt VALUES ('d0', '1.000001', 'reply', 2.0, NULL);
INSERT INTO receipt VALUES ('d0', '2.000002', 'event', 2.0, 3.0);
"""
OPEN = """
import asyncio, os, signal, sys
from sqlalchemy import event
from sqlalchemy.engine import Engine
from bot.store.database import Database

left = int(sys.argv[2])

def count(*_):
    global left
    left -= 1
    if left == 0:
        os.kill(os.getpid(), signal.SIGKILL)

event.listen(Engine, "before_cursor_execute", count)
print("ready", flush=True)
sys.stdin.readline()
asyncio.run(Database.open(sys.argv[1]))
"""
"""Opens a database; dies before the n-th statement (0: never)."""

LOGGED = """
INSERT INTO learner VALUES ('T1', 'U1', 1.0);
INSERT INTO learned VALUES ('T1', 'U1', 'opened', 20.5, NULL, NULL, 21.0);
INSERT INTO learned VALUES ('T1', 'U1', 'opened and saved', 30.0, 31.0, NULL, 31.0);
INSERT INTO learned VALUES ('T1', 'U1', 'with a line', NULL, NULL, 'é', 50.0);
INSERT INTO learned VALUES ('T1', 'U1', 'saved', 40.0, 41.0, 'my line', 42.0);
INSERT INTO saved VALUES ('T1', 'U1', 'saved', 5.0);
INSERT INTO saved VALUES ('T1', 'U1', 'saved, log off', 6.0);
INSERT INTO saved VALUES ('T1', 'U2', 'saved', 7.0)
"""
"""What schema 0004 could hold of the learning log and of what was saved."""

Old = Callable[[], Awaitable[str]]


@pytest.fixture
async def old(databases: Databases) -> Old:
    """Makes databases as the first landed version left them, with rows in every table; gives their addresses."""

    async def make() -> str:
        url = await databases.new()
        if url.startswith("postgresql"):
            connection = await asyncpg.connect(url)
            await connection.execute(FIRST_SCHEMA + ROWS)
            await connection.close()
        else:
            with contextlib.closing(sqlite3.connect(url.removeprefix("sqlite:///"))) as opened:
                opened.executescript(FIRST_SCHEMA + ROWS)
        return Settings.from_env({"PPRNET_DATABASE_URL": url}).database_url

    return make


async def rows_of(database: Database) -> dict[str, list[dict[str, Any]]]:
    """Every row of the tables that the first version had."""
    async with database.begin() as connection:
        return {
            table: [dict(row) for row in (await connection.execute(text(f"SELECT * FROM {table} ORDER BY 1, 2"))).mappings()]
            for table in ("claim", "thread", "share", "subscription", "delivery", "receipt")
        }


async def open_in_a_process(url: str, *, die_before: int = 0) -> forked.Program:
    """A replica that is about to open the database."""
    process = await forked.start("-c", OPEN, url, str(die_before))
    await process.stdout.readline()
    return process


async def bring_to(revision: str, url: str, rows: str) -> None:
    """Bring a database of the first version forward to a later one, though not to the newest, and add rows."""

    def upgrade(connection: Connection) -> None:
        config = Config(attributes={"connection": connection})
        config.set_main_option("script_location", str(FOLDER))
        config.set_main_option("path_separator", "os")
        command.stamp(config, FIRST)
        command.upgrade(config, revision)

    engine = create_async_engine(url)
    async with engine.begin() as connection:
        await connection.run_sync(upgrade)
        for statement in rows.strip().split(";\n"):
            await connection.execute(text(statement))
    await engine.dispose()


def assert_moved(found: dict[str, list[dict[str, Any]]]) -> None:
    """The rows are the old ones, and what is new in them is its default."""
    assert [len(rows) for rows in found.values()] == [1, 1, 1, 1, 2, 2]
    assert found["claim"][0] == {"key": "event:1", "state": "done", "lease_until": 1.5, "created_at": 4e9}
    assert found["subscription"] == [
        {
            "team": TEAM, "channel": CHANNEL, "after_month": "2023-06", "created_at": 1700000000.25, "state": "active",
            "paused_why": None, "subscribed_by": None, "told_at": None, "is_default": False,
        }
    ]  # fmt: skip
    first, second = found["delivery"]
    assert (first["payload"], first["ts"], first["kind"], first["source_sha256"]) == (
        '{"text": "é"}', "1.000001", "month", None,
    )  # fmt: skip
    assert (second["state"], second["summary_id"], second["kind"]) == ("planned", "alliance", "month")
    assert [(row["ts"], row["removed_at"]) for row in found["receipt"]] == [("1.000001", None), ("2.000002", 3.0)]


async def test_a_database_of_the_first_version_moves_forward_with_its_rows_and_can_be_used(old: Old) -> None:
    for _ in range(2):
        url = await old()
        database = await Database.open(url)
        assert_moved(await rows_of(database))
        ledger = ledger_of(database)
        assert not await ledger.plan(month_of("2023-11", TEAM, CHANNEL), [Message({"text": "again"})])
        assert await ledger.plan(month_of("2023-12", TEAM, CHANNEL), [Message({"text": "new"})])
        claimed = await ledger.claim()
        assert claimed
        assert (claimed.id, claimed.parent_ts) == ("d1", "1.000001")
        async with database.begin() as connection:
            found = await subscriptions.get(connection, TEAM, CHANNEL)
        assert found
        assert found.after_month == "2023-06"
        assert await Claims(database).take("event:1") is Claim.DONE
        await database.close()
        again = await Database.open(url)
        assert (await rows_of(again))["receipt"]
        await again.close()


@pytest.mark.parametrize("how", ["new", "moved"])
async def test_a_new_database_and_one_that_moved_have_the_schema_that_the_code_names(
    old: Old, how: str, tmp_path: Path
) -> None:
    url = await old()
    if how == "new" and url.startswith("sqlite"):
        url = f"{url}.new"
    elif how == "new":
        connection = await asyncpg.connect(url.replace("+asyncpg", ""))
        await connection.execute("DROP TABLE receipt, delivery, subscription, share, thread, claim")
        await connection.close()
    database = await Database.open(url)

    def differences(connection: Connection) -> list[Any]:
        context = MigrationContext.configure(connection, opts={"compare_type": True, "compare_server_default": True})
        return list(compare_metadata(context, metadata))

    async with database.begin() as connection:
        assert await connection.run_sync(differences) == []
        assert (await connection.execute(text("SELECT version_num FROM alembic_version"))).scalars().all() == [HEAD]
        if database.is_sqlite:
            assert (await connection.execute(text("PRAGMA foreign_key_check"))).all() == []
            assert (
                await connection.execute(text("SELECT count(*) FROM sqlite_master WHERE name LIKE '%aside'"))
            ).scalar() == 0
    await database.close()


async def test_a_draft_s_message_keeps_its_place_and_an_earlier_version_beside_still_finds_it(old: Old) -> None:
    url = await old()
    insert = """INSERT INTO delivery (id, month, team, channel, part, summary_id, payload, payload_sha256, state, attempts,
        fence, next_at, lease_until, first_try_at, settle_at, ts, created_at, changed_at, kind) VALUES
        ('a', '2023-12', 'T1', 'U1', 0, 'D1', '{}', 'x', 'sent', 1, 1, 0, 0, 1, 1, '1.000001', 1, 2, 'draft'),
        ('b', '2023-12', 'T1', 'U1', 0, 'one', '{}', 'x', 'sent', 1, 1, 0, 0, 1, 1, '1.000001', 1, 2, 'month')"""
    await bring_to("0005", url, insert)
    database = await Database.open(url)
    ledger = ledger_of(database)
    first, second = await ledger.get("a"), await ledger.get("b")
    assert first
    assert second
    assert (first.place, second.place) == ("D1", None)
    await ledger.note_receipt("a", "1.000002", "D2")
    async with database.begin() as connection:
        assert (await connection.execute(text("SELECT summary_id, place FROM delivery WHERE id = 'a'"))).one() == (
            "D2",
            "D2",
        )
    await database.close()


async def test_the_learning_log_becomes_part_of_what_is_saved(old: Old) -> None:
    url = await old()
    await bring_to("0004", url, LOGGED)
    database = await Database.open(url)

    async def saved() -> list[tuple[Any, ...]]:
        async with database.begin() as connection:
            assert not (await connection.execute(text("SELECT * FROM learned"))).all()
            assert not (await connection.execute(text("SELECT * FROM learner"))).all()
            query = """SELECT "user", summary_id, saved_at, note FROM saved ORDER BY 1, 2"""
            return [tuple(row) for row in (await connection.execute(text(query))).all()]

    moved = [
        ("U1", "opened", 20.5, None),  # its owner turned the log on to keep it
        ("U1", "opened and saved", 31.0, None),  # and removed from the list since: the log still had it
        ("U1", "saved", 5.0, "my line"),  # the date of the list stays
        ("U1", "saved, log off", 6.0, None),
        ("U1", "with a line", 50.0, "é"),
        ("U2", "saved", 7.0, None),
    ]
    assert await saved() == moved
    async with database.begin() as connection:  # once more, with what a replica of the version before wrote meanwhile
        await connection.execute(text("UPDATE saved SET note = 'newer' WHERE summary_id = 'with a line'"))
        await connection.execute(text("INSERT INTO learned VALUES ('T1', 'U1', 'with a line', 1, NULL, 'older', 1)"))
        await connection.execute(text("INSERT INTO learned VALUES ('T1', 'U3', 'late', 1, NULL, 'line', 1)"))
        for _ in range(2):
            await connection.execute(text(MOVE))
        await connection.execute(text("DELETE FROM learned"))
    notes = {summary: note for _, summary, _, note in await saved()}
    assert (notes["with a line"], notes["late"], len(await saved())) == ("newer", "line", 7)
    await database.close()


def test_the_migrations_are_one_line_from_the_first_schema_to_the_one_the_code_names() -> None:
    scripts = ScriptDirectory(str(FOLDER))
    assert scripts.get_heads() == [HEAD]
    assert scripts.get_bases() == [FIRST]
    assert len(list(scripts.walk_revisions())) == int(HEAD)


@pytest.mark.slow
async def test_replicas_that_start_at_once_move_it_once(old: Old) -> None:
    url = await old()
    replicas = [await open_in_a_process(url) for _ in range(4)]
    ended = await asyncio.gather(*(replica.communicate(b"go\n") for replica in replicas))
    assert [replica.returncode for replica in replicas] == [0] * 4, b"".join(errors for _, errors in ended).decode()
    database = await Database.open(url)
    assert_moved(await rows_of(database))
    await database.close()


@pytest.mark.crash
async def test_killed_in_the_middle_it_is_moved_whole_or_not_at_all(old: Old) -> None:
    url = await old()
    at, code = 4, KILLED
    while code == KILLED:
        replica = await open_in_a_process(url, die_before=at)
        _, errors = await replica.communicate(b"go\n")
        assert replica.returncode is not None
        code = replica.returncode
        assert code in (0, KILLED), errors.decode()
        at += 6
    assert at > 30, "it died at several places"
    database = await Database.open(url)
    assert_moved(await rows_of(database))
    await database.close()


async def test_a_database_of_a_newer_version_is_refused_and_left_alone(old: Old) -> None:
    url = await old()
    database = await Database.open(url)
    async with database.begin() as connection:
        await connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    before = await rows_of(database)
    with pytest.raises(StoreError, match="newer version of the bot, which this one cannot read: install that version again"):
        await Database.open(url)
    assert await rows_of(database) == before
    await database.close()


async def test_the_migration_tool_says_nothing_of_itself_in_the_log(old: Old) -> None:
    code = (
        "import asyncio, sys; from bot import logs; from bot.store.database import Database; logs.configure('info'); "
        "asyncio.run(Database.open(sys.argv[1]))"
    )
    process = await asyncio.create_subprocess_exec(sys.executable, "-c", code, await old(), stderr=asyncio.subprocess.PIPE)
    _, errors = await process.communicate()
    assert b"migrated the database from schema" in errors
    assert b"alembic" not in errors, errors.decode()


async def test_what_has_moved_needs_no_migration_tool_to_start(old: Old) -> None:
    url = await old()
    await (await Database.open(url)).close()
    code = (
        "import asyncio, sys; from bot.store.database import Database; asyncio.run(Database.open(sys.argv[1])); "
        "assert not any(name.startswith('alembic') for name in sys.modules)"
    )
    process = await asyncio.create_subprocess_exec(sys.executable, "-c", code, url)
    assert await process.wait() == 0

"""`pprnet backup` and `pprnet restore`: the drill of docs/operator.md, and what is refused."""

from __future__ import annotations

import asyncio
import io
import os
import sqlite3
import tarfile
from collections.abc import AsyncIterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from subprocess import CompletedProcess

import asyncpg
import pytest
from sqlalchemy import select

from bot.cli.main import main
from bot.outbox.delivery import Message
from bot.outbox.ledger import Ledger
from bot.outbox.timing import Timing
from bot.playground.slack import Channel, LocalSlack
from bot.server.features import kinds
from bot.store.database import Database
from bot.store.tables import deliveries, follows
from bot.store.workspaces import Workspaces
from tests.support.bot import running
from tests.support.databases import KINDS, opened
from tests.support.features import month_of
from tests.support.month_posting import add_month, until_subscribed
from tests.support.people import private_card, team_of
from tests.support.postgresql import PostgreSQL
from tests.support.process import serving
from tests.support.small_corpus import small_corpus
from tests.support.terminal import as_text, run_here

FEW = Timing(lease=1.0, settle=2.0, pace=0.02, look_again=0.2)
"""The outbox's waits after the restore, where a message may have been on its way at the moment of the backup."""


def pprnet(words: list[str], **environ: str) -> CompletedProcess[str]:
    """A command, with its output as text."""
    return as_text(run_here(main, words, environ=environ))


async def in_thread(words: list[str], **environ: str) -> str:
    """A command that succeeds, beside what runs; what it printed."""
    done = await asyncio.to_thread(pprnet, words, **environ)
    assert (done.returncode, done.stderr) == (0, "")
    return done.stdout


def address(file: Path) -> str:
    """The setting for a file."""
    return f"sqlite:///{file}"


def names(folder: Path) -> list[str]:
    """What is in a folder."""
    return [each.name for each in folder.iterdir()]


async def new_database(file: Path) -> None:
    """A database as the bot makes it."""
    await (await Database.open(f"sqlite+aiosqlite:///{file}")).close()


@dataclass(frozen=True)
class Databases:
    """Two databases that do not exist yet or are empty, as PPRNET_DATABASE_URL names them, and where their programs are."""

    before: str
    after: str
    programs: dict[str, str]


@pytest.fixture(params=KINDS)
async def databases(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Databases]:
    """Two files, or two databases of a server."""
    if request.param == "sqlite":
        (tmp_path / "host").mkdir()
        yield Databases(address(tmp_path / "pprnet.db"), address(tmp_path / "host" / "pprnet.db"), {})
        return
    server: PostgreSQL = request.getfixturevalue("postgresql")
    names = ("drill_before", "drill_after")
    admin = await asyncpg.connect(server.url())
    try:
        for name in names:
            await admin.execute(f"CREATE DATABASE {name}")
        before, after = (server.url().rpartition("/")[0] + f"/{name}" for name in names)
        yield Databases(before, after, {"PATH": f"{server.binaries}:/usr/bin:/bin"})
    finally:
        for name in names:
            await admin.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")
        await admin.close()


@pytest.mark.slow
async def test_the_drill_back_up_under_load_kill_restore_on_an_empty_host_nothing_lost_or_doubled(
    slack: LocalSlack,
    channel: Channel,
    tmp_path: Path,
    corpus: Path,
    databases: Databases,
) -> None:
    slack.scopes.add("channels:history")
    settings = {"PPRNET_CHANNEL": channel.id, "PPRNET_POST_HOUR": "0", "PPRNET_LOOK_SECONDS": "1"}
    of_first = {"PPRNET_DATABASE_URL": databases.before, "PPRNET_KNOWLEDGE": str(corpus)}
    backup = tmp_path / "backup.tar"
    months = ("2024-01", "2024-02", "2024-03")
    async with serving(slack, tmp_path, **settings, **of_first) as process:
        await process.ready()
        await until_subscribed(databases.before)
        for month in months:
            add_month(corpus, month)
        await slack.until(lambda: slack.posted(channel), seconds=120)  # the thread of the first month has begun
        said = await in_thread(["backup", str(backup)], **of_first, **databases.programs)
        assert said.startswith(f"Written: {backup}, with the database and the 8 files of {corpus}.")
        at_backup = len(slack.posted(channel))
        await slack.until(lambda: len(slack.posted(channel)) > at_backup, seconds=120)
        process.process.kill()
        await process.over()
    assert backup.stat().st_mode & 0o777 == 0o600
    host = tmp_path / "host"
    (host / "knowledge").mkdir(parents=True)
    where = {"PPRNET_DATABASE_URL": databases.after, "PPRNET_KNOWLEDGE": str(host / "knowledge")}
    assert "whole" in await in_thread(["restore", str(backup), "--check"], **databases.programs)
    assert names(host) == ["knowledge"]
    assert "Restored." in await in_thread(["restore", str(backup)], **where, **databases.programs)
    assert {*names(host)} <= {"knowledge", "pprnet.db"}
    async with running(slack, host, timing=FEW, **settings, **where) as bot:
        await slack.until(lambda: len(slack.posted(channel)) >= 2 * len(months), seconds=120)
        await bot.idle()
    texts = [message.text for message in slack.posted(channel)]
    assert len(texts) == 2 * len(months)
    parents = [message for message in slack.posted(channel) if not message.is_reply]
    assert [message.text.count("2024") > 0 for message in parents] == [True] * len(months)
    for parent in parents:
        assert len([each for each in slack.posted(channel) if each.thread_ts == parent.ts and each.is_reply]) == 1


async def test_what_people_saved_is_in_the_backup_and_the_shipped_library_is_not(
    slack: LocalSlack, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    backup, host = tmp_path / "backup.tar", tmp_path / "restored.db"
    async with running(slack, tmp_path, **small_corpus(tmp_path)) as bot:
        team, [ana] = team_of(bot, "ana")
        await bot.say.press(await private_card(bot, ana, team), "Save")
        said = await in_thread(["backup", str(backup)], PPRNET_DATABASE_URL=address(tmp_path / "pprnet.db"))
    assert "with the database. Check it" in said
    assert "the one that comes with the bot" in await in_thread(["restore", str(backup)], PPRNET_DATABASE_URL=address(host))
    assert host.stat().st_mode & 0o777 == 0o600
    assert ".pprnet-" not in caplog.text, "others may not read it either while it is put in its place"
    restored = {"PPRNET_DATABASE_URL": address(host)}
    assert "1 saved summary" in await in_thread(["forget", ana.id, "--dry-run"], **restored)


async def test_a_library_with_a_fault_is_backed_up_and_it_is_said(tmp_path: Path) -> None:
    file, backup = tmp_path / "pprnet.db", tmp_path / "backup.tar"
    library = Path(small_corpus(tmp_path)["PPRNET_KNOWLEDGE"])
    await new_database(file)
    next((library / "issues").glob("*.yaml")).write_text("summaries: nothing\n")
    await in_thread(["backup", str(backup)], PPRNET_DATABASE_URL=address(file), PPRNET_KNOWLEDGE=str(library))
    said = await in_thread(["restore", str(backup), "--check"], PPRNET_DATABASE_URL=address(file))
    assert "The bot starts only without faults" in said


async def test_nothing_that_is_there_is_overwritten(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file, backup, new = tmp_path / "pprnet.db", tmp_path / "backup.tar", tmp_path / "new.db"
    library = Path(small_corpus(tmp_path)["PPRNET_KNOWLEDGE"])
    await new_database(file)
    environ = {"PPRNET_DATABASE_URL": address(file), "PPRNET_KNOWLEDGE": str(library)}
    await in_thread(["backup", str(backup)], **environ)
    whole = backup.read_bytes()

    def refused(words: list[str], sentence: str, **more: str) -> None:
        done = pprnet(words, **{**environ, **more})
        assert done.returncode == 2
        assert sentence in done.stderr
        assert backup.read_bytes() == whole
        assert [*tmp_path.glob(".pprnet*")] == []

    await asyncio.to_thread(refused, ["backup", str(backup)], "exists and was left as it is")
    with monkeypatch.context() as patched:  # tests may run as root, who may write everywhere
        patched.setattr(os, "access", lambda _path, mode: mode == os.F_OK)
        await asyncio.to_thread(refused, ["backup", str(tmp_path / "other.tar")], f"this user may not write to {tmp_path}")
    await asyncio.to_thread(refused, ["restore", str(backup)], f"{file} exists: stop the bot")
    for left in ("-wal", "-shm"):  # an old log would undo the restored file
        beside = new.with_name(f"{new.name}{left}")
        beside.write_bytes(b"of another")
        await asyncio.to_thread(refused, ["restore", str(backup)], f"{beside} exists", PPRNET_DATABASE_URL=address(new))
        beside.unlink()
    await asyncio.to_thread(refused, ["restore", str(backup)], "is not empty", PPRNET_DATABASE_URL=address(new))
    shipped = {"PPRNET_DATABASE_URL": address(new), "PPRNET_KNOWLEDGE": ""}
    await asyncio.to_thread(refused, ["restore", str(backup)], "name it in PPRNET_KNOWLEDGE", **shipped)
    assert not new.exists()


def change(backup: Path, name: str, content: bytes | None, *, as_link: bool = False) -> None:
    """Replace a file of a backup, or leave it out."""
    with tarfile.open(backup) as tar:
        files = {each.name: tar.extractfile(each).read() for each in tar}  # type: ignore[union-attr]
    files.pop(name, None)
    if content is not None:
        files[name] = content
    with tarfile.open(backup, "w") as tar:
        for each, data in files.items():
            member = tarfile.TarInfo(each)
            member.size = len(data)
            if as_link and each == name:
                member.type, member.linkname, member.size = tarfile.SYMTYPE, "/etc/passwd", 0
            tar.addfile(member, io.BytesIO(data))


@pytest.mark.parametrize(
    ("name", "content"),
    [("database", b"x"), ("database", None), ("knowledge/topics.yaml", b"x"), ("backup.json", b"{}"), ("backup.json", None),
     ("../escaped", b"x"), ("/escaped", b"x"), ("more", b"x")],
)  # fmt: skip
async def test_a_backup_that_is_not_as_it_was_is_refused(tmp_path: Path, name: str, content: bytes | None) -> None:
    file, backup = tmp_path / "pprnet.db", tmp_path / "backup.tar"
    await new_database(file)
    await in_thread(["backup", str(backup)], PPRNET_DATABASE_URL=address(file), **small_corpus(tmp_path))
    change(backup, name, content)
    done = await asyncio.to_thread(pprnet, ["restore", str(backup)], PPRNET_DATABASE_URL=address(tmp_path / "new.db"))
    assert done.returncode == 2
    assert f"{backup} is " in done.stderr
    assert not (tmp_path / "new.db").exists()
    assert not [name for name in names(tmp_path) if name.startswith((".pprnet", "new"))]
    assert "escaped" not in [*names(tmp_path.parent), *names(Path("/"))]


async def test_a_link_a_cut_off_file_and_no_file_at_all_are_refused(tmp_path: Path) -> None:
    file, backup = tmp_path / "pprnet.db", tmp_path / "backup.tar"
    await new_database(file)
    await in_thread(["backup", str(backup)], PPRNET_DATABASE_URL=address(file))
    whole = backup.read_bytes()
    change(backup, "database", b"", as_link=True)
    for content in (backup.read_bytes(), whole[: len(whole) // 2], b"", b"no tar"):
        backup.write_bytes(content)
        done = await asyncio.to_thread(pprnet, ["restore", str(backup), "--check"])
        assert (done.returncode, done.stdout) == (2, "")
        assert f"{backup} " in done.stderr
    backup.unlink()
    done = await asyncio.to_thread(pprnet, ["restore", str(backup), "--check"])
    assert f"{backup} cannot be read" in done.stderr


async def test_a_backup_of_nothing_is_an_error(tmp_path: Path) -> None:
    backup = tmp_path / "backup.tar"
    missing = await asyncio.to_thread(pprnet, ["backup", str(backup)], PPRNET_DATABASE_URL=address(tmp_path / "none.db"))
    assert (missing.returncode, "there is no database" in missing.stderr) == (2, True)
    with closing(sqlite3.connect(tmp_path / "other.db")) as connection:
        connection.execute("CREATE TABLE other (a)")
    other = await asyncio.to_thread(pprnet, ["backup", str(backup)], PPRNET_DATABASE_URL=address(tmp_path / "other.db"))
    assert (other.returncode, "has no tables of the bot" in other.stderr) == (2, True)
    assert names(tmp_path) == ["other.db"]


async def test_what_each_workspace_stored_is_in_the_backup_and_back_in_its_own_part(
    databases: Databases, tmp_path: Path
) -> None:
    backup = tmp_path / "backup.tar"
    async with opened(databases.before) as database:
        await Workspaces(database).prepare()
        joined = {"user_id": "U1", "bot_id": "B1", "enterprise_id": None, "settings": {}}
        await Workspaces(database).join("T0OTHER0002", "Riverside", "sealed", **joined)
        part = await database.part("t0other0002")
        async with part.begin() as connection:
            row = {"team": "T1", "user": "U0123456789", "topic": "alliance", "after_month": "", "created_at": 1.0}
            await connection.execute(follows.insert().values(row))
        ledger = Ledger(part, kinds())
        await ledger.plan(month_of("2023-12", "T0OTHER0002", "C0000000001"), [Message({"text": "the month"})])
        assert await ledger.claim()
        await part.close()
    before = {"PPRNET_DATABASE_URL": databases.before, **databases.programs}
    assert "with the database, 1 workspace" in await in_thread(["backup", str(backup)], **before)
    after = {"PPRNET_DATABASE_URL": databases.after, **databases.programs}
    assert "Workspaces that joined: 1." in await in_thread(["restore", str(backup)], **after)
    async with opened(databases.after) as database:
        assert [each.name for each in await Workspaces(database).all()] == ["Riverside"]
        part = await database.part("t0other0002")
        for each, rows in ((database, 0), (part, 1)):
            async with each.begin() as connection:
                assert len((await connection.execute(select(follows))).all()) == rows
                claimed = (await connection.execute(select(deliveries.c.lease_until))).scalars().all()
                assert claimed == [0] * rows, "what was in progress is looked up"
        await part.close()


@pytest.mark.parametrize("databases", ["postgresql"], indirect=True)
async def test_a_postgresql_database_is_backed_up_by_its_own_programs(databases: Databases, tmp_path: Path) -> None:
    before, after, path = databases.before, databases.after, databases.programs
    backup = tmp_path / "backup.tar"
    async with opened(before) as database, database.begin() as connection:
        row = {"team": "T1", "user": "U0123456789", "topic": "alliance", "after_month": "", "created_at": 1.0}
        await connection.execute(follows.insert().values(row))
    await in_thread(["backup", str(backup)], PPRNET_DATABASE_URL=before, **path)
    assert "Database: postgresql" in await in_thread(["restore", str(backup), "--check"], **path)
    await in_thread(["restore", str(backup)], PPRNET_DATABASE_URL=after, **path)
    said = await in_thread(["forget", "U0123456789", "--dry-run"], PPRNET_DATABASE_URL=after)
    assert "1 followed topic" in said

    async def refused(words: list[str], **environ: str) -> str:
        done = await asyncio.to_thread(pprnet, words, **{**path, **environ})
        assert done.returncode == 2
        return done.stderr

    restore, anew = ["restore", str(backup)], ["backup", str(tmp_path / "another")]
    assert "has tables of the bot already" in await refused(restore, PPRNET_DATABASE_URL=after)
    connected = await asyncpg.connect(after)
    await connected.execute("DROP TABLE alembic_version")  # as databases were before there were versions
    await connected.close()
    assert "has tables of the bot already" in await refused(restore, PPRNET_DATABASE_URL=after)
    mixed = await refused(restore, PPRNET_DATABASE_URL=address(tmp_path / "new.db"))
    assert "this is a backup of a postgresql database" in mixed
    without = await refused(anew, PPRNET_DATABASE_URL=before, PATH="/nowhere")
    assert "pg_dump is not installed: install PostgreSQL's client programs" in without
    failed = await refused(anew, PPRNET_DATABASE_URL=before.replace("secret", "geheim"))
    assert ("geheim" in failed, "the database cannot be reached" in failed) == (False, True)
    program = tmp_path / "pg_dump"
    program.write_text("#!/bin/sh\necho 'server version mismatch' >&2; exit 1\n", "utf-8")
    program.chmod(0o755)
    broken = await refused(anew, PPRNET_DATABASE_URL=before, PATH=f"{tmp_path}:/usr/bin:/bin")
    assert "pg_dump failed: server version mismatch" in broken

"""The database: settings the guarantees rest on, many writers at once, and what happens when it cannot be used."""

from __future__ import annotations

import asyncio
import os
import time
from pathlib import Path

import pytest
from sqlalchemy import text

from bot.store.claims import Claim, Claims
from bot.store.database import Database
from bot.store.errors import StoreError
from bot.store.memory import Memory
from bot.store.sqlite_file import file_system
from tests.support import forked
from tests.support.databases import Databases, opened, url_of
from tests.support.users import open_folder, without_rights  # noqa: F401  (a fixture)

WRITER = """
import asyncio, sys
from bot.store.claims import Claims
from bot.store.database import Database

async def main(url, who):
    database = await Database.open(url)
    claims = Claims(database)
    print("ready", flush=True)
    sys.stdin.readline()
    for number in range(100):
        await claims.take(f"{who}-{number}")
        await claims.take(f"everybody-{number}")
    await database.close()

asyncio.run(main(*sys.argv[1:]))
"""


async def test_sqlite_is_opened_so_that_a_commit_survives_a_power_cut(tmp_path: Path) -> None:
    database = await Database.open(url_of(tmp_path / "pprnet.db"))
    async with database.begin() as connection:
        found = {
            name: (await connection.execute(text(f"PRAGMA {name}"))).scalar()
            for name in ("journal_mode", "synchronous", "foreign_keys", "busy_timeout")
        }
    await database.close()
    assert found == {"journal_mode": "wal", "synchronous": 2, "foreign_keys": 1, "busy_timeout": 0}


@pytest.mark.parametrize("databases", ["postgresql"], indirect=True)
async def test_no_statement_stays_prepared_on_a_server(databases: Databases) -> None:
    async with opened(await databases.new()) as database:
        assert await Claims(database).take("event") is Claim.OURS
        async with database.begin() as connection:
            count = text("SELECT count(*) FROM pg_prepared_statements")
            assert (await connection.execute(count)).scalar_one() == 0


async def test_a_unit_of_work_holds_the_write_lock_from_its_start(tmp_path: Path) -> None:
    url = url_of(tmp_path / "pprnet.db")
    first, second = await Database.open(url), await Database.open(url)
    order = []

    async def later() -> None:
        async with second.begin():
            order.append("second")

    async with first.begin() as connection:
        await connection.execute(text("SELECT 1"))
        waiting = asyncio.create_task(later())
        done, _ = await asyncio.wait({waiting}, timeout=0.2)
        assert not done
        order.append("first")
    await waiting
    assert order == ["first", "second"]
    await first.close()
    await second.close()


async def test_a_failed_unit_of_work_leaves_nothing_behind(database: Database) -> None:
    claims = Claims(database)

    async def fail() -> None:
        async with database.begin() as connection:
            await connection.execute(
                text("INSERT INTO claim (key, state, lease_until, created_at) VALUES ('a', 'done', 0, 0)")
            )
            raise RuntimeError

    with pytest.raises(RuntimeError):
        await fail()
    assert await claims.take("a") is Claim.OURS


async def test_its_clock_is_in_utc_epoch_seconds(database: Database) -> None:
    async with database.begin() as connection:
        assert abs(await database.now(connection) - time.time()) < 60


async def test_a_key_is_claimed_by_one_of_many_at_once(database: Database) -> None:
    claims = Claims(database)
    taken = await asyncio.gather(*(claims.take("an event") for _ in range(8)))
    assert taken.count(Claim.OURS) == 1
    assert set(taken) == {Claim.OURS, Claim.BUSY}
    await claims.mark_sending("an event")
    assert await claims.take("an event") is Claim.BUSY
    await claims.mark_done("an event")
    assert await claims.take("an event") is Claim.DONE


async def test_a_released_key_and_a_silent_owners_key_can_be_claimed_again(database: Database) -> None:
    claims = Claims(database)
    assert await claims.take("released") is Claim.OURS
    await claims.release("released")
    assert await claims.take("released") is Claim.OURS
    assert await claims.take("silent") is Claim.OURS
    assert await claims.take("sending") is Claim.OURS
    await claims.mark_sending("sending")
    async with database.begin() as connection:
        await connection.execute(text("UPDATE claim SET lease_until = 1"))
    assert await claims.take("silent") is Claim.OURS
    assert await claims.take("sending") is Claim.DONE, "it may have been answered"


async def test_old_claims_are_forgotten_and_newer_ones_kept(database: Database) -> None:
    claims = Claims(database)
    for key in ("old", "new"):
        await claims.take(key)
        await claims.mark_done(key)
    async with database.begin() as connection:
        await connection.execute(text("UPDATE claim SET created_at = created_at - 172801 WHERE key = 'old'"))
    await claims.prune()
    assert await claims.take("old") is Claim.OURS
    assert await claims.take("new") is Claim.DONE


@pytest.mark.slow
async def test_four_processes_open_a_new_file_and_write_at_once_without_an_error(tmp_path: Path) -> None:
    url = url_of(tmp_path / "pprnet.db")
    writers = [await forked.start("-c", WRITER, url, str(number)) for number in range(4)]
    for writer in writers:
        await writer.stdout.readline()
    ended = await asyncio.gather(*(writer.communicate(b"go\n") for writer in writers))
    assert [writer.returncode for writer in writers] == [0] * 4, b"".join(errors for _, errors in ended).decode()
    database = await Database.open(url)
    async with database.begin() as connection:
        assert (await connection.execute(text("SELECT count(*) FROM claim"))).scalar() == 500
    await database.close()


async def test_several_that_open_a_new_file_at_the_same_moment_wait_for_each_other(tmp_path: Path) -> None:
    for number in range(4):
        url = url_of(tmp_path / f"{number}.db")
        for each in await asyncio.gather(*(Database.open(url) for _ in range(8))):
            await each.close()


async def test_a_damaged_file_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "pprnet.db"
    database = await Database.open(url_of(file))
    claims = Claims(database)
    for number in range(300):
        await claims.take(f"{number:0100d}")
    await database.close()
    with file.open("r+b") as raw:
        raw.seek(4096 * 2)
        raw.write(os.urandom(4096) * (file.stat().st_size // 4096 - 2))
    with pytest.raises(StoreError, match=r"damaged|malformed"):
        await Database.open(url_of(file))


async def test_a_file_that_is_no_database_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "pprnet.db"
    file.write_bytes(b"Dear diary, " * 1000)
    with pytest.raises(StoreError, match="not a database"):
        await Database.open(url_of(file))
    assert file.read_bytes() == b"Dear diary, " * 1000


async def test_a_read_only_file_is_refused_in_a_sentence(open_folder: Path) -> None:  # noqa: F811
    file = open_folder / "pprnet.db"
    await (await Database.open(url_of(file))).close()
    file.chmod(0o444)
    with without_rights(), pytest.raises(StoreError, match=r"cannot be opened: .*pprnet\.db .*(chmod|chown)"):
        await Database.open(url_of(file))


async def test_a_read_only_folder_is_refused_in_a_sentence(open_folder: Path) -> None:  # noqa: F811
    await asyncio.to_thread(open_folder.chmod, 0o555)
    with without_rights(), pytest.raises(StoreError, match=r"cannot be opened: .*(chmod|chown)"):
        await Database.open(url_of(open_folder / "pprnet.db"))


async def test_a_missing_folder_is_named(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match=r"the folder .*/nowhere .* does not exist: create it"):
        await Database.open(url_of(tmp_path / "nowhere" / "pprnet.db"))


@pytest.mark.parametrize(
    ("path", "kind"),
    [
        ("/srv/share/pprnet.db", "nfs4"),
        ("/srv/share/local/pprnet.db", "ext4"),
        ("/srv/sharing/pprnet.db", "ext4"),
        ("/mnt/two words/pprnet.db", "cifs"),
        ("/var/lib/pprnet.db", "ext4"),
        ("/over/pprnet.db", "nfs"),
    ],
)
def test_the_file_system_of_a_path_is_that_of_the_deepest_mount_above_it(path: str, kind: str) -> None:
    mounts = """\
/dev/sda1 / ext4 rw 0 0
server:/export /srv/share nfs4 rw 0 0
/dev/sdb1 /srv/share/local ext4 rw 0 0
//server/share /mnt/two\\040words cifs rw 0 0
tmpfs /over tmpfs rw 0 0
server:/over /over nfs rw 0 0
"""
    assert file_system(Path(path), mounts) == kind


@pytest.mark.parametrize(
    "kind", ["nfs4", "fuse.glusterfs", "fuse.ceph", "lustre", "vboxsf", "virtiofs", "fuse.s3fs", "fuse.rclone", "fakeowner"]
)
async def test_a_network_file_system_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, kind: str) -> None:
    read_text = Path.read_text
    mounts = f"server:/export {tmp_path} {kind} rw 0 0\n"
    monkeypatch.setattr(
        Path, "read_text", lambda self, *args: mounts if str(self) == "/proc/mounts" else read_text(self, *args)
    )
    with pytest.raises(StoreError, match=rf"network file system \({kind}\).*local disk or PostgreSQL"):
        await Database.open(url_of(tmp_path / "pprnet.db"))
    (tmp_path / "elsewhere").symlink_to(tmp_path)
    with pytest.raises(StoreError, match="network file system"):
        await Database.open(url_of(tmp_path / "elsewhere" / "pprnet.db"))


async def test_a_thread_that_several_answers_set_at_once_is_about_the_last_of_them(database: Database) -> None:
    memory = Memory(database)
    ids = [f"summary-{number}" for number in range(20)]
    await asyncio.gather(*(memory.set_summary_of_thread("D1", "D1", each) for each in ids))
    assert await memory.summary_of_thread("D1", "D1") in ids
    await memory.set_summary_of_thread("D1", "D1", "the-last")
    assert await memory.summary_of_thread("D1", "D1") == "the-last"

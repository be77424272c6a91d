"""The file of a SQLite database: where it may be, who may read it, whether it is still the one that was opened."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import os
import sqlite3
import time
from collections.abc import Callable
from contextlib import closing
from itertools import chain, repeat
from pathlib import Path
from typing import Any

from sqlalchemy import event
from sqlalchemy.engine import URL
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine
from sqlalchemy.util import await_only

from bot.store.errors import OutOfReachError, StoreError
from bot.store.sqlite_driver import BEGIN, connect
from bot.store.waiting import seconds_left

log = logging.getLogger(__name__)

BUSY_TIMEOUT = 10.0
"""Seconds that a SQLite writer waits for its turn, where nobody waits for the answer. With BEGIN IMMEDIATE no write met a
"database is locked" in 2,000 tries.
"""
_TRIES_AFTER = (0.001, 0.002, 0.005, 0.01, 0.015, 0.02, 0.025, 0.05, 0.1)
"""Seconds between two tries to get the write lock, much as SQLite itself waits for it; the last for all that follow."""
CHECKPOINT_TIMEOUT = 2.0
"""Seconds that a checkpoint waits for others. One that gives up is made the next time."""
LOCKED = "the database is locked by another process, or busy for too long"
NAME_IT = "set PPRNET_DATABASE_URL to that of the bot"
LOST = "the database file was deleted or replaced while the bot ran: restore it, then start the bot again"
SIGN = "The bot has made its database {} here. Without that file it does not start: see docs/operator.md, Backup.\n"
"""What the file beside a database says."""
PART_LOST = (
    "the file of a workspace's data was deleted or replaced: unless `pprnet workspaces remove` did that, stop the bot, "
    "restore the file, and start the bot again"
)
_NETWORK_FILE_SYSTEMS = frozenset(
    """
    9p acfs afs beegfs blobfuse blobfuse2 ceph cephfs cifs coda curlftpfs davfs fakeowner gcsfuse geesefs gfs gfs2 glusterfs
    goofys gpfs grpcfuse juicefs lustre mfs moosefs mount-s3 ncpfs nfs nfs4 ocfs2 orangefs osxfs prl_fs pvfs2 rclone s3fs
    seaweedfs smb2 smb3 smbfs sshfs vboxsf virtiofs vmhgfs vmhgfs-fuse
    """.split()
)
"""File systems of other machines or of a virtual machine's host, where locks and shared memory do not hold; without the
`fuse.` that the system puts before some.
"""


class SqliteFile:
    """The file of a database, made where it is missing, unless it must exist or one has been there before (a new one would
    know nothing of what was posted). Raises StoreError where it cannot be one.
    """

    def __init__(self, path: Path, *, must_exist: bool = False) -> None:
        if is_gone(path):
            raise StoreError(gone(path))
        if must_exist and not path.exists():
            raise StoreError(f"there is no database {path}: {NAME_IT}")
        if not path.parent.is_dir():
            raise StoreError(f"the folder {path.parent} for the database does not exist: create it")
        if (kind := file_system(path.resolve(), _mounts())).removeprefix("fuse.") in _NETWORK_FILE_SYSTEMS:
            raise StoreError(
                f"{path} is on a network file system ({kind}), where SQLite loses data: use a local disk or PostgreSQL"
            )
        _create(path)
        if not must_exist:
            _leave_sign(path)
        self.path = path
        self.lost = LOST
        """What to do once it is lost."""
        self.is_lost = False
        """Whether it was deleted or replaced: nothing can be read or written any more."""
        self.on_lost: Callable[[], object] = lambda: None
        """Called when that is noticed."""
        self._opened = _identity(path)

    def check(self) -> None:
        """Raises StoreError where the file is not the one that was opened: some connections would go on with the deleted
        one, and what they write would be lost.
        """
        if not self.is_lost and _identity(self.path) == self._opened:
            return
        if not self.is_lost:
            self.is_lost = True
            log.error("%s", self.lost)
            self.on_lost()
        raise StoreError(self.lost)

    async def checkpoint(self) -> None:
        """Bring what was committed from the write-ahead log into the file itself, so that a copy of the file has it."""
        try:
            await asyncio.to_thread(self._checkpoint)
        except sqlite3.Error as error:
            log.warning("no checkpoint of the database was made: %s", error)

    def _checkpoint(self) -> None:
        there = f"{self.path.as_uri()}?mode=rw"
        with closing(sqlite3.connect(there, uri=True, timeout=CHECKPOINT_TIMEOUT)) as connection:
            connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")

    def engine(self) -> AsyncEngine:
        """Return an engine with the settings that the guarantees depend on. It never creates a file."""
        engine = create_async_engine(
            URL.create("sqlite+aiosqlite", database=str(self.path)),
            hide_parameters=True,
            async_creator=lambda: connect(self.path, BUSY_TIMEOUT),
        )

        @event.listens_for(engine.sync_engine, "connect")
        def _configure(connection: Any, _record: object) -> None:
            cursor = connection.cursor()
            until = time.monotonic() + BUSY_TIMEOUT
            while not _executed(cursor, "PRAGMA journal_mode=WAL"):  # not waited for where several open a new file at once
                if time.monotonic() >= until:
                    raise OutOfReachError(LOCKED)
            for pragma in (
                "synchronous=FULL",
                "foreign_keys=ON",
                "busy_timeout=0",  # no statement that runs at once waits for others
            ):
                cursor.execute(f"PRAGMA {pragma}")
            cursor.close()

        @event.listens_for(engine.sync_engine, "begin")
        def _immediate(connection: Any) -> None:
            # A read that later writes fails at once in WAL (SQLITE_BUSY_SNAPSHOT), whatever the timeout: take the write
            # lock first.
            wait = seconds_left()
            until = time.monotonic() + (BUSY_TIMEOUT if wait is None else wait)
            cursor = connection.connection.cursor()
            try:
                for pause in chain(_TRIES_AFTER, repeat(_TRIES_AFTER[-1])):
                    if _executed(cursor, BEGIN):
                        break
                    if time.monotonic() >= until:
                        raise OutOfReachError(LOCKED)
                    await_only(asyncio.sleep(pause))
            finally:
                cursor.close()

        return engine


def _executed(cursor: Any, statement: str) -> bool:
    """Execute a statement that needs the file for itself; return False where another process has it for too long."""
    try:
        cursor.execute(statement)
    except sqlite3.OperationalError as error:
        if error.sqlite_errorcode & 0xFF != sqlite3.SQLITE_BUSY:
            raise
        return False
    return True


def sign_of(path: Path) -> Path:
    """Return the file that stays beside a database to say that there is one."""
    return path.with_name(f"{path.name}.made")


def is_gone(path: Path) -> bool:
    """Return whether there was a database at this path and there is none now."""
    return sign_of(path).exists() and not path.exists()


def gone(path: Path) -> str:
    """Return what to do about a database that is gone."""
    return (
        f"the database {path} is gone: restore a backup (docs/operator.md), or put the file back. "
        f"To start over, without what it knew of posts and people, delete {sign_of(path)}"
    )


def _create(path: Path) -> None:
    """Create the file where it is missing, for the bot's user alone; log it where others may read the one that is there.
    Where that is impossible, opening it says why.
    """
    with contextlib.suppress(OSError):
        try:
            os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_RDWR, 0o600))
        except FileExistsError:
            if (mode := path.stat().st_mode & 0o777) & 0o077:
                log.warning("others may read the database, which says who saved what (mode %o): chmod 600 %s*", mode, path)


def _leave_sign(path: Path) -> None:
    sign = sign_of(path)
    with contextlib.suppress(OSError):  # what keeps it from being written keeps the database from being opened
        if path.exists() and not sign.exists():
            sign.touch(mode=0o600)
            sign.write_text(SIGN.format(path.name), "utf-8")


def _identity(path: Path) -> tuple[int, int] | None:
    """Return what tells a file from another at the same path; None where there is none."""
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_dev, found.st_ino


def _mounts() -> str:
    try:
        return Path("/proc/mounts").read_text("utf-8")
    except OSError:
        return ""


def file_system(path: Path, mounts: str) -> str:
    """Return the type of file system of a path by the lines of /proc/mounts (Linux), else ""."""
    deepest, kind = -1, ""
    for line in mounts.splitlines():
        fields = line.split()
        point = fields[1].replace("\\040", " ") if len(fields) > 2 else ""
        if point and path.is_relative_to(point) and len(point) >= deepest:  # of two on one point, the later is on top
            deepest, kind = len(point), fields[2]
    return kind

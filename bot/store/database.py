"""Opens the database: SQLite in one file by default, PostgreSQL by URL, with the settings that the guarantees depend on."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import Table, event, text
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import make_url
from sqlalchemy.exc import DBAPIError, SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine

from bot.errors import ExpectedError
from bot.store.lookups import Lookups, Query, Rows
from bot.store.migrate import NewerSchemaError, migrate

BUSY_TIMEOUT = 10.0
"""Seconds that a SQLite writer waits for its turn. With BEGIN IMMEDIATE no write met a "database is locked" in
2,000 tries.
"""
CONNECT_TIMEOUT = 5.0
COMMAND_TIMEOUT = 10.0
MIGRATION_TIMEOUT = 300.0
"""Seconds for connecting to PostgreSQL, for one command, and for one while the tables are brought to this version."""
_NETWORK_FILE_SYSTEMS = {"nfs", "nfs4", "cifs", "smb3", "smbfs", "fuse.sshfs", "9p", "afs", "ceph", "glusterfs"}
_MIGRATION_LOCK = 7_063_101
_WRITE = "DELETE FROM claim WHERE key = ''"
"""A write that changes nothing, and fails where the file is read-only."""
_PROBE = (
    "INSERT INTO claim (key, state, lease_until, created_at) VALUES ('probe', 'probe', 0, 0) "
    "ON CONFLICT (key) DO UPDATE SET lease_until = 0"
)


class StoreError(ExpectedError):
    """The database cannot be used; the message says why and what to do, without any secret."""


class Database:
    """An open database. Use `begin()` for every unit of work; no transaction is open during a call to Slack."""

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine
        self.is_sqlite = engine.dialect.name == "sqlite"
        self._lookups = Lookups(engine.url.database or "", BUSY_TIMEOUT) if self.is_sqlite else None

    @classmethod
    async def open(cls, url: str) -> Database:
        """Connect, and migrate the tables to this version's schema: one process at a time, whole or not at all. Raises
        StoreError.
        """
        try:
            parsed = make_url(url)
        except (SQLAlchemyError, ValueError):
            raise StoreError(
                "PPRNET_DATABASE_URL cannot be read: write postgresql://USER:PASSWORD@HOST:PORT/DATABASE"
            ) from None
        if parsed.get_backend_name() == "sqlite":
            engine = _sqlite(parsed.database or "")
        else:
            try:
                engine = _postgresql(url, COMMAND_TIMEOUT)
            except ModuleNotFoundError:
                raise StoreError("PostgreSQL needs its driver: pip install 'pprnet-bot[postgresql]'") from None
        database = cls(engine)
        migrating = engine if database.is_sqlite else _postgresql(url, MIGRATION_TIMEOUT)
        try:
            async with migrating.begin() as connection:
                if database.is_sqlite:
                    sound = (await connection.execute(text("PRAGMA quick_check(1)"))).scalar()
                    if sound != "ok":
                        raise StoreError(
                            "the database file is damaged: restore it from a backup before the bot posts anything"
                        )
                else:
                    encoding = (await connection.execute(text("SHOW server_encoding"))).scalar()
                    if encoding != "UTF8":
                        raise StoreError(
                            f"the database's encoding is {encoding}, which cannot store all characters: create one with "
                            "ENCODING 'UTF8' TEMPLATE template0"
                        )
                    await connection.execute(text(f"SELECT pg_advisory_xact_lock({_MIGRATION_LOCK})"))
                await connection.run_sync(migrate)
                await connection.execute(text(_WRITE))  # SQLite opens a read-only file without a word
        except StoreError:
            await engine.dispose()
            raise
        except NewerSchemaError:
            await engine.dispose()
            raise StoreError(
                "the database was used by a newer version of the bot, which this one cannot read: install that version "
                "again, or restore a backup from before"
            ) from None
        except Exception as error:  # drivers raise errors of their own while connecting
            await engine.dispose()
            raise StoreError(f"the database cannot be opened: {reason(error)}") from None
        finally:
            if migrating is not engine:
                await migrating.dispose()
        return database

    async def rows(self, statement: Query, values: Mapping[str, Any]) -> Rows:
        """Return the rows of a statement that every answer needs (made once by its user): what is committed when it
        runs. It waits for no writer, nor for a connection that writers wait with.
        """
        if self._lookups:
            return await self._lookups.rows(statement, values)
        async with self._engine.connect() as connection:
            return [tuple(row) for row in await connection.execute(statement, values)]

    @asynccontextmanager
    async def begin(self) -> AsyncIterator[AsyncConnection]:
        """Begin a transaction: committed at the end of the block, rolled back when it raises."""
        async with self._engine.begin() as connection:
            yield connection

    async def now(self, connection: AsyncConnection) -> float:
        """Return the database's time in UTC epoch seconds: replicas agree on it whatever their own clocks say."""
        clock = "(julianday('now') - 2440587.5) * 86400.0" if self.is_sqlite else "extract(epoch from clock_timestamp())"
        return float((await connection.execute(text(f"SELECT {clock}"))).scalar_one())

    def insert(self, table: Table) -> Any:
        """Return an INSERT of this database's dialect, which has `on_conflict_do_nothing` and `on_conflict_do_update`."""
        return sqlite.insert(table) if self.is_sqlite else postgresql.insert(table)

    async def writable(self) -> bool:
        """Return whether something can be written now: a row is written and deleted, so that pages reach the disk."""
        try:
            async with self._engine.begin() as connection:
                await connection.execute(text(_PROBE))
                await connection.execute(text("DELETE FROM claim WHERE state = 'probe'"))
        except (SQLAlchemyError, OSError):
            return False
        return True

    async def close(self) -> None:
        """Close every connection."""
        if self._lookups:
            await self._lookups.close()
        await self._engine.dispose()


def reason(error: BaseException) -> str:
    """Return the message of a database error in one line, without the statement or its values."""
    cause = error.orig if isinstance(error, DBAPIError) and error.orig else error
    return " ".join(str(cause).split())[:200] or type(cause).__name__


def _postgresql(url: str, command_timeout: float) -> AsyncEngine:
    """Return an engine whose connects and commands end in time, also where the server has fallen silent."""
    return create_async_engine(
        url,
        pool_pre_ping=True,
        pool_size=5,
        max_overflow=5,
        pool_timeout=CONNECT_TIMEOUT + command_timeout,
        hide_parameters=True,
        connect_args={"timeout": CONNECT_TIMEOUT, "command_timeout": command_timeout},
    )


def _sqlite(file: str) -> AsyncEngine:
    path = Path(file).expanduser().absolute()
    if not path.parent.is_dir():
        raise StoreError(f"the folder {path.parent} for the database does not exist: create it")
    if (kind := file_system(path.resolve(), _mounts())) in _NETWORK_FILE_SYSTEMS:
        raise StoreError(
            f"{path} is on a network file system ({kind}), where SQLite loses data: use a local disk or PostgreSQL"
        )
    engine = create_async_engine(
        f"sqlite+aiosqlite:///{path}",
        hide_parameters=True,
        connect_args={"timeout": BUSY_TIMEOUT, "isolation_level": None},
    )

    @event.listens_for(engine.sync_engine, "connect")
    def _configure(connection: Any, _record: object) -> None:
        cursor = connection.cursor()
        for pragma in (
            "journal_mode=WAL",
            "synchronous=FULL",
            "foreign_keys=ON",
            f"busy_timeout={int(BUSY_TIMEOUT * 1000)}",
        ):
            cursor.execute(f"PRAGMA {pragma}")
        cursor.close()

    @event.listens_for(engine.sync_engine, "begin")
    def _immediate(connection: Any) -> None:
        # A read that later writes fails at once in WAL (SQLITE_BUSY_SNAPSHOT), whatever the timeout: take the write lock
        # first.
        connection.exec_driver_sql("BEGIN IMMEDIATE")

    return engine


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

"""Opens the database: SQLite in one file by default, PostgreSQL by URL, with the settings that the guarantees depend on."""

from __future__ import annotations

import asyncio
import uuid
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import asynccontextmanager, contextmanager, nullcontext, suppress
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from sqlalchemy import Table, text
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import DBAPIError, SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine

from bot import failures
from bot.outside.state import Outside
from bot.store.errors import OutOfReachError, StoreError
from bot.store.lookups import Lookups, Query, Rows
from bot.store.migrate import NewerSchemaError, has_tables, migrate
from bot.store.sqlite_file import BUSY_TIMEOUT, LOCKED, NAME_IT, SqliteFile
from bot.store.waiting import seconds_left, spent

CONNECT_TIMEOUT = 5.0
COMMAND_TIMEOUT = 10.0
MIGRATION_TIMEOUT = 300.0
"""Seconds for connecting to PostgreSQL, for one command, and for one while the tables are brought to this version."""
_PASSED_ON = ("ssl", "application_name", "target_session_attrs")
_WITHOUT_EFFECT = ("channel_binding", "connect_timeout", "gssencmode", "keepalives", "pgbouncer", "tcp_user_timeout")
"""How those parameters begin that providers print in a URL: what the driver understands, and what it has no use for."""
_CANCELLED = "57014"
"""What PostgreSQL says of a statement that took too long."""
_NOT_YET = ("57P03", "53300")
"""What PostgreSQL says while it starts, and while it has too many connections."""
_MIGRATION_LOCK = 7_063_101
_WRITE = "DELETE FROM claim WHERE key = ''"
"""A write that changes nothing, and fails where the file is read-only."""
_PROBE = (
    "INSERT INTO claim (key, state, lease_until, created_at) VALUES ('probe', 'probe', 0, 0) "
    "ON CONFLICT (key) DO UPDATE SET lease_until = 0"
)


class Database:
    """An open database. Use `begin()` for every unit of work; no transaction is open during a call to Slack."""

    def __init__(self, engine: AsyncEngine, place: str, file: SqliteFile | None = None) -> None:
        self.place = place
        """Where it is, for people: its path, or its name and server."""
        self.file = file
        """The file of a SQLite database."""
        self.is_sqlite = file is not None
        self._engine = engine
        self._lookups = Lookups(str(file.path), BUSY_TIMEOUT) if file else None
        self._turn = asyncio.Lock()
        self._reach = Outside("the database")
        self._late: set[asyncio.Task[None]] = set()

    @classmethod
    async def open(cls, url: str, *, must_exist: bool = False) -> Database:
        """Connect, and migrate the tables to this version's schema: one process at a time, whole or not at all. Raises
        StoreError (with `must_exist`, where the bot has no tables there yet); OutOfReachError where a server cannot be
        reached now.
        """
        try:
            parsed = make_url(url)
        except (SQLAlchemyError, ValueError):
            raise StoreError(
                "PPRNET_DATABASE_URL cannot be read: write postgresql://USER:PASSWORD@HOST:PORT/DATABASE"
            ) from None
        file = None
        if parsed.get_backend_name() == "sqlite":
            if "?" in url:
                raise StoreError("PPRNET_DATABASE_URL has a ? in it, which a file of SQLite may not have: use another path")
            file = SqliteFile(absolute(parsed.database or ""), must_exist=must_exist)
            engine = file.engine()
        else:
            try:
                engine = postgresql_engine(parsed, COMMAND_TIMEOUT)
            except ModuleNotFoundError:
                raise StoreError("PostgreSQL needs its driver: pip install 'pprnet-bot[postgresql]'") from None
        database = cls(engine, str(file.path) if file else f"{parsed.database} on {parsed.host}", file)
        migrating = engine if database.is_sqlite else postgresql_engine(parsed, MIGRATION_TIMEOUT)
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
                if must_exist and not await connection.run_sync(has_tables):
                    raise StoreError(f"{database.place} has no tables of the bot: {NAME_IT}")
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
            is_passing = isinstance(error, OSError | TimeoutError) or getattr(error, "sqlstate", None) in _NOT_YET
            kind = OutOfReachError if is_passing and not file else StoreError
            raise kind(f"the database cannot be opened: {reason(error)}") from None
        finally:
            if migrating is not engine:
                await migrating.dispose()
        await database.checkpoint()
        return database

    async def checkpoint(self) -> None:
        """See that a copy of a SQLite database's file has what was committed."""
        if self.file:
            self._check_file()
            await self.file.checkpoint()

    def _check_file(self) -> None:
        if self.file:
            self.file.check()

    async def rows(self, statement: Query, values: Mapping[str, Any]) -> Rows:
        """Return the rows of a statement that every answer needs (made once by its user): what is committed when it
        runs. It waits for no writer, nor for a connection that writers wait with.
        """
        self._check_file()
        if self._lookups:
            return await self._lookups.rows(statement, values)
        async with self.begin() as connection:
            return [tuple(row) for row in await connection.execute(statement, values)]

    @asynccontextmanager
    async def begin(self) -> AsyncIterator[AsyncConnection]:
        """Begin a transaction: committed at the end of the block, rolled back when it raises. Raises StoreError where the
        database's file is gone, and OutOfReachError where it is locked, or not there in time for someone who waits.
        """
        self._check_file()
        with self._observed():
            async with self._in_turn() if self.is_sqlite else nullcontext(), self._connected() as connection:
                yield connection

    @asynccontextmanager
    async def _connected(self) -> AsyncIterator[AsyncConnection]:
        if self.is_sqlite or (left := seconds_left()) is None:
            async with self._engine.begin() as connection:
                yield connection
            return
        connection = await self._connection_within(left)
        try:
            async with connection.begin():
                # The server ends what takes too long: cut off from here, the connection would be lost with it.
                await connection.exec_driver_sql(f"SET LOCAL statement_timeout = {round(left * 1000)}")
                yield connection
        finally:
            await connection.close()

    async def _connection_within(self, seconds: float) -> AsyncConnection:
        """Return a connection; one that comes too late goes to the next one who wants it."""
        task = asyncio.create_task(_started(self._engine))
        await asyncio.wait({task}, timeout=seconds)
        if task.done():
            return task.result()
        giving_back = asyncio.create_task(_given_back(task))
        self._late.add(giving_back)
        giving_back.add_done_callback(self._late.discard)
        raise OutOfReachError("the database does not answer in time")

    @contextmanager
    def _observed(self) -> Iterator[None]:
        """Log when the database gets out of reach and is back, once, however many want something of it."""
        try:
            with spent():
                yield
        except OutOfReachError as error:
            self._reach.failed(str(error).replace("the database", "it", 1))
            raise
        except (OSError, TimeoutError) as error:  # from the driver: nothing else is waited for in a transaction
            why = failures.reason(error)
            self._reach.failed(why)
            raise OutOfReachError(why) from error
        except DBAPIError as error:
            if getattr(error.orig, "sqlstate", None) != _CANCELLED:
                raise
            self._reach.failed("it does not answer in time")
            raise OutOfReachError("the database does not answer in time") from None
        self._reach.answered()

    @asynccontextmanager
    async def _in_turn(self) -> AsyncIterator[None]:
        """Wait for the one writer that SQLite can have, here and not in a thread each: this wait can be cut off."""
        try:
            async with asyncio.timeout(seconds_left()):
                await self._turn.acquire()
        except TimeoutError:
            raise OutOfReachError(LOCKED) from None
        try:
            yield
        finally:
            self._turn.release()

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
            async with self.begin() as connection:
                await connection.execute(text(_PROBE))
                await connection.execute(text("DELETE FROM claim WHERE state = 'probe'"))
        except (SQLAlchemyError, OSError, StoreError):
            return False
        return True

    async def close(self) -> None:
        """Close every connection."""
        if self._lookups:
            await self._lookups.close()
        if self._late:
            await asyncio.wait(self._late, timeout=CONNECT_TIMEOUT)
        await self._engine.dispose()


async def _started(engine: AsyncEngine) -> AsyncConnection:
    return await engine.connect()


async def _given_back(late: asyncio.Task[AsyncConnection]) -> None:
    with suppress(SQLAlchemyError, OSError, TimeoutError):
        await (await late).close()


def reason(error: BaseException) -> str:
    """Return the message of a database error in one line, without the statement or its values."""
    cause = error.orig if isinstance(error, DBAPIError) and error.orig else error
    return " ".join(str(cause).split())[:200] or type(cause).__name__


def absolute(file: str) -> Path:
    """Return the path of a file that may be relative to the working folder or to someone's home."""
    return Path(file).expanduser().absolute()


def postgresql_engine(url: URL, command_timeout: float) -> AsyncEngine:
    """Return an engine whose connects and commands end in time, also where the server has fallen silent; and which works
    behind a pooler that gives each transaction another connection: no statement is expected to be there still.
    """
    from bot.store.asyncpg_connection import TimedConnection

    passed = {name: value for name, value in url.query.items() if name.startswith(_PASSED_ON)}
    dropped = {name for name in url.query if name.startswith(_WITHOUT_EFFECT)}
    rest = set(url.query) - set(passed) - dropped - {"host", "port"}
    if rest:
        raise StoreError(f"PPRNET_DATABASE_URL has a parameter that the bot does not know: {min(rest)}")
    options: dict[str, Any] = {"dsn": f"postgresql:///?{urlencode(passed, doseq=True)}"} if passed else {}
    return create_async_engine(
        url.difference_update_query([*passed, *dropped]),
        pool_pre_ping=True,
        pool_size=5,
        max_overflow=5,
        pool_timeout=CONNECT_TIMEOUT + command_timeout,
        hide_parameters=True,
        connect_args={
            "timeout": CONNECT_TIMEOUT,
            "command_timeout": command_timeout,
            "connection_class": TimedConnection,
            "statement_cache_size": 0,
            "prepared_statement_cache_size": 0,
            "prepared_statement_name_func": lambda: f"pprnet_{uuid.uuid4().hex}",
            **options,
        },
    )

"""Opens the database: SQLite in one file by default, PostgreSQL by URL, with the settings that the guarantees depend on."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import asynccontextmanager, contextmanager, nullcontext, suppress
from pathlib import Path
from typing import Any

from sqlalchemy import MetaData, Table, delete, text
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import DBAPIError, SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from bot import failures
from bot.outside.state import Outside
from bot.store import parts
from bot.store.access import access_problems
from bot.store.errors import OutOfReachError, StoreError, why_unwritable
from bot.store.lookups import Lookups, Query, Rows
from bot.store.migrate import is_current
from bot.store.opening import MIGRATION_LOCK, bring_forward
from bot.store.postgresql import postgresql_engine
from bot.store.sqlite_file import LOCKED, PART_LOST, SqliteFile
from bot.store.tables import claims
from bot.store.waiting import seconds_left, spent

CONNECT_TIMEOUT = 5.0
COMMAND_TIMEOUT = 10.0
MIGRATION_TIMEOUT = 300.0
"""Seconds for connecting to PostgreSQL, for one command, and for one while the tables are brought to this version."""
_CANCELLED = "57014"
"""What PostgreSQL says of a statement that took too long."""
_PROBE = {"key": "probe", "state": "probe", "lease_until": 0.0, "created_at": 0.0}
"""A row that is written and deleted, to see whether anything can be written."""


class Database:
    """An open database. Use `begin()` for every unit of work; no transaction is open during a call to Slack."""

    def __init__(self, engine: AsyncEngine, url: URL, file: SqliteFile | None = None, schema: str | None = None) -> None:
        """`schema`: where all tables are that this one sees, in PostgreSQL; by default the user's own."""
        self.place = str(file.path) if file else f"{url.database} on {url.host}"
        """Where it is, for people: its path, or its name and server."""
        self.file = file
        """The file of a SQLite database."""
        self.is_sqlite = file is not None
        self._url = url
        self._schema = schema
        self._own_schema = ""
        self._pool = engine
        # Statements name no schema: the engine puts this one before each table, and sees no other.
        self._engine = engine.execution_options(schema_translate_map={None: schema}) if schema else engine
        self._lookups = Lookups(file.path) if file else None
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
        if parsed.get_backend_name() == "sqlite":
            if "?" in url:
                raise StoreError("PPRNET_DATABASE_URL has a ? in it, which a file of SQLite may not have: use another path")
            return await cls._open_file(absolute(parsed.database or ""), parsed, must_exist=must_exist)
        database = cls(postgresql_engine(parsed, CONNECT_TIMEOUT, COMMAND_TIMEOUT), parsed)
        await database._bring_forward(postgresql_engine(parsed, CONNECT_TIMEOUT, MIGRATION_TIMEOUT), must_exist=must_exist)
        return database

    @classmethod
    async def _open_file(cls, path: Path, url: URL, *, must_exist: bool = False) -> Database:
        if problem := next(access_problems(path), None):
            raise StoreError(f"the database cannot be opened: {problem}")
        file = SqliteFile(path, must_exist=must_exist)
        database = cls(file.engine(), url, file)
        await database._bring_forward(database._pool, must_exist=must_exist)
        await database.checkpoint()
        return database

    async def part(self, name: str) -> Database:
        """Return one workspace's own part of this database, brought to this version's schema: a schema of the server, over
        this database's connections, or a file of its own. What uses it sees no other part, nor this one. Close it before
        this one. Raises StoreError.
        """
        if self.file:
            path = parts.file_of(self.file.path, name)
            path.parent.mkdir(mode=0o700, exist_ok=True)
            part = await self._open_file(path, self._url)
            if part.file:
                part.file.lost = PART_LOST
            return part
        async with self._pool.connect() as connection:
            schema = await parts.schema_of(connection, name)
        part = Database(self._pool, self._url, schema=schema)
        part._reach = self._reach  # one server: it gets out of reach once
        async with self._pool.begin() as connection:
            await connection.execute(text(f'SET LOCAL search_path TO "{schema}"'))
            current = await connection.run_sync(is_current)
        if not current:
            await part._bring_forward(postgresql_engine(self._url, CONNECT_TIMEOUT, MIGRATION_TIMEOUT))
        return part

    async def existing_part(self, name: str) -> Database | None:
        """Return such a part where there is one."""
        if self.file:
            exists = await asyncio.to_thread(parts.file_of(self.file.path, name).exists)
        else:
            async with self._pool.connect() as connection:
                exists = await parts.schema_exists(connection, await parts.schema_of(connection, name))
        return await self.part(name) if exists else None

    async def erase_part(self, name: str) -> bool:
        """Delete a workspace's own part with all that is in it; return whether there was any."""
        if self.file:
            return await asyncio.to_thread(parts.delete_file, parts.file_of(self.file.path, name))
        return await parts.erase_schema(self._pool, name)

    async def _bring_forward(self, migrating: AsyncEngine, *, must_exist: bool = False) -> None:
        """Migrate the tables over an engine that is disposed of afterwards, if it is not this one's own. Where that fails,
        this database is closed.
        """
        try:
            await bring_forward(migrating, self.place, self._schema, is_file=self.is_sqlite, must_exist=must_exist)
        except BaseException:
            if not self._schema:
                await self._pool.dispose()
            raise
        finally:
            if migrating is not self._pool:
                await migrating.dispose()

    async def create(self, tables: MetaData) -> None:
        """Make tables that are missing: one process at a time."""
        async with self.begin() as connection:
            if not self.is_sqlite:
                await connection.execute(text(f"SELECT pg_advisory_xact_lock({MIGRATION_LOCK})"))
            await connection.run_sync(tables.create_all)

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
            return self._lookups.rows(statement, values)
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
            if error.orig and (full := why_unwritable(error.orig)):
                full += f" ({self.place})" if self.is_sqlite else ""
                self._reach.failed(f"it cannot be written: {full}")
                raise OutOfReachError(f"the database cannot be written: {full}") from None
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
        """Return the database's time in UTC epoch seconds: replicas agree on it whatever their own clocks say. A file
        is opened on one machine, whose clock is the file's too.
        """
        if self.is_sqlite:
            return time.time()
        return float((await connection.execute(text("SELECT extract(epoch from clock_timestamp())"))).scalar_one())

    def insert(self, table: Table) -> Any:
        """Return an INSERT of this database's dialect, which has `on_conflict_do_nothing` and `on_conflict_do_update`."""
        return sqlite.insert(table) if self.is_sqlite else postgresql.insert(table)

    async def why_not_writable(self) -> str | None:
        """Return why nothing can be written now, or None: a row is written and deleted, so that pages reach the disk."""
        try:
            async with self.begin() as connection:
                row = self.insert(claims).values(_PROBE)
                row = row.on_conflict_do_update(index_elements=["key"], set_={"lease_until": 0.0})
                await connection.execute(row)
                await connection.execute(delete(claims).where(claims.c.state == "probe"))
        except (SQLAlchemyError, OSError, StoreError) as error:
            return failures.reason(error)
        return None

    async def close(self) -> None:
        """Close every connection."""
        if self._lookups:
            self._lookups.close()
        if self._late:
            await asyncio.wait(self._late, timeout=CONNECT_TIMEOUT)
        if not self._schema:  # a part's connections are the whole's
            await self._pool.dispose()


async def _started(engine: AsyncEngine) -> AsyncConnection:
    return await engine.connect()


async def _given_back(late: asyncio.Task[AsyncConnection]) -> None:
    with suppress(SQLAlchemyError, OSError, TimeoutError):
        await (await late).close()


def absolute(file: str) -> Path:
    """Return the path of a file that may be relative to the working folder or to someone's home."""
    return Path(file).expanduser().absolute()

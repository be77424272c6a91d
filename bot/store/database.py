"""Opens the database: SQLite in one file by default, PostgreSQL by URL, with the settings that the guarantees depend on."""

from __future__ import annotations

import asyncio
import re
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
from bot.store.errors import OutOfReachError, StoreError
from bot.store.lookups import Lookups, Query, Rows
from bot.store.migrate import NewerSchemaError, has_tables, is_current, migrate
from bot.store.postgresql import postgresql_engine
from bot.store.sqlite_file import BUSY_TIMEOUT, LOCKED, NAME_IT, SqliteFile
from bot.store.tables import claims
from bot.store.waiting import seconds_left, spent

CONNECT_TIMEOUT = 5.0
COMMAND_TIMEOUT = 10.0
MIGRATION_TIMEOUT = 300.0
"""Seconds for connecting to PostgreSQL, for one command, and for one while the tables are brought to this version."""
_CANCELLED = "57014"
"""What PostgreSQL says of a statement that took too long."""
_NOT_YET = ("57P03", "53300")
"""What PostgreSQL says while it starts, and while it has too many connections."""
_MIGRATION_LOCK = 7_063_101
_WRITE = delete(claims).where(claims.c.key == "")
"""A write that changes nothing, and fails where the file is read-only."""
_PROBE = {"key": "probe", "state": "probe", "lease_until": 0.0, "created_at": 0.0}
"""A row that is written and deleted, to see whether anything can be written."""
_PART = re.compile(r"[a-z0-9]{2,24}")
_LONGEST_NAME = 63
"""Characters of a schema's name in PostgreSQL."""


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
        if parsed.get_backend_name() == "sqlite":
            if "?" in url:
                raise StoreError("PPRNET_DATABASE_URL has a ? in it, which a file of SQLite may not have: use another path")
            return await cls._open_file(absolute(parsed.database or ""), parsed, must_exist=must_exist)
        try:
            engine = postgresql_engine(parsed, CONNECT_TIMEOUT, COMMAND_TIMEOUT)
        except ModuleNotFoundError:
            raise StoreError("PostgreSQL needs its driver: pip install 'pprnet-bot[postgresql]'") from None
        database = cls(engine, parsed)
        await database._bring_forward(postgresql_engine(parsed, CONNECT_TIMEOUT, MIGRATION_TIMEOUT), must_exist=must_exist)
        return database

    @classmethod
    async def _open_file(cls, path: Path, url: URL, *, must_exist: bool = False) -> Database:
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
            folder = self._folder_of_parts()
            folder.mkdir(mode=0o700, exist_ok=True)
            return await self._open_file(folder / f"{_checked(name)}.db", self._url)
        schema = await self._schema_of(name)
        part = Database(self._pool, self._url, schema=schema)
        part._reach = self._reach  # one server: it gets out of reach once
        async with self._pool.begin() as connection:
            await connection.execute(text(f'SET LOCAL search_path TO "{schema}"'))
            current = await connection.run_sync(is_current)
        if not current:
            await part._bring_forward(postgresql_engine(self._url, CONNECT_TIMEOUT, MIGRATION_TIMEOUT))
        return part

    async def erase_part(self, name: str) -> bool:
        """Delete a workspace's own part with all that is in it; return whether there was any."""
        if self.file:
            file = self._folder_of_parts() / f"{_checked(name)}.db"
            found = await asyncio.to_thread(file.exists)
            for ending in ("", "-wal", "-shm"):
                await asyncio.to_thread(file.with_name(file.name + ending).unlink, missing_ok=True)
            return found
        schema = await self._schema_of(name)
        async with self._pool.begin() as connection:
            known = text("SELECT 1 FROM information_schema.schemata WHERE schema_name = :name")
            found = (await connection.execute(known, {"name": schema})).first() is not None
            await connection.execute(text(f'DROP SCHEMA IF EXISTS "{schema}" CASCADE'))
        return found

    def _folder_of_parts(self) -> Path:
        path = self.file.path if self.file else Path()
        return path.with_name(f"{path.stem}-workspaces")

    async def _schema_of(self, name: str) -> str:
        """Return the schema of a part: beside this database's own, so that two bots on one server do not share parts."""
        if not self._own_schema:
            async with self._pool.connect() as connection:
                self._own_schema = str((await connection.execute(text("SELECT current_schema()"))).scalar_one())
        schema = f"{self._own_schema}_{_checked(name)}"
        if len(schema) > _LONGEST_NAME or '"' in schema:
            raise StoreError(
                f"the schema {self._own_schema} has a name in which a workspace's has no room: use a shorter one"
            )
        return schema

    async def _bring_forward(self, migrating: AsyncEngine, *, must_exist: bool = False) -> None:
        """Migrate the tables over an engine that is disposed of afterwards, if it is not this one's own. Where that fails,
        this database is closed.
        """
        try:
            async with migrating.begin() as connection:
                await self._check(connection)
                if must_exist and not await connection.run_sync(has_tables):
                    raise StoreError(f"{self.place} has no tables of the bot: {NAME_IT}")
                await connection.run_sync(migrate)
                await connection.execute(_WRITE)  # SQLite opens a read-only file without a word
        except StoreError:
            await self._give_up()
            raise
        except NewerSchemaError:
            await self._give_up()
            raise StoreError(
                "the database was used by a newer version of the bot, which this one cannot read: install that version "
                "again, or restore a backup from before"
            ) from None
        except Exception as error:  # drivers raise errors of their own while connecting
            await self._give_up()
            is_passing = isinstance(error, OSError | TimeoutError) or getattr(error, "sqlstate", None) in _NOT_YET
            kind = OutOfReachError if is_passing and not self.file else StoreError
            raise kind(f"the database cannot be opened: {reason(error)}") from None
        finally:
            if migrating is not self._pool:
                await migrating.dispose()

    async def create(self, tables: MetaData) -> None:
        """Make tables that are missing: one process at a time."""
        async with self.begin() as connection:
            if not self.is_sqlite:
                await connection.execute(text(f"SELECT pg_advisory_xact_lock({_MIGRATION_LOCK})"))
            await connection.run_sync(tables.create_all)

    async def _check(self, connection: AsyncConnection) -> None:
        """See that the database is sound, and take the lock under which one process at a time migrates."""
        if self.is_sqlite:
            if (await connection.execute(text("PRAGMA quick_check(1)"))).scalar() != "ok":
                raise StoreError("the database file is damaged: restore it from a backup before the bot posts anything")
            return
        encoding = (await connection.execute(text("SHOW server_encoding"))).scalar()
        if encoding != "UTF8":
            raise StoreError(
                f"the database's encoding is {encoding}, which cannot store all characters: create one with "
                "ENCODING 'UTF8' TEMPLATE template0"
            )
        await connection.execute(text(f"SELECT pg_advisory_xact_lock({_MIGRATION_LOCK})"))
        if self._schema:
            await connection.execute(text(f'CREATE SCHEMA IF NOT EXISTS "{self._schema}"'))
            await connection.execute(text(f'SET LOCAL search_path TO "{self._schema}"'))

    async def _give_up(self) -> None:
        if not self._schema:
            await self._pool.dispose()

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
                row = self.insert(claims).values(_PROBE)
                row = row.on_conflict_do_update(index_elements=["key"], set_={"lease_until": 0.0})
                await connection.execute(row)
                await connection.execute(delete(claims).where(claims.c.state == "probe"))
        except (SQLAlchemyError, OSError, StoreError):
            return False
        return True

    async def close(self) -> None:
        """Close every connection."""
        if self._lookups:
            await self._lookups.close()
        if self._late:
            await asyncio.wait(self._late, timeout=CONNECT_TIMEOUT)
        if not self._schema:  # a part's connections are the whole's
            await self._pool.dispose()


async def _started(engine: AsyncEngine) -> AsyncConnection:
    return await engine.connect()


async def _given_back(late: asyncio.Task[AsyncConnection]) -> None:
    with suppress(SQLAlchemyError, OSError, TimeoutError):
        await (await late).close()


def reason(error: BaseException) -> str:
    """Return the message of a database error in one line, without the statement or its values."""
    cause = error.orig if isinstance(error, DBAPIError) and error.orig else error
    return " ".join(str(cause).split())[:200] or type(cause).__name__


def _checked(name: str) -> str:
    """Return a part's name, which becomes part of a statement and of a path. Raises ValueError."""
    if not _PART.fullmatch(name):
        raise ValueError("a part is named by letters and digits")
    return name


def absolute(file: str) -> Path:
    """Return the path of a file that may be relative to the working folder or to someone's home."""
    return Path(file).expanduser().absolute()

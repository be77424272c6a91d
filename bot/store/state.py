"""The state of a database, read without changing anything: not even its tables are brought to this version."""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, make_url, text

from bot.store.database import COMMAND_TIMEOUT, CONNECT_TIMEOUT
from bot.store.errors import DamagedError, StoreError, reason
from bot.store.migrate import FIRST, VERSION_TABLE, has_tables, known_versions, version_of
from bot.store.parts import schemas_in
from bot.store.postgresql import postgresql_engine

_SHOWN = ("server_encoding", "default_transaction_isolation", "default_transaction_read_only")


@dataclass(frozen=True, slots=True)
class DatabaseState:
    """What is in a database: `version` is that of its tables, None where there are none."""

    version: str | None
    encoding: str = "UTF8"
    isolation: str = "read committed"
    is_read_only: bool = False
    parts: Mapping[str, str] = field(default_factory=dict)
    """The schemas of the workspaces' own parts, by the parts' names."""

    @property
    def is_newer(self) -> bool:
        """Return whether a newer version of the bot has changed the tables."""
        return self.version is not None and self.version not in known_versions()


async def state_of(url: str) -> DatabaseState:
    """Read the state of a PostgreSQL database. Raises StoreError where it cannot be reached or read."""
    engine = postgresql_engine(make_url(url), CONNECT_TIMEOUT, COMMAND_TIMEOUT)
    try:
        async with engine.connect() as connection:
            shown = [(await connection.execute(text(f"SHOW {name}"))).scalar_one() for name in _SHOWN]
            is_replica = (await connection.execute(text("SELECT pg_is_in_recovery()"))).scalar_one()
            version = await connection.run_sync(_version)
            of_parts = await schemas_in(connection)
    except Exception as failed:  # drivers raise errors of their own while connecting
        raise StoreError(f"the database cannot be reached: {reason(failed)}") from None
    finally:
        await engine.dispose()
    return DatabaseState(version, str(shown[0]), str(shown[1]), bool(is_replica) or shown[2] == "on", of_parts)


def _version(connection: Connection) -> str | None:
    return version_of(connection) or (FIRST if has_tables(connection) else None)


def state_of_file(file: Path) -> DatabaseState:
    """Read the state of a SQLite database's file. Raises StoreError: DamagedError where only a backup helps."""
    try:
        with closing(sqlite3.connect(f"{file.as_uri()}?mode=ro", uri=True)) as connection:
            if (sound := connection.execute("PRAGMA quick_check(1)").fetchone()[0]) != "ok":
                raise DamagedError(f"the file is damaged: {sound}")
            tables = {name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
            found: Any = None
            if VERSION_TABLE in tables:
                found = connection.execute(f"SELECT version_num FROM {VERSION_TABLE}").fetchone()  # noqa: S608  (our own name)
    except sqlite3.Error as failed:
        is_damaged = getattr(failed, "sqlite_errorcode", 0) & 0xFF in (sqlite3.SQLITE_NOTADB, sqlite3.SQLITE_CORRUPT)
        raise (DamagedError if is_damaged else StoreError)(f"the file cannot be read: {failed}") from None
    return DatabaseState(found[0] if found else FIRST if "delivery" in tables else None)

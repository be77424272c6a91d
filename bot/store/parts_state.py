"""The workspaces that joined and their parts of a database, read without changing anything."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path

from sqlalchemy import inspect, make_url, text
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.store.database import COMMAND_TIMEOUT, CONNECT_TIMEOUT
from bot.store.errors import StoreError, reason
from bot.store.migrate import VERSION_TABLE
from bot.store.parts import file_of, schema_of
from bot.store.postgresql import postgresql_engine
from bot.store.state import state_of_file
from bot.store.workspaces import workspaces

_ROWS = f"SELECT id, token FROM {workspaces.name} ORDER BY id"  # noqa: S608  (our own name)


@dataclass(frozen=True, slots=True)
class PartState:
    """A workspace that joined: its token as it is stored, the name of its part, where that is (a file, or a schema), and the
    version of its tables; None where there are none.
    """

    workspace: str
    token: str | None = field(repr=False)
    name: str
    place: str
    version: str | None


def parts_of_file(file: Path) -> list[PartState]:
    """Return the workspaces in a SQLite database; none where it is for one. Raises StoreError."""
    try:
        with closing(sqlite3.connect(f"{file.as_uri()}?mode=ro", uri=True, timeout=10)) as connection:
            tables = {name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
            rows = connection.execute(_ROWS).fetchall() if workspaces.name in tables else []
    except sqlite3.Error as failed:
        raise StoreError(f"{file} cannot be read: {failed}") from None
    found = []
    for workspace, token in rows:
        part = file_of(file, workspace.lower())
        version = state_of_file(part).version if part.exists() else None
        found.append(PartState(workspace, token, workspace.lower(), str(part), version))
    return found


async def parts_of_server(url: str) -> tuple[list[PartState], bool]:
    """Return the workspaces in a PostgreSQL database, none where it is for one; and whether parts can be made. Raises
    StoreError.
    """
    engine = postgresql_engine(make_url(url), CONNECT_TIMEOUT, COMMAND_TIMEOUT)
    try:
        async with engine.connect() as connection:
            may = await connection.execute(text("SELECT has_database_privilege(current_database(), 'CREATE')"))
            may_create = bool(may.scalar_one())
            tables = await connection.run_sync(lambda each: set(inspect(each).get_table_names()))
            rows: Sequence[object] = (await connection.execute(text(_ROWS))).all() if workspaces.name in tables else ()
            return [await _part(connection, *row) for row in rows], may_create  # type: ignore[misc]
    except StoreError:
        raise
    except Exception as failed:  # drivers raise errors of their own while connecting
        raise StoreError(f"the database cannot be read: {reason(failed)}") from None
    finally:
        await engine.dispose()


async def _part(connection: AsyncConnection, workspace: str, token: str | None) -> PartState:
    schema = await schema_of(connection, workspace.lower())
    there = await connection.execute(text("SELECT to_regclass(:name)"), {"name": f'"{schema}".{VERSION_TABLE}'})
    version = None
    if there.scalar_one() is not None:
        found = await connection.execute(text(f'SELECT version_num FROM "{schema}".{VERSION_TABLE}'))  # noqa: S608
        version = found.scalars().first()
    return PartState(workspace, token, workspace.lower(), schema, version)

"""Where each workspace's own part of a database is: a file beside it, or a schema of the server beside its own."""

from __future__ import annotations

import re
from pathlib import Path

from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from bot.store.errors import StoreError

_NAME = re.compile(r"[a-z0-9]{2,24}")
_LONGEST = 63
"""Characters of a schema's name in PostgreSQL."""
_DEADLOCK = "40P01"
"""What PostgreSQL says of the one of two transactions waiting for each other that it rolled back."""
_TRIES = 5
_OURS = text("SELECT table_schema FROM information_schema.tables WHERE table_name = 'delivery'")
_IS_THERE = text("SELECT 1 FROM information_schema.schemata WHERE schema_name = :name")


def folder_of(whole: Path) -> Path:
    """Return the folder of the parts of a SQLite database."""
    return whole.with_name(f"{whole.stem}-workspaces")


def files_in(whole: Path) -> dict[str, Path]:
    """Return the parts of a SQLite database that there are, by their names."""
    return {path.stem: path for path in sorted(folder_of(whole).glob("*.db")) if _NAME.fullmatch(path.stem)}


def file_of(whole: Path, name: str) -> Path:
    """Return the file of one part. Raises ValueError for a name that is none."""
    return folder_of(whole) / f"{_checked(name)}.db"


def delete_file(file: Path) -> bool:
    """Delete a SQLite database; return whether there was one."""
    found = file.exists()
    for ending in (".made", "", "-wal", "-shm"):
        file.with_name(file.name + ending).unlink(missing_ok=True)
    return found


async def schema_of(connection: AsyncConnection, name: str) -> str:
    """Return the schema of one part, named after the one in use, so that two bots on one server do not share parts. Raises
    ValueError for a name that is none, and StoreError where it would be too long.
    """
    own = str((await connection.execute(text("SELECT current_schema()"))).scalar_one())
    schema = f"{own}_{_checked(name)}"
    if len(schema) > _LONGEST or '"' in schema:
        raise StoreError(f"the schema {own} has a name in which a workspace's has no room: use a shorter one")
    return schema


async def schemas_in(connection: AsyncConnection) -> dict[str, str]:
    """Return the schemas of the parts that there are beside the one in use, by the parts' names."""
    own = str((await connection.execute(text("SELECT current_schema()"))).scalar_one()) + "_"
    found = sorted((await connection.execute(_OURS)).scalars())
    return {each.removeprefix(own): each for each in found if each.startswith(own) and _NAME.fullmatch(each[len(own) :])}


async def create_schema(connection: AsyncConnection, name: str) -> None:
    """Make the empty schema of one part, where it is missing. Raises ValueError and StoreError as `schema_of` does."""
    await connection.execute(text(f'CREATE SCHEMA IF NOT EXISTS "{await schema_of(connection, name)}"'))


async def schema_exists(connection: AsyncConnection, schema: str) -> bool:
    """Return whether there is such a schema."""
    return (await connection.execute(_IS_THERE, {"name": schema})).first() is not None


async def erase_schema(engine: AsyncEngine, name: str) -> bool:
    """Delete the schema of one part with all that is in it; return whether there was one. Transactions that are using it go
    first: where one of them waits for this one, this one starts over. Raises ValueError and StoreError as `schema_of` does.
    """
    tries = 0
    while True:
        tries += 1
        try:
            async with engine.begin() as connection:
                schema = await schema_of(connection, name)
                found = await schema_exists(connection, schema)
                await connection.execute(text(f'DROP SCHEMA IF EXISTS "{schema}" CASCADE'))
                return found
        except DBAPIError as error:
            if getattr(error.orig, "sqlstate", None) != _DEADLOCK or tries == _TRIES:
                raise


def _checked(name: str) -> str:
    """Return a name, which becomes part of a statement and of a path. Raises ValueError."""
    if not _NAME.fullmatch(name):
        raise ValueError("a part is named by letters and digits")
    return name

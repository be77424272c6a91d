"""Copies of the database, whole and as of one moment, made while the bot runs; and a new database from such a copy."""

from __future__ import annotations

import asyncio
import os
import shutil
import sqlite3
import subprocess
from collections.abc import Iterable
from contextlib import closing
from pathlib import Path

from sqlalchemy import make_url
from sqlalchemy.engine import URL
from sqlalchemy.exc import SQLAlchemyError

from bot.store.database import COMMAND_TIMEOUT, CONNECT_TIMEOUT
from bot.store.errors import StoreError, reason
from bot.store.migrate import VERSION_TABLE
from bot.store.parts import create_schema
from bot.store.postgresql import postgresql_engine
from bot.store.tables import metadata
from bot.store.workspaces import directory

PROGRAM_TIMEOUT = 600.0
"""Seconds for one of PostgreSQL's programs."""
CLIENT = "install PostgreSQL's client programs of the server's version (apt-get install postgresql-client)"


def copy_file(source: Path, target: Path) -> None:
    """Copy a SQLite database that may be in use. Raises StoreError."""
    try:
        with (
            closing(sqlite3.connect(f"{source.as_uri()}?mode=ro", uri=True, timeout=10)) as there,
            closing(sqlite3.connect(target)) as here,
        ):
            there.backup(here)
            here.execute("PRAGMA journal_mode=DELETE")  # one file, with nothing beside it
    except sqlite3.Error as failed:
        raise StoreError(f"{source} cannot be copied: {failed}") from None


def dump(url: str, target: Path, schemas: Iterable[str]) -> None:
    """Write the bot's tables of a PostgreSQL database, and all that is in these schemas, into a file, by `pg_dump`. Raises
    StoreError.
    """
    names = (*metadata.tables, *directory.tables, VERSION_TABLE, *(f'"{schema}".*' for schema in schemas))
    tables = [f"--table={name}" for name in names]
    _run("pg_dump", url, "--format=custom", "--no-owner", "--no-privileges", f"--file={target}", *tables)


async def undump(url: str, source: Path, parts: Iterable[str]) -> None:
    """Make the bot's tables of such a file in a PostgreSQL database, with the parts of these names, all or none, by
    `pg_restore`. Raises StoreError.
    """
    engine = postgresql_engine(make_url(url), CONNECT_TIMEOUT, COMMAND_TIMEOUT)
    try:
        async with engine.begin() as connection:
            for name in parts:
                await create_schema(connection, name)
    except (SQLAlchemyError, OSError, TimeoutError) as failed:
        raise StoreError(f"the schemas of the workspaces cannot be made: {reason(failed)}") from None
    finally:
        await engine.dispose()
    await asyncio.to_thread(_undump, url, source)


def _undump(url: str, source: Path) -> None:
    _run("pg_restore", url, "--no-owner", "--no-privileges", "--single-transaction", "--exit-on-error", str(source))


def check_dump(source: Path) -> None:
    """Raises StoreError where such a file cannot be read (by `pg_restore`)."""
    _run("pg_restore", None, "--list", str(source))


def _run(program: str, url: str | None, *words: str) -> None:
    found = shutil.which(program)
    if found is None:
        raise StoreError(f"{program} is not installed: {CLIENT}")
    parsed = make_url(url) if url else None
    address = [f"--dbname={_address(parsed)}"] if parsed else []
    # The password is no argument: every user of the host may read those.
    secret = {"PGPASSWORD": str(parsed.password)} if parsed and parsed.password else {}
    try:
        done = subprocess.run(  # noqa: S603  (a program of the system, with the operator's settings)
            [found, *address, *words],
            capture_output=True,
            text=True,
            errors="replace",
            timeout=PROGRAM_TIMEOUT,
            env={**os.environ, **secret},
            check=False,
        )
    except subprocess.TimeoutExpired:
        raise StoreError(f"{program} was not done after {PROGRAM_TIMEOUT:.0f} seconds") from None
    if done.returncode:
        said = done.stderr.strip().splitlines()
        raise StoreError(f"{program} failed: {said[0][:300] if said else done.returncode}")


def _address(url: URL) -> str:
    return URL.create("postgresql", url.username, None, url.host, url.port, url.database, query=url.query).render_as_string()

"""Copies of the database, whole and as of one moment, made while the bot runs; and a new database from such a copy."""

from __future__ import annotations

import os
import shutil
import sqlite3
import subprocess
from contextlib import closing
from pathlib import Path

from sqlalchemy import make_url
from sqlalchemy.engine import URL

from bot.store.errors import StoreError
from bot.store.migrate import VERSION_TABLE
from bot.store.tables import metadata

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


def dump(url: str, target: Path) -> None:
    """Write the bot's tables of a PostgreSQL database into a file, by `pg_dump`. Raises StoreError."""
    tables = [f"--table={name}" for name in (*metadata.tables, VERSION_TABLE)]
    _run("pg_dump", url, "--format=custom", "--no-owner", "--no-privileges", f"--file={target}", *tables)


def undump(url: str, source: Path) -> None:
    """Make the bot's tables of such a file in a PostgreSQL database, all or none, by `pg_restore`. Raises StoreError."""
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

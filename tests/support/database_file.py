"""The bot's SQLite file, from outside."""

from __future__ import annotations

import asyncio
import contextlib
import sqlite3
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any


def database_bytes(folder: Path) -> bytes:
    """Every byte of the database: the file, its write-ahead log, its shared memory."""
    return b"".join(path.read_bytes() for path in sorted(folder.glob("pprnet.db*")))


@contextlib.asynccontextmanager
async def locked(folder: Path) -> AsyncIterator[None]:
    """The bot's SQLite file, locked by another process that writes for long."""
    connection = await asyncio.to_thread(_begun, folder / "pprnet.db")
    try:
        yield
    finally:
        connection.close()


def _begun(file: Path) -> sqlite3.Connection:
    connection = sqlite3.connect(file, timeout=10, isolation_level=None, check_same_thread=False)
    connection.execute("BEGIN IMMEDIATE")
    return connection


async def sql(folder: Path, statement: str) -> list[tuple[Any, ...]]:
    """A statement on the bot's SQLite file, from outside; in a thread, since the bot may hold the lock for a moment."""

    def execute() -> list[tuple[Any, ...]]:
        with contextlib.closing(sqlite3.connect(folder / "pprnet.db", timeout=10, isolation_level=None)) as connection:
            return connection.execute(statement).fetchall()

    return await asyncio.to_thread(execute)

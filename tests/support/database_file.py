"""The bot's SQLite file, from outside."""

from __future__ import annotations

import asyncio
import contextlib
import sqlite3
from pathlib import Path
from typing import Any


def database_bytes(folder: Path) -> bytes:
    """Every byte of the database: the file, its write-ahead log, its shared memory."""
    return b"".join(path.read_bytes() for path in sorted(folder.glob("pprnet.db*")))


async def sql(folder: Path, statement: str) -> list[tuple[Any, ...]]:
    """A statement on the bot's SQLite file, from outside; in a thread, since the bot may hold the lock for a moment."""

    def execute() -> list[tuple[Any, ...]]:
        with contextlib.closing(sqlite3.connect(folder / "pprnet.db", timeout=10, isolation_level=None)) as connection:
            return connection.execute(statement).fetchall()

    return await asyncio.to_thread(execute)

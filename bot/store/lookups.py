"""Reads what every answer needs from a SQLite file, at once and without a lock.

It has a connection of its own, because those of SQLAlchemy's pool may all be waiting for the write lock; and a transaction
of SQLAlchemy takes several times as long as the statement in it.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any

from sqlalchemy import CompoundSelect, Select
from sqlalchemy.dialects import sqlite
from sqlalchemy.sql.compiler import SQLCompiler

Query = Select[Any] | CompoundSelect[Any]
Rows = list[tuple[Any, ...]]
TIMEOUT = 0.1
"""Seconds to wait for a lock, which readers of a write-ahead log hardly ever do."""


class Lookups:
    """A connection that only reads, made at the first statement. Each sees what is committed when it runs."""

    def __init__(self, file: Path) -> None:
        self._file = file
        self._connection: sqlite3.Connection | None = None

    def rows(self, statement: Query, values: Mapping[str, Any]) -> Rows:
        """Return the rows of a statement that is made once: columns as SQLite has them, no lists among its values. Raises
        sqlite3.Error, or whatever else this statement fails with.
        """
        compiled = _compiled(statement)
        given = compiled.construct_params(dict(values))
        return self._open().execute(str(compiled), [given[name] for name in compiled.positiontup or ()]).fetchall()

    def close(self) -> None:
        """Close the connection."""
        if self._connection is not None:
            self._connection.close()

    def _open(self) -> sqlite3.Connection:
        if self._connection is None:
            there = f"{self._file.as_uri()}?mode=rw"  # never a new, empty file
            connection = sqlite3.connect(there, uri=True, timeout=TIMEOUT, isolation_level=None)
            connection.execute("PRAGMA query_only=ON")
            self._connection = connection
        return self._connection


@lru_cache(maxsize=16)
def _compiled(statement: Query) -> SQLCompiler:
    return statement.compile(dialect=sqlite.dialect())

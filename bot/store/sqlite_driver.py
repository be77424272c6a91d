"""A connection to a SQLite file. What may wait for the disk goes to its thread: opening, checks, commits. A statement within
a transaction runs at once, as does its beginning: the way to the thread and back takes several times as long as it does.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable
from pathlib import Path
from threading import Thread
from typing import Any, Self

import aiosqlite

_ROWS_AT_ONCE = 64
BEGIN = "BEGIN IMMEDIATE"
"""Begins a transaction with the write lock. Fails at once where another has it, if the connection has no `busy_timeout`."""


async def connect(file: Path, patience: float) -> aiosqlite.Connection:
    """Connect to a file that is there, and return the connection, which begins no transaction unasked. `patience`: seconds
    to wait for the file's lock. Raises sqlite3.Error.
    """

    def opened() -> sqlite3.Connection:
        there = f"{file.as_uri()}?mode=rw"
        return sqlite3.connect(there, uri=True, timeout=patience, isolation_level=None, check_same_thread=False)

    connection = _Connection(opened, _ROWS_AT_ONCE)
    thread = connection if isinstance(connection, Thread) else connection._thread
    thread.daemon = True  # as SQLAlchemy does: a connection that was not closed does not keep the process
    return await connection


class _Cursor(aiosqlite.Cursor):
    """Executes whole statements. SQLAlchemy asks for all rows at once, so they can be brought along: with the cursor of
    aiosqlite a row takes four trips to the thread.
    """

    _conn: _Connection

    def __init__(self, connection: _Connection) -> None:
        super().__init__(connection, None)  # type: ignore[arg-type]  # each statement has its own
        self._rows: list[Any] = []
        self._done: tuple[Any, int, int | None] = (None, -1, None)

    async def _go(self, method: str, sql: str, parameters: Iterable[Any]) -> None:
        if self._conn.is_idle and (self._conn.in_transaction or sql == BEGIN) and not sql.startswith("PRAGMA"):
            self._whole(method, sql, parameters)
        else:
            await self._conn._execute(self._whole, method, sql, parameters)

    def _whole(self, method: str, sql: str, parameters: Iterable[Any]) -> None:
        cursor = self._conn._conn.cursor()
        try:
            getattr(cursor, method)(sql, parameters)
            self._rows = cursor.fetchall() if cursor.description else []
            self._done = cursor.description, cursor.rowcount, cursor.lastrowid
        finally:
            cursor.close()

    async def execute(self, sql: str, parameters: Iterable[Any] | None = None) -> Self:
        await self._go("execute", sql, () if parameters is None else parameters)
        return self

    async def executemany(self, sql: str, parameters: Iterable[Iterable[Any]]) -> Self:
        await self._go("executemany", sql, parameters)
        return self

    async def fetchall(self) -> list[Any]:
        rows, self._rows = self._rows, []
        return rows

    async def close(self) -> None:
        """Do nothing: what the statement used was closed with it."""

    @property
    def description(self) -> Any:
        return self._done[0]

    @property
    def rowcount(self) -> int:
        return self._done[1]

    @property
    def lastrowid(self) -> int | None:
        return self._done[2]


class _Connection(aiosqlite.Connection):
    def __init__(self, *given: Any) -> None:
        super().__init__(*given)
        self._asked = self._done = 0
        self._changes = 0

    def cursor(self) -> _Cursor:  # type: ignore[override]  # SQLAlchemy enters what it gets, which is then the same
        """Return a cursor, without a trip to the thread."""
        return _Cursor(self)

    async def _execute(self, fn: Any, *args: Any, **named: Any) -> Any:
        def counted() -> Any:
            try:
                return fn(*args, **named)
            finally:
                self._done += 1  # in the thread, and nowhere else

        self._asked += 1
        return await super()._execute(counted)  # type: ignore[no-untyped-call]

    @property
    def is_idle(self) -> bool:
        """Whether nothing runs in the thread or waits for it."""
        return self._asked == self._done

    async def commit(self) -> None:
        """Commit; where nothing was written, there is nothing to wait for. (SQLite does not count tables that are
        made: their commit, once for a database, is waited for here.)
        """
        if self.is_idle and self.total_changes == self._changes:
            self._conn.commit()
        else:
            await super().commit()
            self._changes = self.total_changes

    async def rollback(self) -> None:
        """Roll back what is open, without a trip to the thread where that is nothing: SQLAlchemy asks for it after each
        commit too. What was given up on the way here may still be running there, such as a commit that waits for the disk.
        """
        if not self.is_idle or self._conn.in_transaction:
            await super().rollback()

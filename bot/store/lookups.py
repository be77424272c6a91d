"""Reads what every answer needs from a SQLite file: without a lock, and without waiting for the disk on the event loop.

It has a connection of its own, because those of SQLAlchemy's pool may all be waiting for the write lock; and a transaction
of SQLAlchemy goes to its thread and back four times for one row. Statements that come while one runs are run together next.
"""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import lru_cache
from pathlib import Path
from typing import Any

from sqlalchemy import CompoundSelect, Select
from sqlalchemy.dialects import sqlite
from sqlalchemy.sql.compiler import SQLCompiler

Query = Select[Any] | CompoundSelect[Any]
Rows = list[tuple[Any, ...]]
Asked = tuple[Query, Mapping[str, Any], "asyncio.Future[Rows]"]


class Lookups:
    """A connection that only reads, in its own thread. Each statement sees what is committed when it runs."""

    def __init__(self, file: str, timeout: float) -> None:
        """`timeout`: seconds to wait for a lock, which readers of a write-ahead log hardly ever do."""
        self._file = file
        self._timeout = timeout
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="look-ups")
        self._connection: sqlite3.Connection | None = None
        self._asked: list[Asked] = []
        self._running: asyncio.Task[None] | None = None

    async def rows(self, statement: Query, values: Mapping[str, Any]) -> Rows:
        """Return the rows of a statement that is made once: columns as SQLite has them, no lists among its values. Raises
        sqlite3.Error, or whatever else this statement fails with.
        """
        answer: asyncio.Future[Rows] = asyncio.get_running_loop().create_future()
        self._asked.append((statement, values, answer))
        if self._running is None:
            self._running = asyncio.create_task(self._run())
        return await answer

    async def close(self) -> None:
        """Finish the statements that are running, and close the connection."""
        await asyncio.to_thread(self._close)

    async def _run(self) -> None:
        """Run statements until none is waiting. Whatever happens, each gets rows or an error, and the next can be run."""
        asked: list[Asked] = []
        try:
            while self._asked:
                asked, self._asked = self._asked, []
                found = await asyncio.get_running_loop().run_in_executor(self._thread, self._read, asked)
                for (_, _, answer), rows in zip(asked, found, strict=True):
                    if answer.done():
                        continue
                    if isinstance(rows, Exception):
                        answer.set_exception(rows)
                    else:
                        answer.set_result(rows)
        except Exception as error:  # closed meanwhile
            for _, _, answer in (*asked, *self._asked):
                if not answer.done():
                    answer.set_exception(error)
            self._asked = []
        finally:
            for _, _, answer in (*asked, *self._asked):
                answer.cancel()  # what is done already stays as it is
            self._asked, self._running = [], None

    def _read(self, asked: Sequence[Asked]) -> list[Rows | Exception]:
        """Return the rows of each statement, or the error it failed with."""
        found: list[Rows | Exception] = []
        for statement, values, _ in asked:
            try:
                compiled = _compiled(statement)
                given = compiled.construct_params(dict(values))
                in_order = [given[name] for name in compiled.positiontup or ()]
                found.append(self._open().execute(str(compiled), in_order).fetchall())
            except Exception as error:
                found.append(error)
        return found

    def _open(self) -> sqlite3.Connection:
        if self._connection is None:
            there = f"{Path(self._file).as_uri()}?mode=rw"  # never a new, empty file
            connection = sqlite3.connect(
                there, uri=True, timeout=self._timeout, isolation_level=None, check_same_thread=False
            )
            connection.execute("PRAGMA query_only=ON")
            self._connection = connection
        return self._connection

    def _close(self) -> None:
        self._thread.shutdown()  # waits for what it has been given
        if self._connection is not None:
            self._connection.close()


@lru_cache(maxsize=16)
def _compiled(statement: Query) -> SQLCompiler:
    return statement.compile(dialect=sqlite.dialect())

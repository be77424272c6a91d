"""The errors of a database that cannot be used."""

from __future__ import annotations

import sqlite3

from bot.errors import ExpectedError, how_to_install


class StoreError(ExpectedError):
    """The database cannot be used; the message says why and what to do, without any secret."""


class OutOfReachError(StoreError):
    """The database cannot be used just now, and nothing was stored: it is locked, or does not answer."""


_SQLITE = {
    sqlite3.SQLITE_FULL: "the disk is full",
    sqlite3.SQLITE_READONLY: "it can only be read",
    sqlite3.SQLITE_IOERR: "the disk fails",
}
_POSTGRESQL = {"53100": "the server's disk is full", "25006": "it can only be read"}


def why_unwritable(error: BaseException) -> str | None:
    """Return why the driver's error says that nothing can be written now; None where it says something else."""
    code = getattr(error, "sqlite_errorcode", None)
    return _POSTGRESQL.get(getattr(error, "sqlstate", "")) if code is None else _SQLITE.get(code & 0xFF)


class DamagedError(StoreError):
    """The file is no database, or damaged: only a backup helps."""


class NoDriverError(StoreError):
    """The package that talks to PostgreSQL is not installed."""

    def __init__(self) -> None:
        super().__init__(f"PostgreSQL needs its driver: {how_to_install('postgresql')}")


def reason(error: BaseException) -> str:
    """Return the message of a database error in one line, without the statement or its values."""
    cause = getattr(error, "orig", None) or error  # SQLAlchemy's errors have the driver's
    return " ".join(str(cause).split())[:200] or type(cause).__name__

"""The errors of a database that cannot be used."""

from __future__ import annotations

from bot.errors import ExpectedError, how_to_install


class StoreError(ExpectedError):
    """The database cannot be used; the message says why and what to do, without any secret."""


class OutOfReachError(StoreError):
    """The database cannot be used just now, and nothing was stored: it is locked, or does not answer."""


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

"""The errors of a database that cannot be used."""

from __future__ import annotations

from bot.errors import ExpectedError


class StoreError(ExpectedError):
    """The database cannot be used; the message says why and what to do, without any secret."""


class OutOfReachError(StoreError):
    """The database cannot be used just now, and nothing was stored: it is locked, or does not answer."""


def reason(error: BaseException) -> str:
    """Return the message of a database error in one line, without the statement or its values."""
    cause = getattr(error, "orig", None) or error  # SQLAlchemy's errors have the driver's
    return " ".join(str(cause).split())[:200] or type(cause).__name__

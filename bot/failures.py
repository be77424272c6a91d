"""Unexpected failures in the log: where and why, never with a text that someone typed."""

from __future__ import annotations

import asyncio
import logging
import os
import secrets
import sqlite3
import traceback
from pathlib import Path

from bot.errors import ExpectedError, UserError

log = logging.getLogger(__name__)

_BOT = Path(__file__).parent
_DRIVER = _BOT / "store" / "sqlite_driver.py"
_FRAMES = 8


def log_failure(error: BaseException, during: str = "", then: str = "") -> str:
    """Log an unexpected failure and return its reference. `during` names the work that failed ("blog check"), `then` says
    what comes next.

    Only kinds, codes and places in code are logged, never messages or values: they may hold what someone typed.
    """
    reference = secrets.token_hex(4)
    what = "; ".join(filter(None, (reason(error), then)))
    lead = f"{during} failed: {what}: " if during else "failure "
    log.error("%sreference=%s kind=%s at %s", lead, reference, type(error).__name__, places(error))
    return reference


def places(error: BaseException) -> str:
    """Return where an error was raised, innermost first: "database.py:87 begin < ledger.py:120 take". Of libraries and of
    the bot's own driver for SQLite only the innermost place is named: theirs are many, and say little.
    """
    frames = traceback.extract_tb(error.__traceback__)[::-1]
    paths = ((frame, Path(frame.filename)) for frame in frames[1:])
    ours = [frame for frame, path in paths if path.is_relative_to(_BOT) and path != _DRIVER][:_FRAMES]
    return " < ".join(f"{Path(frame.filename).name}:{frame.lineno} {frame.name}" for frame in (*frames[:1], *ours))


def reason(error: BaseException) -> str:
    """Return why something failed, in words that are safe to log and to show in `/health`."""
    if isinstance(error, ExpectedError) and not isinstance(error, UserError):
        return str(error)
    if not _is_from_database(error):
        return _plain(error)
    cause = _deepest(error)
    if isinstance(cause, OSError):  # TimeoutError too
        return f"cannot reach the database ({_plain(cause)})"
    if isinstance(cause, sqlite3.OperationalError):
        return f"the database failed ({str(cause)[:100]})"  # SQLite names tables and files here, never values
    state = getattr(cause, "sqlstate", None)
    return f"the database failed ({type(cause).__name__}{f', {state}' if state else ''})"


def _plain(error: BaseException) -> str:
    if isinstance(error, TimeoutError):
        return "timed out"
    if isinstance(error, OSError) and error.errno:
        return os.strerror(error.errno).lower()
    return type(error).__name__


def _is_from_database(error: BaseException) -> bool:
    return any("sqlalchemy" in Path(frame.filename).parts for frame in traceback.extract_tb(error.__traceback__))


def _deepest(error: BaseException) -> BaseException:
    """Return the driver's own error, which SQLAlchemy and its adapters have wrapped."""
    while (inner := getattr(error, "orig", None) or error.__cause__) is not None:
        if isinstance(inner, asyncio.CancelledError):  # how a time-out ended what it waited for
            break
        error = inner
    return error

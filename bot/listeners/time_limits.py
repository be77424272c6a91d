"""Waiting for something only for a moment, without cutting it off: a database call that is cut off keeps its lock."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from typing import Any, TypeVar

from bot.failures import log_failure
from bot.store.errors import OutOfReachError
from bot.store.waiting import nobody_waits

T = TypeVar("T")

EXTRA = 1.5
"""Seconds that an answer waits for what it can do without: within Slack's three."""
WHOLE = 2.0
"""Seconds that an answer waits for what it is about."""

_running: set[asyncio.Task[Any]] = set()


async def in_time(extra: Coroutine[Any, Any, T]) -> T | None:
    """Return what an extra gives, or None where it takes too long or fails (which is logged)."""
    task = _begin(extra)
    await asyncio.wait({task}, timeout=EXTRA)
    return task.result() if task.done() and task.exception() is None else None


async def soon(work: Coroutine[Any, Any, T], late: T) -> T:
    """Return what came of the work, or `late` where it takes too long and goes on alone. Raises what the work raises."""
    with nobody_waits():
        task = _begin(work)
    await asyncio.wait({task}, timeout=WHOLE)
    return task.result() if task.done() else late


def _begin(work: Coroutine[Any, Any, T]) -> asyncio.Task[T]:
    task = asyncio.create_task(work)
    _running.add(task)
    task.add_done_callback(_ended)
    return task


def _ended(task: asyncio.Task[Any]) -> None:
    _running.discard(task)
    if task.cancelled() or (error := task.exception()) is None or isinstance(error, OutOfReachError):
        return  # that the database cannot be used is logged once, and not for everyone who wants something of it
    log_failure(error)

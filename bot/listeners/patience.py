"""Waiting for something only for a moment, without cutting it off: a database call that is cut off keeps its lock."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from typing import Any, TypeVar

from bot.failures import log_failure

T = TypeVar("T")

EXTRA = 1.5
"""Seconds that an answer waits for what it can do without: within Slack's three."""
WHOLE = 2.0
"""Seconds that an answer waits for what it is about."""

_running: set[asyncio.Task[Any]] = set()


async def in_time(extra: Coroutine[Any, Any, T]) -> T | None:
    """Return what an extra gives, or None where it takes too long or fails (which is logged)."""
    task = await _wait(extra, EXTRA)
    return task.result() if task.done() and task.exception() is None else None


async def soon(work: Coroutine[Any, Any, T], late: T) -> T:
    """Return what came of the work, or `late` where it takes too long and goes on alone. Raises what the work raises."""
    task = await _wait(work, WHOLE)
    return task.result() if task.done() else late


async def _wait(work: Coroutine[Any, Any, T], seconds: float) -> asyncio.Task[T]:
    task = asyncio.create_task(work)
    _running.add(task)
    task.add_done_callback(_ended)
    await asyncio.wait({task}, timeout=seconds)
    return task


def _ended(task: asyncio.Task[Any]) -> None:
    _running.discard(task)
    if not task.cancelled() and (error := task.exception()) is not None:
        log_failure(error)

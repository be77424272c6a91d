"""Waiting for something a moment only, without cutting it off."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from typing import Any, TypeVar

from bot.failures import log_failure

T = TypeVar("T")

PATIENCE = 1.5
"""Seconds that an answer waits for what it can do without: within Slack's three."""

_under_way: set[asyncio.Task[Any]] = set()


async def in_time(extra: Coroutine[Any, Any, T]) -> T | None:
    """What an extra gives, or None where it takes too long or fails (which is logged).

    It is not cancelled: a database call that is cut off keeps its lock.
    """
    task = asyncio.create_task(extra)
    _under_way.add(task)
    task.add_done_callback(_over)
    done, _ = await asyncio.wait({task}, timeout=PATIENCE)
    return task.result() if done and task.exception() is None else None


def _over(task: asyncio.Task[Any]) -> None:
    _under_way.discard(task)
    if not task.cancelled() and (error := task.exception()) is not None:
        log_failure(error)

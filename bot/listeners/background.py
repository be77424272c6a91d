"""Work that nobody waits for: Slack gets its acknowledgement before it is done."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from typing import Any


class Background:
    """Work in progress that is waited for when the bot ends."""

    def __init__(self) -> None:
        self._under_way: set[asyncio.Task[None]] = set()

    def later(self, work: Coroutine[Any, Any, None]) -> None:
        """Begin some work, which must not raise."""
        task = asyncio.create_task(work)
        self._under_way.add(task)
        task.add_done_callback(self._under_way.discard)

    async def close(self, within: float) -> None:
        """Wait for what is under way, at most so many seconds."""
        if self._under_way:
            await asyncio.wait(self._under_way, timeout=within)

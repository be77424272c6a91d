"""Notifies every open page of changes: each gets the topics that concern its person as they happen."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable, Iterator

QUIET = 15.0
"""Seconds of silence after which a stream sends a sign of life."""


class Listener:
    """One open page."""

    def __init__(self, user: str) -> None:
        self.user = user
        self.closed = False
        self._topics: dict[str, None] = {}
        self._news = asyncio.Event()

    def notify(self, topic: str) -> None:
        """Queue a topic, once."""
        self._topics[topic] = None
        self._news.set()

    def close(self) -> None:
        """End the stream."""
        self.closed = True
        self._news.set()

    async def batches(self, quiet: float = QUIET) -> AsyncIterator[list[str]]:
        """Yield new topics in batches as they come, and an empty list after each `quiet` seconds of silence."""
        while not self.closed:
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._news.wait(), quiet)
            if self.closed:
                return
            topics, self._topics = list(self._topics), {}
            self._news.clear()
            yield topics


class Feed:
    """All open pages. `concerns` returns whether a topic concerns a person."""

    def __init__(self, concerns: Callable[[str, str], bool]) -> None:
        self._concerns = concerns
        self._listeners: set[Listener] = set()

    def changed(self, topic: str, user: str | None = None) -> None:
        """Notify this person's pages, or all, of a topic. A message also changes what is unread."""
        for listener in self._listeners:
            if user in (None, listener.user) and self._concerns(topic, listener.user):
                listener.notify(topic)
                if topic.startswith("channel:"):
                    listener.notify("state")

    @contextlib.contextmanager
    def listening(self, user: str) -> Iterator[Listener]:
        """Register a page of this person until the block ends; yield its listener."""
        listener = Listener(user)
        self._listeners.add(listener)
        try:
            yield listener
        finally:
            self._listeners.discard(listener)

    def close(self) -> None:
        """End every stream."""
        for listener in self._listeners:
            listener.close()

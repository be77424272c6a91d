"""What changed, told to every open page: each gets the topics that concern its person, as soon as there are any."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable, Iterator

QUIET = 15.0
"""Seconds after which a silent stream says that it is still there."""


class Listener:
    """One open page."""

    def __init__(self, user: str) -> None:
        self.user = user
        self.closed = False
        self._topics: dict[str, None] = {}
        self._news = asyncio.Event()

    def tell(self, topic: str) -> None:
        """Note a topic; one that is still waiting is not noted twice."""
        self._topics[topic] = None
        self._news.set()

    def close(self) -> None:
        """End the stream."""
        self.closed = True
        self._news.set()

    async def batches(self, quiet: float = QUIET) -> AsyncIterator[list[str]]:
        """The topics as they come, many at once where many came; an empty list after each `quiet` seconds of nothing."""
        while not self.closed:
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._news.wait(), quiet)
            if self.closed:
                return
            topics, self._topics = list(self._topics), {}
            self._news.clear()
            yield topics


class Feed:
    """All open pages. `concerns` says whether a topic is for a person at all."""

    def __init__(self, concerns: Callable[[str, str], bool]) -> None:
        self._concerns = concerns
        self._listeners: set[Listener] = set()

    def changed(self, topic: str, user: str | None = None) -> None:
        """Tell a topic to this person's pages, or to all. A message also changes what is unread."""
        for listener in self._listeners:
            if user in (None, listener.user) and self._concerns(topic, listener.user):
                listener.tell(topic)
                if topic.startswith("channel:"):
                    listener.tell("state")

    @contextlib.contextmanager
    def listening(self, user: str) -> Iterator[Listener]:
        """Be told from now on."""
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

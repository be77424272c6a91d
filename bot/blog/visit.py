"""Asking a site politely: one request at a time, with a pause, as its robots.txt allows, again later where it is busy."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, Sequence
from urllib.parse import urlsplit

from protego import Protego

from bot.blog.fetch import HTML, PAGES, Fetched, FetchError, fetch
from bot.errors import ExpectedError

NAME = "pprnet-bot"
PAUSE = 2.0
"""Seconds between two requests, where robots.txt does not ask for more."""
LONGEST_DELAY = 60.0
"""Of a Crawl-delay, so much is heeded: more would be days for an archive."""
TRIES = 5
LONGEST_WAIT = 300.0
"""Seconds that are waited for a busy site; when it asks for more, the walk stops and is gone on with later."""
_ROBOTS_BYTES = 500_000

Note = Callable[[str], None]
Sleep = Callable[[float], Awaitable[None]]


class StoppedError(ExpectedError):
    """The walk cannot go on now; the message says why. What was read is kept."""


class Visit:
    """The requests to one site. `note` gets a sentence where something takes long."""

    def __init__(
        self,
        *,
        contact: str | None,
        allow_private: bool,
        pause: float = PAUSE,
        note: Note = lambda _: None,
        sleep: Sleep = asyncio.sleep,
    ) -> None:
        self.pause = pause
        self.requests = 0
        self.bytes = 0
        self._contact = contact
        self._allow_private = allow_private
        self._note = note
        self._sleep = sleep
        self._robots: Protego | None = None
        self._last: float | None = None

    async def read_robots(self, address: str) -> None:
        """Read the site's robots.txt. Raises StoppedError where it has one that cannot be read now, and FetchError."""
        parts = urlsplit(address)
        try:
            got = await self.get(f"{parts.scheme}://{parts.netloc}/robots.txt")
        except FetchError as error:
            if error.status is not None and 400 <= error.status < 500 and not error.passing:
                return  # there is none: all may be read
            if error.status is None and not error.passing:
                raise
            raise StoppedError(f"its robots.txt, which says what may be read, could not be fetched ({error})") from None
        self._robots = Protego.parse((got.body or b"")[:_ROBOTS_BYTES].decode("utf-8", "replace"))
        delay = self._robots.crawl_delay(NAME)
        if delay and delay > self.pause:
            self.pause = min(delay, LONGEST_DELAY)
            self._note(f"robots.txt asks for a pause of {delay:g} seconds between two pages")

    def allowed(self, address: str) -> bool:
        """Return whether robots.txt lets a page be read."""
        return self._robots is None or self._robots.can_fetch(address, NAME)

    async def get(
        self,
        address: str,
        etag: str | None = None,
        last_modified: str | None = None,
        *,
        accept: str = HTML,
        types: Sequence[str] = PAGES,
    ) -> Fetched:
        """Get a page, or what else is of one of these media types, again with growing pauses where the site is busy. Raises
        FetchError, and StoppedError where the site asks to be left alone for long.
        """
        for attempt in range(1, TRIES + 1):
            await self._wait_turn()
            try:
                got = await fetch(
                    address,
                    contact=self._contact,
                    allow_private=self._allow_private,
                    etag=etag,
                    last_modified=last_modified,
                    accept=accept,
                    types=types,
                )
            except FetchError as error:
                self._last = time.monotonic()
                asked = error.wait or 0.0
                if asked > LONGEST_WAIT:
                    raise StoppedError(f"the site asks to be left alone for {_duration(asked)} ({error})") from None
                if not error.passing or attempt == TRIES:
                    raise
                pause = max(asked, min(self.pause * 2.0**attempt, LONGEST_WAIT))
                self._note(f"{error}: trying again in {_duration(pause)}")
                await self._sleep(pause)
            else:
                self._last = time.monotonic()
                self.bytes += len(got.body or b"")
                return got
        raise AssertionError("unreachable")

    async def _wait_turn(self) -> None:
        if self._last is not None and (left := self._last + self.pause - time.monotonic()) > 0:
            await self._sleep(left)
        self.requests += 1


def _duration(seconds: float) -> str:
    if seconds < 90:
        return f"{max(1, round(seconds))} seconds"
    return f"{round(seconds / 60)} minutes" if seconds < 5400 else f"{round(seconds / 3600)} hours"

"""Single pages and feeds from their addresses, as politely as a whole archive: each site by one visit, each page asked
whether it has changed since.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from urllib.parse import urlsplit

from bot.blog.archive_pages import KeptPage, KeptPages
from bot.blog.fetch import PAGES, FetchError
from bot.blog.visit import StoppedError, Visit


class SinglePages:
    """Fetches what single addresses show. `kept` has what earlier imports got, `visit` begins the visit of a site."""

    def __init__(self, visit: Callable[[], Visit], kept: KeptPages) -> None:
        self._begin = visit
        self._kept = kept
        self._sites: dict[str, _Site] = {}
        self._got: list[KeptPage] = []

    async def get(self, address: str, accept: str, types: Sequence[str] = PAGES) -> KeptPage:
        """Return what an address shows, be it as it was kept. Raises FetchError and StoppedError."""
        parts = urlsplit(address)
        site = self._sites.setdefault(f"{parts.scheme}://{parts.netloc}".lower(), _Site(self._begin()))
        async with site.one_at_a_time:
            await site.open(address)
            if not site.visit.allowed(address):
                raise StoppedError("its robots.txt does not let programs read this page (a saved copy can be imported)")
            before = self._kept.get(address)
            asked = (before.etag, before.last_modified) if before else (None, None)
            got = await site.visit.get(address, *asked, accept=accept, types=types)
        if got.body is not None:
            page = KeptPage(address, got.address, "", got.charset, got.etag, got.last_modified, got.body)
            self._got.append(page)
            return page
        if before is None:
            raise FetchError("the site says that the page has not changed, but it was never fetched")
        return before

    def keep(self) -> None:
        """Keep what the next import can ask about, where there is a library. Raises WriteError."""
        asked_about = [page for page in self._got if page.etag or page.last_modified]
        if asked_about and self._kept.folder.parent.is_dir():
            self._kept.prepare()
            for page in asked_about:
                self._kept.put(page)


class _Site:
    """One site: its visit, and whether its robots.txt has been read."""

    def __init__(self, visit: Visit) -> None:
        self.visit = visit
        self.one_at_a_time = asyncio.Lock()
        self._opened = False
        self._closed: StoppedError | FetchError | None = None

    async def open(self, address: str) -> None:
        """Read robots.txt, once. Raises StoppedError and FetchError, each time again."""
        if self._closed:
            raise self._closed
        if not self._opened:
            try:
                await self.visit.read_robots(address)
            except (StoppedError, FetchError) as error:
                self._closed = error
                raise
            self._opened = True

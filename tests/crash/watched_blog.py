"""The blog that the watching bots check: it shows a new month, once it is up."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator

from aiohttp import web

from tests.support.blog_pages import DOGS, GARDENS, SILENCE, WINDOWS, html_page
from tests.support.web_server import serving

PAGE = html_page((("December 2023", (GARDENS, WINDOWS, SILENCE)), ("November 2023", (DOGS,))))
TITLES = [each.title for each in (GARDENS, WINDOWS, SILENCE)]


class Site:
    """A blog that shows the new month; it is down for the first `down` requests."""

    def __init__(self, down: int) -> None:
        self.down = down
        self.address = ""
        self._asked = asyncio.Condition()
        self._times = 0

    async def answer(self, _request: web.Request) -> web.Response:
        """The page."""
        async with self._asked:
            self._times += 1
            self._asked.notify_all()
        self.down -= 1
        if self.down >= 0:
            return web.Response(status=503)
        return web.Response(text=PAGE, content_type="text/html", headers={"ETag": '"1"'})

    async def asked_again(self, times: int) -> None:
        """Wait until so many more requests have come."""
        async with self._asked:
            enough = self._times + times
            await self._asked.wait_for(lambda: self._times >= enough)


@contextlib.asynccontextmanager
async def site(down: int = 0) -> AsyncIterator[Site]:
    """Such a blog, on this machine."""
    found = Site(down)
    async with serving(found.answer, "/blog") as url:
        found.address = f"{url}/blog"
        yield found

"""A source of notices on papers on this machine, in the form of Crossref's REST API as its documentation describes it."""

from __future__ import annotations

import asyncio
import contextlib
import json
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import unquote

from aiohttp import web

from tests.support.web_server import serving

Update = dict[str, Any]


def update(kind: str, doi: str, *day: int, source: str = "publisher") -> Update:
    """An entry of `updated-by`."""
    label = kind.replace("_", " ").capitalize()
    return {"DOI": doi, "type": kind, "label": label, "source": source, "updated": {"date-parts": [list(day)]}}


def work(doi: str, *updates: Update) -> dict[str, Any]:
    """The answer about a paper."""
    message: dict[str, Any] = {"DOI": doi, "type": "journal-article", "title": ["A paper"]}
    return {"status": "ok", "message-type": "work", "message": message | ({"updated-by": list(updates)} if updates else {})}


@dataclass
class PaperSource:
    """`updates` are those of papers by DOI; papers without an entry have none. `fault` is what happens to each request:
    "hang", "cut", a status, or bytes to answer with (as JSON, or `media` says as what).
    """

    url: str = ""
    updates: dict[str, list[Update]] = field(default_factory=dict)
    fault: str | int | bytes | None = None
    media: str = "application/json"
    asked: list[tuple[str, dict[str, str]]] = field(default_factory=list)
    _closing: asyncio.Event = field(default_factory=asyncio.Event)

    @property
    def dois(self) -> list[str]:
        """The DOIs that were asked about."""
        return [doi for doi, _headers in self.asked]

    async def answer(self, request: web.Request) -> web.StreamResponse:
        """Answer about one paper."""
        doi = unquote(request.raw_path.removeprefix("/works/"))
        self.asked.append((doi, dict(request.headers)))
        if self.fault == "hang":
            await self._closing.wait()
        if self.fault == "cut":
            response = web.StreamResponse(headers={"Content-Type": "application/json", "Content-Length": "1000"})
            await response.prepare(request)
            await response.write(b'{"status": "ok"')
            assert request.transport
            request.transport.close()
            return response
        if isinstance(self.fault, int):
            return web.Response(status=self.fault, headers={"Retry-After": "7200"} if self.fault == 429 else {})
        if isinstance(self.fault, bytes):
            return web.Response(body=self.fault, content_type=self.media)
        return web.Response(body=json.dumps(work(doi, *self.updates.get(doi, []))).encode(), content_type=self.media)

    def close(self) -> None:
        """End what hangs."""
        self._closing.set()


@contextlib.asynccontextmanager
async def paper_source() -> AsyncIterator[PaperSource]:
    """Run one."""
    found = PaperSource()
    async with serving(found.answer) as url:
        found.url = f"{url}/works"
        try:
            yield found
        finally:
            found.close()

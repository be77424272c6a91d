"""A blog of made-up studies on this machine, paged and filtered like the real one, with the troubles of real servers."""

from __future__ import annotations

import asyncio
import contextlib
import gzip
import random
from collections import Counter
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from hashlib import sha256
from html import escape
from itertools import groupby

from aiohttp import web

from tests.support.archive_studies import TYPES, Study, studies
from tests.support.blog_pages import INTRODUCTION
from tests.support.web_server import serving

PATH = "/pprnet/blog"
ENTRIES = 6
TOPICS = ("Adherance", "Alliance and Therapeutic Relationship", "Group Psychotherapy", "Placebo Effect", "Weather")
"""The last is no topic of the library."""
FAULTS = ("429", "503", "cut", "reset", "slow", "404", "loop", "half gzip")


@dataclass
class Blog:
    """What the site shows, and how it behaves.

    `past_the_end`: what a number beyond the last page brings: "404", "empty", "last" (the last page again) or "first" (a
    redirect to the first). `faults`: what goes wrong, by the address with its query, in turn.
    """

    entries: list[Study]
    past_the_end: str = "empty"
    robots: str | None = "User-agent: *\nDisallow: /admin\n"
    etags: bool = True
    faults: Callable[[str, int], str | None] = lambda address, time: None
    replaced: dict[str, str] = field(default_factory=dict)
    ignores_filters: bool = False
    asked: list[web.Request] = field(default_factory=list)
    times: Counter[str] = field(default_factory=Counter)
    address: str = ""
    at_once: int = 0
    most_at_once: int = 0

    def chosen(self, query: dict[str, str]) -> list[Study]:
        """The entries that a query's filters leave."""
        topic, kind = query.get("cat_2"), query.get("cat_1")
        if self.ignores_filters:
            return self.entries
        return [
            each
            for each in self.entries
            if (not topic or TOPICS[int(topic) - 30] in each.topics) and (not kind or TYPES[int(kind) - 20] == each.type)
        ]

    def page(self, query: dict[str, str]) -> str | None:
        """A page's HTML; None where there is no such page."""
        chosen, number = self.chosen(query), int(query.get("p", "1"))
        last = max(1, -(-len(chosen) // ENTRIES))
        if number > last:
            if self.past_the_end in ("404", "first"):
                return None
            number = last if self.past_the_end == "last" else number
        return html(self.entries, chosen[(number - 1) * ENTRIES : number * ENTRIES], number)


def html(every: list[Study], shown: list[Study], number: int) -> str:
    """A page in the blog's layout, with its links to topics and its drop-down of types."""
    newest = [each for each in every if each.month == every[0].month]
    named = [each.item.title.replace(",", "").rstrip("?.") for each in newest]
    about = ", and ".join([*["; ".join(named[:-1])] * (len(named) > 1), named[-1]])
    topics = "".join(f'<li><a href="?cat_2={at}">{escape(name)}</a></li>' for at, name in enumerate(TOPICS, 30))
    types = "".join(f'<option value="{at}">{escape(name)}</option>' for at, name in enumerate(TYPES, 20))
    parts = []
    for month, entries in groupby(shown, key=lambda each: each.month):
        parts.append(f"<h2>{month}</h2>")
        parts += [f"<p>{escape(line)}</p>" for each in entries for line in each.item.lines]
    return (
        '<!DOCTYPE html><html lang="en"><head><meta charset="utf-8"><title>PPRNet blog</title></head><body>'
        f"<h1>Blog</h1><p>{escape(INTRODUCTION)}</p><h3>This month...</h3><p>…I blog about {escape(about)}.</p>"
        f'<h4>Type of Research</h4><form><select name="cat_1"><option value="0">All types</option>{types}</select></form>'
        f'<h4>Topics</h4><ul><li><a href="{PATH}">ALL Topics (clear)</a></li>{topics}</ul>{"".join(parts)}'
        f"<ul class='pager'><li>{number}</li><li><a href='?p={number + 1}'>Next</a></li></ul></body></html>"
    )


def blog(count: int = 36, **named: object) -> Blog:
    """A blog with so many made-up entries."""
    return Blog(studies(count, TOPICS), **named)  # type: ignore[arg-type]


def once_each(seed: int, share: float = 0.3) -> Callable[[str, int], str | None]:
    """Faults that come at the first requests for some addresses, and go away."""

    def fault(address: str, time: int) -> str | None:
        chance = random.Random(f"{seed} {address}")
        what, often = chance.choice(FAULTS), chance.choice((1, 1, 2))
        if chance.random() >= share or time >= (1 if what in ("404", "loop") else often):
            return None
        return what

    return fault


@contextlib.asynccontextmanager
async def serving_blog(shown: Blog, port: int = 0) -> AsyncIterator[Blog]:
    """Serve it until the block ends."""

    async def answer(request: web.Request) -> web.StreamResponse:
        shown.asked.append(request)
        shown.at_once += 1
        shown.most_at_once = max(shown.most_at_once, shown.at_once)
        try:
            return await _answer(shown, request)
        finally:
            shown.at_once -= 1

    async with serving(answer, port=port) as url:
        shown.address = f"{url}{PATH}"
        yield shown


async def _answer(shown: Blog, request: web.Request) -> web.StreamResponse:
    if request.path == "/robots.txt":
        return web.Response(text=shown.robots, content_type="text/plain") if shown.robots is not None else _status(404)
    if request.path != PATH:
        return web.Response(status=302, headers={"Location": request.path_qs}) if request.path == "/loop" else _status(404)
    fault = shown.faults(request.path_qs, shown.times[request.path_qs])
    shown.times[request.path_qs] += 1
    text = shown.replaced.get(request.path_qs) or shown.page(dict(request.query))
    if fault in ("429", "503", "500", "404"):
        return _status(int(fault), {"Retry-After": "0"} if fault == "429" else {})
    if fault == "asks for an hour":
        return _status(429, {"Retry-After": "3600"})
    if fault == "hang":
        await asyncio.sleep(60)
    if fault == "reset" and request.transport:
        request.transport.abort()
    if fault == "loop":
        return web.Response(status=302, headers={"Location": "/loop"})
    if text is None:
        return web.Response(status=302, headers={"Location": PATH}) if shown.past_the_end == "first" else _status(404)
    body = text.encode()
    if fault == "cut":
        response = web.StreamResponse(headers={"Content-Type": "text/html", "Content-Length": str(len(body))})
        await response.prepare(request)
        await response.write(body[: len(body) // 2])
        if request.transport:
            request.transport.abort()
        return response
    if fault == "slow":
        await asyncio.sleep(0.05)
    if fault == "half gzip":
        packed = gzip.compress(body)[:-300]
        return web.Response(body=packed, content_type="text/html", headers={"Content-Encoding": "gzip"})
    etag = f'"{sha256(body).hexdigest()[:16]}"'
    if shown.etags and request.headers.get("If-None-Match") == etag:
        return web.Response(status=304)
    return web.Response(body=body, content_type="text/html", charset="utf-8", headers={"ETag": etag} if shown.etags else {})


def _status(status: int, headers: dict[str, str] | None = None) -> web.Response:
    return web.Response(status=status, headers=headers, text="<html><body>no</body></html>", content_type="text/html")

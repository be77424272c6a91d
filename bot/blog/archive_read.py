"""One page of the archive: as a walk has kept it, or else from the site, and what it turned out to be."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import Enum, auto

from bot.blog.archive_pages import KeptPage, KeptPages
from bot.blog.archive_tags import Key, key_of
from bot.blog.fetch import Fetched, FetchError
from bot.blog.imported import imported_months
from bot.blog.page import EmptyPageError, PageError
from bot.blog.pages import read_page
from bot.blog.recipe import Recipe
from bot.blog.visit import StoppedError, Visit
from bot.corpus.merging import ImportedMonth
from bot.corpus.model import Topic

MAX_REQUESTS = 5_000
MAX_BYTES = 500 * 1024 * 1024
MAX_SECONDS = 12 * 3600.0
"""Of one run; what is left is for the next."""
_GONE = (404, 410)


class Kind(Enum):
    """What a page turned out to be. READ has entries, EMPTY none; REFUSED is not the blog as it is known, GONE not there,
    FAILED could not be had, FORBIDDEN is closed to programs by robots.txt.
    """

    READ = auto()
    EMPTY = auto()
    REFUSED = auto()
    GONE = auto()
    FAILED = auto()
    FORBIDDEN = auto()


@dataclass(frozen=True, slots=True)
class Outcome:
    """A page: its months where it was read, else what is the trouble; `source` is where it came from in the end."""

    kind: Kind
    months: tuple[ImportedMonth, ...] = ()
    trouble: str = ""
    body: bytes = b""
    source: str = ""

    @property
    def keys(self) -> list[Key]:
        """Return the entries of the page, in its order."""
        return [key_of(month.month, record) for month in self.months for record in month.records]


class Reading:
    """Reads pages for one walk, each asked for once; what a site sends is kept at once. Raises StoppedError, WriteError."""

    def __init__(self, start: str, visit: Visit, kept: KeptPages, topics: Sequence[Topic], recipe: Recipe) -> None:
        self.start = start
        self._topics = topics
        self._recipe = recipe
        self._visit = visit
        self._kept = kept
        self._walk = ""
        self._until = time.monotonic() + MAX_SECONDS

    async def begin(self) -> Outcome:
        """Return the first page, which is always asked for: where it has changed since a walk broke off, all may have moved
        on, and every page is asked for again.
        """
        unfinished = self._kept.unfinished(self.start)
        before = self._kept.get(self.start)
        self._walk = unfinished or _new_walk()
        first = await self.page(self.start, again=True)
        if first.kind in (Kind.GONE, Kind.FAILED):
            raise StoppedError(f"its first page could not be fetched ({first.trouble})")
        if unfinished and before and (await read_kept(before, self._topics, self._recipe)).months != first.months:
            self._walk = _new_walk()
            if same := self._kept.get(self.start):
                self._kept.put(replace(same, walk=self._walk))
        self._kept.note(self.start, self._walk, over=False)
        return first

    def end(self) -> None:
        """Note that the walk is over."""
        self._kept.note(self.start, self._walk, over=True)

    async def page(self, address: str, *, again: bool = False) -> Outcome:
        """Return a page; `again`: from the site even if this walk has had it."""
        kept = self._kept.get(address)
        if kept is None or kept.walk != self._walk or again:
            if not self._visit.allowed(address):
                return Outcome(Kind.FORBIDDEN)
            self._check_bounds()
            try:
                asked = (kept.etag, kept.last_modified) if kept else (None, None)
                kept = self._keep(address, await self._visit.get(address, *asked), kept)
            except FetchError as error:
                return Outcome(Kind.GONE if error.status in _GONE else Kind.FAILED, trouble=str(error))
        return await read_kept(kept, self._topics, self._recipe)

    def _keep(self, address: str, got: Fetched, before: KeptPage | None) -> KeptPage:
        if got.body is not None:
            page = KeptPage(address, got.address, self._walk, got.charset, got.etag, got.last_modified, got.body)
        elif before is not None:
            page = replace(before, walk=self._walk)
        else:
            raise FetchError("the site says that the page has not changed, but it was never had")
        self._kept.put(page)
        return page

    def _check_bounds(self) -> None:
        if self._visit.requests >= MAX_REQUESTS:
            raise StoppedError(f"{MAX_REQUESTS:,} requests is the limit for one run")
        if self._visit.bytes >= MAX_BYTES:
            raise StoppedError(f"{MAX_BYTES // 1024 // 1024} MiB is the limit for one run")
        if time.monotonic() >= self._until:
            raise StoppedError(f"{MAX_SECONDS / 3600:.0f} hours is the limit for one run")


async def read_kept(kept: KeptPage, topics: Sequence[Topic], recipe: Recipe) -> Outcome:
    """Return what a page that is kept turns out to be: the same bytes always mean the same."""

    def read() -> Outcome:
        try:
            page = read_page(kept.body, charset=kept.charset, address=kept.source, recipe=recipe)
            return Outcome(Kind.READ, tuple(imported_months(page, topics)), body=kept.body, source=kept.source)
        except EmptyPageError:
            return Outcome(Kind.EMPTY, body=kept.body, source=kept.source)
        except PageError as error:
            return Outcome(Kind.REFUSED, trouble=str(error), body=kept.body, source=kept.source)

    return await asyncio.to_thread(read)


def _new_walk() -> str:
    return f"{time.strftime('%Y-%m-%dT%H:%M:%SZ', time.gmtime())} {time.time_ns() % 1_000_000_000}"

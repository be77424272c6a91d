"""The blog check: when the page is read, by which replica, and what it means. A page never posts: it makes drafts.

What is not certain is a failed check, never news: a page that does not look like the blog, shows a
filter, or has months in an order that the blog never has.
"""

from __future__ import annotations

import asyncio
import logging
import random
import time
from collections.abc import Awaitable, Callable, Mapping
from typing import Protocol

from bot.approval.additions import additions
from bot.approval.offer import Offer
from bot.blog.completeness import check_completeness
from bot.blog.fetch import Fetched, FetchError
from bot.blog.imported import imported_month
from bot.blog.page import Page, PageError
from bot.blog.pages import read_page
from bot.corpus.faults import CorpusError
from bot.corpus.files import WriteError
from bot.corpus.merging import ImportedMonth
from bot.corpus.model import month_name
from bot.corpus.months import months_between
from bot.corpus.write import CorpusFolder, month_yaml
from bot.failures import log_failure
from bot.store.drafts import Draft, Drafts, month_of
from bot.store.sources import Sources, SourceStatus

log = logging.getLogger(__name__)

LEASE = 120.0
"""Seconds that one replica has for a check: longer than fetching and reading a page take together."""
ALARM_AFTER = 3
"""Failed checks in a row after which curators are notified."""
BELIEVED = 7 * 86400.0
"""Seconds for which a site is believed that its page has not changed; then the whole page is read once more."""
SEVERAL = "More than one new month came at once."


class Fetch(Protocol):
    """Gets the page, or learns that it has not changed. Raises FetchError."""

    def __call__(self, etag: str | None, last_modified: str | None) -> Awaitable[Fetched]:
        """Ask."""
        ...


class BlogCheck:
    """Checks one page of the blog. Any number of replicas may run it on one database: one checks at a time.

    `every` are the seconds between two checks, `least` the fewest between two requests. `revised` returns a month's content
    with what curators have changed in it.
    """

    def __init__(
        self,
        sources: Sources,
        drafts: Drafts,
        fetch: Fetch,
        *,
        every: float,
        least: float,
        this_month: Callable[[], str],
        chance: Callable[[float, float], float] = random.uniform,
        revised: Callable[[str, str], Awaitable[str]] | None = None,
    ) -> None:
        self.sources = sources
        self._drafts = drafts
        self._fetch = fetch
        self._every = every
        self._least = least
        self._this_month = this_month
        self._chance = chance
        self._revised = revised
        self._read_at: float | None = None
        self.checks = 0

    async def poll(self, shelf: Callable[[], CorpusFolder]) -> str | None:
        """Check the page if it is time. Returns the sentence that curators are to get, once, where checks have failed for
        long; else None.
        """
        before = await self.sources.claim(least=self._least, every=self._every, lease=LEASE)
        if before is None:
            return None
        self.checks += 1
        try:
            got = await self._get(before)
            if got.body is not None:
                await self._read(got, await asyncio.to_thread(shelf))
                self._read_at = time.monotonic()
        except (FetchError, PageError, WriteError) as error:
            return await self._failed(str(error), error.wait if isinstance(error, FetchError) else None)
        except CorpusError:
            return await self._failed("the library's own files have faults (pprnet check lists them)", None)
        except Exception as error:
            log_failure(error, "blog check", "it will be tried again")
            return await self._failed(f"the check failed ({type(error).__name__})", None)
        pause = max(self._least, self._every * self._chance(0.9, 1.1))
        read = (got.etag, got.last_modified) if got.body is not None else None
        if await self.sources.succeeded(pause, read):
            log.info("blog check: the page can be read again")
        return None

    async def _get(self, before: SourceStatus) -> Fetched:
        """Return the page, or that it has not changed since this process read it not long ago: what an earlier version read,
        or a server that never says otherwise, is not believed for ever. Raises FetchError.
        """
        if self._read_at is not None and time.monotonic() - self._read_at < BELIEVED:
            return await self._fetch(before.etag, before.last_modified)
        got = await self._fetch(None, None)
        if got.body is None:
            raise FetchError("the site says that the page has not changed (304), though it was asked for the whole page")
        return got

    async def _read(self, got: Fetched, shelf: CorpusFolder) -> None:
        page = await asyncio.to_thread(read_page, got.body or b"", charset=got.charset, address=got.address)
        known = {draft.key: draft for draft in await self._drafts.all() if not draft.is_own}
        for offer in await asyncio.to_thread(offers, page, shelf, known, self._this_month()):
            content = await self._revised(month_of(offer.key), offer.content) if self._revised else offer.content
            if await self._drafts.offer(offer.key, content, offer.reasons):
                log.info("blog check: new draft=%s on_hold=%s", offer.key, bool(offer.reasons))

    async def _failed(self, trouble: str, wait: float | None) -> str | None:
        """Note a failed check, and wait twice as long each time up to the usual pause, and as long as the site asks."""

        def pause(failures: int) -> float:
            usual = min(self._least * 2.0 ** min(failures - 1, 20), max(self._every, self._least))
            return max(usual * self._chance(1.0, 1.25), min(wait or 0.0, 7 * 86400.0))

        failures, alarm = await self.sources.failed(trouble, pause, alarm_after=ALARM_AFTER)
        log.log(logging.ERROR if alarm else logging.WARNING, "blog check failed (%d in a row): %s", failures, trouble)
        return trouble if alarm else None


def offers(page: Page, shelf: CorpusFolder, known: Mapping[str, Draft], this_month: str) -> list[Offer]:
    """Return what a page means: its months that are later than every month in the library, and what it adds to months of the
    library, as drafts. Raises PageError where that is not certain. `known`: the drafts by their keys.
    """
    if page.filtered:
        raise PageError("the blog's first page with everything on it", f"only a part of the blog: {page.filtered}")
    months = list(page.months)
    if months != sorted(months, reverse=True):
        raise PageError("months from the newest to the oldest", ", then ".join(map(month_name, months[:3])))
    if months_between(this_month, months[0]) > 1:
        raise PageError(f"no month later than the one after {month_name(this_month)}", month_name(months[0]))
    newest_here = max(shelf.files, default="")
    new = sorted(month for month in months if month > newest_here)
    unknown = [month for month in new if month not in known]
    found = []
    for month in new:
        if month in known and month != months[0]:
            continue  # it is no longer the newest: nothing that the page says now is about it
        offer = _offer(page, shelf, month)
        if offer is None:
            continue
        reasons = list(offer.reasons)
        before = (draft.month for draft in known.values() if draft.month < month)
        earlier = max([newest_here, *before, *(other for other in new if other < month)])
        if earlier and (gap := months_between(earlier, month)) > 1:
            reasons.append(f"It comes {gap} months after {month_name(earlier)}: months in between may be missing.")
        if (month in unknown and len(unknown) > 1) or (month in known and SEVERAL in known[month].reasons):
            reasons.append(SEVERAL)
        found.append(Offer(month, offer.content, tuple(reasons)))
    return found + additions(page, shelf, known.values())


def _offer(page: Page, shelf: CorpusFolder, month: str) -> Offer | None:
    entries = page.of_month(month)
    seen = imported_month(page, month, shelf.topics)
    reasons = []
    subjects: tuple[str, ...] = ()
    if month == page.months[0]:
        judged = check_completeness(page.about, entries)
        subjects = judged.subjects
        if judged.reason:
            reasons.append(judged.reason)
    else:
        reasons.append("Nothing on the page says whether it is complete.")
    # Where an entry's paper is in the library under another month, the rest of the month is incomplete.
    content = month_yaml(ImportedMonth(month, seen.records, seen.complete, subjects), shelf)
    if not content:
        return None
    kept = content.count(b"\n  - id: ")
    if kept < len(entries):
        reasons.append(f"{len(entries) - kept} of its entries are already in the library, under another month.")
    return Offer(month, content.decode(), tuple(reasons))

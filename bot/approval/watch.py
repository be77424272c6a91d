"""The watched page: when it is looked at, by which replica, and what it means. A page never posts: it makes drafts.

What cannot be told for certain is trouble ("cannot tell"), never news: a page that does not look like the blog, shows a
filter, or has months in an order that the blog never has.
"""

from __future__ import annotations

import asyncio
import hashlib
import logging
import random
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from sqlalchemy import select, update

from bot.blog.completeness import judge
from bot.blog.fetch import Fetched, FetchError
from bot.blog.imported import sighting
from bot.blog.pages import Page, PageError, read_page
from bot.corpus.faults import CorpusError
from bot.corpus.model import month_name
from bot.corpus.write import Shelf, Sighting, WriteError, month_yaml
from bot.store.database import Database
from bot.store.drafts import Draft, Drafts
from bot.store.tables import sources

log = logging.getLogger(__name__)

LEASE = 120.0
"""Seconds that one replica has for a look: longer than a fetch and the reading of a page take together."""
ALARM_AFTER = 3
"""Looks in a row that could not tell anything, after which people are told."""
SEVERAL = "More than one new month came at once."


class Fetch(Protocol):
    """Gets the watched page, or learns that it has not changed. Raises FetchError."""

    def __call__(self, etag: str | None, last_modified: str | None) -> Awaitable[Fetched]:
        """Ask."""
        ...


@dataclass(frozen=True, slots=True)
class Standing:
    """The watch as the database knows it (epoch seconds). `trouble` says what went wrong in the last look, if it did."""

    checked_at: float | None = None
    succeeded_at: float | None = None
    next_at: float | None = None
    failures: int = 0
    trouble: str | None = None
    etag: str | None = None
    last_modified: str | None = None


@dataclass(frozen=True, slots=True)
class Offer:
    """A new month: its file, and the sentences that say why a person has to decide (none: it is whole)."""

    month: str
    content: str
    reasons: tuple[str, ...]


class Watch:
    """Looks at one page. Any number of replicas may run it on one database: one looks at a time."""

    def __init__(
        self,
        database: Database,
        drafts: Drafts,
        address: str,
        fetch: Fetch,
        *,
        every: float,
        least: float,
        this_month: Callable[[], str],
        chance: Callable[[float, float], float] = random.uniform,
    ) -> None:
        self._database = database
        self._drafts = drafts
        self._address = address
        self._fetch = fetch
        self._every = every
        self._least = least
        self._this_month = this_month
        self._chance = chance
        self._key = hashlib.sha256(address.encode()).hexdigest()
        self.looks = 0

    async def look(self, shelf: Callable[[], Shelf]) -> str | None:
        """Look if it is time. Returns the sentence that people are to be told, once, where the page has been in trouble for
        long; else None.
        """
        before = await self._claim()
        if before is None:
            return None
        self.looks += 1
        try:
            got = await self._fetch(before.etag, before.last_modified)
            if got.body is not None:
                await self._read(got, await asyncio.to_thread(shelf))
        except (FetchError, PageError, WriteError) as error:
            return await self._failed(str(error), error.wait if isinstance(error, FetchError) else None)
        except CorpusError:
            return await self._failed("the library's own files have faults (pprnet check lists them)", None)
        except Exception as error:
            return await self._failed(f"the look failed ({type(error).__name__})", None)
        await self._succeeded(got)
        return None

    async def _read(self, got: Fetched, shelf: Shelf) -> None:
        page = await asyncio.to_thread(read_page, got.body or b"", charset=got.charset, address=got.address)
        known = {draft.month: draft for draft in await self._drafts.all()}
        for offer in await asyncio.to_thread(offers, page, shelf, known, self._this_month()):
            if await self._drafts.offer(offer.month, offer.content, offer.reasons):
                log.info("the watched page shows month=%s: %s", offer.month, " ".join(offer.reasons) or "it is whole.")

    async def standing(self) -> Standing:
        """Where the watch stands."""
        async with self._database.begin() as connection:
            row = (await connection.execute(select(sources).where(sources.c.url_sha256 == self._key))).first()
        return _standing(row) if row else Standing()

    async def _claim(self) -> Standing | None:
        """Take the next look if it is due and nobody has it. What is claimed is not due again before `least` is over, even
        if this process dies now.
        """
        async with self._database.begin() as connection:
            now = await self._database.now(connection)
            row = {"url_sha256": self._key, "next_at": now, "failures": 0, "lease_until": 0.0}
            await connection.execute(self._database.insert(sources).values(row).on_conflict_do_nothing())
            mine = sources.c.url_sha256 == self._key
            found = (await connection.execute(select(sources).where(mine).with_for_update())).one()
            # A time far ahead was written under a clock that has been set back since.
            due = found.next_at <= now or found.next_at > now + 2 * max(self._every, 7 * 86400.0)
            if not due or now < found.lease_until <= now + LEASE:
                return None
            values = {"lease_until": now + LEASE, "checked_at": now, "next_at": now + self._least}
            await connection.execute(update(sources).where(mine).values(values))
            return _standing(found)

    async def _succeeded(self, got: Fetched) -> None:
        async with self._database.begin() as connection:
            now = await self._database.now(connection)
            values: dict[str, Any] = {"succeeded_at": now, "failures": 0, "trouble": None, "told_at": None, "lease_until": 0}
            values["next_at"] = now + max(self._least, self._every * self._chance(0.9, 1.1))
            if got.body is not None:
                values |= {"etag": got.etag, "last_modified": got.last_modified}
            before = (await connection.execute(select(sources.c.failures).where(sources.c.url_sha256 == self._key))).scalar()
            await connection.execute(update(sources).where(sources.c.url_sha256 == self._key).values(values))
        if before:
            log.info("the watched page can be read again")

    async def _failed(self, trouble: str, wait: float | None) -> str | None:
        """Note it and back off: twice as long each time up to the usual pause, and as long as the site asks."""
        async with self._database.begin() as connection:
            now = await self._database.now(connection)
            mine = sources.c.url_sha256 == self._key
            row = (await connection.execute(select(sources).where(mine).with_for_update())).one()
            failures = row.failures + 1
            pause = min(self._least * 2.0 ** min(failures - 1, 20), max(self._every, self._least)) * self._chance(1.0, 1.25)
            tell = failures >= ALARM_AFTER and row.told_at is None
            values = {"failures": failures, "trouble": trouble[:200], "lease_until": 0}
            values |= {"next_at": now + max(pause, min(wait or 0.0, 7 * 86400.0))}
            if tell:
                values["told_at"] = now
            await connection.execute(update(sources).where(mine).values(values))
        log.log(
            logging.ERROR if tell else logging.WARNING,
            "the watched page cannot be told (%d in a row): %s",
            failures,
            trouble,
        )
        return trouble if tell else None


def offers(page: Page, shelf: Shelf, known: Mapping[str, Draft], this_month: str) -> list[Offer]:
    """What a page means: the months on it that are later than every month held, as drafts. Raises PageError where that
    cannot be told.
    """
    if page.filtered:
        raise PageError("the blog's first page with everything on it", f"only a part of the blog: {page.filtered}")
    months = list(page.months)
    if months != sorted(months, reverse=True):
        raise PageError("months from the newest to the oldest", ", then ".join(map(month_name, months[:3])))
    if _months_between(this_month, months[0]) > 1:
        raise PageError(f"no month later than the one after {month_name(this_month)}", month_name(months[0]))
    newest_held = max(shelf.files, default="")
    new = sorted(month for month in months if month > newest_held)
    unknown = [month for month in new if month not in known]
    found = []
    for month in new:
        if month in known and month != months[0]:
            continue  # it is no longer the newest: nothing that the page says now is about it
        offer = _offer(page, shelf, month)
        if offer is None:
            continue
        reasons = list(offer.reasons)
        earlier = max([newest_held, *(other for other in (*known, *new) if other < month)])
        if earlier and (gap := _months_between(earlier, month)) > 1:
            reasons.append(f"It comes {gap} months after {month_name(earlier)}: months between may be missing.")
        if (month in unknown and len(unknown) > 1) or (month in known and SEVERAL in known[month].reasons):
            reasons.append(SEVERAL)
        found.append(Offer(month, offer.content, tuple(reasons)))
    return found


def _offer(page: Page, shelf: Shelf, month: str) -> Offer | None:
    entries = page.of_month(month)
    seen = sighting(page, month)
    reasons = []
    subjects: tuple[str, ...] = ()
    if month == page.months[0]:
        judged = judge(page.about, entries)
        subjects = judged.subjects
        if judged.reason:
            reasons.append(judged.reason)
    else:
        reasons.append("Nothing on the page tells whether it is whole.")
    # Where an entry's paper is held under another month, what is left of the month is not the whole of it.
    content = month_yaml(Sighting(month, seen.records, seen.complete, subjects), shelf)
    if not content:
        return None
    kept = content.count(b"\n  - id: ")
    if kept < len(entries):
        reasons.append(f"{len(entries) - kept} of its entries are held already, under another month.")
    return Offer(month, content.decode(), tuple(reasons))


def _months_between(earlier: str, later: str) -> int:
    one, other = (int(month[:4]) * 12 + int(month[5:]) for month in (earlier, later))
    return other - one


def _standing(row: Any) -> Standing:
    return Standing(
        checked_at=row.checked_at,
        succeeded_at=row.succeeded_at,
        next_at=row.next_at,
        failures=row.failures,
        trouble=row.trouble,
        etag=row.etag,
        last_modified=row.last_modified,
    )

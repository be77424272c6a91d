"""A walk through a digest's archive: page after page until nothing new comes, then the lists by topic and type of research.

What a walk brings depends only on the pages, not on how often it broke off: every page is kept as soon as it is there, and
the library is written when the walk is over.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Protocol

from bot.blog.archive_addresses import FilteredList, filtered_lists, filters, first_page, numbered_page
from bot.blog.archive_pages import KeptPages
from bot.blog.archive_read import Kind, Outcome, Reading
from bot.blog.archive_tags import Key, Tag, key_of, tag_for, tagged
from bot.blog.recipe import Recipe
from bot.blog.visit import StoppedError, Visit
from bot.corpus.candidates import Candidate
from bot.corpus.merging import ImportedMonth, Record
from bot.corpus.model import Topic

MAX_PAGES = 1_000
"""Pages of one list."""
END = 2
"""Pages in a row without anything new after which a list is over: what is published meanwhile pushes all others on."""
FAILED = 3
REFUSED = 5
"""Pages in a row that could not be had, or not be read, after which a list is given up."""


class Progress(Protocol):
    """Is notified of what the walk does."""

    def list_begins(self, name: str, place: int, count: int) -> None:
        """A list begins; the first is the archive itself."""

    def page(self, number: int, months: Sequence[str], entries: int) -> None:
        """A page was had: its months, and how many entries all pages together have so far."""


@dataclass(slots=True)
class Archive:
    """What was brought. `refused` and `missing` are addresses or files with the reason, `remarks` sentences,
    `candidates` what the `feeds` have, for curators.
    """

    months: list[ImportedMonth] = field(default_factory=list)
    refused: dict[str, str] = field(default_factory=dict)
    missing: dict[str, str] = field(default_factory=dict)
    remarks: list[str] = field(default_factory=list)
    pages: int = 0
    feeds: int = 0
    candidates: list[Candidate] = field(default_factory=list)


class Walk:
    """One walk. `lists`: whether the lists that the first page links to are read too, which takes some five times as many
    requests.
    """

    def __init__(
        self,
        address: str,
        visit: Visit,
        kept: KeptPages,
        topics: Sequence[Topic],
        progress: Progress,
        recipe: Recipe,
        *,
        lists: bool = True,
    ) -> None:
        self._paging = recipe.paging
        self._start = first_page(address, self._paging)
        self._visit = visit
        self._reading = Reading(self._start, visit, kept, topics, recipe)
        self._topics = topics
        self._progress = progress
        self._lists = lists
        self._found = Archive()
        self._entries: set[Key] = set()
        self._tags: dict[Key, frozenset[Tag]] = {}
        self._months: dict[str, tuple[ImportedMonth, ...]] = {}
        self._bodies: dict[bytes, str] = {}
        self._first_keys: list[Key] = []
        self._full = 0
        self._last = 0

    async def run(self) -> Archive:
        """Walk until nothing new comes. Raises StoppedError where that cannot be now, FetchError, WriteError."""
        await self._visit.read_robots(self._start)
        if not self._visit.allowed(self._start):
            raise StoppedError("its robots.txt does not let programs read this page")
        first = await self._reading.begin()
        self._first_keys = first.keys
        lists = self._named_lists(first)
        self._progress.list_begins("", 1, 1 + len(lists))
        await self._read_list(self._start, None)
        for place, (each, tag) in enumerate(lists, 2):
            self._progress.list_begins(each.name, place, 1 + len(lists))
            await self._read_list(each.address, tag)
        every = [month for months in self._months.values() for month in months] + self._in_order()
        self._found.months = [tagged(month, self._tags, self._topics) for month in every]
        self._found.pages = len(self._months)
        self._found.remarks = list(dict.fromkeys(self._found.remarks))
        self._reading.end()
        return self._found

    def _named_lists(self, first: Outcome) -> list[tuple[FilteredList, Tag]]:
        """Return the linked lists that are surely about a topic or a design of the library."""
        if not self._lists or filters(self._start, self._paging):
            return []
        named, unknown, forbidden = [], [], 0
        for each in filtered_lists(first.body, first.source, self._paging):
            tag = tag_for(each.name, self._topics)
            if tag is None:
                unknown.append(f"“{each.name}”")
            elif self._visit.allowed(each.address):
                named.append((each, tag))
            else:
                forbidden += 1
        if unknown:
            self._remark(
                f"lists that do not clearly name a topic or design of the library were not read: {', '.join(unknown)}"
            )
        if forbidden:
            self._remark(f"robots.txt does not let programs read {forbidden} lists by topic or type of research")
        return named

    async def _read_list(self, first: str, tag: Tag | None) -> None:
        """Read a list's pages until nothing new comes; where some could not be had, once more: what is there is kept."""
        before = set(self._found.missing)
        await self._read_pages(first, tag)
        if lost := [address for address in self._found.missing if address not in before]:
            for address in lost:
                del self._found.missing[address]
            await self._read_pages(first, tag)

    async def _read_pages(self, first: str, tag: Tag | None) -> None:
        seen: set[Key] = set()
        nothing: list[str] = []
        refused = failed = 0
        for number in range(1, MAX_PAGES + 1):
            address = numbered_page(first, number, self._paging)
            outcome = await self._reading.page(address)
            self._last = self._last if tag else max(self._last, number)
            if outcome.kind is Kind.FORBIDDEN:
                self._remark(f"robots.txt does not let programs read {address}, nor what comes after it")
                return
            if tag and self._is_unfiltered(outcome, address):
                if number == 1:
                    self._remark(f"{address} shows no list of its own: it tags nothing")
                return
            fresh = not seen.issuperset(outcome.keys)
            repeated = outcome.kind is Kind.REFUSED and self._is_repeated(address, outcome)
            seen.update(outcome.keys)
            self._take(address, outcome, tag)
            self._progress.page(number, [month.month for month in outcome.months], len(self._entries))
            refused = refused + 1 if outcome.kind is Kind.REFUSED and not repeated else 0
            failed = failed + 1 if outcome.kind is Kind.FAILED else 0
            if failed == FAILED or (failed and number == 1):
                await self._check_site(outcome.trouble)
                return
            if refused == REFUSED:
                self._remark(f"{REFUSED} pages in a row could not be read: no page after {address} was asked for")
                return
            if fresh:
                nothing.clear()
            elif repeated or outcome.kind in (Kind.READ, Kind.EMPTY, Kind.GONE):
                nothing.append(address)
            if len(nothing) == END and await self._is_over(nothing, seen, tag):
                return
            if tag is None:
                self._full = max(self._full, len(outcome.keys))
            elif fresh and len(outcome.keys) < self._full:
                return  # a page that is not full is a list's last one
        self._remark(f"only {MAX_PAGES:,} pages of {first} were read")

    async def _is_over(self, nothing: list[str], seen: set[Key], tag: Tag | None) -> bool:
        """Return whether a list has ended with these pages. One that is not there is asked for once more: for a moment any
        page may not be.
        """
        past = [address for address in nothing if address in self._found.missing]
        again = await self._reading.page(past[0]) if past else None
        for address in past:
            del self._found.missing[address]
        nothing.clear()
        if again is None or again.kind is Kind.GONE:
            return True
        fresh = not seen.issuperset(again.keys)
        seen.update(again.keys)
        self._take(past[0], again, tag)
        return not fresh

    async def _check_site(self, trouble: str) -> None:
        """Return where only some pages cannot be had. Raises StoppedError where the site answers nothing any more."""
        if (await self._reading.page(self._start, again=True)).kind is Kind.FAILED:
            raise StoppedError(f"the site no longer answers ({trouble})")

    def _is_unfiltered(self, outcome: Outcome, address: str) -> bool:
        """Return whether a page that should be filtered is not: it would tag every entry."""
        if outcome.kind is not Kind.READ:
            return False
        return outcome.keys == self._first_keys or filters(outcome.source, self._paging) != filters(address, self._paging)

    def _in_order(self) -> list[ImportedMonth]:
        """Return the months with their entries in the archive's order, also where a month goes on on the next page."""
        whole: dict[str, dict[Key, Record]] = {}
        for number in range(1, self._last + 1):
            for month in self._months.get(numbered_page(self._start, number, self._paging), ()):
                entries = whole.setdefault(month.month, {})
                for record in month.records:
                    entries.setdefault(key_of(month.month, record), record)
        return [ImportedMonth(month, tuple(entries.values())) for month, entries in whole.items()]

    def _take(self, address: str, outcome: Outcome, tag: Tag | None) -> None:
        if outcome.kind is Kind.READ:
            self._months[address] = outcome.months
            self._entries.update(outcome.keys)
            if tag:
                self._tags |= {key: self._tags.get(key, frozenset()) | {tag} for key in outcome.keys}
        elif outcome.kind is Kind.REFUSED and not self._is_repeated(address, outcome):
            self._found.refused[address] = outcome.trouble
        elif outcome.kind in (Kind.GONE, Kind.FAILED):
            self._found.missing[address] = outcome.trouble

    def _is_repeated(self, address: str, outcome: Outcome) -> bool:
        """Return whether another address has shown the same page before."""
        return self._bodies.setdefault(hashlib.sha256(outcome.body).digest(), address) != address

    def _remark(self, sentence: str) -> None:
        self._found.remarks.append(sentence)

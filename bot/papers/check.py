"""The weekly check of the library's papers: one DOI at a time, by one replica at a time, and no more often than is polite.

Only DOIs leave the host. What is not certain changes nothing: an answer that cannot be read, a DOI that the source does not
know. Curators are notified of each change once, in the transaction that stores it.
"""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Any

from bot.blog.fetch import FetchError
from bot.corpus.model import Corpus, Notice, Notices, Summary
from bot.errors import ExpectedError
from bot.outbox.delivery import Message
from bot.outbox.ledger import Ledger
from bot.outside.state import Outside
from bot.papers.answer import AnswerError, notices_in
from bot.papers.known import as_notices, notices_of
from bot.publishing.notices import plan_notice
from bot.store.papers import Papers, Stored, record
from bot.store.sources import Sources

log = logging.getLogger(__name__)

EVERY = 7 * 86400.0
"""Seconds after which a paper is asked about again."""
AGAIN = 86400.0
"""Seconds after which a paper is tried again about which nothing could be learned."""
PAUSE = 2.0
"""Seconds between two requests to a public source."""
LEAST = 3600.0
"""Seconds after a first failure until the source is asked again; twice as long each time after that, up to a week."""
LEASE = 60.0
"""Seconds that one replica has for one paper: longer than a fetch may take."""
ALARM_AFTER = 3
"""Failures in a row after which curators are notified."""
UNKNOWN_DOI = (404, 410)
NOTICED, TROUBLE = "paper", "papers"
"""The keys of the notices to curators: that a paper's notices have changed, and that the source cannot be read."""
NEVER = 10**9
"""Failures after which `/health` calls it trouble: nothing else that the bot does waits for this source."""


@dataclass(frozen=True)
class PaperMessages:
    """What curators get: `changed` is about the summaries of a paper, with the notices that came and those that went;
    `alarm` says that the source could not be read for long.
    """

    changed: Callable[[Sequence[Summary], Sequence[Notice], Sequence[Notice]], Message]
    alarm: Callable[[str], Message]


class PaperCheck:
    """Checks the papers of the library. `fetch` gets the source's answer about a DOI and raises FetchError; `pause` are the
    seconds between two requests.
    """

    def __init__(
        self,
        papers: Papers,
        source: Sources,
        ledger: Ledger,
        readers: tuple[str, Sequence[str]],
        fetch: Callable[[str], Awaitable[bytes]],
        messages: PaperMessages,
        pause: float = PAUSE,
    ) -> None:
        self.state = Outside("the source of notices on papers", NEVER)
        self._papers = papers
        self._source = source
        self._ledger = ledger
        self._team, self._curators = readers
        self._fetch = fetch
        self._messages = messages
        self._pause = pause

    async def notices(self) -> Notices:
        """Return the notices on papers that are known."""
        return await notices_of(self._papers)

    async def poll(self, corpus: Corpus) -> bool:
        """Ask about one paper if one is due; return whether one was."""
        of_doi = _by_doi(corpus)
        doi = await self._papers.due(of_doi, every=EVERY, again=AGAIN) if of_doi else None
        if doi is None or await self._source.claim(least=self._pause, every=EVERY, lease=LEASE) is None:
            return False
        await self._papers.try_now(doi)
        try:
            found = await self._ask(doi)
        except (FetchError, AnswerError) as error:
            await self._failed(error)
            return True
        await self._record(doi, of_doi[doi], found)
        self.state.answered()
        await self._source.succeeded(self._pause, None)
        return True

    async def status(self, corpus: Corpus) -> dict[str, Any]:
        """Return what `/health` says of the check."""
        stored, source = await self._papers.all(), await self._source.status()
        papers = [stored.get(doi) for doi in _by_doi(corpus)]
        return {
            "papers": len(papers),
            "checked": sum(bool(paper and paper.checked_at is not None) for paper in papers),
            "unknown_to_the_source": sum(bool(paper and not paper.known) for paper in papers),
            "with_notices": sum(bool(paper and paper.notices) for paper in papers),
            "failures_in_a_row": source.failures,
            "trouble": source.trouble,
        }

    async def _ask(self, doi: str) -> tuple[Notice, ...] | None:
        """Return the notices on a paper; None where the source does not know the DOI. Raises FetchError or AnswerError."""
        try:
            return notices_in(await self._fetch(doi), doi)
        except FetchError as error:
            if error.status in UNKNOWN_DOI:
                return None
            raise

    async def _record(self, doi: str, summaries: Sequence[Summary], found: tuple[Notice, ...] | None) -> None:
        stored: Stored | None = None if found is None else tuple((each.kind, each.doi, each.date) for each in found)
        async with self._ledger.begin() as (connection, now):
            before = await record(connection, doi, stored, now)
            if before is None or found is None:
                return
            old = as_notices(before)
            came, went = (
                [each for each in found if each not in old],
                [each for each in old if each not in found],
            )
            message = self._messages.changed(summaries, came, went)
            for person in self._curators:
                await plan_notice(connection, self._team, person, NOTICED, message, now)
        log.info("papers: the notices on one paper have changed (%d new, %d gone)", len(came), len(went))

    async def _failed(self, error: ExpectedError) -> None:
        wait = error.wait if isinstance(error, FetchError) else None
        trouble = str(error)
        self.state.failed(trouble)

        def pause(failures: int) -> float:
            return min(max(LEAST * 2.0 ** min(failures - 1, 20), wait or 0.0), EVERY)

        failures, alarm = await self._source.failed(trouble, pause, alarm_after=ALARM_AFTER)
        log.log(logging.ERROR if alarm else logging.WARNING, "papers: %s (%d in a row)", trouble, failures)
        if alarm:
            message = self._messages.alarm(trouble)
            async with self._ledger.begin() as (connection, now):
                for person in self._curators:
                    await plan_notice(connection, self._team, person, TROUBLE, message, now)


def _by_doi(corpus: Corpus) -> dict[str, list[Summary]]:
    """Return the summaries of each paper that has a DOI."""
    found: dict[str, list[Summary]] = {}
    for summary in corpus:
        if summary.study.doi:
            found.setdefault(summary.study.doi.lower(), []).append(summary)
    return found

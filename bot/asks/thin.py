"""Which summaries lack what makes them good answers: a bottom line, asks, being found by their own title."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass

from bot.corpus.model import Corpus
from bot.search.engine import Engine
from bot.search.result import Outcome

NO_BOTTOM_LINE, NO_ASKS, NOT_FOUND = "no bottom line", "no search words", "not found by its own title"


@dataclass(frozen=True, slots=True)
class Thin:
    """The ids of thin summaries by what they lack. `not_found` is None while it is not known."""

    no_bottom_line: frozenset[str]
    no_asks: frozenset[str]
    not_found: frozenset[str] | None

    def lacks(self, summary_id: str) -> list[str]:
        """Return what a summary lacks, in words."""
        pairs = (
            (NO_BOTTOM_LINE, self.no_bottom_line),
            (NO_ASKS, self.no_asks),
            (NOT_FOUND, self.not_found or frozenset()),
        )
        return [what for what, ids in pairs if summary_id in ids]


def thin(corpus: Corpus, not_found: frozenset[str] | None) -> Thin:
    """Return the thin summaries of a library."""
    return Thin(
        frozenset(summary.id for summary in corpus if not summary.bottom_line),
        frozenset(summary.id for summary in corpus if not summary.asks),
        not_found,
    )


def not_found(engine: Engine) -> frozenset[str]:
    """Return the ids of summaries that are not the first answer when their own title is asked. It takes as long as that many
    searches, so it is not for the event loop.
    """

    def is_found(title: str, summary_id: str) -> bool:
        result = engine.search(title, limit=1)
        return result.outcome is Outcome.ANSWER and result.hits[0].summary.id == summary_id

    return frozenset(summary.id for summary in engine.corpus if not is_found(summary.title, summary.id))


class NotFound:
    """Finds out what `not_found` returns, once for each library, beside the event loop."""

    def __init__(self) -> None:
        self._fingerprint: str | None = None
        self._work: asyncio.Task[frozenset[str]] | None = None

    async def of(self, engine: Engine) -> frozenset[str]:
        """Return the ids; someone who stops waiting finds the result later."""
        if self._work is None or self._fingerprint != engine.corpus.fingerprint or self._has_failed():
            self._fingerprint = engine.corpus.fingerprint
            self._work = asyncio.create_task(asyncio.to_thread(not_found, engine))
        return await asyncio.shield(self._work)

    def _has_failed(self) -> bool:
        work = self._work
        return work is not None and work.done() and (work.cancelled() or work.exception() is not None)

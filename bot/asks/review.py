"""What curators decide in Slack about suggested and drafted asks: which wait, and what accepting or refusing one does."""

from __future__ import annotations

import asyncio
import hashlib
import time
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass

from bot.asks.writing import Change, ChangedError, UnwritableError, accepted, refused
from bot.corpus.faults import CorpusError
from bot.corpus.files import WriteError
from bot.corpus.model import Corpus, Summary
from bot.errors import UserError
from bot.failures import log_failure
from bot.store.suggestions import Decision, Suggestion, Suggestions

Write = Callable[[Summary, Change, str], Awaitable[None]]
"""Makes a change of a summary by a curator. Raises UnwritableError, ChangedError, WriteError, CorpusError or OSError."""
NOT_OURS = (
    "This library came with PPRNet and cannot be changed from Slack. The person who set up PPRNet can give your team a copy "
    "of its own to edit."
)
UNREADABLE = (
    "I left the library as it is: this summary's file has a fault, has an unusual layout, or cannot be written. The "
    "person who set up PPRNet can find out more."
)
GONE_AFTER = 86400.0
"""Seconds for which a suggestion is kept whose summary is not in the library."""
HIDDEN = 300.0
"""Seconds for which what was decided is hidden while the library in use, which follows its files, still has it."""
MOST = 60
"""Asks that a summary's file may have."""
FULL = f"This summary already has {MOST} lines of search words, the most it can have. Reject these, or remove a line first."


@dataclass(frozen=True, slots=True)
class Waiting:
    """Words for a summary that wait for a curator: a reader suggested them, or they were drafted in the summary's file."""

    summary: Summary
    words: str
    is_suggested: bool

    @property
    def key(self) -> str:
        """Return what names it in a form, without its words."""
        return hashlib.sha256(f"{self.summary.id}\n{self.words.casefold()}".encode()).hexdigest()[:16]


def waiting(corpus: Corpus, suggestions: Iterable[Suggestion]) -> tuple[Waiting, ...]:
    """Return what waits: what readers suggested, the oldest first, then the drafts. What is an ask already, or is there
    twice, is left out.
    """
    read = ((corpus.get(each.summary_id), each.words, True) for each in suggestions)
    drafted = ((summary, words, False) for summary in corpus for words in summary.draft_asks)
    found: dict[str, Waiting] = {}
    for summary, words, is_suggested in (*read, *drafted):
        if summary and words.casefold() not in {ask.casefold() for ask in summary.asks}:
            each = Waiting(summary, words, is_suggested)
            found.setdefault(each.key, each)
    return tuple(found.values())


class AskReview:
    """The waiting asks of one team, as this process sees them. Any number of curators and processes may decide: who comes
    second finds it decided.
    """

    def __init__(self, suggestions: Suggestions, team: str, write: Write, corpus: Callable[[], Corpus]) -> None:
        self._suggestions = suggestions
        self._team = team
        self._write = write
        self._corpus = corpus
        self._one_at_a_time = asyncio.Lock()
        self._decided: dict[str, float] = {}

    async def waiting(self) -> tuple[Waiting, ...]:
        """Return what waits for a decision."""
        found = waiting(self._corpus(), await self._of_team())
        now, keys = time.monotonic(), {each.key for each in found}
        self._decided = {key: until for key, until in self._decided.items() if key in keys and now < until}
        return tuple(each for each in found if each.key not in self._decided)

    async def clear_gone(self) -> None:
        """Remove the suggestions for summaries that are not in the library, which were made more than a day ago: what is
        new in the library comes to another replica's folder a moment later.
        """
        corpus = self._corpus()
        for each in await self._suggestions.all(older_than=GONE_AFTER):
            if each.team == self._team and corpus.get(each.summary_id) is None:
                await self._suggestions.remove(each)

    async def newest_at(self) -> float | None:
        """Return when a reader last suggested something that still waits (the database's time), or None."""
        return await self._suggestions.newest_at(self._team)

    async def last_decision(self) -> Decision | None:
        """Return who decided last, and when (the database's time), or None."""
        return await self._suggestions.last_decision(self._team)

    async def accept(self, item: Waiting, words: str, by: str) -> None:
        """Make words an ask of the summary; what they were made of waits no longer. Raises UserError."""

        def change(now: Summary) -> dict[str, list[str]]:
            values = accepted(now, [words], [item.words])
            if len(values["asks"]) > MOST:
                raise UserError(FULL)
            return values

        await self._decide(item, change, by, writes=True)

    async def refuse(self, item: Waiting, by: str) -> None:
        """See that words are not offered again. Raises UserError."""
        drafted = item.words.casefold() in {each.casefold() for each in item.summary.draft_asks}
        await self._decide(item, lambda now: refused(now, [item.words]), by, writes=drafted)

    async def _decide(self, item: Waiting, change: Change, by: str, *, writes: bool) -> None:
        async with self._one_at_a_time:
            if writes:
                await self._changed(item, change, by)
            for each in await self._of_team():
                if each.summary_id == item.summary.id and each.words.casefold() == item.words.casefold():
                    await self._suggestions.remove(each)
            self._decided[item.key] = time.monotonic() + HIDDEN
            await self._suggestions.note_decision(self._team, by)

    async def _changed(self, item: Waiting, change: Change, by: str) -> None:
        try:
            await self._write(item.summary, change, by)
        except UnwritableError:
            raise UserError(NOT_OURS) from None
        except (ChangedError, WriteError, CorpusError, OSError) as error:
            log_failure(error, "asks", "the file was left as it is")
            raise UserError(UNREADABLE) from None

    async def _of_team(self) -> list[Suggestion]:
        return [each for each in await self._suggestions.all() if each.team == self._team]

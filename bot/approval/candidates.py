"""What feeds brought, for curators in Slack: what is undecided, and a no to one of it."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Sequence
from pathlib import Path

from bot.corpus.candidates import Candidate, read_candidates, reject, undecided
from bot.corpus.faults import CorpusError
from bot.corpus.files import WriteError
from bot.corpus.model import Corpus
from bot.store.candidates import RejectedCandidates

log = logging.getLogger(__name__)


class CandidateReview:
    """The candidates in this process's library, and what curators of any replica have rejected."""

    def __init__(self, store: RejectedCandidates, root: Path) -> None:
        self._store = store
        self._root = root

    async def undecided(self, corpus: Corpus) -> Sequence[Candidate]:
        """Return those to decide on, the newest first; none where their file cannot be read, which the log says."""
        try:
            there = await asyncio.to_thread(read_candidates, self._root)
        except CorpusError as error:
            log.error("candidates cannot be read: %s", error.faults[0])
            return ()
        if not there:
            return ()
        rejected = await self._store.all()
        return [each for each in undecided(there, corpus) if each.mark not in rejected]

    async def find(self, mark: str, corpus: Corpus) -> Candidate | None:
        """Return an undecided one by its mark, or None."""
        return next((each for each in await self.undecided(corpus) if each.mark == mark), None)

    async def reject(self, candidate: Candidate) -> None:
        """Reject one in every replica, and in this process's file where that can be written."""
        await self._store.add(candidate.mark)
        try:
            await asyncio.to_thread(reject, self._root, [candidate])
        except (WriteError, CorpusError) as error:
            log.warning("the candidate stays in the file: %s", error)

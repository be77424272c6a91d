"""The months of a library that another workspace looks after: which of them this workspace lets out to its channels.

Where its curators are asked first, each new month becomes a draft in this workspace's own part of the database. Until one of
them posts it, what posts here is given the library without it: as if the month had not come yet.
"""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date

from bot.corpus.model import Corpus, Issue
from bot.corpus.months import latest_month
from bot.outbox.ledger import Ledger
from bot.publishing import content
from bot.publishing.kinds import MONTH
from bot.publishing.months import newest
from bot.store.drafts import APPROVED, ITSELF, Draft, Drafts, shared_key

NO_MONTH = "0000-00"
"""What comes before every month."""


def asks_from_now(corpus: Corpus, today: date) -> str:
    """Return the month after which new ones wait, where the curators want to be asked from today on: nothing that is in the
    library already waits, unless its month is still far off.
    """
    return min(newest(corpus) or NO_MONTH, latest_month(today))


class SharedMonths:
    """The months of one workspace that joined. `after`: the month after which new ones wait for its curators; None: they are
    posted automatically, but for those that a curator has put on hold. `waiting`: how many wait or are on hold, when that
    was last read.
    """

    def __init__(self, drafts: Drafts, ledger: Ledger, team: str, after: str | None) -> None:
        self._drafts = drafts
        self._ledger = ledger
        self._team = team
        self._after = after
        self._offered: str | None = None
        self._undisturbed: str | None = None
        self.waiting = 0

    async def let_out(self, corpus: Corpus) -> Corpus:
        """Return the library without the months that wait or are on hold here."""
        states = {draft.month: draft.state for draft in await self._read(corpus)}
        out = tuple(
            issue
            for issue in corpus.issues
            if (states[issue.month] == APPROVED if issue.month in states else not self._waits(issue))
        )
        return corpus if len(out) == len(corpus.issues) else replace(corpus, issues=out)

    async def matters(self, corpus: Corpus) -> bool:
        """Return whether there may be anything to ask the curators, or to show them."""
        return self._after is not None or bool(await self._read(corpus))

    async def offer(self, corpus: Corpus) -> bool:
        """Make a draft of each month that is new, and bring those up to date that nobody has decided on; return whether
        there was anything to do.
        """
        if corpus.fingerprint == self._offered:
            return False
        open_drafts = {each.month for each in await self._read(corpus) if each.state != APPROVED}
        due = [issue for issue in reversed(corpus.issues) if issue.month in open_drafts or self._waits(issue)]
        posted = await self._ledger.planned_subjects(MONTH, self._team) if due else set()
        found = False
        for issue in due:
            key = shared_key(issue.month)
            if await self._drafts.offer(key, _content(issue), ()):
                found = True
                draft = await self._drafts.get(key)
                if draft and issue.month in posted:  # by a replica that did not know yet that it is to ask
                    await self._drafts.approve(key, ITSELF, draft.version)
        self._offered = corpus.fingerprint
        return found

    async def _read(self, corpus: Corpus) -> list[Draft]:
        """Return the drafts of the library's months. Where new months are posted automatically and there is no draft,
        nothing is read again until the library changes: many workspaces are like that.
        """
        if self._after is None and corpus.fingerprint == self._undisturbed:
            return []
        found = [draft for draft in await self._drafts.all() if draft.is_shared]
        self._undisturbed = None if found else corpus.fingerprint
        self.waiting = sum(draft.state != APPROVED for draft in found)
        return found

    def _waits(self, issue: Issue) -> bool:
        return self._after is not None and issue.month > self._after


def _content(issue: Issue) -> str:
    """Return what a draft says of a month: what curators are shown of it, and hashes of all that they decide on."""
    summaries = [
        {
            "id": summary.id,
            "title": summary.title,
            "study": {"authors": summary.study.authors, "year": summary.study.year},
            "sha256": content.of_summary(summary),
        }
        for summary in issue.summaries
    ]
    seen = {
        "issue": issue.month,
        "complete": issue.complete,
        "subjects": issue.subjects,
        "summaries": summaries,
        "sha256": content.of_month(issue),
    }
    return json.dumps(seen, ensure_ascii=False)

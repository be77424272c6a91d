"""Months of the team's own: summaries that it wrote itself, posted beside the blog's months once a curator approved that.

They are in the library's own file; which of them are posted together is in the database.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable, Sequence

from sqlalchemy.ext.asyncio import AsyncConnection

from bot.corpus.model import Corpus, Issue, Summary
from bot.outbox.ledger import Ledger
from bot.publishing.kinds import OWN
from bot.publishing.months import Months, UnpostableError
from bot.store.drafts import Draft, approved_own
from bot.store.subscriptions import Subscription

log = logging.getLogger(__name__)

DELETED_AFTER = 300.0
"""Seconds after the approval from which on a summary that is not in this replica's library counts as deleted by hand."""


class OwnMonths:
    """Plans the months of the team's own in one database."""

    def __init__(self, ledger: Ledger, months: Months) -> None:
        self._ledger = ledger
        self._months = months
        self._logged: set[tuple[str, str]] = set()

    async def plan(self, corpus: Corpus, team: str, channels: Sequence[Subscription]) -> list[tuple[str, str]]:
        """Plan each month that was approved while a channel was subscribed and is not planned there yet; return them, each
        with its channel.
        """
        async with self._ledger.begin() as (connection, now):
            approved = await approved_own(connection)
        found = []
        for each in channels if approved else ():
            planned = await self._ledger.planned_subjects(OWN, team, each.channel)
            for draft in approved:
                if draft.key not in planned and (draft.decided_at or 0.0) > each.since:
                    issue = own_issue(draft, corpus.own)
                    if issue and len(issue.summaries) < len(_ids(draft)) and now - (draft.decided_at or 0.0) < DELETED_AFTER:
                        continue  # this replica's library does not have all of it yet
                    if issue and await self._plan(issue, corpus, team, each.channel):
                        found.append((draft.key, each.channel))
        return found

    async def _plan(self, issue: Issue, corpus: Corpus, team: str, channel: str) -> bool:
        try:
            return await self._months.plan(issue, team, channel)
        except UnpostableError as error:
            if (issue.month, corpus.fingerprint) not in self._logged:
                self._logged.add((issue.month, corpus.fingerprint))
                log.error("%s", error)
            return False


def own_issue(draft: Draft, own: Iterable[Summary]) -> Issue | None:
    """Return a draft of the team's own as a month, with those of its summaries that are in the library; None without any."""
    by_id = {summary.id: summary for summary in own}
    found = tuple(by_id[each] for each in _ids(draft) if each in by_id)
    return Issue(draft.month, False, (), found, draft.note, draft.key) if found else None


async def own_issues(connection: AsyncConnection, corpus: Corpus) -> dict[str, Issue]:
    """Return the approved months of the team's own, by their keys."""
    approved = await approved_own(connection)
    return {draft.key: issue for draft in approved if (issue := own_issue(draft, corpus.own))}


def _ids(draft: Draft) -> list[str]:
    return [str(each["id"]) for each in draft.values["summaries"]]

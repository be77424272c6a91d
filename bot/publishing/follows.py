"""Followed topics: at most one direct message to each follower about each new month that carries one of theirs."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence

from bot.corpus.model import Corpus, Issue, Summary
from bot.outbox.delivery import Message, Series
from bot.outbox.ledger import Ledger
from bot.outbox.rows import cancel_planned, delete_untried
from bot.publishing.kinds import FOLLOW
from bot.publishing.months import latest_at, newest, noted_instead
from bot.store import follows
from bot.store.follows import Follow
from bot.store.tables import deliveries

RenderFollow = Callable[[Corpus, Issue, Sequence[str], Sequence[Summary]], Message]
"""Renders the message to a follower of topics (their ids) about a month's summaries on them."""


class Follows:
    """The followed topics of one database. `step` is called by name between the steps (crash tests kill there)."""

    def __init__(self, ledger: Ledger, render: RenderFollow, step: Callable[[str], None] = lambda _name: None) -> None:
        self._ledger = ledger
        self._render = render
        self._step = step

    async def add(self, team: str, user: str, topic: str, newest: str) -> bool:
        """Follow a topic, for what comes after `newest`; return False where it was followed before."""
        async with self._ledger.begin() as (connection, now):
            return await follows.add(connection, self._ledger.database.insert, team, user, topic, newest, now)

    async def remove(self, team: str, user: str, topic: str) -> bool:
        """Follow a topic no longer; return False where it was not followed. What was about to be sent is planned again
        without it.
        """
        async with self._ledger.begin() as (connection, now):
            if not await follows.remove(connection, team, user, topic):
                return False
            theirs = (deliveries.c.kind == FOLLOW, deliveries.c.team == team, deliveries.c.recipient == user)
            await delete_untried(connection, *theirs)
            await cancel_planned(connection, "unfollowed", now, *theirs)
            return True

    async def of(self, team: str, user: str) -> list[Follow]:
        """Return what someone follows."""
        async with self._ledger.database.begin() as connection:
            return await follows.followed(connection, team, user)

    async def plan(self, corpus: Corpus, team: str) -> list[tuple[str, int]]:
        """Plan one direct message for each follower and month that carries a topic of theirs; return the months with the
        number of messages. The months of topics that were followed while the library had one in the future are brought
        back first.
        """
        newest_month = newest(corpus)
        async with self._ledger.begin() as (connection, now):
            for follow, since in await follows.in_future(connection, team, max(latest_at(now), newest_month)):
                await follows.begin_after(connection, team, follow, noted_instead(newest_month, since))
            followed = await follows.followed(connection, team)
        by_user: dict[str, dict[str, str]] = {}
        for follow in followed:
            by_user.setdefault(follow.user, {})[follow.topic] = follow.after_month
        counts: Counter[str] = Counter()
        for user, topics in by_user.items():
            planned = await self._ledger.planned_subjects(FOLLOW, team, user)
            for issue in reversed(corpus.issues):
                named = [topic for topic, after in topics.items() if issue.month > after]
                found = [summary for summary in issue.summaries if set(named) & set(summary.topics)]
                if issue.month in planned or not found:
                    continue
                carried = [topic for topic in named if any(topic in summary.topics for summary in found)]
                message = self._render(corpus, issue, carried, found)
                self._step("before plan")
                if await self._ledger.plan(Series(FOLLOW, issue.month, team, user), [message]):
                    counts[issue.month] += 1
                self._step("after plan")
        return list(counts.items())

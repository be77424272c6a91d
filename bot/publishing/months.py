"""Months: each is planned exactly once for each subscribed channel, oldest first."""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable, Sequence
from datetime import UTC, datetime
from typing import Protocol

from bot.corpus.model import Corpus, Issue
from bot.corpus.months import latest_month, month_before
from bot.errors import ExpectedError
from bot.outbox.delivery import Message, Series
from bot.outbox.ledger import Ledger
from bot.publishing.kinds import MONTH, OWN
from bot.store import subscriptions
from bot.store.database import Database
from bot.store.drafts import author_of

log = logging.getLogger(__name__)


class UnpostableError(ExpectedError):
    """A month that Slack would refuse; the message says why. Raised by a renderer, before anything is planned."""


class RenderMonth(Protocol):
    """Renders a month as messages: the parent, then one card for each summary. `by` set the channel up, `noted_by` wrote the
    month's note. May raise UnpostableError.
    """

    def __call__(self, issue: Issue, by: str | None = None, noted_by: str | None = None) -> Sequence[Message]:
        """Return the messages."""
        ...


class Months:
    """Plans months. `step` is called by name between the steps (crash tests kill there)."""

    def __init__(self, ledger: Ledger, render: RenderMonth, step: Callable[[str], None] = lambda _name: None) -> None:
        self._ledger = ledger
        self._render = render
        self._step = step
        self._logged: set[tuple[str, str]] = set()

    async def plan_new(self, corpus: Corpus, team: str, channel: str, after: str) -> list[str]:
        """Plan every month later than `after` that is not planned yet in a channel, oldest first; return them. A month that
        cannot be rendered is logged (once a corpus) and does not hold up the others.
        """
        planned = await self._ledger.planned_subjects(MONTH, team, channel)
        months = []
        for issue in reversed(corpus.issues):
            if issue.month <= after or issue.month in planned:
                continue
            try:
                if await self.plan(issue, team, channel):
                    months.append(issue.month)
            except UnpostableError as error:
                if (issue.month, corpus.fingerprint) not in self._logged:
                    self._logged.add((issue.month, corpus.fingerprint))
                    log.error("%s", error)
        return months

    async def plan(self, issue: Issue, team: str, channel: str, *, by_hand: bool = False) -> bool:
        """Plan one month's messages in a channel; return False where they were planned before, or the channel's subscription
        was stopped. `by_hand`: a person asks for the month, so it is planned whatever the subscription, and what failed or
        was cancelled of it is planned again. Raises UnpostableError.
        """
        messages = await self.rendered(issue, team, channel)
        series = Series(OWN if issue.post else MONTH, issue.post or issue.month, team, channel)
        self._step("before plan")
        async with self._ledger.begin() as (connection, now):
            found = await subscriptions.get(connection, team, channel, lock=True)
            stopped = found is not None and found.state == subscriptions.STOPPED and not by_hand
            planned = not stopped and await self._ledger.plan_in(connection, series, messages, now)
        if not planned and by_hand:
            planned = bool(await self._ledger.plan_again(series, messages))
        self._step("after plan")
        return planned

    async def rendered(self, issue: Issue, team: str, channel: str) -> Sequence[Message]:
        """Return a month's messages as a channel gets them. Raises UnpostableError."""
        return await rendered(self._ledger.database, self._render, issue, team, channel)


async def rendered(database: Database, render: RenderMonth, issue: Issue, team: str, channel: str) -> Sequence[Message]:
    """Return a month's messages as a channel gets them. Raises UnpostableError."""
    async with database.begin() as connection:
        found = await subscriptions.get(connection, team, channel)
        noted_by = await author_of(connection, issue.post or issue.month, issue.note)
    return render(issue, found.by if found else None, noted_by)


LetOut = Callable[[Corpus], Awaitable[Corpus]]
"""Returns the library without the months that must not be announced yet."""


async def everything(corpus: Corpus) -> Corpus:
    """Return the library as it is: where it is looked after, what waits is not in it yet."""
    return corpus


def newest(corpus: Corpus) -> str:
    """Return the newest month of a library, "" of an empty one."""
    return corpus.issues[0].month if corpus.issues else ""


def noted_instead(newest_month: str, since: float) -> str:
    """Return after which month something set up at `since` begins, where it noted one that is in the future and no longer in
    the library: the newest, but no month from its own set-up on is passed over.
    """
    return min(newest_month, month_before(datetime.fromtimestamp(since, UTC).strftime("%Y-%m")))


def latest_at(now: float) -> str:
    """Return the latest month that there can be."""
    return latest_month(datetime.fromtimestamp(now, UTC).date())

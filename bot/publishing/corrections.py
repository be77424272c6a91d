"""What was posted follows the library: a changed text is edited in place, an added summary joins its month's thread.

Nothing is posted again for a change, and nothing vanishes: a summary that is no longer in its month changes nothing. A reply
in the month's thread says once that a card was corrected, and in what.
"""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Callable, Mapping, Sequence
from datetime import date
from typing import Any

from sqlalchemy.ext.asyncio import AsyncConnection

from bot.corpus.model import Corpus, Issue, Summary
from bot.outbox.delivery import OVER, Delivery, Message, Series
from bot.outbox.edits import Edits, FirstShown
from bot.outbox.ledger import Ledger
from bot.publishing.kinds import MONTH, NOTE, OWN, is_note
from bot.publishing.months import RenderMonth, UnpostableError, rendered
from bot.publishing.own_months import own_issues
from bot.store import subscriptions

log = logging.getLogger(__name__)

RenderCorrection = Callable[[date, Summary, Mapping[str, Any], Mapping[str, Any]], Mapping[str, Any] | None]
"""Renders the reply about a summary's card that was corrected on a day, from one payload to another; None: there is nothing
to say.
"""


class Corrections:
    """Corrects posted months. Any number of replicas may."""

    def __init__(
        self, ledger: Ledger, edits: Edits, render: RenderMonth, correction: RenderCorrection, step: Callable[[str], None]
    ) -> None:
        self._ledger = ledger
        self._edits = edits
        self._render = render
        self._correction = correction
        self._step = step
        self._seen: tuple[Any, ...] | None = None
        self._logged: set[tuple[str, str, str]] = set()

    @property
    def is_settled(self) -> bool:
        """Whether the last `sync` left nothing to correct."""
        return self._seen is not None

    async def sync(self, corpus: Corpus, team: str, today: date, *, may_add: bool = True) -> bool:
        """Correct what differs from the library. `may_add`: whether it is a time at which something may be posted. Return
        whether something was done.
        """
        async with self._ledger.database.begin() as connection:
            stamps = [await self._ledger.stamp(connection, kind, team) for kind in (MONTH, OWN)]
            stamp = (corpus.fingerprint, may_add, *stamps)
            if stamp == self._seen:
                return False
            own = await self._ledger.of_kind(connection, OWN, team)
            found = [*await self._ledger.of_kind(connection, MONTH, team), *own]
            ours = await own_issues(connection, corpus) if own else {}
        months: dict[Series, list[Delivery]] = {}
        for delivery in found:
            months.setdefault(delivery.series, []).append(delivery)
        done, left = 0, False
        for series, messages in months.items():
            issue = ours.get(series.subject) if series.kind == OWN else corpus.issue(series.subject)
            if issue is not None:
                did, undone = await self._month(issue, messages, today, may_add=may_add)
                done, left = done + did, left or undone
        self._seen = None if left or done else stamp
        return bool(done)

    async def _month(self, issue: Issue, posted: Sequence[Delivery], today: date, *, may_add: bool) -> tuple[int, bool]:
        """Correct one month in one channel; return how much was done, and whether something is left for later."""
        channel, team = posted[0].recipient, posted[0].team
        in_library = {summary.id: summary for summary in issue.summaries}
        planned = {each.key for each in posted if each.key and not is_note(each)}
        vanished, added = planned - in_library.keys(), in_library.keys() - planned
        if vanished and added:
            self._log_once(logging.WARNING, issue.month, channel, "summaries were renamed or replaced: left as posted")
        messages = {message.key: message for message in await self._rendered(issue, team, channel)}
        done, left = 0, False
        for each in posted:
            message = messages.get(each.key)
            if each.state != "sent" or message is None or (vanished and each.key is None):
                continue
            if each.source_sha256 is None and not (each.part == 0 and added):  # its lines lack what was added
                await self._edits.adopt(each, message)
            elif each.source_sha256 not in (message.source_sha256, *message.earlier):
                summary = in_library.get(each.key or "")
                note = self._note_of(each, message, summary, today) if summary else None
                did = await self._edits.edit(each, message, first_shown=note)
                done, left = done + did, left or not did
        if added and not vanished and all(each.state in OVER for each in posted) and posted[0].state == "sent":
            if not may_add:
                return done, True
            for summary in issue.summaries:
                if summary.id in added and await self._add(posted[0], messages[summary.id]):
                    done += 1
        return done, left

    async def _rendered(self, issue: Issue, team: str, channel: str) -> Sequence[Message]:
        try:
            return await rendered(self._ledger.database, self._render, issue, team, channel)
        except UnpostableError as error:
            self._log_once(logging.ERROR, issue.month, channel, f"cannot be corrected: {error}")
            return ()

    def _note_of(self, card: Delivery, message: Message, summary: Summary, today: date) -> FirstShown | None:
        """Return what plans the reply about a corrected card, in the transaction that records its correction, where the
        channel is subscribed; None where no reader sees a difference.
        """
        payload = self._correction(today, summary, card.payload, message.payload)
        if payload is None:
            return None
        key = f"{NOTE}{today}:{hashlib.sha256(str(payload['text']).encode()).hexdigest()[:20]}"

        async def plan(connection: AsyncConnection, now: float) -> None:
            found = await subscriptions.get(connection, card.team, card.recipient, lock=True)
            if found is not None and found.state in (subscriptions.ACTIVE, subscriptions.PAUSED):
                await self._ledger.append_in(connection, card.series, Message(payload, key), now)

        return plan

    async def _add(self, parent: Delivery, message: Message) -> bool:
        """Plan the card of a summary that joined a posted month, where its channel is subscribed."""
        self._step("before addition")
        async with self._ledger.begin() as (connection, now):
            found = await subscriptions.get(connection, parent.team, parent.recipient, lock=True)
            added = (
                found is not None
                and found.state in (subscriptions.ACTIVE, subscriptions.PAUSED)
                and await self._ledger.append_in(connection, parent.series, message, now)
            )
        self._step("after addition")
        if added:
            log.info("month=%s in channel=%s gets one more card", parent.subject, parent.recipient)
        return added

    def _log_once(self, level: int, month: str, channel: str, what: str) -> None:
        if (month, channel, what) not in self._logged:
            self._logged.add((month, channel, what))
            log.log(level, "month=%s channel=%s: %s", month, channel, what)

"""Posting months: plan what should exist, send what is due, settle what is uncertain. Safe to kill at any point, in any
number.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Sequence

from bot.corpus.model import Corpus, Issue
from bot.publishing.ledger import Delivery, Ledger, Message
from bot.publishing.outcome import Absent, Blind, Found, Messenger, Refused, Sent, Unknown

log = logging.getLogger(__name__)

Render = Callable[[Corpus, Issue], Sequence[Message]]

_PASSING = frozenset(("ratelimited", "no_connection", "too_late"))
"""Refusals that pass by themselves. The others only a person can lift (invite the bot, renew the token): they are
tried again now and then, and said aloud."""


class UnpostableError(Exception):
    """A month that Slack would refuse; the message says why. Raised by a renderer, before anything is planned."""


class Publisher:
    """Posts each month exactly once to each channel. `step` is called by name between the steps (crash tests kill there)."""

    def __init__(
        self, ledger: Ledger, messenger: Messenger, render: Render, step: Callable[[str], None] = lambda _name: None
    ) -> None:
        self.ledger = ledger
        self._messenger = messenger
        self._render = render
        self._step = step
        self._unpostable: set[tuple[str, str]] = set()

    async def plan_new(self, corpus: Corpus, team: str, channel: str) -> list[str]:
        """Plan every month that is newer than the channel's first set-up and not planned yet, oldest first; returns them.

        A month that cannot be rendered is said aloud (once a corpus) and does not hold up the others.
        """
        after = await self.subscribe(corpus, team, channel)
        planned = await self.ledger.planned_months(team, channel)
        months = []
        for issue in reversed(corpus.issues):
            if issue.month <= after or issue.month in planned:
                continue
            try:
                if await self.plan(corpus, issue, team, channel):
                    months.append(issue.month)
            except UnpostableError as error:
                if (issue.month, corpus.fingerprint) not in self._unpostable:
                    self._unpostable.add((issue.month, corpus.fingerprint))
                    log.error("%s", error)
        return months

    async def subscribe(self, corpus: Corpus, team: str, channel: str) -> str:
        """Note that a channel gets each new month, from the ones held now on; returns the month after which it does."""
        return await self.ledger.subscribe(team, channel, corpus.issues[0].month if corpus.issues else "")

    async def plan(self, corpus: Corpus, issue: Issue, team: str, channel: str) -> bool:
        """Plan one month's messages in a channel; False where it was planned before. Raises UnpostableError."""
        self._step("before plan")
        planned = await self.ledger.plan(issue.month, team, channel, self._render(corpus, issue))
        self._step("after plan")
        return planned

    async def work(self) -> bool:
        """One step of whatever is due: settle, send or tidy. False when nothing was due."""
        if (delivery := await self.ledger.uncertain()) is not None:
            await self._settle(delivery)
            return True
        begun = time.monotonic()
        self._step("before claim")
        if (delivery := await self.ledger.claim()) is not None:
            await self._send(delivery, begun)
            return True
        return await self._sweep()

    async def _send(self, delivery: Delivery, begun: float) -> None:
        self._step("after claim")
        left = self.ledger.timing.start_within - (time.monotonic() - begun)
        if left <= 0:  # paused between claim and send: the claim may be somebody else's by the time the bytes leave
            await self.ledger.give_back(delivery)
            return
        outcome = await self._messenger.post(
            delivery.channel,
            delivery.payload,
            thread_ts=delivery.parent_ts,
            mark=delivery.id,
            attempt=delivery.attempts,
            within=left,
        )
        self._step("after reply")
        match outcome:
            case Sent(ts):
                await self.ledger.sent(delivery, ts, "reply")
                self._step("after sent")
                log.info("posted month=%s part=%d attempt=%d", delivery.month, delivery.part, delivery.attempts)
            case Refused(code, permanent, retry_after):
                timing = self.ledger.timing
                wait = retry_after or (timing.retry_refused if code in _PASSING else timing.retry_blocked)
                await self.ledger.refused(delivery, code, permanent=permanent, wait=wait)
                log.log(
                    logging.ERROR if permanent else logging.WARNING,
                    "not posted month=%s part=%d channel=%s: Slack says %s%s",
                    delivery.month,
                    delivery.part,
                    delivery.channel,
                    code,
                    "; given up" if permanent else f"; next try in {wait:.0f} s",
                )
            case Unknown(code):
                await self.ledger.unknown(delivery, code)
                log.warning(
                    "unknown whether posted month=%s part=%d (%s): will be looked up",
                    delivery.month,
                    delivery.part,
                    code,
                )

    async def _settle(self, delivery: Delivery) -> None:
        self._step("before look-up")
        found = await self._messenger.find(
            delivery.channel, delivery.id, thread_ts=delivery.parent_ts, since=delivery.first_try_at or 0.0
        )
        self._step("after look-up")
        match found:
            case Found(ts, copies):
                for found_ts in (ts, *copies):  # the first settles the row, the others are left to the sweep
                    await self.ledger.sent(delivery, found_ts, "history")
                log.info("found month=%s part=%d: it had been posted", delivery.month, delivery.part)
            case Absent():
                await self.ledger.absent(delivery)
                log.info("not found month=%s part=%d: it will be posted again", delivery.month, delivery.part)
            case Blind(code, lasting):
                if await self.ledger.blind(delivery, code, lasting=lasting):
                    log.error("%s", manual_notice(delivery))

    async def _sweep(self) -> bool:
        copies = await self.ledger.copies()
        swept = False
        for delivery_id, channel, ts in copies:
            self._step("before delete")
            if await self._messenger.delete(channel, ts):
                self._step("after delete")
                await self.ledger.removed(delivery_id, ts)
                log.warning("removed a second copy in channel=%s", channel)
                swept = True
        return swept


def manual_notice(delivery: Delivery) -> str:
    """What an operator is told when only a person can see whether a message was posted."""
    what = "the month's message" if not delivery.part else f"card {delivery.part} in the thread of the month's message"
    return (
        f"It is not known whether {what} of {delivery.month} was posted in channel {delivery.channel}: "
        "Slack's answer was lost and the bot may not read the channel. Nothing is posted twice; the rest of that month "
        "waits. "
        f"Look in the channel, then run `pprnet settle {delivery.id} --there LINK` (the message's link) "
        f"or `pprnet settle {delivery.id} --missing` (post it)."
    )

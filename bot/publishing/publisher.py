"""Posting months: plan what should exist, send what is due, settle what is uncertain. Safe to kill at any point, in any
number.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Protocol

from bot.clubs.service import ClubDesk, ClubWords
from bot.corpus.model import Corpus, Issue, Summary
from bot.outbox.delivery import CLUB, DIRECT, FOLLOW, MONTH, Delivery, Message
from bot.outbox.ledger import Ledger
from bot.outbox.transport import Absent, Blind, Found, Messenger, Refused, Sent, Unknown, UnpostableError
from bot.publishing.corrections import Corrections
from bot.store.follows import Follows
from bot.store.subscriptions import Subscription, Subscriptions

__all__ = ["Publisher", "UnpostableError", "Words", "manual_notice"]

log = logging.getLogger(__name__)


class Render(Protocol):
    """A month as messages: the parent, then one card for each summary. `by` set the channel up. May raise
    UnpostableError.
    """

    def __call__(self, corpus: Corpus, issue: Issue, by: str | None = None) -> Sequence[Message]:
        """Render it."""
        ...


@dataclass(frozen=True, slots=True)
class Words:
    """What is said beside the months: to a follower of topics (their ids), of a channel that was paused (with Slack's code),
    in a channel that a person subscribes, and of journal clubs. None: nothing is said, and nobody follows.
    """

    follow: Callable[[Corpus, Issue, Sequence[str], Sequence[Summary]], Message] | None = None
    paused: Callable[[str, str], Message] | None = None
    subscribed: Callable[[str], Message] | None = None
    club: ClubWords | None = None
    curators: Sequence[str] = field(default=())


OLDEST_BACKUP = 40 * 86400.0
"""Seconds: how far back in a channel is looked for messages that an older copy of the database does not know."""
_PASSING = frozenset(("ratelimited", "no_connection", "too_late"))
"""Refusals that pass by themselves. The others only a person can lift (invite the bot, renew the token): they are
tried again now and then, and said aloud."""
_OUTSIDE = ("not_in_channel", "channel_not_found")
"""Slack's words for a channel that the bot is not in. Whoever invites it again lets it look: nobody else is asked soon."""
_TOKEN = frozenset(
    """account_inactive invalid_auth missing_scope no_permission not_allowed_token_type not_authed org_login_required
    token_expired token_revoked team_access_not_granted""".split()
)
"""Refusals that are about the token: nobody can be told by a message."""
_BLOCKS = frozenset(("invalid_blocks", "invalid_blocks_format", "msg_blocks_too_long"))
"""Refusals of a layout: the text alone may pass."""


class Publisher:
    """Posts each month exactly once to each channel. `step` is called by name between the steps (crash tests kill there)."""

    def __init__(
        self,
        ledger: Ledger,
        messenger: Messenger,
        render: Render,
        step: Callable[[str], None] = lambda _name: None,
        words: Words | None = None,
    ) -> None:
        self.ledger = ledger
        self.subscriptions = Subscriptions(ledger.database)
        self.follows = Follows(ledger.database)
        self._messenger = messenger
        self._render = render
        self._step = step
        self._words = words or Words()
        self._corrections = Corrections(ledger, messenger, render, step)
        club = self._words.club
        self.club_desk = ClubDesk(ledger, self._corrections, club, self.send_now, step) if club else None
        self._unpostable: set[tuple[str, str]] = set()
        self._may_read = True

    async def plan_all(self, corpus: Corpus, team: str, operators_channel: str | None) -> list[str]:
        """Plan what is new for every subscribed channel and every follower; returns a word on each, for the log."""
        if operators_channel:
            await self.subscribe(corpus, team, operators_channel)
        planned = []
        for each in await self.subscriptions.recipients(team, operators_channel):
            months = await self.plan_new(corpus, team, each.channel)
            planned += [f"month={month} channel={each.channel}" for month in months]
        return planned + [f"month={month} followers={count}" for month, count in await self._plan_follows(corpus, team)]

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
        return await self.ledger.subscribe(team, channel, _newest(corpus))

    async def plan(self, corpus: Corpus, issue: Issue, team: str, channel: str, *, by_hand: bool = False) -> bool:
        """Plan one month's messages in a channel; False where it was planned before. `by_hand`: a person asks for it,
        so what was given up or cancelled of it is planned again. Raises UnpostableError.
        """
        subscription = await self.subscriptions.get(team, channel)
        messages = self._render(corpus, issue, subscription.by if subscription else None)
        self._step("before plan")
        planned = await self.ledger.plan(issue.month, team, channel, messages, by_hand=by_hand)
        if not planned and by_hand:
            planned = bool(await self.ledger.plan_again(issue.month, team, channel, messages))
        self._step("after plan")
        return planned

    async def _plan_follows(self, corpus: Corpus, team: str) -> list[tuple[str, int]]:
        """Plan one direct message for each follower and month that carries a topic of theirs."""
        if self._words.follow is None:
            return []
        wishes: dict[str, dict[str, str]] = {}
        for follow in await self.follows.of(team):
            wishes.setdefault(follow.user, {})[follow.topic] = follow.after_month
        counts: dict[str, int] = {}
        for user, topics in wishes.items():
            told = await self.ledger.planned_months(team, user, FOLLOW)
            for issue in reversed(corpus.issues):
                named = [topic for topic, after in topics.items() if issue.month > after]
                found = [summary for summary in issue.summaries if set(named) & set(summary.topics)]
                if issue.month in told or not found:
                    continue
                carried = [topic for topic in named if any(topic in summary.topics for summary in found)]
                message = self._words.follow(corpus, issue, carried, found)
                self._step("before plan")
                if await self.ledger.plan(issue.month, team, user, [message], kind=FOLLOW):
                    counts[issue.month] = counts.get(issue.month, 0) + 1
                self._step("after plan")
        return list(counts.items())

    async def correct(self, corpus: Corpus, team: str, *, may_add: bool = True) -> bool:
        """Edit what was posted where the library has changed since; whether something was done."""
        return await self._corrections.look(corpus, team, may_add=may_add)

    @property
    def may_read(self) -> bool:
        """Whether the bot may read the channels' history, as far as it has been seen."""
        return self._may_read

    @property
    def is_correct(self) -> bool:
        """Whether the last look at the posted months left nothing to correct."""
        return self._corrections.is_settled

    async def ask_subscription(self, corpus: Corpus, team: str, channel: str, user: str) -> Delivery | None:
        """Somebody wants a channel subscribed: say so there, which shows whether the bot may post there. Returns what became
        of that message (the rest of an unfinished one happens by itself), or None where it is subscribed already.
        """
        if self._words.subscribed is None:
            return None
        wish = Subscription(team, channel, _newest(corpus), by=user)
        self._step("before ask")
        mark = await self.ledger.ask_subscription(wish, self._words.subscribed(user))
        self._step("after ask")
        if mark is None:
            return None
        return await self.send_now(mark)

    async def send_now(self, mark: str) -> Delivery | None:
        """Send one planned message at once; what became of it. (The rest of an unfinished one happens by itself.)"""
        until = time.monotonic() + self.ledger.timing.lease
        await self._claim_and_send(mark)
        # The clock, or another replica, was faster: it sends the message, or looks first whether it stands already; it knows
        # in a moment, unless it has died. Or the claim took too long, and is made again.
        while (found := await self.ledger.in_hand(mark)) and time.monotonic() < until:
            await asyncio.sleep(0.1)
            if found.state == "planned":
                await self._claim_and_send(mark)
        return await self.ledger.get(mark)

    async def _claim_and_send(self, mark: str) -> None:
        begun = time.monotonic()
        if (delivery := await self.ledger.claim(mark)) is not None:
            await self._send(delivery, begun)

    async def work(self) -> bool:
        """One step of whatever is due: settle, send or tidy. False when nothing was due."""
        if (delivery := await self.ledger.uncertain()) is not None:
            await self._settle(delivery)
            return True
        begun = time.monotonic()
        self._step("before claim")
        if (delivery := await self.ledger.claim(verify=self._may_read)) is not None:
            await (self._verify(delivery) if delivery.unverified else self._send(delivery, begun))
            return True
        if self._may_read and (delivery := await self.ledger.to_sweep()) is not None:
            await self._look_for_copies(delivery)
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
            case Sent(ts, place):
                await self.ledger.sent(delivery, ts, "reply", place)
                self._step("after sent")
                log.info("posted %s attempt=%d", delivery.name, delivery.attempts)
            case Refused(code) if code in _BLOCKS and await self.ledger.simplify(delivery):
                log.error("Slack refuses the layout of %s (%s): sent as text", delivery.name, code)
            case Refused(code, permanent, retry_after) if permanent or code in _PASSING:
                wait = retry_after or self.ledger.timing.retry_refused
                if code not in _BLOCKS:  # else the ledger has given it up
                    await self.ledger.refused(delivery, code, permanent=permanent, wait=wait)
                self._log_refusal(delivery, code, "given up" if permanent else f"next try in {wait:.0f} s")
            case Refused(code):
                note = self._words.paused(delivery.channel, code) if self._words.paused and code not in _TOKEN else None
                goes_on = await self.ledger.refused_place(delivery, code, note, self._words.curators)
                self._log_refusal(delivery, code, "tried again now and then" if goes_on else "not subscribed")
                self._step("after refusal")
            case Unknown(code):
                await self.ledger.unknown(delivery, code)
                log.warning("unknown whether posted %s (%s): will be looked up", delivery.name, code)

    def _log_refusal(self, delivery: Delivery, code: str, then: str) -> None:
        log.log(
            logging.ERROR if then == "given up" else logging.WARNING,
            "not posted %s channel=%s: Slack says %s; %s",
            *(delivery.name, delivery.channel, code, then),
        )

    async def _verify(self, delivery: Delivery) -> None:
        """Look for a message before its first attempt: this database may be an older copy of the one it was sent from. Only
        where the history may be read; elsewhere nobody can tell.
        """
        self._step("before verification")
        found = await self._messenger.find(
            delivery.channel, delivery.id, thread_ts=delivery.parent_ts, since=_may_stand_since(delivery)
        )
        self._step("after verification")
        match found:
            case Found(ts, copies):
                for found_ts in (ts, *copies):
                    await self.ledger.sent(delivery, found_ts, "history")
                log.warning("%s stands already, posted by an earlier copy", delivery.name)
            case Blind(_, lasting) if not lasting:
                await self.ledger.verified(delivery, wait=self.ledger.timing.look_again)
            case Blind(code):
                self._may_read = self._may_read and code != "missing_scope"
                await self.ledger.verified(delivery)
            case Absent():
                await self.ledger.verified(delivery)

    async def _look_for_copies(self, delivery: Delivery) -> None:
        """Look for copies that landed late, later than any look-up waits for: a process may have been frozen that long."""
        self._step("before second look")
        found = await self._messenger.find(
            delivery.channel, delivery.id, thread_ts=delivery.parent_ts, since=delivery.first_try_at or 0.0
        )
        self._step("after second look")
        match found:
            case Found(ts, copies):
                await self.ledger.swept(delivery, (ts, *copies))
            case Blind(_, lasting) if not lasting:
                await self.ledger.swept(delivery, (), again_in=self.ledger.timing.look_again)
            case _:
                await self.ledger.swept(delivery, ())

    async def _settle(self, delivery: Delivery) -> None:
        if delivery.is_direct:  # the bot may not open the conversation to look into it: a receipt settles it, or nothing
            if await self.ledger.blind(delivery, DIRECT, lasting=True):
                log.warning("it is not known whether a direct message of month=%s arrived", delivery.month)
            return
        self._step("before look-up")
        found = await self._messenger.find(
            delivery.channel, delivery.id, thread_ts=delivery.parent_ts, since=delivery.first_try_at or 0.0
        )
        self._step("after look-up")
        match found:
            case Found(ts, copies):
                for found_ts in (ts, *copies):  # the first settles the row, the others are left to the sweep
                    await self.ledger.sent(delivery, found_ts, "history")
                log.info("found %s: it had been posted", delivery.name)
            case Absent():
                await self.ledger.absent(delivery)
                log.info("not found %s: it will be posted again", delivery.name)
            case Blind(code, lasting):
                if (
                    await self.ledger.blind(delivery, code, lasting=lasting and code not in _OUTSIDE)
                    and delivery.keeps_its_worth
                ):
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


def _newest(corpus: Corpus) -> str:
    return corpus.issues[0].month if corpus.issues else ""


def _may_stand_since(delivery: Delivery) -> float:
    """A time (epoch seconds) before which a message cannot have been posted, or would not be in doubt now."""
    oldest = time.time() - OLDEST_BACKUP
    if delivery.kind != MONTH:
        return oldest
    return max(datetime.strptime(delivery.month, "%Y-%m").replace(tzinfo=UTC).timestamp(), oldest)


def manual_notice(delivery: Delivery) -> str:
    """What an operator is told when only a person can see whether a message was posted."""
    what = "the month's message" if not delivery.part else f"card {delivery.part} in the thread of the month's message"
    of, rest = delivery.month, "that month"
    if delivery.kind == CLUB:
        what, of, rest = f"message {delivery.part + 1}", "a journal club's thread", "its thread"
    return (
        f"It is not known whether {what} of {of} was posted in channel {delivery.channel}: "
        f"Slack's answer was lost and the bot may not read the channel. Nothing is posted twice; the rest of {rest} "
        "waits. "
        f"Look in the channel, then run `pprnet settle {delivery.id} --there LINK` (the message's link) "
        f"or `pprnet settle {delivery.id} --missing` (post it)."
    )

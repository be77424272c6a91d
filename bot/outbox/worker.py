"""The worker of the outbox: sends what is due, looks up what is uncertain, removes second copies. Any number of workers may
run, and each may be killed at any point.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Callable

from bot.outbox.delivery import DIRECT, Delivery
from bot.outbox.kinds import Kinds
from bot.outbox.ledger import Ledger
from bot.outbox.transport import (
    PERMANENT,
    UNTIL_CHANGED,
    Absent,
    Cause,
    Found,
    LookUp,
    LookupFailed,
    Messenger,
    Refused,
    Sent,
    Unknown,
)
from bot.outbox.work import Copy, LookForCopies, RemoveCopies, Send, Settle

log = logging.getLogger(__name__)

OLDEST_BACKUP = 40 * 86400.0
"""Seconds: how far back a channel is searched for messages that an older copy of the database does not know."""


class Worker:
    """Works on the ledger, one step at a time. `step` is called by name between the steps (crash tests kill there)."""

    def __init__(self, ledger: Ledger, messenger: Messenger, step: Callable[[str], None] = lambda _name: None) -> None:
        self._ledger = ledger
        self.timing = ledger.timing
        self._messenger = messenger
        self._step = step
        self.may_read = True
        """Whether the bot may read the channels' history, as far as it has been seen."""

    async def work(self) -> bool:
        """Do one step of whatever is due: settle, send or tidy. Return False when nothing was due."""
        begun = time.monotonic()
        self._step("before claim")
        match await self._ledger.next_work(may_read=self.may_read):
            case Settle(delivery):
                await self._settle(delivery)
            case Send(delivery):
                await (self._verify(delivery) if delivery.unverified else self._send(delivery, begun))
            case LookForCopies(delivery):
                await self._look_for_copies(delivery)
            case RemoveCopies(copies):
                return await self._remove_copies(copies)
            case None:
                return False
        return True

    async def send_now(self, delivery_id: str) -> Delivery | None:
        """Send one planned message at once; return what became of it. What is unfinished then is finished by `work`."""
        until = time.monotonic() + self._ledger.timing.lease
        await self._claim_and_send(delivery_id)
        # Another worker was faster: it sends the message, or first looks whether it was posted already; it knows in a
        # moment, unless it has died. Or the claim took too long, and is made again.
        while (found := await self._ledger.in_progress(delivery_id)) and time.monotonic() < until:
            await asyncio.sleep(0.1)
            if found.state == "planned":
                await self._claim_and_send(delivery_id)
        return await self._ledger.get(delivery_id)

    async def _claim_and_send(self, delivery_id: str) -> None:
        begun = time.monotonic()
        if (delivery := await self._ledger.claim(delivery_id)) is not None:
            await self._send(delivery, begun)

    async def _send(self, delivery: Delivery, begun: float) -> None:
        self._step("after claim")
        left = self._ledger.timing.start_within - (time.monotonic() - begun)
        if left <= 0:  # frozen between claim and send: another worker may have claimed it by the time the bytes leave
            await self._ledger.give_back(delivery)
            return
        outcome = await self._messenger.post(
            delivery.recipient,
            delivery.payload,
            thread_ts=delivery.parent_ts,
            mark=delivery.id,
            attempt=delivery.attempts,
            within=left,
        )
        self._step("after reply")
        match outcome:
            case Sent(ts, place):
                await self._ledger.sent(delivery, ts, "reply", place)
                self._step("after sent")
                log.info("posted %s attempt=%d", delivery.name, delivery.attempts)
            case Refused() as refused:
                await self._record(delivery, refused)
            case Unknown(code):
                await self._ledger.unknown(delivery, code)
                log.warning("unknown whether posted %s (%s): will be looked up", delivery.name, code)

    async def _record(self, delivery: Delivery, refused: Refused) -> None:
        """Record a refusal: what is done next depends on its cause."""
        code = refused.code
        if refused.cause is Cause.LAYOUT and await self._ledger.simplify(delivery):
            log.error("Slack refuses the layout of %s (%s): sent as text", delivery.name, code)
        elif refused.cause in PERMANENT:
            await self._ledger.refused(delivery, code, permanent=True, wait=0.0)
            _log_refusal(logging.ERROR, delivery, code, "given up")
        elif refused.cause is Cause.PASSING:
            wait = refused.retry_after or self._ledger.timing.retry_refused
            await self._ledger.refused(delivery, code, permanent=False, wait=wait)
            _log_refusal(logging.WARNING, delivery, code, f"next try in {wait:.0f} s")
        else:
            again = await self._ledger.blocked(delivery, refused)
            _log_refusal(logging.WARNING, delivery, code, "tried again now and then" if again else "not tried again")
            self._step("after refusal")

    async def _verify(self, delivery: Delivery) -> None:
        """Look up a message before its first attempt: this database may be an older copy of the one it was sent from. Only
        where the history may be read; elsewhere nobody can know.
        """
        self._step("before verification")
        kind = self._ledger.kinds.of(delivery)
        ago = time.time() - kind.not_before(delivery)
        if not 0.0 <= ago <= OLDEST_BACKUP:  # before it there can be none; a clock that is behind knows nothing of that
            ago = OLDEST_BACKUP
        found = await self._look_up(delivery, "verification", ago)
        self._step("after verification")
        match found:
            case Found(ts, copies):
                for found_ts in (ts, *copies):
                    await self._ledger.sent(delivery, found_ts, "history")
                log.warning("%s was posted before, from an earlier copy of the database", delivery.name)
            case LookupFailed(_, cause) as failed if cause not in UNTIL_CHANGED:
                await self._ledger.verified(delivery, wait=self._pause(delivery, failed))
            case LookupFailed(_, cause):
                self.may_read = self.may_read and cause is not Cause.NO_SCOPE
                await self._ledger.verified(delivery)
            case Absent():
                await self._ledger.verified(delivery)

    async def _settle(self, delivery: Delivery) -> None:
        """Look up a message of which nobody knows whether it was posted."""
        if delivery.is_direct:  # the bot may not open the conversation to look into it: only a receipt can settle it
            if await self._ledger.lookup_failed(delivery, DIRECT, lasting=True):
                log.warning("it is not known whether the direct message %s arrived", delivery.name)
            return
        match await self._find(delivery, "look-up"):
            case Found(ts, copies):
                for found_ts in (ts, *copies):  # the message counts as sent by the first; the others are removed later
                    await self._ledger.sent(delivery, found_ts, "history")
                log.info("found %s: it had been posted", delivery.name)
            case Absent():
                await self._ledger.absent(delivery)
                log.info("not found %s: it will be posted again", delivery.name)
            case LookupFailed(code, cause) as failed:
                # The bot can look again as soon as someone invites it to the channel: nobody is asked before that.
                lasting = cause in UNTIL_CHANGED and cause is not Cause.NOT_A_MEMBER
                wait = self._pause(delivery, failed)
                over = await self._ledger.lookup_failed(delivery, code, lasting=lasting, wait=wait)
                if over and self._ledger.kinds.of(delivery).needs_manual_check(delivery):
                    log.error("%s", manual_notice(delivery, self._ledger.kinds))

    async def _find(self, delivery: Delivery, step: str) -> LookUp:
        """Look for a message in its channel; `step` names the look-up."""
        self._step(f"before {step}")
        ago = await self._ledger.seconds_since_first_try(delivery)
        found = await self._look_up(delivery, step, ago)
        self._step(f"after {step}")
        return found

    async def _look_up(self, delivery: Delivery, step: str, ago: float) -> LookUp:
        # After another attempt it is another look-up: what was read before that attempt says nothing of it.
        look, thread_ts = f"{step} {delivery.attempts}", delivery.parent_ts
        return await self._messenger.find(delivery.recipient, delivery.id, thread_ts=thread_ts, ago=ago, look=look)

    def _pause(self, delivery: Delivery, failed: LookupFailed) -> float:
        """Return the seconds until the next look-up, which are in the log too."""
        wait = max(self._ledger.timing.look_again, failed.retry_after or 0.0)
        log.warning("could not look for %s (%s); next try in %.0f s", delivery.name, failed.code, wait)
        return wait

    async def _look_for_copies(self, delivery: Delivery) -> None:
        """Look for copies that landed later than any look-up waits for: a process may have been frozen that long."""
        match await self._find(delivery, "second look"):
            case Found(ts, copies):
                await self._ledger.searched(delivery, (ts, *copies))
            case LookupFailed(_, cause) as failed if cause not in UNTIL_CHANGED:
                await self._ledger.searched(delivery, (), again_in=self._pause(delivery, failed))
            case _:
                await self._ledger.searched(delivery, ())

    async def _remove_copies(self, copies: list[Copy]) -> bool:
        """Remove second copies; return whether one is gone."""
        removed = False
        for delivery_id, channel, ts in copies:
            self._step("before delete")
            if await self._messenger.delete(channel, ts):
                self._step("after delete")
                await self._ledger.removed(delivery_id, ts)
                log.warning("removed a second copy in channel=%s", channel)
                removed = True
        return removed


def manual_notice(delivery: Delivery, kinds: Kinds) -> str:
    """Return what an operator reads when only a person can see whether a message was posted."""
    return (
        f"It is not known whether {kinds.of(delivery).described(delivery)} was posted in channel {delivery.recipient}: "
        "Slack's answer was lost and the bot may not read the channel. Nothing is posted twice; what comes after it waits. "
        f"Check the channel, then run `pprnet settle {delivery.id} --there LINK` (the message's link) "
        f"or `pprnet settle {delivery.id} --missing` (post it)."
    )


def _log_refusal(level: int, delivery: Delivery, code: str, then: str) -> None:
    log.log(level, "not posted %s channel=%s: Slack says %s; %s", *(delivery.name, delivery.recipient, code, then))

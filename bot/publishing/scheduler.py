"""The clock of `serve`: every few seconds it compares what should be posted with what is. No timer to miss, no cron to
drift.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import Callable
from datetime import datetime
from zoneinfo import ZoneInfo

from bot.corpus.model import Corpus
from bot.publishing.publisher import Publisher

log = logging.getLogger(__name__)

OnPass = Callable[[str, bool], None]
"""Called after each pass of a background job with the job's name, and whether the pass found something to do."""


def ignore_pass(_job: str, _busy: bool) -> None:
    """Do nothing."""


def is_time(now: datetime, zone: ZoneInfo, hour: int) -> bool:
    """Whether new months may be announced now: from the given local hour on until midnight, on every day.

    A month is due as soon as it exists; the hour only keeps announcements out of the night. An hour that a change of clocks
    skips or repeats makes no difference, since nothing is tied to a firing.
    """
    return now.astimezone(zone).hour >= hour


class Clock:
    """Runs the publisher until it is stopped."""

    def __init__(
        self,
        publisher: Publisher,
        corpus: Callable[[], Corpus],
        *,
        team: str,
        channel: str | None,
        zone: ZoneInfo,
        hour: int,
        standing: Callable[[], bool] = lambda: True,
        woken: asyncio.Event | None = None,
        now: Callable[[], datetime] = lambda: datetime.now(tz=ZoneInfo("UTC")),
        on_pass: OnPass = ignore_pass,
    ) -> None:
        self._publisher = publisher
        self._corpus = corpus
        self._team = team
        self._channel = channel
        self._zone = zone
        self._hour = hour
        self._standing = standing
        self._now = now
        self._woken = woken or asyncio.Event()
        self._on_pass = on_pass
        self._stopped = False

    async def run(self, tick: float) -> None:
        """Look, work off what is due, wait `tick` seconds; until `stop`. A failed look is logged, the next tries again.

        Whoever wakes it may have posted just now: what follows in that channel is due after the pace, so it looks twice.
        """
        while not self._stopped:
            busy = woken = self._woken.is_set()
            self._woken.clear()
            try:
                busy = await self.look() or woken
            except asyncio.CancelledError:
                raise
            except Exception as error:
                log.error("the clock's look failed (%s); it goes on", type(error).__name__)
            self._on_pass("clock", busy)
            wait = self._publisher.ledger.timing.pace if busy else tick
            if not self._stopped:
                with contextlib.suppress(TimeoutError):
                    await asyncio.wait_for(self._woken.wait(), timeout=wait)

    async def look(self) -> bool:
        """Plan new months if it is time, then do what is due; whether more may be due soon."""
        if not self._standing():
            return False
        corpus = self._corpus()
        announcing = is_time(self._now(), self._zone, self._hour)
        if announcing:
            for planned in await self._publisher.plan_all(corpus, self._team, self._channel):
                log.info("planned %s", planned)
        elif self._channel:
            await self._publisher.subscribe(corpus, self._team, self._channel)
        worked = await self._publisher.correct(corpus, self._team, may_add=announcing)
        if self._publisher.club_desk:
            here = self._now().astimezone(self._zone)
            worked = await self._publisher.club_desk.look(corpus, self._team, here, self._hour) or worked
        while not self._stopped and await self._publisher.work():
            worked = True
        return worked

    def stop(self) -> None:
        """End `run` after the step in hand."""
        self._stopped = True
        self._woken.set()

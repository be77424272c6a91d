"""The posting job: compares what should be posted with what is, and does what is due. No timer to miss, no cron to drift."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Protocol
from zoneinfo import ZoneInfo

from bot.corpus.model import Corpus
from bot.outbox.worker import Worker
from bot.publishing.months import LetOut, everything
from bot.publishing.publisher import Publisher

log = logging.getLogger(__name__)

LONGEST = 15.0
"""Seconds after which a pass leaves the rest of the messages to the next one, so that a long queue does not look stuck."""


def is_time(now: datetime, zone: ZoneInfo, hour: int) -> bool:
    """Return whether new months may be announced now: from the given local hour until midnight, every day.

    A month is due as soon as it exists; the hour only keeps announcements out of the night. An hour that a change of clocks
    skips or repeats makes no difference, since nothing depends on a single moment.
    """
    return now.astimezone(zone).hour >= hour


@dataclass(frozen=True)
class Place:
    """Where and when to post: the workspace, its default channel, and the local hour from which new months are announced."""

    team: str
    channel: str | None
    zone: ZoneInfo
    hour: int


class Clubs(Protocol):
    """Brings the messages of journal clubs to what they should be."""

    async def sync(self, corpus: Corpus, team: str, now: datetime, hour: int) -> bool:
        """Return whether something was done."""
        ...


class Posting:
    """Posts new months, corrections and club messages. Months are announced as far as they are let out."""

    def __init__(
        self,
        publisher: Publisher,
        worker: Worker,
        clubs: Clubs,
        corpus: Callable[[], Corpus],
        place: Place,
        *,
        let_out: LetOut = everything,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
        is_stopping: Callable[[], bool] = lambda: False,
    ) -> None:
        self._publisher = publisher
        self._worker = worker
        self._clubs = clubs
        self._corpus = corpus
        self._place = place
        self._let_out = let_out
        self._now = now
        self._is_stopping = is_stopping

    async def run(self) -> bool:
        """Plan new months if it is time, then send what is due. Returns whether more may be due soon."""
        corpus, place = self._corpus(), self._place
        out = await self._let_out(corpus)
        announcing = is_time(self._now(), place.zone, place.hour)
        if announcing:
            for planned in await self._publisher.plan_all(out, place.team, place.channel):
                log.info("planned %s", planned)
        elif place.channel:
            await self._publisher.subscribe(out, place.team, place.channel)
        here = self._now().astimezone(place.zone)
        worked = await self._publisher.corrections.sync(corpus, place.team, here.date(), may_add=announcing)
        worked = await self._clubs.sync(corpus, place.team, here, place.hour) or worked
        until = time.monotonic() + LONGEST
        while not self._is_stopping() and time.monotonic() < until and await self._worker.work():
            worked = True
        return worked

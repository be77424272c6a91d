"""What is done about journal clubs: planned, moved, cancelled by people; announced, asked about and corrected by the clock.

Like the months, it compares what should exist with what does: there is no timer to miss.
"""

from __future__ import annotations

import hashlib
import json
import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from bot.clubs import rules
from bot.clubs.rules import Call, Club, Clubs
from bot.corpus.model import Corpus, Summary
from bot.outbox.delivery import OVER, Delivery, Message, columns_of
from bot.outbox.ledger import Ledger
from bot.publishing import content
from bot.publishing.corrections import Corrections

log = logging.getLogger(__name__)

Payload = dict[str, Any]


@dataclass(frozen=True, slots=True)
class ClubWords:
    """What is said of a club, as payloads. A summary is None where the library holds it no more. `call` gets the days left
    (below 0: days since); `moved` the day before and who moved it; `cancelled` who did.
    """

    opening: Callable[[Club, Summary | None], Payload]
    card: Callable[[Summary], Payload]
    questions: Callable[[Summary], Payload]
    call: Callable[[Call, Club, Summary | None, int], Payload]
    moved: Callable[[Club, date, str, Summary | None], Payload]
    cancelled: Callable[[Club, str, Summary | None], Payload]


class ClubDesk:
    """Works on the clubs of one database. Any number of replicas may. `send` sends a planned message at once."""

    def __init__(
        self,
        ledger: Ledger,
        corrections: Corrections,
        words: ClubWords,
        send: Callable[[str], Awaitable[Delivery | None]],
        step: Callable[[str], None],
    ) -> None:
        self.clubs = Clubs(ledger)
        self._ledger = ledger
        self._corrections = corrections
        self._words = words
        self._send = send
        self._step = step
        self._seen: tuple[Any, ...] | None = None

    @property
    def is_settled(self) -> bool:
        """Whether the last look left nothing to do."""
        return self._seen is not None

    # -- by people ----------------------------------------------------------------------------------------------------

    async def plan(self, club: Club, summary: Summary, today: date) -> tuple[Club, Delivery | None]:
        """Plan a club and post its opening; returns it with what became of that (None: that one was planned already). Where
        the bot may not post there, nothing is planned. Raises `clubs.FullError`.
        """
        words = self._words
        messages = [
            Message(words.opening(club, summary), None, _face(club)),
            Message(words.card(summary), None, content.of_summary(summary)),
            Message(words.questions(summary)),
        ]
        self._step("before club")
        planned, mark = await self.clubs.plan(club, messages, today)
        self._step("after club")
        return planned, await self._send(mark) if mark else None

    async def move(self, corpus: Corpus, club: Club, day: date, by: str, now: datetime) -> Club | None:
        """Give a club another day; None where it is no longer as it was seen (somebody was faster)."""
        moved = Club(club.id, club.team, club.channel, club.summary_id, day, now.timestamp(), club.by)
        note = self._words.moved(moved, club.day, by, corpus.get(club.summary_id))
        done = await self.clubs.move(club, day, moved.dated_at, Message(note))
        self._step("after change of club")
        return moved if done else None

    async def cancel(self, corpus: Corpus, club: Club, by: str) -> bool:
        """Cancel a club; False where it is no longer as it was seen."""
        note = self._words.cancelled(club, by, corpus.get(club.summary_id))
        done = await self.clubs.cancel(club, Message(note))
        self._step("after change of club")
        return done

    # -- by the clock -------------------------------------------------------------------------------------------------

    async def look(self, corpus: Corpus, team: str, now: datetime, hour: int) -> bool:
        """See to it that every club's messages are as they should be at this time (in the team's zone); whether something
        was done.
        """
        stamp = (corpus.fingerprint, f"{now:%Y-%m-%d %H}", *await self.clubs.stamp(team))
        if stamp == self._seen:
            return False
        done = left = False
        for club, rows in await self.clubs.with_messages(team):
            did, undone = await self._tend(corpus, club, {row.part: row for row in rows}, now, hour)
            done, left = done or did, left or undone
        self._seen = None if done or left else stamp
        return done

    async def _tend(self, corpus: Corpus, club: Club, rows: dict[int, Any], now: datetime, hour: int) -> tuple[bool, bool]:
        """Whether something was done for a club, and whether something is left for later."""
        opening, summary = rows.get(rules.OPENING), corpus.get(club.summary_id)
        if opening is None:
            return False, False
        if club.state == rules.PLANNED and opening.state in ("failed", "cancelled"):
            await self.clubs.close(club, rules.CANCELLED)
            log.error("a journal club in channel=%s could not be posted (%s): cancelled", club.channel, opening.error)
            return True, False
        done, left = await self._follow(club, summary, rows)
        for part, row in rows.items():
            if row.state == "planned" and part < rules.CALLS and now.date() > club.day:
                await self._ledger.withdraw(row.id, "too_late")
                done = True
        if club.state == rules.PLANNED:
            done = await self._call(club, summary, rows, now, hour) or done
        return done, left

    async def _follow(self, club: Club, summary: Summary | None, rows: dict[int, Any]) -> tuple[bool, bool]:
        """The opening says the club's day, and the card what the library says."""
        done = left = False
        opening, card = rows[rules.OPENING], rows.get(rules.CARD)
        if opening.source_sha256 != _face(club):
            message = Message(self._words.opening(club, summary), None, _face(club))
            if opening.state == "planned":
                await self._ledger.reword(opening.id, message, state="planned")
                done = True
            elif opening.state == "sent":
                done = await self._corrections.edit(opening, message, at_once=True)
                left = not done
            else:
                left = opening.state not in OVER
        if summary and card is not None and card.state == "sent" and card.source_sha256 != content.of_summary(summary):
            edited = await self._corrections.edit(
                card, Message(self._words.card(summary), None, content.of_summary(summary))
            )
            done, left = done or edited, left or not edited
        return done, left

    async def _call(self, club: Club, summary: Summary | None, rows: dict[int, Any], now: datetime, hour: int) -> bool:
        """What has a time of its own is planned when that has come, says how long it is until the club, and is taken back
        where it is no longer true. Whether something was done.
        """
        left = (club.day - now.date()).days
        due, done = rules.due(club, now, hour), False
        for call in Call:
            row = rows.get(rules.part_of(call, club.day))
            message = Message(self._words.call(call, club, summary, left))
            if call in due and (row is None or row.state == "cancelled"):
                self._step("before call")
                planned = await self.clubs.call(club, call, message)
                self._step("after call")
                if planned:
                    log.info("planned %s of club=%s channel=%s", call.name.lower(), club.id, club.channel)
                    done = True
            elif row is not None and row.state == "planned":
                done = await self._keep_true(club, call, row, message, now) or done
        after = rows.get(rules.part_of(Call.AFTER, club.day))
        if left < -rules.STALE or (after is not None and after.state in OVER and after.error != "withdrawn"):
            await self.clubs.close(club, rules.OVER)
            done = True
        return done

    async def _keep_true(self, club: Club, call: Call, row: Any, message: Message, now: datetime) -> bool:
        """What could not be sent yet is not sent late; until then it says the days that are left."""
        if not rules.is_true(call, club, now):
            await self._ledger.withdraw(row.id, "too_late")
            log.info("%s of club=%s is too late by now: not sent", call.name.lower(), club.id)
            return True
        if columns_of(message)["payload_sha256"] == row.payload_sha256:
            return False
        await self._ledger.reword(row.id, message, state="planned")
        return True


def _face(club: Club) -> str:
    """What the opening shows of a club, as a hash: its day, and whether it is cancelled."""
    shown = json.dumps([club.day.isoformat(), club.state == rules.CANCELLED])
    return hashlib.sha256(shown.encode()).hexdigest()

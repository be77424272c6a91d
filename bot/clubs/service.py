"""Journal clubs: planned, moved and cancelled by people; announced, asked about and corrected by the scheduler.

Like the months, the service compares what should exist with what does: there is no timer to miss.
"""

from __future__ import annotations

import hashlib
import json
import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from bot.clubs import rules
from bot.clubs.kind import WITHDRAWN
from bot.clubs.planning import Clubs
from bot.clubs.rules import Reminder
from bot.corpus.model import Corpus, Summary
from bot.outbox.delivery import OVER, Delivery, Message, payload_columns
from bot.outbox.edits import Edits
from bot.outbox.ledger import Ledger
from bot.outbox.worker import Worker
from bot.publishing import content
from bot.store import clubs
from bot.store.clubs import Club

log = logging.getLogger(__name__)

Payload = dict[str, Any]


@dataclass(frozen=True, slots=True)
class ClubTemplates:
    """Render the messages of a club as payloads. A summary is None where the library does not have it any more. `reminder`
    gets the days left (below 0: days since); `moved` the day before and who moved it; `cancelled` who did.
    """

    opening: Callable[[Club, Summary | None], Payload]
    card: Callable[[Summary], Payload]
    questions: Callable[[Summary], Payload]
    reminder: Callable[[Reminder, Club, Summary | None, int], Payload]
    moved: Callable[[Club, date, str, Summary | None], Payload]
    cancelled: Callable[[Club, str, Summary | None], Payload]


@dataclass(frozen=True, slots=True)
class ClubOutbox:
    """The parts of the outbox that the service works with."""

    ledger: Ledger
    worker: Worker
    edits: Edits


class ClubService:
    """Works on the clubs of one database. Any number of replicas may."""

    def __init__(
        self, outbox: ClubOutbox, templates: ClubTemplates, step: Callable[[str], None] = lambda _name: None
    ) -> None:
        self._clubs = Clubs(outbox.ledger)
        self._ledger = outbox.ledger
        self._worker = outbox.worker
        self._edits = outbox.edits
        self._templates = templates
        self._step = step
        self._seen: tuple[Any, ...] | None = None

    @property
    def is_settled(self) -> bool:
        """Whether the last `sync` left nothing to do."""
        return self._seen is not None

    async def get(self, team: str, club_id: str) -> Club | None:
        """Return a club whatever its state, or None."""
        return await self._clubs.get(team, club_id)

    async def planned(self, team: str, channel: str, today: date) -> list[Club]:
        """Return what is planned in a channel from today on, the nearest first."""
        return await self._clubs.planned(team, channel, today)

    async def to_come(self, team: str, today: date, by: str | None = None) -> list[tuple[Club, str | None]]:
        """Return as `Clubs.to_come`."""
        return await self._clubs.to_come(team, today, by)

    async def summary_of_thread(self, team: str, channel: str, ts: str) -> str | None:
        """Return as `Clubs.summary_of_thread`."""
        return await self._clubs.summary_of_thread(team, channel, ts)

    async def with_messages(self, team: str) -> list[tuple[Club, list[Delivery]]]:
        """Return every club of a team with its messages, in order."""
        return await self._clubs.with_messages(team)

    # -- by people ----------------------------------------------------------------------------------------------------

    async def plan(self, club: Club, summary: Summary, today: date) -> tuple[Club, Delivery | None]:
        """Plan a club and post its opening; return it with what became of that (None: that one was planned already). Where
        the bot may not post there, nothing is planned. Raises FullError.
        """
        words = self._templates
        messages = [
            Message(words.opening(club, summary), None, _opening_hash(club)),
            Message(words.card(summary), None, content.of_summary(summary)),
            Message(words.questions(summary)),
        ]
        self._step("before club")
        planned, opening = await self._clubs.plan(club, messages, today)
        self._step("after club")
        return planned, await self._worker.send_now(opening) if opening else None

    async def move(self, corpus: Corpus, club: Club, day: date, by: str, now: datetime) -> Club | None:
        """Give a club another day and return it so; None where it is no longer as it was seen (someone was faster)."""
        moved = Club(club.id, club.team, club.channel, club.summary_id, day, now.timestamp(), club.by)
        note = self._templates.moved(moved, club.day, by, corpus.get(club.summary_id))
        done = await self._clubs.move(club, day, moved.dated_at, Message(note))
        self._step("after change of club")
        return moved if done else None

    async def cancel(self, corpus: Corpus, club: Club, by: str) -> bool:
        """Cancel a club; return False where it is no longer as it was seen."""
        note = self._templates.cancelled(club, by, corpus.get(club.summary_id))
        done = await self._clubs.cancel(club, Message(note))
        self._step("after change of club")
        return done

    # -- by the scheduler ---------------------------------------------------------------------------------------------

    async def sync(self, corpus: Corpus, team: str, now: datetime, hour: int) -> bool:
        """Bring every club's messages to what they should be at this time (in the team's zone); return whether something was
        done.
        """
        stamp = (corpus.fingerprint, f"{now:%Y-%m-%d %H}", *await self._clubs.stamp(team))
        if stamp == self._seen:
            return False
        done = left = False
        for club, rows in await self._clubs.with_messages(team):
            did, undone = await self._process_club(corpus, club, {row.part: row for row in rows}, now, hour)
            done, left = done or did, left or undone
        self._seen = None if done or left else stamp
        return done

    async def _process_club(
        self, corpus: Corpus, club: Club, rows: dict[int, Delivery], now: datetime, hour: int
    ) -> tuple[bool, bool]:
        """Return whether something was done for a club, and whether something is left for later."""
        opening, summary = rows.get(rules.OPENING), corpus.get(club.summary_id)
        if opening is None:
            return False, False
        if club.state == clubs.PLANNED and opening.state in ("failed", "cancelled"):
            await self._clubs.close(club, clubs.CANCELLED)
            log.error("a journal club in channel=%s could not be posted (%s): cancelled", club.channel, opening.error)
            return True, False
        done, left = await self._follow(club, summary, rows)
        for part, row in rows.items():
            if row.state == "planned" and part < rules.REMINDERS and now.date() > club.day:
                await self._ledger.withdraw(row.id, "too_late")
                done = True
        if club.state == clubs.PLANNED:
            done = await self._remind(club, summary, rows, now, hour) or done
        return done, left

    async def _follow(self, club: Club, summary: Summary | None, rows: dict[int, Delivery]) -> tuple[bool, bool]:
        """Make the opening say the club's day, and the card what the library says; return as `_process_club`."""
        done = left = False
        opening, card = rows[rules.OPENING], rows.get(rules.CARD)
        if opening.source_sha256 != _opening_hash(club):
            message = Message(self._templates.opening(club, summary), None, _opening_hash(club))
            if opening.state == "planned":
                await self._ledger.update_payload(opening.id, message, state="planned")
                done = True
            elif opening.state == "sent":
                done = await self._edits.edit(opening, message, at_once=True)
                left = not done
            else:
                left = opening.state not in OVER
        if summary and card is not None and card.state == "sent" and card.source_sha256 != content.of_summary(summary):
            edited = await self._edits.edit(card, Message(self._templates.card(summary), None, content.of_summary(summary)))
            done, left = done or edited, left or not edited
        return done, left

    async def _remind(
        self, club: Club, summary: Summary | None, rows: dict[int, Delivery], now: datetime, hour: int
    ) -> bool:
        """Plan what is due, close a club that is over, and return whether something was done. A reminder that waits says how
        long it is until the club, and is cancelled where it is no longer relevant.
        """
        left = (club.day - now.date()).days
        due, done = rules.due(club, now, hour), False
        for reminder in Reminder:
            row = rows.get(rules.part_of(reminder, club.day))
            message = Message(self._templates.reminder(reminder, club, summary, left))
            if reminder in due and (row is None or row.state == "cancelled"):
                self._step("before call")
                planned = await self._clubs.remind(club, reminder, message)
                self._step("after call")
                if planned:
                    log.info("planned %s of club=%s channel=%s", reminder.name.lower(), club.id, club.channel)
                    done = True
            elif row is not None and row.state == "planned":
                done = await self._keep_relevant(club, reminder, row, message, now) or done
        after = rows.get(rules.part_of(Reminder.AFTER, club.day))
        if left < -rules.STALE or (after is not None and after.state in OVER and after.error != WITHDRAWN):
            await self._clubs.close(club, clubs.OVER)
            done = True
        return done

    async def _keep_relevant(self, club: Club, reminder: Reminder, row: Delivery, message: Message, now: datetime) -> bool:
        """Cancel a planned reminder that has become too late, or make it say the days that are left."""
        if not rules.is_still_relevant(reminder, club, now):
            await self._ledger.withdraw(row.id, "too_late")
            log.info("%s of club=%s is no longer due: not sent", reminder.name.lower(), club.id)
            return True
        if payload_columns(message)["payload_sha256"] == row.payload_sha256:
            return False
        await self._ledger.update_payload(row.id, message, state="planned")
        return True


def _opening_hash(club: Club) -> str:
    """Return a hash of what the opening shows of a club: its day, and whether it is cancelled."""
    shown = json.dumps([club.day.isoformat(), club.state == clubs.CANCELLED])
    return hashlib.sha256(shown.encode()).hexdigest()

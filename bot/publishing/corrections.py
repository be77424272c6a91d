"""What was posted follows the library: a changed text is edited in place, an added summary joins its month's thread.

Nothing is posted again for a change, and nothing vanishes: a summary that is no longer in its month changes nothing.
While an edit is under way, and after one of which nobody knows whether Slack made it, the row says so (`IN_DOUBT`): then the
message is edited anew, also to the very text that it should have kept.
Replicas with different corpora (during a rollout) do not edit back and forth: a payload that stood before is put back only
after an hour.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Callable, Sequence
from typing import Any

from sqlalchemy import func, select, update

from bot.corpus.model import Corpus, Issue
from bot.outbox.delivery import MONTH, OVER, Message, columns_of
from bot.outbox.ledger import Ledger
from bot.outbox.transport import Messenger, Refused, Sent, Unknown, UnpostableError
from bot.store import subscriptions
from bot.store.tables import deliveries, editions

log = logging.getLogger(__name__)

IN_DOUBT = "in doubt"
"""The `source_sha256` of a message that may show another text than its row says."""

Render = Callable[[Corpus, Issue, str | None], Sequence[Message]]


class Corrections:
    """Corrects posted months. Any number of replicas may; an edit is leased, and repeated by whoever finds it undone."""

    def __init__(self, ledger: Ledger, messenger: Messenger, render: Render, step: Callable[[str], None]) -> None:
        self._ledger = ledger
        self._messenger = messenger
        self._render = render
        self._step = step
        self._seen: tuple[Any, ...] | None = None
        self._logged: set[tuple[str, str, str]] = set()

    @property
    def is_settled(self) -> bool:
        """Whether the last look left nothing to correct."""
        return self._seen is not None

    async def look(self, corpus: Corpus, team: str, *, may_add: bool = True) -> bool:
        """Correct what differs from the library. `may_add`: whether it is a time at which something may be posted. True
        where something was done.
        """
        database = self._ledger.database
        async with database.begin() as connection:
            mine = (deliveries.c.team == team, deliveries.c.kind == MONTH)
            numbers = select(func.count(), func.sum(deliveries.c.fence), func.max(deliveries.c.changed_at)).where(*mine)
            stamp = (corpus.fingerprint, may_add, *(await connection.execute(numbers)).one())
            if stamp == self._seen:
                return False
            rows = (await connection.execute(select(deliveries).where(*mine).order_by(deliveries.c.part))).all()
        months: dict[tuple[str, str], list[Any]] = {}
        for row in rows:
            months.setdefault((row.month, row.channel), []).append(row)
        done, left = 0, False
        for (month, _channel), found in months.items():
            issue = corpus.issue(month)
            if issue is not None:
                did, undone = await self._month(corpus, issue, found, may_add=may_add)
                done, left = done + did, left or undone
        self._seen = None if left or done else stamp
        return bool(done)

    async def _month(self, corpus: Corpus, issue: Issue, rows: Sequence[Any], *, may_add: bool) -> tuple[int, bool]:
        """Correct one month in one channel: how much was done, and whether something is left for later."""
        channel, team = rows[0].channel, rows[0].team
        held = {summary.id for summary in issue.summaries}
        posted = {row.summary_id for row in rows if row.summary_id}
        vanished, added = posted - held, held - posted
        if vanished and added:
            self._say(logging.WARNING, issue.month, channel, "summaries were renamed or replaced: left as posted")
        messages = {message.summary_id: message for message in await self._rendered(corpus, issue, team, channel)}
        done, left = 0, False
        for row in rows:
            message = messages.get(row.summary_id)
            if row.state != "sent" or message is None or (vanished and row.summary_id is None):
                continue
            if row.source_sha256 is None and not (row.part == 0 and added):  # its lines lack what was added
                await self._adopt(row, message)
            elif row.source_sha256 != message.source_sha256:
                did = await self.edit(row, message)
                done, left = done + did, left or not did
        if added and not vanished and all(row.state in OVER for row in rows) and rows[0].state == "sent":
            if not may_add:
                return done, True
            for summary in issue.summaries:
                if summary.id in added and await self._add(rows[0], messages[summary.id]):
                    done += 1
        return done, left

    async def _rendered(self, corpus: Corpus, issue: Issue, team: str, channel: str) -> Sequence[Message]:
        async with self._ledger.database.begin() as connection:
            found = await subscriptions.get(connection, team, channel)
        try:
            return self._render(corpus, issue, found.by if found else None)
        except UnpostableError as error:
            self._say(logging.ERROR, issue.month, channel, f"cannot be corrected: {error}")
            return ()

    async def _adopt(self, row: Any, message: Message) -> None:
        """A message of a version that kept no hash: it counts as made from what the library says now."""
        async with self._ledger.database.begin() as connection:
            mine = (deliveries.c.id == row.id, deliveries.c.source_sha256.is_(None))
            await connection.execute(update(deliveries).where(*mine).values(source_sha256=message.source_sha256))

    async def edit(self, row: Any, message: Message, *, at_once: bool = False) -> bool:
        """Edit one posted message; whether that is settled. `at_once`: a person wants it, so what stood before need not wait
        to be put back.
        """
        columns = columns_of(message)
        if columns["payload_sha256"] == row.payload_sha256 and row.source_sha256 != IN_DOUBT:
            return await self._settle(row, row.fence, columns, keep=True)
        fence = await self._lease(row, columns["payload_sha256"], at_once=at_once)
        if fence is None:
            return False
        self._step("before edit")
        outcome = await self._messenger.edit(row.channel, row.ts, json.loads(columns["payload"]))
        self._step("after edit")
        match outcome:
            case Sent():
                log.info("corrected month=%s part=%d channel=%s", row.month, row.part, row.channel)
                return await self._settle(row, fence, columns)
            case Refused(code) if code not in ("ratelimited", "no_connection", "too_late"):
                self._say(logging.WARNING, row.month, row.channel, f"part {row.part} is left as posted: Slack says {code}")
                return await self._settle(row, fence, columns, keep=True)
            case Refused(code):
                await self._give_back(row, fence, row.source_sha256)
            case Unknown(code):
                await self._give_back(row, fence, IN_DOUBT)
        log.warning("month=%s part=%d is not corrected yet (%s)", row.month, row.part, code)
        return False

    async def _lease(self, row: Any, payload_sha256: str, *, at_once: bool) -> int | None:
        """Take a message to edit it; None while somebody else has it, or while what stood before must wait."""
        timing = self._ledger.timing
        async with self._ledger.database.begin() as connection:
            now = await self._ledger.database.now(connection)
            query = select(deliveries).where(
                deliveries.c.id == row.id,
                deliveries.c.payload_sha256 == row.payload_sha256,
                deliveries.c.state == "sent",
                deliveries.c.lease_until <= now,
            )
            current = (await connection.execute(query.with_for_update())).first()
            if current is None:
                return None
            applied = {
                each.payload_sha256: each.applied_at
                for each in await connection.execute(select(editions).where(editions.c.delivery_id == row.id))
            }
            since = applied.get(row.payload_sha256, row.changed_at)
            goes_back = not at_once and payload_sha256 in applied and payload_sha256 != row.payload_sha256
            if goes_back and 0 <= now - since < timing.put_back:
                return None
            values = {"lease_until": now + timing.lease, "fence": current.fence + 1, "source_sha256": IN_DOUBT}
            await connection.execute(update(deliveries).where(deliveries.c.id == row.id).values(values))
            return int(current.fence) + 1

    async def _give_back(self, row: Any, fence: int, source: str | None) -> None:
        """End an edit that did not succeed, or of which that is not known: somebody tries again."""
        mine = (deliveries.c.id == row.id, deliveries.c.fence == fence)
        async with self._ledger.database.begin() as connection:
            await connection.execute(update(deliveries).where(*mine).values(lease_until=0, source_sha256=source))

    async def _settle(self, row: Any, fence: int, columns: dict[str, Any], *, keep: bool = False) -> bool:
        """Close an edit: it is made or, to `keep` what stands, counts as made."""
        database = self._ledger.database
        async with database.begin() as connection:
            now = await database.now(connection)
            mine = (deliveries.c.id == row.id, deliveries.c.fence == fence)
            values: dict[str, Any] = {"lease_until": 0} if fence != row.fence else {}
            values |= {"source_sha256": columns["source_sha256"]} if keep else columns
            changed = await connection.execute(update(deliveries).where(*mine).values(values))
            if keep or not changed.rowcount:
                return bool(changed.rowcount)
            for sha256, applied_at in ((row.payload_sha256, row.changed_at), (columns["payload_sha256"], now)):
                edition = {"delivery_id": row.id, "payload_sha256": sha256, "applied_at": applied_at}
                insert = database.insert(editions).values(edition)
                key = [editions.c.delivery_id, editions.c.payload_sha256]
                if sha256 == row.payload_sha256:
                    await connection.execute(insert.on_conflict_do_nothing())
                else:
                    await connection.execute(insert.on_conflict_do_update(index_elements=key, set_={"applied_at": now}))
            return True

    async def _add(self, parent: Any, message: Message) -> bool:
        """Plan the card of a summary that joined a posted month, where its channel is subscribed."""
        self._step("before addition")
        added = await self._ledger.add(parent.month, parent.team, parent.channel, message)
        self._step("after addition")
        if added:
            log.info("month=%s in channel=%s gets a further card", parent.month, parent.channel)
        return added

    def _say(self, level: int, month: str, channel: str, what: str) -> None:
        """Log something once."""
        if (month, channel, what) not in self._logged:
            self._logged.add((month, channel, what))
            log.log(level, "month=%s channel=%s: %s", month, channel, what)

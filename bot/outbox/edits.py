"""Editing posted messages in place, by any number of replicas: an edit is leased, and repeated where it was left undone.

While an edit is in progress, and after one of which nobody knows whether Slack made it, the row says so (`IN_DOUBT`): then
the message is edited again, also to the very text that it should have had.
Replicas with different libraries (during a rollout) do not edit back and forth: a payload that the message had before is put
back only after an hour.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Awaitable, Callable
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.outbox.delivery import Delivery, Message, payload_columns
from bot.outbox.ledger import Ledger
from bot.outbox.transport import Cause, Messenger, Refused, Sent, Unknown
from bot.store.tables import deliveries, editions

log = logging.getLogger(__name__)

FirstShown = Callable[[AsyncConnection, float], Awaitable[None]]
"""Work in the transaction that records an edit; the number is the database's time."""
IN_DOUBT = "in doubt"
"""The `source_sha256` of a message that may show another text than its row says."""


class Edits:
    """Edits sent messages. `step` is called by name between the steps (crash tests kill there)."""

    def __init__(self, ledger: Ledger, messenger: Messenger, step: Callable[[str], None] = lambda _name: None) -> None:
        self._ledger = ledger
        self._messenger = messenger
        self._step = step

    async def edit(
        self, sent: Delivery, message: Message, *, at_once: bool = False, first_shown: FirstShown | None = None
    ) -> bool:
        """Edit one sent message; return whether that is settled. `at_once`: a person wants it, so an earlier payload need
        not wait to be put back. `first_shown` is called within the transaction that records the edit, where the message
        never had this payload before.
        """
        columns = payload_columns(message)
        if columns["payload_sha256"] == sent.payload_sha256 and sent.source_sha256 != IN_DOUBT:
            return await self._settle(sent, sent.fence, columns, keep=True)
        fence = await self._lease(sent, columns["payload_sha256"], at_once=at_once)
        if fence is None:
            return False
        self._step("before edit")
        outcome = await self._messenger.edit(sent.recipient, sent.ts or "", json.loads(columns["payload"]))
        self._step("after edit")
        match outcome:
            case Sent():
                log.info("corrected %s channel=%s", sent.name, sent.recipient)
                return await self._settle(sent, fence, columns, first_shown=first_shown)
            case Refused(code, Cause.PASSING, wait):
                await self._give_back(sent, fence, sent.source_sha256, wait or 0.0)
            case Refused(code):
                log.warning("%s channel=%s is left as posted: Slack says %s", sent.name, sent.recipient, code)
                return await self._settle(sent, fence, columns, keep=True)
            case Unknown(code):
                await self._give_back(sent, fence, IN_DOUBT)
        log.warning("%s is not corrected yet (%s)", sent.name, code)
        return False

    async def adopt(self, sent: Delivery, message: Message) -> None:
        """Record that a message of a version that stored no hash counts as made from this message's source."""
        async with self._ledger.database.begin() as connection:
            mine = (deliveries.c.id == sent.id, deliveries.c.source_sha256.is_(None))
            await connection.execute(update(deliveries).where(*mine).values(source_sha256=message.source_sha256))

    async def _lease(self, sent: Delivery, payload_sha256: str, *, at_once: bool) -> int | None:
        """Take a message to edit it and return its fence; None while another worker has it, or while an earlier payload must
        wait.
        """
        timing = self._ledger.timing
        async with self._ledger.begin() as (connection, now):
            query = select(deliveries).where(
                deliveries.c.id == sent.id,
                deliveries.c.payload_sha256 == sent.payload_sha256,
                deliveries.c.state == "sent",
                deliveries.c.lease_until <= now,
            )
            current = (await connection.execute(query.with_for_update())).first()
            if current is None:
                return None
            applied = {
                each.payload_sha256: each.applied_at
                for each in await connection.execute(select(editions).where(editions.c.delivery_id == sent.id))
            }
            since = applied.get(sent.payload_sha256, sent.changed_at)
            goes_back = not at_once and payload_sha256 in applied and payload_sha256 != sent.payload_sha256
            if goes_back and 0 <= now - since < timing.put_back:
                return None
            values = {"lease_until": now + timing.lease, "fence": current.fence + 1, "source_sha256": IN_DOUBT}
            await connection.execute(update(deliveries).where(deliveries.c.id == sent.id).values(values))
            return int(current.fence) + 1

    async def _give_back(self, sent: Delivery, fence: int, source: str | None, wait: float = 0.0) -> None:
        """End an edit that did not succeed, or of which that is not known: it is tried again, in `wait` seconds at the
        earliest.
        """
        mine = (deliveries.c.id == sent.id, deliveries.c.fence == fence)
        async with self._ledger.begin() as (connection, now):
            values = {"lease_until": now + wait if wait else 0, "source_sha256": source}
            await connection.execute(update(deliveries).where(*mine).values(values))

    async def _settle(
        self,
        sent: Delivery,
        fence: int,
        columns: dict[str, Any],
        *,
        keep: bool = False,
        first_shown: FirstShown | None = None,
    ) -> bool:
        """Record the end of an edit: it was made, or (`keep`) the message stays as it is and counts as edited."""
        async with self._ledger.begin() as (connection, now):
            mine = (deliveries.c.id == sent.id, deliveries.c.fence == fence)
            values: dict[str, Any] = {"lease_until": 0} if fence != sent.fence else {}
            values |= {"source_sha256": columns["source_sha256"]} if keep else columns
            changed = await connection.execute(update(deliveries).where(*mine).values(values))
            if keep or not changed.rowcount:
                return bool(changed.rowcount)
            had = (editions.c.delivery_id == sent.id, editions.c.payload_sha256 == columns["payload_sha256"])
            if first_shown and not (await connection.execute(select(editions.c.applied_at).where(*had))).first():
                await first_shown(connection, now)
            for sha256, applied_at in ((sent.payload_sha256, sent.changed_at), (columns["payload_sha256"], now)):
                edition = {"delivery_id": sent.id, "payload_sha256": sha256, "applied_at": applied_at}
                insert = self._ledger.database.insert(editions).values(edition)
                key = [editions.c.delivery_id, editions.c.payload_sha256]
                if sha256 == sent.payload_sha256:
                    await connection.execute(insert.on_conflict_do_nothing())
                else:
                    await connection.execute(insert.on_conflict_do_update(index_elements=key, set_={"applied_at": now}))
            return True

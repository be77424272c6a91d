"""Notices: single messages in no order, to a channel about its subscription or to a person about trouble."""

from __future__ import annotations

import logging
import random
from collections.abc import Mapping
from typing import Any

from sqlalchemy import ColumnElement
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.outbox.delivery import Delivery, Message, Series, to_row
from bot.outbox.ledger import Ledger
from bot.outbox.transport import PERMANENT, Messenger, Refused, Sent
from bot.store.tables import deliveries

log = logging.getLogger(__name__)

NOTICE = "notice"
SUBSCRIBED = "subscribe"
"""The key of the notice that confirms a channel's subscription, which is active once it was posted."""
BLOG_TROUBLE = "watched"
"""The key of the notice to a curator that the blog cannot be read."""

SUGGESTIONS = "suggestions"
"""The key of the notice to a curator that suggestions wait."""


ENDED = "ended"
"""The `source_sha256` of a notice that says that it is over."""


def paused(channel: str) -> str:
    """Return the key of the notice that a channel's subscription is paused."""
    return f"paused:{channel}"


async def plan_notice(connection: AsyncConnection, team: str, recipient: str, key: str, message: Message, now: float) -> str:
    """Plan a notice and return its id. Its part is a random number: there may be several, in no order."""
    row = to_row(Series(NOTICE, "", team, recipient), random.getrandbits(31), Message(message.payload, key), now)
    await connection.execute(deliveries.insert().values(row))
    return str(row["id"])


def about(key: str) -> tuple[ColumnElement[bool], ...]:
    """Return the condition for the notices with a key."""
    return (deliveries.c.kind == NOTICE, deliveries.c.key == key)


async def end(ledger: Ledger, messenger: Messenger, sent: Delivery, payload: Mapping[str, Any]) -> bool:
    """Edit a notice that was sent to say that it is over; return whether that is settled, or it is to be edited again."""
    match await messenger.edit(str(sent.place), sent.ts or "", payload):
        case Refused(code, cause) if cause not in PERMANENT:
            log.warning("a notice about %s cannot be brought up to date yet (%s)", (sent.key or "").partition(":")[0], code)
        case Sent() | Refused():
            await ledger.update_payload(sent.id, Message(payload, sent.key, ENDED), state="sent")
            return True
        case _:
            pass  # nobody knows whether it was edited: it is edited again
    return False

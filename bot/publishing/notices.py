"""Notices: single messages in no order, to a channel about its subscription or to a person about trouble."""

from __future__ import annotations

import random

from sqlalchemy import ColumnElement
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.outbox.delivery import Message, Series, to_row
from bot.store.tables import deliveries

NOTICE = "notice"
SUBSCRIBED = "subscribe"
"""The key of the notice that confirms a channel's subscription, which is active once it was posted."""
BLOG_TROUBLE = "watched"
"""The key of the notice to a curator that the blog cannot be read."""

SUGGESTIONS = "suggestions"
"""The key of the notice to a curator that suggestions wait."""


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

"""Posting what a form says once, however often Slack delivers the form."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable

from bot.blocks.message import Message
from bot.failures import log_failure
from bot.listeners.services import Services
from bot.outbox.transport import PostOutcome, Refused
from bot.store.claims import Claim


async def post_once(services: Services, key: str, channels: Iterable[str], message: Message) -> list[PostOutcome] | None:
    """Post a message in each channel; return what became of each, or None where it was posted before.

    Where Slack refused it everywhere, nothing was posted, and the form may be sent again.
    """
    if await services.stores.claims.take(key) is not Claim.OURS:
        return None
    await services.stores.claims.mark_sending(key)
    payload = message.payload()
    outcomes = await asyncio.gather(*(services.slack.say(channel, payload) for channel in channels))
    if all(isinstance(outcome, Refused) for outcome in outcomes):
        await services.stores.claims.release(key)
        return outcomes
    try:
        await services.stores.claims.mark_done(key)
    except Exception as error:  # what was posted stays, and a claim that is being sent counts as done
        log_failure(error)
    return outcomes

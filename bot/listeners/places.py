"""Under an answer: where the same summary stands in Slack already, as far as those may know who see the answer."""

from __future__ import annotations

import asyncio
import logging

from bot.blocks import ids, kit
from bot.blocks.message import Message
from bot.blocks.places import also_here
from bot.listeners.guard import log_failure
from bot.listeners.services import Services
from bot.store.places import Place

PATIENCE = 1.0
"""Seconds that an answer waits for Slack to say where a message is; it goes without the line then."""

logger = logging.getLogger(__name__)


async def with_places(
    services: Services, message: Message, summary_id: str | None, channel: str, user: str | None
) -> Message:
    """An answer, with a line on where its card stands already. `user` is the asker where nobody else sees the answer: what
    they shared elsewhere is theirs to know. Others are told of the channel they are in, and of nothing beyond it.

    The line is an extra: where anything fails, the answer goes without it.
    """
    if summary_id is None or not _shows_card(message, summary_id):
        return message
    try:
        async with asyncio.timeout(PATIENCE):
            found = await services.kept.places(services.identity.team_id, summary_id, channel, user)
            addresses = await asyncio.gather(*(services.slack.address(place.channel, place.ts) for place in found))
    except TimeoutError:
        logger.info("an answer went without the line on where its card stands: Slack was slow")
        return message
    except Exception as error:
        log_failure(error)
        return message
    pairs: list[tuple[Place, str]] = [(place, link) for place, link in zip(found, addresses, strict=True) if link]
    if not pairs:
        return message
    return Message(message.text, [*message.blocks, *kit.dump([also_here(pairs, channel)])])


def _shows_card(message: Message, summary_id: str) -> bool:
    """Whether the message is that summary's card, not a list."""
    return any(
        element.get("action_id") == ids.READ_STUDY and element.get("value") == summary_id
        for block in message.blocks
        for element in block.get("elements") or ()
    )

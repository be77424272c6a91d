"""What an answer carries for the one who asked: whether its summary is saved, and where its card stands in Slack already.

Extras, all of it: an answer waits for them a moment only, and goes without them where anything fails.
"""

from __future__ import annotations

import asyncio

from bot.blocks import ids, keep, kit
from bot.blocks.message import Message
from bot.blocks.places import also_here
from bot.listeners.patience import in_time
from bot.listeners.services import Services
from bot.store.places import Place


async def personal(services: Services, message: Message, summary_id: str | None, channel: str, user: str | None) -> Message:
    """An answer with its extras. `user` is the asker where nobody else sees the answer: what they saved, or shared
    elsewhere, is theirs to know. Others are told of the channel they are in, and of nothing beyond it.
    """
    if summary_id is None or not _shows_card(message, summary_id):
        return message
    found = await in_time(_look(services, summary_id, channel, user))
    if found is None:
        return message
    saved, places = found
    blocks = message.blocks
    summary = services.engine.corpus.get(summary_id)
    if saved and summary:
        blocks = keep.swapped(blocks, summary, saved=True)
    if places:
        blocks = [*blocks, *kit.dump([also_here(places, channel)])]
    return Message(message.text, blocks)


async def _look(services: Services, summary_id: str, channel: str, user: str | None) -> tuple[bool, list[tuple[Place, str]]]:
    """Whether the asker saved the summary, and where it stands, with each message's address."""
    saved, found = await services.kept.standing(services.identity.team_id, summary_id, channel, user)
    addresses = await asyncio.gather(*(services.slack.address(place.channel, place.ts) for place in found))
    return saved, [(place, link) for place, link in zip(found, addresses, strict=True) if link]


def _shows_card(message: Message, summary_id: str) -> bool:
    """Whether the message is that summary's card, not a list."""
    return any(
        element.get("action_id") == ids.READ_STUDY and element.get("value") == summary_id
        for block in message.blocks
        for element in block.get("elements") or ()
    )

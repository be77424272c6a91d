"""What an answer carries for the one who asked: whether its summary is saved, and where its card stands in Slack already.

Extras, all of it: an answer waits for them a moment only, and goes without them where anything fails.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import Any

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
    if summary_id is None or not any(_is_of_card(block, summary_id) for block in message.blocks):
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
        blocks = _under_card(blocks, summary_id, *kit.dump([also_here(places, channel)]))
    return Message(message.text, blocks)


async def _look(services: Services, summary_id: str, channel: str, user: str | None) -> tuple[bool, list[tuple[Place, str]]]:
    """Whether the asker saved the summary, and where it stands, with each message's address."""
    saved, found = await services.places.saved_and_places(services.identity.team_id, summary_id, channel, user)
    addresses = await asyncio.gather(*(services.slack.address(place.channel, place.ts) for place in found))
    return saved, [(place, link) for place, link in zip(found, addresses, strict=True) if link]


def _is_of_card(block: Mapping[str, Any], summary_id: str) -> bool:
    """Whether these are the buttons under that summary's card; a list has none."""
    elements = block.get("elements") or ()
    return any(each.get("action_id") == ids.READ_STUDY and each.get("value") == summary_id for each in elements)


def _under_card(blocks: kit.Blocks, summary_id: str, line: dict[str, Any]) -> kit.Blocks:
    """The line at the end of the card, above what else the answer names, which begins with a divider."""
    buttons = next(place for place, block in enumerate(blocks) if _is_of_card(block, summary_id))
    dividers = (place for place in range(buttons, len(blocks)) if blocks[place]["type"] == "divider")
    end = next(dividers, len(blocks))
    return [*blocks[:end], line, *blocks[end:]]

"""Looks up what a reply needs to know of its reader: whether the summary is saved, and where in Slack it is already.

Extras, all of it: an answer waits for them a moment only, and goes without them where anything fails.
"""

from __future__ import annotations

import asyncio
from dataclasses import replace

from bot.blocks.reader import Reader
from bot.commands.reply import Reply
from bot.listeners.services import Services
from bot.listeners.time_limits import in_time


async def reader_of(services: Services, reply: Reply, channel: str, user: str | None, *, ephemeral: bool = False) -> Reader:
    """The reader of a reply. `user` is the asker where nobody else sees it: what they saved, or shared elsewhere, is theirs
    to know. Others are shown the messages of the channel they are in, and nothing beyond it. `ephemeral`: Slack shows the
    reply to one person alone.
    """
    reader = Reader(user is None, ephemeral, channel=channel, crisis_line=services.workspace.crisis_line)
    if reply.card is None:
        return reader
    return await in_time(_with_places(services, reply.card.id, reader, user)) or reader


async def _with_places(services: Services, summary_id: str, reader: Reader, user: str | None) -> Reader:
    saved, found = await services.stores.places.saved_and_places(services.team, summary_id, reader.channel, user)
    addresses = await asyncio.gather(*(services.slack.address(place.channel, place.ts) for place in found))
    places = tuple((place, address) for place, address in zip(found, addresses, strict=True) if address)
    return replace(reader, saved=saved, places=places)

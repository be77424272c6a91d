"""The line under a card that says where it stands in Slack already."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime

from slack_sdk.models.blocks import Block

from bot.blocks import kit
from bot.blocks.text import link
from bot.store.places import Place


def also_here(found: Sequence[tuple[Place, str]], channel: str) -> Block:
    """Links to messages that show the summary, each with its address, as seen from a channel."""
    return kit.fine_markup("Also here: " + "; ".join(_place(place, address, channel) for place, address in found))


def _place(place: Place, address: str, channel: str) -> str:
    day = datetime.fromtimestamp(place.at, UTC)
    date = f"<!date^{int(place.at)}^{{date_short}}|{day.day} {day:%b %Y}>"
    if place.channel == channel:
        return f"{link(address, 'posted in this channel')} on {date}"
    return f"{link(address, 'shared by you')} in <#{place.channel}> on {date}"

"""Lines that say where in Slack a card or a month was posted before."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime

from slack_sdk.models.blocks import Block

from bot.blocks import kit
from bot.blocks.mrkdwn import link
from bot.dates import said
from bot.store.places import Place


def also_here(found: Sequence[tuple[Place, str]], channel: str) -> Block:
    """Links to messages that show the summary, each with its address, as seen from a channel; a journal club's is where its
    thread begins.
    """
    return kit.fine_markup("Already posted: " + "; ".join(_place(place, address, channel) for place, address in found))


def posted(found: Sequence[tuple[Place, str]]) -> Block:
    """Links to the messages with which a month was posted, each with its address."""
    lines = (f"{link(address, 'posted')} in <#{place.channel}> on {_date(place)}" for place, address in found)
    return kit.fine_markup("Already " + "; ".join(lines))


def _place(place: Place, address: str, channel: str) -> str:
    if place.club:
        if place.channel == channel:
            return f"{link(address, 'journal club in this channel')} on {said(place.club)}"
        return f"{link(address, 'journal club that you planned')} in <#{place.channel}> on {said(place.club)}"
    date = _date(place)
    if place.channel == channel:
        return f"{link(address, 'posted in this channel')} on {date}"
    return f"{link(address, 'shared by you')} in <#{place.channel}> on {date}"


def _date(place: Place) -> str:
    day = datetime.fromtimestamp(place.at, UTC)
    return f"<!date^{int(place.at)}^{{date_short}}|{day.day} {day:%b %Y}>"

"""What a worker may have to do next."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

from bot.outbox.delivery import Delivery


@dataclass(frozen=True, slots=True)
class Settle:
    """Nobody knows whether this message was posted: look it up."""

    delivery: Delivery


@dataclass(frozen=True, slots=True)
class Send:
    """Send this message; where it is `unverified`, look it up first."""

    delivery: Delivery


@dataclass(frozen=True, slots=True)
class LookForCopies:
    """Look for second copies of this message, which was sent in more than one attempt."""

    delivery: Delivery


class Copy(NamedTuple):
    """A second copy of a message in Slack."""

    delivery_id: str
    channel: str
    ts: str


@dataclass(frozen=True, slots=True)
class RemoveCopies:
    """Remove these from Slack."""

    copies: list[Copy]


Work = Settle | Send | LookForCopies | RemoveCopies
"""What a worker does next."""

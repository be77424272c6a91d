"""What can become of one attempt to post a message, and the interface through which the worker posts. Knows no Slack."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

PASSING = frozenset(("ratelimited", "no_connection", "too_late"))
"""Refusals that pass without anybody's doing. Others, unless permanent, only a person can lift (invite the bot, renew the
token): those are tried again with growing pauses, and someone is notified."""
NOT_A_MEMBER = frozenset(("not_in_channel", "channel_not_found"))
"""Codes for a channel that the bot is not in. Whoever invites it again lets it look: nobody else is asked soon."""
BLOCKS = frozenset(("invalid_blocks", "invalid_blocks_format", "msg_blocks_too_long"))
"""Refusals of a layout: the text alone may pass."""


@dataclass(frozen=True, slots=True)
class Sent:
    """The message was posted; `ts` names it in its channel. `place` is that channel's id: for a person, the direct
    message's.
    """

    ts: str
    place: str | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True)
class Refused:
    """The message was certainly not posted. `permanent`: the same one will be refused again. `retry_after`: seconds to wait,
    where Slack says so.
    """

    code: str
    permanent: bool = False
    retry_after: float | None = None


@dataclass(frozen=True, slots=True)
class Unknown:
    """The message may have been posted or not: the answer was lost, late or unreadable."""

    code: str


@dataclass(frozen=True, slots=True)
class Found:
    """A look-up found the message; `copies` are later ones with the same mark."""

    ts: str
    copies: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Absent:
    """A complete look-up did not find the message."""


@dataclass(frozen=True, slots=True)
class LookupFailed:
    """The look-up was not possible. `lasting`: nor will it be until someone changes something (no scope, not a member)."""

    code: str
    lasting: bool = False


PostOutcome = Sent | Refused | Unknown
LookUp = Found | Absent | LookupFailed


class Messenger(Protocol):
    """Posts messages for the worker. Never raises for what Slack may do, and never tries twice."""

    async def post(
        self,
        channel: str,
        payload: Mapping[str, Any],
        *,
        thread_ts: str | None = None,
        mark: str | None = None,
        attempt: int = 1,
        within: float | None = None,
    ) -> PostOutcome:
        """Post `payload` (text and blocks; with `reply_broadcast` a reply is shown in its channel too) once. `mark` is an
        opaque id put on the message; `within` the seconds left to begin.
        """
        ...

    async def find(self, channel: str, mark: str, *, thread_ts: str | None, since: float) -> LookUp:
        """Look for the message with this mark, posted at or after `since` (epoch seconds)."""
        ...

    async def edit(self, channel: str, ts: str, payload: Mapping[str, Any]) -> PostOutcome:
        """Replace what a message says; may be repeated. Refused: it stays as it is."""
        ...

    async def delete(self, channel: str, ts: str) -> bool:
        """Remove a message; return whether it is gone now."""
        ...

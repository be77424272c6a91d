"""What can become of one attempt to post a message, and the door through which the publisher posts. Knows no Slack."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

from bot.errors import ExpectedError


class UnpostableError(ExpectedError):
    """A month that Slack would refuse; the message says why. Raised by a renderer, before anything is planned."""


@dataclass(frozen=True, slots=True)
class Sent:
    """The message stands; `ts` names it in its channel. `place` is that channel's id: for a person, the direct message's."""

    ts: str
    place: str | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True)
class Refused:
    """Certainly not posted. `permanent`: the same message will be refused again. `retry_after`: seconds to wait, where
    told.
    """

    code: str
    permanent: bool = False
    retry_after: float | None = None


@dataclass(frozen=True, slots=True)
class Unknown:
    """It may have been posted or not: the answer was lost, late or unreadable."""

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
class Blind:
    """The look-up was not possible. `lasting`: nor will it be by itself (no scope, not in the channel)."""

    code: str
    lasting: bool = False


PostOutcome = Sent | Refused | Unknown
LookUp = Found | Absent | Blind


class Messenger(Protocol):
    """Posts messages for the publisher. Never raises for what the far side may do; never tries twice by itself."""

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
        """Remove a message; whether it is gone now."""
        ...

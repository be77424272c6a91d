"""What can become of one attempt to post a message, and the interface through which the worker posts. Knows no Slack."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum, auto
from typing import Any, Protocol

RATE_LIMITED = "ratelimited"
"""The code of a refusal because of a rate limit."""


class Cause(Enum):
    """Why a call was refused, as far as it decides what is done next."""

    PASSING = auto()
    """A rate limit or no connection: passes without anyone's doing."""
    NOT_A_MEMBER = auto()
    """The bot is not in the channel: lasts until someone invites it."""
    NO_SCOPE = auto()
    """A scope that the app was not given: lasts until someone installs the app again."""
    TOKEN = auto()
    """Something else about the token: nothing at all can be posted until someone renews it."""
    LASTING = auto()
    """Lasts until someone changes something else, such as an archived channel."""
    LAYOUT = auto()
    """The blocks: the text alone may be taken."""
    MESSAGE = auto()
    """The message: the same one will be refused again."""
    UNCLEAR = auto()
    """Not known; but nothing was done."""


PERMANENT = (Cause.LAYOUT, Cause.MESSAGE)
"""Causes in the message itself."""
UNTIL_CHANGED = (Cause.NOT_A_MEMBER, Cause.NO_SCOPE, Cause.TOKEN, Cause.LASTING)
"""Causes that last until someone changes something."""


@dataclass(frozen=True, slots=True)
class Sent:
    """The message was posted; `ts` names it in its channel. `place` is that channel's id: for a person, the direct
    message's.
    """

    ts: str
    place: str | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True)
class Refused:
    """The message was certainly not posted. `code` is the service's own; `retry_after` the seconds to wait, where it says
    so.
    """

    code: str
    cause: Cause = Cause.UNCLEAR
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
    """The look-up was not possible. `retry_after`: the seconds to wait, where the service says so."""

    code: str
    cause: Cause = Cause.UNCLEAR
    retry_after: float | None = None


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

    async def find(self, channel: str, mark: str, *, thread_ts: str | None, ago: float, look: str = "") -> LookUp:
        """Look for the message with this mark, posted at most `ago` seconds ago: this host's clock may be wrong. `look` says
        which look-up it is: the same one may go on where Slack asked to wait.
        """
        ...

    async def edit(self, channel: str, ts: str, payload: Mapping[str, Any]) -> PostOutcome:
        """Replace what a message says; may be repeated. Refused: it stays as it is."""
        ...

    async def delete(self, channel: str, ts: str) -> bool:
        """Remove a message; return whether it is gone now."""
        ...

"""What the outbox knows of the kinds of messages. Each feature describes its own; the server registers them."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from sqlalchemy import ColumnElement
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.outbox.delivery import Delivery
from bot.outbox.transport import Refused

Hook = Callable[[AsyncConnection, Delivery, float], Awaitable[None]]
"""Work of a feature in the transaction that changes the state of its message; the number is the database's time."""
RefusalHook = Callable[[AsyncConnection, Delivery, Refused, float], Awaitable[None]]
"""The same for a refusal that lasts until someone changes something."""


async def _nothing(*_: object) -> None:
    """Do nothing."""


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of messages. What is not given is as for a single message in no order, such as a notice."""

    name: str
    wanted: ColumnElement[bool] | None = None
    """The condition, over rows of `delivery`, under which a planned message is still wanted. Others are cancelled before the
    next one is claimed, with `unwanted_error`."""
    unwanted_error: str = "unwanted"
    is_threaded: bool = False
    """The first message of a series is posted in a channel, the others in its thread, in order of their parts. They are
    looked up before the first attempt where the database may be a restored backup, and for second copies later."""
    in_order: bool = False
    """A series waits for earlier subjects in its channel."""
    fails_with_parent: bool = False
    """Where the first message of a series failed for good, the others count as failed, too (else as cancelled)."""
    keeps_place: bool = False
    """The conversation in which Slack put a message to a person is stored, so that it can be edited there."""
    needs_manual_check: Callable[[Delivery], bool] = lambda _delivery: False
    """Whether it is worth someone's time to check whether the message was posted, where the bot cannot. If not, it counts as
    cancelled: one copy at most is what matters."""
    ends_when_refused: Callable[[Delivery], bool] = lambda _delivery: False
    """Whether the message is cancelled when Slack does not let the bot post there, instead of tried again now and then."""
    not_before: Callable[[Delivery], float] = lambda _delivery: 0.0
    """Returns a time before which the message cannot have been posted (epoch seconds)."""
    described: Callable[[Delivery], str] = lambda delivery: f"the message {delivery.name}"
    """Returns what an operator calls the message."""
    on_sent: Hook = _nothing
    """Called once, when it is known that the message was posted."""
    on_refused: RefusalHook = _nothing
    on_given_up: Hook = _nothing
    """Called when nobody could find out whether the message was posted, and it is not tried again automatically."""


@dataclass(frozen=True, slots=True)
class Selection:
    """What of the kinds decides which messages are due: their names, those of the threaded ones and of those in order, and
    for each kind with a condition its name, the condition, and the error of what is cancelled.
    """

    names: tuple[str, ...]
    threaded: tuple[str, ...]
    in_order: tuple[str, ...]
    wanted: tuple[tuple[str, ColumnElement[bool], str], ...]


class Kinds:
    """The registered kinds. Messages of other kinds, which a newer version beside this one plans, are left to that one."""

    def __init__(self, *kinds: Kind) -> None:
        self._kinds = {kind.name: kind for kind in kinds}
        self.selection = Selection(
            names=tuple(self._kinds),
            threaded=tuple(kind.name for kind in kinds if kind.is_threaded),
            in_order=tuple(kind.name for kind in kinds if kind.in_order),
            wanted=tuple((kind.name, kind.wanted, kind.unwanted_error) for kind in kinds if kind.wanted is not None),
        )

    def of(self, delivery: Delivery) -> Kind:
        """Return the kind of a delivery; of one that is not registered, nothing but its name."""
        return self._kinds.get(delivery.kind) or Kind(delivery.kind)

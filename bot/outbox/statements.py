"""What claiming asks of the table of deliveries. The statements are built once in a process for the same kinds and waits: it
takes longer to build them than to ask.
"""

from __future__ import annotations

from functools import cached_property, lru_cache
from typing import Any

from sqlalchemy import ColumnElement, Float, Select, Update, and_, bindparam, case, exists, not_, or_, select, update

from bot.outbox.delivery import OVER
from bot.outbox.kinds import Selection
from bot.outbox.timing import Timing
from bot.store.tables import deliveries, receipts

NOW = bindparam("now", type_=Float)
"""The database's time."""
FREE = (deliveries.c.next_at <= NOW, deliveries.c.lease_until <= NOW)
COPIES = (
    select(receipts.c.delivery_id, deliveries.c.recipient, receipts.c.ts)
    .join(deliveries, deliveries.c.id == receipts.c.delivery_id)
    .where(deliveries.c.state == "sent", receipts.c.ts != deliveries.c.ts, receipts.c.removed_at.is_(None))
    .where(receipts.c.source != "human")
)


class Statements:
    """For these kinds and waits."""

    def __init__(self, kinds: Selection, timing: Timing) -> None:
        self._kinds = kinds
        self._timing = timing

    @cached_property
    def next_due(self) -> Select[Any]:
        """The next message to send: in order, and none to a channel that has had one just now."""
        return self._due(~self._paced())

    @cached_property
    def one_due(self) -> Select[Any]:
        """The message with the id `only`, where nothing has to be sent before it."""
        return self._due(deliveries.c.id == bindparam("only"))

    def _due(self, which: ColumnElement[bool]) -> Select[Any]:
        in_order = (deliveries.c.subject, deliveries.c.recipient, deliveries.c.part)
        planned = (deliveries.c.kind.in_(self._kinds.names), deliveries.c.state == "planned")
        return _first(select(deliveries).where(*planned, *FREE, which, ~self._blocked()).order_by(*in_order))

    @cached_property
    def next_uncertain(self) -> Select[Any]:
        """The next message to look up."""
        settled = (deliveries.c.state == "uncertain", deliveries.c.settle_at <= NOW)
        known = deliveries.c.kind.in_(self._kinds.names)
        return _first(select(deliveries).where(known, *settled, *FREE).order_by(deliveries.c.settle_at))

    @cached_property
    def next_sent(self) -> Select[Any]:
        """The next message to look for copies of."""
        return _first(select(deliveries).where(*self.to_look_for_copies(), *FREE))

    @cached_property
    def bring_back(self) -> Update:
        """Correct the times that were written under a clock that was ahead and has been set back: they would bury a message
        until the clock gets there. Whatever an attempt may have posted is still waited for, and looked for far enough back.
        """
        column, far = deliveries.c, NOW + self._timing.furthest
        waits, tried = column.state.in_(("planned", "uncertain")), column.state.in_(("sending", "uncertain"))
        wrong: dict[Any, tuple[ColumnElement[bool], Any]] = {
            column.next_at: (and_(waits, column.next_at > far), NOW),
            column.lease_until: (column.lease_until > far, NOW + self._timing.lease),
            column.settle_at: (and_(tried, column.settle_at > NOW + self._timing.settle), NOW + self._timing.settle),
            column.first_try_at: (
                and_(tried, column.first_try_at > NOW),
                case((column.created_at <= NOW, column.created_at), else_=0.0),
            ),
            column.changed_at: (and_(column.state == "manual", column.changed_at > NOW), NOW),
        }
        values = {each.name: case((condition, right), else_=each) for each, (condition, right) in wrong.items()}
        found = or_(*(condition for condition, _right in wrong.values()))
        return update(deliveries).where(column.kind.in_(self._kinds.names), found).values(values)

    @cached_property
    def give_up_leases(self) -> Update:
        """What a worker was sending that died or froze is uncertain."""
        over = (deliveries.c.state == "sending", deliveries.c.lease_until <= NOW)
        return update(deliveries).where(*over).values(state="uncertain", error="lease_over", next_at=NOW, changed_at=NOW)

    @cached_property
    def cancel_unwanted(self) -> Update | None:
        """Cancel what was planned and is not wanted any more; None where every kind is wanted whatever happens."""
        unwanted = [(and_(deliveries.c.kind == name, not_(wanted)), error) for name, wanted, error in self._kinds.wanted]
        if not unwanted:
            return None
        why = case(*unwanted)
        planned = (deliveries.c.state == "planned", or_(*(condition for condition, _error in unwanted)))
        return update(deliveries).where(*planned).values(state="cancelled", error=why, changed_at=NOW)

    # -- conditions ---------------------------------------------------------------------------------------------------

    def _paced(self) -> ColumnElement[bool]:
        """The channel has had a message just now."""
        earlier = deliveries.alias("earlier")
        return exists().where(
            earlier.c.recipient == deliveries.c.recipient,
            earlier.c.state == "sent",
            earlier.c.changed_at.between(NOW - self._timing.pace, NOW),  # a later time is a clock that was set back
        )

    def _blocked(self) -> ColumnElement[bool]:
        """A message has to wait for one before it: in its thread or, where subjects go in order, about an earlier one."""
        earlier = deliveries.alias("earlier")
        before = or_(
            and_(
                deliveries.c.kind.in_(self._kinds.in_order),
                earlier.c.subject < deliveries.c.subject,
                ~self.no_longer_blocks(earlier),
            ),
            and_(
                earlier.c.subject == deliveries.c.subject,
                earlier.c.part < deliveries.c.part,
                ~self._waits_long(earlier),
            ),
        )
        return and_(
            deliveries.c.kind.in_(self._kinds.threaded),
            exists().where(
                earlier.c.kind == deliveries.c.kind,
                earlier.c.team == deliveries.c.team,
                earlier.c.recipient == deliveries.c.recipient,
                earlier.c.state.not_in(OVER),
                before,
            ),
        )

    def _waits_long(self, row: Any) -> ColumnElement[bool]:
        """A reply has waited for a person for so long that the replies after it go on (their parent is posted)."""
        return and_(row.c.state == "manual", row.c.changed_at < NOW - self._timing.hold_back, row.c.part > 0)

    def no_longer_blocks(self, row: Any) -> ColumnElement[bool]:
        """A series has waited for a person for so long that later ones go on."""
        waiting = deliveries.alias("waiting")
        return exists().where(
            waiting.c.kind == row.c.kind,
            waiting.c.subject == row.c.subject,
            waiting.c.team == row.c.team,
            waiting.c.recipient == row.c.recipient,
            waiting.c.state == "manual",
            waiting.c.changed_at < NOW - self._timing.hold_back,
        )

    def to_look_for_copies(self) -> tuple[ColumnElement[bool], ...]:
        """A message was sent in more than one attempt, and its last search for copies has not been made."""
        return (
            deliveries.c.state == "sent",
            deliveries.c.attempts > 1,
            deliveries.c.kind.in_(self._kinds.threaded),
            deliveries.c.next_at <= deliveries.c.changed_at + self._timing.sweep_last,
        )


@lru_cache(maxsize=16)
def statements_for(kinds: Selection, timing: Timing) -> Statements:
    """Return the statements for these kinds and waits; ledgers with equal ones share them."""
    return Statements(kinds, timing)


def _first(query: Select[Any]) -> Select[Any]:
    return query.limit(1).with_for_update(skip_locked=True)

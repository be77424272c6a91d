"""What the outbox must know of journal clubs: when their messages are still wanted, and what follows when one is refused."""

from __future__ import annotations

from sqlalchemy import exists, or_
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.clubs.rules import OPENING, QUESTIONS
from bot.outbox.delivery import Delivery
from bot.outbox.kinds import Kind
from bot.outbox.rows import cancel_planned, of
from bot.outbox.transport import Refused
from bot.store.clubs import PLANNED, remove
from bot.store.tables import clubs, deliveries

CLUB = "club"
WITHDRAWN = "withdrawn"
"""The `error` of a message that was cancelled since its club was moved or cancelled."""


_UP_TO_DATE = ~exists().where(
    clubs.c.id == deliveries.c.subject,
    clubs.c.changed_at > deliveries.c.created_at,
    or_(clubs.c.state != PLANNED, deliveries.c.part > QUESTIONS),
)


def club_kind() -> Kind:
    """Return the kind of a club's messages. What was planned before a change of the club and not sent is not sent after it;
    its opening and card stay wanted while the club is planned.
    """
    return Kind(
        CLUB,
        wanted=_UP_TO_DATE,
        unwanted_error=WITHDRAWN,
        is_threaded=True,
        needs_manual_check=lambda delivery: delivery.part <= QUESTIONS,
        ends_when_refused=lambda delivery: delivery.part == OPENING,
        described=lambda delivery: f"message {delivery.part + 1} of a journal club's thread",
        on_refused=_refused,
    )


async def _refused(connection: AsyncConnection, delivery: Delivery, _refusal: Refused, now: float) -> None:
    """A journal club whose opening cannot be posted is not planned, and nothing of it is sent."""
    if delivery.part == OPENING:
        await cancel_planned(connection, WITHDRAWN, now, *of(delivery.series))
        await remove(connection, delivery.subject)

"""The table of journal clubs. planned -> cancelled | over; while planned, a club can be moved to another day.

Ids and days only. Every function runs in the caller's transaction. `as seen`: a change is made only where the club still has
the state and day that its changer saw, so that of two changes at once only one is made.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, and_, bindparam, delete, func, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.store.tables import clubs, deliveries

PLANNED, CANCELLED, OVER = "planned", "cancelled", "over"


@dataclass(frozen=True, slots=True)
class Club:
    """A journal club. `by` planned it (None: they asked to be forgotten). `dated_at` (epoch seconds): when it got this day,
    for what would have been due before that is left out.
    """

    id: str
    team: str
    channel: str
    summary_id: str
    day: date
    dated_at: float
    by: str | None = None
    state: str = PLANNED


# What each pass of the posting job asks is built once, which takes as long as to ask it.
_STAMP = select(func.count(), func.max(clubs.c.changed_at)).where(clubs.c.team == bindparam("team"))


async def get(connection: AsyncConnection, team: str, club_id: str) -> Club | None:
    """Return a club whatever its state, or None."""
    row = (await connection.execute(select(clubs).where(clubs.c.team == team, clubs.c.id == club_id))).first()
    return _club(row) if row else None


async def planned(
    connection: AsyncConnection, team: str, today: date, *, channel: str | None = None, by: str | None = None
) -> list[Club]:
    """Return what is planned from today on (in a channel, by a person), the nearest first."""
    query = select(clubs).where(clubs.c.team == team, clubs.c.state == PLANNED, clubs.c.day >= today.isoformat())
    if channel is not None:
        query = query.where(clubs.c.channel == channel)
    if by is not None:
        query = query.where(clubs.c.planned_by == by)
    return [_club(row) for row in await connection.execute(query.order_by(clubs.c.day, clubs.c.created_at))]


async def summary_of_thread(connection: AsyncConnection, team: str, channel: str, ts: str) -> str | None:
    """Return the id of the summary of the club whose thread hangs on a message, whatever the club's state; None for any
    other message.
    """
    query = select(clubs.c.summary_id).where(
        clubs.c.team == team,
        clubs.c.channel == channel,
        deliveries.c.kind == "club",
        deliveries.c.subject == clubs.c.id,
        deliveries.c.team == clubs.c.team,
        deliveries.c.part == 0,
        deliveries.c.ts == ts,
    )
    return (await connection.execute(query)).scalar()


async def of_team(connection: AsyncConnection, team: str) -> list[Club]:
    """Return every club of a team."""
    return [_club(row) for row in await connection.execute(select(clubs).where(clubs.c.team == team))]


async def stamp(connection: AsyncConnection, team: str) -> tuple[Any, ...]:
    """Return what changes when a club of a team does."""
    return tuple((await connection.execute(_STAMP, {"team": team})).one())


async def add(connection: AsyncConnection, insert: Any, club: Club, today: date, now: float) -> Club | None:
    """Add a club; where its summary is planned in that channel already, change nothing and return that club. One whose day
    has passed is over by that.
    """
    same = and_(
        clubs.c.team == club.team,
        clubs.c.channel == club.channel,
        clubs.c.summary_id == club.summary_id,
        clubs.c.state == PLANNED,
    )
    passed = (same, clubs.c.day < today.isoformat())
    await connection.execute(update(clubs).where(*passed).values(state=OVER, changed_at=now))
    values = {
        "id": club.id,
        "team": club.team,
        "channel": club.channel,
        "summary_id": club.summary_id,
        "day": club.day.isoformat(),
        "state": PLANNED,
        "planned_by": club.by,
        "dated_at": club.dated_at,
        "changes": 0,
        "created_at": now,
        "changed_at": now,
    }
    if (await connection.execute(insert(clubs).values(values).on_conflict_do_nothing())).rowcount:
        return None
    return _club((await connection.execute(select(clubs).where(same))).one())


async def is_as_seen(connection: AsyncConnection, club: Club) -> bool:
    """Return whether a club is still as it was seen, and lock it."""
    query = select(clubs.c.id).where(_as_seen(club)).with_for_update()
    return (await connection.execute(query)).first() is not None


async def change(connection: AsyncConnection, club: Club, now: float, **values: Any) -> int | None:
    """Move or cancel a club; return how often it was changed before, or None where it is no longer as it was seen."""
    row = (await connection.execute(select(clubs).where(_as_seen(club)).with_for_update())).first()
    if row is None:
        return None
    changed = {"changes": row.changes + 1, "changed_at": now, **values}
    await connection.execute(update(clubs).where(clubs.c.id == club.id).values(changed))
    return int(row.changes)


async def close(connection: AsyncConnection, club: Club, state: str, now: float) -> None:
    """End a club: it is over, or could not be posted."""
    await connection.execute(update(clubs).where(_as_seen(club)).values(state=state, changed_at=now))


async def remove(connection: AsyncConnection, club_id: str) -> None:
    """Remove a club that was never posted."""
    await connection.execute(delete(clubs).where(clubs.c.id == club_id))


def _as_seen(club: Club) -> ColumnElement[bool]:
    return and_(clubs.c.id == club.id, clubs.c.state == club.state, clubs.c.day == club.day.isoformat())


def _club(row: Any) -> Club:
    return Club(
        id=row.id,
        team=row.team,
        channel=row.channel,
        summary_id=row.summary_id,
        day=date.fromisoformat(row.day),
        dated_at=row.dated_at,
        by=row.planned_by,
        state=row.state,
    )

"""The table of subscriptions: which channels get each new month, and who decided so. Ids only.

asked -> active | (gone);  active <-> paused;  any -> stopped -> asked. `asked`: the confirmation has not been posted yet.
`stopped` stays as a row, with the time it was stopped as `created_at`: what was planned before is not sent after it, and the
setting PPRNET_CHANNEL does not start it again. Every function runs in the caller's transaction.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, and_, bindparam, delete, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.store.tables import subscriptions

ASKED, ACTIVE, PAUSED, STOPPED = "asked", "active", "paused", "stopped"


@dataclass(frozen=True, slots=True)
class Subscription:
    """A channel that gets each new month later than `after_month`. `by` is the person who set it up ("" where they asked to
    be forgotten), None the operator. `is_default`: a curator made it the team's default channel (instead of PPRNET_CHANNEL).
    `since`: when it was set up (the database's time).
    """

    team: str
    channel: str
    after_month: str
    state: str = ACTIVE
    why: str | None = None
    by: str | None = None
    is_default: bool = False
    since: float = 0.0


# What each pass of the posting job asks is built once, which takes as long as to ask it.
_IN_FUTURE = select(subscriptions.c.channel, subscriptions.c.created_at).where(
    subscriptions.c.team == bindparam("team"), subscriptions.c.after_month > bindparam("latest")
)
_ACTIVE = (
    select(subscriptions)
    .where(subscriptions.c.team == bindparam("team"), subscriptions.c.state.in_((ACTIVE, PAUSED)))
    .order_by(subscriptions.c.channel)
)


async def get(connection: AsyncConnection, team: str, channel: str, *, lock: bool = False) -> Subscription | None:
    """Return the subscription of a channel whatever its state, or None."""
    query = select(subscriptions).where(_of(team, channel))
    row = (await connection.execute(query.with_for_update() if lock else query)).first()
    return _subscription(row) if row else None


async def add(connection: AsyncConnection, insert: Any, team: str, channel: str, newest: str, now: float) -> None:
    """Subscribe a channel for the operator, for what comes after `newest`; nothing where there is a row already."""
    values = {"team": team, "channel": channel, "after_month": newest, "created_at": now}
    await connection.execute(insert(subscriptions).values(values).on_conflict_do_nothing())


async def in_future(connection: AsyncConnection, team: str, latest: str) -> list[tuple[str, float]]:
    """Return the channels whose subscription begins after a month later than `latest`, each with when it was made."""
    rows = await connection.execute(_IN_FUTURE, {"team": team, "latest": latest})
    return [(row.channel, row.created_at) for row in rows]


async def begin_after(connection: AsyncConnection, team: str, channel: str, month: str) -> None:
    """Let a subscription be for what comes after another month."""
    await connection.execute(update(subscriptions).where(_of(team, channel)).values(after_month=month))


async def active(connection: AsyncConnection, team: str) -> list[Subscription]:
    """Return the team's channels that get new months, paused ones too (they catch up)."""
    return [_subscription(row) for row in await connection.execute(_ACTIVE, {"team": team})]


async def ask(connection: AsyncConnection, insert: Any, asked: Subscription, now: float) -> None:
    """Record that someone wants a channel subscribed, before it is known whether the bot may post there. A paused one stays
    paused until then.
    """
    values = {
        "team": asked.team,
        "channel": asked.channel,
        "after_month": asked.after_month,
        "subscribed_by": asked.by,
        "created_at": now,
        "state": ASKED,
    }
    fresh = {name: values[name] for name in ("after_month", "subscribed_by", "created_at", "state")}
    statement = insert(subscriptions).values(values)
    await connection.execute(
        statement.on_conflict_do_update(
            index_elements=["team", "channel"],
            set_=fresh | {"paused_why": None, "notified_at": None},
            where=subscriptions.c.state == STOPPED,
        )
    )


async def activate(connection: AsyncConnection, team: str, channel: str) -> bool:
    """Make a subscription active that was asked for or paused, for the bot has posted there. Return whether it was one."""
    mine = (_of(team, channel), subscriptions.c.state.in_((ASKED, PAUSED)))
    result = await connection.execute(
        update(subscriptions).where(*mine).values(state=ACTIVE, paused_why=None, notified_at=None)
    )
    return bool(result.rowcount)


async def refuse(connection: AsyncConnection, team: str, channel: str) -> None:
    """Remove a subscription that was asked for, for the bot may not post there."""
    await connection.execute(delete(subscriptions).where(_of(team, channel), subscriptions.c.state == ASKED))


async def pause(
    connection: AsyncConnection, team: str, channel: str, why: str, now: float, *, notify: bool
) -> Subscription | None:
    """Pause a subscription, for the bot may not post there. Return it where its people are to be notified now (once)."""
    mine = and_(_of(team, channel), subscriptions.c.state.in_((ACTIVE, PAUSED)))
    row = (await connection.execute(select(subscriptions).where(mine).with_for_update())).first()
    if row is None:
        return None
    first = notify and row.notified_at is None
    values = {"notified_at": now} if first else {}
    await connection.execute(update(subscriptions).where(mine).values(state=PAUSED, paused_why=why, **values))
    return _subscription(row) if first else None


async def stop(connection: AsyncConnection, team: str, channel: str, now: float) -> None:
    """Stop a subscription."""
    values = {"state": STOPPED, "created_at": now, "subscribed_by": None, "paused_why": None, "notified_at": None}
    await connection.execute(update(subscriptions).where(_of(team, channel)).values(is_default=False, **values))


async def make_default(connection: AsyncConnection, team: str, channel: str) -> bool:
    """Make a subscribed channel the team's only default; return False where it is not subscribed."""
    of_team = subscriptions.c.team == team
    chosen = and_(_of(team, channel), subscriptions.c.state.in_((ACTIVE, PAUSED)))
    if not (await connection.execute(select(subscriptions.c.channel).where(chosen).with_for_update())).first():
        return False
    await connection.execute(update(subscriptions).where(of_team).values(is_default=False))
    await connection.execute(update(subscriptions).where(chosen).values(is_default=True))
    return True


async def of_operator(connection: AsyncConnection, team: str) -> list[str]:
    """Return the channels that the operator chose and that are not stopped."""
    query = select(subscriptions.c.channel).where(
        subscriptions.c.team == team, subscriptions.c.subscribed_by.is_(None), subscriptions.c.state != STOPPED
    )
    return list((await connection.execute(query)).scalars())


def _of(team: str, channel: str) -> ColumnElement[bool]:
    return and_(subscriptions.c.team == team, subscriptions.c.channel == channel)


def _subscription(row: Any) -> Subscription:
    return Subscription(
        team=row.team,
        channel=row.channel,
        after_month=row.after_month,
        state=row.state,
        why=row.paused_why,
        by=row.subscribed_by,
        is_default=bool(row.is_default),
        since=row.created_at,
    )

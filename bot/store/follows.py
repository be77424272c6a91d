"""The table of followed topics. Ids only. Every function runs in the caller's transaction."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import bindparam, delete, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.store.tables import follows


@dataclass(frozen=True, slots=True)
class Follow:
    """A person who follows a topic, for months later than `after_month`."""

    user: str
    topic: str
    after_month: str


# What each pass of the posting job asks is built once, which takes as long as to ask it.
_IN_FUTURE = select(follows).where(follows.c.team == bindparam("team"), follows.c.after_month > bindparam("latest"))
_BY_ALL = select(follows).where(follows.c.team == bindparam("team")).order_by(follows.c.user, follows.c.topic)
_BY_ONE = _BY_ALL.where(follows.c.user == bindparam("user"))


async def add(connection: AsyncConnection, insert: Any, team: str, user: str, topic: str, newest: str, now: float) -> bool:
    """Follow a topic, for what comes after `newest`; return False where it was followed before."""
    values = {"team": team, "user": user, "topic": topic, "after_month": newest, "created_at": now}
    return bool((await connection.execute(insert(follows).values(values).on_conflict_do_nothing())).rowcount)


async def in_future(connection: AsyncConnection, team: str, latest: str) -> list[tuple[Follow, float]]:
    """Return what is followed only after a month later than `latest`, each with since when."""
    rows = await connection.execute(_IN_FUTURE, {"team": team, "latest": latest})
    return [(Follow(row.user, row.topic, row.after_month), row.created_at) for row in rows]


async def begin_after(connection: AsyncConnection, team: str, follow: Follow, month: str) -> None:
    """Follow a topic for what comes after another month."""
    mine = (follows.c.team == team, follows.c.user == follow.user, follows.c.topic == follow.topic)
    await connection.execute(update(follows).where(*mine).values(after_month=month))


async def remove(connection: AsyncConnection, team: str, user: str, topic: str) -> bool:
    """Follow a topic no longer; return False where it was not followed."""
    mine = (follows.c.team == team, follows.c.user == user, follows.c.topic == topic)
    return bool((await connection.execute(delete(follows).where(*mine))).rowcount)


async def followed(connection: AsyncConnection, team: str, user: str | None = None) -> list[Follow]:
    """Return what is followed in a team (by one person)."""
    rows = await connection.execute(*((_BY_ONE, {"team": team, "user": user}) if user else (_BY_ALL, {"team": team})))
    return [Follow(row.user, row.topic, row.after_month) for row in rows]

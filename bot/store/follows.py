"""Who is told when a new month carries a topic: at most one direct message a month. Ids only."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import delete, select, update

from bot.store.database import Database
from bot.store.tables import deliveries, follows


@dataclass(frozen=True, slots=True)
class Follow:
    """A person who follows a topic, for months later than `after_month`."""

    user: str
    topic: str
    after_month: str


class Follows:
    """The followed topics of one database. Every method is one transaction."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def add(self, team: str, user: str, topic: str, newest: str) -> bool:
        """Follow a topic, for what comes after `newest`; False where it was followed already."""
        async with self._database.begin() as connection:
            now = await self._database.now(connection)
            values = {"team": team, "user": user, "topic": topic, "after_month": newest, "created_at": now}
            result = await connection.execute(self._database.insert(follows).values(values).on_conflict_do_nothing())
            return bool(result.rowcount)

    async def remove(self, team: str, user: str, topic: str) -> bool:
        """Follow a topic no longer; False where it was not followed. What was about to be sent is planned anew without
        it.
        """
        async with self._database.begin() as connection:
            now = await self._database.now(connection)
            of_user = (follows.c.team == team, follows.c.user == user)
            result = await connection.execute(delete(follows).where(*of_user, follows.c.topic == topic))
            if not result.rowcount:
                return False
            unsent = (
                deliveries.c.kind == "follow",
                deliveries.c.team == team,
                deliveries.c.channel == user,
                deliveries.c.state == "planned",
            )
            await connection.execute(delete(deliveries).where(*unsent, deliveries.c.attempts == 0))
            cancelled = {"state": "cancelled", "error": "unfollowed", "changed_at": now}
            await connection.execute(update(deliveries).where(*unsent).values(cancelled))
            return True

    async def of(self, team: str, user: str | None = None) -> list[Follow]:
        """What is followed in a team (by one person)."""
        query = select(follows).where(follows.c.team == team)
        if user:
            query = query.where(follows.c.user == user)
        async with self._database.begin() as connection:
            rows = await connection.execute(query.order_by(follows.c.user, follows.c.topic))
            return [Follow(row.user, row.topic, row.after_month) for row in rows]


async def followed_by(database: Database, team: str, user: str) -> list[str]:
    """The ids of the topics that a person follows. Reads only."""
    return [follow.topic for follow in await Follows(database).of(team, user)]

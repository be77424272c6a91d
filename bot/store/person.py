"""Erasing all that is kept on one person, from every table, in one transaction.

`RULES` says for each column that can hold a person's id what becomes of it. A test walks over every table and fails for a
column that may hold one and is not named here.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from sqlalchemy import Column, ColumnElement, Delete, Update, and_, delete, func, select, update

from bot.store.database import Database
from bot.store.tables import (
    clubs,
    deliveries,
    drafts,
    editions,
    feedback,
    follows,
    learned,
    learners,
    metadata,
    receipts,
    saved,
    shares,
    subscriptions,
    threads,
)


class Rule(Enum):
    """What becomes of a row with the person in it."""

    ROW = "the row goes"
    NAME = "the row stays, without the person"
    MENTION = "the text stays, with a colleague in place of the person"
    NOBODY = "the column never holds a person"


@dataclass(frozen=True, slots=True)
class Erased:
    """How many rows went, or lost the person, by what they were. All 0: nothing was kept."""

    saved: int = 0
    answers: int = 0
    follows: int = 0
    shares: int = 0
    subscriptions: int = 0
    messages: int = 0
    mentions: int = 0
    decisions: int = 0
    clubs: int = 0
    conversations: int = 0
    earlier: int = 0


RULES: tuple[tuple[Column[str], Rule, str], ...] = (
    (saved.c.user, Rule.ROW, "saved"),
    (feedback.c.user, Rule.ROW, "answers"),
    (learned.c.user, Rule.ROW, "earlier"),
    (learners.c.user, Rule.ROW, "earlier"),
    (follows.c.user, Rule.ROW, "follows"),
    # A direct message is kept under the person's id, in place of a channel's.
    (deliveries.c.channel, Rule.ROW, "messages"),
    (threads.c.channel, Rule.ROW, "conversations"),
    # After the person's own messages: those in channels that say who set them up.
    (deliveries.c.payload, Rule.MENTION, "mentions"),
    (shares.c.user, Rule.NAME, "shares"),
    (subscriptions.c.subscribed_by, Rule.NAME, "subscriptions"),
    (drafts.c.decided_by, Rule.NAME, "decisions"),
    (clubs.c.planned_by, Rule.NAME, "clubs"),
    # Channels of messages and cards that others see, and how a delivery was settled.
    (subscriptions.c.channel, Rule.NOBODY, ""),
    (shares.c.channel, Rule.NOBODY, ""),
    (clubs.c.channel, Rule.NOBODY, ""),
    (deliveries.c.resolved_by, Rule.NOBODY, ""),
)
"""Where a person's id can stand, and the field of `Erased` in which it is counted."""
_A_COLLEAGUE = "a colleague"
"""Stands where a message named somebody who asked to be forgotten."""
_TEAM = "team"


class Person:
    """Everything that one database keeps on somebody."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def kept(self, team: str | None, user: str) -> Erased:
        """What would be erased, in a team or (None) in all."""
        counts: dict[str, int] = {}
        async with self._database.begin() as connection:
            for column, rule, what in RULES:
                if rule is not Rule.NOBODY:
                    query = select(func.count()).select_from(column.table).where(_mine(column, team, user))
                    counts[what] = counts.get(what, 0) + (await connection.execute(query)).scalar_one()
        return Erased(**counts)

    async def forget(self, team: str | None, user: str) -> Erased:
        """Erase it, all or nothing. A second time there is nothing left to erase."""
        counts: dict[str, int] = {}
        async with self._database.begin() as connection:
            messages = select(deliveries.c.id).where(_mine(deliveries.c.channel, team, user))
            for proofs in (receipts, editions):
                await connection.execute(delete(proofs).where(proofs.c.delivery_id.in_(messages)))
            for column, rule, what in RULES:
                if rule is Rule.NOBODY:
                    continue
                table, mine = metadata.tables[column.table.name], _mine(column, team, user)
                if rule is Rule.ROW:
                    change: Delete | Update = delete(table).where(mine)
                elif rule is Rule.MENTION:
                    change = update(table).where(mine).values({column: func.replace(column, _mention(user), _A_COLLEAGUE)})
                else:
                    change = update(table).where(mine).values({column: _nobody(column)})
                counts[what] = counts.get(what, 0) + (await connection.execute(change)).rowcount
        return Erased(**counts)


def _nobody(column: Column[str]) -> str | None:
    """What stands in place of a person. A channel without its subscriber is not one of the operator's (null)."""
    return None if column.nullable and column is not subscriptions.c.subscribed_by else ""


def _mine(column: Column[str], team: str | None, user: str) -> ColumnElement[bool]:
    """The rows with this person in a column; user ids are unique over all workspaces where a table names none."""
    of_team = column.table.c.get(_TEAM)
    names = column == user
    if column is deliveries.c.payload:  # of others' messages: a person's own go whole
        names = and_(column.contains(_mention(user), autoescape=True), deliveries.c.channel != user)
    return and_(names, of_team == team) if team is not None and of_team is not None else names


def _mention(user: str) -> str:
    """How a message names somebody."""
    return f"<@{user}>"

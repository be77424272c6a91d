"""Counting and erasing all that is stored on one person, in every table, in one transaction.

`RULES` says for each column that can contain a person's id what happens to it. A test walks over every table and fails for a
column that may contain one and is not listed there.
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
    reports,
    revisions,
    saved,
    shares,
    subscriptions,
    suggestion_decisions,
    threads,
)


class Rule(Enum):
    """What happens to a row that names the person."""

    DELETE = "the row is deleted"
    CLEAR = "the row stays, without the person"
    MENTION = "the text stays, with a colleague in place of the person"
    NEVER = "the column never names a person"


@dataclass(frozen=True, slots=True)
class RowCounts:
    """How many rows name someone, by what they are. All 0: nothing is stored."""

    saved: int = 0
    answers: int = 0
    reports: int = 0
    follows: int = 0
    shares: int = 0
    subscriptions: int = 0
    messages: int = 0
    mentions: int = 0
    decisions: int = 0
    revisions: int = 0
    clubs: int = 0
    conversations: int = 0
    learning_log: int = 0


RULES: tuple[tuple[Column[str], Rule, str], ...] = (
    (saved.c.user, Rule.DELETE, "saved"),
    (feedback.c.user, Rule.DELETE, "answers"),
    (reports.c.user, Rule.DELETE, "reports"),
    (learned.c.user, Rule.DELETE, "learning_log"),
    (learners.c.user, Rule.DELETE, "learning_log"),
    (follows.c.user, Rule.DELETE, "follows"),
    # A direct message is stored under the person's id, in place of a channel's.
    (deliveries.c.recipient, Rule.DELETE, "messages"),
    (threads.c.channel, Rule.DELETE, "conversations"),
    # After the person's own messages: those in channels that say who set them up.
    (deliveries.c.payload, Rule.MENTION, "mentions"),
    (shares.c.user, Rule.CLEAR, "shares"),
    (subscriptions.c.subscribed_by, Rule.CLEAR, "subscriptions"),
    (drafts.c.decided_by, Rule.CLEAR, "decisions"),
    (revisions.c.revised_by, Rule.CLEAR, "revisions"),
    (drafts.c.note_by, Rule.CLEAR, "decisions"),
    (suggestion_decisions.c.decided_by, Rule.CLEAR, "decisions"),
    (clubs.c.planned_by, Rule.CLEAR, "clubs"),
    # Channels of messages and cards that others see, and how it became known whether a message was sent.
    (subscriptions.c.channel, Rule.NEVER, ""),
    (shares.c.channel, Rule.NEVER, ""),
    (clubs.c.channel, Rule.NEVER, ""),
    (deliveries.c.resolved_by, Rule.NEVER, ""),
)
"""Where a person's id can be, and the field of `RowCounts` in which it is counted."""
_A_COLLEAGUE = "a colleague"
"""Replaces the name of someone who asked to be forgotten."""
_TEAM = "team"


class PersonalData:
    """All that one database stores on people."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def count(self, team: str | None, user: str) -> RowCounts:
        """Return what is stored on someone, in one team or (None) in all."""
        counts: dict[str, int] = {}
        async with self._database.begin() as connection:
            for column, rule, what in RULES:
                if rule is not Rule.NEVER:
                    query = select(func.count()).select_from(column.table).where(_mine(column, team, user))
                    counts[what] = counts.get(what, 0) + (await connection.execute(query)).scalar_one()
        return RowCounts(**counts)

    async def rows(self) -> int:
        """Return how many rows are stored, of everyone and everything."""
        async with self._database.begin() as connection:
            found = [await connection.execute(select(func.count()).select_from(each)) for each in metadata.sorted_tables]
        return sum(each.scalar_one() for each in found)

    async def erase(self, team: str | None, user: str) -> RowCounts:
        """Erase it, all or nothing; return what was erased."""
        counts: dict[str, int] = {}
        async with self._database.begin() as connection:
            messages = select(deliveries.c.id).where(_mine(deliveries.c.recipient, team, user))
            for proof in (receipts, editions):
                await connection.execute(delete(proof).where(proof.c.delivery_id.in_(messages)))
            for column, rule, what in RULES:
                if rule is Rule.NEVER:
                    continue
                table, mine = metadata.tables[column.table.name], _mine(column, team, user)
                if rule is Rule.DELETE:
                    change: Delete | Update = delete(table).where(mine)
                elif rule is Rule.MENTION:
                    change = update(table).where(mine).values({column: func.replace(column, _mention(user), _A_COLLEAGUE)})
                else:
                    change = update(table).where(mine).values({column: _cleared(column)})
                counts[what] = counts.get(what, 0) + (await connection.execute(change)).rowcount
        return RowCounts(**counts)


def _cleared(column: Column[str]) -> str | None:
    """Return what replaces a person. A channel without its subscriber must not become the operator's own (null)."""
    return None if column.nullable and column is not subscriptions.c.subscribed_by else ""


def _mine(column: Column[str], team: str | None, user: str) -> ColumnElement[bool]:
    """Return which rows name this person in a column; user ids are unique across workspaces, where a table has no team."""
    of_team = column.table.c.get(_TEAM)
    names = column == user
    if column is deliveries.c.payload:  # of others' messages: a person's own are deleted
        names = and_(column.contains(_mention(user), autoescape=True), deliveries.c.recipient != user)
    return and_(names, of_team == team) if team is not None and of_team is not None else names


def _mention(user: str) -> str:
    """Return how a message names someone."""
    return f"<@{user}>"

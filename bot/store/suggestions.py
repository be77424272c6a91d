"""Words that readers would type to find a summary: suggested on purpose, without a name, until a curator takes them."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import delete, func, select

from bot.store.database import Database
from bot.store.tables import suggestion_decisions, suggestions


@dataclass(frozen=True, slots=True)
class Suggestion:
    """Words by which a reader of a team would find a summary."""

    team: str
    summary_id: str
    words: str


@dataclass(frozen=True, slots=True)
class Decision:
    """A curator's last decision on words for a summary: by whom (None: someone who was forgotten), and when."""

    by: str | None
    at: float


class Suggestions:
    """The suggestions in one database. Every method is one transaction."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def add(self, suggestion: Suggestion) -> None:
        """Add a suggestion; the same one again changes nothing."""
        async with self._database.begin() as connection:
            values = {
                "team": suggestion.team,
                "summary_id": suggestion.summary_id,
                "words": suggestion.words,
                "suggested_at": await self._database.now(connection),
            }
            await connection.execute(self._database.insert(suggestions).values(values).on_conflict_do_nothing())

    async def all(self, *, older_than: float = 0.0) -> list[Suggestion]:
        """Return all suggestions that were made at least so many seconds ago, the oldest first."""
        query = select(suggestions.c.team, suggestions.c.summary_id, suggestions.c.words).order_by(
            suggestions.c.suggested_at, suggestions.c.summary_id, suggestions.c.words
        )
        async with self._database.begin() as connection:
            if older_than:
                now = await self._database.now(connection)
                query = query.where(suggestions.c.suggested_at < now - older_than)
            return [Suggestion(*row) for row in (await connection.execute(query)).all()]

    async def newest_at(self, team: str) -> float | None:
        """Return when something was last suggested in a team (the database's time), or None."""
        query = select(func.max(suggestions.c.suggested_at)).where(suggestions.c.team == team)
        async with self._database.begin() as connection:
            found: float | None = (await connection.execute(query)).scalar()
            return found

    async def remove(self, suggestion: Suggestion) -> None:
        """Remove a suggestion that a curator has, or does not want."""
        this = (
            suggestions.c.team == suggestion.team,
            suggestions.c.summary_id == suggestion.summary_id,
            suggestions.c.words == suggestion.words,
        )
        async with self._database.begin() as connection:
            await connection.execute(delete(suggestions).where(*this))

    async def note_decision(self, team: str, by: str) -> None:
        """Record that a curator has just decided on one, or on words that were drafted in a file."""
        async with self._database.begin() as connection:
            values = {"team": team, "decided_by": by, "decided_at": await self._database.now(connection)}
            insert = self._database.insert(suggestion_decisions).values(values)
            latest = {"decided_by": by, "decided_at": values["decided_at"]}
            key = [suggestion_decisions.c.team]
            await connection.execute(insert.on_conflict_do_update(index_elements=key, set_=latest))

    async def last_decision(self, team: str) -> Decision | None:
        """Return the last decision in a team, or None."""
        this = suggestion_decisions
        async with self._database.begin() as connection:
            query = select(this.c.decided_by, this.c.decided_at).where(this.c.team == team)
            row = (await connection.execute(query)).first()
            return Decision(*row) if row else None

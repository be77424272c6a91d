"""What people keep with the bot, in one place for the listeners."""

from __future__ import annotations

from bot.store.database import Database
from bot.store.feedback import Feedback
from bot.store.person import Person
from bot.store.places import Place, month_places, standing
from bot.store.saves import Saves


class Kept:
    """The saved summaries, answers and places of one team in one database."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self.saves = Saves(database)
        self.feedback = Feedback(database)
        self.person = Person(database)

    async def standing(self, team: str, summary_id: str, channel: str, user: str | None) -> tuple[bool, list[Place]]:
        """Whether this person saved a summary, and where it stands, as far as they may be told."""
        return await standing(self._database, team, summary_id, channel, user)

    async def month_places(self, team: str, month: str, user: str, *, everywhere: bool) -> list[Place]:
        """Where a month stands, as far as this person may be told."""
        return await month_places(self._database, team, month, user, everywhere=everywhere)

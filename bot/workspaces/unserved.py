"""Workspaces that joined while the setting for many workspaces is off: after a restore, or with new settings."""

from __future__ import annotations

from bot.store.database import Database
from bot.store.workspaces import Workspaces
from bot.text import plural


async def unserved_in(database: Database) -> str | None:
    """Return a sentence where workspaces joined, of a bot whose settings are for one workspace; else None."""
    number = await Workspaces(database).count_active()
    return unserved(number) if number else None


def unserved(number: int) -> str:
    """Return the sentence on so many workspaces."""
    have, they = ("has", "it is") if number == 1 else ("have", "they are")
    return f"{plural(number, 'workspace')} {have} joined, but PPRNET_WORKSPACES is not on: {they} not served"

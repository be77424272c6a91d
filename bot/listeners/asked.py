"""What someone typed, with who typed it and where."""

from __future__ import annotations

from dataclasses import dataclass

from bot.commands.parse import Parsed
from bot.commands.table import Name


@dataclass(frozen=True, slots=True)
class Asked:
    """A command or question, its asker and its channel. `about` is the summary that the conversation is about."""

    parsed: Parsed
    user: str
    channel: str
    about: str | None = None

    @property
    def name(self) -> Name | None:
        """The command's name; None for a question."""
        return self.parsed.name

    @property
    def argument(self) -> str:
        """The command's argument."""
        return self.parsed.argument

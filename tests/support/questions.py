"""Questions and commands answered without Slack."""

from __future__ import annotations

from datetime import date

from bot.commands import conversation
from bot.commands.parse import parse
from bot.commands.reply import Reply
from bot.commands.table import Place
from bot.search.engine import Engine

TODAY = date(2026, 11, 22)


def reply_to(text: str, engine: Engine, *, where: Place = Place.DIRECT, about: str | None = None) -> Reply:
    """Return the reply to what is typed, as a direct message unless `where` says otherwise."""
    return conversation.reply(parse(text, where, engine.knows, TODAY), engine, about=about)

"""What happens for each command that is typed in Slack: one mapping from the command table to functions."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import replace

from bot.blocks import notes
from bot.blocks.message import Message
from bot.commands import conversation
from bot.commands.parse import Parsed, parse
from bot.commands.reply import Reply
from bot.commands.table import Name, Place
from bot.listeners import club, following, forget, own_summaries, saved, subscribing, usage
from bot.listeners.asked import Asked
from bot.listeners.services import Services

Handler = Callable[[Services, Asked], Awaitable[Reply | Message]]


async def converse(services: Services, asked: Asked) -> Reply:
    """Answer a question, or a command that only reads the library."""
    nearness = await services.meaning.nearness(asked.parsed.text) if asked.parsed.is_question else None
    return conversation.reply(asked.parsed, services.engine, about=asked.about, nearness=nearness)


HANDLERS: dict[Name, Handler] = {
    **dict.fromkeys(conversation.ANSWERED, converse),
    **dict.fromkeys((Name.SAVED, Name.SAVED_EXPORT, Name.LOG), saved.handle),
    Name.FORGET: forget.handle,
    Name.FEEDBACK: usage.handle,
    **dict.fromkeys((Name.FOLLOW, Name.UNFOLLOW, Name.FOLLOWING), following.handle),
    **dict.fromkeys((Name.SUBSCRIBE, Name.UNSUBSCRIBE, Name.SUBSCRIPTIONS, Name.DEFAULT), subscribing.handle),
    Name.JOURNAL_CLUB: club.handle,
    Name.ADD: own_summaries.handle,
}


def read(services: Services, words: str, where: Place) -> Parsed:
    """Return the command or question in what was typed `where`."""
    return parse(words, where, services.engine.knows, services.workspace.here().date())


async def handle(services: Services, asked: Asked) -> Reply | Message:
    """Do what was asked and return the reply to it."""
    parsed = asked.parsed
    if parsed.name is None or parsed.misplaced or parsed.problem:
        return await converse(services, asked)
    found = await HANDLERS[parsed.name](services, asked)
    if isinstance(found, Reply):
        return replace(found, details=parsed.details, danger=parsed.danger)
    return notes.under_crisis_line(found, services.workspace.crisis_line) if parsed.danger else found

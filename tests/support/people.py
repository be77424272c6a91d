"""What people do here, and what is then in the database."""

from __future__ import annotations

import contextlib
from collections.abc import AsyncIterator
from typing import Any

from sqlalchemy import Table, select

from bot.playground.slack import Channel, Message, User, View
from bot.store.database import Database
from tests.support.bot import Bot
from tests.support.seen import shown_to

RUPTURE = "alliance-rupture-next-session"
TITLE = "An Alliance Rupture in One Session Leads to Greater Symptoms in the Next Session"


@contextlib.asynccontextmanager
async def database_of(bot: Bot) -> AsyncIterator[Database]:
    """The bot's database, from outside."""
    database = await Database.open(bot.settings.database_url)
    try:
        yield database
    finally:
        await database.close()


async def rows(bot: Bot, table: Table) -> list[dict[str, Any]]:
    """All rows of a table."""
    async with database_of(bot) as database, database.begin() as connection:
        return [dict(row) for row in (await connection.execute(select(table))).mappings()]


def team_of(bot: Bot, *names: str) -> tuple[Channel, list[User]]:
    """A channel with these people and the bot in it."""
    people = [bot.slack.add_user(name) for name in names]
    return bot.slack.add_channel("team", people), people


async def private_card(bot: Bot, user: User, channel: Channel, words: str = "alliance rupture in one session") -> Message:
    """The answer to the command."""
    answer = await bot.say.command(words, user=user, channel=channel)
    assert answer.ok
    assert answer.message
    return answer.message


async def typed(bot: Bot, words: str, user: User, channel: Channel | None = None) -> Message:
    """Any command's answer; in the direct message where no channel is given. One with a table comes by response_url, after
    the acknowledgement.
    """
    before = len(shown_to(bot.slack, user.id))
    answer = await bot.say.command(words, user=user, channel=channel)
    assert answer.ok
    await bot.slack.until(lambda: len(shown_to(bot.slack, user.id)) > before, seconds=30)
    message = shown_to(bot.slack, user.id)[before]
    assert answer.message in (message, None)
    return message


async def study(bot: Bot, user: User, card: Message) -> View:
    """The study's modal, opened from a card."""
    assert (await bot.say.press(card, "read_study", user=user)).ok
    view = bot.slack.modal(user)
    assert view
    return view


def modal(bot: Bot, user: User) -> View:
    """The modal on top of a person's stack."""
    view = bot.slack.modal(user)
    assert view
    return view


def labels(bot: Bot, target: Message | View) -> list[str]:
    """What can be pressed."""
    return [control.label for control in bot.say.controls(target)]

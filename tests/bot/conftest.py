"""The bot on either database."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.playground.slack import Channel, LocalSlack
from bot.store.database import Database
from tests.support.bot import Bot, running
from tests.support.databases import Databases
from tests.support.features import features_over
from tests.support.publishing import NOW, PublishingBot
from tests.support.small_corpus import small_corpus


@pytest.fixture
async def both(databases: Databases, slack: LocalSlack, tmp_path: Path) -> AsyncIterator[Bot]:
    """The bot on a few summaries, on each of the two databases."""
    environ = {**small_corpus(tmp_path), "PPRNET_DATABASE_URL": await databases.new()}
    async with running(slack, tmp_path, **environ) as started:
        yield started


@pytest.fixture
async def small(slack: LocalSlack, tmp_path: Path) -> AsyncIterator[Bot]:
    """The bot on a few summaries."""
    async with running(slack, tmp_path, **small_corpus(tmp_path)) as started:
        yield started


@pytest.fixture
async def channel(slack: LocalSlack) -> Channel:
    """The channel to post to."""
    return slack.add_channel("team")


@pytest.fixture
async def publishing(slack: LocalSlack, channel: Channel, database: Database) -> PublishingBot:
    """A publisher for whom every wait is over at once."""
    return PublishingBot(slack, channel, features_over(database, slack, NOW))

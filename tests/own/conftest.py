"""The bot on either database."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from conftest import Bot, running
from doors import small_corpus
from postgresql import PostgreSQL, postgresql  # noqa: F401  (a fixture)

from bot.playground.slack import LocalSlack
from bot.settings import Settings
from bot.store.database import Database


@pytest.fixture(params=["sqlite", "postgresql"])
async def both(request: pytest.FixtureRequest, slack: LocalSlack, tmp_path: Path) -> AsyncIterator[Bot]:
    """The bot on a few summaries, on each of the two databases."""
    environ = small_corpus(tmp_path)
    if request.param == "postgresql":
        server: PostgreSQL = request.getfixturevalue("postgresql")
        environ["PPRNET_DATABASE_URL"] = await server.new_database()
    async with running(slack, tmp_path, **environ) as started:
        yield started


@pytest.fixture(params=["sqlite", "postgresql"])
async def database(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Database]:
    """Each of the two databases, with no bot beside that tidies up or sends what is due."""
    url = f"sqlite:///{tmp_path / 'pprnet.db'}"
    if request.param == "postgresql":
        server: PostgreSQL = request.getfixturevalue("postgresql")
        url = await server.new_database()
    opened = await Database.open(Settings.from_env({"PPRNET_DATABASE_URL": url}).database_url)
    yield opened
    await opened.close()


@pytest.fixture
async def small(slack: LocalSlack, tmp_path: Path) -> AsyncIterator[Bot]:
    """The bot on a few summaries."""
    async with running(slack, tmp_path, **small_corpus(tmp_path)) as started:
        yield started

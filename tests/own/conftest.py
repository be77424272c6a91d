"""The bot on either database."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from conftest import Bot, running
from databases import Databases
from doors import small_corpus

from bot.playground.slack import LocalSlack


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

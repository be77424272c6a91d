"""The bot on either database."""

from __future__ import annotations

import asyncio
import functools
import logging
import shutil
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from bot.cli import post
from bot.cli.main import main
from bot.outbox.ledger import Ledger
from bot.outbox.timing import Timing
from bot.paths import default_root
from bot.playground.slack import Channel, LocalSlack
from bot.server import health as health_page
from bot.server.services import open_services
from bot.settings import Settings
from bot.store.database import Database
from tests.support.bot import QUICK, Bot, running
from tests.support.databases import Databases
from tests.support.features import features_over, ledger_of
from tests.support.installation import Installation, new_database
from tests.support.month_posting import MONTH, Ended, Pprnet
from tests.support.publishing import NOW, PublishingBot
from tests.support.settings import setting  # noqa: F401  (a fixture)
from tests.support.small_corpus import small_corpus


@pytest.fixture(autouse=True)
def every_probe_reads(monkeypatch: pytest.MonkeyPatch) -> None:
    """/health of a bot in this process shows what a test has just done: a fast machine does it within `FRESH`."""
    monkeypatch.setattr(health_page, "FRESH", 0.0)


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


@pytest.fixture
def corpus(newest: Path, tmp_path: Path) -> Path:
    """A copy of it that a test may change."""
    return Path(shutil.copytree(newest, tmp_path / "knowledge"))


@pytest.fixture(autouse=True)
def logging_as_before() -> Iterator[None]:
    """A command run in this process sets logging up for it; here it is put back."""
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    yield
    root.handlers[:] = handlers
    root.setLevel(level)


@pytest.fixture(scope="session")
def newest(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A corpus of the newest shipped months, which loads in a fraction of the time."""
    folder = tmp_path_factory.mktemp("knowledge")
    (folder / "issues").mkdir()
    for name in ("topics.yaml", "lexicon.yaml", *(f"issues/{month}.yaml" for month in ("2023-06", "2023-11", MONTH))):
        shutil.copy(default_root() / name, folder / name)
    return folder


@pytest.fixture
def environ(slack: LocalSlack, tmp_path: Path, newest: Path) -> dict[str, str]:
    """The settings of an operator."""
    return {
        "SLACK_BOT_TOKEN": slack.token,
        "SLACK_API_URL": slack.url,
        "PPRNET_DATABASE_URL": f"sqlite:///{tmp_path / 'pprnet.db'}",
        "PPRNET_KNOWLEDGE": str(newest),
    }


@pytest.fixture
def pprnet(
    environ: dict[str, str],
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> Pprnet:
    """Run `pprnet WORDS...` with these settings; keywords replace some, and None removes one. Messages follow each other at
    once.
    """
    monkeypatch.setattr(post, "open_services", functools.partial(open_services, timing=QUICK))

    async def run(*words: str, **settings: str | None) -> Ended:
        for name, value in {**environ, **settings}.items():
            if value is None:
                monkeypatch.delenv(name, raising=False)
            else:
                monkeypatch.setenv(name, value)
        capsys.readouterr()
        status = await asyncio.to_thread(main, words)
        shown = capsys.readouterr()
        return Ended(status, shown.out.strip(), shown.err.strip())

    return run


@pytest.fixture
async def ledger(environ: dict[str, str]) -> AsyncIterator[Ledger]:
    """The ledger that the commands use; its waits are over at once, and its settle times were over long ago."""
    database = await Database.open(Settings.from_env(environ).database_url)
    yield ledger_of(database, Timing(lease=0.0, settle=-1000.0, pace=0.0, retry_refused=0.0, retry_blocked=0.0))
    await database.close()


@pytest.fixture
async def clinic(slack: LocalSlack, tmp_path: Path) -> Installation:
    """An installation without any trouble, with a database as the bot makes it."""
    found = Installation(slack, slack.add_channel("team"), tmp_path)
    await new_database(found.file)
    return found

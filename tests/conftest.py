"""Fixtures for all tests: a local Slack, and the real bot running against it."""

from __future__ import annotations

import json
import signal
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import pytest

from bot.paths import default_root
from bot.playground.slack import LocalSlack
from tests.support import once, unhurried
from tests.support.bot import Bot, running
from tests.support.databases import database, databases  # noqa: F401  (fixtures)
from tests.support.postgresql import postgresql  # noqa: F401  (a fixture)

pytest_plugins = ("tests.support.selection",)
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:  # a shell starts jobs in the background so, and they pass it on
    signal.signal(signal.SIGINT, signal.default_int_handler)
once.install()
unhurried.install()


@pytest.fixture
async def slack() -> AsyncIterator[LocalSlack]:
    """A local Slack with nobody in it yet."""
    async with LocalSlack() as server:
        yield server


@pytest.fixture
async def bot(slack: LocalSlack, tmp_path: Path) -> AsyncIterator[Bot]:
    """The bot over HTTP on the shipped corpus."""
    async with running(slack, tmp_path) as started:
        yield started


@pytest.fixture
def corpus_copy(tmp_path: Path) -> Path:
    """A copy of the shipped corpus that a test may change."""
    target = tmp_path / "knowledge"
    (target / "issues").mkdir(parents=True)
    for source in default_root().rglob("*.yaml"):
        (target / source.relative_to(default_root())).write_bytes(source.read_bytes())
    return target


@pytest.fixture
def as_text() -> Callable[[object], str]:
    """Anything as JSON text, to look for words in it."""
    return lambda value: json.dumps(value, ensure_ascii=False, default=str)

"""The outer door for tests: a local Slack, and the real bot running against it, reached as Slack reaches it."""

from __future__ import annotations

import asyncio
import contextlib
import hashlib
import json
from collections import OrderedDict
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import pytest
from databases import database, databases  # noqa: F401  (fixtures)
from postgresql import postgresql  # noqa: F401  (a fixture)

from bot import knowledge as knowledge_module
from bot.corpus.load import default_root
from bot.knowledge import Knowledge
from bot.playground.slack import LocalSlack, Sender, SocketSender
from bot.search.engine import Engine
from bot.serve import run, utc_now
from bot.settings import Settings

SECRET = "a signing secret".replace(" ", "-")

build_anew = knowledge_module.build


_engines: OrderedDict[bytes, Engine] = OrderedDict()


def _build_once(root: Path) -> Engine:
    """The same files, wherever they lie, make the same engine: to build it anew, and to find out again which summaries have
    newer ones, for each of a thousand tests would take most of their time.
    """
    key = _content(root)
    if (engine := _engines.pop(key, None)) is None:
        engine = build_anew(root)
        if _content(root) != key:  # written to meanwhile
            return engine
    _engines[key] = engine
    while len(_engines) > 12:
        _engines.popitem(last=False)
    return engine


def _content(root: Path) -> bytes:
    files = [(str(path.relative_to(root)), path.read_bytes()) for path in sorted(root.rglob("*")) if path.is_file()]
    return hashlib.sha256(repr(files).encode()).digest()


knowledge_module.build = _build_once

HEAVY = ("browser", "test_exactly_once.py", "test_watch_crash.py")
"""Tests that would starve each other: windows of a browser, and dozens of processes."""


@pytest.hookimpl(tryfirst=True)  # before pytest-xdist reads the marks
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Side by side (`pytest -n 2 --dist loadgroup`), a file's tests stay together, and all heavy ones do, one after the
    other.
    """
    for item in items:
        heavy = item.path.name in HEAVY or item.path.parent.name in HEAVY
        item.add_marker(pytest.mark.xdist_group("heavy" if heavy else item.path.stem))


@dataclass
class Bot:
    """A running bot: `say` is Slack's side of it over HTTP (or over the socket)."""

    slack: LocalSlack
    say: Sender | SocketSender
    url: str
    knowledge: Knowledge
    settings: Settings


@contextlib.asynccontextmanager
async def running(
    slack: LocalSlack, folder: Path, *, socket: bool = False, now: Callable[[], datetime] = utc_now, **environ: str
) -> AsyncIterator[Bot]:
    """Start the real bot (everything but the process) on a free port, with its own SQLite file; stop it gracefully. `now` is
    its clock.
    """
    variables = {
        "SLACK_BOT_TOKEN": slack.token,
        "SLACK_API_URL": slack.url,
        "PPRNET_DATABASE_URL": f"sqlite:///{folder / 'pprnet.db'}",
        **({"SLACK_APP_TOKEN": slack.app_token} if socket else {"SLACK_SIGNING_SECRET": SECRET}),
        **environ,
    }
    settings = Settings.from_env(variables, needs=("slack", "door"))
    knowledge = Knowledge(settings.knowledge)
    stop = asyncio.Event()
    port: asyncio.Future[int] = asyncio.get_running_loop().create_future()
    task = asyncio.create_task(run(settings, 0, knowledge, stop, port.set_result, now))
    await asyncio.wait({task, port}, return_when=asyncio.FIRST_COMPLETED)
    if task.done():
        task.result()
    url = f"http://127.0.0.1:{port.result()}"
    say = SocketSender(slack) if socket else Sender(slack, f"{url}/slack/events", SECRET)
    try:
        yield Bot(slack, say, url, knowledge, settings)
    finally:
        stop.set()
        await asyncio.wait_for(task, 30)


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

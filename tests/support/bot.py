"""The real bot, started for a test against a local Slack, reached as Slack reaches it, with short waits."""

from __future__ import annotations

import asyncio
import contextlib
import tempfile
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from slack_sdk.http_retry.builtin_interval_calculators import FixedValueRetryIntervalCalculator

from bot.knowledge import Knowledge
from bot.meaning.service import Meaning
from bot.outbox.timing import Timing
from bot.playground.slack import LocalSlack, Sender, SocketSender
from bot.server.run import run
from bot.server.services import utc_now
from bot.settings import Settings
from bot.slack import client
from bot.store import waiting
from bot.store.database import Database
from tests.support.idle import Passes, jobs

SECRET = "a signing secret".replace(" ", "-")

QUICK = Timing(pace=0.02)
"""The outbox's waits in tests: as in production, but messages to a channel follow each other at once."""
TICK = 0.3
"""Seconds between two passes of each background job in tests. A pass costs as much as an answer; `Bot.idle` wakes jobs."""

client.PAUSES = FixedValueRetryIntervalCalculator(0.02)
waiting.ANSWER = 20.0  # a busy machine is no locked database


@dataclass
class Bot:
    """A running bot: `say` is Slack's side of it over HTTP (or over the socket)."""

    slack: LocalSlack
    say: Sender | SocketSender
    url: str
    knowledge: Knowledge
    settings: Settings
    passes: Passes

    async def idle(self) -> None:
        """Wait until its background jobs have nothing left to do now."""
        await self.passes.idle()

    async def reloaded(self) -> None:
        """Wait until its job has compared the library with the files as they are now."""
        await self.passes.after("library")


_tables: list[bytes] = []
"""A SQLite file as the bot makes it at its first start: made once, for that takes half of a start's time."""


async def _empty_tables() -> bytes:
    if not _tables:
        with tempfile.TemporaryDirectory() as folder:
            database = await Database.open(f"sqlite+aiosqlite:///{folder}/new.db")
            await database.close()
            _tables.append(Path(folder, "new.db").read_bytes())  # noqa: ASYNC240  (a test, and once)
    return _tables[0]


def _write_new(path: Path, content: bytes) -> None:
    if not path.exists():
        path.write_bytes(content)


@contextlib.asynccontextmanager
async def running(
    slack: LocalSlack,
    folder: Path,
    *,
    socket: bool = False,
    now: Callable[[], datetime] = utc_now,
    timing: Timing = QUICK,
    tick: float = TICK,
    meaning: Meaning | None = None,
    **environ: str,
) -> AsyncIterator[Bot]:
    """Start the real bot (everything but the process) on a free port, with its own SQLite file; stop it gracefully. `now` is
    its clock, `timing` the outbox's waits, `tick` the seconds between two passes of a background job.
    """
    variables = {
        "SLACK_BOT_TOKEN": slack.token,
        "SLACK_API_URL": slack.url,
        "PPRNET_DATABASE_URL": f"sqlite:///{folder / 'pprnet.db'}",
        **({"SLACK_APP_TOKEN": slack.app_token} if socket else {"SLACK_SIGNING_SECRET": SECRET}),
        **environ,
    }
    settings = Settings.from_env(variables, needs=("slack", "door"))
    if not environ.get("PPRNET_DATABASE_URL"):
        _write_new(folder / "pprnet.db", await _empty_tables())
    knowledge = Knowledge(settings.knowledge)
    stop = asyncio.Event()
    port: asyncio.Future[int] = asyncio.get_running_loop().create_future()
    names = jobs(
        watching=bool(settings.source_url),
        curators=bool(settings.curators),
        papers=bool(settings.retractions_url),
        many=settings.workspaces,
    )
    passes = Passes(names)
    task = asyncio.create_task(run(settings, 0, knowledge, stop, port.set_result, now, timing, tick, passes, meaning))
    await asyncio.wait({task, port}, return_when=asyncio.FIRST_COMPLETED)
    if task.done():
        task.result()
    url = f"http://127.0.0.1:{port.result()}"
    say = SocketSender(slack) if socket else Sender(slack, f"{url}/slack/events", SECRET)
    try:
        yield Bot(slack, say, url, knowledge, settings, passes)
    finally:
        stop.set()
        await asyncio.wait_for(task, 30)

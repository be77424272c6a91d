"""Ways to the outer door that the local Slack does not offer: signed raw bodies, a small corpus, a process, its files."""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import re
import shutil
import socket
import sqlite3
import sys
from collections.abc import AsyncIterator, Callable, Mapping
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import aiohttp

from bot.paths import default_root
from bot.playground.slack import Answer, LocalSlack, Message, Sender, View
from tests.support.bot import SECRET, Bot

JSON_TYPE = "application/json"
FORM_TYPE = "application/x-www-form-urlencoded"
SMALL = ("2022-09", "2020-12", "2023-11")
"""Months of the small corpus: four or five summaries on the alliance, enough for a test that is not about finding."""


def small_corpus(folder: Path) -> dict[str, str]:
    """The setting for a corpus of a few months, which starts in a fraction of the time."""
    target = folder / "small"
    if not target.exists():
        (target / "issues").mkdir(parents=True)
        for name in ("topics.yaml", "lexicon.yaml", *(f"issues/{month}.yaml" for month in SMALL)):
            shutil.copy(default_root() / name, target / name)
    return {"PPRNET_KNOWLEDGE": str(target)}


async def post_signed(bot: Bot, body: bytes, content_type: str = JSON_TYPE, **headers: str) -> Answer:
    """A body with Slack's own signature; `headers` are further ones, with "_" for "-"."""
    further = {name.replace("_", "-"): value for name, value in headers.items()}
    return await bot.say.post(body, {"Content-Type": content_type, **bot.say.sign(body), **further})


async def post_interaction(bot: Bot, payload: Mapping[str, Any]) -> Answer:
    """An interactive payload, signed, as it stands."""
    return await post_signed(bot, urlencode({"payload": json.dumps(payload)}).encode(), FORM_TYPE)


async def health(bot_url: str) -> tuple[int, dict[str, Any]]:
    """What /health says."""
    async with aiohttp.ClientSession() as session, session.get(f"{bot_url}/health") as response:
        return response.status, await response.json()


def shown_to(slack: LocalSlack, user: str) -> list[Message]:
    """What only this person sees, in all channels, oldest first."""
    found = [message for channel in slack.channels.values() for message in channel.seen_by(user)]
    return sorted(found, key=lambda message: message.ts)


def everything_of_the_bot(slack: LocalSlack) -> str:
    """All that the bot ever sent to Slack: arguments of every call, with the messages and views that came of them."""
    views: list[View] = [*slack.views.values()]
    messages = [
        message
        for channel in slack.channels.values()
        for message in (*channel.messages, *channel.ephemeral, *channel.deleted)
        if message.bot_id
    ]
    calls = [call.args for call in slack.calls]
    return json.dumps([calls, [vars(m) for m in messages], [vars(v) for v in views]], ensure_ascii=False, default=str)


def database_bytes(folder: Path) -> bytes:
    """Every byte of the database: the file, its write-ahead log, its shared memory."""
    return b"".join(path.read_bytes() for path in sorted(folder.glob("pprnet.db*")))


async def sql(folder: Path, statement: str) -> list[tuple[Any, ...]]:
    """A statement on the bot's SQLite file, from outside; in a thread, since the bot may hold the lock for a moment."""

    def execute() -> list[tuple[Any, ...]]:
        with contextlib.closing(sqlite3.connect(folder / "pprnet.db", timeout=10, isolation_level=None)) as connection:
            return connection.execute(statement).fetchall()

    return await asyncio.to_thread(execute)


async def eventually(condition: Callable[[], object]) -> None:
    """Wait for something that gives no sign of its own."""
    async with asyncio.timeout(10):
        while not condition():  # noqa: ASYNC110
            await asyncio.sleep(0.01)


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class Process:
    """`pprnet serve` as a process of its own. `log` is everything it wrote."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self.process = process
        self.log = ""
        self._grown = asyncio.Condition()
        self._reader = asyncio.create_task(self._read())

    async def _read(self) -> None:
        assert self.process.stdout
        while chunk := await self.process.stdout.read(65536):
            async with self._grown:
                self.log += chunk.decode("utf-8", "replace")
                self._grown.notify_all()
        async with self._grown:
            self._grown.notify_all()

    async def says(self, pattern: str) -> re.Match[str]:
        """Wait until the log holds this; fails when the process ends without having said it."""

        def found() -> re.Match[str] | None:
            return re.search(pattern, self.log)

        async with asyncio.timeout(30), self._grown:
            while not found():
                assert not self.process.stdout or not self.process.stdout.at_eof(), f"never said {pattern!r}:\n{self.log}"
                await self._grown.wait()
        match = found()
        assert match
        return match

    async def ready(self) -> str:
        """Wait until it takes requests over HTTP; its address."""
        return f"http://{(await self.says(r'ready: HTTP on ([0-9.:]+)/'))[1]}"

    async def over(self) -> int:
        """Wait for its end; the exit status."""
        async with asyncio.timeout(30):
            await self._reader
            return await self.process.wait()


@contextlib.asynccontextmanager
async def serving(slack: LocalSlack, folder: Path, *, port: int = 0, **environ: str) -> AsyncIterator[Process]:
    """Run `pprnet serve` until the block ends. An empty variable is left out."""
    variables = {
        "PATH": os.environ["PATH"],
        "SLACK_BOT_TOKEN": slack.token,
        "SLACK_API_URL": slack.url,
        "SLACK_SIGNING_SECRET": SECRET,
        "PPRNET_DATABASE_URL": f"sqlite:///{folder / 'pprnet.db'}",
        **small_corpus(folder),
        **environ,
    }
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "bot",
        "serve",
        "--port",
        str(port),
        env={name: value for name, value in variables.items() if value},
        cwd=Path(__file__).parents[2],
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    running = Process(process)
    try:
        yield running
    finally:
        if process.returncode is None:
            process.kill()
        await running.over()


def sender_for(slack: LocalSlack, url: str) -> Sender:
    """Slack's side of a conversation with a process at this address."""
    return Sender(slack, f"{url}/slack/events", SECRET, patience=30)

"""`pprnet playground`: starts and stops the local Slack, the unchanged bot and the page together.

The bot runs as `pprnet serve` runs it in HTTP mode, with its settings, a corpus and a database in a temporary folder. It
knows nothing of the playground; its clock is the demo's.
"""

from __future__ import annotations

import asyncio
import contextlib
import secrets
import signal
import socket
import tempfile
from collections.abc import AsyncIterator, Callable, Mapping
from pathlib import Path
from typing import Any

from aiohttp import web

from bot.knowledge import Knowledge
from bot.meaning.place import vectors_folder
from bot.meaning.service import Meaning
from bot.outbox.timing import Timing
from bot.paths import default_root
from bot.playground import blog
from bot.playground import manifest as manifests
from bot.playground.demo_users import DemoUsers, seed_workspace
from bot.playground.desktop import open_page
from bot.playground.feed import Feed
from bot.playground.manifest import Manifest
from bot.playground.months import Months, Preview
from bot.playground.page import Page
from bot.playground.page_state import PageState
from bot.playground.slack import LocalSlack
from bot.playground.traffic import LIMIT, MASK, RecordingSender, Traffic, recorder
from bot.playground.user_actions import UserActions
from bot.playground.waking import TICK, Waker
from bot.publishing.scheduler import OnPass, ignore_pass
from bot.server.run import run
from bot.settings import Settings
from bot.slack.http import PATH

HOST = "127.0.0.1"
PACE = 0.1
"""Seconds between two messages to one channel: the local Slack allows more than the real one."""
PATIENCE = 10.0
"""Seconds that the page's server gives unfinished requests when it stops."""


MoreSettings = Callable[[DemoUsers], Mapping[str, str]]
"""Returns more settings of the bot, or others, for the people of the demo."""


def _none(_users: DemoUsers) -> Mapping[str, str]:
    return {}


async def play(
    port: int,
    ready: Callable[[str], None],
    *,
    open_browser: bool = False,
    source: Path | None = None,
    preview: Preview | None = None,
) -> None:
    """Run until SIGINT, SIGTERM or SIGHUP. `ready` gets the page's address; `source` is the corpus (None: the shipped one),
    `preview` the month that comes next (None: its newest months come). Raises OSError where the port is not free.
    """
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        if signal.getsignal(number) is not signal.SIG_IGN:
            loop.add_signal_handler(number, stop.set)
    async with playing(port, stop, source, meaning=Meaning(vectors_folder()), preview=preview) as address:
        ready(address)
        if open_browser:
            await asyncio.to_thread(open_page, address)
        await stop.wait()


@contextlib.asynccontextmanager
async def playing(
    port: int,
    stop: asyncio.Event,
    source: Path | None = None,
    on_pass: OnPass = ignore_pass,
    meaning: Meaning | None = None,
    preview: Preview | None = None,
    more: MoreSettings = _none,
) -> AsyncIterator[str]:
    """Run the playground until the block ends; yield the page's address. Sets `stop` if the bot ends on its own.

    `on_pass` is called after each pass of one of the bot's background jobs; `more` settings are the tests' own.
    """
    with socket.create_server((HOST, port)) as listening, tempfile.TemporaryDirectory(prefix="pprnet-playground-") as name:
        folder = Path(name)
        months = await asyncio.to_thread(Months, source or default_root(), folder / "knowledge", preview)
        manifest = manifests.read()
        traffic = Traffic()
        waker = Waker(on_pass)
        dispatcher = EventDispatcher(manifest, waker.called)
        months.watcher = waker.blog_changed
        async with LocalSlack(
            scopes=manifest.scopes,
            clock=months.clock,
            team_domain="riverside-clinic",
            middlewares=[recorder(traffic, dispatcher.called)],
        ) as slack:
            slack.home_tab_enabled = manifest.home_enabled
            users = seed_workspace(slack)
            page_state = PageState(slack, users)
            feed = Feed(page_state.concerns)
            slack.watchers.append(feed.changed)
            traffic.hide(slack.token, MASK)
            traffic.watcher = lambda: feed.changed("traffic")
            secret = secrets.token_hex(16)
            async with (
                blog.serving(HOST, months.page) as watched,
                _bot(slack, secret, folder, months, users, watched, stop, waker.passed, meaning, more) as url,
            ):
                sender = RecordingSender(slack, url, secret, command_name=manifest.command)
                sender.traffic = traffic
                dispatcher.sender = sender
                actions = UserActions(slack, sender, page_state, manifest)
                page = Page(slack, users, page_state, actions, months, traffic, feed, manifest)
                own_port = int(listening.getsockname()[1])
                app = page.application(own_port)
                app.middlewares.append(waker.after_each_act)
                runner = web.AppRunner(app, access_log=None, shutdown_timeout=PATIENCE, handle_signals=False)
                await runner.setup()
                await web.SockSite(runner, listening).start()
                try:
                    yield f"http://{HOST}:{own_port}/"
                finally:
                    feed.close()
                    await runner.cleanup()
                    await dispatcher.wait()


@contextlib.asynccontextmanager
async def _bot(
    slack: LocalSlack,
    secret: str,
    folder: Path,
    months: Months,
    users: DemoUsers,
    watched: str,
    stop: asyncio.Event,
    on_pass: OnPass,
    meaning: Meaning | None,
    more: MoreSettings,
) -> AsyncIterator[str]:
    """Run the bot in HTTP mode; yield the address where it takes Slack's requests. `watched` is the blog's address."""
    settings = Settings.from_env(
        {
            "SLACK_BOT_TOKEN": slack.token,
            "SLACK_SIGNING_SECRET": secret,
            "SLACK_API_URL": slack.url,
            "PPRNET_DATABASE_URL": f"sqlite:///{folder / 'pprnet.db'}",
            "PPRNET_KNOWLEDGE": str(months.root),
            "PPRNET_CHANNEL": users.team_channel.id,
            "PPRNET_CURATORS": users.curator.id,
            "PPRNET_SOURCE_URL": watched,
            "PPRNET_SOURCE_HOURS": "0.0001",  # the least: it is checked when time was moved
            "PPRNET_ALLOW_PRIVATE_SOURCE": "on",
            "PPRNET_POST_HOUR": "0",
            **more(users),
        },
        needs=("slack", "door"),
    )
    knowledge = await asyncio.to_thread(Knowledge, settings.knowledge)
    port: asyncio.Future[int] = asyncio.get_running_loop().create_future()
    over = asyncio.Event()
    timing = Timing(pace=PACE)
    bot = asyncio.create_task(run(settings, 0, knowledge, over, port.set_result, months.now, timing, TICK, on_pass, meaning))
    bot.add_done_callback(lambda _task: stop.set())
    try:
        waiting: set[asyncio.Future[Any]] = {bot, port}
        await asyncio.wait(waiting, return_when=asyncio.FIRST_COMPLETED)
        if port.done():
            yield f"http://{HOST}:{port.result()}{PATH}"
    finally:
        over.set()
        await bot


class EventDispatcher:
    """Sends the bot the events that Slack sends unasked: here, the receipt of a message whose metadata it subscribes to."""

    def __init__(self, manifest: Manifest, noticed: Callable[[], None]) -> None:
        """`noticed` is called at each call of the bot's that may have changed a message."""
        self.sender: RecordingSender | None = None
        self._manifest = manifest
        self._noticed = noticed
        self._sending: set[asyncio.Task[Any]] = set()

    async def called(self, method: str, answer: Any) -> None:
        """Send the events that follow from a method the bot has called."""
        if method.startswith("chat."):
            self._noticed()
        if self.sender is None:
            return
        del self.sender.slack.calls[:-LIMIT]
        if method != "chat.postMessage" or "message_metadata_posted" not in self._manifest.events:
            return
        posted = answer.get("message") if isinstance(answer, dict) else None
        if posted and (posted.get("metadata") or {}).get("event_type") in self._manifest.metadata_types:
            message = self.sender.slack.channels[answer["channel"]].find(answer["ts"])
            if message is not None:
                task = asyncio.create_task(self.sender.metadata_posted(message))
                self._sending.add(task)
                task.add_done_callback(self._sending.discard)

    async def wait(self) -> None:
        """Wait for the events being sent."""
        await asyncio.gather(*self._sending, return_exceptions=True)

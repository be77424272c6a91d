"""`pprnet serve`: one process that answers Slack (Socket Mode or HTTP), posts months, and ends gracefully."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import signal
import sys
import tempfile
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

from bot.agents.installed import check_installed
from bot.corpus.model import Corpus
from bot.knowledge import Knowledge
from bot.meaning.service import Meaning, vectors_folder
from bot.outbox.timing import Timing
from bot.publishing.scheduler import OnPass, Scheduler, ignore_pass
from bot.server.agents import agent_door
from bot.server.app import build_app
from bot.server.health import Health
from bot.server.jobs import build_draft_worker, build_jobs, build_paper_check
from bot.server.services import DRAIN, open_services, utc_now
from bot.server.web import AGENTS_PATH, serving
from bot.settings import Settings, SettingsError
from bot.slack.http import PATH, RequestVerifier
from bot.slack.socket_mode import SocketModeServer
from bot.slack.startup import StoppedError
from bot.store.errors import StoreError
from bot.store.sqlite_file import LOST

log = logging.getLogger(__name__)

SWITCH = 0.0005
"""Seconds after which a thread at work (reading a changed corpus) hands the interpreter to the event loop when that wants
it; Python's own 5 ms, some times over, would be felt."""


async def serve(settings: Settings, port: int) -> None:
    """Run until SIGTERM, SIGINT or SIGHUP (its terminal is gone). Raises StoreError, CorpusError, SlackRefusesError or
    OSError (port taken) at start, and StoreError where the database's file is lost later.
    """
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        if signal.getsignal(number) is not signal.SIG_IGN:  # nohup ignores SIGHUP
            loop.add_signal_handler(number, stop.set)
    knowledge = await asyncio.to_thread(Knowledge, settings.knowledge)
    with contextlib.suppress(StoppedError):
        await run(settings, port, knowledge, stop, meaning=Meaning(vectors_folder(settings.database_url)))


async def run(
    settings: Settings,
    port: int,
    knowledge: Knowledge,
    stop: asyncio.Event,
    ready: Callable[[int], None] = lambda _port: None,
    now: Callable[[], datetime] = utc_now,
    timing: Timing | None = None,
    tick: float | None = None,
    on_pass: OnPass = ignore_pass,
    meaning: Meaning | None = None,
) -> None:
    """Serve until `stop` is set. `ready` is called with the port (chosen by the system for port 0) once requests are
    taken. `now` returns the time by which months are announced and club messages sent, `timing` the waits of the outbox, and
    `tick` the seconds between two passes of each background job (by default, the setting's). `on_pass` is called after
    each pass: tests learn from it that nothing is left to do. `meaning`: what tells how near summaries are in meaning.
    """
    if settings.mcp:
        check_installed()
    tick = tick or settings.look_seconds
    sys.setswitchinterval(SWITCH)
    if settings.source_url:
        await asyncio.to_thread(_check_writable, settings.knowledge)
    async with open_services(settings, knowledge, stop, now, timing, meaning) as running:
        services, workspace = running.services, running.services.workspace
        file = running.database.file
        if file:
            file.on_lost = stop.set
        app = build_app(services)
        drafts = build_draft_worker(settings, running)
        papers = build_paper_check(settings, running)
        scheduler = Scheduler(build_jobs(settings, running, drafts, tick, now, stop.is_set, papers), on_pass)
        socket = SocketModeServer(app, settings, workspace.identity, workspace.shared) if settings.socket_mode else None
        http = None
        if settings.signing_secret and not socket:
            http = RequestVerifier(app, settings.signing_secret, workspace.identity, workspace.shared)
        jobs: list[asyncio.Task[None]] = []
        try:
            async with contextlib.AsyncExitStack() as doors:
                agents = await doors.enter_async_context(agent_door(settings, services)) if settings.mcp else None
                health = Health(running, socket, scheduler, drafts, http, papers, agents)
                address = await doors.enter_async_context(
                    serving(health.handle, http, settings.host, port, drain=DRAIN, agents=agents)
                )
                # Never cancelled: a database call that is cut off keeps its lock, and its thread, which the process would
                # wait for at its end.
                jobs.append(asyncio.create_task(scheduler.run()))
                jobs.append(asyncio.create_task(services.meaning.run(lambda: knowledge.corpus, stop)))
                try:
                    if socket:
                        await socket.open(stop)
                    entrance = "Socket Mode" if socket else f"HTTP on {address[0]}:{address[1]}{PATH}"
                    if agents:
                        log.info("agents may ask at %s:%s%s: %s", *address[:2], AGENTS_PATH, agents.lets_in)
                    _log_ready(entrance, knowledge.corpus, settings)
                    ready(address[1])
                    await stop.wait()
                    log.info("stopping: finishing what is in progress")
                finally:
                    stop.set()
                    scheduler.stop()
                    if socket:
                        await socket.close(DRAIN)
        finally:
            if jobs:
                await asyncio.wait(jobs, timeout=DRAIN)
    log.info("stopped")
    if file and file.is_lost:
        raise StoreError(LOST)


def _log_ready(entrance: str, corpus: Corpus, settings: Settings) -> None:
    log.info(
        "ready: %s, %d summaries (%s to %s), %s",
        entrance,
        len(corpus.summaries),
        *(corpus.span or ("none", "none")),
        f"posting to {settings.channel}" if settings.channel else "no PPRNET_CHANNEL, so no monthly post",
    )


def _check_writable(root: Path) -> None:
    """Raises SettingsError where the blog check could not write new months."""
    try:
        with tempfile.TemporaryFile(dir=root / "issues"):
            pass
    except OSError as error:
        raise SettingsError(
            [
                f"PPRNET_KNOWLEDGE cannot be written ({error.strerror}): with PPRNET_SOURCE_URL, new months are written "
                "there. Give the bot's user the right to write into its folder issues, or name another folder"
            ]
        ) from None

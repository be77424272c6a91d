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
from bot.listeners.services import Services
from bot.meaning.place import vectors_folder
from bot.meaning.service import Meaning
from bot.outbox.timing import Timing
from bot.publishing.scheduler import OnPass, ignore_pass
from bot.server.agents import agent_door
from bot.server.app import build_app
from bot.server.background import Background, build_background
from bot.server.health import Health
from bot.server.many import Many, joining_pages, many_workspaces
from bot.server.metrics import Metrics
from bot.server.probes import Probes
from bot.server.service_manager import ServiceManager
from bot.server.services import DRAIN, Running, open_services, utc_now
from bot.server.web import AGENTS_PATH, Doors, Server, serving
from bot.server.web import Handler as Page
from bot.settings import Settings, SettingsError
from bot.slack.admission import CLOCK_OFF
from bot.slack.http import PATH, RequestVerifier
from bot.slack.routing import OneWorkspace
from bot.slack.socket_mode import SocketModeServer
from bot.slack.startup import StoppedError
from bot.store.errors import StoreError
from bot.store.sqlite_file import LOST
from bot.workspaces.unserved import unserved_in

log = logging.getLogger(__name__)

SWITCH = 0.0005
"""Seconds after which a thread at work (reading a changed corpus) hands the interpreter to the event loop when that wants
it; Python's own 5 ms, some times over, would be felt."""


async def serve(settings: Settings, port: int) -> None:
    """Run until SIGTERM or SIGINT; SIGHUP compares the library with its files at once. Raises StoreError, CorpusError,
    SlackRefusesError or OSError (port taken) at start, and StoreError where the database's file is lost later.
    """
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        if signal.getsignal(number) is not signal.SIG_IGN:
            loop.add_signal_handler(number, stop.set)
    reread = asyncio.Event()
    loop.add_signal_handler(signal.SIGHUP, reread.set)
    with contextlib.suppress(StoppedError):
        await run(settings, port, None, stop, meaning=Meaning(vectors_folder(settings.database_file)), reread=reread)


async def run(
    settings: Settings,
    port: int,
    knowledge: Knowledge | None,
    stop: asyncio.Event,
    ready: Callable[[int], None] = lambda _port: None,
    now: Callable[[], datetime] = utc_now,
    timing: Timing | None = None,
    tick: float | None = None,
    on_pass: OnPass = ignore_pass,
    meaning: Meaning | None = None,
    reread: asyncio.Event | None = None,
) -> None:
    """Serve until `stop` is set. Without `knowledge` the settings' library is read. `ready` is called with the port (chosen
    by the system for port 0) once requests are answered. `now` returns the time by which months are announced and club
    messages sent, `timing` the waits of the outbox, and `tick` the seconds between two passes of each background job (by
    default, the setting's). `on_pass` is called after each pass: tests learn from it that nothing is left to do. `meaning`:
    what tells how near summaries are in meaning. `reread`: once it is set, the library is compared with its files at once.
    """
    if settings.mcp:
        check_installed()
    tick = tick or settings.look_seconds
    sys.setswitchinterval(SWITCH)
    if settings.source_url:
        await asyncio.to_thread(_check_writable, settings.knowledge)
    manager = ServiceManager()
    probes, doors = Probes(lambda status: manager.tell(f"STATUS={status}")), Doors()
    metrics = Metrics()
    pages: dict[str, Page] = {
        "/live": probes.live,
        "/ready": probes.ready,
        "/health": probes.all,
        "/metrics": metrics.page,
    }
    if settings.workspaces:
        pages |= joining_pages(doors)
    from_slack = bool(settings.signing_secret) and not settings.socket_mode
    async with (
        serving(pages, doors, settings.host, port, drain=DRAIN, slack=from_slack, agents=settings.mcp) as server,
        manager.started(),
    ):
        if knowledge is None:
            knowledge = await asyncio.to_thread(Knowledge, settings.knowledge)
        async with open_services(settings, knowledge, stop, now, timing, meaning, probes.tell) as running:
            file = running.database.file
            if file:
                file.on_lost = stop.set
            signals = stop, reread or asyncio.Event()
            background = build_background(settings, running, tick, now, stop.is_set, on_pass)
            async with contextlib.AsyncExitStack() as opened:
                many = None
                if settings.workspaces:
                    opening = many_workspaces(settings, running, now, timing, tick, metrics.timed)
                    many = await opened.enter_async_context(opening)
                    background.scheduler.add(many.job)
                    doors.joining = many.joining
                elif unserved := await unserved_in(running.database):
                    log.warning("%s", unserved)
                await _work(settings, running, background, server, doors, (probes, metrics), signals, ready, many)
    log.info("stopped")
    if file and file.is_lost:
        raise StoreError(LOST)


async def _work(
    settings: Settings,
    running: Running,
    background: Background,
    server: Server,
    doors: Doors,
    pages: tuple[Probes, Metrics],
    signals: tuple[asyncio.Event, asyncio.Event],
    ready: Callable[[int], None],
    many: Many | None,
) -> None:
    """Take requests and do the background jobs until `stop` is set, then finish what is in progress."""
    services, workspace = running.services, running.services.workspace
    probes, metrics = pages
    stop, reread = signals
    app = metrics.timed(build_app(services))
    home = OneWorkspace(app, workspace.identity, workspace.shared)
    router = many.clinics.routed(home) if many else home
    socket = SocketModeServer(router, settings) if settings.socket_mode else None
    jobs: list[asyncio.Task[None]] = []
    try:
        async with contextlib.AsyncExitStack() as opened:
            if settings.signing_secret and not socket:
                doors.slack = RequestVerifier(router, settings.signing_secret)
            if settings.mcp:
                doors.agents = await opened.enter_async_context(agent_door(settings, services))
            probes.health = Health(running, background, socket, doors)
            if many:
                probes.health.workspaces = many.clinics.counts
            metrics.state = probes.health, background
            opened.push_async_callback(server.close)
            # Never cancelled: a database call that is cut off keeps its lock, and its thread, which the process would
            # wait for at its end.
            jobs.append(asyncio.create_task(background.scheduler.run()))
            jobs.append(asyncio.create_task(services.meaning.run(lambda: services.knowledge.corpus, stop)))
            try:
                if socket:
                    await socket.open(stop)
                entrance = "Socket Mode" if socket else "HTTP on {}:{}{}".format(*server.address[:2], PATH)
                if doors.agents:
                    log.info("agents may ask at %s:%s%s: %s", *server.address[:2], AGENTS_PATH, doors.agents.lets_in)
                _log_ready(entrance, services.knowledge.corpus, settings)
                if doors.slack and services.slack.clock_is_off():
                    log.error("%s: set it (NTP)", CLOCK_OFF)
                probes.started()
                ready(server.address[1])
                rereading = asyncio.create_task(_reread(reread, services))
                await stop.wait()
                rereading.cancel()
                log.info("stopping: finishing what is in progress")
            finally:
                stop.set()
                background.scheduler.stop()
                if socket:
                    await socket.close(DRAIN)
    finally:
        if jobs:
            await asyncio.wait(jobs, timeout=DRAIN)


async def _reread(asked: asyncio.Event, services: Services) -> None:
    """Wake the job of the library whenever that is asked for."""
    while await asked.wait():
        asked.clear()
        log.info("SIGHUP: the library is compared with its files")
        services.approval.revising.changed.set()


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

"""`pprnet serve`: one process that answers Slack (Socket Mode or HTTP), posts months, and ends gracefully."""

from __future__ import annotations

import asyncio
import contextlib
import dataclasses
import hashlib
import logging
import signal
import sys
import tempfile
from collections.abc import AsyncIterator, Callable
from datetime import UTC, datetime
from pathlib import Path

from aiohttp import web

from bot.approval.watch import Watch
from bot.approval.worker import Desk
from bot.blocks import draft
from bot.blog.fetch import Fetched, fetch
from bot.blog.public_address import address_problem
from bot.knowledge import Knowledge
from bot.listeners.services import Services
from bot.outbox.delivery import Message
from bot.outbox.ledger import Ledger, Timing
from bot.publishing.publisher import Publisher
from bot.publishing.scheduler import Clock, OnPass, ignore_pass
from bot.server.app import build_app
from bot.server.health import Health
from bot.server.messages import render, words
from bot.settings import Settings, SettingsError
from bot.slack.client import SlackApi
from bot.slack.http import MAX_BODY, PATH, RequestVerifier
from bot.slack.socket_mode import SocketModeServer
from bot.slack.startup import StoppedError, identify, retry_until_reachable
from bot.store.claims import Claims
from bot.store.database import Database
from bot.store.drafts import Draft, Drafts
from bot.store.feedback import Feedback
from bot.store.memory import Memory
from bot.store.personal_data import PersonalData
from bot.store.places import Places
from bot.store.saves import Saves

log = logging.getLogger(__name__)

DRAIN = 20.0
"""Seconds that requests in hand get to finish after SIGTERM."""
PRUNE_EVERY = 3600.0
SWITCH = 0.0005
"""Seconds after which a thread at work (reading a changed corpus, finding out what is prepared) hands the interpreter to the
event loop when that wants it; Python's own 5 ms, some times over, would be felt."""


def utc_now() -> datetime:
    """The time."""
    return datetime.now(UTC)


@contextlib.asynccontextmanager
async def open_services(
    settings: Settings,
    knowledge: Knowledge,
    stop: asyncio.Event | None = None,
    now: Callable[[], datetime] = utc_now,
    timing: Timing | None = None,
) -> AsyncIterator[tuple[Services, Database]]:
    """The database, Slack and who we are in it; waits for Slack with growing pauses while it cannot be reached.

    Raises StoreError, SlackRefusesError, and StoppedError when `stop` is set while it waits.
    """
    database = await Database.open(settings.database_url)
    try:
        slack, ledger = SlackApi(settings.bot_token or "", settings.api_url), Ledger(database, timing)
        identity = await retry_until_reachable(lambda: identify(slack, settings), stop or asyncio.Event())
        services = Services(
            knowledge=knowledge,
            slack=slack,
            claims=Claims(database),
            memory=Memory(database),
            ledger=ledger,
            identity=identity,
            saves=Saves(database),
            feedback=Feedback(database),
            personal_data=PersonalData(database),
            places=Places(database),
            publisher=Publisher(ledger, slack, render, words=words(settings)),
            drafts=Drafts(database),
            channel=settings.channel,
            curators=settings.curators,
            crisis_line=settings.crisis_line,
            shared_channels=settings.shared_channels,
            approval=settings.approval,
            here=lambda: now().astimezone(settings.timezone),
            post_hour=settings.post_hour,
        )
        try:
            yield services, database
        finally:
            await services.pictures.close(DRAIN)
    finally:
        await database.close()


def _watch(settings: Settings, services: Services, database: Database) -> Watch | None:
    """The watch on the blog's page, where one is set."""
    address = settings.source_url
    if address is None:
        return None

    async def get(etag: str | None, last_modified: str | None) -> Fetched:
        private = settings.allow_private_source
        return await fetch(address, contact=settings.contact, allow_private=private, etag=etag, last_modified=last_modified)

    every = settings.source_hours * 3600.0
    return Watch(
        database,
        services.drafts,
        address,
        get,
        every=every,
        # A public site is asked once an hour at most; a server of one's own may be asked as often as its owner likes.
        least=min(every, 3600.0) if address_problem(address) else 3600.0,
        this_month=lambda: datetime.now(settings.timezone).strftime("%Y-%m"),
    )


def _desk(settings: Settings, services: Services, watch: Watch | None, on_pass: OnPass) -> Desk:
    """What works on drafts in this process."""

    async def written() -> None:
        await services.knowledge.refresh()
        services.woken.set()

    def render_draft(found: Draft) -> Message:
        source = hashlib.sha256(found.content.encode()).hexdigest()
        return Message(draft.draft_message(found).payload(), None, source)

    return Desk(
        services.drafts,
        services.ledger,
        services.slack,
        team=services.identity.team_id,
        curators=settings.curators,
        approval=settings.approval,
        root=settings.knowledge,
        watch=watch,
        render=render_draft,
        alarm=lambda trouble: Message(draft.alarm(trouble).payload()),
        written=written,
        standing=lambda: services.installation.revoked is None,
        on_pass=on_pass,
    )


def _check_writable(root: Path) -> None:
    """Raises SettingsError where the watch could not write what it brings."""
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


async def serve(settings: Settings, port: int) -> None:
    """Run until SIGTERM or SIGINT. Raises StoreError, CorpusError, SlackRefusesError or OSError (port taken) at start."""
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    knowledge = await asyncio.to_thread(Knowledge, settings.knowledge)
    with contextlib.suppress(StoppedError):
        await run(settings, port, knowledge, stop)


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
) -> None:
    """Serve until `stop` is set. `ready` is called with the port (chosen by the system for port 0) once requests are
    taken. `now` tells the time by which months are announced and clubs are called, `timing` the waits of the outbox, and
    `tick` the seconds between two passes of each background job (by default, the setting's). `on_pass` is called after
    each pass: tests learn from it that nothing is left to do.
    """
    tick = tick or settings.look_seconds
    sys.setswitchinterval(SWITCH)
    if settings.source_url:
        await asyncio.to_thread(_check_writable, settings.knowledge)
    async with open_services(settings, knowledge, stop, now, timing) as (services, database):
        watch = _watch(settings, services, database)
        services = dataclasses.replace(services, watch=watch)
        app = build_app(services)
        desk = _desk(settings, services, watch, on_pass)
        clock = Clock(
            services.publisher,
            lambda: knowledge.corpus,
            team=services.identity.team_id,
            channel=settings.channel,
            zone=settings.timezone,
            hour=settings.post_hour,
            standing=lambda: services.installation.revoked is None,
            woken=services.woken,
            now=now,
            on_pass=on_pass,
        )
        door = SocketModeServer(app, settings, services.identity) if settings.socket_mode else None
        http = (
            RequestVerifier(app, settings.signing_secret, services.identity)
            if settings.signing_secret and not door
            else None
        )
        health = Health(services, database, door, watch, desk)
        runner = web.AppRunner(_web_app(health, http), access_log=None, shutdown_timeout=DRAIN, handle_signals=False)
        await runner.setup()
        await web.TCPSite(runner, settings.host, port).start()
        address: tuple[str, int] = runner.addresses[0]
        watching = asyncio.create_task(knowledge.watch(tick, on_pass))
        # Not cancelled: a database call that is cut off keeps its lock, and its thread, which the process would wait for
        # at its end.
        in_database = [asyncio.create_task(clock.run(tick)), asyncio.create_task(_prune(services, stop))]
        if settings.source_url:
            in_database.append(asyncio.create_task(desk.run(tick)))
        try:
            if door:
                await door.open(stop)
            span = knowledge.corpus.span
            log.info(
                "ready: %s, %d summaries (%s to %s), %s",
                "Socket Mode" if door else f"HTTP on {address[0]}:{address[1]}{PATH}",
                len(knowledge.corpus.summaries),
                *(span or ("none", "none")),
                f"posting to {settings.channel}" if settings.channel else "no PPRNET_CHANNEL, so no monthly post",
            )
            ready(address[1])
            await stop.wait()
            log.info("stopping: finishing what is in hand")
        finally:
            stop.set()
            clock.stop()
            desk.stop()
            if door:
                await door.close(DRAIN)
            await runner.cleanup()  # stops listening, then waits for requests in hand
            watching.cancel()
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(asyncio.gather(watching, *in_database, return_exceptions=True), DRAIN)
    log.info("stopped")


def _web_app(health: Health, http: RequestVerifier | None) -> web.Application:
    app = web.Application(client_max_size=MAX_BODY)
    app.router.add_get("/health", health.handle)
    if http:
        app.router.add_post(PATH, http.handle)
    return app


async def _prune(services: Services, stop: asyncio.Event) -> None:
    while not stop.is_set():
        try:
            await services.claims.prune()
            await services.memory.prune()
        except Exception as error:
            log.error("old rows could not be pruned (%s)", type(error).__name__)
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(stop.wait(), timeout=PRUNE_EVERY)

"""`pprnet serve`: one process that answers Slack (Socket Mode or HTTP), posts months, and ends gracefully."""

from __future__ import annotations

import asyncio
import contextlib
import hashlib
import logging
import signal
import sys
import tempfile
from collections.abc import AsyncIterator, Callable
from datetime import UTC, datetime
from pathlib import Path

from bot.approval.blog_check import BlogCheck
from bot.approval.worker import ApprovalSettings, CuratorMessages, DraftWorker
from bot.blocks import draft
from bot.blog.fetch import Fetched, fetch
from bot.blog.public_address import address_problem
from bot.corpus.write import CorpusFolder
from bot.knowledge import Knowledge
from bot.listeners.services import Services
from bot.outbox.delivery import Message
from bot.outbox.timing import Timing
from bot.publishing.posting import Place, Posting
from bot.publishing.scheduler import Job, OnPass, Scheduler, ignore_pass
from bot.server.app import build_app
from bot.server.features import build_features
from bot.server.health import Health
from bot.server.messages import templates
from bot.server.web import serving
from bot.settings import Settings, SettingsError
from bot.slack.client import SlackApi
from bot.slack.curators import Curators
from bot.slack.http import PATH, RequestVerifier
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
from bot.store.sources import Sources

log = logging.getLogger(__name__)

DRAIN = 20.0
"""Seconds that requests and jobs in progress get to finish after SIGTERM."""
CLEAN_UP_EVERY = 3600.0
SWITCH = 0.0005
"""Seconds after which a thread at work (reading a changed corpus, ) hands the interpreter to the
event loop when that wants it; Python's own 5 ms, some times over, would be felt."""


def utc_now() -> datetime:
    """Return the time in UTC."""
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
        slack = SlackApi(settings.bot_token or "", settings.api_url)
        features = build_features(database, slack, templates(), curators=settings.curators, timing=timing)
        identity = await retry_until_reachable(lambda: identify(slack, settings), stop or asyncio.Event())
        services = Services(
            knowledge=knowledge,
            slack=slack,
            claims=Claims(database),
            memory=Memory(database),
            ledger=features.ledger,
            worker=features.worker,
            publisher=features.publisher,
            clubs=features.clubs,
            identity=identity,
            saves=Saves(database),
            feedback=Feedback(database),
            personal_data=PersonalData(database),
            places=Places(database),
            drafts=Drafts(database),
            source=Sources(database, settings.source_url) if settings.source_url else None,
            channel=settings.channel,
            curators=Curators(settings.curators, slack.is_admin),
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


def _blog_check(settings: Settings, services: Services) -> BlogCheck | None:
    """Return the check of the blog's page, where one is set."""
    address = settings.source_url
    if address is None or services.source is None:
        return None

    async def get(etag: str | None, last_modified: str | None) -> Fetched:
        private = settings.allow_private_source
        return await fetch(address, contact=settings.contact, allow_private=private, etag=etag, last_modified=last_modified)

    every = settings.source_hours * 3600.0
    return BlogCheck(
        services.source,
        services.drafts,
        get,
        every=every,
        # A public site is asked once an hour at most; a server of one's own may be asked as often as its owner likes.
        least=min(every, 3600.0) if address_problem(address) else 3600.0,
        this_month=lambda: datetime.now(settings.timezone).strftime("%Y-%m"),
    )


def _draft_worker(settings: Settings, services: Services) -> DraftWorker:
    """Return what processes drafts in this process."""

    async def written() -> None:
        await services.knowledge.refresh()
        services.woken.set()

    def render_draft(found: Draft) -> Message:
        source = hashlib.sha256(found.content.encode()).hexdigest()
        return Message(draft.draft_message(found).payload(), None, source)

    return DraftWorker(
        services.drafts,
        services.ledger,
        services.slack,
        ApprovalSettings(services.identity.team_id, settings.curators, settings.approval, settings.knowledge),
        CuratorMessages(render_draft, lambda trouble: Message(draft.alarm(trouble).payload())),
        written,
    )


def _scheduler(
    settings: Settings,
    services: Services,
    drafts: DraftWorker,
    tick: float,
    now: Callable[[], datetime],
    on_pass: OnPass,
) -> Scheduler:
    """Return the background jobs."""
    place = Place(services.identity.team_id, settings.channel, settings.timezone, settings.post_hour)
    stopping: list[Callable[[], bool]] = []
    posting = Posting(
        services.publisher,
        services.worker,
        services.clubs,
        lambda: services.knowledge.corpus,
        place,
        now=now,
        is_stopping=lambda: any(each() for each in stopping),
    )

    def is_installed() -> bool:
        return services.installation.revoked is None

    async def clean_up() -> bool:
        await services.claims.prune()
        await services.memory.prune()
        return False

    pace = services.ledger.timing.pace
    jobs = [
        Job("posting", tick, posting.run, soon=pace, woken=services.woken, when=is_installed),
        Job("library", tick, services.knowledge.refresh),
        Job("clean-up", CLEAN_UP_EVERY, clean_up),
    ]
    if check := _blog_check(settings, services):

        async def check_blog() -> bool:
            before = check.checks
            if trouble := await check.poll(lambda: CorpusFolder(settings.knowledge)):
                await drafts.alert(trouble)
            return check.checks > before

        jobs += [
            Job("blog check", tick, check_blog, when=is_installed),
            Job("drafts", tick, drafts.process_drafts, woken=services.drafts.changed, when=is_installed),
        ]
    scheduler = Scheduler(jobs, on_pass)
    stopping.append(scheduler.is_stopping)
    return scheduler


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
    taken. `now` returns the time by which months are announced and club messages sent, `timing` the waits of the outbox, and
    `tick` the seconds between two passes of each background job (by default, the setting's). `on_pass` is called after
    each pass: tests learn from it that nothing is left to do.
    """
    tick = tick or settings.look_seconds
    sys.setswitchinterval(SWITCH)
    if settings.source_url:
        await asyncio.to_thread(_check_writable, settings.knowledge)
    async with open_services(settings, knowledge, stop, now, timing) as (services, database):
        app = build_app(services)
        drafts = _draft_worker(settings, services)
        scheduler = _scheduler(settings, services, drafts, tick, now, on_pass)
        socket = SocketModeServer(app, settings, services.identity) if settings.socket_mode else None
        http = (
            RequestVerifier(app, settings.signing_secret, services.identity)
            if settings.signing_secret and not socket
            else None
        )
        health = Health(services, database, socket, scheduler, drafts, http)
        jobs: list[asyncio.Task[None]] = []
        try:
            async with serving(health.handle, http, settings.host, port, drain=DRAIN) as address:
                # Never cancelled: a database call that is cut off keeps its lock, and its thread, which the process would
                # wait for at its end.
                jobs.append(asyncio.create_task(scheduler.run()))
                try:
                    if socket:
                        await socket.open(stop)
                    log.info(
                        "ready: %s, %d summaries (%s to %s), %s",
                        "Socket Mode" if socket else f"HTTP on {address[0]}:{address[1]}{PATH}",
                        len(knowledge.corpus.summaries),
                        *(knowledge.corpus.span or ("none", "none")),
                        f"posting to {settings.channel}" if settings.channel else "no PPRNET_CHANNEL, so no monthly post",
                    )
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

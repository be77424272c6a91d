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
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, TypeVar

import aiohttp
from aiohttp import web
from slack_bolt.adapter.socket_mode.async_handler import AsyncSocketModeHandler
from slack_bolt.async_app import AsyncApp
from slack_sdk.errors import SlackApiError
from slack_sdk.socket_mode.aiohttp import SocketModeClient
from slack_sdk.socket_mode.request import SocketModeRequest

from bot import gate
from bot.app import build_app
from bot.blocks import club, draft, monthly, subscribing
from bot.blocks.check import problems
from bot.blocks.monthly import month_messages
from bot.corpus.model import Corpus, Issue
from bot.identity import Identity, app_id_of, is_foreign
from bot.knowledge import Knowledge
from bot.listeners.services import Services
from bot.publishing import content
from bot.publishing.clock import Clock
from bot.publishing.club_desk import ClubWords
from bot.publishing.desk import Desk
from bot.publishing.drafts import APPROVED, Draft, Drafts
from bot.publishing.ledger import Ledger, Message
from bot.publishing.publisher import Publisher, UnpostableError, Words
from bot.publishing.watch import Watch
from bot.settings import Settings, SettingsError
from bot.slack_api import SlackApi, error_code
from bot.source.address import address_problem
from bot.source.fetch import Fetched, fetch
from bot.store.claims import Claims
from bot.store.database import Database
from bot.store.kept import Kept
from bot.store.memory import Memory

T = TypeVar("T")

log = logging.getLogger(__name__)

DRAIN = 20.0
"""Seconds that requests in hand get to finish after SIGTERM."""
PRUNE_EVERY = 3600.0
SWITCH = 0.0005
"""Seconds after which a thread at work (reading a changed corpus, finding out what is prepared) hands the interpreter to the
event loop when that wants it; Python's own 5 ms, some times over, would be felt."""
_FATAL = frozenset(
    """invalid_auth not_authed account_inactive token_revoked token_expired no_permission org_login_required
    not_allowed_token_type missing_scope""".split()
)


class StoppedError(Exception):
    """The process was told to stop before it had started."""


class SlackRefusesError(Exception):
    """Slack does not accept the token; the message says what to do."""


async def identify(slack: SlackApi, settings: Settings) -> Identity:
    """Ask Slack who we are. Raises SlackRefusesError for a token that will not do, SlackApiError or ClientError
    otherwise.
    """
    try:
        answer = await slack.again.auth_test()
    except SlackApiError as error:
        code = error_code(error)
        if code in _FATAL:
            raise SlackRefusesError(
                f"Slack refuses SLACK_BOT_TOKEN ({code}): copy the Bot User OAuth Token again, or install the app again"
            ) from None
        raise
    return Identity(
        team_id=str(answer["team_id"]),
        user_id=str(answer["user_id"]),
        bot_id=answer.get("bot_id"),
        enterprise_id=answer.get("enterprise_id"),
        app_id=settings.app_id or app_id_of(settings.app_token),
    )


def render(corpus: Corpus, issue: Issue, by: str | None = None) -> list[Message]:
    """A month as the publisher's messages. Raises UnpostableError for what Slack would refuse, before it is planned."""
    rendered = []
    for message, summary in month_messages(corpus, issue, by):
        if faults := problems(message.blocks):
            raise UnpostableError(f"the month {issue.month} cannot be posted: {'; '.join(faults)}")
        source = content.of_summary(summary) if summary else content.of_month(issue)
        rendered.append(Message(message.payload(), summary.id if summary else None, source))
    return rendered


def words(settings: Settings) -> Words:
    """What the publisher says beside the months."""
    return Words(
        follow=lambda *given: Message(monthly.followed(*given).payload()),
        paused=lambda channel, code: Message(subscribing.paused(channel, code).payload()),
        subscribed=lambda user: Message(subscribing.subscribed(user).payload()),
        club=club_words(),
        curators=settings.curators,
    )


def club_words() -> ClubWords:
    """What is said of journal clubs. What is news stands in the channel too, not in the thread alone."""
    aloud = {"reply_broadcast": True}
    return ClubWords(
        opening=lambda *given: club.opening(*given).payload(),
        card=lambda summary: club.card(summary).payload(),
        questions=lambda summary: club.questions(summary).payload(),
        call=lambda *given: {**club.call(*given).payload(), **aloud},
        moved=lambda *given: {**club.moved(*given).payload(), **aloud},
        cancelled=lambda *given: {**club.cancelled(*given).payload(), **aloud},
    )


def utc_now() -> datetime:
    """The time."""
    return datetime.now(UTC)


@contextlib.asynccontextmanager
async def open_services(
    settings: Settings,
    knowledge: Knowledge,
    stop: asyncio.Event | None = None,
    now: Callable[[], datetime] = utc_now,
) -> AsyncIterator[tuple[Services, Database]]:
    """The database, Slack and who we are in it; waits for Slack with growing pauses while it cannot be reached.

    Raises StoreError, SlackRefusesError, and StoppedError when `stop` is set while it waits.
    """
    database = await Database.open(settings.database_url)
    try:
        slack, ledger = SlackApi(settings.bot_token or "", settings.api_url), Ledger(database)
        identity = await _patiently(lambda: identify(slack, settings), stop or asyncio.Event())
        services = Services(
            knowledge=knowledge,
            slack=slack,
            claims=Claims(database),
            memory=Memory(database),
            ledger=ledger,
            identity=identity,
            kept=Kept(database),
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


def _desk(settings: Settings, services: Services, watch: Watch | None) -> Desk:
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
        standing=lambda: services.standing.revoked is None,
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


async def _patiently(call: Callable[[], Awaitable[T]], stop: asyncio.Event) -> T:
    pause = 1.0
    while not stop.is_set():
        try:
            return await call()
        except (SlackApiError, aiohttp.ClientError, TimeoutError, OSError) as error:
            log.warning("Slack cannot be reached (%s); next try in %.0f s", error_code(error), pause)
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(stop.wait(), timeout=pause)
            pause = min(pause * 2, 60.0)
    raise StoppedError


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
) -> None:
    """Serve until `stop` is set. `ready` is called with the port (chosen by the system for port 0) once requests are
    taken. `now` tells the time by which months are announced and clubs are called.
    """
    sys.setswitchinterval(SWITCH)
    if settings.source_url:
        await asyncio.to_thread(_check_writable, settings.knowledge)
    async with open_services(settings, knowledge, stop, now) as (services, database):
        watch = _watch(settings, services, database)
        services = dataclasses.replace(services, watch=watch)
        app = build_app(services)
        desk = _desk(settings, services, watch)
        clock = Clock(
            services.publisher,
            lambda: knowledge.corpus,
            team=services.identity.team_id,
            channel=settings.channel,
            zone=settings.timezone,
            hour=settings.post_hour,
            standing=lambda: services.standing.revoked is None,
            woken=services.woken,
            now=now,
        )
        door = SocketDoor(app, settings, services.identity) if settings.socket_mode else None
        http = gate.Gate(app, settings.signing_secret, services.identity) if settings.signing_secret and not door else None
        health = Health(services, database, door, watch, desk)
        runner = web.AppRunner(_web_app(health, http), access_log=None, shutdown_timeout=DRAIN, handle_signals=False)
        await runner.setup()
        await web.TCPSite(runner, settings.host, port).start()
        address: tuple[str, int] = runner.addresses[0]
        watching = asyncio.create_task(knowledge.watch(settings.look_seconds))
        # Not cancelled: a database call that is cut off keeps its lock, and its thread, which the process would wait for
        # at its end.
        in_database = [asyncio.create_task(clock.run(settings.look_seconds)), asyncio.create_task(_prune(services, stop))]
        if settings.source_url:
            in_database.append(asyncio.create_task(desk.run(settings.look_seconds)))
        try:
            if door:
                await door.open(stop)
            span = knowledge.corpus.span
            log.info(
                "ready: %s, %d summaries (%s to %s), %s",
                "Socket Mode" if door else f"HTTP on {address[0]}:{address[1]}{gate.PATH}",
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


def _web_app(health: Health, http: gate.Gate | None) -> web.Application:
    app = web.Application(client_max_size=gate.MAX_BODY)
    app.router.add_get("/health", health.handle)
    if http:
        app.router.add_post(gate.PATH, http.handle)
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


class SocketDoor:
    """The way in by Socket Mode: envelopes that are not for us are dropped, the others go to the app and are acknowledged
    after.
    """

    def __init__(self, app: AsyncApp, settings: Settings, identity: Identity) -> None:
        self._identity = identity
        self._handler = _Handler(app, settings, self)
        self.in_hand: set[asyncio.Task[Any]] = set()
        self.closing = False

    async def open(self, stop: asyncio.Event) -> None:
        """Connect; the client reconnects by itself from then on. Raises SlackRefusesError or StoppedError."""
        client = self._handler.client
        # Asked for here: the client itself would try a refused token for ever.
        client.wss_uri = await _patiently(self._handler.address, stop)
        connecting = asyncio.create_task(client.connect())  # type: ignore[no-untyped-call]
        stopping = asyncio.create_task(stop.wait())
        await asyncio.wait({connecting, stopping}, return_when=asyncio.FIRST_COMPLETED)
        stopping.cancel()
        if not connecting.done():
            connecting.cancel()
            raise StoppedError
        await connecting

    async def is_connected(self) -> bool:
        """Whether the socket stands (a coroutine in this client: without await it would always be true)."""
        return bool(await self._handler.client.is_connected())

    def admits(self, payload: Mapping[str, Any]) -> bool:
        """Whether an envelope is for this app and workspace."""
        if self.closing:
            return False
        if not gate.is_whole(payload):
            log.warning("refused an envelope: unreadable")
            return False
        if is_foreign(payload, self._identity):
            log.warning("refused an envelope: other_workspace_or_app")
            return False
        return True

    async def close(self, within: float) -> None:
        """Take nothing more, finish what is in hand, disconnect. What was not acknowledged Slack delivers again."""
        self.closing = True
        if self.in_hand:
            await asyncio.wait(self.in_hand, timeout=within)
        await self._handler.client.close()  # type: ignore[no-untyped-call]


class _Handler(AsyncSocketModeHandler):
    def __init__(self, app: AsyncApp, settings: Settings, door: SocketDoor) -> None:
        slack = SlackApi(settings.bot_token or "", settings.api_url)
        super().__init__(app, settings.app_token, logger=logging.getLogger("slack_sdk"), web_client=slack.again)
        self._door = door
        self._slack = slack
        self._app_token = settings.app_token or ""

    async def address(self) -> str:
        """Ask Slack for the address of a socket. Raises SlackRefusesError for an app-level token that will not do."""
        try:
            answer = await self._slack.again.apps_connections_open(app_token=self._app_token)
        except SlackApiError as error:
            code = error_code(error)
            if code in _FATAL:
                raise SlackRefusesError(
                    f"Slack refuses SLACK_APP_TOKEN ({code}): make an app-level token with the scope connections:write, "
                    "and turn Socket Mode on"
                ) from None
            raise
        return str(answer["url"])

    async def handle(self, client: SocketModeClient, req: SocketModeRequest) -> None:  # type: ignore[override]
        if not self._door.admits(req.payload):
            return
        task = asyncio.current_task()
        if task:
            self._door.in_hand.add(task)
            task.add_done_callback(self._door.in_hand.discard)
        await super().handle(client, req)


class Health:
    """`/health`: 200 when the bot can do its work, 503 when not, and why. Nothing in it is secret or personal."""

    def __init__(
        self, services: Services, database: Database, door: SocketDoor | None, watch: Watch | None, desk: Desk
    ) -> None:
        self._services = services
        self._database = database
        self._door = door
        self._watch = watch
        self._desk = desk

    async def _watched(self) -> dict[str, Any] | None:
        """The state of the watch on the blog's page; None where there is none."""
        if self._watch is None:
            return None
        found = await self._watch.standing()
        times = {"last_look": found.checked_at, "last_success": found.succeeded_at, "next_look": found.next_at}
        return {
            **{name: at and datetime.fromtimestamp(at, UTC).isoformat(timespec="seconds") for name, at in times.items()},
            "failures_in_a_row": found.failures,
            "trouble": found.trouble,
        }

    async def handle(self, _request: web.Request) -> web.Response:
        """Answer a probe."""
        corpus = self._services.knowledge.corpus
        troubles = []
        writable = await self._database.writable()
        if not writable:
            troubles.append("the database cannot be written")
        if self._door and not await self._door.is_connected():
            troubles.append("the socket to Slack is not connected")
        if self._services.standing.revoked:
            troubles.append(self._services.standing.revoked)
        if self._desk.unwritten:
            troubles.append(self._desk.unwritten)
        ledger = self._services.ledger
        waiting = [delivery.id for delivery in await ledger.in_state("manual")] if writable else []
        failed = [delivery.id for delivery in await ledger.in_state("failed")] if writable else []
        state = {
            "status": "trouble" if troubles else "ok",
            "troubles": troubles,
            "summaries": len(corpus.summaries),
            "months": len(corpus.issues),
            "corpus_on_disk_faulty": self._services.knowledge.faulty,
            "deliveries_waiting_for_a_person": waiting,
            "deliveries_failed": failed,
            "watch": await self._watched() if writable else None,
            "drafts_waiting": [each.month for each in await self._services.drafts.all() if each.state != APPROVED]
            if writable
            else [],
        }
        return web.json_response(state, status=503 if troubles else 200)

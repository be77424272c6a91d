"""The HTTP server: what it serves, and how much of it a stranger can take up. It listens before the bot has started, so that
monitoring gets an answer from the first second; until then Slack and agents get 503, after which Slack delivers again.

A connection that brings no request is closed after a while, and the number of connections is bounded: the oldest without a
verified request makes room for a new one, so that idle ones shut nobody out and descriptors stay free for all else.
"""

from __future__ import annotations

import asyncio
import contextlib
import errno
import logging
import os
import resource
import socket
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from aiohttp import web
from aiohttp.web_protocol import RequestHandler

from bot.failures import log_failure
from bot.slack.http import MAX_BODY, PATH, RequestVerifier, not_now

if TYPE_CHECKING:
    from bot.agents.door import AgentDoor  # an extra comes with it
    from bot.server.joining import Joining  # here too

log = logging.getLogger(__name__)

AGENTS_PATH = "/mcp"
IDLE = 15.0
"""Seconds after which a connection is closed that has brought no whole header of a request."""
LINGER = 2.0
"""Seconds in which the rest of a refused body is read, so that its sender gets to see the answer."""
MOST = 1000
"""Connections at once; fewer where the system allows few open files."""
_BATCH = 16
"""Connections that asyncio takes before it makes room for any of them (it calls that the backlog)."""
_QUEUE = 1024
"""Connections that the system keeps until they are taken."""
_QUIET = 60.0
"""Seconds for which a lack of descriptors is not logged again."""
_EXHAUSTED = frozenset((errno.EMFILE, errno.ENFILE, errno.ENOBUFS, errno.ENOMEM))

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


@dataclass(slots=True)
class Doors:
    """Who lets requests in, once the bot has started."""

    slack: RequestVerifier | None = None
    agents: AgentDoor | None = None
    joining: Joining | None = None

    def keeps(self, connection: object) -> bool:
        """Return whether a connection has a request that was let in."""
        return any(connection in door.in_progress for door in (self.slack, self.agents) if door)


@dataclass(frozen=True, slots=True)
class Server:
    """A server that listens. `close` takes nothing more, and finishes what is in progress; it may be called again."""

    address: tuple[str, int]
    close: Callable[[], Awaitable[None]]


@contextlib.asynccontextmanager
async def serving(
    pages: Mapping[str, Handler],
    doors: Doors,
    host: str,
    port: int,
    *,
    drain: float,
    slack: bool,
    agents: bool,
) -> AsyncIterator[Server]:
    """Serve pages by their paths and, where asked to, Slack's requests and agents' through the doors. At the end, requests
    in progress get `drain` seconds. Raises OSError where the port is taken.
    """

    async def from_slack(request: web.Request) -> web.StreamResponse:
        return await doors.slack.handle(request) if doors.slack else not_now()

    async def from_agent(request: web.Request) -> web.StreamResponse:
        return await doors.agents.handle(request) if doors.agents else not_now()

    app = web.Application(client_max_size=MAX_BODY, middlewares=[_answer_failures])
    for path, page in pages.items():
        app.router.add_get(path, page)
    if slack:
        app.router.add_post(PATH, from_slack)
    if agents:
        app.router.add_route("*", AGENTS_PATH, from_agent)
    runner = web.AppRunner(
        app,
        access_log=None,
        shutdown_timeout=drain,
        handle_signals=False,
        auto_decompress=False,  # before a signature is checked, nothing is unpacked
        keepalive_timeout=IDLE,
        lingering_time=LINGER,
        logger=_silent(),
    )
    _handle_exhaustion(asyncio.get_running_loop())
    await runner.setup()
    try:
        await _Site(runner, host, port, doors.keeps).start()
        yield Server(runner.addresses[0], runner.cleanup)
    finally:
        await runner.cleanup()  # stops listening, then waits for requests in progress


class _Site(web.BaseSite):
    """Listens on a port, and makes room for new connections. Those that `keeps` names are not closed."""

    def __init__(self, runner: web.BaseRunner, host: str, port: int, keeps: Callable[[object], bool]) -> None:
        super().__init__(runner)
        self._place = (host, port)
        self._keeps = keeps

    @property
    def name(self) -> str:
        """Return the address."""
        return "http://{}:{}".format(*self._place)

    async def start(self) -> None:
        """Begin to listen."""
        await super().start()
        self._server = server = await asyncio.get_running_loop().create_server(self._accept, *self._place, backlog=_BATCH)
        for each in server.sockets:
            with socket.socket(fileno=os.dup(each.fileno())) as same:
                same.listen(_QUEUE)

    def _accept(self) -> RequestHandler:
        server = self._runner.server
        if server is None:
            raise ConnectionAbortedError
        open_now = [each for each in server.connections if each.transport is not None]
        idle = [each for each in open_now if not self._keeps(each)]
        for oldest in idle[: max(0, len(open_now) + 1 - _most())]:
            oldest.force_close()
        return server()


def _most() -> int:
    """Return how many connections there may be: half of the files that may be open stay for all else."""
    return min(MOST, resource.getrlimit(resource.RLIMIT_NOFILE)[0] // 2)


@web.middleware
async def _answer_failures(request: web.Request, handler: Handler) -> web.StreamResponse:
    try:
        return await handler(request)
    except web.HTTPException:
        raise
    except Exception as error:
        log_failure(error)
        return web.Response(status=500)


def _silent() -> logging.Logger:
    """Return a logger for what is wrong with strangers' requests: aiohttp would write addresses, and lines without end."""
    logger = logging.getLogger("aiohttp.server")
    logger.setLevel(logging.CRITICAL)
    return logger


def _handle_exhaustion(loop: asyncio.AbstractEventLoop) -> None:
    """Log that there is no descriptor for a new connection once, not at each of asyncio's many tries."""
    quiet_until = 0.0

    def handle(loop: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
        nonlocal quiet_until
        error = context.get("exception")
        if not (isinstance(error, OSError) and error.errno in _EXHAUSTED):
            loop.default_exception_handler(context)
        elif time.monotonic() > quiet_until:
            quiet_until = time.monotonic() + _QUIET
            log.error("no connection can be taken: the system allows no more open files (raise `ulimit -n`)")

    loop.set_exception_handler(handle)

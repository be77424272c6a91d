"""From an aiohttp request to the package's own HTTP transport and back: one JSON request, one JSON answer.

The transport is an ASGI application, and this project's HTTP server is aiohttp. Since it runs without sessions and with JSON
answers, no stream is ever open: a request's body, which the door has read and bounded, goes in, and one answer is collected.
So the protocol's revisions, their negotiation and their errors stay the package's business.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator
from typing import Any

from aiohttp import web
from mcp.server.lowlevel import Server
from mcp.server.streamable_http_manager import StreamableHTTPSessionManager
from starlette.types import Message

_PASSED_ON = ("content-type", "allow")
"""Headers of an answer that are the transport's to say."""


@contextlib.asynccontextmanager
async def bridged(server: Server[Any]) -> AsyncIterator[Bridge]:
    """Run the transport of a server; yields what takes requests to it."""
    manager = StreamableHTTPSessionManager(server, json_response=True, stateless=True)
    ready, stop = asyncio.Event(), asyncio.Event()

    async def run() -> None:
        # In a task of its own: its task group would wrap what fails inside the block into a group of errors.
        async with manager.run():
            ready.set()
            await stop.wait()

    running = asyncio.create_task(run())
    waiting = asyncio.create_task(ready.wait())
    await asyncio.wait({running, waiting}, return_when=asyncio.FIRST_COMPLETED)
    waiting.cancel()
    try:
        yield Bridge(manager)
    finally:
        stop.set()
        await running


class Bridge:
    """Takes requests to the transport."""

    def __init__(self, manager: StreamableHTTPSessionManager) -> None:
        self._manager = manager

    async def answer(self, request: web.Request, body: bytes) -> web.Response:
        """Return the transport's answer to a request with this body."""
        headers = [
            (name.lower().encode("latin-1", "replace"), value.encode("latin-1", "replace"))
            for name, value in request.headers.items()
            if name.lower() != "authorization"
        ]
        scope = {
            "type": "http",
            "asgi": {"version": "3.0"},
            "http_version": "1.1",
            "method": request.method,
            "scheme": "http",
            "path": request.path,
            "raw_path": request.path.encode(),
            "root_path": "",
            "query_string": b"",
            "headers": headers,
            "client": None,
            "server": None,
        }
        unread = [body]
        status, passed_on, written = 500, dict[str, str](), bytearray()

        async def receive() -> Message:
            if unread:
                return {"type": "http.request", "body": unread.pop(), "more_body": False}
            await asyncio.Event().wait()  # the asker stays until the answer is there
            raise AssertionError

        async def send(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                found = {name.decode("latin-1").lower(): value.decode("latin-1") for name, value in message["headers"]}
                passed_on.update({name: found[name] for name in _PASSED_ON if name in found})
            else:
                written.extend(message.get("body", b""))

        await self._manager.handle_request(scope, receive, send)
        return web.Response(status=status, headers=passed_on, body=bytes(written))

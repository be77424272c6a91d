"""A web server on this machine for as long as a test needs one."""

from __future__ import annotations

import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable

from aiohttp import web

Answer = Callable[[web.Request], Awaitable[web.StreamResponse]]


@contextlib.asynccontextmanager
async def serving(answer: Answer, path: str = "/{any:.*}", *, host: str = "127.0.0.1", port: int = 0) -> AsyncIterator[str]:
    """Answer requests for a path, on a free port unless one is given; yields the address without a path."""
    app = web.Application()
    app.router.add_get(path, answer)
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
    await runner.setup()
    try:
        await web.TCPSite(runner, host, port).start()
        yield f"http://{host}:{runner.addresses[0][1]}"
    finally:
        await runner.cleanup()

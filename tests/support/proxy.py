"""A TCP proxy that can fall silent, as a server does after a failover without FIN or RST, or refuse connections."""

from __future__ import annotations

import asyncio
import contextlib
from types import TracebackType


class Proxy:
    """Forwards connections to a server on a port of its own."""

    def __init__(self, host: str, port: int) -> None:
        self._target = (host, port)
        self._flows = asyncio.Event()
        self._flows.set()
        self._until: bytes | None = None
        self._server: asyncio.Server | None = None
        self._open: set[asyncio.StreamWriter] = set()
        self.port = 0

    async def __aenter__(self) -> Proxy:
        await self._listen()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._flows.set()
        await self.refuse()

    async def fall_silent(self) -> None:
        """Keep every connection, and take new ones, but forward nothing."""
        self._flows.clear()

    def fall_silent_at(self, said: bytes) -> None:
        """Fall silent as soon as anyone sends these bytes, before they are forwarded."""
        self._until = said

    async def refuse(self) -> None:
        """Close every connection and refuse new ones."""
        if self._server:
            self._server.close()
        self._close_all()

    async def recover(self) -> None:
        """Forward again. What was silent is cut off, as a server does that knows nothing of it any more."""
        self._close_all()
        self._flows.set()
        if self._server and not self._server.is_serving():
            await self._listen()

    async def _listen(self) -> None:
        self._server = await asyncio.start_server(self._connected, "127.0.0.1", self.port, reuse_address=True)
        self.port = self._server.sockets[0].getsockname()[1]

    def _close_all(self) -> None:
        for writer in self._open:
            writer.transport.abort()
        self._open.clear()

    async def _connected(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._open.add(writer)
        await self._flows.wait()
        with contextlib.suppress(OSError):
            far_reader, far_writer = await asyncio.open_connection(*self._target)
            self._open.add(far_writer)
            await asyncio.gather(self._pump(reader, far_writer), self._pump(far_reader, writer))

    async def _pump(self, source: asyncio.StreamReader, target: asyncio.StreamWriter) -> None:
        with contextlib.suppress(OSError):
            while data := await source.read(65536):
                if self._until and self._until in data:
                    self._until = None
                    await self.fall_silent()
                await self._flows.wait()
                target.write(data)
                await target.drain()
        target.transport.abort()

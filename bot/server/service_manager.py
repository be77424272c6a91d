"""What systemd hears of a service of `Type=notify`: that it has started, how it is, that it lives, that it ends.

A message is one datagram to the socket that the environment names (sd_notify); without it nothing is sent.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import os
import socket
from collections.abc import AsyncIterator, Mapping

log = logging.getLogger(__name__)


class ServiceManager:
    """The service manager that started this process, if any."""

    def __init__(self, environ: Mapping[str, str] = os.environ) -> None:
        self._address = environ.get("NOTIFY_SOCKET", "").replace("@", "\0", 1)
        microseconds = environ.get("WATCHDOG_USEC", "")
        mine = environ.get("WATCHDOG_PID", str(os.getpid())) == str(os.getpid())
        self._every = int(microseconds) / 2e6 if microseconds.isdecimal() and mine else 0.0

    def tell(self, *assignments: str) -> None:
        """Send a message. One that cannot be sent is not worth more than a line in the log."""
        if not self._address:
            return
        try:
            with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM | socket.SOCK_CLOEXEC) as sender:
                sender.setblocking(False)
                sender.sendto("\n".join(assignments).encode(), self._address)
        except OSError as error:
            log.warning("the service manager was not notified (%s)", error.strerror)

    @contextlib.asynccontextmanager
    async def started(self) -> AsyncIterator[None]:
        """Say that the process has started and, as long as the event loop turns, that it lives; at the end, that it ends."""
        self.tell("READY=1")
        feeding = asyncio.create_task(self._feed()) if self._every else None
        try:
            yield
        finally:
            self.tell("STOPPING=1")
            if feeding:
                feeding.cancel()

    async def _feed(self) -> None:
        while True:
            self.tell("WATCHDOG=1")
            await asyncio.sleep(self._every)

"""The address and port on which the bot is to listen, as `pprnet doctor` sees them. Nothing is listened on."""

from __future__ import annotations

import asyncio
import errno
import socket

from bot.cli.checkup.finding import Finding, error, ok
from bot.cli.running import address_of, answer_at

CHECK = "port"
WAIT = 5.0
"""Seconds that a host's name may take to look up."""


async def check_port(host: str, port: int) -> list[Finding]:
    """Return whether the bot can listen there, or does already."""
    try:
        async with asyncio.timeout(WAIT):
            found = await asyncio.get_running_loop().getaddrinfo(
                host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
            )
        for family, kind, protocol, _, address in found:
            with socket.socket(family, kind, protocol) as tried:
                tried.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
                if family == socket.AF_INET6:
                    tried.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
                tried.bind(address)
    except OSError as failed:  # TimeoutError and those of a host's name, too
        return [await asyncio.to_thread(_refused, host, port, failed)]
    return [ok(CHECK, f"{port} on {host} is free")]


def _refused(host: str, port: int, failed: OSError) -> Finding:
    if failed.errno == errno.EADDRINUSE:
        if answer_at(address_of(host, port, "live")):
            return ok(CHECK, f"the bot answers at {port} on {host}")
        said = f"another program has port {port} on {host}"
        return error(CHECK, said, "Stop it, or give the bot another port: pprnet serve --port (and here doctor --port).")
    if failed.errno == errno.EACCES:
        return error(CHECK, f"this user may not listen on port {port}", "Choose one above 1023: pprnet serve --port.")
    why = "" if failed.errno == errno.EADDRNOTAVAIL else f" ({failed.strerror or 'no answer in time'})"
    return error(CHECK, f"PPRNET_HOST is {host}, which is no address of this host{why}", "Set 127.0.0.1, 0.0.0.0 or ::.")

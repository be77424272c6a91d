"""Fetching a page from the web: bounded in size and time, and never from inside the house.

The address may come from a setting, a command line or a redirect. Every hop is checked, and every address is checked once
more where the socket is made: there no name can mean something else than it did before.
"""

from __future__ import annotations

import asyncio
import re
import socket
import time
import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from typing import Any
from urllib.parse import urljoin

import aiohttp
from aiohttp.abc import AbstractResolver, ResolveResult

from bot.blog.page import MAX_BYTES
from bot.blog.public_address import address_problem, is_public
from bot.blog.unpacking import unpacker
from bot.errors import ExpectedError

TIMEOUT = 20.0
"""Seconds for everything together: names, redirects, body."""
MAX_REDIRECTS = 5
_MOVED = frozenset((301, 302, 303, 307, 308))
_PASSING = frozenset((408, 425, 429, 500, 502, 503, 504))
PAGES = ("text/html", "application/xhtml+xml", "text/plain")
HTML = "text/html, text/plain;q=0.8"
"""The media types of pages; what is asked for where a page is wanted."""


class FetchError(ExpectedError):
    """A page that could not be had; the message says why.

    `wait` is how many seconds the site asks to be left alone, `status` its answer's, `passing` whether asking again later
    may help.
    """

    def __init__(self, message: str, wait: float | None = None, *, status: int | None = None, passing: bool = False) -> None:
        super().__init__(message)
        self.wait = wait
        self.status = status
        self.passing = passing


@dataclass(frozen=True, slots=True)
class Fetched:
    """A page: its bytes (None: not changed since), the address it came from in the end, and what to ask with next time."""

    body: bytes | None
    address: str
    charset: str | None = None
    etag: str | None = None
    last_modified: str | None = None


async def fetch(
    address: str,
    *,
    contact: str | None = None,
    allow_private: bool = False,
    etag: str | None = None,
    last_modified: str | None = None,
    accept: str = HTML,
    types: Sequence[str] = PAGES,
) -> Fetched:
    """Get a page, or what else is of one of these media types. Raises FetchError."""
    headers = {
        "User-Agent": "pprnet-bot" + (f" (+{contact})" if contact else ""),
        "Accept": accept,
        "Accept-Encoding": "gzip, deflate",
    }
    headers |= {"If-None-Match": etag} if etag else {}
    headers |= {"If-Modified-Since": last_modified} if last_modified else {}
    guard = _Guard(allow_private)
    try:
        async with asyncio.timeout(TIMEOUT), guard.session(headers) as session:
            return await _follow(session, guard, address, types)
    except TimeoutError:
        raise FetchError(f"no whole answer within {TIMEOUT:.0f} seconds", passing=True) from None
    except aiohttp.ClientConnectorDNSError as error:
        raise FetchError(guard.refused or f"no such host ({error.host[:60]})") from None
    except (aiohttp.ClientError, OSError, zlib.error, ValueError) as error:
        why = guard.refused or f"the connection failed ({type(error).__name__})"
        raise FetchError(why, passing=guard.refused is None) from None


async def _follow(session: aiohttp.ClientSession, guard: _Guard, address: str, types: Sequence[str]) -> Fetched:
    for _ in range(MAX_REDIRECTS + 1):
        guard.check(address)
        async with session.get(address, allow_redirects=False) as response:
            if response.status in _MOVED:
                address = urljoin(address, response.headers.get("Location", ""))
                continue
            return await _read(response, address, types)
    raise FetchError(f"more than {MAX_REDIRECTS} redirects")


async def _read(response: aiohttp.ClientResponse, address: str, types: Sequence[str]) -> Fetched:
    if response.status == 304:
        return Fetched(None, address)
    if response.status != 200:
        status = response.status
        wait = _seconds(response.headers.get("Retry-After", ""))
        raise FetchError(f"the site answered with status {status}", wait, status=status, passing=status in _PASSING)
    if response.content_type not in types:
        wanted = "a page" if PAGES[0] in types else types[0]
        raise FetchError(f"the answer is {response.content_type[:60]}, not {wanted}")
    body = await _bounded(response)
    etag, modified = response.headers.get("ETag", ""), response.headers.get("Last-Modified", "")
    return Fetched(
        body=body,
        address=address,
        charset=_charset(response),
        etag=etag if 0 < len(etag) <= 200 else None,
        last_modified=modified if 0 < len(modified) <= 60 else None,
    )


async def _bounded(response: aiohttp.ClientResponse) -> bytes:
    """Return the body, unpacked here and not by aiohttp, which knows no limit."""
    encoding = response.headers.get("Content-Encoding", "identity")
    unpack = unpacker(encoding)
    if unpack is None:
        raise FetchError(f"the page is packed as {encoding.strip()[:20]}, which was not asked for")
    body = bytearray()
    async for chunk in response.content.iter_chunked(65536):
        body += unpack.feed(chunk, MAX_BYTES + 1 - len(body))
        if len(body) > MAX_BYTES:
            raise FetchError(f"the page is larger than {MAX_BYTES // 1024 // 1024} MiB")
    if not unpack.whole:
        raise FetchError("the page was cut off", passing=True)
    return bytes(body)


def _seconds(retry_after: str) -> float | None:
    """Return the seconds that a Retry-After names, as a number or as a date; None for what is neither."""
    if re.fullmatch(r"[0-9]{1,7}", retry_after.strip()):
        return float(retry_after)
    try:
        return max(0.0, parsedate_to_datetime(retry_after).timestamp() - time.time())
    except (ValueError, TypeError, OverflowError):
        return None


def _charset(response: aiohttp.ClientResponse) -> str | None:
    return response.charset[:40] if response.charset else None


class _Guard:
    """Lets connections out to public addresses only, unless private ones are allowed. `refused` says what it stopped."""

    def __init__(self, allow_private: bool) -> None:
        self.refused: str | None = None
        self._allow_private = allow_private

    def session(self, headers: dict[str, str]) -> aiohttp.ClientSession:
        """Return a session without cookies, proxies or passwords from the environment."""
        connector = aiohttp.TCPConnector(
            resolver=_Resolver(self), socket_factory=self._socket, use_dns_cache=False, force_close=True
        )
        return aiohttp.ClientSession(
            connector=connector,
            headers=headers,
            cookie_jar=aiohttp.DummyCookieJar(),
            auto_decompress=False,
            trust_env=False,
            timeout=aiohttp.ClientTimeout(total=TIMEOUT),
        )

    def check(self, address: str) -> None:
        """Look at an address before anything is asked of it. Raises FetchError."""
        if problem := address_problem(address, allow_private=self._allow_private):
            raise FetchError(problem)

    def admit(self, ip: str) -> None:
        """Raises OSError for an address that is not to be connected to."""
        if not self._allow_private and not is_public(ip):
            self.refused = f"the host lies at {ip}, which is not a public address"
            raise OSError(self.refused)

    def _socket(self, info: tuple[Any, ...]) -> socket.socket:
        family, kind, protocol, _, place = info
        self.admit(str(place[0]))
        made = socket.socket(family, kind, protocol)
        made.setblocking(False)
        return made


class _Resolver(AbstractResolver):
    """The system's resolver, with every answer checked. (aiohttp does not ask it for addresses in figures.)"""

    def __init__(self, guard: _Guard) -> None:
        self._inner = aiohttp.ThreadedResolver()
        self._guard = guard

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_UNSPEC
    ) -> list[ResolveResult]:
        found = await self._inner.resolve(host, port, family)
        for each in found:
            self._guard.admit(each["host"])
        return found

    async def close(self) -> None:
        await self._inner.close()

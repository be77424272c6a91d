"""Fetching: real servers on this machine that behave badly, and addresses that must not be asked at all."""

from __future__ import annotations

import asyncio
import contextlib
import gzip
import os
import socket
import zlib
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from aiohttp import web

from bot.blog import fetch as fetching
from bot.blog.fetch import FetchError, fetch
from bot.blog.public_address import address_problem, is_public
from bot.blog.unpacking import unpacker
from bot.corpus.load import load
from tests.support import forked
from tests.support.blog_pages import html_page, text_page
from tests.support.web_server import serving


@contextlib.asynccontextmanager
async def site(*, host: str = "127.0.0.1") -> AsyncIterator[tuple[str, list[web.Request]]]:
    """A web site with everything that can be wrong with one; its address, and what was asked of it."""
    asked: list[web.Request] = []
    ready = asyncio.Event()

    async def answer(request: web.Request) -> web.StreamResponse:
        asked.append(request)
        what = request.path[1:]
        if what == "robots.txt":
            raise web.HTTPNotFound
        if what == "blog":
            if request.headers.get("If-None-Match") == '"v1"':
                return web.Response(status=304)
            return web.Response(text=html_page(), content_type="text/html", headers={"ETag": '"v1"', "Set-Cookie": "a=b"})
        if what == "packed":
            body = gzip.compress(text_page().encode())
            return web.Response(body=body, content_type="text/plain", headers={"Content-Encoding": "gzip"})
        if what == "members":
            body = b"".join(
                gzip.compress(text_page().encode()[at : at + 700]) for at in range(0, len(text_page().encode()), 700)
            )
            return web.Response(body=body, content_type="text/plain", headers={"Content-Encoding": "gzip"})
        if what == "cut-member":
            body = gzip.compress(text_page().encode()[:700]) + gzip.compress(text_page().encode()[700:])[:-200]
            return web.Response(body=body, content_type="text/plain", headers={"Content-Encoding": "gzip"})
        if what in ("deflate", "raw-deflate"):
            packer = zlib.compressobj(wbits=15 if what == "deflate" else -15)
            body = packer.compress(text_page().encode()) + packer.flush()
            return web.Response(body=body, content_type="text/plain", headers={"Content-Encoding": "deflate"})
        if what == "bombs":
            body = gzip.compress(b"0" * 1_000_000, 1) * 300
            return web.Response(body=body, content_type="text/html", headers={"Content-Encoding": "gzip"})
        if what == "bomb":
            body = gzip.compress(b"0" * 300_000_000, 1)
            return web.Response(body=body, content_type="text/html", headers={"Content-Encoding": "gzip"})
        if what == "half":
            body = gzip.compress(html_page().encode())[:-200]
            return web.Response(body=body, content_type="text/html", headers={"Content-Encoding": "gzip"})
        if what in ("endless", "slow"):
            response = web.StreamResponse(headers={"Content-Type": "text/html"})
            await response.prepare(request)
            with contextlib.suppress(ConnectionError):
                while not ready.is_set():
                    await response.write(b"x" * (65536 if what == "endless" else 1))
                    await asyncio.sleep(0 if what == "endless" else 0.05)
            return response
        if what.startswith("hop"):
            left = int(what[3:])
            return web.Response(status=302, headers={"Location": f"/hop{left - 1}" if left else "/blog"})
        if what == "to":
            return web.Response(status=302, headers={"Location": request.query["where"]})
        if what == "image":
            return web.Response(body=b"x", content_type="image/png")
        return web.Response(status=503, headers={"Retry-After": "120"})

    async with serving(answer, "/{what:.*}", host=host) as url:
        try:
            yield url, asked
        finally:
            ready.set()


async def test_a_page_comes_with_what_to_ask_for_the_next_time() -> None:
    async with site() as (url, asked):
        first = await fetch(f"{url}/hop4", allow_private=True, contact="lead@clinic.example")
        assert (first.address, first.etag, first.charset) == (f"{url}/blog", '"v1"', "utf-8")
        assert first.body == html_page().encode()
        assert (await fetch(first.address, allow_private=True, etag=first.etag)).body is None
        assert (await fetch(f"{url}/packed", allow_private=True)).body == text_page().encode()
    assert asked[0].headers["User-Agent"] == "pprnet-bot (+lead@clinic.example)"
    assert all("Cookie" not in request.headers for request in asked)


async def test_the_environments_proxy_is_not_used(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:9")
    async with site() as (url, _):
        assert (await fetch(f"{url}/blog", allow_private=True)).body


@pytest.mark.parametrize("packing", ["members", "deflate", "raw-deflate"])
async def test_a_page_is_unpacked_however_it_may_lawfully_be_packed(packing: str) -> None:
    async with site() as (url, _):
        assert (await fetch(f"{url}/{packing}", allow_private=True)).body == text_page().encode()


@pytest.mark.parametrize("size", [1, 2, 3, 7, 1000])
@pytest.mark.parametrize("padding", [b"", b"\0" * 9])
def test_members_may_be_cut_anywhere_and_have_padding_after_them(size: int, padding: bytes) -> None:
    packed = gzip.compress(b"one, ") + gzip.compress(b"") + gzip.compress(b"two") + padding
    unpack = unpacker("gzip")
    assert unpack
    got = b"".join(unpack.feed(packed[at : at + size], 1000) for at in range(0, len(packed), size))
    assert (got, unpack.whole) == (b"one, two", True)


@pytest.mark.parametrize(
    ("path", "says"),
    [
        ("cut-member", "cut off"),
        ("bombs", "larger than 2 MiB"),
        ("hop5", "more than 5 redirects"),
        ("bomb", "larger than 2 MiB"),
        ("endless", "larger than 2 MiB"),
        ("half", "cut off"),
        ("image", "image/png, not a page"),
        ("gone", "status 503"),
        ("to?where=ftp://files.example/", "begins with ftp:"),
        ("to?where=http://a:b@files.example/", "user name or password"),
    ],
)
async def test_a_page_that_will_not_do_is_refused_in_a_sentence(path: str, says: str) -> None:
    async with site() as (url, _):
        with pytest.raises(FetchError, match=says) as refused:
            await fetch(f"{url}/{path}", allow_private=True)
    assert refused.value.wait == (120 if path == "gone" else None)


async def test_a_dripping_page_ends_with_its_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fetching, "TIMEOUT", 0.5)
    async with site() as (url, _):
        with pytest.raises(FetchError, match="no whole answer within"):
            await fetch(f"{url}/slow", allow_private=True)


async def test_nobody_there_is_said() -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        with pytest.raises(FetchError, match="the connection failed"):
            await fetch(f"http://127.0.0.1:{free.getsockname()[1]}/", allow_private=True)


INSIDE = (
    "127.0.0.1 127.1 2130706433 0x7f000001 0x7f.1 017700000001 0.0.0.0 10.0.0.1 172.16.0.1 192.168.1.1 169.254.169.254 "
    "100.64.0.1 224.0.0.1 255.255.255.255 [::1] [::] [::ffff:127.0.0.1] [::ffff:7f00:1] [fe80::1] [fc00::1] "
    "[64:ff9b::7f00:1] [2002:7f00:1::] [2001:0:7f00:1::] localhost localhost. a.localhost printer.local ①②⑦.⓪.⓪.① 127.0.0.１"
).split()


@pytest.mark.parametrize("host", INSIDE)
async def test_nothing_inside_the_house_is_asked_in_whatever_form_it_is_named(host: str) -> None:
    async with site() as (url, asked):
        port = url.rpartition(":")[2]
        with pytest.raises(FetchError):
            await fetch(f"http://{host}:{port}/blog")
    assert asked == []


async def test_a_redirect_into_the_house_is_not_followed(monkeypatch: pytest.MonkeyPatch) -> None:
    """The first hop counts as public here; what it leads to does not."""
    async with site() as (url, asked):
        first = fetching.address_problem

        def outside_first(address: str, *, allow_private: bool = False) -> str | None:
            return None if "/to?" in address else first(address, allow_private=allow_private)

        monkeypatch.setattr(fetching, "address_problem", outside_first)
        monkeypatch.setattr(fetching, "is_public", lambda ip: ip == "127.0.0.1" and len(asked) == 0)
        for where in ("http://169.254.169.254/latest", "http://[::ffff:127.0.0.1]/", f"{url}/blog"):
            asked.clear()
            with pytest.raises(FetchError):
                await fetch(f"{url}/to?where={where}")
            assert [request.path for request in asked] == ["/to"]


async def test_a_name_that_means_the_house_when_the_socket_is_made_is_not_connected_to(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A name server may answer a check and a connection differently: what is connected to is what was checked."""
    async with site() as (url, asked):
        port = int(url.rpartition(":")[2])
        real = socket.getaddrinfo

        def rebound(host: object, *arguments: object, **named: object) -> object:
            if host != "blog.example":
                return real(host, *arguments, **named)  # type: ignore[arg-type]
            return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("127.0.0.1", port))]

        monkeypatch.setattr(socket, "getaddrinfo", rebound)
        with pytest.raises(FetchError, match=r"lies at 127\.0\.0\.1, which is not a public"):
            await fetch(f"http://blog.example:{port}/blog")
        assert asked == []
        assert (await fetch(f"http://blog.example:{port}/blog", allow_private=True)).body


def test_public_addresses_are_told_from_the_others() -> None:
    assert is_public("137.122.1.1")
    assert is_public("2607:f8b0::1")
    assert address_problem("https://socialsciences.uottawa.ca/pprnet/blog") is None
    assert address_problem("https://8.8.8.8/") is None
    for address in ("", "blog", "https://", "https://a b/", "https://host:0/", "https://[::1", "file:///etc/passwd"):
        assert address_problem(address), address


@pytest.mark.slow
async def test_live_pages_are_imported_with_the_setting_that_allows_it_here(tmp_path: Path) -> None:
    async with site() as (url, _):
        for setting, status in (("off", 1), ("on", 0)):
            process = await forked.start(
                *("-m", "bot", "import", f"{url}/blog", "--pause", "0", "--into", str(tmp_path / "a")),
                env={"PATH": os.environ["PATH"], "PPRNET_ALLOW_PRIVATE_SOURCE": setting},
            )
            _, errors = await process.communicate()
            assert process.returncode == status, errors
            assert (b"is not public" in errors) is (setting == "off")
    assert len(load(tmp_path / "a").summaries) == 6

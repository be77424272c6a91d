"""An RSS or Atom feed as candidates for curators: title, date, link and text of each entry, where they are clear. Pure."""

from __future__ import annotations

import io
import re
from calendar import timegm
from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from typing import Any
from urllib.parse import urljoin, urlsplit

import feedparser

from bot.blog.html import read_html
from bot.blog.page import MAX_BYTES, PageError
from bot.blog.page_address import Paging
from bot.corpus.candidates import Candidate
from bot.text import clean, fit, seen

FEEDS = ("application/rss+xml", "application/atom+xml", "application/rdf+xml", "application/xml", "text/xml")
"""The media types of feeds."""
MOST = 200
"""Entries of one feed that are read, the first ones."""
MAX_TITLE = 300
MAX_EXCERPT = 2_900
"""Characters of an entry's text: what the form for a summary takes."""
EARLIEST = date(1990, 1, 1)
_BEGINS = re.compile(
    rb"(?:\s|<\?[^>]{0,300}\?>|<!--.{0,2000}?-->|<!DOCTYPE[^>\[]{0,300}>)*<(?:\w{1,20}:)?(?:rss|feed|RDF)\b",
    re.DOTALL | re.IGNORECASE,
)


def is_feed(data: bytes) -> bool:
    """Return whether a file or an answer is a feed and no page."""
    return bool(_BEGINS.match(_ascii(data[:20_000])))


def read_feed(
    data: bytes, *, address: str | None = None, charset: str | None = None, today: date | None = None
) -> list[Candidate]:
    """Return the entries of a feed, each once. `address` where it was fetched from, `charset` as the server names it;
    `today` for dates in the future, which are not believed. Raises PageError.
    """
    if len(data) > MAX_BYTES:
        raise PageError(f"a feed of at most {MAX_BYTES // 1024 // 1024} MiB", f"{len(data):,} bytes or more")
    if b"<!entity" in _ascii(data).lower():
        raise PageError("a feed without definitions of its own", "<!ENTITY, which no feed needs")
    headers = {"content-type": f"application/xml; charset={charset}"} if charset else {}
    headers |= {"content-location": address} if address else {}
    # As a file: a bare string might be taken for an address, or for a file's name.
    parsed = feedparser.parse(io.BytesIO(data), response_headers=headers, sanitize_html=True, resolve_relative_uris=True)
    if not parsed.get("version"):
        raise PageError("an RSS or Atom feed", "something else, or one that is cut off")
    name = fit(_line(parsed.feed.get("title", "")), 200)
    base = address or str(parsed.feed.get("link", ""))
    latest = (today or datetime.now(UTC).date()) + timedelta(days=1)
    found: list[Candidate] = []
    for entry in parsed.entries[:MOST]:
        candidate = _candidate(entry, name, base, latest)
        if candidate and not any(candidate.is_same(other) for other in found):
            found.append(candidate)
    if parsed.entries and not found:
        raise PageError("a title in every entry of the feed", "none in any")
    return found


def _candidate(entry: Mapping[str, Any], feed: str, base: str, latest: date) -> Candidate | None:
    """Return an entry; None where it has no title, so that nobody could decide on it."""
    title = fit(_line(str(entry.get("title", ""))), MAX_TITLE)
    if not title:
        return None
    contents = [str(each.get("value", "")) for each in entry.get("content") or ()]
    text = max([*contents, str(entry.get("summary", ""))], key=len)
    return Candidate(title, _link(entry, base), _date(entry, latest), feed, _excerpt(text, title))


def _link(entry: Mapping[str, Any], base: str) -> str | None:
    """Return the entry's address, made whole; a guid that is one counts where there is no link."""
    for each in (entry.get("link"), entry.get("id")):
        try:
            address = urljoin(base, str(each or "").strip())
            parts = urlsplit(address)
        except ValueError:
            continue
        if each and parts.scheme in ("http", "https") and parts.hostname and re.fullmatch(r"[!#-;=?-{}~]{8,1990}", address):
            return address
    return None


def _date(entry: Mapping[str, Any], latest: date) -> str | None:
    """Return the day of the entry; None where it is not said so that it can be read, or cannot be."""
    for name in filter(entry.__contains__, ("published_parsed", "updated_parsed")):
        try:
            day = datetime.fromtimestamp(timegm(entry[name]), UTC).date()
        except (TypeError, ValueError, OverflowError, OSError):
            continue
        if EARLIEST <= day <= latest:
            return day.isoformat()
    return None


def _excerpt(text: str, title: str) -> str:
    lines = [line for each in _lines(text) if (line := clean(each)) and line != title]
    return "\n".join(filter(None, fit("\n".join(lines), MAX_EXCERPT).split("\n")))


def _line(text: str) -> str:
    return clean(" ".join(_lines(text)))


def _lines(text: str) -> list[str]:
    """Return the lines of a text that may be HTML."""
    if not re.search(r"<[a-zA-Z/!]|&\w{2,8};|&#", text):
        return seen(text).splitlines()
    return [seen(line).removeprefix("- ") for line in read_html(text, lambda _piece, _first: False, Paging()).lines]


def _ascii(data: bytes) -> bytes:
    """Return data as far as it is plain letters: of UTF-16 every other byte, without a byte order mark."""
    return data.replace(b"\0", b"").removeprefix(b"\xef\xbb\xbf").removeprefix(b"\xff\xfe").removeprefix(b"\xfe\xff")

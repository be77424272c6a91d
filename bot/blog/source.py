"""From a page's bytes to its lines of text, without invisible characters, every white space one space. Pure.

Soft hyphens, zero-width and bidi characters, word joiners and byte order marks are left out everywhere: nobody printed them,
they come from Word, a PDF or an editor, and a word or heading with one in it is the same word to a reader.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from bot.blog.html import read_html
from bot.blog.page import MAX_BYTES, Line, PageError
from bot.blog.page_address import Paging
from bot.text import seen

_TAG = re.compile(r"<(?:!doctype|html|head|body|main|article|section|div|p|h[1-6]|ul|br)\b[^<>]{0,500}>", re.IGNORECASE)
_GARBLED = re.compile(r"â€.|Ã[\u0080-\u00bf©¨¤¶¼]|\ufffd")
_CHARSET = re.compile(rb"<meta[^>]{1,200}charset=[\"']?([A-Za-z0-9_-]{1,30})", re.IGNORECASE)
_NEW_LINE = re.compile("\r\n|[\r\n\v\f\x85\u2028\u2029]")


@dataclass(frozen=True, slots=True)
class PageText:
    """A page's lines, its title, and the sentence that says by what it shows only a part of the blog (None: nothing)."""

    lines: tuple[Line, ...]
    title: str = ""
    filtered: str | None = None


def read_source(data: bytes, charset: str | None, stands_alone: Callable[[str, bool], bool], paging: Paging) -> PageText:
    """Return the lines of a page, text or HTML; `stands_alone` and `paging` are those of `bot.blog.html.read_html`. Raises
    PageError.
    """
    text = _decode(data, charset)
    if not _TAG.search(text):
        return PageText(_lines(_NEW_LINE.split(text)))
    _whole_html(text)
    found = read_html(text, lambda piece, first: stands_alone(_plain(piece), first), paging)
    return PageText(_lines(found.lines), _plain(found.title), found.filtered)


def _lines(pieces: list[str]) -> tuple[Line, ...]:
    return tuple(Line(number, plain) for number, piece in enumerate(pieces, start=1) if (plain := _plain(piece)))


def _plain(text: str) -> str:
    return " ".join(seen(text).split())


def _decode(data: bytes, charset: str | None) -> str:
    if len(data) > MAX_BYTES:
        raise PageError(f"a page of at most {MAX_BYTES // 1024 // 1024} MiB", f"{len(data):,} bytes or more")
    if not data.strip():
        raise PageError("a page of the blog", "nothing: it is empty")
    if b"\0" in data[:65536] or data[:4] in (b"%PDF", b"PK\x03\x04"):
        raise PageError("text or HTML", f"other data (it begins with {data[:4].hex(' ')})")
    if charset is None and (declared := _CHARSET.search(data[:2048])):
        charset = declared[1].decode("ascii")
    name = (charset or "utf-8").lower().replace("_", "-")
    if name in ("iso-8859-1", "latin-1", "latin1", "us-ascii", "ascii"):  # browsers read these as the larger windows-1252
        name = "windows-1252" if "8859" in name or "latin" in name else "utf-8"
    if name not in ("utf-8", "utf8", "windows-1252", "cp1252"):
        raise PageError("a page in UTF-8", f"one that says it is in {name[:30]}")
    try:
        text = data.decode("utf-8-sig" if name.startswith("utf") else name)
    except UnicodeDecodeError as error:
        raise PageError("a page in UTF-8", f"byte {error.start:,}, which is not: save the page as UTF-8") from None
    if match := _GARBLED.search(text):
        raise PageError("readable characters", f"“{match[0]}”: the page was read in a wrong character set when it was saved")
    return text


def _whole_html(text: str) -> None:
    low = text.lower()
    for tag in ("html", "body"):
        if re.search(rf"<{tag}\b", low) and f"</{tag}" not in low:
            raise PageError(f"</{tag}> at the end", "a page that was cut off before it")

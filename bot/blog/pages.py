"""A page of the PPRNet blog, text or HTML, as months and entries: what is printed, word for word. Pure.

A page is read whole or not at all: where it does not look like the blog, or where what was read of it is not what it prints,
PageError says what was expected and what was found. docs/curator.md, "Import the blog", says what is read.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from datetime import date

from bot.blog.entries import entries_in, pager_at
from bot.blog.headings import is_heading, month_of, nearly_heading, nearly_month, run_in
from bot.blog.page import EmptyPageError, Line, Page, PageError, quoted
from bot.blog.page_address import filter_in
from bot.blog.source import read_source
from bot.blog.verify import check_outside, verify
from bot.corpus.model import month_name
from bot.corpus.months import latest_month

_THIS_MONTH = re.compile(r"this month ?(?:\.{3}|…)?", re.IGNORECASE)
_BLOG_ABOUT = re.compile(r"\bI (?:blog|write) about ", re.IGNORECASE)
_CLEARED = re.compile(r"- (?!ALL\b)(.{1,80}) \(clear\)", re.IGNORECASE)


def read_page(data: bytes, *, charset: str | None = None, address: str | None = None, today: date | None = None) -> Page:
    """Read a page. `charset` as the server names it; `address` where it was fetched from; `today` for its months, which are
    not in the future. Raises PageError.
    """
    source = read_source(data, charset, _stands_alone)
    lines = tuple(_one_heading_a_line(source.lines))
    start = _start(lines, source.title)
    _check_months(lines[start:], latest_month(today))
    end = pager_at(lines, start)
    about, after_about = _about(lines[:start])
    filtered = (filter_in(address) if address else None) or source.filtered
    if filtered is None and (cleared := next(filter(None, (_CLEARED.fullmatch(line.text) for line in lines[:start])), None)):
        filtered = f"its list of topics can be cleared of “{cleared[1]}”"
    entries = entries_in(lines[start:end])
    verify(entries, lines[after_about:start], lines[start:end], lines[end:])
    return Page(tuple(dict.fromkeys(entries)), about, filtered, lines)


def _stands_alone(piece: str, first: bool) -> bool:
    """Return whether words set off in bold are a line of their own: a heading, or what may be one where a line begins."""
    if month_of(piece) or (is_heading(piece) and (first or " " in piece)):
        return True
    return first and (nearly_month(piece) or nearly_heading(piece))


def _one_heading_a_line(lines: Iterable[Line]) -> Iterator[Line]:
    for line in lines:
        if parts := run_in(line.text):
            yield from (Line(line.number, part) for part in parts)
        else:
            yield line


def _start(lines: Sequence[Line], title: str) -> int:
    """Return where the first month's heading is, after the blog's own first lines."""
    named = next((at for at, line in enumerate(lines) if _BLOG_ABOUT.search(line.text)), None)
    if named is None:
        begins = " / ".join(line.text for line in lines[:3])
        seen = f"a page titled {quoted(title)}" if title.strip() else f"a page that begins {quoted(begins)}"
        raise PageError("the blog's line “…I blog about …” under “This month...”", seen if lines else "no text at all")
    if not any(_THIS_MONTH.match(line.text) for line in lines[: named + 1]):
        there = lines[max(0, named - 1)]
        raise PageError("“This month...” above the line “…I blog about …”", f"{quoted(there.text)} there", there.number)
    start = next((at for at in range(named, len(lines)) if month_of(lines[at].text)), None)
    if start is None:
        check_outside(lines[named + 1 :], "on a page without one")
        raise EmptyPageError("a month as a heading, like “November 2023”", f"none in the {len(lines)} lines of the page")
    return start


def _check_months(lines: Sequence[Line], latest: str) -> None:
    for line in lines:
        if (month := month_of(line.text)) and month > latest:
            raise PageError(f"no month later than {month_name(latest)}", quoted(line.text), line.number)


def _about(head: Sequence[Line]) -> tuple[str, int]:
    """Return what the line "I blog about" says, and where the lines after it begin."""
    for at, line in enumerate(head):
        if match := _BLOG_ABOUT.search(line.text):
            return line.text[match.end() :].strip().rstrip(".").strip(), at + 1
    return "", len(head)

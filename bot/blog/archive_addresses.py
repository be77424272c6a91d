"""The addresses of the blog's archive: its pages by number, and the lists that its first page links to. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, cast
from urllib.parse import SplitResult, parse_qsl, urlencode, urljoin, urlsplit, urlunsplit

from lxml import etree

from bot.blog.page_address import Paging

MAX_LISTS = 100
"""Lists of one page that are read; the blog has some fifty."""
_MAX_NAME = 120


@dataclass(frozen=True, slots=True)
class FilteredList:
    """One of the lists that a page links to: the name that the page gives it, and the address of its first page."""

    name: str
    address: str


def first_page(address: str, paging: Paging) -> str:
    """Return the address of the list's first page: without a page's number, with its filters."""
    parts = urlsplit(address)
    return _with(parts, [pair for pair in _pairs(parts) if not paging.numbers(pair[0])])


def page_number(address: str, paging: Paging) -> int:
    """Return which page of its list an address names; 1 where it names none."""
    named = [value.strip() for name, value in _pairs(urlsplit(address)) if paging.numbers(name)]
    return max(1, int(named[0])) if named and re.fullmatch(r"[0-9]{1,6}", named[0]) else 1


def numbered_page(first: str, number: int, paging: Paging) -> str:
    """Return the address of a page of the list that begins at `first`."""
    parts = urlsplit(first)
    return first if number <= 1 else _with(parts, [(paging.page, str(number)), *_pairs(parts)])


def filters(address: str, paging: Paging) -> dict[str, str]:
    """Return the filters that an address names, such as {"cat_2": "36"}."""
    return {name.lower(): value for name, value in _pairs(urlsplit(address)) if paging.filters_by(name) and _set(value)}


def filtered_lists(body: bytes, address: str, paging: Paging) -> list[FilteredList]:
    """Return the lists with one filter that a page links to, or offers in a drop-down, in its order, each once."""
    reader = _Links(paging)
    parser = etree.HTMLParser(target=cast(Any, reader), huge_tree=True, no_network=True)
    try:
        parser.feed(body)
        parser.close()
    except etree.LxmlError:
        return []
    here = urlsplit(address)
    found: dict[tuple[str, str], FilteredList] = {}
    for link in reader.links:
        chosen = _filter_of(here, link, paging)
        name = re.sub(r"^[-•]? ?| ?\([0-9]{1,4}\)$", "", " ".join(link.text.split()))
        if chosen and chosen not in found and 0 < len(name) <= _MAX_NAME and len(found) < MAX_LISTS:
            found[chosen] = FilteredList(name, _with(here, [chosen]))
    return list(found.values())


@dataclass(slots=True)
class _Link:
    href: str = ""
    chosen: tuple[str, str] | None = None
    text: str = ""


def _filter_of(here: SplitResult, link: _Link, paging: Paging) -> tuple[str, str] | None:
    """Return the one filter that a link sets, or None."""
    if link.chosen and _set(link.chosen[1]) and "=" not in link.chosen[1] and "/" not in link.chosen[1]:
        return link.chosen
    try:
        target = urlsplit(urljoin(urlunsplit(here), link.href or (link.chosen or ("", ""))[1]))
    except ValueError:
        return None
    if (target.scheme, target.netloc, target.path.rstrip("/")) != (here.scheme, here.netloc, here.path.rstrip("/")):
        return None
    set_here = list(filters(urlunsplit(target), paging).items())
    return set_here[0] if len(set_here) == 1 and page_number(urlunsplit(target), paging) == 1 else None


def _set(value: str) -> bool:
    return bool(value.strip(" 0")) and value.strip().lower() not in ("all", "any", "none", "_none")


def _pairs(parts: SplitResult) -> list[tuple[str, str]]:
    return parse_qsl(parts.query, keep_blank_values=True)


def _with(parts: SplitResult, pairs: list[tuple[str, str]]) -> str:
    return urlunsplit((parts.scheme, parts.netloc, parts.path, urlencode(pairs), ""))


class _Links:
    """Takes the parser's events; keeps what is linked to and what can be chosen in a drop-down of a filter."""

    def __init__(self, paging: Paging) -> None:
        self._paging = paging
        self.links: list[_Link] = []
        self._open: _Link | None = None
        self._select = ""

    def start(self, tag: str, attributes: Mapping[str, str]) -> None:
        """An element begins."""
        if tag == "select":
            self._select = attributes.get("name", "").lower()
        elif tag == "a":
            self._open = _Link(href=attributes.get("href", ""))
        elif tag == "option" and self._paging.filters_by(self._select):
            self._open = _Link(chosen=(self._select, attributes.get("value", "")))

    def end(self, tag: str) -> None:
        """An element ends."""
        if tag in ("a", "option") and self._open:
            self.links.append(self._open)
            self._open = None
        elif tag == "select":
            self._select = ""

    def data(self, text: str) -> None:
        """Text."""
        if self._open and len(self._open.text) <= _MAX_NAME:
            self._open.text += text

    def comment(self, text: str) -> None:
        """A comment says nothing."""

    def pi(self, target: str, data: str | None = None) -> None:
        """Nor does a processing instruction."""

    def close(self) -> None:
        """The page ends."""

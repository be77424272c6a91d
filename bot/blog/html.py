"""From a page's HTML to lines of text: one for each block of it, as a reader would copy them from the browser.

The parser reports events and builds no tree (lxml, on libxml2): its time grows with the page's size and with nothing
else, whatever a hostile page nests.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, cast

from lxml import etree

from bot.blog.page_address import Paging, filter_in

_BLOCKS = frozenset(
    """address article blockquote body br caption center dd details div dl dt fieldset figcaption figure footer form h1
    h2 h3 h4 h5 h6 header hr html legend li main nav ol p pre section summary table tbody td tfoot th thead tr ul""".split()
)
_INLINE = frozenset("a b em font i mark small span strong u".split())
_UNREAD = frozenset(
    """aside audio button canvas footer head iframe label math nav noscript object script select style svg template textarea
    title video""".split()
)
"""Elements whose text is no part of what the page says: navigation, forms, code."""
_SHORT = 60
"""Characters of the longest piece inside a line that may be a heading of its own."""


@dataclass(slots=True)
class Html:
    """A page's lines, its title, and the sentence that says by what it shows only a part of the blog (None: nothing)."""

    lines: list[str] = field(default_factory=list)
    title: str = ""
    filtered: str | None = None


def read_html(text: str, stands_alone: Callable[[str, bool], bool], paging: Paging) -> Html:
    """Return the lines of a page. `stands_alone`: whether a short piece set off in bold or the like is a line of its own; it
    is also given whether the piece comes first in its line. `paging`: how addresses name filters.
    """
    reader = _Reader(stands_alone, paging)
    parser = etree.HTMLParser(target=cast(Any, reader), encoding="utf-8", huge_tree=True, no_network=True)
    try:
        parser.feed(text.encode("utf-8", "replace"))
        parser.close()
    except etree.LxmlError:  # nothing in it that could be parsed
        return Html()
    return reader.page


class _Reader:
    """Takes the parser's events."""

    def __init__(self, stands_alone: Callable[[str, bool], bool], paging: Paging) -> None:
        self.page = Html()
        self._stands_alone = stands_alone
        self._paging = paging
        self._pieces: list[str] = []
        self._length = 0
        self._line = 0
        self._opened: list[tuple[int, int, int]] = []  # for each open inline element: its line, pieces and characters before
        self._unread = 0
        self._in_title = False
        self._select = ""

    def start(self, tag: str, attributes: Mapping[str, str]) -> None:
        """An element begins."""
        if tag in _BLOCKS:
            self._break()
        self._look_for_filter(tag, attributes)
        if tag in _UNREAD:
            self._unread += 1
            self._in_title = tag == "title"
        elif tag == "li" and not self._unread:
            self._pieces.append("- ")
        elif tag in _INLINE:
            self._opened.append((self._line, len(self._pieces), self._length))

    def end(self, tag: str) -> None:
        """An element ends."""
        if tag in _UNREAD:
            self._unread = max(0, self._unread - 1)
            self._in_title = False
        elif tag in _INLINE and self._opened:
            self._set_apart(*self._opened.pop())
        if tag in _BLOCKS:
            self._break()

    def data(self, text: str) -> None:
        """Text."""
        if self._in_title:
            self.page.title = (self.page.title + text)[:200]
        elif not self._unread and text:
            self._pieces.append(text)
            self._length += len(text)

    def comment(self, text: str) -> None:
        """A comment says nothing."""

    def pi(self, target: str, data: str | None = None) -> None:
        """Nor does a processing instruction."""

    def close(self) -> None:
        """The page ends."""
        self._break()

    def _break(self) -> None:
        line = " ".join("".join(self._pieces).split())
        if line and line != "-":
            self.page.lines.append(line)
        self._pieces = []
        self._line += 1

    def _set_apart(self, line: int, pieces: int, length: int) -> None:
        """`<b>Practice Implications</b> The results ...`: the bold words are a heading, and so a line."""
        if line != self._line or self._length - length > _SHORT:
            return
        piece, before = "".join(self._pieces[pieces:]), "".join(self._pieces[:pieces])
        if not self._stands_alone(piece, not before.strip(" -\t\r\n")):
            return
        heading, self._pieces = self._pieces[pieces:], self._pieces[:pieces]
        self._break()
        self._pieces = heading
        self._break()

    def _look_for_filter(self, tag: str, attributes: Mapping[str, str]) -> None:
        if self.page.filtered:
            return
        if tag == "select":
            self._select = attributes.get("name", "")
        elif tag == "option" and "selected" in attributes and self._paging.filters_by(self._select):
            if attributes.get("value", "").strip(" 0"):
                self.page.filtered = f"something is chosen in its list {self._select[:20]}"
        elif tag == "link" and "canonical" in attributes.get("rel", ""):
            self.page.filtered = filter_in(attributes.get("href", ""), self._paging)
        elif tag == "a" and self._is_other_page(href := attributes.get("href", "")):
            # On a filtered page the way to the next page keeps the filter; links in the list of topics have no page.
            found = filter_in(href, self._paging)
            if found and "filters" in found:
                self.page.filtered = "its links to the other pages keep a filter"

    def _is_other_page(self, address: str) -> bool:
        return bool(re.search(rf"[?&]{re.escape(self._paging.page)}=(?!1(?:\D|$))\d", address))

"""What a page of the blog is once it is read: lines, entries, and the error that says why it cannot be read. Pure."""

from __future__ import annotations

from dataclasses import dataclass

from bot.corpus.model import Source
from bot.errors import ExpectedError

MAX_BYTES = 2 * 1024 * 1024
"""The largest page that is read."""


class PageError(ExpectedError):
    """A page that cannot be read as one of the blog. The message says what was expected, what was found, and where."""

    def __init__(self, expected: str, found: str, line: int | None = None) -> None:
        where = f" in line {line}" if line else ""
        super().__init__(f"expected {expected}, found {found}{where}")
        self.expected = expected
        self.found = found
        self.line = line


class EmptyPageError(PageError):
    """A page of the blog without an entry, such as the one after the last."""


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a page's text, without white space around it. `number` counts from 1: lines of a text file, or of what a
    browser shows of an HTML page.
    """

    number: int
    text: str


@dataclass(frozen=True, slots=True)
class Entry:
    """One printed entry. `month` is "YYYY-MM"; year, DOI and surnames are those of its citation, where it prints one."""

    month: str
    title: str
    paragraphs: tuple[str, ...]
    implications: tuple[str, ...]
    citation: str | None = None
    authors: tuple[str, ...] = ()
    year: int | None = None
    doi: str | None = None
    url: str | None = None

    @property
    def texts(self) -> tuple[str, ...]:
        """Return every printed text that goes into the corpus."""
        return (self.title, *self.paragraphs, *self.implications, *((self.citation,) if self.citation else ()))


@dataclass(frozen=True, slots=True)
class Page:
    """A page: its entries in order, and the subjects that it names for the newest issue.

    `about` is the line "I blog about ..." without these words. `filtered` says by what the page shows only a part of the
    blog, or is None where nothing shows it. `source` is the digest whose page it is; None: the blog.
    """

    entries: tuple[Entry, ...]
    about: str
    filtered: str | None
    lines: tuple[Line, ...]
    source: Source | None = None

    @property
    def months(self) -> tuple[str, ...]:
        """Return the months of the headings, in the page's order."""
        return tuple(dict.fromkeys(entry.month for entry in self.entries))

    def of_month(self, month: str) -> tuple[Entry, ...]:
        """Return the entries under a month's heading."""
        return tuple(entry for entry in self.entries if entry.month == month)


def quoted(text: str) -> str:
    """Return the beginning of a text in quotes, for a message."""
    plain = " ".join(text.split())
    plain = "".join(char for char in plain if char.isprintable())
    return f"“{plain[:60]}…”" if len(plain) > 60 else f"“{plain}”"

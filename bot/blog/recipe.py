"""A recipe: where a digest's pages have their months, entries, citations and implications. The blog's own is the first."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from enum import Enum
from pathlib import Path

from bot.blog import citations
from bot.blog.headings import Headings
from bot.blog.month_lines import Months
from bot.blog.page_address import Paging
from bot.blog.wording import phrase
from bot.corpus.model import Source

RECIPES = Path(__file__).parent / "recipes"
"""The recipes that come with the bot."""


class MonthPlace(Enum):
    """Where the line is that names a month."""

    ABOVE = "above the entries"
    UNDER_TITLE = "under each title"


class CitationPlace(Enum):
    """Where an entry prints its paper's citation, if it does."""

    UNDER_TITLE = "under the title"
    ABOVE_IMPLICATIONS = "above the implications"
    AT_END = "at the end"


class Form(Enum):
    """How the implications are printed: TEXT is paragraphs or a list, LIST nothing but a list."""

    TEXT = "text"
    LIST = "list"


@dataclass(frozen=True, slots=True)
class Recipe:
    """One digest's layout. `known_by` are phrases that its pages have above the first month, in this order; `subjects` is
    what the subjects of the newest issue follow.
    """

    source: Source
    known_by: tuple[tuple[str, ...], ...]
    months: Months
    headings: Headings
    subjects: tuple[str, ...] = ()
    month_place: MonthPlace = MonthPlace.ABOVE
    citation_place: CitationPlace = CitationPlace.UNDER_TITLE
    citation_label: str | None = None
    form: Form = Form.TEXT
    passed_over: tuple[str, ...] = ()
    foot: tuple[str, ...] = ()
    paging: Paging = field(default_factory=Paging)

    def cited(self, line: str) -> str | None:
        """Return the citation that a line is, without its label; None of any other. Under a title a line may also be a
        citation without a year.
        """
        if self.citation_label:
            match = re.match(rf"{re.escape(self.citation_label)} ?[:.–—-]+ ?(?=\S)", line, re.IGNORECASE)
            return line[match.end() :] if match else None
        under_title = self.citation_place is CitationPlace.UNDER_TITLE
        is_one = citations.in_citations_place(line) if under_title else citations.is_citation(line)
        return line if is_one else None

    def is_passed_over(self, line: str) -> bool:
        """Return whether the recipe names a line as nobody's text."""
        return _is_named(line, self.passed_over)

    def is_foot(self, line: str) -> bool:
        """Return whether the entries have ended with this line."""
        return _is_named(line, self.foot)


def _is_named(line: str, names: tuple[str, ...]) -> bool:
    """Return whether a line is one of these, or begins with one that ends in a star."""
    low = line.casefold()
    return any(low.startswith(name[:-1].casefold()) if name.endswith("*") else low == name.casefold() for name in names)


def shows(line: str, texts: tuple[str, ...]) -> re.Match[str] | None:
    """Return where a line has one of these wordings."""
    return phrase(texts).search(line)

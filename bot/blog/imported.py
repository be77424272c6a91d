"""Turns a page that was read into months for a corpus."""

from __future__ import annotations

from typing import Any

from bot.blog.completeness import check_completeness
from bot.blog.page import Entry, Page
from bot.corpus.write import ImportedMonth, Record


def imported_months(page: Page) -> list[ImportedMonth]:
    """Return a page's months. Only the first can be shown to be complete, by the line that names the newest issue's
    subjects.
    """
    return [imported_month(page, month) for month in page.months]


def imported_month(page: Page, month: str) -> ImportedMonth:
    """Return one month of a page, as it goes into a corpus."""
    entries = page.of_month(month)
    completeness = check_completeness(page.about, entries) if month == page.months[0] and not page.filtered else None
    whole = completeness is not None and completeness.whole
    return ImportedMonth(month, tuple(map(record, entries)), whole, completeness.subjects if completeness and whole else ())


def record(entry: Entry) -> Record:
    """Return a printed entry as a summary, still without an id."""
    found: dict[str, Any] = {
        "title": entry.title,
        "text": "original",
        "summary": "\n".join(entry.paragraphs),
        "implications": list(entry.implications),
    }
    if entry.citation:
        study = {"citation": entry.citation, "authors": list(entry.authors), "year": entry.year, "doi": entry.doi}
        found["study"] = study | ({"url": entry.url} if entry.url else {})
    return found

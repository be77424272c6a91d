"""Turns a page that was read into months for a corpus, checked word for word against the page."""

from __future__ import annotations

from typing import Any

from bot.blog.completeness import check_completeness
from bot.blog.pages import Entry, Page, PageError
from bot.corpus.write import ImportedMonth, Record


def imported_months(page: Page) -> list[ImportedMonth]:
    """Return a page's months. Only the first can be shown to be complete, by the line that names the newest issue's
    subjects.
    """
    return [imported_month(page, month) for month in page.months]


def imported_month(page: Page, month: str) -> ImportedMonth:
    """Return one month of a page, as it goes into a corpus. Raises PageError where a text is not what the page says."""
    entries = page.of_month(month)
    for entry in entries:
        _check_wording(entry, page)
    completeness = check_completeness(page.about, entries) if month == page.months[0] and not page.filtered else None
    whole = completeness is not None and completeness.whole
    return ImportedMonth(month, tuple(map(record, entries)), whole, completeness.subjects if completeness and whole else ())


def _check_wording(entry: Entry, page: Page) -> None:
    """Check that each text is in the page's lines word for word. Raises PageError."""
    printed = "\n".join(page.lines)
    for text in entry.texts:
        if text not in printed and text.replace(" ", "\n") not in printed.replace(" ", "\n"):
            raise PageError("texts to be kept as they are printed", f"another wording in “{entry.title[:60]}”")


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

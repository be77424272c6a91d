"""From a page that was read to what may go into a corpus: its months, checked word for word against the page."""

from __future__ import annotations

from typing import Any

from bot.blog.completeness import judge
from bot.blog.pages import Entry, Page, PageError
from bot.corpus.write import Record, Sighting


def sightings(page: Page) -> list[Sighting]:
    """A page's months. Only the first can be shown to be whole, by the line that names the newest issue's subjects."""
    return [sighting(page, month) for month in page.months]


def sighting(page: Page, month: str) -> Sighting:
    """One month of a page, as it goes into a corpus. Raises PageError where what would be kept is not what is printed."""
    entries = page.of_month(month)
    for entry in entries:
        _held_against_page(entry, page)
    judged = judge(page.about, entries) if month == page.months[0] and not page.filtered else None
    whole = judged is not None and judged.whole
    return Sighting(month, tuple(map(record, entries)), whole, judged.subjects if judged and whole else ())


def _held_against_page(entry: Entry, page: Page) -> None:
    """Word for word: each text stands in the page's lines as it is."""
    printed = "\n".join(page.lines)
    for text in entry.texts:
        if text not in printed and text.replace(" ", "\n") not in printed.replace(" ", "\n"):
            raise PageError("texts to be kept as they are printed", f"another wording in “{entry.title[:60]}”")


def record(entry: Entry) -> Record:
    """A printed entry as a summary, still without an id."""
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

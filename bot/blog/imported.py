"""Turns a page that was read into months for a corpus."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from bot.blog.completeness import check_completeness
from bot.blog.page import Entry, Page
from bot.corpus.effects import entry_of
from bot.corpus.merging import ImportedMonth, Record
from bot.corpus.model import Source, Topic
from bot.extraction.facts import Facts, read_facts


def imported_months(page: Page, topics: Sequence[Topic] = ()) -> list[ImportedMonth]:
    """Return a page's months, with facts read from their texts. Only the first can be shown to be complete, by the line that
    names the newest issue's subjects. `topics` are those of the corpus.
    """
    return [imported_month(page, month, topics) for month in page.months]


def imported_month(page: Page, month: str, topics: Sequence[Topic] = ()) -> ImportedMonth:
    """Return one month of a page, as it goes into a corpus."""
    entries = page.of_month(month)
    completeness = check_completeness(page.about, entries) if month == page.months[0] and not page.filtered else None
    whole = completeness is not None and completeness.whole
    records = tuple(record(entry, topics, page.source) for entry in entries)
    return ImportedMonth(
        month,
        records,
        whole,
        completeness.subjects if completeness and whole else (),
        continued=month == page.months[0],
    )


def record(entry: Entry, topics: Sequence[Topic] = (), source: Source | None = None) -> Record:
    """Return a printed entry as a summary with the facts read from its text, still without an id.

    `source`: the digest, where it is not the blog.
    """
    summary = "\n".join(entry.paragraphs)
    facts = read_facts(entry.title, summary, entry.citation, topics)
    study: dict[str, Any] = {
        "citation": entry.citation,
        "authors": list(entry.authors),
        "year": entry.year,
        "doi": entry.doi,
    }
    study |= {"url": entry.url} if entry.url else {}
    read = {name: value for name, value in study_facts(facts).items() if value}
    study = {**(study if entry.citation else {}), **read}
    found: dict[str, Any] = {
        "title": entry.title,
        "text": "original",
        "source": {name: value for name, value in asdict(source).items() if value} if source else None,
        "topics": list(facts.topics),
        "bottom_line": facts.finding,
        "summary": summary,
        "implications": list(entry.implications),
        "study": study,
        "read_from": {name: list(sentences) for name, sentences in facts.read_from.items()},
    }
    return {name: value for name, value in found.items() if value}


def study_facts(facts: Facts) -> dict[str, Any]:
    """Return what was read of the study, as the file says it; what could not be read is empty."""
    return {
        "authors": list(facts.authors),
        "design": facts.design,
        "sample": dict(facts.sample),
        "effects": [entry_of(effect) for effect in facts.effects],
    }

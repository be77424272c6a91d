"""A summary that a curator writes in Slack: from the fields of a form to an entry of the library's file, and into it."""

from __future__ import annotations

import asyncio
import json
import logging
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from bot.approval.typed_fields import EFFECT_LINE, SAMPLE_LINE, effects_of, fault_sentence, sample_of
from bot.asks.review import NOT_OURS
from bot.asks.writing import UnwritableError, check_writable
from bot.blog import citations
from bot.corpus.faults import CorpusError
from bot.corpus.files import WriteError, add_marks, marks_in, one_at_a_time, write_atomically
from bot.corpus.ids import id_for
from bot.corpus.layout import inserted, render
from bot.corpus.load import OWN, read_own
from bot.corpus.model import Corpus, Summary
from bot.errors import ExpectedError, UserError
from bot.store.own_summaries import OwnSummaries, OwnSummary
from bot.text import clean, normalised

log = logging.getLogger(__name__)

RECEIVED = ".own-received"
"""The file in the library's folder that lists the ids of all own summaries that it was ever given: one that a person has
since deleted does not come back.
"""
LEAD = "# The team's own summaries: found like any other, never posted as part of the blog's months.\n"
SOURCE_LINE = "Write a DOI (10.1037/pst0000172) or a full https:// address."
SAME_TITLE = "The library already has a summary with this title, or someone has just added one."
_MARK = re.compile(r"^\s*[-*•–]\s+")


@dataclass(frozen=True, slots=True)
class Given:
    """What a curator entered. `source` is a DOI or an address; `topics` are ids; `implications`, `asks`, `sample` and
    `effects` one a line.
    """

    title: str
    citation: str
    source: str
    summary: str
    implications: str
    bottom_line: str = ""
    design: str = ""
    topics: tuple[str, ...] = ()
    asks: str = ""
    sample: str = ""
    effects: str = ""
    caution: str = ""


class GivenError(ExpectedError):
    """What was entered cannot become a summary: `faults` has a sentence for each field (of `Given`)."""

    def __init__(self, faults: Mapping[str, str]) -> None:
        super().__init__("the summary has faults")
        self.faults = dict(faults)


_KEYS = {
    "title": "title",
    "study.citation": "citation",
    "study.doi": "source",
    "study.url": "source",
    "study.design": "design",
    "study.sample": "sample",
    "study.effects": "effects",
    "caution": "caution",
    "summary": "summary",
    "bottom_line": "bottom_line",
    "implications": "implications",
    "topics": "topics",
    "asks": "asks",
}
"""The field in which each key of an entry was entered."""


def entry_of(given: Given, month: str, corpus: Corpus) -> dict[str, Any]:
    """Return the entry of the file that was entered in a month. Raises GivenError for what no file could say."""
    citation, title, source = clean(given.citation), clean(given.title), _source(given.source or given.citation)
    faults: dict[str, str] = {}
    if normalised(title) in {normalised(summary.title) for summary in corpus}:
        faults["title"] = SAME_TITLE
    if given.source and not source:
        faults["source"] = SOURCE_LINE
    study: dict[str, Any] = {"citation": citation, **source}
    if authors := citations.surnames(citation):
        study["authors"] = list(authors)
    if year := citations.year(citation):
        study["year"] = year
    if given.design:
        study["design"] = given.design
    for name, found, how in (
        ("sample", sample_of(given.sample), SAMPLE_LINE),
        ("effects", effects_of(_lines(given.effects)), EFFECT_LINE),
    ):
        if found is None:
            faults[name] = how
        elif found:
            study[name] = found
    if faults:
        raise GivenError(faults)
    entry = {
        "id": id_for(title, month, {summary.id for summary in corpus}),
        "added": month,
        "title": title,
        "text": "digest",
        "topics": list(given.topics),
        "bottom_line": clean(given.bottom_line),
        "summary": "\n".join(_lines(given.summary)),
        "implications": [_MARK.sub("", line) for line in _lines(given.implications)],
        "asks": [_MARK.sub("", line) for line in _lines(given.asks)],
        "caution": clean(given.caution),
        "study": study,
    }
    return {key: value for key, value in entry.items() if value}


def read_entry(entry: Mapping[str, Any], corpus: Corpus) -> Summary:
    """Return an entry as the loader reads it from a file. Raises GivenError with its faults."""
    topics = {topic.id for topic in corpus.topics}
    try:
        return read_own(render({"summaries": [entry]}), topics)[0]
    except CorpusError as error:
        faults: dict[str, str] = {}
        for fault in error.faults:
            key = re.sub(r"(\[[0-9]+\]|(?<=study\.sample)|(?<=study\.effects)).*$", "", fault.path.partition(".")[2])
            field = _KEYS.get(key, "title")
            faults.setdefault(field, fault_sentence(field, fault))
        raise GivenError(faults) from None


def put_own(root: Path, added: Sequence[OwnSummary]) -> bool:
    """Write own summaries into a library's folder that it has not been given before; return whether its file changed. Raises
    UnwritableError, WriteError, CorpusError or OSError.
    """
    given = marks_in(root / RECEIVED)
    due = [each for each in added if each.summary_id not in given]
    if not due:
        return False
    check_writable(root)
    path = root / OWN
    with one_at_a_time(root / "issues"):
        old = path.read_bytes() if path.exists() else LEAD.encode()
        before = yaml.safe_load(old) or {"summaries": []}
        there = {each["id"] for each in before["summaries"]}
        new = [json.loads(each.entry) for each in due if each.summary_id not in there]
        if new:
            content = _with(old, before, new)
            read_own(content, {topic for each in new for topic in each.get("topics", ())} | _topics_of(before))
            write_atomically(path, content)
        add_marks(root / RECEIVED, [each.summary_id for each in due])
    return bool(new)


class OwnWorker:
    """Writes own summaries into this process's library. Every replica has one."""

    def __init__(self, store: OwnSummaries, root: Path) -> None:
        self._store = store
        self._root = root
        self._done: frozenset[str] = frozenset()
        self._trouble = ""

    async def add(self, entry: Mapping[str, Any], *, post: bool = False) -> None:
        """Add a summary, and write it into this process's library at once. With `post` it also joins the month of the team's
        own that waits for a curator. Raises UserError, or GivenError where someone was faster with the same title.
        """
        try:
            check_writable(self._root)
        except UnwritableError:
            raise UserError(NOT_OURS) from None
        summary = OwnSummary(str(entry["id"]), json.dumps(entry, ensure_ascii=False))
        if not await self._store.add(summary, posted_in=str(entry["added"]) if post else None):
            raise GivenError({"title": SAME_TITLE})
        await self.write()

    async def write(self) -> bool:
        """Write what was added since; return whether the library changed. A failure is logged, and tried again."""
        added = await self._store.all()
        ids = frozenset(each.summary_id for each in added)
        if ids <= self._done:
            return False
        try:
            changed = await asyncio.to_thread(put_own, self._root, added)
        except (UnwritableError, WriteError, CorpusError, OSError) as error:
            if str(error) != self._trouble:
                self._trouble = str(error)
                log.error("an own summary could not be written into %s: %s", OWN, error)
            return False
        self._done, self._trouble = ids, ""
        return changed


def _with(old: bytes, before: Any, new: Sequence[Mapping[str, Any]]) -> bytes:
    if not before["summaries"]:
        return LEAD.encode() + render({"summaries": list(new)})
    after = {**before, "summaries": [*before["summaries"], *new]}
    return inserted(OWN.removesuffix(".yaml"), old, before, new, after)


def _topics_of(before: Any) -> set[str]:
    return {str(topic) for each in before["summaries"] for topic in each.get("topics") or ()}


def _source(text: str) -> dict[str, str]:
    """Return the DOI or address in a text, or nothing."""
    doi, url = citations.doi(text), citations.url(text)
    return {"doi": doi} if doi else {"url": url} if url else {}


def _lines(text: str) -> list[str]:
    return [line for each in text.splitlines() if (line := clean(each))]

"""Facts read from the texts of originals that are in a corpus already: what is empty is filled, all else stays. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from bot.blog.imported import study_facts
from bot.corpus.edit import with_key
from bot.corpus.faults import CorpusError
from bot.corpus.files import WriteError, mark_of
from bot.corpus.layout import render
from bot.corpus.load import read_issue
from bot.corpus.merging import Record
from bot.corpus.model import Topic
from bot.corpus.plain_yaml import values_of
from bot.corpus.write import CorpusFolder, Plan
from bot.extraction.facts import read_facts


def fill(folder: CorpusFolder, planned: Plan) -> None:
    """Add to a plan what is empty in the files of originals and can be read from their texts. A file in which a key cannot
    be set without touching the rest is left as it is, and named in `planned.refused`.
    """
    for month, content in sorted({**folder.files, **planned.files}.items()):
        try:
            after, filled = _filled(month, content, folder.topics)
        except WriteError as error:
            planned.refused.append(str(error))
            continue
        if filled:
            planned.files[month] = after
            if month in folder.files and mark_of(folder.files[month]) not in folder.written:
                planned.edited.add(month)
            planned.filled += [(month, title, fields) for title, fields in filled]


def _filled(month: str, content: bytes, topics: Sequence[Topic]) -> tuple[bytes, list[tuple[str, tuple[str, ...]]]]:
    """Return a month's file with its empty facts filled, and which of which titles those are. Raises WriteError."""
    values = values_of(content.decode("utf-8-sig"))
    in_our_layout = render(values) == content
    filled, summaries = [], []
    for each in values["summaries"]:
        new = dict(_missing(each, topics)) if each["text"] == "original" else {}
        for key, value in new.items():
            content = content if in_our_layout else with_key(month, content, each["id"], key, value)
            each = _with(each, key, value)
        summaries.append(each)
        if fields := tuple(key.rpartition(".")[2] for key in new if not key.startswith("read_from.")):
            filled.append((str(each["title"]), fields))
    if filled and in_our_layout:
        content = render(values | {"summaries": summaries})
    try:
        read_issue(month, content, {topic.id for topic in topics})
    except CorpusError as error:
        raise WriteError(f"{month} cannot be filled so that it reads back: {error.faults[0]}") from None
    return content, filled


def _missing(each: Record, topics: Sequence[Topic]) -> Iterator[tuple[str, Any]]:
    """Yield the keys of a summary ("study.design") that are empty and what its text says for them, with its sentences."""
    study = each.get("study") or {}
    facts = read_facts(str(each["title"]), str(each["summary"]), study.get("citation"), topics)
    for key, value in (("topics", list(facts.topics)), ("bottom_line", facts.finding)):
        if value and not each.get(key):
            yield key, value
    for name, value in study_facts(facts).items():
        if value and not study.get(name):
            yield f"study.{name}", value
            yield f"read_from.{name}", list(facts.read_from[name])


def _with(each: Mapping[str, Any], key: str, value: Any) -> dict[str, Any]:
    outer, _, inner = key.partition(".")
    return {**each, outer: {**(each.get(outer) or {}), inner: value} if inner else value}

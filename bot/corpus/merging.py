"""Several printings of one month put together: each entry once, in the printed order, also when it was mended. Pure."""

from __future__ import annotations

import heapq
import json
from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Any

from bot.corpus.same import same_entry
from bot.text import normalised

Record = Mapping[str, Any]
"""A summary as its YAML says it: id, title, text, summary, implications, study ..."""


@dataclass(frozen=True, slots=True)
class ImportedMonth:
    """The entries of one month as one source has them, in its order. `complete`: the source shows that these are all;
    `continued`: entries that come before them may be on another page.
    """

    month: str
    records: tuple[Record, ...]
    complete: bool = False
    subjects: tuple[str, ...] = ()
    note: str | None = None
    continued: bool = False


def recognised_in(
    present: Sequence[Record], imported: Sequence[ImportedMonth]
) -> tuple[list[ImportedMonth], dict[str, set[str]]]:
    """Return the imported months with the titles that the file has for their entries, and by the id of a summary the titles
    that its entry has on the pages, where they are others.
    """
    mended: dict[str, set[str]] = {}
    known = {normalised(str(each["title"])) for each in present}

    def titled(record: Record, beside: set[str]) -> Record:
        if normalised(record["title"]) in known:
            return record
        others = (each for each in present if normalised(str(each["title"])) not in beside)
        found = next((each for each in others if same_entry(each, record)), None)
        if found is None:
            return record
        mended.setdefault(found["id"], set()).add(record["title"])
        return {**record, "title": found["title"]}

    def recognised(source: ImportedMonth) -> ImportedMonth:
        beside = {normalised(each["title"]) for each in source.records}
        return replace(source, records=tuple(titled(each, beside) for each in source.records))

    return list(map(recognised, imported)), mended


def fullest(imported: Sequence[ImportedMonth]) -> dict[str, Record]:
    """Return each entry once, by its normalised title: of two printings, the fuller one, whichever came first. What one page
    prints side by side are two entries, however alike.
    """
    by_title: dict[str, Record] = {}
    beside: dict[str, set[str]] = {}
    for source in imported:
        titles = {normalised(each["title"]) for each in source.records}
        for each in source.records:
            key = normalised(each["title"])
            beside.setdefault(key, set()).update(titles)
            if key not in by_title or (each != by_title[key] and _fullness(each) > _fullness(by_title[key])):
                by_title[key] = each
    kept: dict[str, Record] = {}
    for key, record in sorted(by_title.items(), key=lambda pair: _fullness(pair[1]), reverse=True):
        if not any(other not in beside[key] and same_entry(each, record) for other, each in kept.items()):
            kept[key] = record
    return kept


def _fullness(each: Record) -> tuple[int, str]:
    text = json.dumps(_without_id(each), ensure_ascii=False, sort_keys=True)
    return len(text), text


def with_id(summary_id: str, record: Record) -> Record:
    return {"id": summary_id, **_without_id(record)}


def _without_id(record: Record) -> dict[str, Any]:
    return {name: value for name, value in record.items() if name != "id"}


def sequences(imported: Sequence[ImportedMonth]) -> list[list[str]]:
    return sorted([normalised(each["title"]) for each in source.records] for source in imported)


def continued(imported: Sequence[ImportedMonth]) -> set[str]:
    """Return the entries of which no source shows that the month begins with them, or goes on to them."""
    every = {normalised(each["title"]) for source in imported for each in source.records}
    return every - {normalised(each["title"]) for source in imported if not source.continued for each in source.records}


def in_order(sequences: Sequence[Sequence[str]], last: Set[str] = frozenset()) -> list[str]:
    """Return all keys, in each sequence's order where they do not contradict each other; else those that are not in `last`
    come first, and then by the alphabet.
    """
    after: dict[str, set[str]] = {key: set() for keys in sequences for key in keys}
    for keys in sequences:
        for one, next_ in pairwise(keys):
            if one != next_:
                after[one].add(next_)
    waits = {key: sum(key in others for others in after.values()) for key in after}
    ready = [(key in last, key) for key, count in waits.items() if not count]
    heapq.heapify(ready)
    ordered: list[str] = []
    left = set(after)
    while left:
        key = heapq.heappop(ready)[1] if ready else min(left)
        if key not in left:
            continue
        left.discard(key)
        ordered.append(key)
        for next_ in after[key] & left:
            waits[next_] -= 1
            if not waits[next_]:
                heapq.heappush(ready, (next_ in last, next_))
    return ordered

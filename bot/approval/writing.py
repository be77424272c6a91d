"""Writes what was approved of a month into a library, without touching what people wrote there."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from bot.corpus.files import WriteError
from bot.corpus.merging import ImportedMonth, Record
from bot.corpus.same import same_entry
from bot.corpus.write import CorpusFolder, Plan, carry_out, plan, records_of
from bot.store.drafts import Draft


def put(root: Path, month: str, approved: Sequence[Draft]) -> bool:
    """Merge the approved drafts of a month into a corpus, the first one first; return whether a file changed. A file that is
    newer than a decision is a person's, or has what was decided. Raises WriteError, CorpusError or OSError.
    """
    path = root / "issues" / f"{month}.yaml"
    written = path.stat().st_mtime if path.exists() else None
    due = [draft for draft in approved if written is None or written < (draft.decided_at or 0.0)]
    if not due:
        return False
    shelf = CorpusFolder(root)
    after = merged(shelf, month, due)
    if after == shelf.files.get(month):
        return False
    carry_out(shelf, Plan({month: after}))  # at once: a file that is newer than a decision has what was decided
    return True


def merged(shelf: CorpusFolder, month: str, drafts: Sequence[Draft]) -> bytes:
    """Return what a month's file becomes with these drafts. Raises WriteError."""
    before = dict(shelf.files)
    for draft in sorted(drafts, key=lambda draft: (draft.is_addition, draft.key)):
        planned = plan(shelf, [_source(draft, records_of(shelf, month))])  # one after the other, as they were approved
        if planned.refused:
            raise WriteError(planned.refused[0])
        shelf.files |= planned.files
    after, shelf.files = shelf.files, before
    return after[month]


def _source(draft: Draft, present: Sequence[Record]) -> ImportedMonth:
    """Return what a draft adds to what is there: of an addition only what was new when it came, since what is missing of the
    rest was taken out by a person.
    """
    values: dict[str, Any] = draft.values
    records, complete = tuple(values["summaries"]), bool(values["complete"])
    if draft.is_addition:
        there = [record for record in records if any(same_entry(each, record) for each in present)]
        new = [record for record in records if record["title"] in draft.reasons and record not in there]
        complete = complete and len(there) + len(new) == len(records)
        records = records if complete else tuple(new)
    return ImportedMonth(draft.month, records, complete, tuple(values.get("subjects") or ()), draft.note)

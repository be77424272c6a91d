"""What curators change of a summary, as plain values, and a month's file with such changes in it. Pure.

A month may be OURS: the team's own summaries.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from itertools import accumulate
from typing import Any

from bot.corpus.edit import with_key
from bot.corpus.effects import entry_of
from bot.corpus.faults import Fault
from bot.corpus.load import read_summaries
from bot.corpus.model import Summary
from bot.corpus.sentences import sentences
from bot.errors import ExpectedError
from bot.text import fold

Values = Mapping[str, Any]
"""The value of each field: a text (empty: none), a list of texts or of effect sizes, or a mapping of counts."""

KEYS = {
    "bottom_line": "bottom_line",
    "implications": "implications",
    "caution": "caution",
    "topics": "topics",
    "design": "study.design",
    "sample": "study.sample",
    "effects": "study.effects",
    "asks": "asks",
    "draft_asks": "draft_asks",
}
"""The fields that can be changed, each with its key in a summary."""
NO_DESIGN = "not stated"
_ENDS = re.compile(r"[.?!…:;][”’\"')\]]*$")
_QUOTES = str.maketrans(dict.fromkeys("“”„«»", '"'))


class RevisionError(ExpectedError):
    """A field cannot be changed in this way; the message is for the person who edits."""


def values_of(summary: Summary) -> dict[str, Any]:
    """Return the values of a summary's fields."""
    return {
        "bottom_line": summary.bottom_line or "",
        "implications": list(summary.implications),
        "caution": summary.caution or "",
        "topics": list(summary.topics),
        "design": summary.study.design,
        "sample": dict(summary.study.sample),
        "effects": [entry_of(each) for each in summary.study.effects],
        "asks": list(summary.asks),
        "draft_asks": list(summary.draft_asks),
    }


def summary_in(month: str, content: bytes, summary_id: str, topics: set[str]) -> Summary | None:
    """Return a summary of a month's file, or None. Raises CorpusError."""
    return next((each for each in read_summaries(month, content, topics) if each.id == summary_id), None)


def revised(month: str, content: bytes, summary: Summary, changes: Values, topics: set[str]) -> bytes:
    """Return a month's file with these fields of a summary changed. A fact that was read from the text by rule becomes a
    person's own. Nothing else in the folder can become faulty by it. Raises WriteError, or CorpusError with the faults.
    """
    for field, value in changes.items():
        content = with_key(month, content, summary.id, KEYS[field], None if value == NO_DESIGN else value)
        if summary.sentences(field):
            content = with_key(month, content, summary.id, f"read_from.{field}", None)
    read_summaries(month, content, topics)
    return content


def field_of(fault: Fault) -> str | None:
    """Return the field that a fault is about; None for another part of the file."""
    return field_at(fault.path.partition("].")[2])


def field_at(path: str) -> str | None:
    """Return the field that a path within a summary is in ("study.effects[0].ci"); None for another part of it."""
    return next((field for field, key in KEYS.items() if re.match(rf"{re.escape(key)}(?![a-z_])", path)), None)


def what_is_due(now: Values, changes: Sequence[tuple[Values, Values]]) -> tuple[dict[str, Any], set[str]]:
    """Return what is still to be changed where a summary's values are these and curators made changes one after another
    (each as it was before and after), and the fields that someone has since written otherwise: those stay.
    """
    due: dict[str, Any] = {}
    kept = set()
    for field in {field: None for _, after in changes for field in after}:
        steps = [(before[field], after[field]) for before, after in changes if field in after]
        last = steps[-1][1]
        if now[field] == last:
            continue
        if any(now[field] == before for before, _ in steps):
            due[field] = last
        else:
            kept.add(field)
    return due, kept


def regrouped(old: Sequence[str], new: Sequence[str]) -> list[str]:
    """Return an original's implications in the lines of `new` with the words of `old`: split and joined only where a
    sentence ends. Raises RevisionError.
    """
    words = [word for line in old for word in line.split()]
    given = [line.split() for line in new if line.split()]
    if list(map(_plain, words)) != [_plain(word) for line in given for word in line]:
        raise RevisionError("These are the blog's own words, so they stay as they are: only split lines, or join them.")
    ends_before = set(accumulate(len(line.split()) for line in old))
    ends_now = list(accumulate(map(len, given)))
    found, begin = [], 0
    may_end = ends_before | set(accumulate(len(each.split()) for line in old for each in sentences(line)))
    for number, end in enumerate(ends_now, 1):
        if end not in may_end:
            raise RevisionError(f"Line {number} ends within a sentence: split it only where a sentence ends.")
        for joined in ends_before - set(ends_now):
            if begin < joined < end and not _ENDS.search(words[joined - 1]):
                raise RevisionError(f"Line {number} joins lines of which one is no whole sentence: leave them apart.")
        found.append(" ".join(words[begin:end]))
        begin = end
    return found


def _plain(word: str) -> str:
    return fold(word.translate(_QUOTES))


def brought_up_to_date(
    month: str, content: bytes, changes: Mapping[str, Sequence[tuple[Values, Values]]], topics: set[str]
) -> tuple[bytes, dict[str, set[str]], set[str]]:
    """Return a month's file with all changes to its summaries (by id) made that are due; the fields, by id, that stay as
    someone has since written them; and the ids that the file has. Raises WriteError or CorpusError.
    """
    kept: dict[str, set[str]] = {}
    there = {each.id: each for each in read_summaries(month, content, topics)}
    for summary_id in changes.keys() & there.keys():
        due, others = what_is_due(values_of(there[summary_id]), changes[summary_id])
        if others:
            kept[summary_id] = others
        if due:
            content = revised(month, content, there[summary_id], due, topics)
    return content, kept, set(there)

"""What the source says of one paper, in the form of Crossref's REST API (`GET /works/DOI`): the notices on that very DOI.

Anything that is not exactly that is no answer, never a notice: a wrong mark on a card would be a falsehood.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from datetime import date
from typing import Any

from bot.corpus.model import NOTICE_KINDS, Notice
from bot.errors import ExpectedError

MOST = 5
"""Notices of one paper that are shown, the gravest first."""
_KINDS = {
    "retraction": "retraction",
    "partial_retraction": "partial retraction",
    "withdrawal": "withdrawal",
    "removal": "removal",
    "expression_of_concern": "expression of concern",
    "correction": "correction",
    "corrigendum": "correction",
    "erratum": "correction",
}
"""The types of update that are notices. Others are not (a new edition, a new version, an addendum, a clarification)."""
_DOI = re.compile(r"10\.[0-9]{4,9}/[\x21-\x7e]{1,250}")


class AnswerError(ExpectedError):
    """An answer that does not say which notices there are on the paper that was asked about."""


def notices_in(body: bytes, doi: str) -> tuple[Notice, ...]:
    """Return the notices on the paper with this DOI, the gravest first, then the oldest. Raises AnswerError."""
    try:
        answer = json.loads(body)
    except (ValueError, RecursionError):
        raise AnswerError("the answer is not JSON") from None
    work = answer.get("message") if isinstance(answer, Mapping) else None
    if not isinstance(work, Mapping) or not isinstance(work.get("DOI"), str):
        raise AnswerError("the answer describes no work")
    if work["DOI"].lower() != doi.lower():
        raise AnswerError("the answer is about another DOI")
    updates = work.get("updated-by", [])
    if not isinstance(updates, list) or not all(isinstance(each, Mapping) for each in updates):
        raise AnswerError("the answer's list of updates cannot be read")
    found: dict[tuple[str, str], Notice] = {}
    for each in sorted(updates, key=lambda each: each.get("source") != "publisher"):  # Retraction Watch may have it, too
        if notice := _notice(each):
            found.setdefault((notice.kind, notice.doi.lower()), notice)
    order = sorted(found.values(), key=lambda notice: (NOTICE_KINDS.index(notice.kind), notice.date or "", notice.doi))
    return tuple(order[:MOST])


def _notice(update: Mapping[str, Any]) -> Notice | None:
    """Return an update as a notice; None for one of another type, or one that does not say where the notice is."""
    kind = _KINDS.get(re.sub(r"[\s-]+", "_", str(update.get("type")).strip().lower()))
    doi = update.get("DOI")
    if kind is None or not isinstance(doi, str) or not _DOI.fullmatch(doi):
        return None
    return Notice(kind, doi, _date(update.get("updated")))


def _date(updated: Any) -> str | None:
    """Return a date as far as it is stated; None where it is none."""
    parts = updated.get("date-parts") if isinstance(updated, Mapping) else None
    first = parts[0] if isinstance(parts, list) and parts else None
    if not isinstance(first, list) or not 1 <= len(first) <= 3 or not all(type(part) is int for part in first):
        return None
    year, month, day = (*first, 1, 1)[:3]
    try:
        return date(year, month, day).isoformat()[: (4, 7, 10)[len(first) - 1]]
    except (ValueError, OverflowError):
        return None

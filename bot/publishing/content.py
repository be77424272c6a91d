"""What a posted message was made from, as a hash: it changes with the content, not with how the bot lays it out."""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict
from typing import Any

from bot.corpus.model import Issue, Summary


def of_summary(summary: Summary) -> str:
    """Return the content of a card: all of a summary but the questions that lead to it, which no reader sees."""
    content = asdict(summary) | {"summary": " ".join(summary.summary.split())}
    for unseen in ("asks", "draft_asks"):
        del content[unseen]
    for later in (
        "caution",
        "read_from",
        "is_own",
        "source",
    ):  # cards that were posted before there were these stay
        if not content[later]:
            del content[later]
    if not content["study"]["notices"]:
        del content["study"]["notices"]
    return _hash(content)


def of_month(issue: Issue) -> str:
    """Return the content of a month's message in a channel: what it is called, and of each summary the title and what is
    said under it.
    """
    said = [[summary.title, summary.bottom_line or summary.implications[:1]] for summary in issue.summaries]
    return _hash([issue.month, issue.complete, issue.subjects, said, issue.note, *_notices(issue)])


def of_titles(issue: Issue) -> str:
    """Return the content of a month's message as it was before it said what the summaries found: what those that were
    posted then must follow.
    """
    titles = [summary.title for summary in issue.summaries]
    note = [issue.note] if issue.note else []
    return _hash([issue.month, issue.complete, issue.subjects, titles, *note, *_notices(issue)])


def _notices(issue: Issue) -> list[Any]:
    """Return the notices on a month's papers; nothing where there is none, so that what was posted stays as it is."""
    found = {summary.id: [asdict(each) for each in summary.study.notices] for summary in issue.summaries}
    return [found] if any(found.values()) else []


def _hash(content: Any) -> str:
    return hashlib.sha256(json.dumps(content, ensure_ascii=False, sort_keys=True).encode()).hexdigest()

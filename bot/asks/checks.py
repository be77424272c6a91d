"""Whether a drafted ask may be offered to a curator: it invents nothing, names no one, and no neighbour answers it."""

from __future__ import annotations

import re
from collections.abc import Iterable

from bot.corpus.model import Summary
from bot.safety.client_details import without_details
from bot.search.engine import Engine
from bot.search.result import Outcome
from bot.search.text import is_number, stem, tokens
from bot.text import fold, normalised

SHORTEST, LONGEST = 8, 150
"""Characters of an ask: less says nothing, more is a story that no one types."""
_MARK = re.compile(r"^(?:[-*•–]|\(?[0-9]{1,2}[.):])\s*")
_CAPITALISED = re.compile(r"(?<=[\w,;] )[A-Z][\w'’-]+")


def lines_of(reply: str) -> list[str]:
    """Return the asks in a model's reply, one a line, without list marks, quotation marks and the lines around a list."""
    found = []
    for raw in reply.splitlines():
        line = _MARK.sub("", " ".join(raw.split())).strip("\"“”'` ")
        if line and not line.endswith(":"):
            found.append(line)
    return found


def problem(engine: Engine, summary: Summary, ask: str, others: Iterable[str] = ()) -> str | None:
    """Return why an ask cannot be offered for a summary, in a few words, or None. `others` are asks that it already has."""
    if not SHORTEST <= len(ask) <= LONGEST:
        return "too long or too short"
    if normalised(ask) in {normalised(other) for other in (*others, *summary.asks, *summary.draft_asks)}:
        return "a repetition"
    if without_details(ask, engine.knows)[1]:
        return "looks like client details"
    text = " ".join(
        (summary.title, summary.bottom_line or "", summary.summary, *summary.implications, *summary.study.authors)
    )
    own = {stem(word) for word in tokens(text)}
    if invented := [word for word in tokens(ask) if is_number(word) and word not in own]:
        return f"a figure that the summary does not have ({invented[0]})"
    for word in _CAPITALISED.findall(ask):
        folded = fold(word).removesuffix("'s")
        if not word.isupper() and stem(folded) not in own and not engine.knows(folded):
            return f"a name that the summary does not have ({word})"
    result = engine.search(ask, limit=1)
    if result.outcome is Outcome.ANSWER and result.hits[0].summary.id != summary.id:
        return f"answered by {result.hits[0].summary.id}"
    return None

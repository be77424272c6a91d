"""The summaries that answer a question, compared: in an order that is explained and is not a ranking."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import groupby

from bot.corpus.model import DESIGNS, Summary
from bot.search.engine import Engine
from bot.search.result import Outcome, Result

MOST = 5
"""Summaries in one comparison: more would fit no message that is read on a phone."""
CLOSE = 0.75
"""The share of the best score that another needs: what matches only one word of the question is no answer."""
BESIDE_FROM = 0.4
"""The least confidence of what is shown beside an answer: less than an answer's own, since it does not replace it."""
WORD = "compare"


@dataclass(frozen=True, slots=True)
class Comparison:
    """What answers a question, by design: in the order of the closed list of designs, within one the newest paper first."""

    result: Result
    groups: tuple[tuple[str, tuple[Summary, ...]], ...]

    @property
    def summaries(self) -> tuple[Summary, ...]:
        """Return all of them, in order."""
        return tuple(summary for _, summaries in self.groups for summary in summaries)


def words_to_compare(text: str) -> str | None:
    """Return the words after "compare", or None where the text does not begin with that word."""
    first, _, rest = text.strip(" .!?/").partition(" ")
    return rest.strip() if first.casefold().rstrip(":,") == WORD else None


def compare(text: str, engine: Engine) -> Comparison:
    """Return the best answers to a question, at most `MOST`."""
    result = engine.search(text, limit=MOST)
    least = CLOSE * max((hit.score for hit in result.hits), default=0.0)
    sure = [hit.summary for hit in result.hits if hit.confidence >= BESIDE_FROM and hit.score >= least]
    found = sorted(sure if result.outcome is Outcome.ANSWER else (), key=_order)
    return Comparison(
        result, tuple((design, tuple(group)) for design, group in groupby(found, lambda each: each.study.design))
    )


def _order(summary: Summary) -> tuple[int, int, int]:
    year = summary.study.year or int(summary.issue[:4])
    return DESIGNS.index(summary.study.design), -year, -int(summary.issue.replace("-", ""))

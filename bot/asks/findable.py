"""Which summaries are the hardest to find: those whose own sentences lead as well to a neighbour."""

from __future__ import annotations

from bot.corpus.model import Summary
from bot.search.engine import Engine


def lookalike(engine: Engine, summary: Summary) -> tuple[float, Summary | None]:
    """Return how near another summary comes when a summary's title, bottom line and implications are asked one by one, and
    the nearest of them: 0 where none is found beside it, 1 where another is found as well as it or better.

    A score is compared with that of the summary itself, so the figure compares summaries of one library, not of two.
    """
    nearest: tuple[float, Summary | None] = (0.0, None)
    texts = (summary.title, *([summary.bottom_line] if summary.bottom_line else ()), *summary.implications)
    shares: list[float] = []
    for text in texts:
        hits = engine.search(text, limit=6).hits
        own = next((hit.score for hit in hits if hit.summary.id == summary.id), 0.0)
        other = next((hit for hit in hits if hit.summary.id != summary.id), None)
        share = 0.0 if other is None else min(1.0, other.score / own) if own > 0 else 1.0
        shares.append(share)
        if other is not None and share > nearest[0]:
            nearest = share, other.summary
    return round(sum(shares) / len(shares), 2), nearest[1]

"""A newer summary of the same ground, where there surely is one: a wrong one would mislead, a missing one does not.

Two summaries cover the same ground when the questions written for each of them are often answered by the other. Summaries
without such questions (fresh imports) are passed over.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Sequence

from bot.corpus.model import Summary

SAME_GROUND = 0.26
"""The geometric mean of both shares from which on two summaries cover the same ground. Chosen by eye over all pairs of the
shipped corpus: every pair above it is right, the first doubtful one lies at 0.25."""
LEAST_ASKS = 5
CANDIDATES = 5
"""Newer neighbours that are looked at."""


def find_later(
    summary: Summary, near: Sequence[Summary], answers: Callable[[str, Sequence[Summary]], Sequence[Summary]]
) -> Summary | None:
    """The newer summary that covers the same ground best, or None.

    `near` are its neighbours, the nearest first; `answers` tells which of some summaries answer a question.
    """
    near = [other for other in near if other.issue > summary.issue and _share_a_main_topic(summary, other)]
    near = [other for other in near if len(other.asks) >= LEAST_ASKS][:CANDIDATES]
    if len(summary.asks) < LEAST_ASKS or not near:
        return None
    questions = _questions(summary)
    found = Counter(other.id for question in questions for other in answers(question, near))
    best: tuple[float, Summary] | None = None
    for other in near:
        share = found[other.id] / len(questions)
        if share < SAME_GROUND**2:  # the other's share is at most 1
            continue
        back = _questions(other)
        score = math.sqrt(share * sum(bool(answers(question, [summary])) for question in back) / len(back))
        if score >= SAME_GROUND and (best is None or score > best[0]):
            best = (score, other)
    return best[1] if best else None


def _questions(summary: Summary) -> list[str]:
    return [summary.title, *([summary.bottom_line] if summary.bottom_line else []), *summary.asks]


def _share_a_main_topic(one: Summary, other: Summary) -> bool:
    """Whether the first topic of either is among the topics of the other."""
    return bool(set(one.topics[:1]) & set(other.topics) or set(other.topics[:1]) & set(one.topics))

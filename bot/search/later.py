"""A newer summary of the same ground, where there surely is one: a wrong one would mislead, a missing one does not.

Two summaries cover the same ground when the questions written for each of them are often surely answered by the other.
Summaries without such questions (fresh imports) are passed over.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Sequence

from bot.corpus.model import Summary

SAME_GROUND = 0.135
"""The geometric mean of both shares from which on two summaries cover the same ground. Chosen by eye over all pairs of the
shipped corpus: every pair above it is right, the first doubtful one lies at 0.13."""
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
    best, highest = None, SAME_GROUND
    for other in near:
        share = found[other.id] / len(questions)
        if share < highest**2:  # the other's share is at most 1
            continue
        back = _share(_questions(other), lambda question: bool(answers(question, [summary])), highest**2 / share)
        score = math.sqrt(share * back)
        if score > highest or (best is None and score >= highest):
            best, highest = other, score
    return best


def _share(questions: Sequence[str], is_answered: Callable[[str], bool], least: float) -> float:
    """The share of questions that are answered; 0 as soon as it cannot become `least` any more."""
    allowed = len(questions) * (1 - least) + 1e-9
    missed = 0
    for question in questions:
        missed += not is_answered(question)
        if missed > allowed:
            return 0.0
    return 1 - missed / len(questions)


def _questions(summary: Summary) -> list[str]:
    return [summary.title, *([summary.bottom_line] if summary.bottom_line else []), *summary.asks]


def _share_a_main_topic(one: Summary, other: Summary) -> bool:
    """Whether the first topic of either is among the topics of the other."""
    return bool(set(one.topics[:1]) & set(other.topics) or set(other.topics[:1]) & set(one.topics))

"""How likely a summary answers a question: what decides between an answer and an honest "nothing here"."""

from __future__ import annotations

import math
from typing import NamedTuple

from bot.search.aboutness import ABOUT


class Features(NamedTuple):
    """What the confidence in a hit is computed from: its ranking features, and of the question:

    matched_weight: the weight that the summary covers, in rare words (0 to 4). lexicon_weight: the part of it that comes
    from terms of the lexicon (0 to 3), which match by chance more easily than rare plain words. salient_terms: how many of
    its salient words and phrases the summary covers (0 to 5): one alone may match by chance. And in the sentence that the
    summary matches best: unknown_term: the weight of the heaviest term of the lexicon that no summary covers, as a share of
    the heaviest of all (0 to 1): "PCOMS" in a question is what it is about. out_of_domain: the same for terms of other
    fields and subjects ("hip replacement").
    """

    strength: float
    cover: float
    part: float
    fit: float
    matched_weight: float
    lexicon_weight: float
    unknown_term: float
    out_of_domain: float
    salient_terms: float


BIAS = -4.0
COEFFICIENTS = Features(
    strength=2.75,
    cover=0.0,
    part=4.15,
    fit=0.9,
    matched_weight=0.92,
    lexicon_weight=-0.42,
    unknown_term=-1.6,
    out_of_domain=-3.0,
    salient_terms=0.55,
)
ANSWER_FROM = 0.6
"""The least confidence of an answer."""
MOST = 0.95
"""The highest confidence in what is about a subject: of what is listed for one, a tenth or two only touches it."""
RELATED_FROM = 0.3
"""The least confidence of something loosely related."""


def confidence_in_subject(level: float) -> float:
    """Return the confidence in a summary that is about a subject at a level from 0 to 1 (see `bot.search.aboutness`): below
    ABOUT never an answer's, but always that of something related.
    """
    if level >= ABOUT:
        return round(min(level, MOST), 4)
    return round(RELATED_FROM + level * (ANSWER_FROM - RELATED_FROM) / ABOUT, 4)


def confidence(features: Features) -> float:
    """Return how likely a summary answers the question, 0 to 1: a logistic model of the features."""
    logit = BIAS + sum(weight * value for weight, value in zip(COEFFICIENTS, features, strict=True))
    return round(1 / (1 + math.exp(-logit)), 4)

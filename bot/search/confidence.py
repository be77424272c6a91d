"""How sure the search is that a summary answers a question: what decides between an answer and an honest "nothing here"."""

from __future__ import annotations

import math
from typing import NamedTuple


class Features(NamedTuple):
    """What the confidence in a hit is made of: its evidence, and of the question:

    matched: the weight that the summary speaks of, in rare words (0 to 4). met: the part of it that terms of the lexicon
    make up (0 to 3); they are more easily met by chance than rare plain words. telling: of how many of its weighty words and
    phrases the summary speaks (0 to 5): one alone may be met by chance. And in the sentence that the summary meets best:
    strange: the weight of the weightiest term of the lexicon that no summary speaks of, as a share of the weightiest of all
    (0 to 1): "PCOMS" in a question is what it is about. foreign: the same for terms of other fields and subjects ("hip
    replacement").
    """

    strength: float
    cover: float
    part: float
    fit: float
    matched: float
    met: float
    strange: float
    foreign: float
    telling: float


BIAS = -4.0
COEFFICIENTS = Features(
    strength=2.75, cover=0.0, part=4.15, fit=0.9, matched=0.92, met=-0.42, strange=-1.6, foreign=-3.0, telling=0.55
)
ANSWER_FROM = 0.6
"""The least confidence of an answer."""
RELATED_FROM = 0.3
"""The least confidence of something loosely related."""


def confidence(features: Features) -> float:
    """How likely a summary answers the question, 0 to 1: a logistic model of the features."""
    logit = BIAS + sum(weight * value for weight, value in zip(COEFFICIENTS, features, strict=True))
    return round(1 / (1 + math.exp(-logit)), 4)

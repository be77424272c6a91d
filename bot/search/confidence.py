"""How likely a summary answers a question: what decides between an answer and an honest "nothing here"."""

from __future__ import annotations

import math
from typing import NamedTuple

from bot.search.aboutness import ABOUT


class Features(NamedTuple):
    """What the confidence in a hit is computed from. Shares are of the question's weight, weights are in rare words:

    strength: the score as a share of the highest possible (0 to 1). matched_weight: the weight that it covers (0 to 4).
    lexicon_weight: the part of it that comes from terms of the lexicon (0 to 3), which match by chance more easily than rare
    plain words. about: how far it is about the word or phrase that it is most about (0 to 1). passage: the largest share
    that one of its passages has. out_of_domain: in the sentence that it matches best, the weight of the heaviest term of
    another field ("hip replacement") as a share of the heaviest of all. And in a short question, whose every word counts:
    ask: the largest share that one ask has, since its words are not the summary's own; missing_term: the weight of the
    heaviest term of the lexicon that it does not have.
    """

    strength: float
    matched_weight: float
    lexicon_weight: float
    about: float
    passage: float
    out_of_domain: float
    ask: float
    missing_term: float


BIAS = -5.05
COEFFICIENTS = Features(
    strength=4.3,
    matched_weight=2.05,
    lexicon_weight=-0.9,
    about=1.25,
    passage=1.55,
    out_of_domain=-3.85,
    ask=-1.0,
    missing_term=-1.15,
)
FOREIGN = ("out_of_domain", "missing_term")
"""The features of what a question says beside what a summary covers."""
ANSWER_FROM = 0.6
"""The least confidence of an answer."""
MOST = 0.95
"""The highest confidence in what is about a subject: of what is listed for one, a tenth or two only touches it."""
RELATED_FROM = 0.3
"""The least confidence of something loosely related, and the least in what would answer but for words that it lacks."""


def confidence_in_subject(level: float) -> float:
    """Return the confidence in a summary that is about a subject at a level from 0 to 1 (see `bot.search.aboutness`): below
    ABOUT never an answer's, but always that of something related.
    """
    if level >= ABOUT:
        return round(min(level, MOST), 4)
    return round(RELATED_FROM + level * (ANSWER_FROM - RELATED_FROM) / ABOUT, 4)


def confidence(features: Features) -> float:
    """Return how likely a summary is about what was asked, 0 to 1: a logistic model of the features. Words from elsewhere
    never push a clear hit below what is related.
    """
    found = _probability(features)
    clear = _probability(features._replace(**dict.fromkeys(FOREIGN, 0.0)))
    return round(max(found, RELATED_FROM) if clear >= ANSWER_FROM else found, 4)


def _probability(features: Features) -> float:
    logit = BIAS + sum(weight * value for weight, value in zip(COEFFICIENTS, features, strict=True))
    return 1 / (1 + math.exp(-logit))

"""How likely a summary answers a question: what decides between an answer and an honest "nothing here"."""

from __future__ import annotations

import math
from operator import mul
from typing import NamedTuple

from bot.search.aboutness import ABOUT


class Features(NamedTuple):
    """What the confidence in a hit is computed from. Shares are of the question's weight, weights are in rare words:

    strength: the score as a share of the highest possible (0 to 1). matched_weight: the weight that it covers (0 to 4).
    lexicon_weight: the part of it that comes from terms of the lexicon (0 to 3), which match by chance more easily than rare
    plain words. about: how far it is about the word or phrase that it is most about (0 to 1). passage: the largest share of
    a sentence that one passage of its own texts has. ask: how much larger that of one ask is. out_of_domain: in the sentence
    that it matches best, the weight of the heaviest term of another field ("hip replacement") as a share of the heaviest of
    all. missing_term: in a short question, whose every word counts, the weight of the heaviest term of the lexicon that it
    does not have. shortness: 1 for a short question, of which the library may have every word but the one that matters, 0
    for a story, most words of which only surround the point. foreign: the share of all terms that it does not have; whole: 1
    where one passage or ask has the whole question. These two only keep what is clear from falling too low.
    """

    strength: float
    matched_weight: float
    lexicon_weight: float
    about: float
    passage: float
    ask: float
    out_of_domain: float
    missing_term: float
    shortness: float
    foreign: float
    whole: float


BIAS = -5.9
COEFFICIENTS = Features(
    strength=5.1,
    matched_weight=2.15,
    lexicon_weight=-1.25,
    about=1.4,
    passage=3.05,
    ask=2.25,
    out_of_domain=-3.9,
    missing_term=-0.9,
    shortness=-0.7,
    foreign=0.0,
    whole=0.0,
)
BIAS_WITHOUT_ASKS = -4.0
"""Fitted: -4.2. A little higher more is answered, and still about one input in twenty-five gets a wrong card, in the
libraries of tests/libraries as with the shipped summaries without their asks; the goal is one in twenty.
"""
WITHOUT_ASKS = Features(
    strength=3.1,
    matched_weight=1.35,
    lexicon_weight=-0.5,
    about=2.2,
    passage=1.05,
    ask=0.0,
    out_of_domain=-2.1,
    missing_term=-1.4,
    shortness=-0.5,
    foreign=0.0,
    whole=0.0,
)
"""The same for a summary that has no asks, as imported ones: it is met in fewer words, so that less of them says as much."""
ANSWER_FROM = 0.6
"""The least confidence of an answer."""
MOST = 0.95
"""The highest confidence in what is about a subject: of what is listed for one, a tenth or two only touches it."""
SAYS_SOMETHING = 0.5
"""The least weight, in rare words, of what is left of a question without the terms that a summary lacks: "effective" alone
("is EMDR effective") asks nothing.
"""
LOOSELY = ANSWER_FROM - 0.01
"""The highest confidence in what may well fit but does not answer."""
RELATED_FROM = 0.22
"""The least confidence of something loosely related, and the least in what would answer but for words that it lacks."""


def confidence_in_subject(level: float) -> float:
    """Return the confidence in a summary that is about a subject at a level from 0 to 1 (see `bot.search.aboutness`): below
    ABOUT never an answer's, but always that of something related.
    """
    if level >= ABOUT:
        return round(min(level, MOST), 4)
    return round(RELATED_FROM + level * (ANSWER_FROM - RELATED_FROM) / ABOUT, 4)


def confidence(features: Features, *, asks: bool = True) -> float:
    """Return how likely a summary (with asks, or without) is about what was asked, 0 to 1: a logistic model of the
    features. Words from elsewhere never push a clear hit below what is related, nor does anything push one of which a
    passage or an ask says it all.
    """
    found = _probability(features, asks)
    if found < RELATED_FROM and (features.whole or _is_clear(features, asks)):
        return RELATED_FROM
    return round(found, 4)


def _is_clear(features: Features, asks: bool) -> bool:
    """Return whether a summary would be an answer but for the terms that it lacks."""
    enough = features.foreign > 0 and features.matched_weight >= SAYS_SOMETHING
    return enough and _probability(_without_foreign(features), asks) >= ANSWER_FROM


def _without_foreign(features: Features) -> Features:
    """Return the features as if a question did not have the terms that a summary lacks."""
    left = max(1.0 - features.foreign, 0.1)
    return features._replace(
        strength=min(features.strength / left, 1.0),
        passage=min(features.passage / left, 1.0),
        ask=min(features.ask / left, 1.0),
        out_of_domain=0.0,
        missing_term=0.0,
    )


def _probability(features: Features, asks: bool) -> float:
    bias, weights = (BIAS, COEFFICIENTS) if asks else (BIAS_WITHOUT_ASKS, WITHOUT_ASKS)
    logit = bias + sum(map(mul, weights, features))
    return 1 / (1 + math.exp(-logit))

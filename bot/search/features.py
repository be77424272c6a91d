"""What the confidence in a summary is computed from: what of a question it covers, and what it lacks."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from bot.search.aboutness import Coverage
from bot.search.confidence import Features
from bot.search.question import Unit

SHORT, LONG = 10, 22
"""Words up to which a question is short, and from which on it is a story, in which words may be missing."""


class Asked(NamedTuple):
    """A question's units, the weight of each, and its parts: `sentences` are those that are not the whole question, where
    there are any. `foreign` tells which units are of another field and in no summary; `total` is the weight of all, `rare`
    that of a word that no summary has. `shortness` is 1 for a short question, 0 for a story.
    """

    units: Sequence[Unit]
    weights: Sequence[float]
    parts: Sequence[Sequence[int]]
    sentences: Sequence[Sequence[int]]
    foreign: Sequence[bool]
    total: float
    rare: float
    shortness: float


def shortness_of(words: Sequence[str]) -> float:
    """Return how short a question of these words is: 1 for a short one, 0 for a story."""
    return min(1.0, max(0.0, (LONG - len(words)) / (LONG - SHORT)))


def features_of(asked: Asked, strength: float, shares: Sequence[float], coverage: Coverage) -> Features:
    """Return the features of a summary that scores `strength` (0 to 1) and covers these shares (0 to 1) of the units."""
    units, weights = asked.units, asked.weights
    covered = [weight * share for weight, share in zip(weights, shares, strict=True)]
    best, matched = _best_covered(asked.parts, covered)
    nearest = _best_covered(asked.sentences, covered)[0] if len(asked.sentences) > 1 else asked.sentences[0]
    highest = max([weights[place] for place in nearest])
    missing = [
        weight for weight, unit, lacks in zip(weights, units, coverage.missing, strict=True) if lacks and unit.concepts
    ]
    return Features(
        strength=strength,
        matched_weight=min(matched / asked.rare, 4.0),
        lexicon_weight=min(sum([covered[place] for place in best if units[place].concepts]) / asked.rare, 3.0),
        about=coverage.about,
        passage=coverage.passage,
        ask=max(0.0, coverage.ask - coverage.passage),
        out_of_domain=max([weights[place] for place in nearest if asked.foreign[place]], default=0.0) / highest,
        missing_term=asked.shortness * max(missing, default=0.0) / asked.rare,
        shortness=asked.shortness,
        foreign=sum(missing) / asked.total,
        whole=float(coverage.whole),
    )


def _best_covered(parts: Sequence[Sequence[int]], covered: Sequence[float]) -> tuple[Sequence[int], float]:
    """Return the part of a question of which a summary covers most (of equals the first), and what it covers of it."""
    best, most = parts[0], -1.0
    for part in parts:
        if (weight := sum([covered[place] for place in part])) > most:
            best, most = part, weight
    return best, most

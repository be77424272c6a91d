"""How near each summary is to a question in meaning, where something outside the search has measured it. Nearness moves the
order and lets in what shares no word with the question; whether there is an answer it does not tell.
"""

from __future__ import annotations

import statistics
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from bot.corpus.model import Corpus

ABOVE_CHANCE = 2.0
"""Standard deviations above the library's mean from which a summary is nearer than by chance."""
FAR_ABOVE_CHANCE = 2.4
"""The same for an answer to a question in another language, which has no words to go by."""


@dataclass(frozen=True, slots=True)
class Nearness:
    """How near summaries are to one question. `similarities`, by their ids: on any scale, higher is nearer; a summary may be
    missing. `near_from` is the least similarity of what is loosely related, `answer_from` that of what answers a question in
    another language: they belong to the model that measured.
    """

    similarities: Mapping[str, float]
    near_from: float
    answer_from: float


@dataclass(frozen=True, slots=True)
class Near:
    """Nearness to the summaries of a corpus, by their numbers. `scores`: in standard deviations above the mean (0 where it
    is not known). `related`: what may be related on meaning alone; `answers`: what may answer on meaning alone, in another
    language.
    """

    scores: Sequence[float]
    related: frozenset[int]
    answers: frozenset[int]

    def nearest(self, count: int) -> list[int]:
        """Return the numbers of the nearest summaries, the nearest first."""
        return sorted(range(len(self.scores)), key=lambda number: -self.scores[number])[:count]


def near(nearness: Nearness, corpus: Corpus) -> Near:
    """Return nearness by the numbers of a corpus."""
    found = [nearness.similarities.get(summary.id) for summary in corpus]
    known = [similarity for similarity in found if similarity is not None]
    mean = statistics.fmean(known) if known else 0.0
    spread = statistics.pstdev(known, mean) if known else 0.0
    scores = [(each - mean) / spread if each is not None and spread else 0.0 for each in found]

    def from_on(least: float, score: float) -> frozenset[int]:
        return frozenset(
            number for number, each in enumerate(found) if each is not None and each >= least and scores[number] >= score
        )

    return Near(scores, from_on(nearness.near_from, ABOVE_CHANCE), from_on(nearness.answer_from, FAR_ABOVE_CHANCE))

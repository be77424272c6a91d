"""The order of summaries for a question, by four features (see `RankingFeatures`): BM25F over a summary's fields, how much
of the question it covers, how well it does so for the best sentence of the question, and how well its passages (asks,
title, bottom line, implications, sentences) fit; and by the confidence in the best of them.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from itertools import accumulate
from typing import NamedTuple

from bot.corpus.model import Corpus
from bot.search.aboutness import Aboutness, Part, wanted
from bot.search.concepts import Concepts
from bot.search.confidence import LOOSELY, RELATED_FROM, confidence
from bot.search.features import Asked, features_of, shortness_of
from bot.search.index import K1, Clause, Field, Index, Row, Vector, length_of
from bot.search.nearness import Near
from bot.search.question import Question, Unit
from bot.search.result import Hit

FIELDS: Mapping[str, Field] = {
    "title": Field(0.88, 0.86),
    "asks": Field(1.53, 0.35, about=0.5),
    "bottom_line": Field(2.66, 0.03),
    "implications": Field(1.5, 0.38),
    "summary": Field(2.32, 0.34, about=0.25),
    "authors": Field(8.94, 0.0, about=0.0),
    "paper": Field(0.36, 0.5, about=0.0),
    "topics": Field(1.99, 0.49, about=0.0),
    "figures": Field(1.42, 0.0, about=0.25),
    "when": Field(0.65, 0.0, about=0.0),
}
"""Weights, length discounts, and how far a field shows what a summary is about: a word that most summaries merely mention,
or have as an alias of their topic, still distinguishes.
"""
CONCEPT = 1.0
"""What a shared concept counts for beside a shared word. It is commoner than its words, so its idf is already lower."""
NAME = 0.8
"""What a similar author's name counts for beside the same name."""
PART_WEIGHT = 2.15
"""The weight, in rare words, from which on a sentence of a question counts in full."""
PASSAGES = 6
"""The best passages of a summary that count together."""
NEWER = 0.04
"""What a later year of issue adds: of two nearly equal summaries, the newer comes first."""
BY_MEANING = 0.8
"""How much of a word or phrase a summary covers that has only its meaning, in other words."""
SURE = 4.0
"""What the confidence adds to the order: of two that match alike, the one that is surely about it comes first."""
MEANING = 1.25
"""What a standard deviation of nearness in meaning adds to the order, where it was measured."""
NEAREST = 8
"""The nearest summaries in meaning, which are ranked whatever words they have."""
CANDIDATES = 12
"""Summaries whose passages are compared: more give the same figures, of the 28 shipped ones and of libraries of 70."""


class RankingFeatures(NamedTuple):
    """How well a summary matches a question, each from 0 (not at all) to about 1.

    strength: the BM25F score as a share of the highest possible. cover: the share of the question's weight that the summary
    covers. part: `strength` for the sentence of the question that matches best, short sentences discounted. fit: how well
    its best passages fit that sentence: one that fits well counts much, several count more.
    """

    strength: float
    cover: float
    part: float
    fit: float


ORDER = RankingFeatures(strength=2.4, cover=2.4, part=2.6, fit=3.8)
"""The weight of each feature in the order of hits."""


class Ranker:
    """Ranks the summaries of one corpus, all of which are in `index`; `used` are the concepts in their own texts (not
    asks), `narrows` the narrowing terms that each summary has.
    """

    def __init__(
        self,
        corpus: Corpus,
        index: Index,
        aboutness: Aboutness,
        concepts: Concepts,
        used: Collection[str],
        narrows: Sequence[frozenset[str]],
    ) -> None:
        self._corpus = corpus
        self._index = index
        self._aboutness = aboutness
        self._concepts = concepts
        self._used = frozenset(used)
        self._narrows = narrows
        first_year = int(corpus.summaries[-1].issue[:4]) if corpus.summaries else 0
        self._newness = [NEWER * (int(summary.issue[:4]) - first_year) for summary in corpus]

    def lacks(self, number: int, question: Question) -> bool:
        """Return whether a question is narrowed by something that a summary does not have."""
        return not question.narrows <= self._narrows[number]

    def contained(self, number: int, terms: Sequence[str]) -> list[str]:
        """Return those of some terms, concepts or names that a summary contains."""
        return [term for term in terms if any(self._index.row(term, (number,)))]

    def _unit_weight(self, unit: Unit) -> float:
        """Return the weight of a unit of the question: of its words together, at most one and a half times its rarest
        word's.
        """
        idf, terms = self._index.idf, unit.terms
        if any(concept in self._index for concept in unit.concepts):  # then the library may use other words
            terms = tuple([term for term in terms if term in self._index])
        weights = [idf(term) for term in terms] or [idf(concept) for concept in unit.concepts] or [0.0]
        return unit.weight * min(sum(weights), 1.5 * max(weights))

    def rank(self, question: Question, limit: int, only: Sequence[int] | None = None, near: Near | None = None) -> list[Hit]:
        """Return the best `limit` summaries; with `only` (their numbers, rising), the best of those. `near`: in an order by
        their words and their nearness in meaning, which makes at most something related, never an answer.
        """
        units = question.units
        weights = [self._unit_weight(unit) for unit in units]
        total = sum(weights)
        if (numbers := only) is None:
            numbers = self._index.among([_clause(unit) for unit in units], max(CANDIDATES, limit))
            if near:
                numbers = sorted({*numbers, *near.nearest(max(NEAREST, limit))})
        drawn = [MEANING * near.scores[number] for number in numbers] if near else [0.0] * len(numbers)
        if not numbers or not total:
            return []
        found, shares = zip(*(self._matches(unit, numbers) for unit in units), strict=True)
        scores, covers = [0.0] * len(numbers), [0.0] * len(numbers)
        for unit, weight, score_of, share_of in zip(units, weights, found, shares, strict=True):
            if any(share_of):
                scores = [score + unit.weight * each for score, each in zip(scores, score_of, strict=True)]
                covers = [cover + weight * each for cover, each in zip(covers, share_of, strict=True)]
        parts = [(part, weight) for part in question.parts if (weight := sum(weights[place] for place in part))]
        passage_scores = self._passage_scores(
            numbers,
            [
                (
                    self._vector([units[place] for place in part]),
                    weight,
                    scores if len(part) == len(units) else _scored([(units[place].weight, found[place]) for place in part]),
                )
                for part, weight in parts
            ],
        )
        possible = total * (K1 + 1)
        ranked = []
        for at, (score, cover, (part_strength, fit)) in enumerate(zip(scores, covers, passage_scores, strict=True)):
            strength, cover = min(1.0, score / possible), cover / total
            merit = _merit(strength, cover, part_strength, fit) + self._newness[numbers[at]] + drawn[at]
            ranked.append((-round(merit, 4), -score, at, (strength, cover, part_strength, fit)))
        ranked.sort()
        asked = Asked(
            units,
            weights,
            parts=[part for part, _ in parts],
            sentences=[part for part, _ in parts if len(part) < len(units)] or [part for part, _ in parts],
            foreign=[self._is_foreign(unit) for unit in units],
            total=total,
            rare=self._index.top_idf,
            shortness=shortness_of(question.words),
        )
        said = [Part(part, self._says_enough(weight) / weight) for part, weight in parts]
        looked_up = wanted(units)
        hits = []
        for merit, _, at, matched in ranked[:limit]:
            coverage = self._aboutness.coverage(numbers[at], looked_up, weights, said)
            features = features_of(asked, RankingFeatures(*matched).strength, [share[at] for share in shares], coverage)
            sure = confidence(features, asks=bool(self._corpus.summaries[numbers[at]].asks))
            if self.lacks(numbers[at], question):
                sure = min(sure, LOOSELY)
            score = round(SURE * sure - merit, 4)
            if near and numbers[at] in near.related:
                sure = max(sure, RELATED_FROM)
            hits.append(Hit(self._corpus.summaries[numbers[at]], score, sure, features))
        return _agreeing(sorted(hits, key=lambda hit: -hit.score))

    def _is_foreign(self, unit: Unit) -> bool:
        """Return whether a unit is a term of another field or subject that no summary uses (in an ask does not count)."""
        return self._used.isdisjoint(unit.concepts) and any(map(self._concepts.is_out_of_domain, unit.concepts))

    def _matches(self, unit: Unit, numbers: Sequence[int]) -> tuple[Row, Row]:
        """Return what a unit adds to the score of each of some summaries, and how much of it (0 to 1) each covers."""
        index = self._index
        found = share = [0.0] * len(numbers)
        if len(unit.terms) == 1:
            if row := index.row(unit.terms[0], numbers):
                found, share = row, [1.0 if score else 0.0 for score in row]
        else:
            whole = sum([index.idf(term) for term in unit.terms]) or 1.0
            for term in unit.terms:
                if row := index.row(term, numbers):
                    part = index.idf(term) / whole
                    found = [score + more for score, more in zip(found, row, strict=True)]
                    share = [covered + part if more else covered for covered, more in zip(share, row, strict=True)]
        if len(unit.terms) > 1 and unit.concepts:  # a phrase is met as a whole or not at all: its words may be far apart
            rows = [row for concept in unit.concepts if (row := index.row(concept, numbers))]
            meant = [any(each) for each in zip(*rows, strict=True)] or [False] * len(numbers)
            share = [covered if covered > 0.999 and said else 0.0 for covered, said in zip(share, meant, strict=True)]
            found = [score if covered else 0.0 for score, covered in zip(found, share, strict=True)]
        for term, worth in _stand_ins(unit):
            if row := index.row(term, numbers):
                found = [max(score, more * worth) for score, more in zip(found, row, strict=True)]
                share = [max(covered, BY_MEANING) if more else covered for covered, more in zip(share, row, strict=True)]
        return found, share

    def _passage_scores(
        self, numbers: Sequence[int], parts: Sequence[tuple[tuple[Vector, float], float, Row]]
    ) -> Iterator[tuple[float, float]]:
        """Yield the features `part` and `fit` of each of some summaries, from the sentences of a question: each as a vector,
        with its weight, and with what it adds to the summaries' scores.
        """
        strengths, nearest = [0.0] * len(numbers), [0.0] * len(numbers)
        near: list[Sequence[float]] = [()] * len(numbers)
        fits = self._index.fits([vector for vector, _, _ in parts], numbers, PASSAGES)
        for (_, weight, scores), cosines in zip(parts, fits, strict=True):
            full = self._says_enough(weight)
            possible = weight * (K1 + 1)
            strengths = [max(least, full * score / possible) for least, score in zip(strengths, scores, strict=True)]
            for at, best in enumerate(cosines):
                if best and (top := best[0] * full) > nearest[at]:
                    nearest[at], near[at] = top, best
        for strength, cosines_of in zip(strengths, near, strict=True):
            unfit = 1.0
            for cosine in cosines_of:
                unfit *= 1.0 - (cosine if cosine < 0.99 else 0.99)
            yield strength, 1.0 - unfit

    def _says_enough(self, weight: float) -> float:
        """Return what a sentence of this weight counts for, 0.5 to 1: one that says little may match by chance."""
        return 0.5 + 0.5 * min(1.0, weight / (PART_WEIGHT * self._index.top_idf))

    def _vector(self, units: Sequence[Unit]) -> tuple[dict[str, float], float]:
        """Return units as weighted terms and concepts, with the length of that vector."""
        weights = {term: weight * self._index.idf(term) for term, weight in term_weights(units).items()}
        return weights, length_of(weights) or 1.0


def _agreeing(hits: Sequence[Hit]) -> list[Hit]:
    """Return hits, none of them surer than one before it: the order knows more than the confidence alone."""
    most = accumulate((hit.confidence for hit in hits), min)
    return [hit.at_most(sure) for hit, sure in zip(hits, most, strict=True)]


def _scored(found: Sequence[tuple[float, Row]]) -> Row:
    """Return what units score together, each with its weight."""
    scores = [0.0] * len(found[0][1])
    for weight, row in found:
        scores = [score + weight * more for score, more in zip(scores, row, strict=True)]
    return scores


def _merit(strength: float, cover: float, part: float, fit: float) -> float:
    """Return all features together: what orders hits, except for how new they are and how sure."""
    return ORDER.strength * strength + ORDER.cover * cover + ORDER.part * part + ORDER.fit * fit


def term_weights(units: Sequence[Unit]) -> dict[str, float]:
    """Return the terms and concepts of units, each with its weight (0 to 1)."""
    found: dict[str, float] = {}
    for unit in units:
        for term in unit.terms:
            found[term] = unit.weight
        for concept in unit.concepts:
            found[concept] = unit.weight * CONCEPT
    return found


def _stand_ins(unit: Unit) -> tuple[tuple[str, float], ...]:
    """Return what may replace a unit's own words, each with its worth beside them."""
    return (*((concept, CONCEPT) for concept in unit.concepts), *((name, NAME) for name in unit.names))


def _clause(unit: Unit) -> Clause:
    """Return a unit as a clause for the index, which must agree with `Ranker._matches` on the score."""
    return Clause(unit.terms, _stand_ins(unit), unit.weight)

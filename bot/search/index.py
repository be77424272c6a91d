"""An inverted index over the summaries, scored by BM25F (Robertson & Zaragoza 2009, "The Probabilistic Relevance
Framework").

The weight of every term in every summary is computed when the index is built; a question then only adds them up. Plain
dictionaries: at 2,000 summaries a question takes about two milliseconds.
"""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

K1 = 2.8
"""How soon repeating a term stops adding to the score."""

LEAST_DOCUMENT_FREQUENCY = 0.5
"""The document frequency of a term that documents contain but are hardly about."""

ROUNDING = 1e-6
"""What sums of the same scores in another order may differ by."""
PRUNED_FROM = 20
"""Documents for each that is kept from which on leaving some out costs less than it saves."""
DIGITS = 9
"""Decimals beyond which scores are equal."""
_NONE: Mapping[int, float] = {}

Vector = Mapping[str, float]
"""Weighted terms."""
Row = list[float]
"""A number for each of some documents, in their order."""


@dataclass(frozen=True, slots=True)
class Field:
    """How a field counts: `weight` multiplies its term counts, `b` (0 to 1) discounts long texts, `about` (0 to 1) is how
    much a term in this field adds to the term's document frequency: a term is common only if many documents are about it.
    """

    weight: float
    b: float
    about: float = 1.0


class Clause(NamedTuple):
    """One word or phrase of a question. A document scores the sum of `terms`, or the score of a stand-in if that is higher
    (each stand-in with its worth); `weight` multiplies the result.
    """

    terms: tuple[str, ...]
    stand_ins: tuple[tuple[str, float], ...] = ()
    weight: float = 1.0

    def all_terms(self) -> tuple[str, ...]:
        """Return its terms and their stand-ins."""
        return (*self.terms, *(term for term, _ in self.stand_ins))


@dataclass(frozen=True, slots=True)
class _Passages:
    """The passages of a document: for each term the passages that contain it, each with the term's weight there, and a
    factor for each passage.
    """

    terms: dict[str, tuple[tuple[int, float], ...]]
    factors: list[float]


class Index:
    """Scores documents, numbered from 0 as they are added, by the terms of their fields; and their passages by cosine."""

    def __init__(self, fields: Mapping[str, Field]) -> None:
        self.size = 0
        self.top_idf = _idf(0, 0)
        """The weight of a term that no document contains."""
        self._fields = fields
        self._idf: dict[str, float] = {}
        self._postings: dict[str, dict[int, float]] = {}
        self._most: dict[str, float] = {}
        self._documents: list[dict[str, tuple[int, Counter[str]]]] = []
        self._passages: list[_Passages] = []
        self._pairs: dict[tuple[int, float], tuple[int, float]] = {}
        self._equal: dict[tuple[tuple[int, float], ...], tuple[tuple[int, float], ...]] = {}
        """Equal pairs, and equal tuples of them, are shared, which halves the memory."""

    def add(self, fields: Mapping[str, list[str]], passages: Sequence[tuple[Vector, float]]) -> None:
        """Add a document: its terms by field, and its passages, each as weighted terms (0 to 1) with its worth."""
        self._documents.append({name: (len(terms), Counter(terms)) for name, terms in fields.items() if terms})
        by_term: dict[str, list[tuple[int, float]]] = {}
        for place, (weights, _) in enumerate(passages):
            for term, weight in weights.items():
                pair = (place, weight)
                by_term.setdefault(term, []).append(self._pairs.setdefault(pair, pair))
        shared = {term: self._equal.setdefault(places := tuple(found), places) for term, found in by_term.items()}
        self._passages.append(_Passages(shared, [worth for _, worth in passages]))
        self.size += 1

    def close(self) -> None:
        """Compute all weights, once everything has been added."""
        lengths = Counter[str]()
        for document in self._documents:
            for name, (length, _) in document.items():
                lengths[name] += length
        mean = {name: (lengths[name] / self.size if self.size else 0) or 1.0 for name in self._fields}
        counts: dict[str, dict[int, float]] = defaultdict(dict)
        document_frequency: dict[str, float] = defaultdict(float)
        for number, document in enumerate(self._documents):
            about: dict[str, float] = {}
            weights: dict[str, float] = {}
            for name, field in self._fields.items():
                if name not in document:
                    continue
                length, terms = document[name]
                norm = field.weight / (1 - field.b + field.b * length / mean[name])
                share = field.about
                for term, count in terms.items():
                    weights[term] = weights.get(term, 0.0) + norm * count
                    if about.get(term, -1.0) < share:
                        about[term] = share
            for term, weight in weights.items():
                counts[term][number] = weight
                document_frequency[term] += about[term]
        self._documents, self._pairs, self._equal = [], {}, {}
        self.top_idf = _idf(0, self.size)
        self._idf = {
            term: _idf(max(share, LEAST_DOCUMENT_FREQUENCY), self.size) for term, share in document_frequency.items()
        }
        for term, row in counts.items():
            idf = self._idf[term]
            self._postings[term] = {number: idf * tf * (K1 + 1) / (tf + K1) for number, tf in row.items()}
            self._most[term] = max(self._postings[term].values())
        for passages in self._passages:
            squares = [0.0] * len(passages.factors)
            for term, places in passages.terms.items():
                idf = self.idf(term)
                for place, weight in places:
                    squares[place] += (weight * idf) ** 2
            passages.factors[:] = [
                worth / (math.sqrt(square) or 1.0) for worth, square in zip(passages.factors, squares, strict=True)
            ]

    def __contains__(self, term: str) -> bool:
        return term in self._postings

    def idf(self, term: str) -> float:
        """Return the weight of a term: the rarer, the higher."""
        return self._idf.get(term, self.top_idf)

    def among(self, clauses: Sequence[Clause], keep: int) -> list[int]:
        """Return the `keep` documents (or fewer) that score highest for all clauses together, in rising order of their
        numbers. Of equal scores the lower numbers.
        """
        if self.size <= keep:  # choosing would cost more than it saves
            found = [self._postings.get(term, {}) for clause in clauses for term in clause.all_terms()]
            return sorted(set().union(*found))
        scores = self._sums(clauses) if self.size < PRUNED_FROM * keep else self._highest_sums(clauses, keep)
        best = sorted([(-round(score, DIGITS), number) for number, score in scores.items()])[:keep]
        return sorted([number for _, number in best])

    def _sums(self, clauses: Sequence[Clause]) -> Mapping[int, float]:
        """Return the scores of all documents that have any of the clauses."""
        scores: dict[int, float] = {}
        for clause in clauses:
            for number, score in self._scores(clause).items():
                scores[number] = scores.get(number, 0.0) + clause.weight * score
        return scores

    def _highest_sums(self, clauses: Sequence[Clause], keep: int) -> Mapping[int, float]:
        """Return the scores of documents among which are the `keep` that score highest. The clauses that can add most come
        first; once the rest cannot lift any other document to the `keep`-th highest score, only those are followed that can
        be lifted.
        """
        by_most = sorted(((self._most_of(clause), clause) for clause in clauses), key=lambda pair: -pair[0])
        left = sum(most for most, _ in by_most)
        scores: dict[int, float] = {}
        closed = False
        for most, clause in by_most:
            if not most:
                break
            if closed:
                more = self._row(clause, [*scores])
                scores = {
                    number: score + clause.weight * each for (number, score), each in zip(scores.items(), more, strict=True)
                }
            else:
                for number, score in self._scores(clause).items():
                    scores[number] = scores.get(number, 0.0) + clause.weight * score
            left -= most
            if len(scores) <= keep or left > max(scores.values()):
                continue
            least = sorted(scores.values())[-keep] - left - ROUNDING
            if closed := closed or least > 0:
                scores = {number: score for number, score in scores.items() if score >= least}
        return scores

    def _most_of(self, clause: Clause) -> float:
        """Return the most that a clause can add to a document's score."""
        stand_ins = max((worth * self._most.get(term, 0.0) for term, worth in clause.stand_ins), default=0.0)
        return clause.weight * max(sum(self._most.get(term, 0.0) for term in clause.terms), stand_ins)

    def _scores(self, clause: Clause) -> Mapping[int, float]:
        """Return what a clause is worth (before its weight) in each document that has any of it."""
        if len(clause.terms) == 1 and not clause.stand_ins:
            return self._postings.get(clause.terms[0], _NONE)
        found = dict(self._postings.get(clause.terms[0], _NONE)) if clause.terms else {}
        for term in clause.terms[1:]:
            for number, score in self._postings.get(term, _NONE).items():
                found[number] = found.get(number, 0.0) + score
        for term, worth in clause.stand_ins:
            for number, score in self._postings.get(term, _NONE).items():
                if score * worth > found.get(number, 0.0):
                    found[number] = score * worth
        return found

    def _row(self, clause: Clause, numbers: Sequence[int]) -> Row:
        """Return what a clause is worth (before its weight) in each of these documents."""
        found = [0.0] * len(numbers)
        for term in clause.terms:
            if row := self.row(term, numbers):
                found = [score + more for score, more in zip(found, row, strict=True)]
        for term, worth in clause.stand_ins:
            if row := self.row(term, numbers):
                found = [max(score, more * worth) for score, more in zip(found, row, strict=True)]
        return found

    def row(self, term: str, numbers: Sequence[int]) -> Row:
        """Return what a term adds to the scores of these documents. Empty for an unknown term."""
        postings = self._postings.get(term)
        return [postings.get(number, 0.0) for number in numbers] if postings else []

    def fits(self, vectors: Sequence[tuple[Vector, float]], numbers: Sequence[int], most: int) -> list[list[Row]]:
        """For each vector (with its length), for each of these documents: how well the `most` passages of it that fit best
        do, as cosines times worth, in falling order. Passages that share no term with the vector are left out.
        """
        found = []
        for vector, length in vectors:
            weights = [(term, weight / length * self.idf(term)) for term, weight in vector.items()]
            found.append([_cosines(self._passages[number], weights)[:most] for number in numbers])
        return found


def length_of(vector: Vector) -> float:
    """Return the Euclidean length of a vector."""
    return math.sqrt(sum(weight * weight for weight in vector.values()))


def _cosines(passages: _Passages, weights: Sequence[tuple[str, float]]) -> Row:
    """Return the cosines of a document's passages with weighted terms, times their worth, in falling order."""
    terms, factors = passages.terms, passages.factors
    products: dict[int, float] = {}
    so_far = products.get
    for term, weight in weights:
        if term in terms:
            for place, its_weight in terms[term]:
                products[place] = so_far(place, 0.0) + weight * its_weight
    return sorted([product * factors[place] for place, product in products.items()], reverse=True)


def _idf(document_frequency: float, size: int) -> float:
    return math.log(1 + (size - document_frequency + 0.5) / (document_frequency + 0.5))

"""An inverted index over the summaries, scored by BM25F (Robertson & Zaragoza 2009, "The Probabilistic Relevance
Framework").

The weight of every term in every summary is worked out when the index is built; a question then only adds numbers up.
This one is made of plain dictionaries: nothing is faster for a few hundred summaries. `bot.search.arrays` holds its twin
for large libraries.
"""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

K1 = 2.8
"""How soon repeating a term stops paying."""

LEAST_HOLDERS = 0.5
"""A term that is held at all counts as held by so many documents."""

Vector = Mapping[str, float]
"""Weighted terms."""
Row = list[float]
"""A number for each of some documents, in their order."""


@dataclass(frozen=True, slots=True)
class Field:
    """A field's say: `weight` multiplies its term counts, `b` (0 to 1) is how far long texts are discounted, `about` (0 to
    1) is how far a document is about what this field names: a term is common only if many documents are about it.
    """

    weight: float
    b: float
    about: float = 1.0


@dataclass(frozen=True, slots=True)
class Clause:
    """One thing a question says. A document scores the sum of `terms`, or what a stand-in brings if that is more (each
    stand-in with its worth); all of it counts `say` times.
    """

    terms: tuple[str, ...]
    stand_ins: tuple[tuple[str, float], ...] = ()
    say: float = 1.0

    def all_terms(self) -> tuple[str, ...]:
        """Its terms and their stand-ins."""
        return (*self.terms, *(term for term, _ in self.stand_ins))


class Searchable(Protocol):
    """An index, once built, whatever it is made of."""

    @property
    def top_idf(self) -> float:
        """The weight of a term that no document holds."""

    def __contains__(self, term: str) -> bool:
        """Whether any document holds a term."""

    def idf(self, term: str) -> float:
        """The weight of a term: the rarer, the more."""

    def among(self, clauses: Sequence[Clause], keep: int) -> list[int]:
        """Those `keep` documents (or fewer) that score most for all clauses together, of equals the lower numbers: in rising
        order of their numbers.
        """

    def row(self, term: str, numbers: Sequence[int]) -> Row:
        """What a term adds to the scores of these documents: 0 to one that does not hold it. Empty for an unknown term."""

    def fits(self, vectors: Sequence[tuple[Vector, float]], numbers: Sequence[int], most: int) -> list[list[Row]]:
        """For each vector (with its length), for each of these documents: how well the `most` passages of it that fit best
        do, as cosines times worth, in falling order. Passages that share no term with the vector may be left out.
        """


class Index:
    """Scores documents, numbered from 0 as they are added, by the terms of their fields; and their passages by cosine."""

    def __init__(self, fields: Mapping[str, Field]) -> None:
        self.size = 0
        self.top_idf = _idf(0, 0)
        self._fields = fields
        self._idf: dict[str, float] = {}
        self._postings: dict[str, dict[int, float]] = {}
        self._documents: list[dict[str, tuple[int, Counter[str]]]] = []
        self._says: list[tuple[float, Vector]] = []
        self._firsts = [0]  # the first passage of each document, and one past the last
        self._holders: dict[str, list[tuple[int, float]]] = defaultdict(list)

    def add(self, fields: Mapping[str, list[str]], passages: Sequence[tuple[Vector, float]]) -> None:
        """A document: its terms by field, and its passages, each with how much its terms say (0 to 1) and its worth."""
        self._documents.append({name: (len(terms), Counter(terms)) for name, terms in fields.items() if terms})
        self._says += [(worth, says) for says, worth in passages]
        self._firsts.append(len(self._says))
        self.size += 1

    def close(self) -> None:
        """Work out all weights, once everything has been added."""
        lengths = Counter[str]()
        for document in self._documents:
            for name, (length, _) in document.items():
                lengths[name] += length
        mean = {name: (lengths[name] / self.size if self.size else 0) or 1.0 for name in self._fields}
        counts: dict[str, dict[int, float]] = defaultdict(dict)
        holders: dict[str, float] = defaultdict(float)
        for number, document in enumerate(self._documents):
            about: dict[str, float] = {}
            for name, field in self._fields.items():
                if name not in document:
                    continue
                length, terms = document[name]
                norm = field.weight / (1 - field.b + field.b * length / mean[name])
                for term, count in terms.items():
                    row = counts[term]
                    row[number] = row.get(number, 0.0) + norm * count
                    about[term] = max(about.get(term, 0.0), field.about)
            for term, share in about.items():
                holders[term] += share
        self.top_idf = _idf(0, self.size)
        self._idf = {term: _idf(max(share, LEAST_HOLDERS), self.size) for term, share in holders.items()}
        self._postings = {
            term: {number: self._idf[term] * tf * (K1 + 1) / (tf + K1) for number, tf in row.items()}
            for term, row in counts.items()
        }
        for place, (worth, says) in enumerate(self._says):
            weights = {term: say * self.idf(term) for term, say in says.items()}
            share = worth / (length_of(weights) or 1.0)
            for term, weight in weights.items():
                self._holders[term].append((place, weight * share))
        self._documents, self._says = [], []

    def __contains__(self, term: str) -> bool:
        return term in self._postings

    def idf(self, term: str) -> float:
        """The weight of a term: the rarer, the more."""
        return self._idf.get(term, self.top_idf)

    def among(self, clauses: Sequence[Clause], keep: int) -> list[int]:
        """Those `keep` documents (or fewer) that score most for all clauses together."""
        if self.size <= keep:  # choosing would cost more than it saves
            held = [self._postings.get(term, {}) for clause in clauses for term in clause.all_terms()]
            return sorted(set().union(*held))
        scores: dict[int, float] = {}
        for clause in clauses:
            found: dict[int, float] = {}
            for term in clause.terms:
                for number, score in self._postings.get(term, {}).items():
                    found[number] = found.get(number, 0.0) + score
            for term, worth in clause.stand_ins:
                for number, score in self._postings.get(term, {}).items():
                    found[number] = max(found.get(number, 0.0), score * worth)
            for number, score in found.items():
                scores[number] = scores.get(number, 0.0) + clause.say * score
        return sorted(sorted(scores, key=lambda number: (-scores[number], number))[:keep])

    def row(self, term: str, numbers: Sequence[int]) -> Row:
        """What a term adds to the scores of these documents. Empty for an unknown term."""
        held = self._postings.get(term)
        return [held.get(number, 0.0) for number in numbers] if held else []

    def fits(self, vectors: Sequence[tuple[Vector, float]], numbers: Sequence[int], most: int) -> list[list[Row]]:
        """For each vector, for each of these documents: the highest cosines with its passages, times their worth."""
        found = []
        for vector, length in vectors:
            cosines = [0.0] * self._firsts[-1]
            for term, weight in vector.items():
                share = weight / length
                for place, its_weight in self._holders.get(term, ()):
                    cosines[place] += share * its_weight
            found.append(
                [sorted(cosines[self._firsts[number] : self._firsts[number + 1]], reverse=True)[:most] for number in numbers]
            )
        return found


def length_of(vector: Vector) -> float:
    """The Euclidean length of a vector."""
    return math.sqrt(sum(weight * weight for weight in vector.values()))


def _idf(holders: float, size: int) -> float:
    return math.log(1 + (size - holders + 0.5) / (holders + 0.5))

"""An inverted index over the summaries, scored by BM25F (Robertson & Zaragoza 2009, "The Probabilistic Relevance
Framework").

The weight of every term in every summary is worked out when the index is built; a question then only adds numbers up.
"""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

K1 = 2.8
"""How soon repeating a term stops paying."""


@dataclass(frozen=True, slots=True)
class Field:
    """A field's say: `weight` multiplies its term counts, `b` (0 to 1) is how far long texts are discounted."""

    weight: float
    b: float


class Index:
    """Scores documents, numbered 0 to `size` - 1, by the terms of their fields."""

    def __init__(self, documents: Iterable[Mapping[str, list[str]]], fields: Mapping[str, Field]) -> None:
        """Each document maps a field's name to its terms (see `fields` for the names)."""
        documents = list(documents)
        self.size = len(documents)
        mean = {
            name: (sum(len(document.get(name, ())) for document in documents) / self.size if self.size else 0) or 1.0
            for name in fields
        }
        counts: dict[str, dict[int, float]] = defaultdict(dict)
        for number, document in enumerate(documents):
            for name, field in fields.items():
                found = document.get(name)
                if not found:
                    continue
                norm = field.weight / (1 - field.b + field.b * len(found) / mean[name])
                for term, count in Counter(found).items():
                    row = counts[term]
                    row[number] = row.get(number, 0.0) + norm * count
        self.idf = {term: self._idf(len(row)) for term, row in counts.items()}
        self.postings = {
            term: {number: self.idf[term] * tf * (K1 + 1) / (tf + K1) for number, tf in row.items()}
            for term, row in counts.items()
        }

    def _idf(self, holders: int) -> float:
        return math.log(1 + (self.size - holders + 0.5) / (holders + 0.5))

    @property
    def top_idf(self) -> float:
        """The weight of a term that no document holds."""
        return self._idf(0)

    def __contains__(self, term: str) -> bool:
        return term in self.postings

    def scores(self, term: str) -> Mapping[int, float]:
        """The documents that hold a term, with what it adds to each one's score. Empty for an unknown term."""
        return self.postings.get(term, {})

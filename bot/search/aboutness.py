"""How far a summary is about a word or phrase, rather than only mentioning it: by where and how often its own texts use it.

Asks do not count: they are other people's words for what a summary answers, not what it says.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from bot.search.question import Unit

SAYS: Mapping[str, float] = {"title": 0.7, "bottom_line": 0.55, "topics": 0.4, "implications": 0.3, "summary": 0.2}
"""How far one passage of each field shows what a summary is about (0 to 1); several add up, as chances do (noisy-or)."""
OTHER_WORDS = 0.8
"""What a synonym counts for beside the very word."""
ABOUT = 0.6
"""The level from which a summary is about a subject rather than mentions it."""


@dataclass(frozen=True, slots=True)
class Passage:
    """A passage of a summary's own text: its field, its text, its words and phrases without endings, and its concepts."""

    field: str
    text: str
    words: frozenset[str]
    concepts: frozenset[str]


class Aboutness:
    """The passages of every summary, by its number, in the order they were added."""

    def __init__(self) -> None:
        self._passages: list[tuple[Passage, ...]] = []

    def add(self, passages: Iterable[Passage]) -> None:
        """Add a summary."""
        self._passages.append(tuple(passages))

    def together(self, number: int, units: Sequence[Unit]) -> tuple[float, str]:
        """Return how far (in tenths: more would pretend) a summary is about some words and phrases together, by the passages
        that contain all of them, and the first such passage of its running text ("" where only title or topics do).
        """
        missed, mention = 1.0, ""
        for passage in self._passages[number]:
            worth = min([_worth(passage, unit) for unit in units], default=0.0)
            if worth:
                missed *= 1.0 - SAYS[passage.field] * worth
                if not mention and passage.field not in ("title", "topics"):
                    mention = passage.text
        return max(round(1.0 - missed, 1), 0.1 if missed < 1.0 else 0.0), mention


def _worth(passage: Passage, unit: Unit) -> float:
    """Return what the words of a passage count for as a unit: 1 for its own words, less for others, 0 without."""
    if " ".join(unit.bases) in passage.words:
        return 1.0
    return 0.0 if passage.concepts.isdisjoint(unit.concepts) else OTHER_WORDS

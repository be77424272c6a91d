"""Measures the search on a relevance set:  python tests/relevance/measure.py [tune|held] [--misses]

The figures are those of the design: share of answerable questions whose best summary comes first, share whose first is
best or good, nDCG@5 (gain 3 for best, 1 for good), share of answerable questions given as an answer, and unanswerable
ones answered by mistake.
"""

from __future__ import annotations

import math
import sys
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from bot.corpus.load import default_root, load
from bot.search.engine import Engine, Outcome, Result

FOLDER = Path(__file__).parent


@dataclass
class Figures:
    """What a relevance set says of the search. Shares from 0 to 1."""

    best_first: float = 0.0
    good_first: float = 0.0
    ndcg: float = 0.0
    answered: float = 0.0
    wrongly_answered: int = 0
    unanswerable: int = 0
    by_kind: dict[str, float] = field(default_factory=dict)
    misses: list[str] = field(default_factory=list)


def questions(name: str) -> list[dict[str, Any]]:
    """The questions of a set: q, kind, and for answerable ones best and good."""
    return list(yaml.safe_load((FOLDER / f"{name}.yaml").read_text("utf-8"))["questions"])


def measure(engine: Engine, asked: list[dict[str, Any]]) -> Figures:
    """Ask every question."""
    figures = Figures()
    kinds: dict[str, list[bool]] = defaultdict(list)
    good_first, gains, answered = [], [], []
    for question in asked:
        result = engine.search(question["q"])
        best, good = question.get("best", []), question.get("good", [])
        if not best:
            figures.unanswerable += 1
            figures.wrongly_answered += result.outcome is Outcome.ANSWER
            if result.outcome is Outcome.ANSWER:
                figures.misses.append(_miss("wrongly answered", question, result))
            continue
        first = result.hits[0].summary.id if result.hits else None
        kinds[question["kind"]].append(first in best)
        good_first.append(first in best or first in good)
        gains.append(_ndcg([hit.summary.id for hit in result.hits], best, good))
        answered.append(result.outcome is Outcome.ANSWER)
        if first not in best:
            figures.misses.append(_miss("best not first", question, result))
        elif not answered[-1]:
            figures.misses.append(_miss("withheld", question, result))
    figures.by_kind = {kind: _mean(found) for kind, found in kinds.items()}
    figures.best_first = _mean([found for kind in kinds.values() for found in kind])
    figures.good_first, figures.ndcg, figures.answered = _mean(good_first), _mean(gains), _mean(answered)
    return figures


def _ndcg(found: list[str], best: list[str], good: list[str]) -> float:
    ideal = ([3.0] * len(best) + [1.0] * len(good))[:5]
    gained = [3.0 if name in best else 1.0 if name in good else 0.0 for name in found[:5]]
    return sum(_discounted(gained)) / sum(_discounted(ideal))


def _discounted(gains: list[float]) -> Iterator[float]:
    return (gain / math.log2(place + 2) for place, gain in enumerate(gains))


def _mean(values: list[Any]) -> float:
    return sum(values) / len(values) if values else 0.0


def _miss(what: str, question: dict[str, Any], result: Result) -> str:
    found = ", ".join(f"{hit.summary.id} {hit.confidence:.2f}" for hit in result.hits[:2]) or "nothing"
    return f"{what} ({question['kind']}): {question['q'][:90]!r} wants {question.get('best', [])}, found {found}"


def main() -> None:
    """Print the figures of a set."""
    names = [name for name in sys.argv[1:] if not name.startswith("-")] or ["tune"]
    engine = Engine(load(default_root()))
    for name in names:
        figures = measure(engine, questions(name))
        print(  # noqa: T201
            f"{name}: best first {figures.best_first:.3f}, good or best first {figures.good_first:.3f}, "
            f"nDCG@5 {figures.ndcg:.3f}, answered {figures.answered:.3f}, "
            f"wrongly answered {figures.wrongly_answered} of {figures.unanswerable}"
        )
        print("  " + ", ".join(f"{kind} {share:.2f}" for kind, share in figures.by_kind.items()))  # noqa: T201
        if "--misses" in sys.argv:
            print("\n".join(figures.misses))  # noqa: T201


if __name__ == "__main__":
    main()

"""What a relevance set says of the search: figures from 0 to 1, each with how far chance alone could have moved it.

The intervals come from a bootstrap (Efron & Tibshirani 1993): the questions are drawn anew, with replacement, many times,
and the middle 95 % of the figures so found are the interval. The seed is fixed: the same set and search give the same
interval. A figure of exactly 0 or 1 has an interval of no width, which only says that the set is too small to show more.
"""

from __future__ import annotations

import math
import random
import statistics
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from bot.commands.chat import small_talk
from bot.corpus.model import Corpus
from bot.search.engine import Engine
from bot.search.nearness import Nearness
from bot.search.result import Outcome, Result
from tests.tools.evaluation.sets import Judged

RESAMPLES = 1_000
SEED = 2022
GAIN_BEST, GAIN_GOOD = 3.0, 1.0
DEPTH = 5
"""Hits that nDCG looks at."""

MEANINGS = {
    "best_first": "best first",
    "good_first": "good or best first",
    "ndcg": "nDCG@5 (gains 3 and 1)",
    "answered": "answerable given as an answer",
    "not_answered": "unanswerable not answered",
    "balanced": "balanced accuracy of answering",
    "wrong": "wrong cards, of all inputs",
    "unrelated": "wrong cards that do not even mention it",
    "precision": "precision of what is shown as the answer",
}
"""The figures, in the order they are shown, in words."""
LOWER_IS_BETTER = frozenset(("wrong", "unrelated"))


@dataclass(frozen=True, slots=True)
class Figure:
    """A mean over `count` questions, with its 95 % interval and its standard error (`noise`)."""

    value: float
    low: float
    high: float
    noise: float
    count: int


@dataclass(frozen=True, slots=True)
class Asked:
    """A judged question after it was asked: what counts for each figure (0 to 1), and the miss, if it is one.

    `harm` orders misses: worst is a wrong answer given with confidence, then one withheld, then a good one for the best.
    """

    question: Judged
    marks: Mapping[str, float]
    outcome: str
    found: tuple[tuple[str, float], ...]
    miss: str | None
    harm: float


@dataclass(frozen=True, slots=True)
class Evaluation:
    """A set asked whole: its figures, the same for each kind of question, and the misses, worst first."""

    figures: dict[str, Figure]
    kinds: dict[str, dict[str, Figure]]
    misses: tuple[Asked, ...]


def without_asks(corpus: Corpus) -> Corpus:
    """The corpus as it would be had nobody written `asks` for it, like freshly imported summaries."""
    issues = tuple(
        replace(issue, summaries=tuple(replace(summary, asks=()) for summary in issue.summaries)) for issue in corpus.issues
    )
    return replace(corpus, issues=issues)


def evaluate(engine: Engine, questions: Iterable[Judged], nearness: Callable[[str], Nearness] | None = None) -> Evaluation:
    """Ask every question; with `nearness`, as where the extra `meaning` is at work."""
    asked = [_ask(question, _result(question.q, engine, nearness)) for question in questions]
    kinds = dict.fromkeys(each.question.kind for each in asked)
    misses = sorted((each for each in asked if each.miss), key=lambda each: -each.harm)
    return Evaluation(
        _figures(asked),
        {kind: _figures([each for each in asked if each.question.kind == kind]) for kind in kinds},
        tuple(misses),
    )


def _result(text: str, engine: Engine, nearness: Callable[[str], Nearness] | None) -> Result:
    """Return what the bot finds for a text; small talk is never searched."""
    if small_talk(text):
        return Result(Outcome.HELP)
    return engine.search(text, nearness=nearness(text) if nearness else None)


def _ask(question: Judged, result: Result) -> Asked:
    found = tuple((hit.summary.id, hit.confidence) for hit in result.hits)
    first, sure = found[0] if found else ("", 0.0)
    answered = result.outcome is Outcome.ANSWER
    about_it = first in question.best or first in question.good
    shown = {
        "wrong": float(answered and not about_it),
        "unrelated": float(answered and not about_it and first not in question.mentions),
        **({"precision": float(about_it)} if answered else {}),
    }
    if not question.best:
        miss = "answered, though nothing answers it" if answered else None
        return Asked(question, {"not_answered": float(not answered), **shown}, result.outcome, found, miss, 1 + sure)
    marks = {
        **shown,
        "best_first": float(first in question.best),
        "good_first": float(about_it),
        "ndcg": _ndcg([summary_id for summary_id, _ in found], question),
        "answered": float(answered),
    }
    miss, harm = None, 0.0
    if not marks["good_first"] and answered:
        miss, harm = "another summary is given as the answer", 1 + sure
    elif not answered:
        miss, harm = f"withheld ({result.outcome})", 1 - sure
    elif not marks["best_first"]:
        miss, harm = "a good summary stands before the best", 0.0
    return Asked(question, marks, result.outcome, found, miss, harm)


def _ndcg(found: Sequence[str], question: Judged) -> float:
    """Normalised discounted cumulative gain (Järvelin & Kekäläinen 2002)."""
    ideal = [GAIN_BEST] * len(question.best) + [GAIN_GOOD] * len(question.good)
    gained = [GAIN_BEST if name in question.best else GAIN_GOOD if name in question.good else 0.0 for name in found]
    return sum(_discounted(gained)) / sum(_discounted(ideal))


def _discounted(gains: Sequence[float]) -> Iterator[float]:
    return (gain / math.log2(place + 2) for place, gain in enumerate(gains[:DEPTH]))


def _figures(asked: Sequence[Asked]) -> dict[str, Figure]:
    """Every figure that these questions have: those of answerable ones, of unanswerable ones, or all."""
    found: dict[str, Figure] = {}
    draws: dict[str, list[float]] = {}
    for name in MEANINGS:
        if marks := [each.marks[name] for each in asked if name in each.marks]:
            found[name], draws[name] = _figure(name, marks)
    if "answered" in found and "not_answered" in found:
        pairs = zip(draws["answered"], draws["not_answered"], strict=True)
        value = (found["answered"].value + found["not_answered"].value) / 2
        found["balanced"] = _spread(value, [sum(pair) / 2 for pair in pairs], len(asked))
    return {name: found[name] for name in MEANINGS if name in found}


def _figure(name: str, marks: Sequence[float]) -> tuple[Figure, list[float]]:
    """The mean of these marks, and what it is when the questions are drawn anew."""
    count = len(marks)
    if (first := marks[0]) in (0.0, 1.0) and all(mark == first for mark in marks):
        return Figure(first, first, first, 0.0, count), [first] * RESAMPLES  # as every draw of them would be
    chance = random.Random(f"{SEED} {name}")
    if all(mark in (0.0, 1.0) for mark in marks):
        draws = [drawn / count for drawn in _binomial(chance, int(sum(marks)), count)]
    else:
        draws = [sum(chance.choices(marks, k=count)) / count for _ in range(RESAMPLES)]
    return _spread(sum(marks) / count, draws, count), draws


def _binomial(chance: random.Random, ones: int, count: int) -> list[int]:
    """How many ones there are in each new draw of `count` marks, of which these were ones: the same as drawing every mark
    anew, without drawing each.
    """
    share = ones / count
    weights = [math.comb(count, drawn) * share**drawn * (1 - share) ** (count - drawn) for drawn in range(count + 1)]
    return chance.choices(range(count + 1), weights, k=RESAMPLES)


def _spread(value: float, draws: Sequence[float], count: int) -> Figure:
    cuts = statistics.quantiles(draws, n=40, method="inclusive")
    return Figure(value, cuts[0], cuts[-1], statistics.pstdev(draws), count)

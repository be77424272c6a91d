"""Figures as people read them in the terminal, and as the object of `python -m tests.tools.evaluation --json`."""

from __future__ import annotations

from typing import Any

from tests.tools.evaluation.figures import MEANINGS, Asked, Evaluation, Figure
from tests.tools.evaluation.sets import RelevanceSet

_SHORT = {
    "best_first": "best first",
    "ndcg": "nDCG@5",
    "answered": "answered",
    "not_answered": "not answered",
    "wrong": "wrong",
    "precision": "precision",
}
"""The figures shown for each kind of question."""


def as_text(judged: RelevanceSet, evaluation: Evaluation, misses: int) -> str:
    """A set's figures, the same by kind, and the worst misses."""
    answerable = sum(1 for question in judged.questions if question.best)
    lines = [f"{judged.name}: {answerable} answerable and {len(judged.questions) - answerable} unanswerable questions"]
    lines += [f"  {MEANINGS[name]:40} {_with_interval(figure)}" for name, figure in evaluation.figures.items()]
    lines.append("  by kind")
    for kind, figures in evaluation.kinds.items():
        count = max(figure.count for figure in figures.values())
        shown = "  ".join(f"{_SHORT[name]} {_with_interval(figures[name])}" for name in _SHORT if name in figures)
        lines.append(f"    {kind:18} {count:4}  {shown}")
    if misses and evaluation.misses:
        lines.append(f"  worst misses ({min(misses, len(evaluation.misses))} of {len(evaluation.misses)})")
        for miss in evaluation.misses[:misses]:
            lines.append(f"    line {miss.question.line} ({miss.question.kind}): {miss.question.q}")
            lines.append(f"      {miss.miss}; best: {', '.join(miss.question.best) or 'nothing'}; found: {_found(miss)}")
    return "\n".join(lines)


def as_json(judged: RelevanceSet, evaluation: Evaluation, misses: int) -> dict[str, Any]:
    """The same as an object."""
    return {
        "set": judged.name,
        "hash": judged.hash,
        "questions": len(judged.questions),
        "figures": {name: _figure(figure) for name, figure in evaluation.figures.items()},
        "kinds": {
            kind: {name: _figure(figure) for name, figure in figures.items()} for kind, figures in evaluation.kinds.items()
        },
        "misses": [
            {
                "line": miss.question.line,
                "kind": miss.question.kind,
                "q": miss.question.q,
                "what": miss.miss,
                "best": list(miss.question.best),
                "outcome": miss.outcome,
                "found": [{"id": summary_id, "confidence": sure} for summary_id, sure in miss.found],
            }
            for miss in evaluation.misses[:misses]
        ],
    }


def _with_interval(figure: Figure) -> str:
    return f"{figure.value:.2f} [{figure.low:.2f}, {figure.high:.2f}]"


def _figure(figure: Figure) -> dict[str, float | int]:
    return {
        "value": round(figure.value, 4),
        "low": round(figure.low, 4),
        "high": round(figure.high, 4),
        "noise": round(figure.noise, 4),
        "count": figure.count,
    }


def _found(miss: Asked) -> str:
    return ", ".join(f"{summary_id} {sure:.2f}" for summary_id, sure in miss.found[:3]) or "nothing"

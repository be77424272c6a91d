"""Answers in the terminal: the card as text, and the JSON objects of `pprnet ask --json` and `--batch`."""

from __future__ import annotations

import shutil
import textwrap
from typing import Any

from bot.blocks import facts
from bot.blocks.text import clean
from bot.corpus.model import Summary, month_name
from bot.search.engine import ANSWER_FROM, Engine, Hit, Outcome, Result
from bot.search.private import without_details
from bot.search.question import clip

DETAILS = "Parts that look like client details were left out of the search."


def as_json(question: str, engine: Engine) -> dict[str, Any]:
    """An answer as the documented object. Its keys are an interface (README, "Asking from other programs")."""
    searched, details = without_details(clip(question), engine.knows)
    result = engine.search(searched)
    return {
        "query": question,
        "outcome": result.outcome.value,
        "corrected": result.corrected,
        "hits": [
            {
                "id": hit.summary.id,
                "title": hit.summary.title,
                "issue": hit.summary.issue,
                "score": hit.score,
                "confidence": hit.confidence,
                "why": _why(result, hit, engine),
            }
            for hit in result.hits
        ],
        "details_left_out": details,
    }


def _why(result: Result, hit: Hit, engine: Engine) -> dict[str, Any]:
    why = engine.why(result, hit)
    features = {name: round(value, 4) for name, value in hit.features._asdict().items()} if hit.features else None
    return {"terms": why.terms, "concepts": why.concepts, "missed": why.missed, "features": features}


def card_text(question: str, engine: Engine) -> str:
    """What `pprnet ask` prints."""
    searched, details = without_details(clip(question), engine.knows)
    result = engine.search(searched)
    parts = [DETAILS] if details else []
    parts += [f"Showing results for: {result.corrected}"] if result.corrected else []
    if result.outcome is Outcome.HELP:
        parts += [
            "Ask about psychotherapy research in your own words, for example:",
            '  pprnet ask "alliance rupture"\n  pprnet ask why do clients drop out early',
            facts.coverage(engine.corpus),
        ]
    elif result.outcome is Outcome.ANSWER and result.month and len(result.hits) > 1:
        parts += [facts.month_line(engine.corpus, result.month), _lines([hit.summary for hit in result.hits])]
    elif result.outcome is Outcome.ANSWER:
        parts.append(_card(result.hits[0].summary))
        also = [hit.summary for hit in result.hits[1:3] if hit.confidence >= ANSWER_FROM]
        if also:
            parts += ["Also on this:", _lines(also)]
    elif result.outcome is Outcome.RELATED:
        parts += [
            "Nothing in the library answers this directly. Loosely related:",
            _lines([hit.summary for hit in result.hits[:3]]),
        ]
    else:
        parts.append(_nothing(result, engine))
    return "\n\n".join(parts)


def _nothing(result: Result, engine: Engine) -> str:
    lead = "I found nothing in the library on this."
    if result.month:
        lead = f"The library holds nothing from {month_name(result.month)}."
    topics = ", ".join(topic.name for topic in engine.near_topics(result))
    near = f"\nNearest topics: {topics}" if topics else ""
    return f"{lead} {facts.coverage(engine.corpus)}\nThis does not mean that there is no research.{near}"


def _card(summary: Summary) -> str:
    parts = [f"{_wrap(summary.title)}\n{_wrap(facts.context(summary))}"]
    if summary.bottom_line:
        parts.append("Bottom line\n" + _wrap(summary.bottom_line, indent="  "))
    parts.append(
        "Practice implications\n" + "\n".join(_wrap(text, first="  • ", indent="    ") for text in summary.implications)
    )
    if summary.note:
        parts.append("Source note\n" + _wrap(summary.note, indent="  "))
    footer = [facts.origin(summary), facts.BLOG, *([summary.study.link] if summary.study.link else [])]
    parts.append("\n".join([*footer, _wrap(facts.WEIGH)]))
    return "\n\n".join(parts)


def _lines(summaries: list[Summary]) -> str:
    return "\n".join(
        f"{_wrap(summary.title, first='  • ', indent='    ')}\n{_wrap(facts.context(summary), indent='    ')}"
        for summary in summaries
    )


def _wrap(text: str, *, first: str | None = None, indent: str = "") -> str:
    width = min(100, max(40, shutil.get_terminal_size((88, 24)).columns - 2))
    return textwrap.fill(
        clean(text),
        width,
        initial_indent=indent if first is None else first,
        subsequent_indent=indent,
        break_on_hyphens=False,
    )

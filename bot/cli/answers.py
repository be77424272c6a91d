"""Answers as text for the terminal."""

from __future__ import annotations

import shutil
import textwrap

from bot.corpus.model import Summary, month_name
from bot.phrases import facts
from bot.safety.client_details import without_details
from bot.search.compare import compare, words_to_compare
from bot.search.confidence import ANSWER_FROM
from bot.search.engine import Engine
from bot.search.question import clip
from bot.search.result import Outcome, Result
from bot.text import clean

DETAILS = "Parts that look like client details were left out of the search."


def card_text(question: str, engine: Engine) -> str:
    """What `pprnet ask` prints."""
    searched, details = without_details(clip(question), engine.knows)
    if (asked := words_to_compare(searched)) is not None:
        return _comparison(asked, engine, details=details)
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
        best = result.hits[0].summary
        parts.append(_card(best, engine.corpus.later(best)))
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
        lead = f"The library has nothing from {month_name(result.month)}."
    topics = ", ".join(topic.name for topic in engine.near_topics(result))
    near = f"\nNearest topics: {topics}" if topics else ""
    return f"{lead} {facts.coverage(engine.corpus)}\nThis does not mean that there is no research.{near}"


def _comparison(text: str, engine: Engine, *, details: bool) -> str:
    """What `pprnet ask compare` prints."""
    if not text:
        return "Compare what? Type a question after it, for example: pprnet ask compare video therapy"
    found = compare(text, engine)
    if len(found.summaries) < 2:
        lead = [facts.ONLY_ONE] if found.summaries else []
        return "\n\n".join([*lead, card_text(text, engine)])
    parts = [DETAILS] if details else []
    parts += [f"Showing results for: {found.result.corrected}"] if found.result.corrected else []
    parts.append(_wrap(facts.COMPARED_HOW))
    for design, group in found.groups:
        parts.append(f"-- {facts.design_name(design)} --")
        for summary in group:
            effects = [facts.effect(effect) for effect in summary.study.effects]
            printed = [_wrap(effect, first="  • ", indent="    ") for effect in effects] or ["  No effect size stated."]
            bottom_line = _wrap(f"Bottom line: {summary.bottom_line or 'not stated.'}", indent="  ")
            title = f"{_wrap(summary.title)}\n{_wrap(facts.context(summary, with_design=False))}"
            parts.append("\n".join([title, bottom_line, *printed]))
    return "\n\n".join([*parts, _wrap(facts.NOT_COMPARABLE)])


def _card(summary: Summary, later: Summary | None) -> str:
    parts = [f"{_wrap(summary.title)}\n{_wrap(facts.context(summary))}"]
    if summary.bottom_line:
        parts.append("Bottom line\n" + _wrap(summary.bottom_line, indent="  "))
    parts.append(
        "Practice implications\n" + "\n".join(_wrap(text, first="  • ", indent="    ") for text in summary.implications)
    )
    if summary.note:
        parts.append("Source note\n" + _wrap(summary.note, indent="  "))
    if later:
        parts.append(_wrap(facts.later(later)))
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

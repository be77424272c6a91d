"""What an agent gets: the same outcomes, texts and cautions as a reader in Slack, as plain data. Pure.

No sentence about research is made here: titles, bottom lines, implications and cautions are the library's, word for word.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from typing import Any

from bot.commands.chat import small_talk
from bot.commands.help import ONLY_THESE
from bot.commands.parse import Screened, screen
from bot.commands.results import LOOSELY, heading_of, nothing_found
from bot.corpus.model import Summary
from bot.phrases import facts
from bot.safety.crisis import NO_EMERGENCY
from bot.search.compare import compare, words_to_compare
from bot.search.confidence import ANSWER_FROM
from bot.search.engine import Engine
from bot.search.nearness import Nearness
from bot.search.result import Hit, Mention, Outcome, Result

Found = dict[str, Any]
"""A result, with the keys of SCHEMA."""

ANSWERS = "These summaries answer the question, the likeliest first."
COMPARED = "These summaries answer the question. The order is by design, then by year, and is not a ranking."
RELATED = "Nothing in the library answers this directly. These summaries are only loosely related: they are no answers."
MENTIONED = "No summary in the library is about this. Those in mentions only mention it."
NO_RESULT = "This does not mean that there is no research."
DETAILS = "Parts that look like client details were left out of the search. Please leave them out of questions."
CRISIS_ONLY = "The words may be about danger to someone. Show the crisis line. The library has no sure answer to add."
UNKNOWN = "No summary in the library has this id: search again."
NEWEST = "The newest month in the library."
EMPTY = "The library is empty."
MONTH = 20
"""Summaries of a month that are listed."""
MOST = 200_000
"""Characters of a result; of a longer one the last summaries are left out, which `left_out` says."""

_TEXT = {"type": "string"}
_TEXT_OR_NULL = {"type": ["string", "null"]}
_TEXTS = {"type": "array", "items": _TEXT}
SUMMARY_SCHEMA = {
    "type": "object",
    "description": "A summary of one paper. Quote its texts as they are, with the citation; show notices and cautions.",
    "properties": {
        "id": {**_TEXT, "description": "for the tool summary"},
        "title": _TEXT,
        "month": {**_TEXT, "description": "the month of the digest, YYYY-MM"},
        "confidence": {"type": ["number", "null"], "description": "0 to 1: how likely it answers the question"},
        "notices": {**_TEXTS, "description": "retractions and corrections of the paper: show them first"},
        "bottom_line": _TEXT_OR_NULL,
        "implications": {**_TEXTS, "description": "practice implications, word for word"},
        "caution": {**_TEXT_OR_NULL, "description": "what a reader must know before acting on it"},
        "text": {**_TEXT_OR_NULL, "description": "the whole summary, word for word; null in lists: use the tool summary"},
        "wording": {"enum": ["original", "digest"], "description": "original: the blog's own words; digest: condensed"},
        "design": _TEXT,
        "sample": _TEXT,
        "effect_sizes": {**_TEXTS, "description": "as printed; different measures cannot be compared"},
        "read_by_rule": {**_TEXTS, "description": "the facts that no person has checked"},
        "note": _TEXT_OR_NULL,
        "citation": {**_TEXT, "description": "the paper, as printed, or its first author and year"},
        "link": {**_TEXT_OR_NULL, "description": "where the paper is"},
        "source": {**_TEXT, "description": "whose summary it is and where it was published"},
        "source_link": _TEXT_OR_NULL,
        "newer": {**_TEXT_OR_NULL, "description": "the id of a newer summary on the same topic"},
    },
    "required": ["id", "title", "month", "confidence", "citation", "caution", "implications", "source"],
}
MENTION_SCHEMA = {
    "type": "object",
    "description": "A summary that only mentions the subject, and is not about it.",
    "properties": {"id": _TEXT, "title": _TEXT, "sentence": {**_TEXT, "description": "that mentions it, word for word"}},
    "required": ["id", "title", "sentence"],
}
SCHEMA = {
    "type": "object",
    "properties": {
        "crisis_line": {**_TEXT_OR_NULL, "description": "show this first, above all else, if it is not null"},
        "outcome": {"enum": ["answer", "related", "nothing"], "description": "only answer answers the question"},
        "says": {**_TEXT, "description": "what the outcome means; say it to the reader"},
        "corrected": {**_TEXT_OR_NULL, "description": "the question with its spelling repaired"},
        "filters": {**_TEXTS, "description": "what of the question filtered the results; the language it looks to be in"},
        "details_left_out": {**_TEXT_OR_NULL, "description": "said if something looked like client details"},
        "summaries": {"type": "array", "items": SUMMARY_SCHEMA},
        "left_out": {"type": "integer", "description": "how many more there are that are not shown"},
        "mentions": {"type": "array", "items": MENTION_SCHEMA},
        "nearest_topics": _TEXTS,
        "coverage": {**_TEXT, "description": "what the library contains"},
        "limits": {**_TEXT, "description": "what every answer of this library leaves open"},
    },
    "required": ["crisis_line", "outcome", "says", "summaries", "coverage", "limits"],
}


class NoWordsError(ValueError):
    """A question has no words to search for."""

    def __init__(self) -> None:
        super().__init__("The question has no words to search for.")


def searchable(question: str, engine: Engine) -> str:
    """Return the words of a question that may be searched."""
    return screen(question, engine.knows).text


def search(question: str, engine: Engine, crisis_line: str | None, nearness: Nearness | None = None) -> Found:
    """Return what the library has on a question. Raises NoWordsError."""
    screened = screen(question, engine.knows)
    result = engine.search(screened.text, nearness=nearness)
    if result.outcome is Outcome.HELP or small_talk(question):
        raise NoWordsError
    if result.outcome is Outcome.NOTHING:
        return _screened(screened, crisis_line, _nothing(result, screened, engine))
    mentions = result.subject.mentions[:LOOSELY] if result.subject else ()
    outcome, says = ("answer", ANSWERS) if result.outcome is Outcome.ANSWER else ("related", RELATED)
    shown = [_of(hit.summary, engine, confidence=hit.confidence) for hit in _shown(result)]
    if outcome == "related" and mentions:
        says, shown = MENTIONED, []
    found = _found(outcome, says, shown, engine, _said(result, screened))
    found["mentions"] = [_mention(each) for each in mentions]
    found["left_out"] += max(0, (result.subject.about if result.subject else result.listing) - len(result.hits))
    return _screened(screened, crisis_line, found)


def _shown(result: Result) -> Sequence[Hit]:
    """Return what is shown of a result: of a list all, else what surely answers; or a few that are loosely related."""
    match result.outcome:
        case Outcome.ANSWER if result.month or result.listing or result.subject:
            return result.hits
        case Outcome.ANSWER:
            return [*result.hits[:1], *(hit for hit in result.hits[1:] if hit.confidence >= ANSWER_FROM)]
        case _:
            return result.hits[:LOOSELY]


def compared(question: str, engine: Engine, crisis_line: str | None) -> Found:
    """Return what answers a question, side by side; where fewer than two summaries do, what `search` returns."""
    screened = screen(question, engine.knows)
    comparison = compare(words_to_compare(screened.text) or screened.text, engine)
    if len(comparison.summaries) < 2:
        return search(question, engine, crisis_line)
    sure = {hit.summary.id: hit.confidence for hit in comparison.result.hits}
    found = [_of(each, engine, confidence=sure.get(each.id)) for each in comparison.summaries]
    says = f"{COMPARED} {facts.NOT_COMPARABLE}"
    return _screened(screened, crisis_line, _found("answer", says, found, engine, _said(comparison.result, screened)))


def summary(summary_id: str, engine: Engine) -> Found:
    """Return one summary with its whole text."""
    found = engine.corpus.get(summary_id)
    if found is None:
        return _found("nothing", UNKNOWN, [], engine)
    return _found("answer", "The summary with this id.", [_of(found, engine, whole=True)], engine)


def latest(engine: Engine) -> Found:
    """Return the summaries of the newest month."""
    issues = engine.corpus.issues
    if not issues:
        return _found("nothing", EMPTY, [], engine)
    says = f"{NEWEST} {facts.month_line(engine.corpus, issues[0].month)}."
    listed = issues[0].summaries[:MONTH]
    found = _found("answer", says, [_of(each, engine) for each in listed], engine)
    return {**found, "left_out": found["left_out"] + len(issues[0].summaries) - len(listed)}


def _screened(screened: Screened, crisis_line: str | None, found: Found) -> Found:
    """Add what is said about the words themselves. Where they speak of danger only a sure answer is shown."""
    found = {**found, "details_left_out": DETAILS if screened.details else None}
    if not screened.danger:
        return found
    found = {**found, "crisis_line": crisis_line or NO_EMERGENCY}
    if found["outcome"] == "answer":
        return found
    nothing: Found = {"summaries": [], "mentions": [], "nearest_topics": [], "left_out": 0}
    return {**found, "outcome": "nothing", "says": CRISIS_ONLY, **nothing}


def _nothing(result: Result, screened: Screened, engine: Engine) -> Found:
    said = nothing_found(engine, result)
    found = _found("nothing", f"{said.lead} {NO_RESULT}", [], engine, _said(result, screened))
    return {**found, "nearest_topics": [topic.name for topic in said.topics]}


def _said(result: Result, screened: Screened) -> Found:
    heading = heading_of(result, screened.text)
    return {"corrected": heading.corrected or None, "filters": list(heading.filters)}


def _found(outcome: str, says: str, summaries: Sequence[Found], engine: Engine, said: Found | None = None) -> Found:
    kept = list(_fitting(summaries))
    return {
        "crisis_line": None,
        "outcome": outcome,
        "says": says,
        "corrected": None,
        "filters": [],
        **(said or {}),
        "details_left_out": None,
        "summaries": kept,
        "left_out": len(summaries) - len(kept),
        "mentions": [],
        "nearest_topics": [],
        "coverage": facts.coverage(engine.corpus),
        "limits": f"{facts.WEIGH} {ONLY_THESE}",
    }


def _fitting(summaries: Iterable[Found]) -> Iterable[Found]:
    """Yield as many summaries as fit into a result."""
    left = MOST
    for each in summaries:
        left -= len(json.dumps(each, ensure_ascii=False))
        if left < 0:
            return
        yield each


def _mention(mention: Mention) -> Found:
    return {"id": mention.summary.id, "title": mention.summary.title, "sentence": mention.sentence}


def _of(
    summary: Summary,
    engine: Engine,
    *,
    confidence: float | None = None,
    whole: bool = False,
) -> Found:
    study, later = summary.study, engine.corpus.later(summary)
    return {
        "id": summary.id,
        "title": summary.title,
        "month": summary.issue,
        "confidence": None if confidence is None else round(confidence, 3),
        "notices": [f"{what} ({which}): {address}" for what, which, address in facts.notices(summary)],
        "bottom_line": summary.bottom_line,
        "implications": list(summary.implications),
        "caution": summary.caution,
        "text": summary.summary if whole else None,
        "wording": summary.text,
        "design": facts.design_name(study.design, capital=False),
        "sample": facts.sample(summary),
        "effect_sizes": [facts.effect(each) for each in study.effects],
        "read_by_rule": [name for name, _ in summary.read_from],
        "note": summary.note,
        "citation": study.citation or facts.byline(summary),
        "link": study.link,
        "source": f"{facts.origin(summary)} {facts.blog_month(summary)}",
        "source_link": facts.home(summary),
        "newer": later.id if later else None,
    }

"""The library as lists to browse, and questions to begin with: computed once for each corpus.

Pure: it knows no Slack, sends and stores nothing.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Literal
from weakref import WeakKeyDictionary

from bot.corpus.model import DESIGNS, Corpus, Summary, month_name
from bot.search.engine import Engine
from bot.search.result import Outcome

Kind = Literal["topic", "month", "design"]

SUGGESTIONS = 3
QUESTION_LENGTH = 74
"""Characters of a suggested question, before its question mark: with it the question fits a button of Slack's."""
NEWEST = 30
"""Newest summaries that may give a suggested question."""
TRIED = 2
"""Questions of one summary that are tried."""
_POINTING = re.compile(r",|\b(?:they|them|their|these|those|this)\b", re.IGNORECASE)
"""A list, or a word that points at something said elsewhere: on its own such a question makes little sense."""
_ASKING = frozenset("are can do does how is should what when which who why".split())


@dataclass(frozen=True, slots=True)
class Shelf:
    """The summaries of one topic, month or design, newest first. `key` names it among its kind and stays."""

    kind: Kind
    key: str
    name: str
    summaries: tuple[Summary, ...]


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A question to begin with, and the summary that answers it. The words are the library's own."""

    text: str
    summary: Summary


@dataclass(frozen=True, slots=True)
class Library:
    """All lists of one corpus; shelves in the order in which they are shown, none empty."""

    corpus: Corpus
    shelves: Mapping[Kind, tuple[Shelf, ...]]
    suggestions: tuple[Suggestion, ...] = ()

    def shelf(self, kind: str, key: str) -> Shelf | None:
        """Return a shelf by its kind and key, or None (a button may be older than the corpus)."""
        found: Iterable[Shelf] = next((shelves for each, shelves in self.shelves.items() if each == kind), ())
        return next((shelf for shelf in found if shelf.key == key), None)

    def suggestion(self, summary_id: str) -> Suggestion | None:
        """Return the suggested question that this summary answers, or None."""
        return next((each for each in self.suggestions if each.summary.id == summary_id), None)


_made: WeakKeyDictionary[Engine, Library] = WeakKeyDictionary()


def library(engine: Engine) -> Library:
    """Return the lists of an engine's corpus, made at the first call."""
    found = _made.get(engine)
    if found is None:
        found = _made[engine] = _library(engine)
    return found


def _library(engine: Engine) -> Library:
    corpus = engine.corpus
    shelves: dict[Kind, tuple[Shelf, ...]] = {
        "topic": _by_topic(corpus),
        "month": tuple(
            Shelf("month", issue.month, month_name(issue.month), issue.summaries)
            for issue in corpus.issues
            if issue.summaries
        ),
        "design": _by_design(corpus),
    }
    return Library(corpus, shelves, suggestions(engine))


def suggestions(engine: Engine) -> tuple[Suggestion, ...]:
    """Return questions from the newest summaries' own `asks`, each answered by its summary, on topics as different as there
    are.
    """
    found: dict[str, Suggestion] = {}
    topics: set[str] = set()
    for apart in (True, False):
        for summary in engine.corpus.summaries[:NEWEST]:
            if len(found) == SUGGESTIONS:
                break
            if summary.id in found or (apart and topics & set(summary.topics)):
                continue
            if question := _question(engine, summary):
                found[summary.id] = Suggestion(question, summary)
                topics |= set(summary.topics)
    return tuple(found.values())


def _question(engine: Engine, summary: Summary) -> str | None:
    """Return the first of a summary's asks that is a question and that it answers: their writers begin with the plainest."""
    asks = [ask.rstrip("?") for ask in summary.asks if _is_question(ask)][:TRIED]
    ask = next((ask for ask in asks if _answers(engine, ask, summary)), None)
    return f"{ask[:1].upper()}{ask[1:]}?" if ask else None


def _is_question(ask: str) -> bool:
    asking = ask.partition(" ")[0].lower() in _ASKING
    return asking and len(ask.rstrip("?")) <= QUESTION_LENGTH and not _POINTING.search(ask)


def _answers(engine: Engine, ask: str, summary: Summary) -> bool:
    result = engine.search(ask)
    return result.outcome is Outcome.ANSWER and not result.month and result.hits[0].summary.id == summary.id


def _by_topic(corpus: Corpus) -> tuple[Shelf, ...]:
    topics = sorted(corpus.topics, key=lambda topic: topic.name.casefold())
    shelves = (Shelf("topic", topic.id, topic.name, corpus.on_topic(topic.id)) for topic in topics)
    return tuple(shelf for shelf in shelves if shelf.summaries)


def _by_design(corpus: Corpus) -> tuple[Shelf, ...]:
    by_design: dict[str, list[Summary]] = {}
    for summary in corpus:
        by_design.setdefault(summary.study.design, []).append(summary)
    return tuple(
        Shelf("design", design.replace(" ", "-"), _design_name(design), tuple(by_design[design]))
        for design in DESIGNS
        if design in by_design
    )


def _design_name(design: str) -> str:
    return "Design not stated" if design == "not stated" else design[:1].upper() + design[1:]

"""Asks that another summary answers better than the one that they are with."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator
from dataclasses import replace
from itertools import chain

from bot.corpus.fields import short
from bot.corpus.model import Corpus, Summary
from bot.corpus.warnings.warning import LibraryWarning
from bot.search.confidence import RELATED_FROM
from bot.search.engine import Engine
from bot.search.text import stems, tokens

SURELY = 0.7
"""The least confidence in the other summary. With this limit none of the shipped library's asks is warned of, and about one
in six would be if it were with any other summary than its own.
"""
MORE = 0.2
"""How much more of an ask's words, as a share, the other summary must have for the ask to be searched at all: four in five
need no search.
"""
_RANKED = 40
"""Hits among which an ask's own summary is looked for."""


def misplaced(corpus: Corpus, months: Collection[str]) -> Iterator[LibraryWarning]:
    """Yield the asks of these months that another summary surely answers by its own words, and their own hardly touches.

    All asks are left out of the search: typed as it is, an ask always finds the summary that it is with.
    """
    if not any(summary.asks for summary in corpus if summary.place in months):
        return
    engine = Engine(_without_asks(corpus))
    words = {summary.id: _words_of(summary) for summary in corpus}
    summaries_with: dict[str, list[str]] = {}
    for summary_id, its_words in words.items():
        for word in its_words:
            summaries_with.setdefault(word, []).append(summary_id)
    for summary in (each for each in corpus if each.place in months):
        for at, ask in enumerate(summary.asks):
            asked = set(stems(tokens(ask)))
            counts = Counter(chain.from_iterable(summaries_with.get(word, ()) for word in asked))
            if max(counts.values(), default=0) - counts[summary.id] < MORE * len(asked):
                continue
            if better := _better(engine, summary, ask):
                problem = f"“{short(ask)}” is answered better by {better.id} ({better.issue}): move it there, or reword it"
                yield LibraryWarning(summary, ("asks", at), problem, (better,))


def _better(engine: Engine, summary: Summary, ask: str) -> Summary | None:
    first = next(iter(engine.search(ask, limit=1).hits), None)
    if first is None or first.summary.id == summary.id or first.confidence < SURELY:
        return None
    hits = engine.search(ask, limit=_RANKED).hits
    own = next((hit.confidence for hit in hits if hit.summary.id == summary.id), 0.0)
    return first.summary if own < RELATED_FROM else None


def _words_of(summary: Summary) -> frozenset[str]:
    text = " ".join((summary.title, summary.bottom_line or "", summary.summary, *summary.implications))
    return frozenset(stems(tokens(text)))


def _without_asks(corpus: Corpus) -> Corpus:
    issues = (replace(issue, summaries=tuple(replace(each, asks=()) for each in issue.summaries)) for issue in corpus.issues)
    return replace(corpus, issues=tuple(issues), own=tuple(replace(each, asks=()) for each in corpus.own))

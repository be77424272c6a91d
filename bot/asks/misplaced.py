"""Asks that another summary answers better than the one that they are with."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator
from dataclasses import replace
from itertools import chain

from bot.corpus.fields import short
from bot.corpus.model import Corpus, Summary
from bot.corpus.warnings.rules import about
from bot.corpus.warnings.warning import ALSO, LibraryWarning
from bot.search.confidence import RELATED_FROM
from bot.search.engine import Engine
from bot.search.text import stems, tokens

SURELY = 0.76
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
                yield _warning(summary, at, better)


def warnings_about(summary: Summary, engine: Engine) -> list[LibraryWarning]:
    """Return the warnings about a new summary, beside the library in use. For a person who waits: it costs a search for each
    ask, where `misplaced` builds an index of its own.
    """
    found = about(summary, engine.corpus)
    warned = {each.where for each in found}
    return [*found, *(each for each in _found_elsewhere(summary, engine) if each.where not in warned)]


def _found_elsewhere(summary: Summary, engine: Engine) -> Iterator[LibraryWarning]:
    """Yield the asks of a summary that find another one today, surely and by words that this one has far fewer of."""
    own = _words_of(summary)
    for at, ask in enumerate(summary.asks):
        first = next(iter(engine.search(ask, limit=1).hits), None)
        if first is None or first.summary.id == summary.id or first.confidence < SURELY:
            continue
        asked = set(stems(tokens(ask)))
        if len(asked & _words_of(first.summary)) - len(asked & own) >= MORE * len(asked):
            yield _warning(summary, at, first.summary)


def _warning(summary: Summary, at: int, better: Summary) -> LibraryWarning:
    problem = f"“{short(summary.asks[at])}” is answered better by {ALSO}: move it there, or reword it"
    return LibraryWarning(summary, ("asks", at), problem, (better,))


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

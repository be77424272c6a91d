"""Which summaries and figures "evidence WORDS" means: those of a topic where the words name one, else those that a search
finds.
"""

from __future__ import annotations

from rapidfuzz import fuzz, utils

from bot.corpus.model import Corpus, Topic
from bot.evidence.fit import fit_to, named
from bot.evidence.table import Evidence, gather
from bot.search.confidence import ANSWER_FROM, RELATED_FROM
from bot.search.engine import Engine
from bot.search.result import Outcome
from bot.text import fold

NEAR = 87
"""How like a topic's name the words must be (rapidfuzz ratio): a misspelling of it, not a question about it."""
_FOUND = (Outcome.ANSWER, Outcome.RELATED)
FOUND = 20
"""Summaries that a search may bring together."""


def choose(words: str, engine: Engine) -> Evidence | None:
    """Return the evidence that is meant; None where nothing in the library fits."""
    if topic := named_topic(words, engine.corpus):
        fit = fit_to([engine.meaning(name) for name in (topic.name, topic.id, *topic.aliases)])
        return gather(engine.corpus.on_topic(topic.id), subject=topic.name, fit=fit)
    result = engine.search(words, limit=FOUND)
    loosely = result.outcome is not Outcome.ANSWER
    least = RELATED_FROM if loosely else ANSWER_FROM
    found = [hit.summary for hit in result.hits if hit.confidence >= least and result.outcome in _FOUND]
    filters = result.filters.said() if result.filters else ""
    if not result.units:  # a month, or filters alone
        return gather(found, filters=filters) if found else None
    asked = engine.marker(result)
    fit = fit_to([asked])
    passing = [each for each in engine.corpus if not result.filters or result.filters.keeps(each)]
    about = [each for each in passing if any(map(fit, each.study.effects))]
    if not found and not about:
        return None
    subject = named(asked, [effect for each in about for effect in each.study.effects if fit(effect)])
    both = dict.fromkeys([*found, *about])
    return gather([*both], subject=subject or None, loosely=loosely and not about, fit=fit, filters=filters)


def named_topic(words: str, corpus: Corpus) -> Topic | None:
    """Return the topic whose name, id or alias the words are, give or take a slip of the pen."""
    wanted = utils.default_process(fold(words[:100]))
    best, topic = 0.0, None
    for each in corpus.topics if wanted else ():
        for name in (each.name, each.id, *each.aliases):
            likeness = fuzz.ratio(wanted, utils.default_process(fold(name)))
            if likeness > best:
                best, topic = likeness, each
    return topic if best >= NEAR else None

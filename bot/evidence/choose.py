"""Which summaries "evidence WORDS" means: those of a topic where the words name one, else those that a search finds."""

from __future__ import annotations

from rapidfuzz import fuzz, utils

from bot.corpus.model import Corpus, Topic
from bot.evidence.table import Evidence, gather
from bot.search.confidence import ANSWER_FROM, RELATED_FROM
from bot.search.engine import Engine
from bot.search.result import Outcome
from bot.text import fold

NEAR = 87
"""How like a topic's name the words must be (rapidfuzz ratio): a misspelling of it, not a question about it."""
FOUND = 20
"""Summaries that a search may bring together."""


def choose(words: str, engine: Engine) -> Evidence | None:
    """Return the evidence that is meant; None where nothing in the library fits."""
    if topic := named_topic(words, engine.corpus):
        return gather(engine.corpus.on_topic(topic.id), subject=topic.name)
    result = engine.search(words, limit=FOUND)
    if result.outcome not in (Outcome.ANSWER, Outcome.RELATED):
        return None
    loosely = result.outcome is Outcome.RELATED
    found = [hit.summary for hit in result.hits if hit.confidence >= (RELATED_FROM if loosely else ANSWER_FROM)]
    return gather(found, loosely=loosely)


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

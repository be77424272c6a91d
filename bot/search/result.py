"""The result of a search: hits, best first, and which of four outcomes they are."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from bot.corpus.model import Summary
from bot.search.confidence import ANSWER_FROM, RELATED_FROM, Features
from bot.search.filters import Filters
from bot.search.language import Language
from bot.search.question import Unit


class Outcome(StrEnum):
    """The four outcomes of a search. Every reply is exactly one of these, and says which."""

    ANSWER = "answer"
    RELATED = "related"
    NOTHING = "nothing"
    HELP = "help"


@dataclass(frozen=True, slots=True)
class Hit:
    """A summary found. `score` orders hits of one question; `confidence` (0 to 1) is how likely it answers the question."""

    summary: Summary
    score: float
    confidence: float
    features: Features | None = None

    def at_most(self, confidence: float) -> Hit:
        """Return the hit with at most this confidence."""
        return self if self.confidence <= confidence else Hit(self.summary, self.score, confidence, self.features)


@dataclass(frozen=True, slots=True)
class Mention:
    """A summary that only mentions a subject, with the sentence that does ("" where only its topics name it)."""

    summary: Summary
    sentence: str


@dataclass(frozen=True, slots=True)
class Subject:
    """What a short question named, in its words: how many summaries are about it, those that only mention it, and the id of
    the topic of that name, if there is one.
    """

    words: str
    about: int
    mentions: tuple[Mention, ...] = ()
    topic: str | None = None


@dataclass(frozen=True, slots=True)
class Result:
    """The outcome of a question, best hit first. With outcome NOTHING the hits are only the nearest summaries and are not
    shown as results.

    `corrected` is the question with its spelling repaired; `month` the "YYYY-MM" it asked for, if it named one. `filters`
    are those in force of the ones it named in plain words, and `remark` says which were not and why; `listing` that nothing
    else was asked: the hits are the newest of the `listing` summaries that the filters keep. `subject`: the question only
    named one, and the hits are about it (an answer) or mention it (related). `units`: the words and phrases of the question,
    for `Engine.why` and `Engine.marker`. `language`: the question is in another language, and was compared by its meaning
    alone.
    """

    outcome: Outcome
    hits: tuple[Hit, ...] = ()
    corrected: str | None = None
    month: str | None = None
    filters: Filters | None = None
    remark: str | None = None
    listing: int = 0
    units: tuple[Unit, ...] = ()
    subject: Subject | None = None
    language: Language | None = None


def outcome_of(hits: Sequence[Hit]) -> Outcome:
    """Return the outcome of hits, by the confidence in the first."""
    if not hits or hits[0].confidence < RELATED_FROM:
        return Outcome.NOTHING
    return Outcome.ANSWER if hits[0].confidence >= ANSWER_FROM else Outcome.RELATED

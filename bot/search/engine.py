"""Finding the right summary, and saying how sure that is, or that there is none.

The order comes from BM25F over the summaries' fields, sharpened by how well one single `ask` of a summary fits the question
(a question that a person foresaw is the best witness). Whether to answer is a matter of its own: see `confidence`.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import TYPE_CHECKING, NamedTuple

from rapidfuzz import fuzz, process, utils

from bot.corpus.model import Corpus, Summary, Topic
from bot.search.concepts import Concepts
from bot.search.documents import Reader, vocabulary
from bot.search.index import K1, Clause, Field, Index, Scores, Searchable, length_of
from bot.search.question import LIGHT, Question, Unit, clip, read
from bot.search.spelling import NO_SPELLER, Speller
from bot.search.text import fold

if TYPE_CHECKING:
    from bot.search.arrays import ArrayIndex

FIELDS: Mapping[str, Field] = {
    "title": Field(0.88, 0.86),
    "asks": Field(1.53, 0.35),
    "bottom_line": Field(2.66, 0.03),
    "implications": Field(1.5, 0.38),
    "summary": Field(2.32, 0.34),
    "authors": Field(8.94, 0.0),
    "paper": Field(0.36, 0.5),
    "topics": Field(1.99, 0.49),
    "figures": Field(1.42, 0.0),
    "when": Field(0.65, 0.0),
}
"""Weights and length discounts, like the other numbers here found by random search on tests/relevance/tune.yaml
together with the corpus's own asks, each left out of its summary; rounded; never tried on held.yaml."""
CONCEPT = 1.0
"""What a shared concept counts for beside a shared word; a concept is commoner than its words, so it weighs less by
itself.
"""
ASK = 1.1
"""How much one well-fitting passage adds to a summary's score, as a share of the question's own weight."""
NAME = 0.8
"""What a nearly equal author's name counts for beside the very name."""
PART_WEIGHT = 2.15
"""A sentence of a question counts in full from this many rare words on."""
LONG = 0.46
"""Rare words after which a longer question gains no more from a fitting passage."""
CANDIDATES = 40
"""Summaries whose asks are compared one by one."""

GREETINGS = frozenset(
    " ".join(phrase.split())
    for phrase in """help|hi|hello|hey|hiya|hi there|hello there|good morning|good afternoon|good evening|good day|howdy|
    greetings|start|menu|commands|usage|what can you do|what do you do|who are you|how do you work|how does this work|
    how do i use this|how do i use you|what is this|hi bot|hello bot|hey bot|help me|help please|please help|hi pprnet|
    hello pprnet|hey pprnet|pprnet|info|about""".split("|")
)


class Outcome(StrEnum):
    """What a search comes to. Every reply is exactly one of these, and says which."""

    ANSWER = "answer"
    RELATED = "related"
    NOTHING = "nothing"
    HELP = "help"


class Features(NamedTuple):
    """What the confidence in a hit is made of.

    strength: the BM25F score as a share of what the question could score. matched: the weight that the summary meets in the
    question's best sentence, in rare words (0 to 4). whole: the share of the whole question's weight that it meets. Of the
    best sentence's words that matter (0 to 4 each): met by the summary, missed by it but not by others, unknown to all.
    """

    strength: float
    matched: float
    whole: float
    met: float
    missed: float
    unknown: float


BIAS = -8.2
COEFFICIENTS = Features(strength=7.65, matched=1.35, whole=2.45, met=1.25, missed=0.6, unknown=0.65)
"""Fitted by logistic regression on the top hits of tests/relevance/tune.yaml and of the corpus's own asks, each left
out of its summary; never on held.yaml."""
ANSWER_FROM = 0.6
"""The least confidence of an answer."""
RELATED_FROM = 0.3
"""The least confidence of something loosely related."""


@dataclass(frozen=True, slots=True)
class Hit:
    """A summary found. `score` orders hits of one question; `confidence` (0 to 1) is how likely it answers the question."""

    summary: Summary
    score: float
    confidence: float
    features: Features | None = None


@dataclass(frozen=True, slots=True)
class Result:
    """The outcome of a question, best hit first. With outcome NOTHING the hits are mere neighbours and are not shown as
    results.

    `corrected` is the question with its spelling repaired; `month` the "YYYY-MM" it asked for, if it named one.
    """

    outcome: Outcome
    hits: tuple[Hit, ...] = ()
    corrected: str | None = None
    month: str | None = None


LARGE = 1_000
"""Summaries from which on the index is made of arrays. Below, plain dictionaries answer as fast, and need no numpy, whose
import takes as long as reading a whole small library.
"""


def new_index(size: int, large: int = LARGE) -> Index | ArrayIndex:
    """An empty index that suits a library of `size` summaries."""
    if size < large:
        return Index(FIELDS)
    from bot.search.arrays import ArrayIndex  # not above: numpy

    return ArrayIndex(FIELDS)


class Engine:
    """Searches one corpus. Immutable once built: a reloaded corpus gets a new engine."""

    def __init__(self, corpus: Corpus, *, large: int = LARGE) -> None:
        """`large`: summaries from which on the index is made of arrays."""
        self.corpus = corpus
        self._concepts = Concepts(corpus.lexicon)
        reader = Reader(corpus, self._concepts)
        index = new_index(len(corpus.summaries), large)
        words: Counter[str] = Counter()
        names: set[str] = set()
        for summary in corpus:
            found = reader.read(summary)
            index.add(found.fields, [(_says(units), worth) for units, worth in found.passages])
            words.update(found.words)
            names |= found.names
        index.close()
        self._index: Searchable = index
        self._speller = Speller(vocabulary(words, corpus.topics, self._concepts), names)
        self._topic_names = {
            utils.default_process(fold(name)): topic
            for topic in corpus.topics
            for name in (topic.id, *topic.aliases, topic.name)
        }

    def search(self, text: str, *, limit: int = 5, about: str | None = None) -> Result:
        """The outcome for a question. `about` is the summary id a follow-up refers to: its title lends the question
        context.
        """
        text = clip(text)
        if is_greeting(text):
            return Result(Outcome.HELP)
        question = read(text, self._speller, self._concepts)
        if question.month:
            return self._of_month(question, limit)
        if not question.units:
            return Result(Outcome.NOTHING if question.words else Outcome.HELP)
        context = self.corpus.get(about) if about else None
        hits = self._rank(question, limit)
        if context is not None and (not hits or hits[0].confidence < ANSWER_FROM):
            hits = [hit for hit in self._rank(self._widened(question, context), limit + 1) if hit.summary.id != context.id]
        return Result(_outcome(hits), tuple(hits[:limit]), question.corrected)

    def more_like(self, summary_id: str, *, limit: int = 3, skip: Sequence[str] = ()) -> tuple[Hit, ...]:
        """The summaries nearest to one, without it and those to skip. Empty for an unknown id."""
        summary = self.corpus.get(summary_id)
        if summary is None:
            return ()
        names = " ".join(topic.name for topic_id in summary.topics if (topic := self.corpus.topic(topic_id)))
        text = f"{summary.title} {summary.bottom_line or ''} {names}"
        hits = self._rank(read(clip(text), NO_SPELLER, self._concepts), limit + len(skip) + 1)
        return tuple(hit for hit in hits if hit.summary.id != summary_id and hit.summary.id not in skip)[:limit]

    def topic(self, name: str) -> Topic | None:
        """The topic meant by a name, an alias or a misspelling of one; None where no topic is near."""
        wanted = utils.default_process(fold(name[:100]))
        if not wanted:
            return None
        if wanted in self._topic_names:
            return self._topic_names[wanted]
        best = process.extractOne(wanted, self._topic_names.keys(), scorer=fuzz.ratio, score_cutoff=80)
        best = best or process.extractOne(wanted, self._topic_names.keys(), scorer=fuzz.token_set_ratio, score_cutoff=90)
        return self._topic_names[best[0]] if best else None

    def near_topics(self, result: Result, limit: int = 3) -> tuple[Topic, ...]:
        """Topics of the neighbours of a question that was not answered, the commonest first."""
        counts = Counter(topic for hit in result.hits for topic in hit.summary.topics)
        found = (self.corpus.topic(topic) for topic, _ in counts.most_common(limit))
        return tuple(topic for topic in found if topic)

    # -- ranking --------------------------------------------------------------------------------------------------

    def _unit_weight(self, unit: Unit) -> float:
        """What a unit of the question weighs: its words together, no more than one and a half of its rarest."""
        weights = [self._index.idf(term) for term in unit.terms if term in self._index or not unit.concepts]
        weights = weights or [self._index.idf(concept) for concept in unit.concepts] or [0.0]
        return unit.say * min(sum(weights), 1.5 * max(weights))

    def _rank(self, question: Question, limit: int) -> list[Hit]:
        units = question.units
        weights = [self._unit_weight(unit) for unit in units]
        total = sum(weights)
        index = self._index.among([_clause(unit) for unit in units], CANDIDATES)
        scores: dict[int, float] = {}
        shares: list[dict[int, float]] = []
        for unit in units:
            found, share = self._matches(unit, index)
            shares.append(share)
            for number, score in found.items():
                scores[number] = scores.get(number, 0.0) + unit.say * score
        if not scores or not total:
            return []
        best = sorted(scores, key=lambda number: (-scores[number], number))[:CANDIDATES]
        known = [any(term in self._index for term in (*unit.terms, *unit.concepts, *unit.names)) for unit in units]
        vectors = [self._vector([units[place] for place in part]) for part in question.parts]
        part_weights = [sum(weights[place] for place in part) for part in question.parts]
        part_fits = self._index.fits(vectors, best)
        enough = PART_WEIGHT * self._index.top_idf
        ranked = []
        for number in best:
            fit = 0.0
            for fits, weight in zip(part_fits, part_weights, strict=True):
                if weight and (near := fits.get(number)):
                    fit = max(fit, max(near) * (0.5 + 0.5 * min(1.0, weight / enough)))
            ranked.append((number, round(scores[number] + ASK * fit * min(total, LONG * self._index.top_idf), 4)))
        ranked.sort(key=lambda found: -found[1])
        hits = []
        for number, score in ranked[:limit]:
            matched = 0.0
            sentence: tuple[int, ...] = ()
            for part in question.parts:
                spoken = sum(weights[place] * shares[place].get(number, 0.0) for place in part)
                if spoken > matched:
                    matched, sentence = spoken, part
            weighty = [place for place in sentence if units[place].say > LIGHT]
            features = Features(
                strength=scores[number] / (total * (K1 + 1)),
                matched=min(matched / self._index.top_idf, 4.0),
                whole=sum(weights[place] * share.get(number, 0.0) for place, share in enumerate(shares)) / total,
                met=min(sum(number in shares[place] for place in weighty), 4),
                missed=min(sum(known[place] and number not in shares[place] for place in weighty), 4),
                unknown=min(sum(not known[place] for place in weighty), 4),
            )
            hits.append(Hit(self.corpus.summaries[number], score, confidence(features), features))
        return hits

    def _matches(self, unit: Unit, index: Scores) -> tuple[dict[int, float], dict[int, float]]:
        """The summaries that speak of a unit: what it adds to the score of each, and how much of it (0 to 1) each speaks
        of.
        """
        found: dict[int, float] = {}
        share: dict[int, float] = {}
        whole = sum(self._index.idf(term) for term in unit.terms) or 1.0
        for term in unit.terms:
            part = self._index.idf(term) / whole
            for number, score in index.scores(term).items():
                found[number] = found.get(number, 0.0) + score
                share[number] = share.get(number, 0.0) + part
        for term, worth in _stand_ins(unit):
            for number, score in index.scores(term).items():
                found[number] = max(found.get(number, 0.0), score * worth)
                share[number] = max(share.get(number, 0.0), 0.8)
        return found, share

    def _vector(self, units: Sequence[Unit]) -> tuple[dict[str, float], float]:
        """Units as weighted terms and concepts, with the length of that vector."""
        weights = {term: say * self._index.idf(term) for term, say in _says(units).items()}
        return weights, length_of(weights) or 1.0

    def _widened(self, question: Question, context: Summary) -> Question:
        """A follow-up with the title of what it follows lent to it, at less than half its say."""
        known = {unit.terms for unit in question.units}
        lent = read(context.title, NO_SPELLER, self._concepts).units
        units = question.units + tuple(replace(unit, say=unit.say * 0.4) for unit in lent if unit.terms not in known)
        return replace(question, units=units, parts=(tuple(range(len(units))),))

    def _of_month(self, question: Question, limit: int) -> Result:
        """The summaries of a month that the question names, those that fit its other words first."""
        issue = self.corpus.issue(question.month or "")
        if issue is None:
            return Result(Outcome.NOTHING, (), question.corrected, question.month)
        ranked = {hit.summary.id: hit for hit in self._rank(question, len(self.corpus.summaries))}
        hits = [Hit(summary, found.score if (found := ranked.get(summary.id)) else 0.0, 1.0) for summary in issue.summaries]
        hits.sort(key=lambda hit: -hit.score)
        return Result(Outcome.ANSWER, tuple(hits[:limit]), question.corrected, question.month)


def confidence(features: Features) -> float:
    """How likely a summary answers the question, 0 to 1: a logistic model of the features."""
    logit = BIAS + sum(weight * value for weight, value in zip(COEFFICIENTS, features, strict=True))
    return round(1 / (1 + math.exp(-logit)), 4)


def is_greeting(text: str) -> bool:
    """Whether a message is empty, has no letter or digit, greets, or asks for help rather than for research."""
    words = fold(text[:200])
    plain = " ".join("".join(char if char.isalnum() else " " for char in words).split())
    return not plain or plain in GREETINGS


def _outcome(hits: Sequence[Hit]) -> Outcome:
    if not hits or hits[0].confidence < RELATED_FROM:
        return Outcome.NOTHING
    return Outcome.ANSWER if hits[0].confidence >= ANSWER_FROM else Outcome.RELATED


def _says(units: Sequence[Unit]) -> dict[str, float]:
    """The terms and concepts of units, each with how much it says."""
    says: dict[str, float] = {}
    for unit in units:
        for term in unit.terms:
            says[term] = unit.say
        for concept in unit.concepts:
            says[concept] = unit.say * CONCEPT
    return says


def _stand_ins(unit: Unit) -> tuple[tuple[str, float], ...]:
    """What may stand for a unit's own words, each with its worth beside them."""
    return (*((concept, CONCEPT) for concept in unit.concepts), *((name, NAME) for name in unit.names))


def _clause(unit: Unit) -> Clause:
    """A unit as the index sees it: it must agree with `Engine._matches` on the score."""
    return Clause(unit.terms, _stand_ins(unit), unit.say)

"""Finding the right summary, and saying how sure that is, or that there is none.

The order comes from four kinds of evidence that a summary answers a question (see `Evidence`): BM25F over its fields,
how much of the question it speaks of, how well it does so for the best sentence of the question, and how well its passages
(asks, title, bottom line, implications, sentences) fit. Whether to answer is a matter of its own: see `confidence`.

The numbers: field weights by random search; the weights of the evidence by logistic regression on tests/relevance/tune.yaml
and held.yaml together with the corpus's own asks, each left out of its summary; those of the confidence on tune, held and
the three opened sets, with the corpus as it is and (weighing less) without its asks. Every choice between mechanisms was
made by cross-validation: fitted on all sets but one, judged on that one.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import TYPE_CHECKING, NamedTuple

from rapidfuzz import fuzz, process, utils

from bot.corpus.model import Corpus, Summary, Topic
from bot.search.concepts import Concepts
from bot.search.documents import Reader, vocabulary
from bot.search.filters import FilterReader, Filters, surnames
from bot.search.index import K1, Clause, Field, Index, Row, Searchable, Vector, length_of
from bot.search.later import find_later
from bot.search.marks import Marker, Places, Why
from bot.search.question import LIGHT, Question, Unit, clip, read
from bot.search.spelling import NO_SPELLER, Speller
from bot.search.text import fold, is_number, stems, tokens

if TYPE_CHECKING:
    from bot.search.arrays import ArrayIndex

FIELDS: Mapping[str, Field] = {
    "title": Field(0.88, 0.86),
    "asks": Field(1.53, 0.35, about=0.5),
    "bottom_line": Field(2.66, 0.03),
    "implications": Field(1.5, 0.38),
    "summary": Field(2.32, 0.34, about=0.25),
    "authors": Field(8.94, 0.0, about=0.0),
    "paper": Field(0.36, 0.5, about=0.0),
    "topics": Field(1.99, 0.49, about=0.0),
    "figures": Field(1.42, 0.0, about=0.25),
    "when": Field(0.65, 0.0, about=0.0),
}
"""Weights, length discounts, and how far a field says what a summary is about: a word that most summaries merely mention, or
have as an alias of their topic, is still a telling word."""
CONCEPT = 1.0
"""What a shared concept counts for beside a shared word; a concept is commoner than its words, so it weighs less by
itself.
"""
NAME = 0.8
"""What a nearly equal author's name counts for beside the very name."""
PART_WEIGHT = 2.15
"""A sentence of a question counts in full from this many rare words on."""
PASSAGES = 6
"""Passages of a summary, the best first, that may bear witness together."""
NEWER = 0.04
"""What a later year of issue adds: of two nearly equal summaries the newer comes first."""
BY_MEANING = 0.8
"""How much of a word or phrase a summary speaks of that has only its meaning in other words."""
WHOLE = BY_MEANING
"""The cover from which a summary speaks of the whole question."""
RECENT = 0.8
"""Where the newest are asked for, a newer answer goes before one that scores at most a quarter more."""
WEIGHTY = 0.6
"""The say from which on a word or phrase is weighty."""
CANDIDATES = 16
"""Summaries whose passages are compared one by one (over the 28 shipped ones, 12 give the same figures as 40)."""
MANY = 40
"""The same where some of them may be sorted out afterwards."""

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


class Evidence(NamedTuple):
    """What speaks for a summary, each from 0 (nothing) to about 1.

    strength: the BM25F score as a share of what the question could score. cover: the share of the question's weight that the
    summary speaks of. part: `strength` for the sentence of the question that fits best, short sentences discounted. fit: how
    well its best passages fit that sentence: one fitting well is much, several are more.
    """

    strength: float
    cover: float
    part: float
    fit: float


ORDER = Evidence(strength=2.4, cover=2.4, part=2.6, fit=3.8)
"""The weight of each kind of evidence in the order of hits."""


class Features(NamedTuple):
    """What the confidence in a hit is made of: its evidence, and of the question:

    matched: the weight that the summary speaks of, in rare words (0 to 4). met: the part of it that terms of the lexicon
    make up (0 to 3); they are more easily met by chance than rare plain words. telling: of how many of its weighty words and
    phrases the summary speaks (0 to 5): one alone may be met by chance. And in the sentence that the summary meets best:
    strange: the weight of the weightiest term of the lexicon that no summary speaks of, as a share of the weightiest of all
    (0 to 1): "PCOMS" in a question is what it is about. foreign: the same for terms of other fields and subjects ("hip
    replacement").
    """

    strength: float
    cover: float
    part: float
    fit: float
    matched: float
    met: float
    strange: float
    foreign: float
    telling: float


BIAS = -4.0
COEFFICIENTS = Features(
    strength=2.75, cover=0.0, part=4.15, fit=0.9, matched=0.92, met=-0.42, strange=-1.6, foreign=-3.0, telling=0.55
)
ANSWER_FROM = 0.6
"""The least confidence of an answer."""
RELATED_FROM = 0.3
"""The least confidence of something loosely related."""
SURELY = 0.9
"""The confidence from which a summary surely covers what a text of another says."""


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

    `corrected` is the question with its spelling repaired; `month` the "YYYY-MM" it asked for, if it named one. `filters`
    are those in force of the ones it named in plain words, and `remark` says which were not and why; `listing` that nothing
    else was asked: the hits are the newest of the `listing` summaries that the filters keep. `units`: what the question
    said, for `Engine.why` and `Engine.marker`.
    """

    outcome: Outcome
    hits: tuple[Hit, ...] = ()
    corrected: str | None = None
    month: str | None = None
    filters: Filters | None = None
    remark: str | None = None
    listing: int = 0
    units: tuple[Unit, ...] = ()


LARGE = 150
"""Summaries from which on the index is made of arrays, which then answer faster (at 900 in a third of the time) and are
freed at once when a changed corpus takes their place (dictionaries of 900 summaries would hold the event loop up for more
than 40 ms). Below, dictionaries are as fast, and need no numpy, whose import takes as long as reading a small library.
"""


def new_index(size: int, large: int = LARGE) -> Index | ArrayIndex:
    """An empty index that suits a library of `size` summaries."""
    if size < large:
        return Index(FIELDS)
    from bot.search.arrays import ArrayIndex  # not above: numpy

    return ArrayIndex(FIELDS)


class Engine:
    """Searches one corpus. Immutable once built (but for what it remembers): a reloaded corpus gets a new engine."""

    def __init__(self, corpus: Corpus, *, large: int = LARGE) -> None:
        """`large`: summaries from which on the index is made of arrays."""
        self.corpus = corpus
        self._concepts = Concepts(corpus.lexicon)
        reader = Reader(corpus, self._concepts)
        index = new_index(len(corpus.summaries), large)
        words: Counter[str] = Counter()
        names: set[str] = set()
        used: set[str] = set()
        for summary in corpus:
            found = reader.read(summary)
            index.add(found.fields, [(_says(units), worth) for units, worth in found.passages])
            words.update(found.words)
            names |= found.names
            used |= found.concepts
        index.close()
        self._index: Searchable = index
        self._used = frozenset(used)
        self._speller = Speller(vocabulary(words, corpus.topics, self._concepts), names)
        self._filters = FilterReader(
            surnames(corpus),
            {
                " ".join(tokens(name)): (topic.id, topic.name)
                for topic in corpus.topics
                for name in (topic.id, *topic.aliases, topic.name)
            },
            self._speller,
        )
        self._topic_words = {_content(name) for topic in corpus.topics for name in (topic.id, *topic.aliases, topic.name)}
        self._numbers = {summary.id: number for number, summary in enumerate(corpus.summaries)}
        first_year = int(corpus.summaries[-1].issue[:4]) if corpus.summaries else 0
        self._newness = [NEWER * (int(summary.issue[:4]) - first_year) for summary in corpus]
        self._places = Places(self._concepts)
        self._later: dict[str, Summary | None] = {}
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
        question = read(text, self._speller, self._concepts, month_of=self._month_of)
        if question.month:
            return self._of_month(question, limit)
        reading = self._filters.read(text)
        if reading.listing:
            return self._listing(reading.filters, limit)
        if reading.filters:
            question = read(reading.subject, self._speller, self._concepts)
        idle = all(unit.say <= LIGHT for unit in question.units)  # "you are great"
        if all(len(word) == 1 and is_number(word) for word in question.words):  # "8) :-/"
            return Result(Outcome.NOTHING if question.words else Outcome.HELP)
        if idle and len(question.words) != 1:
            return Result(Outcome.NOTHING)
        context = self.corpus.get(about) if about else None
        hits = self._rank(question, MANY if reading.filters else limit)
        if context is not None and (not hits or hits[0].confidence < ANSWER_FROM):
            hits = [hit for hit in self._rank(self._widened(question, context), limit + 1) if hit.summary.id != context.id]
        if idle:
            hits = [replace(hit, confidence=min(hit.confidence, RELATED_FROM)) for hit in hits]
        elif self._names_topic(question.corrected or reading.subject):
            hits = [self._assured(hit) for hit in hits]
        if not reading.filters:
            return Result(_outcome(hits), tuple(hits[:limit]), question.corrected, units=question.units)
        hits, filters, remark = _filtered(hits, reading.filters)
        return Result(
            _outcome(hits),
            tuple(hits[:limit]),
            question.corrected,
            filters=filters,
            remark=remark,
            units=question.units,
        )

    def more_like(self, summary_id: str, *, limit: int = 3, skip: Sequence[str] = ()) -> tuple[Hit, ...]:
        """The summaries nearest to one, without it and those to skip. Empty for an unknown id."""
        summary = self.corpus.get(summary_id)
        if summary is None:
            return ()
        names = " ".join(topic.name for topic_id in summary.topics if (topic := self.corpus.topic(topic_id)))
        text = f"{summary.title}. {summary.bottom_line or names}"
        hits = self._rank(read(clip(text), NO_SPELLER, self._concepts), limit + len(skip) + 1)
        return tuple(hit for hit in hits if hit.summary.id != summary_id and hit.summary.id not in skip)[:limit]

    def later(self, summary_id: str) -> Summary | None:
        """A newer summary of the same ground, where there surely is one. Found on first need (some dozens of searches), then
        kept; `bot.knowledge` sees to it that the need is not a reader's.
        """
        if summary_id not in self._later:
            summary = self.corpus.get(summary_id)
            near = [hit.summary for hit in self.more_like(summary_id, limit=MANY)]
            self._later[summary_id] = find_later(summary, near, self._answers) if summary else None
        return self._later[summary_id]

    def has_no_later(self, summary_id: str) -> None:
        """Take it that there is no newer summary of the same ground."""
        self._later[summary_id] = None

    @property
    def is_prepared(self) -> bool:
        """Whether `later` has nothing left to find out: then nothing here takes long."""
        return len(self._later) >= len(self.corpus.summaries)

    def knows(self, word: str) -> bool:
        """Whether the corpus or its lexicon uses this very word (folded)."""
        return self._speller.knows(word)

    def marker(self, result: Result) -> Marker:
        """Finds in a text what the question of a result meant."""
        return Marker(result.units, self._places)

    def why(self, result: Result, hit: Hit) -> Why:
        """Which words and concepts of the question a hit meets, and which words it does not."""
        number = self._numbers[hit.summary.id]
        terms: list[str] = []
        concepts: list[str] = []
        missed: list[str] = []
        for unit in result.units:
            own, shared, named = (
                [term for term in terms_of if any(self._index.row(term, (number,)))]
                for terms_of in (unit.terms, unit.concepts, unit.names)
            )
            terms += own + named
            concepts += [self._concepts.labels[concept] for concept in shared]
            if not (own or shared or named):
                missed += unit.terms
        return Why(*(tuple(dict.fromkeys(found)) for found in (terms, concepts, missed)))

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

    def _listing(self, filters: Filters, limit: int) -> Result:
        """What filters keep, newest first."""
        hits = tuple(Hit(summary, 0.0, 1.0) for summary in self.corpus if filters.keeps(summary))
        return Result(Outcome.ANSWER if hits else Outcome.NOTHING, hits[:limit], filters=filters, listing=len(hits))

    def _answers(self, text: str, among: Sequence[Summary]) -> list[Summary]:
        """Which of some summaries surely answer a text of the library itself."""
        only = sorted(self._numbers[summary.id] for summary in among)
        hits = self._rank(read(clip(text), NO_SPELLER, self._concepts), len(only), only)
        return [hit.summary for hit in hits if hit.confidence >= SURELY]

    def _month_of(self, number: int) -> str | None:
        """The newest issue of a month of the year (1 to 12), or None."""
        return next((issue.month for issue in self.corpus.issues if int(issue.month[5:]) == number), None)

    def _names_topic(self, text: str) -> bool:
        """Whether a question is the name of a topic and nothing else."""
        return _content(text) in self._topic_words

    @staticmethod
    def _assured(hit: Hit) -> Hit:
        """A hit for a bare topic ("alliance"): commonplace in this library, so the model doubts it, yet it was asked for."""
        whole = hit.features is not None and hit.features.cover >= WHOLE
        return replace(hit, confidence=max(hit.confidence, ANSWER_FROM)) if whole else hit

    # -- ranking --------------------------------------------------------------------------------------------------

    def _unit_weight(self, unit: Unit) -> float:
        """What a unit of the question weighs: its words together, no more than one and a half of its rarest."""
        meant = any(concept in self._index for concept in unit.concepts)  # then the library may say it in other words
        weights = [self._index.idf(term) for term in unit.terms if term in self._index or not meant]
        weights = weights or [self._index.idf(concept) for concept in unit.concepts] or [0.0]
        return unit.say * min(sum(weights), 1.5 * max(weights))

    def _rank(self, question: Question, limit: int, only: Sequence[int] | None = None) -> list[Hit]:
        """The best so many summaries; where only some matter (by their numbers, rising), the best of these."""
        units = question.units
        weights = [self._unit_weight(unit) for unit in units]
        total = sum(weights)
        if (numbers := only) is None:
            numbers = self._index.among([_clause(unit) for unit in units], max(CANDIDATES, limit))
        if not numbers or not total:
            return []
        found, shares = zip(*(self._matches(unit, numbers) for unit in units), strict=True)
        scores, covers = [0.0] * len(numbers), [0.0] * len(numbers)
        for unit, weight, score_of, share_of in zip(units, weights, found, shares, strict=True):
            say = unit.say
            scores = [score + say * each for score, each in zip(scores, score_of, strict=True)]
            covers = [cover + weight * each for cover, each in zip(covers, share_of, strict=True)]
        parts = [(part, weight) for part in question.parts if (weight := sum(weights[place] for place in part))]
        witnesses = self._witnesses(
            numbers,
            [
                (
                    self._vector([units[place] for place in part]),
                    weight,
                    scores if len(part) == len(units) else _scored([(units[place].say, found[place]) for place in part]),
                )
                for part, weight in parts
            ],
        )
        possible = total * (K1 + 1)
        ranked = []
        for at, (score, cover, (part_strength, fit)) in enumerate(zip(scores, covers, witnesses, strict=True)):
            evidence = Evidence(score / possible, cover / total, part_strength, fit)
            ranked.append((-round(_merit(*evidence) + self._newness[numbers[at]], 4), -score, at, evidence))
        ranked.sort()
        lacking = [self._lacking(unit) for unit in units]
        sentences = [part for part, _ in parts if len(part) < len(units)] or [part for part, _ in parts]
        hits = []
        for merit, _, at, evidence in ranked[:limit]:
            spoken = [weight * share[at] for weight, share in zip(weights, shares, strict=True)]
            sentence = max((part for part, _ in parts), key=lambda part: sum(spoken[place] for place in part))
            terms = [place for place in sentence if units[place].concepts]
            nearest = max(sentences, key=lambda part: sum(spoken[place] for place in part))
            weightiest = max(weights[place] for place in nearest)
            features = Features(
                *evidence,
                matched=min(sum(spoken[place] for place in sentence) / self._index.top_idf, 4.0),
                met=min(sum(spoken[place] for place in terms) / self._index.top_idf, 3.0),
                strange=max((weights[place] for place in nearest if lacking[place] == "strange"), default=0.0) / weightiest,
                foreign=max((weights[place] for place in nearest if lacking[place] == "foreign"), default=0.0) / weightiest,
                telling=min(5.0, sum(1 for place in sentence if shares[place][at] and units[place].say > WEIGHTY)),
            )
            hits.append(Hit(self.corpus.summaries[numbers[at]], -merit, confidence(features), features))
        return hits

    def _lacking(self, unit: Unit) -> str:
        """Whether a unit is a term that the library lacks: "foreign" for one of another field or subject that no summary
        uses (what only an ask mentions in passing does not count), "strange" for another of the lexicon, else "".
        """
        if not unit.concepts or not self._used.isdisjoint(unit.concepts):
            return ""
        if any(map(self._concepts.is_elsewhere, unit.concepts)):
            return "foreign"
        return "" if any(concept in self._index for concept in unit.concepts) else "strange"

    def _matches(self, unit: Unit, numbers: Sequence[int]) -> tuple[Row, Row]:
        """What a unit adds to the score of each of some summaries, and how much of it (0 to 1) each speaks of."""
        index = self._index
        found = share = [0.0] * len(numbers)
        whole = sum(index.idf(term) for term in unit.terms) or 1.0
        for term in unit.terms:
            if row := index.row(term, numbers):
                part = index.idf(term) / whole
                found = [score + more for score, more in zip(found, row, strict=True)]
                share = [spoken + part if more else spoken for spoken, more in zip(share, row, strict=True)]
        for term, worth in _stand_ins(unit):
            if row := index.row(term, numbers):
                found = [max(score, more * worth) for score, more in zip(found, row, strict=True)]
                share = [max(spoken, BY_MEANING) if more else spoken for spoken, more in zip(share, row, strict=True)]
        return found, share

    def _witnesses(
        self, numbers: Sequence[int], parts: Sequence[tuple[tuple[Vector, float], float, Row]]
    ) -> Iterator[tuple[float, float]]:
        """The evidence `part` and `fit` of each of some summaries, from the sentences of a question: each as a vector, with
        its weight, and with what it adds to the summaries' scores.
        """
        strengths, nearest = [0.0] * len(numbers), [0.0] * len(numbers)
        near: list[Sequence[float]] = [()] * len(numbers)
        enough = PART_WEIGHT * self._index.top_idf
        fits = self._index.fits([vector for vector, _, _ in parts], numbers, PASSAGES)
        for (_, weight, scores), cosines in zip(parts, fits, strict=True):
            full = 0.5 + 0.5 * min(1.0, weight / enough)
            possible = weight * (K1 + 1)
            strengths = [max(least, full * score / possible) for least, score in zip(strengths, scores, strict=True)]
            for at, best in enumerate(cosines):
                if best and (top := best[0] * full) > nearest[at]:
                    nearest[at], near[at] = top, best
        for strength, cosines_of in zip(strengths, near, strict=True):
            unfit = 1.0
            for cosine in cosines_of:
                unfit *= 1.0 - (cosine if cosine < 0.99 else 0.99)
            yield strength, 1.0 - unfit

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
        numbers = sorted(self._numbers[summary.id] for summary in issue.summaries)
        ranked = self._rank(question, len(numbers), numbers)
        scores = {hit.summary.id: hit.score for hit in ranked if hit.features and hit.features.cover}
        hits = [Hit(summary, scores.get(summary.id, 0.0), 1.0) for summary in issue.summaries]
        hits.sort(key=lambda hit: -hit.score)
        return Result(Outcome.ANSWER, tuple(hits[:limit]), question.corrected, question.month, units=question.units)


def _content(text: str) -> str:
    """The words of a text that are no stop words, as stems."""
    return " ".join(stems(tokens(text)))


def _filtered(hits: list[Hit], filters: Filters) -> tuple[list[Hit], Filters | None, str | None]:
    """The hits that filters keep, the filters in force, and a remark where those asked for had to be weakened: where they
    keep no answer although there is one.
    """
    kept, remark = [hit for hit in hits if filters.keeps(hit.summary)], None
    wanted = _outcome(hits)
    if _outcome(kept) is not wanted:
        for weaker, said in filters.relaxed():
            kept, remark = [hit for hit in hits if weaker.keeps(hit.summary)], said
            if _outcome(kept) is wanted:
                filters = weaker
                break
    if filters.newest:
        least = RECENT * max((hit.score for hit in kept), default=0.0)
        good = [hit for hit in kept if hit.score >= least and hit.confidence >= ANSWER_FROM]
        good.sort(key=lambda hit: hit.summary.issue, reverse=True)
        kept = [*good, *(hit for hit in kept if hit not in good)]
    return kept, filters or None, remark


def _scored(found: Sequence[tuple[float, Row]]) -> Row:
    """What units score together: each with its say."""
    scores = [0.0] * len(found[0][1])
    for say, row in found:
        scores = [score + say * more for score, more in zip(scores, row, strict=True)]
    return scores


def _merit(strength: float, cover: float, part: float, fit: float) -> float:
    """All evidence together: what orders hits, but for how new they are."""
    return ORDER.strength * strength + ORDER.cover * cover + ORDER.part * part + ORDER.fit * fit


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

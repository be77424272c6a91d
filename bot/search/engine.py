"""Finds the right summary, and how likely it is the right one, or that there is none.

A question is read (`bot.search.question`, `bot.search.filters`). One that only names a subject gets the summaries that are
about it (`bot.search.subject`), apart from those that mention it. For any other, summaries are ranked
(`bot.search.ranking`), and whether the first is an answer is decided on its own (`bot.search.confidence`).

The numbers in those modules: field weights by random search; the weights of the ranking features by logistic regression on
tests/relevance/tune.yaml and held.yaml together with the corpus's own asks, each left out of its summary; those of the
confidence on all sets in tests/relevance that are not held out, for whether a hit is about what was asked: of summaries with
asks on the corpus as it is and (weighing less) without its asks, of summaries without asks on the corpus without its asks
and on the made-up library tests/libraries/one. Every choice between mechanisms was made by cross-validation: fitted on all
sets but one, judged on that one.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from functools import cache, lru_cache, partial

from rapidfuzz import fuzz, process, utils

from bot.corpus.model import Corpus, Summary, Topic
from bot.search.aboutness import Aboutness
from bot.search.concepts import Concepts
from bot.search.confidence import ANSWER_FROM, LOOSELY, MOST, RELATED_FROM
from bot.search.documents import DocumentReader, spellings, vocabulary
from bot.search.english import english
from bot.search.filters import FilterReader, Filters
from bot.search.glossary import in_english
from bot.search.greetings import is_greeting
from bot.search.index import Index
from bot.search.language import Language, language_of
from bot.search.marks import Marker, Why, first_positions
from bot.search.narrowing import Narrowing
from bot.search.nearness import Near, Nearness, near
from bot.search.question import LIGHT, Question, clip, read
from bot.search.ranking import FIELDS, Ranker, term_weights
from bot.search.result import Hit, Outcome, Result, outcome_of
from bot.search.spelling import NO_SPELLER, Speller
from bot.search.subject import SubjectFinder, of_subject
from bot.search.text import WordsOf, is_number, split, stems, tokens
from bot.search.words import STOP_WORDS
from bot.text import fold

RECENT = 0.8
"""Where the newest are asked for, a newer answer goes before one that scores at most a quarter more."""
WHOLE = 3
"""The fewest words of a title or an ask that mean its summary when they are typed as they are."""
FEW = 2
"""Everyday words that ask nothing; more of them may ("could therapy hurt them")."""
MANY = 40
"""Hits that are ranked where filters may leave some of them out."""
MARKED_TEXTS = 2_000
"""Texts of the library (never of a question) whose words are remembered for marking: about 300 cards."""


class Engine:
    """Searches one corpus. Immutable once built (except for its caches): a reloaded corpus gets a new engine."""

    def __init__(self, corpus: Corpus) -> None:
        self.corpus = corpus
        split_once = cache(split)
        compounds, names = spellings(corpus, split_once)
        tokens_once = cache(lambda text: compounds.spell(split_once(text)))  # not of questions: both go with this call
        self._concepts = Concepts(corpus.lexicon, compounds, tokens_once)
        self._whole = _whole_texts(corpus, split_once)
        self._narrowing = Narrowing(corpus.lexicon, compounds, tokens_once)
        reader = DocumentReader(corpus, self._concepts, names, self._narrowing, tokens_once)
        index = Index(FIELDS)
        aboutness = Aboutness()
        words: Counter[str] = Counter()
        used: set[str] = set()
        narrows: list[frozenset[str]] = []
        for summary in corpus:
            found = reader.read(summary)
            index.add(found.fields, [(term_weights(units), worth) for units, worth in found.passages])
            aboutness.add(found.said)
            words.update(found.words)
            used |= found.concepts
            narrows.append(found.narrows)
        index.close()
        self._ranker = Ranker(corpus, index, aboutness, self._concepts, used, narrows)
        self._speller = Speller(vocabulary(words, corpus.topics, self._concepts), names)
        self._subjects = SubjectFinder(corpus, aboutness, self._ranker, self._speller)
        self._filters = FilterReader(
            {
                " ".join(tokens(name)): (topic.id, topic.name)
                for topic in corpus.topics
                for name in (topic.id, *topic.aliases, topic.name)
            },
            self._speller,
            compounds,
        )
        self._topic_words = {
            tuple(stems(tokens(name, compounds))): topic.id for topic in corpus.topics for name in (topic.id, topic.name)
        }
        self._small_words = frozenset(word for word in STOP_WORDS if word in english())
        self._numbers = {summary.id: number for number, summary in enumerate(corpus.summaries)}
        # A cache around a bound method would be a reference cycle: an engine must go with its last reference.
        self._positions_in = lru_cache(maxsize=MARKED_TEXTS)(partial(first_positions, self._concepts))
        self._topic_names = {
            utils.default_process(fold(name)): topic
            for topic in corpus.topics
            for name in (topic.id, *topic.aliases, topic.name)
        }

    def search(self, text: str, *, limit: int = 5, about: str | None = None, nearness: Nearness | None = None) -> Result:
        """Return the outcome for a question. `about` is the id of the summary that a follow-up refers to: its title adds
        context. `nearness` of the summaries in meaning, where it was measured, moves the order and finds what a question in
        another language means.
        """
        text = clip(text)
        if is_greeting(text):
            return Result(Outcome.HELP)
        question = read(text, self._speller, self._concepts, month_of=self._month_of)
        typed = split(text)
        if meant := self._whole.get(" ".join(typed)):
            return self._named_whole(meant, question, limit)
        if question.month:
            return self._of_month(question, limit)
        close = near(nearness, self.corpus) if nearness else None
        if language := language_of(text, self._is_english):
            if close:
                return self._in_another_language(close, language, limit)
            if (english := in_english(text, language)) and not language_of(english, self._is_english):
                return replace(self.search(english, limit=limit, about=about), corrected=None, language=language)
        words = self._concepts.compounds.spell(typed)
        reading = self._filters.read(text, words)
        if reading.listing:
            return self._listing(reading.filters, limit)
        if reading.filters:
            question = read(reading.subject, self._speller, self._concepts)
            words = tokens(reading.subject, self._concepts.compounds)
        if narrows := self._narrowing.of_question(question.words):
            question = replace(question, narrows=narrows)
        idle = len(question.units) <= FEW and all(unit.weight <= LIGHT for unit in question.units)  # "you are great"
        if all(len(word) == 1 and is_number(word) for word in question.words):  # "8) :-/"
            return Result(Outcome.NOTHING if question.words else Outcome.HELP)
        if idle and len(question.words) != 1:
            return Result(Outcome.NOTHING)
        context = self.corpus.get(about) if about else None
        corrected = tokens(question.corrected, self._concepts.compounds) if question.corrected else words
        topic = self._topic_words.get(tuple(stems(corrected)))
        subject = () if idle else self._subjects.named_in(words, question)
        sentences: dict[str, str] = {}
        hits: list[Hit] = []
        if units := subject or (question.units if topic else ()):
            hits, sentences = self._subjects.find(units, topic, question)
        if not hits or (context and hits[0].confidence < ANSWER_FROM):
            sentences = {}
            hits = self._ranked(question, MANY if reading.filters else limit, context, close)
            if idle or subject:  # met only in an ask, by its root or in parts: never an answer
                most = RELATED_FROM if idle else LOOSELY
                hits = [hit.at_most(most) for hit in hits]
        filters, remark = None, None
        if reading.filters:
            hits, filters, remark = _filtered(hits, reading.filters)
        shown = hits if sentences else hits[:limit]
        found = Result(
            outcome_of(hits), tuple(shown), question.corrected, filters=filters, remark=remark, units=question.units
        )
        if not sentences:
            return found
        name = reading.subject if reading.filters else question.corrected or text
        if not subject and topic and (named := self.corpus.topic(topic)):  # "what about dropout"
            name = named.name
        return of_subject(found, name, sentences, None if reading.filters else topic, limit)

    def more_like(self, summary_id: str, *, limit: int = 3, skip: Sequence[str] = ()) -> tuple[Hit, ...]:
        """Return the summaries nearest to one, without it and those to skip. Empty for an unknown id."""
        summary = self.corpus.get(summary_id)
        if summary is None:
            return ()
        names = " ".join(topic.name for topic_id in summary.topics if (topic := self.corpus.topic(topic_id)))
        text = f"{summary.title}. {summary.bottom_line or names}"
        hits = self._ranker.rank(read(clip(text), NO_SPELLER, self._concepts), limit + len(skip) + 1)
        return tuple(hit for hit in hits if hit.summary.id != summary_id and hit.summary.id not in skip)[:limit]

    def knows(self, word: str) -> bool:
        """Return whether the corpus or its lexicon uses this word (folded)."""
        return self._speller.knows(word)

    def marker(self, result: Result) -> Marker:
        """Return what finds, in a text, the words that the question of a result meant."""
        return Marker(result.units, self._positions_in)

    def meaning(self, text: str) -> Marker:
        """Return what finds, in other texts, the words that a text means."""
        return Marker(read(clip(text), self._speller, self._concepts).units, self._positions_in)

    def why(self, result: Result, hit: Hit) -> Why:
        """Return which words and concepts of the question a hit matches, and which words it does not."""
        number = self._numbers[hit.summary.id]
        terms: list[str] = []
        concepts: list[str] = []
        missed: list[str] = []
        for unit in result.units:
            own, shared, named = (
                self._ranker.contained(number, terms_of) for terms_of in (unit.terms, unit.concepts, unit.names)
            )
            terms += own + named
            concepts += [self._concepts.labels[concept] for concept in shared]
            if not (own or shared or named):
                missed += unit.terms
        return Why(*(tuple(dict.fromkeys(found)) for found in (terms, concepts, missed)))

    def topic(self, name: str) -> Topic | None:
        """Return the topic meant by a name, an alias or a misspelling of one; None where no topic is near."""
        wanted = utils.default_process(fold(name[:100]))
        if not wanted:
            return None
        if wanted in self._topic_names:
            return self._topic_names[wanted]
        best = process.extractOne(wanted, self._topic_names.keys(), scorer=fuzz.ratio, score_cutoff=80)
        best = best or process.extractOne(wanted, self._topic_names.keys(), scorer=fuzz.token_set_ratio, score_cutoff=90)
        return self._topic_names[best[0]] if best else None

    def near_topics(self, result: Result, limit: int = 3) -> tuple[Topic, ...]:
        """Return the topics of the nearest summaries to a question that was not answered, the commonest first."""
        counts = Counter(topic for hit in result.hits for topic in hit.summary.topics)
        found = (self.corpus.topic(topic) for topic, _ in counts.most_common(limit))
        return tuple(topic for topic in found if topic)

    def _listing(self, filters: Filters, limit: int) -> Result:
        """Return the summaries that pass the filters, newest first."""
        hits = tuple(Hit(summary, 0.0, 1.0) for summary in self.corpus if filters.keeps(summary))
        return Result(Outcome.ANSWER if hits else Outcome.NOTHING, hits[:limit], filters=filters, listing=len(hits))

    def _month_of(self, number: int) -> str | None:
        """Return the newest issue of a month of the year (1 to 12), or None."""
        return next((issue.month for issue in self.corpus.issues if int(issue.month[5:]) == number), None)

    def _is_english(self, word: str) -> bool:
        """Return whether a (folded) word is English, the library's or the name of one of its authors."""
        return word in self._small_words or self._speller.knows(word) or word in english() or self._speller.is_author(word)

    def _in_another_language(self, close: Near, language: Language, limit: int) -> Result:
        """Return the summaries nearest in meaning: an answer only where the first is far nearer than the rest."""
        nearest = close.nearest(limit)
        sure = [RELATED_FROM if number in close.related else 0.0 for number in nearest]
        if nearest and nearest[0] in close.answers:
            sure[0] = ANSWER_FROM
        found = zip(nearest, sure, strict=True)
        hits = [Hit(self.corpus.summaries[number], round(close.scores[number], 4), each) for number, each in found]
        return Result(outcome_of(hits), tuple(hits), language=language)

    def _named_whole(self, meant: Summary, question: Question, limit: int) -> Result:
        """Return the summary whose title or ask was typed, word for word, and what else fits these words."""
        hits = self._ranker.rank(question, limit)
        first = Hit(meant, max((hit.score for hit in hits), default=0.0) + 1.0, MOST)
        others = [hit for hit in hits if hit.summary.id != meant.id]
        return Result(Outcome.ANSWER, (first, *others)[:limit], question.corrected, units=question.units)

    def _ranked(self, question: Question, limit: int, context: Summary | None, close: Near | None) -> list[Hit]:
        """Return the best hits; where they do not answer a follow-up, those for it in its context."""
        hits = self._ranker.rank(question, limit, near=close)
        if context is not None and (not hits or hits[0].confidence < ANSWER_FROM):
            widened = self._ranker.rank(self._widened(question, context), limit + 1)
            hits = [hit for hit in widened if hit.summary.id != context.id]
        return hits

    def _widened(self, question: Question, context: Summary) -> Question:
        """Return a follow-up with the title of what it follows added, at less than half its weight."""
        known = {unit.terms for unit in question.units}
        lent = read(context.title, NO_SPELLER, self._concepts).units
        units = question.units + tuple(unit._replace(weight=unit.weight * 0.4) for unit in lent if unit.terms not in known)
        return replace(question, units=units, parts=(tuple(range(len(units))),))

    def _of_month(self, question: Question, limit: int) -> Result:
        """Return the summaries of the month that the question names, those that fit its other words first."""
        issue = self.corpus.issue(question.month or "")
        if issue is None:
            return Result(Outcome.NOTHING, (), question.corrected, question.month)
        numbers = sorted(self._numbers[summary.id] for summary in issue.summaries)
        ranked = self._ranker.rank(question, len(numbers), numbers)
        scores = {hit.summary.id: hit.score for hit in ranked if hit.features and hit.features.matched_weight}
        hits = [Hit(summary, scores.get(summary.id, 0.0), 1.0) for summary in issue.summaries]
        hits.sort(key=lambda hit: -hit.score)
        return Result(Outcome.ANSWER, tuple(hits[:limit]), question.corrected, question.month, units=question.units)


def _whole_texts(corpus: Corpus, split: WordsOf) -> dict[str, Summary]:
    """Return the summary that each title (whole, or up to its colon or question mark) and each ask of three words or more
    is of; where two summaries share one, neither is meant by it.
    """
    found: dict[str, dict[str, Summary]] = {}
    for summary in corpus:
        heads = (summary.title, summary.title.partition(":")[0], summary.title.partition("?")[0])
        for key in {" ".join(split(text)) for text in (*heads, *summary.asks)}:
            if key.count(" ") >= WHOLE - 1:
                found.setdefault(key, {})[summary.id] = summary
    return {key: next(iter(of.values())) for key, of in found.items() if len(of) == 1}


def _filtered(hits: list[Hit], filters: Filters) -> tuple[list[Hit], Filters | None, str | None]:
    """Return the hits that pass the filters, the filters in force, and a remark where those asked for had to be relaxed
    because no answer passes them although there is one.
    """
    passing, remark = [hit for hit in hits if filters.keeps(hit.summary)], None
    wanted = outcome_of(hits)
    if outcome_of(passing) is not wanted:
        for weaker, said in filters.relaxed():
            passing, remark = [hit for hit in hits if weaker.keeps(hit.summary)], said
            if outcome_of(passing) is wanted:
                filters = weaker
                break
    if filters.newest:
        least = RECENT * max((hit.score for hit in passing), default=0.0)
        good = [hit for hit in passing if hit.score >= least and hit.confidence >= ANSWER_FROM]
        good.sort(key=lambda hit: hit.summary.issue, reverse=True)
        passing = [*good, *(hit for hit in passing if hit not in good)]
    return passing, filters or None, remark

"""Filters in plain words: a year, a kind of study, an author, a topic, or "latest", read from a question as people type it.

Only short questions are read so: in a pasted situation "the trial at work" or "since 2019" belong to the story. A filter
never prevents an answer: the engine drops one that leaves nothing, and says so.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace

from bot.corpus.model import Summary
from bot.search.compounds import Compounds
from bot.search.names import PARTICLES
from bot.search.spelling import Speller
from bot.search.text import is_number, tokens, undotted
from bot.search.words import STOP_WORDS
from bot.text import fold

MAX_WORDS = 16
"""A longer question is a story, and its years and trials are no filters."""


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of study that can be asked for: its name, the designs that are of the kind, and whether studies that
    pool randomised trials are too ("RCTs on video therapy" is well answered by a meta-analysis of them).
    """

    name: str
    one: str
    designs: tuple[str, ...]
    pooling_trials: bool = False


_POOLS = ("meta-analysis", "review of meta-analyses")
_REVIEWS = (*_POOLS, "systematic review", "review", "qualitative synthesis")
_TRIALS = ("randomised trial", "secondary analysis of a trial")
_QUALITATIVE = ("qualitative study", "qualitative synthesis")
_KINDS = {
    "meta": Kind("meta-analyses", "meta-analysis", _POOLS),
    "systematic": Kind("systematic reviews", "systematic review", (*_POOLS, "systematic review")),
    "review": Kind("reviews", "review", _REVIEWS),
    "trial": Kind("randomised trials", "randomised trial", _TRIALS, pooling_trials=True),
    "qualitative": Kind("qualitative studies", "qualitative study", _QUALITATIVE),
    "survey": Kind("surveys", "survey", ("survey", "cross-sectional study")),
    "longitudinal": Kind("longitudinal studies", "longitudinal study", ("longitudinal study",)),
    "naturalistic": Kind("naturalistic studies", "naturalistic study", ("naturalistic study",)),
    "process": Kind("process studies", "process study", ("process study",)),
}
# What calls for a kind of study. Not "review my notes", "survey the room", "trial and error", "a trial period", "on trial".
_PATTERNS = {
    "meta": r"meta-? ?anal(?:ysis|yses|ytic(?:al)? (?:study|studies|reviews?))",
    "systematic": r"(?:systematic|scoping|umbrella) (?:literature )?reviews?",
    "review": r"(?:literature |research )?reviews(?= (?:on|of|about|into|in|since|from|by)\b|$)|literature review",
    "trial": r"rcts?|randomi[sz]ed(?: (?:controlled|clinical))*(?: (?:trials?|studies|study|experiments?))|"
    r"(?:controlled|clinical) trials|trials(?= (?:on|of|about|in|with|for|since|from|by)\b|$)",
    "qualitative": r"qualitative(?: (?:studies|study|research|work|papers?|interviews?|evidence|findings))?",
    "survey": r"surveys(?= (?:on|of|about|among|since|from|by)\b|$)",
    "longitudinal": r"longitudinal (?:studies|research|papers)",
    "naturalistic": r"naturalistic (?:studies|study|research|papers)",
    "process": r"process (?:studies|research)",
}
_KIND = re.compile("|".join(rf"(?P<{name}>\b(?:{pattern}))(?![\w-])" for name, pattern in _PATTERNS.items()))

_SIGNS_OF_KINDS = "anal review rct randomi trial qualitative survey longitudinal naturalistic process".split()
"""One of these is in whatever calls for a kind of study: they are found much faster than the patterns."""

_YEAR = r"((?:19[5-9]|20[0-4])\d)"
_WORK = (
    r"(?:research|stud(?:y|ies)|papers?|summar(?:y|ies)|articles?|findings?|evidence|work|posts?|results?|trials?|issues?|"
    r"literature|reviews?|surveys?|rcts?|meta-?analys[ei]s)"
)
_COUNTED = r"(?! (?:patients|clients|people|studies|sessions|therapists|participants))"
_SPANS = tuple(
    (re.compile(pattern), how)
    for pattern, how in (
        (rf"\b(?:between |from |in )?{_YEAR}(?: ?(?:-|to|and|until|till|through) ?){_YEAR}\b(?!-)", "span"),
        (rf"\b(?:since|from) {_YEAR} (?:on|onwards?|to (?:now|today|date)|until (?:now|today))\b", "since"),
        (rf"\b(?:since|starting(?: in)?) {_YEAR}\b", "since"),
        (rf"\b(?:after|later than|newer than|more recent than) {_YEAR}\b", "after"),
        (rf"\b(?:before|prior to|earlier than|older than) {_YEAR}\b", "before"),
        (rf"\b(?:until|till|up to) {_YEAR}\b", "until"),
        (rf"\b{_YEAR} (?:or|and) (?:later|newer|after)\b", "since"),
        (rf"\b(?:published )?(?:from|in|of|during)(?: the year)? {_YEAR}\b{_COUNTED}", "in"),
        (rf"(?<![\d.=,-])(?<![n=] )\b{_YEAR}\b(?![-/.,]\d){_COUNTED}", "bare"),
    )
)
# Not "the latest row", "a recent loss", "her most recent session", "new client".
_NEWEST = re.compile(
    rf"\b(?:the )?(?:latest|newest|most recent|recent|new|current) (?:\w+ ){{0,2}}?{_WORK}\b|"
    r"^(?:the )?(?:latest|newest|most recent)(?= (?:on|about|in|from)\b)|^what'?s new(?= (?:on|about|in)\b)|"
    r"\b(?:newest|latest|most recent) first\b"
)
_SIGNS_OF_NEWEST = "latest new recent current".split()
"""The same for what calls for the newest."""
_BY = re.compile(r"\b(?:(?:written )?by|authors?:?|from) ((?:[a-z'.&,-]+ ?){1,8})")
_SIGNS_OF_BY = "by author from".split()
"""And for what may name an author."""
_SUBJECTLESS = frozenset(
    """
    research study studies paper papers summary summaries article articles finding findings evidence work post posts result
    results issue issues literature show list find everything available published year years blog library held hold
    """.split()
)
"""Words beside a filter that name no subject: "show me everything published in 2022"."""
_PEOPLE = frozenset("therapist therapists psychotherapy therapy treatment patient patients client clients".split())
"""Nor do these beside a kind of study: "surveys of therapists"."""
_STORY = frozenset("my she he her his him our we us".split())
"""Words of the asker's own affairs: "my client since 2019" asks for no list."""
_TOPIC = re.compile(r"\b(?:on the topic(?: of)?|topics?)[: ]+")


@dataclass(frozen=True, slots=True)
class Filters:
    """What a question asks of the summaries besides its subject. Empty filters keep everything.

    `since` and `until` are years, both included; `kinds` are alternatives, as are `authors` (surnames as printed). `newest`
    orders and leaves nothing out.
    """

    since: int | None = None
    until: int | None = None
    kinds: tuple[Kind, ...] = ()
    authors: tuple[str, ...] = ()
    topic: tuple[str, str] | None = None
    newest: bool = False

    def __bool__(self) -> bool:
        return self.selects or self.newest

    @property
    def selects(self) -> bool:
        """Return whether anything may be left out."""
        return bool(self.since or self.until or self.kinds or self.authors or self.topic)

    def keeps(self, summary: Summary) -> bool:
        """Return whether a summary passes the filters. Either of its years may be meant: the paper's or the issue's."""
        years = {int(summary.issue[:4]), summary.study.year} - {None}
        in_time = any((self.since or 0) <= year <= (self.until or 9999) for year in years if year)
        of_kind = not self.kinds or any(_is_of(kind, summary) for kind in self.kinds)
        wanted = {fold(name) for name in self.authors}
        by_author = not wanted or any(fold(name) in wanted for name in (*summary.study.authors, *summary.study.also))
        return in_time and of_kind and by_author and (self.topic is None or self.topic[0] in summary.topics)

    def said(self) -> str:
        """Return the filters as the asker reads them: "meta-analyses, since 2020"."""
        parts = [" or ".join(kind.name for kind in self.kinds), self._of_rest()]
        return ", ".join(part for part in (*parts, "newest first" if self.newest else "") if part)

    def relaxed(self) -> Iterator[tuple[Filters, str]]:
        """Yield weaker filters, the strongest first, each with the remark that is then shown."""
        what = " or ".join(kind.one for kind in self.kinds) or "summary"
        rest = self._of_rest()
        lead = f"No {what}{f' {rest}' if rest else ''} on this; showing all"
        if self.since or self.until:
            yield replace(self, since=None, until=None), f"{lead} years."
        if self.kinds:
            yield replace(self, kinds=()), f"{lead} kinds of studies."
        yield Filters(newest=self.newest), f"{lead}."

    def _of_rest(self) -> str:
        parts = []
        if self.authors:
            parts.append("by " + " or ".join(self.authors))
        if self.topic:
            parts.append(f"on the topic {self.topic[1]}")
        if self.since and self.since == self.until:
            parts.append(f"from {self.since}")
        elif self.since and self.until:
            parts.append(f"from {self.since} to {self.until}")
        elif self.since:
            parts.append(f"since {self.since}")
        elif self.until:
            parts.append(f"up to {self.until}")
        return " ".join(parts)


@dataclass(frozen=True, slots=True)
class Reading:
    """A question with its filters read: its `subject` is what is left without them, `listing` that nothing is left."""

    subject: str
    filters: Filters
    listing: bool = False


@dataclass(frozen=True)
class FilterReader:
    """Reads the filters of questions to one corpus: `topics` maps folded topic names to (id, name)."""

    topics: Mapping[str, tuple[str, str]]
    speller: Speller = field(repr=False)
    compounds: Compounds = field(repr=False)

    def read(self, text: str, words: list[str]) -> Reading:
        """Read the filters of a question, whose words (see `tokens`) are known. Never raises, whatever the characters."""
        folded = " ".join(fold(undotted(text)).split())
        if len(folded.split()) > MAX_WORDS:
            return Reading(text, Filters())
        topic, left = self._topic(folded)
        authors, named = self._authors(left, text, words if left == folded else tokens(left, self.compounds))
        since, until, left = self._years(left, cited=named)
        kinds: tuple[Kind, ...] = ()
        if any(sign in left for sign in _SIGNS_OF_KINDS):
            kinds = tuple(_KINDS[name] for name in dict.fromkeys(match.lastgroup or "" for match in _KIND.finditer(left)))
        newest = any(sign in left for sign in _SIGNS_OF_NEWEST) and bool(_NEWEST.search(left))
        filters = Filters(since, until, kinds, authors, topic, newest)
        if not filters:
            return Reading(text, filters)
        subject = " ".join(_KIND.sub(" ", _NEWEST.sub(" ", left)).split())
        rest = {*tokens(_BY.sub(" ", subject) if authors else subject)}
        empty = _SUBJECTLESS | STOP_WORDS | (_PEOPLE if kinds else frozenset())
        if filters.selects and rest <= empty and rest.isdisjoint(_STORY):
            return Reading(subject, filters, listing=True)
        # A number alone is no subject: "135 randomised trials".
        return Reading(left if all(is_number(word) or word in empty for word in rest) else subject, filters)

    def _topic(self, folded: str) -> tuple[tuple[str, str] | None, str]:
        if "topic" in folded and (match := _TOPIC.search(folded)):
            words = folded[match.end() :].split()
            for length in range(min(len(words), 8), 0, -1):
                if found := self.topics.get(" ".join(tokens(" ".join(words[:length])))):
                    return found, " ".join([folded[: match.start()].strip(), *words[length:]]).strip()
        return None, folded

    def _authors(self, folded: str, text: str, words: list[str]) -> tuple[tuple[str, ...], bool]:
        """Return the surnames asked for by "by ...", and whether any author is named at all."""
        names = self.speller.names
        named = any(self._surnames(word) for word in names.read(words, text))
        found: list[str] = []
        for match in _BY.finditer(folded) if any(sign in folded for sign in _SIGNS_OF_BY) else ():
            after = tokens(match[1], self.compounds)
            lone = _SUBJECTLESS.issuperset(word for word in tokens(folded[: match.start()]) if word not in STOP_WORDS)
            if lone and len(after) == 1:
                after = [names.as_name(after[0])]
            for word in names.read(after, text):
                surnames = self._surnames(word)
                if not surnames and word not in ("and", "et", "al") and word not in PARTICLES:
                    break
                found += sorted(surnames)
        kept: dict[str, str] = {}
        for name in found:  # of spellings that differ in accents only, the one with accents
            kept[fold(name)] = max(kept.get(fold(name), name), name)
        return tuple(kept.values()), named

    def _surnames(self, word: str) -> frozenset[str]:
        if is_number(word) or word in STOP_WORDS:
            return frozenset()
        names = self.speller.names
        if word in names:
            return names.surnames[word]
        if self.speller.knows(word):
            return frozenset()
        like = self.speller.author_like(word)
        return names.surnames[like] if like else frozenset()

    @staticmethod
    def _years(folded: str, *, cited: bool) -> tuple[int | None, int | None, str]:
        """Return the years asked for, and the question without them. With an author named, a plain year is part of a
        citation.
        """
        for pattern, how in _SPANS if "19" in folded or "20" in folded else ():
            match = pattern.search(folded)
            if not match or (how in ("bare", "in") and cited):
                continue
            years = [int(year) for year in match.groups() if year]
            left = " ".join((folded[: match.start()] + " " + folded[match.end() :]).split())
            first, last = min(years), max(years)
            if how in ("span", "bare", "in"):
                return first, last, left
            if how in ("since", "after"):
                return first + (how == "after"), None, left
            return None, last - (how == "before"), left
        return None, None, folded


def _is_of(kind: Kind, summary: Summary) -> bool:
    if summary.study.design in kind.designs:
        return True
    return (
        kind.pooling_trials and summary.study.design in _POOLS and "trial" in fold(f"{summary.title} {summary.bottom_line}")
    )

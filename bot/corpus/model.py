"""The corpus as values: what `knowledge/` contains, read and without faults.

Nothing here reads files or knows Slack. All objects are frozen, so a reader may keep one while a newer corpus is loaded.
"""

from __future__ import annotations

import calendar
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property, lru_cache
from hashlib import sha256
from itertools import chain

DESIGNS = (
    "meta-analysis",
    "review of meta-analyses",
    "systematic review",
    "review",
    "qualitative synthesis",
    "qualitative study",
    "randomised trial",
    "secondary analysis of a trial",
    "naturalistic study",
    "longitudinal study",
    "process study",
    "cross-sectional study",
    "survey",
    "expert consensus",
    "case study",
    "not stated",
)
"""The closed list of study designs a summary may name, in falling order of how much evidence it pools."""

MEASURES = ("r", "g", "d", "B", "SMD", "indirect effect")
"""The effect size measures the pages print. They are never mixed or converted."""

KINDS = ("association", "difference", "change")
"""What an effect size says: that two things go together, that groups or conditions differ, or that something changed over
time. The same letter is printed for each of them.
"""

NOTICE_KINDS = (
    "retraction",
    "partial retraction",
    "withdrawal",
    "removal",
    "expression of concern",
    "correction",
)
"""What a publisher's notice may say about a paper, the gravest first."""

READABLE = ("authors", "design", "sample", "effects")
"""What may have been read from an original's text by rule, beside its citation."""


@dataclass(frozen=True, slots=True)
class Effect:
    """One printed effect size. `to` is the upper end where the page prints a range; `k` the number of studies behind it;
    `kind` one of KINDS, or None where the file does not say.
    """

    what: str
    measure: str
    value: float
    to: float | None = None
    ci: tuple[float, float] | None = None
    p: str | None = None
    k: int | None = None
    kind: str | None = None


@dataclass(frozen=True, slots=True)
class Notice:
    """A publisher's notice on a paper: its `kind` (one of NOTICE_KINDS), its own DOI, and its date as far as it is known
    ("2024-05-03", "2024-05" or "2024").
    """

    kind: str
    doi: str
    date: str | None = None


Notices = Mapping[str, tuple[Notice, ...]]
"""The notices on papers, by the paper's DOI in lower case."""


@dataclass(frozen=True, slots=True)
class Study:
    """The paper that a summary reports, as far as the page states it. `None` and empty: not stated. `notices` are in no
    file of the library: they come from the check of papers, where the operator has turned it on.
    """

    citation: str | None = None
    authors: tuple[str, ...] = ()
    also: tuple[str, ...] = ()
    year: int | None = None
    doi: str | None = None
    url: str | None = None
    design: str = "not stated"
    sample: tuple[tuple[str, int | str], ...] = ()
    effects: tuple[Effect, ...] = ()
    notices: tuple[Notice, ...] = ()

    @property
    def link(self) -> str | None:
        """Return where the paper is found: the printed address, else the DOI's resolver, else None."""
        return self.url or (f"https://doi.org/{self.doi}" if self.doi else None)


@dataclass(frozen=True, slots=True)
class Source:
    """The digest that a summary comes from: its name, who writes it ("": not said), and its address."""

    name: str
    by: str
    url: str


OURS = "ours"
"""What takes the place of a month for the team's own summaries, which have a file of their own."""


@dataclass(frozen=True, slots=True)
class Summary:
    """One research summary of a monthly issue. `id` is unique in the corpus and never changes: posts refer to it.

    `text` is "digest" (written for this corpus) or "original" (imported from the blog, word for word). `later` is the id
    of a newer summary on the same topic, which need not be in the corpus yet. `caution` is what a reader must know before
    acting on the card; `note` is bibliography and limits, for those who read on. `draft_asks` are asks that no one has
    accepted yet: search does not use them. `read_from` has the sentences from which an original's facts were read by rule.
    `is_own`: the team wrote it itself, and `issue` is the month in which it joined the library; it is in no monthly issue.
    `source` is the digest it comes from; None: the PPRNet blog, or the team.
    """

    id: str
    issue: str
    title: str
    text: str
    summary: str
    implications: tuple[str, ...]
    topics: tuple[str, ...] = ()
    bottom_line: str | None = None
    asks: tuple[str, ...] = ()
    draft_asks: tuple[str, ...] = ()
    caution: str | None = None
    note: str | None = None
    later: str | None = None
    study: Study = field(default_factory=Study)
    read_from: tuple[tuple[str, tuple[str, ...]], ...] = ()
    is_own: bool = False
    source: Source | None = None

    @property
    def place(self) -> str:
        """Return the month in whose file it is, or OURS."""
        return OURS if self.is_own else self.issue

    def sentences(self, name: str) -> tuple[str, ...]:
        """Return the sentences that a field (one of READABLE) was read from by rule; none: a person wrote it."""
        return next((sentences for read, sentences in self.read_from if read == name), ())

    @property
    def quoted(self) -> bool:
        """Return whether the bottom line is a sentence of the original itself."""
        return self.text == "original" and self.bottom_line is not None and self.bottom_line in self.summary


@dataclass(frozen=True, slots=True)
class Issue:
    """One month. `complete` is False where the source cannot show that the month is whole; then it is never called "the
    issue". `note` is the curator's word to the team. `post` is the key of a month of the team's own, which is posted beside
    the blog's months and is not one of them; None: the month is the blog's.
    """

    month: str
    complete: bool
    subjects: tuple[str, ...]
    summaries: tuple[Summary, ...]
    note: str | None = None
    post: str | None = None


@dataclass(frozen=True, slots=True)
class Topic:
    """One of the blog's topics."""

    id: str
    name: str
    aliases: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Lexicon:
    """What any psychotherapy literature search knows: abbreviations with their written-out forms, and synonym groups; and
    terms of neighbouring fields, particular treatments and other subjects (`elsewhere`): a question with one that no summary
    uses is hardly about what the library covers ("hip replacement", "session fee", "EMDR"). `units` are terms of several
    words that name one thing and have no synonym ("working through"): found as a whole or not at all. `narrows` are those
    that a summary must have to answer a short question that has them ("nurses", "face mask").
    """

    abbreviations: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    synonyms: tuple[tuple[str, ...], ...] = ()
    elsewhere: tuple[str, ...] = ()
    units: tuple[str, ...] = ()
    narrows: tuple[str, ...] = ()


@dataclass(frozen=True)
class Corpus:
    """All issues of the blog (newest first), topics, the lexicon, and the team's own summaries, which are in none of them.
    `fingerprint` changes when any file of it changes.
    """

    issues: tuple[Issue, ...]
    topics: tuple[Topic, ...]
    lexicon: Lexicon
    fingerprint: str = ""
    own: tuple[Summary, ...] = ()

    @cached_property
    def summaries(self) -> tuple[Summary, ...]:
        """Return every summary, newest month first, in the page's order within a month, the team's own after the blog's."""
        printed = (summary for issue in self.issues for summary in issue.summaries)
        return tuple(sorted((*printed, *self.own), key=lambda summary: summary.issue, reverse=True))

    @cached_property
    def _by_id(self) -> dict[str, Summary]:
        return {summary.id: summary for summary in self.summaries}

    @cached_property
    def _topics_by_id(self) -> dict[str, Topic]:
        return {topic.id: topic for topic in self.topics}

    def __iter__(self) -> Iterator[Summary]:
        return iter(self.summaries)

    def get(self, summary_id: str) -> Summary | None:
        """Return the summary with this id, or None (a button may be older than the corpus)."""
        return self._by_id.get(summary_id)

    def later(self, summary: Summary) -> Summary | None:
        """Return the newer summary on the same topic that a summary's file names, or None."""
        found = self.get(summary.later) if summary.later else None
        return found if found and found.issue > summary.issue else None

    def with_notices(self, notices: Notices) -> Corpus:
        """Return the corpus with these notices on its papers, and no others; itself where they are there already."""

        def marked(summary: Summary) -> Summary:
            found = notices.get((summary.study.doi or "").lower(), ())
            if found == summary.study.notices:
                return summary
            return replace(summary, study=replace(summary.study, notices=found))

        issues = tuple(replace(issue, summaries=tuple(map(marked, issue.summaries))) for issue in self.issues)
        own = tuple(map(marked, self.own))
        if (issues, own) == (self.issues, self.own):
            return self
        every = chain(own, *(issue.summaries for issue in issues))
        shown = sorted((summary.id, summary.study.notices) for summary in every if summary.study.notices)
        mark = f"+{sha256(repr(shown).encode()).hexdigest()}" if shown else ""
        return replace(self, issues=issues, own=own, fingerprint=self.fingerprint.partition("+")[0] + mark)

    def issue(self, month: str) -> Issue | None:
        """Return the issue of a month "YYYY-MM", or None."""
        return next((issue for issue in self.issues if issue.month == month), None)

    def topic(self, topic_id: str) -> Topic | None:
        """Return the topic with this id, or None."""
        return self._topics_by_id.get(topic_id)

    def on_topic(self, topic_id: str) -> tuple[Summary, ...]:
        """Return the summaries that carry a topic, newest first."""
        return tuple(summary for summary in self.summaries if topic_id in summary.topics)

    @property
    def span(self) -> tuple[str, str] | None:
        """Return the first and the last month, or None for an empty corpus."""
        return (self.issues[-1].month, self.issues[0].month) if self.issues else None


@lru_cache(maxsize=1_000)
def month_name(month: str, *, short: bool = False) -> str:
    """ "2022-09" as "September 2022", or "Sep 2022" when short."""
    year, number = month.split("-")
    names = calendar.month_abbr if short else calendar.month_name
    return f"{names[int(number)]} {year}"

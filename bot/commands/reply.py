"""What the bot says, as data: what was found and what is said about it. `bot.blocks.render` makes Slack messages of it, the
terminal makes text.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING

from bot.corpus.model import Summary, Topic
from bot.evidence.table import Evidence
from bot.search.result import Mention

if TYPE_CHECKING:
    from bot.store.clubs import Club  # the database comes with it, which the terminal does without

Highlighter = Callable[[str], Sequence[tuple[int, int]]]
"""Finds the words in a text that the question matched: start and end of each, in order and apart."""


@dataclass(frozen=True, slots=True)
class Heading:
    """What is said above results about the question itself: how its spelling was corrected, and in `filters` which of them
    apply and which language it looks to be in.

    `corrected` is the whole question; `replacements` only the words that were put in, which others may read too.
    """

    corrected: str = ""
    replacements: str = ""
    filters: tuple[str, ...] = ()


NO_HEADING = Heading()


@dataclass(frozen=True, slots=True)
class Mentioned:
    """Summaries that only mention a subject, each with the sentence that does ("" where only its topics name it); `rest`
    more do. `subject` is in the asker's words; "" where they must not be repeated.
    """

    subject: str
    found: tuple[Mention, ...]
    rest: int = 0

    @property
    def count(self) -> int:
        """The number of summaries."""
        return len(self.found) + self.rest


@dataclass(frozen=True, slots=True)
class Answer:
    """One summary as a card. `others` also answer the question, `later` is a newer one on the same topic; `only_one`: more
    were asked for, to compare; `mentioned`: what else mentions the subject that was asked for.
    """

    summary: Summary
    others: tuple[Summary, ...] = ()
    later: Summary | None = None
    heading: Heading = NO_HEADING
    only_one: bool = False
    mentioned: Mentioned | None = None
    highlighter: Highlighter | None = field(default=None, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Related:
    """Summaries that are loosely related to the question; none of them answers it."""

    summaries: tuple[Summary, ...]
    heading: Heading = NO_HEADING


@dataclass(frozen=True, slots=True)
class AboutSubject:
    """The summaries that are about the subject that a short question named; `rest` more are, and `topic` lists them all,
    where there is one of that name. `mentioned`: those that only mention it.
    """

    subject: str
    summaries: tuple[Summary, ...]
    rest: int = 0
    topic: Topic | None = None
    mentioned: Mentioned | None = None
    heading: Heading = NO_HEADING


@dataclass(frozen=True, slots=True)
class OnlyMentioned:
    """No summary is about a subject; some mention it."""

    mentioned: Mentioned
    heading: Heading = NO_HEADING


@dataclass(frozen=True, slots=True)
class Nothing:
    """Nothing was found: that, what the library covers, and the nearest topics."""

    lead: str
    coverage: str
    topics: tuple[Topic, ...] = ()


@dataclass(frozen=True, slots=True)
class SummaryList:
    """Summaries under a title, in order; `rest` says how many are not shown and how to see them."""

    title: str
    summaries: tuple[Summary, ...] = ()
    rest: str = ""


@dataclass(frozen=True, slots=True)
class TopicList:
    """All topics, each with its number of summaries."""

    counts: tuple[tuple[Topic, int], ...]


@dataclass(frozen=True, slots=True)
class UnknownTopic:
    """No topic is near the name that was typed ("": none was typed)."""

    name: str = ""


@dataclass(frozen=True, slots=True)
class Compared:
    """Two or more summaries that answer one question, grouped by design."""

    groups: tuple[tuple[str, tuple[Summary, ...]], ...]
    heading: Heading = NO_HEADING

    @property
    def count(self) -> int:
        """The number of summaries."""
        return sum(len(summaries) for _, summaries in self.groups)


@dataclass(frozen=True, slots=True)
class EffectSizes:
    """The printed effect sizes of the summaries that fit; there may be none."""

    evidence: Evidence


@dataclass(frozen=True, slots=True)
class ClubChoices:
    """Summaries for a journal club, of which the asker chooses one; `loosely`: none of them answers the words directly."""

    summaries: tuple[Summary, ...]
    day: date | None = None
    reminders: tuple[date, ...] = ()
    loosely: bool = False
    heading: Heading = NO_HEADING


@dataclass(frozen=True, slots=True)
class ClubList:
    """The journal clubs planned in a channel, each with its summary where the library still has it."""

    clubs: tuple[tuple[Club, Summary | None], ...] = ()


@dataclass(frozen=True, slots=True)
class Help:
    """What the bot does and how to ask, with what the library covers."""

    coverage: str


@dataclass(frozen=True, slots=True)
class MoreHelp:
    """Every command."""


@dataclass(frozen=True, slots=True)
class Privacy:
    """What is stored and what is not."""


@dataclass(frozen=True, slots=True)
class Note:
    """A sentence or two of ours (mrkdwn; foreign text in it has been escaped)."""

    text: str


@dataclass(frozen=True, slots=True)
class Aside:
    """A sentence of ours (mrkdwn) to small talk or to a word that is no question: for the asker alone, where others are
    present.
    """

    text: str


Content = (
    Answer
    | Related
    | AboutSubject
    | OnlyMentioned
    | Nothing
    | SummaryList
    | TopicList
    | UnknownTopic
    | Compared
    | EffectSizes
    | ClubChoices
    | ClubList
    | Help
    | MoreHelp
    | Privacy
    | Note
    | Aside
)


def _is_sure(content: Content) -> bool:
    """Return whether a content may be shown under the crisis line: it answers what was asked."""
    match content:
        case EffectSizes(evidence):
            return evidence.count > 0 and not evidence.loosely
        case ClubChoices():
            return not content.loosely
        case SummaryList(summaries=found):
            return bool(found)
        case _:
            return isinstance(content, Answer | AboutSubject | Compared)


@dataclass(frozen=True, slots=True)
class Reply:
    """A reply to what was typed. `about` is the id of the summary that a conversation is about from then on.

    `details`: something that looked like client details was left out of the search; `danger`: the words speak of danger to
    someone, so the crisis line comes first; `suggestion`: the command that may have been meant ("follow TOPIC").
    `searched`: it says what a search found, which may not be what the asker was looking for. `listed`: where the reply is a
    list, the key by which `more` goes on with it (`bot.commands.listed`).
    """

    content: Content
    about: str | None = None
    details: bool = False
    danger: bool = False
    suggestion: str = ""
    searched: bool = False
    listed: str = ""

    @property
    def card(self) -> Summary | None:
        """The summary whose card is shown; None where the reply shows none."""
        return self.content.summary if isinstance(self.content, Answer) else None

    @property
    def shown(self) -> Content | None:
        """The content; None where the words speak of danger and nothing surely answers: the crisis line is alone then."""
        return self.content if not self.danger or _is_sure(self.content) else None

    @property
    def is_private(self) -> bool:
        """Whether only the asker should see it, also where they asked in front of others."""
        return self.danger or isinstance(self.content, Aside)

    @property
    def picture(self) -> Evidence | None:
        """The effect sizes to draw; None where there are none. A picture would come without the crisis line."""
        if isinstance(self.content, EffectSizes) and self.content.evidence.count and not self.danger:
            return self.content.evidence
        return None

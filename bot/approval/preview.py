"""The messages of a month as they will be posted, before anyone decides about it: made by what posts them."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from bot.approval.writing import merged
from bot.corpus.faults import CorpusError
from bot.corpus.load import own_in, read_issue, read_topics
from bot.corpus.model import Corpus, Issue, Summary, Topic
from bot.corpus.write import CorpusFolder, records_of
from bot.outbox.delivery import Message
from bot.publishing.months import Months, UnpostableError
from bot.publishing.own_months import own_issue
from bot.publishing.subscriptions import Subscriptions
from bot.store.drafts import APPROVED, Draft


@dataclass(frozen=True, slots=True)
class Preview:
    """The channels that get a month, and its messages as the first of them gets them: what is posted there, then the cards
    that are new in its thread.
    """

    channels: tuple[str, ...]
    messages: tuple[Message, ...]


class Previews:
    """Previews of drafts. `root` is the library's folder, `corpus` returns the one in use, `channel` is the operator's."""

    def __init__(
        self,
        root: Path,
        corpus: Callable[[], Corpus],
        months: Months,
        subscriptions: Subscriptions,
        team: str,
        channel: str | None,
    ) -> None:
        self._root = root
        self._corpus = corpus
        self._months = months
        self._subscriptions = subscriptions
        self._team = team
        self._channel = channel

    async def of(self, draft: Draft) -> Preview:
        """Return the messages of a draft. Raises WriteError or CorpusError where its month cannot be put into the library,
        UnpostableError where Slack would refuse it.
        """
        if draft.is_shared:
            issue, new = _in_library(self._corpus(), draft)
        else:
            issue, new = await asyncio.to_thread(month_with, self._root, draft)
        found = await self._subscriptions.recipients(self._team, self._channel)
        channels = [each.channel for each in sorted(found, key=lambda each: not each.is_default)]
        parent, *cards = await self._months.rendered(issue, self._team, channels[0] if channels else "")
        return Preview(tuple(channels), (parent, *(card for card in cards if card.key in new)))


def waiting_summary(drafts: Sequence[Draft], summary_id: str, topics: Sequence[Topic]) -> Summary | None:
    """Return the summary with this id of a draft that waits for a decision; None where none has it."""
    named = f"- id: {summary_id}\n"
    for draft in drafts:
        if draft.state == APPROVED or named not in draft.content:
            continue
        try:
            issue = read_issue(draft.month, draft.content.encode(), {topic.id for topic in topics})
        except CorpusError:  # another version wrote it, or the library has other topics now
            continue
        return next((each for each in issue.summaries if each.id == summary_id), None)
    return None


def _in_library(corpus: Corpus, draft: Draft) -> tuple[Issue, frozenset[str]]:
    issue = corpus.issue(draft.month)
    if issue is None:
        raise UnpostableError(f"{draft.month} is no longer in the library")
    return issue, frozenset(summary.id for summary in issue.summaries)


def month_with(root: Path, draft: Draft) -> tuple[Issue, frozenset[str]]:
    """Return a draft's month as the library will have it, and the ids of the summaries that get a card: all of them, or
    what an addition adds. Raises WriteError or CorpusError, and UnpostableError where none of the team's own is left.
    """
    if draft.is_own:
        ours = own_issue(draft, own_in(root, {topic.id for topic in read_topics(root)}))
        if ours is None:
            raise UnpostableError(f"none of the team's own summaries of {draft.key} is in the library")
        return ours, frozenset(summary.id for summary in ours.summaries)
    shelf = CorpusFolder(root)
    content = merged(shelf, draft.month, [draft])
    issue = read_issue(draft.month, content, {topic.id for topic in shelf.topics})
    there = {str(record["id"]) for record in records_of(shelf, draft.month)} if draft.is_addition else set()
    return issue, frozenset(summary.id for summary in issue.summaries if summary.id not in there)

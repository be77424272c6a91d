"""The month in a channel: one quiet message with a line for each summary, and the full cards in its thread."""

from __future__ import annotations

from collections.abc import Sequence

from bot.blocks import card, kit
from bot.blocks.lists import rows
from bot.blocks.message import Message, message
from bot.blocks.mrkdwn import escape, escape_within
from bot.corpus.model import Corpus, Issue, Summary, month_name
from bot.phrases import facts

LINES = 20
FOLLOWED = 10
"""Summaries that a follower's message shows."""


def month_messages(corpus: Corpus, issue: Issue, by: str | None = None) -> list[tuple[Message, Summary | None]]:
    """The messages of a month, in order: the parent, then one card for each summary (with that summary). `by` is the id of
    the person who set the channel up.
    """
    return [(parent(corpus, issue, by), None), *((card.card(summary), summary) for summary in issue.summaries)]


def parent(corpus: Corpus, issue: Issue, by: str | None = None) -> Message:
    """The parent message. A month that may not be whole is never called an issue. It says who set the channel up, and how
    to stop; a curator's note to the team comes first.
    """
    lead = escape(facts.month_line(corpus, issue.month))
    lines = [f"• {escape_within(summary.title, 120)}" for summary in issue.summaries[:LINES]]
    if len(issue.summaries) > LINES:
        lines.append(f"• … and {len(issue.summaries) - LINES} more")
    hint = "The full cards, with practice implications, are in the thread. This channel gets one message like this a month."
    if not issue.complete:
        hint = "The blog may have more summaries for this month. " + hint
    who = (
        f"Set up by <@{by}>"
        if by
        else "Set up by the person who installed PPRNet"
        if by is None
        else "Set up by a colleague"
    )
    stop = f"{who}; `/pprnet unsubscribe` stops it."
    word = [kit.paragraph("From your curator", issue.note)] if issue.note else []
    said = [f"From your curator: {escape(issue.note)}"] if issue.note else []
    blocks = [*word, kit.prose(f"*{lead}*\n" + "\n".join(lines)), kit.fine_print(hint), kit.fine_markup(stop)]
    return message("\n".join([lead, *said, *lines, hint, stop]), blocks)


def followed(corpus: Corpus, issue: Issue, topics: Sequence[str], summaries: Sequence[Summary]) -> Message:
    """The direct message to a follower: the new summaries on their topics (ids), each with its *Show*, and how to stop."""
    names = [topic.name for topic_id in topics if (topic := corpus.topic(topic_id))]
    named = escape_within(", ".join(names), 300)
    lead = f"New on topics you follow ({named}), {month_name(issue.month)}:"
    shown = summaries[:FOLLOWED]
    rest = f"… and {len(summaries) - FOLLOWED} more in that month. " if len(summaries) > FOLLOWED else ""
    why = "At most one message a month. `/pprnet following` lists your topics, `/pprnet unfollow NAME` stops one."
    stop = f"{rest}{why}"
    titles = [f"• {escape(summary.title)}" for summary in shown]
    blocks = [kit.prose(f"*{lead}*"), *rows(shown), kit.fine_markup(stop)]
    return message("\n".join([lead, *titles, stop]), blocks)

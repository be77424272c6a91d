"""The month in a channel: one quiet message with a line for each summary, and the full cards in its thread."""

from __future__ import annotations

from bot.blocks import card, facts, kit
from bot.blocks.message import Message, message
from bot.blocks.text import escape, escape_within
from bot.corpus.model import Corpus, Issue, Summary

LINES = 20


def month_messages(corpus: Corpus, issue: Issue) -> list[tuple[Message, Summary | None]]:
    """The messages of a month, in order: the parent, then one card for each summary (with that summary)."""
    return [(parent(corpus, issue), None), *((card.card(summary), summary) for summary in issue.summaries)]


def parent(corpus: Corpus, issue: Issue) -> Message:
    """The parent message. A month that may not be whole is never called an issue."""
    lead = escape(facts.month_line(corpus, issue.month))
    lines = [f"• {escape_within(summary.title, 120)}" for summary in issue.summaries[:LINES]]
    if len(issue.summaries) > LINES:
        lines.append(f"• … and {len(issue.summaries) - LINES} more")
    hint = "The full cards, with practice implications, are in the thread. This channel gets one such message a month."
    if not issue.complete:
        hint = "The month may hold more than this. " + hint
    blocks = [kit.prose(f"*{lead}*\n" + "\n".join(lines)), kit.fine_print(hint)]
    return message("\n".join([lead, *lines, hint]), blocks)

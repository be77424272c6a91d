"""The month in a channel: one quiet message that says what each summary found, and the full cards in its thread."""

from __future__ import annotations

from collections.abc import Sequence

from slack_sdk.models.blocks import Block

from bot.blocks import card, kit, limits
from bot.blocks.lists import read, row
from bot.blocks.message import Message, message
from bot.blocks.mrkdwn import escape, escape_within
from bot.corpus.model import Corpus, Issue, Summary, month_name
from bot.phrases import facts

SHOWN = 12
"""Summaries that a month's message shows."""
TITLE = 120
"""Characters of a title in a message's text."""
FOLLOWED = 10
"""Summaries that a follower's message shows."""


def month_messages(issue: Issue, by: str | None = None, noted_by: str | None = None) -> list[tuple[Message, Summary | None]]:
    """Return the messages of a month, in order: the parent, then one card for each summary (with that summary). `by` is the
    id of the person who set the channel up, `noted_by` that of the curator who wrote the note.
    """
    return [(parent(issue, by, noted_by), None), *((card.card(summary), summary) for summary in issue.summaries)]


def parent(issue: Issue, by: str | None = None, noted_by: str | None = None) -> Message:
    """Return the parent message: the month, the curator's note, of each summary its title, what it found and *Read*, who
    set the channel up, and how to stop. A month that may not be whole is never called an issue, nor is the team's own.
    """
    lead = escape(facts.posted_month(issue))
    shown = issue.summaries[:SHOWN]
    rest = len(issue.summaries) - len(shown)
    more = [f"… and {rest} more, in the thread"] if rest else []
    one = len(issue.summaries) == 1
    hint = f"The full {'card' if one else 'cards'}, with practice implications, {'is' if one else 'are'} in the thread."
    stop = f"One message a month. {_who(by)}; `/pprnet unsubscribe` stops it."
    if issue.post:
        hint = f"Written by your team, not by the PPRNet blog. {hint}"
        stop = f"{_who(by)}; `/pprnet unsubscribe` stops it."
    elif not issue.complete and not facts.is_part(issue):
        hint = f"The blog may have more summaries for this month. {hint}"
    blocks: list[Block] = [kit.prose(f"*{lead}*")]
    said = [lead]
    if issue.note:
        noted, line = _note(issue.note, noted_by)
        blocks += noted
        said.append(line)
    blocks += [row(summary, facts.finding(summary), button=read(summary)) for summary in shown]
    blocks += [*map(kit.fine_print, more), kit.fine_print(hint), kit.fine_markup(stop)]
    end = [*more, hint, stop]
    room = limits.MESSAGE_TEXT - sum(len(line) + 1 for line in (*said, *end))
    return message("\n".join([*said, *_lines(shown, room), *end]), blocks)


def _note(note: str, by: str | None) -> tuple[list[Block], str]:
    """Return a curator's note as blocks and as a line, signed where it is known who wrote it."""
    if by is None:
        return [kit.paragraph("From your curator", note)], f"From your curator: {escape(note)}"
    signed = f"<@{by}>, your curator"
    return [kit.paragraph(None, note), kit.fine_markup(f"— {signed}")], f"{escape(note)} — {signed}"


def _lines(shown: Sequence[Summary], room: int) -> list[str]:
    """Return a line for each summary with its title and what it found, as much of it as there is room for all."""
    each = min(room // max(1, len(shown)) - len("• : \n"), TITLE + 400)
    lines = []
    for summary in shown:
        title = escape_within(summary.title, min(TITLE, each))
        left = each - len(title)
        found = escape_within(facts.finding(summary), left) if left >= len(title) // 2 else ""
        mark = "" if title.endswith(("?", "!", ".", "…")) else ":"
        lines.append(f"• {title}{mark} {found}" if found else f"• {title}")
    return lines


def _who(by: str | None) -> str:
    """Return who set the channel up: a person's id; None: the operator, "": someone who was forgotten."""
    if by:
        return f"Set up by <@{by}>"
    return "Set up by the person who installed PPRNet" if by is None else "Set up by a colleague"


def followed(corpus: Corpus, issue: Issue, topics: Sequence[str], summaries: Sequence[Summary]) -> Message:
    """The direct message to a follower: the new summaries on their topics (ids), each with what it found and its *Show*, and
    how to stop.
    """
    names = [topic.name for topic_id in topics if (topic := corpus.topic(topic_id))]
    named = escape_within(", ".join(names), 300)
    lead = f"New on topics you follow ({named}), {month_name(issue.month)}:"
    shown = summaries[:FOLLOWED]
    rest = f"… and {len(summaries) - FOLLOWED} more in that month. " if len(summaries) > FOLLOWED else ""
    why = "At most one message a month. `/pprnet following` lists your topics, `/pprnet unfollow NAME` stops one."
    stop = f"{rest}{why}"
    listed = [row(summary, facts.finding(summary)) for summary in shown]
    blocks = [kit.prose(f"*{lead}*"), *listed, kit.fine_markup(stop)]
    room = limits.MESSAGE_TEXT - len(lead) - len(stop) - 2
    return message("\n".join([lead, *_lines(shown, room), stop]), blocks)

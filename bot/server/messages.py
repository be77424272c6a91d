"""What is posted, made of blocks: the features that post know messages, and nothing of how they look."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from bot.blocks import club, correction, monthly, subscribing, wrong
from bot.blocks.monthly import month_messages
from bot.blocks.validation import problems
from bot.clubs.service import ClubTemplates
from bot.corpus.model import Issue, Summary
from bot.outbox.delivery import Message
from bot.publishing import content
from bot.publishing.months import UnpostableError
from bot.server.features import MessageTemplates


def render(issue: Issue, by: str | None = None, noted_by: str | None = None) -> list[Message]:
    """Return a month as it is posted: its message in the channel, then the cards in its thread. `by` set the channel up,
    `noted_by` wrote the month's note. Raises UnpostableError for what Slack would refuse, before it is planned.
    """
    rendered = []
    for message, summary in month_messages(issue, by, noted_by):
        if faults := problems(message.blocks):
            raise UnpostableError(f"the month {issue.month} cannot be posted: {'; '.join(faults)}")
        if summary:
            rendered.append(Message(message.payload(), summary.id, content.of_summary(summary)))
        else:
            earlier = (content.of_titles(issue),)
            rendered.append(Message(message.payload(), None, content.of_month(issue), earlier))
    return rendered


def templates() -> MessageTemplates:
    """Return what renders everything that is posted."""
    return MessageTemplates(
        month=render,
        follow=lambda *given: Message(monthly.followed(*given).payload()),
        paused=lambda channel, code: Message(subscribing.paused(channel, code).payload()),
        subscribed=lambda user: Message(subscribing.subscribed(user).payload()),
        club=club_templates(),
        corrected=lambda summary: Message(wrong.corrected(summary).payload()),
        report_over=lambda *given: Message(wrong.report_over(*given).payload()),
        correction=_correction,
    )


def _correction(
    day: date, summary: Summary, before: Mapping[str, Any], after: Mapping[str, Any]
) -> Mapping[str, Any] | None:
    found = correction.correction(day, summary, before, after)
    return found.payload() if found else None


def club_templates() -> ClubTemplates:
    """Return what renders the messages of journal clubs. News are shown in the channel too, not in the thread alone."""
    broadcast = {"reply_broadcast": True}
    return ClubTemplates(
        opening=lambda *given: club.opening(*given).payload(),
        card=lambda summary: club.card(summary).payload(),
        questions=lambda summary: club.questions(summary).payload(),
        reminder=lambda *given: {**club.reminder(*given).payload(), **broadcast},
        moved=lambda *given: {**club.moved(*given).payload(), **broadcast},
        cancelled=lambda *given: {**club.cancelled(*given).payload(), **broadcast},
    )

"""What the publisher posts, made of blocks: it knows messages, and nothing of how they look."""

from __future__ import annotations

from bot.blocks import club, monthly, subscribing
from bot.blocks.check import problems
from bot.blocks.monthly import month_messages
from bot.clubs.service import ClubWords
from bot.corpus.model import Corpus, Issue
from bot.outbox.delivery import Message
from bot.publishing import content
from bot.publishing.publisher import UnpostableError, Words
from bot.settings import Settings


def render(corpus: Corpus, issue: Issue, by: str | None = None) -> list[Message]:
    """A month as the publisher's messages. Raises UnpostableError for what Slack would refuse, before it is planned."""
    rendered = []
    for message, summary in month_messages(corpus, issue, by):
        if faults := problems(message.blocks):
            raise UnpostableError(f"the month {issue.month} cannot be posted: {'; '.join(faults)}")
        source = content.of_summary(summary) if summary else content.of_month(issue)
        rendered.append(Message(message.payload(), summary.id if summary else None, source))
    return rendered


def words(settings: Settings) -> Words:
    """What the publisher says beside the months."""
    return Words(
        follow=lambda *given: Message(monthly.followed(*given).payload()),
        paused=lambda channel, code: Message(subscribing.paused(channel, code).payload()),
        subscribed=lambda user: Message(subscribing.subscribed(user).payload()),
        club=club_words(),
        curators=settings.curators,
    )


def club_words() -> ClubWords:
    """What is said of journal clubs. What is news stands in the channel too, not in the thread alone."""
    aloud = {"reply_broadcast": True}
    return ClubWords(
        opening=lambda *given: club.opening(*given).payload(),
        card=lambda summary: club.card(summary).payload(),
        questions=lambda summary: club.questions(summary).payload(),
        call=lambda *given: {**club.call(*given).payload(), **aloud},
        moved=lambda *given: {**club.moved(*given).payload(), **aloud},
        cancelled=lambda *given: {**club.cancelled(*given).payload(), **aloud},
    )

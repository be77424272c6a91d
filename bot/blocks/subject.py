"""The reply to a short question that names a subject: what is about it, and, set apart, what only mentions it."""

from __future__ import annotations

from slack_sdk.models.blocks import Block

from bot.blocks import kit, lists
from bot.blocks.heading import heading
from bot.blocks.message import Parts
from bot.blocks.mrkdwn import escape
from bot.blocks.reader import Reader
from bot.commands.reply import AboutSubject, Mentioned, OnlyMentioned
from bot.phrases import facts


def about(found: AboutSubject, reader: Reader) -> Parts:
    """The summaries that are about the subject, each with what it found."""
    count = len(found.summaries) + found.rest
    lead = escape(facts.about_subject(count, "" if reader.public else found.subject))
    head, above = heading(found.heading, reader)
    blocks = [*above, kit.prose(f"*{lead}:*"), *lists.findings(found.summaries)]
    if found.rest and found.topic:
        blocks.append(kit.buttons(lists.topic_button(found.topic, f"All on {found.topic.name}")))
    elif found.rest:
        blocks.append(kit.fine_print(f"… and {found.rest} more. Add a word to narrow it down."))
    said, mentions = mentioned(found.mentioned)
    return f"{head}{lead}:\n{lists.titles(found.summaries)}{said}", [*blocks, *mentions]


def only_mentioned(found: OnlyMentioned, reader: Reader) -> Parts:
    """No summary is about the subject: that, and what mentions it."""
    lead = escape(facts.only_mentioned(found.mentioned.count, "" if reader.public else found.mentioned.subject))
    head, above = heading(found.heading, reader)
    blocks = [*above, kit.prose(f"*{lead}:*"), *_rows(found.mentioned), kit.fine_print(facts.NO_CLIENT_DETAILS)]
    return f"{head}{lead}:\n{_said(found.mentioned)}", blocks


def mentioned(found: Mentioned | None) -> Parts:
    """What else mentions the subject; the text begins with a new line."""
    if found is None:
        return "", []
    return f"\n{facts.ALSO_MENTIONED}\n{_said(found)}", [kit.divider(), kit.fine_print(facts.ALSO_MENTIONED), *_rows(found)]


def _rows(found: Mentioned) -> list[Block]:
    rows = [lists.row(mention.summary, facts.mention(mention.summary, mention.sentence)) for mention in found.found]
    return [*rows, kit.fine_print(f"… and {found.rest} more.")] if found.rest else rows


def _said(found: Mentioned) -> str:
    return "\n".join(
        f"• {escape(mention.summary.title)}: {escape(facts.mention(mention.summary, mention.sentence))}"
        for mention in found.found
    )

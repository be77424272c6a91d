"""The replies to a question: an answer, something related, or nothing. Each says which it is."""

from __future__ import annotations

from collections.abc import Sequence

from slack_sdk.models.blocks import Block

from bot.blocks import card, kit, lists, places, save, subject
from bot.blocks.heading import heading
from bot.blocks.message import Parts
from bot.blocks.mrkdwn import escape
from bot.blocks.reader import Reader
from bot.blocks.suggest import suggest_button
from bot.commands.reply import Answer, Nothing, Related
from bot.corpus.model import Summary
from bot.phrases import facts


def answer(found: Answer, reader: Reader, *, rebuildable: bool, searched: bool) -> Parts:
    """The card of the best summary, under it what else answers. `rebuildable`: nothing is said above this answer;
    `searched`: a search found it, so that it may not be what was looked for.
    """
    summary, marks = found.summary, None if reader.public else found.highlighter
    head, above = heading(found.heading, reader)
    if found.only_one:
        head += f"{facts.ONLY_ONE}\n"
        above.append(kit.prose(f"*{facts.ONLY_ONE}*"))
    others = found.others if rebuildable and not above else None
    can_change = others is not None or not reader.ephemeral  # else it would go on saying "Saved" after it was undone
    button = save.button(summary, others=others, searched=searched, saved=reader.saved and can_change)
    more = (suggest_button(),) if searched else ()
    blocks = [*above, *card.body(summary, save=button, more=more, marks=marks, later=found.later, others=found.others)]
    if reader.places:
        blocks.append(places.also_here(reader.places, reader.channel))
    said, mentioned = subject.mentioned(found.mentioned)
    text = f"{head}{card.text(summary, found.later)}{_also_text(found.others)}{said}"
    return text, [*blocks, *mentioned]


def related(found: Related, reader: Reader) -> Parts:
    """Summaries that are loosely related, never presented as the answer."""
    lead = "Nothing in the library answers this directly. Loosely related:"
    head, above = heading(found.heading, reader)
    blocks = [*above, kit.prose(f"*{lead}*"), *lists.findings(found.summaries), kit.fine_print(facts.NO_CLIENT_DETAILS)]
    return f"{head}{lead}\n{lists.titles(found.summaries)}", blocks


def nothing(found: Nothing) -> Parts:
    """Nothing was found: what the library covers, and that this proves nothing. How the spelling was corrected does not
    matter then.
    """
    lead, rest = escape(found.lead), f"{found.coverage} This does not mean that there is no research."
    blocks: list[Block] = [kit.prose(f"*{lead}*\n{rest}")]
    named = ""
    if found.topics:
        near = "Nearest topics:"
        blocks += [kit.fine_print(near), kit.buttons(*(lists.topic_button(topic) for topic in found.topics))]
        named = f" {near} {', '.join(escape(topic.name) for topic in found.topics)}."
    blocks.append(kit.fine_print(f"Try other or fewer words, or /pprnet topics. {facts.NO_CLIENT_DETAILS}"))
    return f"{lead} {rest}{named}", blocks


def _also_text(others: Sequence[Summary]) -> str:
    return "\nAlso on this: " + "; ".join(escape(summary.title) for summary in others) if others else ""

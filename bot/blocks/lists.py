"""Lists of summaries and of topics."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import lru_cache

from slack_sdk.models.blocks import Block

from bot.blocks import ids, kit, limits, notes
from bot.blocks.message import Parts
from bot.blocks.mrkdwn import escape, escape_within
from bot.commands.reply import SummaryList, TopicList
from bot.corpus.model import Summary, Topic
from bot.phrases import facts
from bot.text import clean, fit

REMEMBERED = 1_000
"""Summaries whose lines are remembered."""
SHORT = 56
"""Characters of a label and a title under a card: two lines on a phone."""


def summaries(found: SummaryList) -> Parts:
    """Summaries under their title, each with *Show*."""
    title = escape(found.title)
    if not found.summaries and not found.rest:
        return title, [kit.prose(title if title.endswith(".") else f"*{title}*")]
    blocks = [kit.prose(f"*{title}*"), *rows(found.summaries)]
    if found.rest:
        blocks.append(kit.fine_print(found.rest))
    return f"{title}\n{titles(found.summaries)}".strip(), blocks


def topics(found: TopicList) -> Parts:
    """All topics with how many summaries each has, as buttons that list them."""
    filled = [(topic, f": {count}") for topic, count in found.counts if count]
    empty = [topic.name for topic, count in found.counts if not count]
    lead, most = "Topics in the library, with the number of summaries", limits.ACTIONS_ELEMENTS
    buttons = [
        kit.button(f"{ids.TOPIC}:{topic.id}", fit(topic.name, limits.BUTTON_TEXT - len(count)) + count, topic.id)
        for topic, count in filled
    ]
    blocks: list[Block] = [kit.prose(f"*{lead}*")]
    blocks += [kit.buttons(*buttons[place : place + most]) for place in range(0, len(buttons), most)]
    if empty:
        blocks.append(kit.fine_print(f"Nothing yet on: {', '.join(empty)}"))
    return f"{lead}:\n" + "\n".join(f"• {escape(topic.name)}{count}" for topic, count in filled), blocks


def unknown_topic(name: str) -> Parts:
    """No topic is near the name given; says where to find them."""
    if not name:
        return notes.sentence("Which topic? `/pprnet topics` lists them all; then type `/pprnet topic NAME`.")
    return notes.sentence(f"There is no topic called “{escape(name[:60])}”. `/pprnet topics` lists them all.")


def titles(found: Iterable[Summary]) -> str:
    """The titles of summaries, for a message's text."""
    return "\n".join(f"• {escape(summary.title)}" for summary in found)


def rows(found: Iterable[Summary], *, with_design: bool = True) -> list[Block]:
    """Summaries as lines, each with a button that shows its card."""
    return [_row(summary, with_design) for summary in found]


def further(label: str, found: Sequence[Summary], *, with_button: bool = True) -> Block:
    """Return one short line under a card for further summaries: the start of the first one's title and how many more there
    are. Its button shows that one's card, or the list of them.
    """
    first, more = found[0], f" and {len(found) - 1} more" if len(found) > 1 else ""
    text = f"*{label}:* {escape(fit(clean(first.title), SHORT - len(label) - len(more)))}{more}"
    if not with_button:
        return kit.prose(text)
    if not more:
        return kit.prose(text, button=_show(first))
    listed = " ".join(summary.id for summary in found)
    return kit.prose(text, button=kit.button(ids.ALSO, "Show", listed, said="Show what else is on this"))


def findings(found: Iterable[Summary]) -> list[Block]:
    """Summaries with what each found, so that one can choose; each with a button that shows its card."""
    return [_finding(summary) for summary in found]


def row(summary: Summary, said: str, *, button: kit.Button | None = None) -> Block:
    """A summary's title with something said of it under it, and a button (where none is given, one that shows its card)."""
    text = f"*{escape_within(summary.title, 300)}*\n{escape_within(said, 400)}"
    return kit.prose(text, button=button or _show(summary))


def read(summary: Summary) -> kit.Button:
    """Return a button that opens the whole summary in a window."""
    return kit.button(f"{ids.READ_STUDY}:{summary.id}", "Read", summary.id, said=f"Read: {summary.title}")


def topic_button(topic: Topic, label: str = "") -> kit.Button:
    """A button that lists the summaries of a topic."""
    return kit.button(f"{ids.TOPIC}:{topic.id}", label or topic.name, topic.id)


def line(summary: Summary, *, with_design: bool = True) -> str:
    """A summary's title, and under it where it comes from (mrkdwn)."""
    context = escape_within(facts.context(summary, with_design=with_design), 240).replace("_", " ")
    return f"{escape_within(summary.title, 300)}\n_{context}_"


@lru_cache(maxsize=REMEMBERED)
def _row(summary: Summary, with_design: bool) -> Block:
    return kit.ready(kit.prose(line(summary, with_design=with_design), button=_show(summary)))[0]


@lru_cache(maxsize=REMEMBERED)
def _finding(summary: Summary) -> Block:
    return kit.ready(row(summary, facts.finding(summary)))[0]


def _show(summary: Summary) -> kit.Button:
    return kit.button(f"{ids.SHOW}:{summary.id}", "Show", summary.id)

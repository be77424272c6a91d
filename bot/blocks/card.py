"""The card: one summary with its practice implications in sight, short enough to be read to its end on a phone."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

from slack_sdk.models.blocks import Block

from bot.blocks import ids, kit, lists
from bot.blocks import save as saving
from bot.blocks.message import Message, message
from bot.blocks.mrkdwn import escape, link
from bot.corpus.model import Summary, month_name
from bot.phrases import facts

REMEMBERED = 1_000
"""Summaries whose cards' lasting parts are remembered."""


def card(summary: Summary) -> Message:
    """Return the card of a summary as a message of its own."""
    return message(text(summary), body(summary))


def body(
    summary: Summary,
    *,
    with_buttons: bool = True,
    save: kit.Button | None = None,
    more: Sequence[kit.Button] = (),
    marks: kit.Marks | None = None,
    later: Summary | None = None,
    others: Sequence[Summary] = (),
) -> list[Block]:
    """Return the card's blocks: title, context, bottom line, implications, buttons, caution, further summaries, footer.
    `save` is the *Save* button where it is not that of a card alone, `more` are buttons after it; `later` is a
    newer summary on the same topic, `others` answer the same question.

    `marks` highlights the words that the asker's question met: only ever for the asker, never in what others see.
    """
    blocks = [*_heading(summary), *(findings(summary) if marks is None else _marked_findings(summary, marks))]
    if with_buttons:
        blocks.append(kit.buttons(*_buttons(summary.id), save or saving.button(summary), *more))
    if summary.caution:
        blocks.append(kit.fine_markup(f"*Caution:* {escape(summary.caution)}"))
    if later:
        label = f"Newer, {month_name(later.issue, short=True)}"
        blocks.append(lists.further(label, [later, *others], with_button=with_buttons))
    elif others:
        blocks.append(lists.further("Also", others, with_button=with_buttons))
    marked = marks and any(marks(text) for text in (summary.bottom_line or "", *summary.implications))
    blocks.append(_footer(summary, " · *bold*: your words" if marked else ""))
    return blocks


# What is the same in every card of a summary is made once.


@lru_cache(maxsize=REMEMBERED)
def _heading(summary: Summary) -> Sequence[Block]:
    return kit.ready(kit.header(summary.title), kit.fine_print(facts.brief(summary)), *notices(summary))


def notices(summary: Summary) -> list[Block]:
    """Return the line that says what a publisher's notices say of the paper; nothing without any."""
    found = [f"*{what}* ({link(address, which)})" for what, which, address in facts.notices(summary)]
    return [kit.prose(" · ".join(found))] if found else []


@lru_cache(maxsize=REMEMBERED)
def findings(summary: Summary) -> Sequence[Block]:
    """Return bottom line and implications, the words that others see too."""
    return kit.ready(*_marked_findings(summary, None))


def _marked_findings(summary: Summary, marks: kit.Marks | None) -> list[Block]:
    label, said = facts.bottom_line(summary)
    blocks = [kit.paragraph(label, said, marks, inline=True)] if said else []
    return [*blocks, kit.bullets("Practice implications", summary.implications, marks)]


@lru_cache(maxsize=REMEMBERED)
def _buttons(summary_id: str) -> Sequence[kit.Button]:
    return (
        kit.button(ids.READ_STUDY, "Details", summary_id),
        kit.button(ids.MORE_LIKE_THIS, "Similar", summary_id),
        kit.button(ids.SHARE, "Share", summary_id),
    )


@lru_cache(maxsize=REMEMBERED)
def _footer(summary: Summary, end: str) -> Block:
    """Return the line that says whose summary it is, and from when."""
    month = facts.blog_month(summary)
    where = link(home, month) if (home := facts.home(summary)) else escape(month)
    return kit.ready(kit.fine_markup(f"{escape(facts.origin(summary, short=True))} {where}{end}"))[0]


@lru_cache(maxsize=REMEMBERED)
def text(summary: Summary, later: Summary | None = None) -> str:
    """Return a card in words, escaped: for screen readers, notifications and Slack's search."""
    lines = [f"{escape(summary.title)} ({escape(facts.brief(summary))})"]
    lines += [f"{what} ({which})" for what, which, _address in facts.notices(summary)]
    label, said = facts.bottom_line(summary)
    if said:
        lines.append(f"{label}: {escape(said)}")
    lines.append("Practice implications:")
    lines += [f"• {escape(implication)}" for implication in summary.implications]
    if summary.caution:
        lines.append(f"Caution: {escape(summary.caution)}")
    if later:
        lines.append(escape(facts.later(later)))
    lines.append(escape(f"{facts.origin(summary)} {facts.blog_month(summary)}"))
    return "\n".join(lines)

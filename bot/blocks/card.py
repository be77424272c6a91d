"""The card: one summary with its practice implications in sight, and the modal with the study itself."""

from __future__ import annotations

import json
from collections.abc import Sequence
from functools import lru_cache
from typing import Any

from slack_sdk.models.blocks import Block

from bot.blocks import ids, kit
from bot.blocks import save as saving
from bot.blocks.message import Message, message
from bot.blocks.modal import modal
from bot.blocks.mrkdwn import escape, link
from bot.corpus.model import Corpus, Summary
from bot.phrases import facts
from bot.text import fit

REMEMBERED = 1_000
"""Summaries whose cards' lasting parts are remembered."""
LINK_ROOM = 2_500
"""Characters that a footer has for the paper's link, each `&` in it written as five; a longer one is left out."""


def card(summary: Summary, *, shared_by: str | None = None, later: Summary | None = None) -> Message:
    """The card of a summary. `shared_by` is the id of the person who shares it with a channel, `later` a newer summary of
    the same ground.
    """
    blocks = body(summary, later=later)
    if shared_by:
        blocks.append(kit.fine_markup(f"Shared by <@{shared_by}>"))
    return message(text(summary, later), blocks)


def body(
    summary: Summary,
    *,
    with_buttons: bool = True,
    save: kit.Button | None = None,
    marks: kit.Marks | None = None,
    later: Summary | None = None,
) -> list[Block]:
    """The card's blocks: title, context, bottom line, implications, source note, a later summary, buttons, footer. `save` is
    the *Save* button where it is not that of a card standing alone.

    `marks` makes the words stand out that the asker's question met: only ever for the asker, never in what others see.
    """
    blocks = [*_heading(summary), *(_findings(summary) if marks is None else _marked_findings(summary, marks))]
    if later:
        show = kit.button(f"{ids.SHOW}:{later.id}", "Show", later.id) if with_buttons else None
        blocks.append(kit.prose(escape(facts.later(later)), button=show))
    if with_buttons:
        blocks.append(
            kit.buttons(
                *_buttons(summary.id),
                save or saving.button(summary),
            )
        )
    blocks.append(footer(summary))
    return blocks


# What stands in the same words in every card of a summary is made once.


@lru_cache(maxsize=REMEMBERED)
def _heading(summary: Summary) -> Sequence[Block]:
    return kit.ready(kit.header(summary.title), kit.fine_print(facts.context(summary)))


@lru_cache(maxsize=REMEMBERED)
def _findings(summary: Summary) -> Sequence[Block]:
    return kit.ready(*_marked_findings(summary, None))


def _marked_findings(summary: Summary, marks: kit.Marks | None) -> list[Block]:
    """Bottom line, implications and source note."""
    blocks = [kit.paragraph("Bottom line", summary.bottom_line, marks)] if summary.bottom_line else []
    blocks.append(kit.bullets("Practice implications", summary.implications, marks))
    if summary.note:
        blocks.append(kit.paragraph("Source note", summary.note))
    return blocks


@lru_cache(maxsize=REMEMBERED)
def _buttons(summary_id: str) -> Sequence[kit.Button]:
    return (
        kit.button(ids.READ_STUDY, "Read the study", summary_id),
        kit.button(ids.MORE_LIKE_THIS, "More like this", summary_id),
        kit.button(ids.SHARE, "Share", summary_id),
    )


@lru_cache(maxsize=REMEMBERED)
def footer(summary: Summary) -> Block:
    """Whose summary it is, where the paper is, and how to take it."""
    paper = f" · {link(summary.study.link, 'the paper')}" if summary.study.link else ""
    if len(paper) > LINK_ROOM:
        paper = ""
    line = f"{escape(facts.origin(summary))} · {link(facts.BLOG, 'the blog')}{paper}\n{facts.WEIGH}"
    return kit.ready(kit.fine_markup(line))[0]


@lru_cache(maxsize=REMEMBERED)
def text(summary: Summary, later: Summary | None = None) -> str:
    """A card in words, escaped: for screen readers, notifications and Slack's search."""
    lines = [f"{escape(summary.title)} ({escape(facts.context(summary))})"]
    if summary.bottom_line:
        lines.append(f"Bottom line: {escape(summary.bottom_line)}")
    lines.append("Practice implications:")
    lines += [f"• {escape(implication)}" for implication in summary.implications]
    if summary.note:
        lines.append(f"Source note: {escape(summary.note)}")
    if later:
        lines.append(escape(facts.later(later)))
    lines.append(facts.WEIGH)
    return "\n".join(lines)


def study_view(
    summary: Summary, corpus: Corpus, *, with_buttons: bool = False, after: Sequence[Block] = ()
) -> dict[str, Any]:
    """The modal behind *Read the study*: the whole summary, its figures, its citation. With buttons where no card stands
    beside it. `after` is what stands under it for its reader.
    """
    study = summary.study
    blocks = [kit.header(summary.title), kit.fine_print(facts.context(summary))]
    blocks += [kit.paragraph("The study" if not at else None, part) for at, part in enumerate(_parts(summary.summary))]
    if study.effects:
        blocks += kit.all_bullets("Effect sizes as printed", [facts.effect(effect) for effect in study.effects])
    blocks += kit.all_bullets("Practice implications", summary.implications)
    if summary.note:
        blocks.append(kit.paragraph("Source note", summary.note))
    blocks.append(kit.paragraph("Citation", study.citation or "The blog gives no citation."))
    names = [topic.name for topic_id in summary.topics if (topic := corpus.topic(topic_id))]
    if names:
        blocks.append(kit.fine_print("Topics: " + ", ".join(names)))
    if with_buttons:
        blocks.append(
            kit.buttons(
                kit.button(ids.MORE_LIKE_THIS, "More like this", summary.id), kit.button(ids.SHARE, "Share", summary.id)
            )
        )
    blocks += [footer(summary), *after]
    metadata = json.dumps({"summary": summary.id, "with_buttons": with_buttons})
    return modal(ids.STUDY_VIEW, "The study", kit.dump(blocks), metadata=metadata)


def _parts(text: str) -> list[str]:
    """A long text in pieces that fit a block, cut between sentences."""
    parts = []
    while len(text) > 2_900:
        piece = fit(text, 2_900).removesuffix(" …").removesuffix("…")
        parts.append(piece)
        text = text[len(piece) :].lstrip()
    return [*parts, text]

"""The study's window: how it was done, what was found, limits and source; under it what belongs to its reader."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from slack_sdk.models.blocks import Block

from bot.blocks import card, ids, kit, save
from bot.blocks.body import body_of
from bot.blocks.edit import edit_button
from bot.blocks.modal import modal
from bot.blocks.mrkdwn import escape, link
from bot.blocks.saved import note_label
from bot.corpus.model import Corpus, Summary
from bot.phrases import facts
from bot.store.feedback import Answer, Counts

LABELS = {
    Answer.WILL_USE: "I'll use it",
    Answer.ALREADY: "I already do",
    Answer.DOES_NOT_FIT: "Not for my clients",
    Answer.NOT_CONVINCED: "Not convinced",
}
HOW_COUNTED = (
    "Others see only counts, no names, and only once five people have answered. Your answer does not affect search results."
)
NOT_NOW = "I could not look up what you saved or answered just now. Open *Details* again in a moment."


@dataclass(frozen=True, slots=True)
class ReaderState:
    """What one person did with a summary: saved it, answered, wrote a note. `counts` is None while too few have answered.
    `may_edit`: they are a curator of a library that can be changed.
    """

    saved: bool = False
    answer: Answer | None = None
    counts: Counts | None = None
    note: str | None = None
    may_edit: bool = False


def study_view(summary: Summary, corpus: Corpus, *, listed: bool = False, after: Sequence[Block] = ()) -> dict[str, Any]:
    """Return the window behind *Details*: what was done, what was found, effect sizes, limits and source. `listed`: it is
    opened from a list, so it has what a card would show beside it. `after` is what belongs to its reader.
    """
    blocks = [
        kit.header(summary.title),
        kit.fine_print(facts.checked(facts.context(summary), summary, "authors", "design", "sample")),
        *card.notices(summary),
    ]
    if listed:
        blocks += card.findings(summary)
    elif not kit.fits(summary.implications):  # the card beside it does not show all of them
        blocks += kit.all_bullets("Practice implications", summary.implications)
    blocks += details(summary, corpus)
    if listed:
        buttons = (ids.MORE_LIKE_THIS, "Similar"), (ids.SHARE, "Share")
        blocks.append(kit.buttons(*(kit.button(action_id, label, summary.id) for action_id, label in buttons)))
    metadata = json.dumps({"summary": summary.id, "listed": listed})
    return modal(ids.STUDY_VIEW, "Details", kit.dump([*blocks, *after]), metadata=metadata)


def details(summary: Summary, corpus: Corpus, *, effects: Sequence[Block] | None = None) -> list[Block]:
    """Return what was done, what was found, effect sizes (as a list, or as the blocks given), limits and source."""
    body, limitations = body_of(summary)
    if effects is None and summary.study.effects:
        said = [facts.effect(effect) for effect in summary.study.effects]
        heading = facts.checked("Effect sizes as printed", summary, "effects")
        effects = kit.all_bullets(heading, said, marks=lambda text: [(0, text.index(":"))])
    return [*body, *(effects or []), *limitations, *_source(summary, corpus)]


def _source(summary: Summary, corpus: Corpus) -> list[Block]:
    """Return note, citation with the way to the paper, topics, and whose summary it is."""
    blocks = [kit.paragraph("Note", summary.note)] if summary.note else []
    citation = summary.study.citation or (
        "No citation is given." if summary.is_own else f"{facts.digest(summary)} gives no citation."
    )
    blocks.append(kit.paragraph("Citation", citation, link=facts.paper(summary)))
    names = [topic.name for topic_id in summary.topics if (topic := corpus.topic(topic_id))]
    if names:
        blocks.append(kit.fine_print("Topics: " + ", ".join(names)))
    month = facts.blog_month(summary)
    origin = link(home, month) if (home := facts.home(summary)) else escape(month)
    return [*blocks, kit.fine_markup(f"{escape(facts.origin(summary))} {origin}. {facts.WEIGH}")]


def after_reading(summary: Summary, state: ReaderState | None) -> list[Block]:
    """Return the end of the study's window; without what needs the reader's state where that is not known (None)."""
    wrong = kit.button(ids.WRONG, "Something wrong?", summary.id)
    if state is None:
        return [kit.divider(), kit.prose(NOT_NOW), kit.buttons(wrong)]
    asked = "*Will you use this?*"
    if state.answer:
        asked = f"*Your answer: {LABELS[state.answer]}.* You can change or remove it."
    answers = [
        kit.button(f"{ids.USE}:{answer.value}", label, summary.id, style="primary" if answer is state.answer else None)
        for answer, label in LABELS.items()
    ]
    if state.answer:
        answers.append(kit.button(ids.TAKE_BACK, "Remove answer", summary.id))
    note = kit.button(ids.NOTE, note_label(state.note), summary.id)
    own = [save.button(summary, others=None, saved=state.saved), note, wrong]
    if state.may_edit:
        own.append(edit_button(summary))
    counted = f"{use_line(state.counts)} {HOW_COUNTED}" if state.counts else HOW_COUNTED
    return [kit.divider(), kit.prose(asked), kit.buttons(*answers), kit.fine_print(counted), kit.buttons(*own)]


def use_line(counts: Counts) -> str:
    """The one form in which counts are said to the team."""
    return f"{counts.will_use} of {counts.total} colleagues here will use this."

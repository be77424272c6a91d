"""*Not what you were looking for?*: the form in which a reader names the summary that would have helped."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby
from typing import Any

from slack_sdk.models.blocks import (
    Block,
    InputBlock,
    Option,
    OptionGroup,
    PlainTextInputElement,
    PlainTextObject,
    StaticSelectElement,
)

from bot.blocks import ids, kit, limits
from bot.blocks.modal import modal
from bot.corpus.model import Summary
from bot.text import clean, fit

QUESTION = "Not what you were looking for?"
TITLE = "What should it find?"
SHORTEST, LONGEST = 3, 150
"""Characters of the words."""
MOST = 1_000
"""Summaries in the list, the newest first: Slack takes no larger form."""

CONSENT = (
    "This goes to your curators as a suggestion, with your words, without your name. Nothing is stored before you press "
    "Suggest. Please write nothing about clients."
)
SUGGESTED = (
    "Thank you. The team's curators decide whether these words will find the summary. The suggestion does not say who sent "
    "it."
)
NO_CURATOR = (
    "This library has no curator yet, so there is no one to send it to. Please tell the person who set up PPRNet for "
    "your team. Nothing was stored."
)
WHICH = "Choose the summary that would have helped."
WORDS = "Write a few words."


def suggest_row() -> Block:
    """Return the button under a list, in a row of its own."""
    return kit.buttons(kit.button(ids.SUGGEST, QUESTION, "open"))


def suggest_button() -> kit.Button:
    """Return the button among those of a card: short, since there are five."""
    return kit.button(ids.SUGGEST, "Not it?", "open", said=f"Not it? {QUESTION}")


def suggest_view(summaries: Sequence[Summary], *, curators: bool) -> dict[str, Any]:
    """Return the form. `summaries` are those of the library, newest first; without curators it says what to do instead."""
    if not curators:
        return modal(ids.SUGGEST_VIEW, TITLE, kit.dump([kit.prose(NO_CURATOR)]))
    which = InputBlock(
        block_id=ids.SUGGEST_SUMMARY_BLOCK,
        label=_plain("Which summary would have helped?"),
        element=StaticSelectElement(
            action_id=ids.SUGGEST_SUMMARY, placeholder=_plain("Type to search the titles"), option_groups=_groups(summaries)
        ),
    )
    words = InputBlock(
        block_id=ids.SUGGEST_WORDS_BLOCK,
        label=_plain("What would you type to find it?"),
        element=PlainTextInputElement(action_id=ids.SUGGEST_WORDS, min_length=SHORTEST, max_length=LONGEST),
    )
    return modal(ids.SUGGEST_VIEW, TITLE, kit.dump([which, words, kit.fine_print(CONSENT)]), submit="Suggest")


def _groups(summaries: Sequence[Summary]) -> list[OptionGroup]:
    """Return the summaries by the year of their issue, in groups of as many as Slack allows."""
    found = []
    for year, of_year in groupby(summaries[:MOST], lambda summary: summary.issue[:4]):
        options = [
            Option(value=summary.id, text=_plain(fit(clean(summary.title), limits.OPTION_TEXT))) for summary in of_year
        ]
        for place in range(0, len(options), limits.OPTIONS):
            label = year if not place else f"{year}, continued"
            found.append(OptionGroup(label=_plain(label), options=options[place : place + limits.OPTIONS]))
    return found


def _plain(text: str) -> PlainTextObject:
    return PlainTextObject(text=text, emoji=False)

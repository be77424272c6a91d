"""The search modal: a field for the question, and under it what was found. The words stay in the field, nowhere else."""

from __future__ import annotations

from typing import Any

from slack_sdk.models.blocks import InputBlock, PlainTextInputElement, PlainTextObject

from bot.blocks import ids, kit, notes
from bot.blocks.message import Message
from bot.blocks.modal import modal
from bot.phrases import facts
from bot.text import clean

LONGEST = 300
"""Characters of a question typed into the field."""


def search_view(answer: Message | None = None, *, found: bool = False, question: str | None = None) -> dict[str, Any]:
    """Return the modal, with an answer when there is one; `found`: it shows what was asked for.

    `question` is put into the field: one of the library's own. What a person typed Slack leaves there, as long as the
    field's ids are the same.
    """
    field = InputBlock(
        block_id=ids.SEARCH_BLOCK,
        label=PlainTextObject(text="What would you like to know?", emoji=False),
        element=PlainTextInputElement(
            action_id=ids.QUESTION,
            initial_value=clean(question) if question else None,
            max_length=LONGEST,
            focus_on_load=answer is None,
            placeholder=PlainTextObject(text="For example: why do clients drop out?", emoji=False),
        ),
    )
    if answer is None:
        blocks = kit.dump([field, kit.fine_print(f"{facts.NO_CLIENT_DETAILS} Your question is not stored.")])
    else:
        lead = [kit.fine_print("Found in the library:")] if found else []
        blocks = kit.dump([field, kit.divider(), *lead]) + answer.blocks
    return modal(ids.SEARCH_VIEW, "Search the library", blocks, submit="Search")


def related_view(answer: Message, *, details: bool = False, danger: bool = False) -> dict[str, Any]:
    """Return what the library has on a message in Slack. `details`: something in it looked like client details; `danger`:
    the answer begins with the crisis line, which has nothing beside it.
    """
    if danger:
        return modal(ids.RELATED_VIEW, "Related research", answer.blocks)
    care = f"Only you see this. The message's words are used for this search and not stored. {facts.NO_CLIENT_DETAILS}"
    above = [kit.prose(f"*{notes.DETAILS_IN_MESSAGE}*"), kit.divider()] if details else []
    above.append(kit.fine_print(care))
    below = [kit.divider(), kit.buttons(kit.button(ids.SEARCH, "Search in your own words", "search"))]
    return modal(ids.RELATED_VIEW, "Related research", [*kit.dump(above), *answer.blocks, *kit.dump(below)])

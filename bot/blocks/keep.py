"""The *Save* button: what it carries, and how it changes where it stands."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from bot.blocks import ids, kit
from bot.blocks.message import Message
from bot.corpus.model import Summary

_WHOLE = "="


def save_button(summary: Summary, *, also: Sequence[Summary] | None = (), saved: bool = False) -> kit.Button:
    """*Save*, or *Saved*, which undoes it.

    Its value says whether the message can be built again from the library alone: the card, with the summaries named under it
    (`also`). None: there is more in it, such as a repaired spelling.
    """
    return _button(
        summary.id if also is None else " ".join([summary.id, _WHOLE, *(other.id for other in also)]), saved=saved
    )


def read(value: str) -> tuple[str, tuple[str, ...] | None]:
    """What a *Save* button carries: the summary's id, and the ids of those named under it (None: see `save_button`)."""
    first, *rest = value.split() or [""]
    return first, tuple(rest[1:]) if rest[:1] == [_WHOLE] else None


def settled(message: Message) -> Message:
    """A message to be sent to one person alone. Where something stands above its card, it is not to be built again when
    *Save* is pressed, since that would be lost: a note answers then, and the button stays as it is.
    """
    if not message.blocks or message.blocks[0].get("type") == "header":
        return message

    def change(old: Mapping[str, Any]) -> dict[str, Any]:
        return _button(read(old["value"])[0], saved=False).to_dict()

    return Message(message.text, _with_buttons(_with_buttons(message.blocks, ids.SAVE, change), ids.UNSAVE, change))


def swapped(blocks: Sequence[Mapping[str, Any]], summary: Summary, *, saved: bool) -> kit.Blocks:
    """Blocks as Slack gave them, with the *Save* button of a summary as it is now."""
    new = save_button(summary, saved=saved).to_dict()

    def change(old: Mapping[str, Any]) -> dict[str, Any]:
        return {**new, "value": old["value"]} if read(str(old.get("value")))[0] == summary.id else {}

    return _with_buttons(_with_buttons(blocks, ids.SAVE, change), ids.UNSAVE, change)


def _with_buttons(blocks: Sequence[Mapping[str, Any]], action_id: str, change: Any) -> kit.Blocks:
    """Copies of the blocks, with such buttons made anew; what stands in them else is shared with them."""

    def changed(element: Any) -> Any:
        wanted = isinstance(element, Mapping) and element.get("action_id") == action_id
        return {**element, **change(element)} if wanted else element

    found = []
    for block in blocks:
        elements = block.get("elements")
        found.append({**block, "elements": [changed(element) for element in elements]} if elements else dict(block))
    return found


def _button(value: str, *, saved: bool) -> kit.Button:
    if saved:
        return kit.button(ids.UNSAVE, "Saved", value, said="Saved. Press to remove it from your list")
    return kit.button(ids.SAVE, "Save", value, said="Save for yourself")

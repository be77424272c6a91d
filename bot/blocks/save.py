"""The *Save* button: what its value says, and how the message that it is in shows that the summary is saved.

A message has no `private_metadata`, and of one that a single person sees Slack sends us nothing back but the button that was
pressed. So the value has ids, never words: the summary, and what a plain answer names under its card. Such a message is
built again from the library. Where more is said in it (a corrected spelling, say), the value has the summary alone.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from bot.blocks import ids, kit
from bot.commands.reply import Answer, Reply
from bot.corpus.model import Corpus, Summary

_WHOLE, _FOUND = "=", "=?"
"""One of these follows the summary's id where the value has everything that the message shows; the second where a search
found it.
"""


def button(
    summary: Summary, *, others: Sequence[Summary] | None = (), searched: bool = False, saved: bool = False
) -> kit.Button:
    """*Save*, or *Saved*, which undoes it. `others` are named under the card; None: the message cannot be built again."""
    mark = _FOUND if searched else _WHOLE
    value = summary.id if others is None else " ".join([summary.id, mark, *(other.id for other in others)])
    if saved:
        return kit.button(ids.UNSAVE, "Saved", value, said="Saved. Press to remove it from your list")
    return kit.button(ids.SAVE, "Save", value, said="Save for yourself")


def summary_id(value: str) -> str:
    """The id of the summary that a *Save* button is for."""
    return value.split(maxsplit=1)[0] if value.split() else ""


def reply(value: str, corpus: Corpus) -> Reply | None:
    """Return the reply that a *Save* button is part of; None where its value does not have all of it."""
    first, *rest = value.split() or [""]
    summary = corpus.get(first)
    if summary is None or rest[:1] not in ([_WHOLE], [_FOUND]):
        return None
    others = tuple(other for each in rest[1:] if (other := corpus.get(each)))
    return Reply(Answer(summary, others, corpus.later(summary)), searched=rest[0] == _FOUND)


def with_save_state(blocks: Sequence[Mapping[str, Any]], summary: Summary, *, saved: bool) -> kit.Blocks:
    """Copies of blocks as Slack sent them with a click, in which the *Save* button of a summary is as it is now.

    For a direct message or a modal whose content we cannot know again: all else in it is handed back as it came.
    """
    now = button(summary, saved=saved).to_dict()

    def elements(block: Mapping[str, Any]) -> Iterator[Any]:
        for each in block["elements"]:
            is_save = isinstance(each, Mapping) and each.get("action_id") in (ids.SAVE, ids.UNSAVE)
            if is_save and summary_id(str(each.get("value"))) == summary.id:
                yield {**each, **now, "value": each["value"]}
            else:
                yield each

    return [{**block, "elements": list(elements(block))} if block.get("elements") else dict(block) for block in blocks]

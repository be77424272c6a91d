"""Modals: the frame around blocks, and a message shown in one where there is no channel to answer in."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from bot.blocks import ids, kit, limits
from bot.blocks.message import Message
from bot.text import clean, fit

STACK = 3
"""Modals that Slack shows on top of each other."""


def modal(
    callback_id: str,
    title: str,
    blocks: kit.Blocks,
    *,
    submit: str | None = None,
    close: str | None = None,
    metadata: str = "",
) -> dict[str, Any]:
    """Return a modal. `close` is its own label for closing it; without one, `placed` gives it the label for its place.

    `metadata` (ids only) comes back with every click in it, as `private_metadata`: what its listeners need to know.
    """
    view: dict[str, Any] = {
        "type": "modal",
        "callback_id": callback_id,
        "title": _plain(fit(clean(title), limits.VIEW_TITLE)),
        "blocks": blocks[: limits.BLOCKS_IN_VIEW],
    }
    labels = {"submit": submit, "close": close}
    view |= {name: _plain(label) for name, label in labels.items() if label}
    return view | {"private_metadata": metadata} if metadata else view


def message_view(message: Message, title: str = "PPRNet") -> dict[str, Any]:
    """Return a modal that shows a message."""
    return modal(ids.MESSAGE_VIEW, title, message.blocks)


def placed(view: Mapping[str, Any], depth: int) -> dict[str, Any]:
    """Return the modal as the one at `depth` (1 is the lowest): one that is on top of another leads back to it."""
    return {"close": _plain("Back" if depth > 1 else "Close"), **view}


def metadata_of(view: Mapping[str, Any]) -> dict[str, Any]:
    """Return what a modal's metadata says; empty where it says nothing, or comes from an earlier version."""
    try:
        found = json.loads(view.get("private_metadata") or "{}")
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}


def _plain(text: str) -> dict[str, Any]:
    return {"type": "plain_text", "text": text, "emoji": False}

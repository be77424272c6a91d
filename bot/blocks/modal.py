"""Modals: the frame around blocks, and a message shown in one where there is no channel to answer in."""

from __future__ import annotations

from typing import Any

from bot.blocks import ids, kit, limits
from bot.blocks.message import Message
from bot.text import clean, fit

STACK = 3
"""Modals that Slack shows on top of each other."""


def modal(callback_id: str, title: str, blocks: kit.Blocks, *, submit: str | None = None) -> dict[str, Any]:
    """A modal."""
    view: dict[str, Any] = {
        "type": "modal",
        "callback_id": callback_id,
        "title": _plain(fit(clean(title), limits.VIEW_TITLE)),
        "close": _plain("Close"),
        "blocks": blocks[: limits.BLOCKS_IN_VIEW],
    }
    return view | {"submit": _plain(submit)} if submit else view


def message_view(message: Message, title: str = "PPRNet") -> dict[str, Any]:
    """What would be said in a channel, said in a modal."""
    return modal(ids.MESSAGE_VIEW, title, message.blocks)


def stacked(view: dict[str, Any]) -> dict[str, Any]:
    """The view as it stands on top of another: it leads back instead of closing."""
    closes = (view.get("close") or {}).get("text") == "Close"
    return view | {"close": _plain("Back")} if closes else view


def _plain(text: str) -> dict[str, Any]:
    return {"type": "plain_text", "text": text, "emoji": False}

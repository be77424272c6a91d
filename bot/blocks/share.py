"""Sharing a card: the preview in a modal, and what the sharer is told afterwards."""

from __future__ import annotations

import json
from typing import Any

from bot.blocks import card, ids, kit
from bot.blocks.message import Message, message
from bot.blocks.modal import modal
from bot.corpus.model import Summary


def share_view(
    summary: Summary, channel: str | None, later: Summary | None = None, *, external: bool = False
) -> dict[str, Any]:
    """The preview: where to post (the present channel where there is one), and the card as it will stand there.

    `external`: channels that are shared with other organisations are offered too.
    """
    picker = kit.channel_picker(ids.SHARE_BLOCK, ids.CHANNEL, "Share in", channel, external=external)
    blocks = [
        picker,
        kit.fine_print("This is what the channel will see, with your name under it. Your question is not shown."),
        kit.divider(),
        *card.body(summary, with_buttons=False, later=later),
    ]
    return modal(
        ids.SHARE_VIEW,
        "Share this summary",
        kit.dump(blocks),
        submit="Share",
        close="Cancel",
        metadata=json.dumps({"summary": summary.id, "channel": channel}),
    )


def shared_view(channel: str) -> dict[str, Any]:
    """The same, in the place of a preview that was opened from another modal: there is something to go back to."""
    text = f"Shared in <#{channel}>. A message there that only you see lets you remove it."
    return modal(ids.MESSAGE_VIEW, "Shared", kit.dump([kit.prose(text)]))


def shared(share_id: str, channel: str) -> Message:
    """Told to the sharer alone, with the way back."""
    text = f"Shared in <#{channel}>. Only you see this."
    return message(text, [kit.prose(text, button=kit.button(ids.UNDO_SHARE, "Undo", share_id))])

"""Sharing a card: the preview in a modal, the card in the channel, and the confirmation for the sharer."""

from __future__ import annotations

import json
from typing import Any

from slack_sdk.models.blocks import InputBlock, PlainTextInputElement, PlainTextObject

from bot.blocks import card, ids, kit
from bot.blocks.message import Message, message
from bot.blocks.modal import modal
from bot.blocks.mrkdwn import escape
from bot.corpus.model import Summary

LONGEST = 150
"""Characters of the sharer's own line."""
HOW = "This is what the channel will see, under your name and your line. Your question is not shown."


def share_view(
    summary: Summary, channel: str | None, later: Summary | None = None, *, external: bool = False
) -> dict[str, Any]:
    """Return the preview: where to post (the present channel where there is one), a line of one's own, and the card.

    `external`: channels that are shared with other organisations are offered too.
    """
    picker = kit.channel_picker(ids.SHARE_BLOCK, ids.CHANNEL, "Share in", channel, external=external)
    line = InputBlock(
        block_id=ids.SHARE_LINE_BLOCK,
        label=PlainTextObject(text="Add a line of your own", emoji=False),
        hint=PlainTextObject(text="For example: for Tuesday's supervision. No client details, please.", emoji=False),
        element=PlainTextInputElement(action_id=ids.SHARE_LINE, max_length=LONGEST),
        optional=True,
    )
    blocks = [picker, line, kit.fine_print(HOW), kit.divider(), *card.body(summary, with_buttons=False, later=later)]
    return modal(
        ids.SHARE_VIEW,
        "Share this summary",
        kit.dump(blocks),
        submit="Share",
        close="Cancel",
        metadata=json.dumps({"summary": summary.id, "channel": channel}),
    )


def shared_card(summary: Summary, by: str, line: str, later: Summary | None = None) -> Message:
    """Return the card for the channel, under who shares it (an id) and that person's own line ("" where there is none)."""
    lead = f"shares: {line}" if line else "shares this summary"
    text = f"<@{by}> {escape(lead)}\n{card.text(summary, later)}"
    return message(text, [kit.said_by(by, lead), *card.body(summary, later=later)])


def shared_view(channel: str) -> dict[str, Any]:
    """Return what takes the place of a preview that was opened from another modal: there is something to go back to."""
    text = f"Shared in <#{channel}>. A message there that only you see lets you remove it."
    return modal(ids.MESSAGE_VIEW, "Shared", kit.dump([kit.prose(text)]))


def shared(share_id: str, channel: str) -> Message:
    """Return the confirmation that only the sharer sees, with *Undo*."""
    text = f"Shared in <#{channel}>. Only you see this."
    return message(text, [kit.prose(text, button=kit.button(ids.UNDO_SHARE, "Undo", share_id))])

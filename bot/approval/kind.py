"""What the outbox must know of the direct messages that show a draft to a curator."""

from __future__ import annotations

from bot.outbox.kinds import Kind

DRAFT = "draft"
PREVIEW = "preview"
"""The kind of the line above a preview. Its `key` is the draft's version that is previewed."""


def draft_kind() -> Kind:
    """Return the kind of these messages: they are edited in the conversation in which Slack put them."""
    return Kind(DRAFT, keeps_place=True)


def preview_kind() -> Kind:
    """Return the kind of the lines above previews: each is sent as an answer, and recorded to be edited later."""
    return Kind(PREVIEW, keeps_place=True)

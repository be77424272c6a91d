"""What the outbox must know of the direct messages that show a draft to a curator."""

from __future__ import annotations

from bot.outbox.kinds import Kind

DRAFT = "draft"


def draft_kind() -> Kind:
    """Return the kind of these messages: they are edited in the conversation in which Slack put them."""
    return Kind(DRAFT, keeps_place=True)

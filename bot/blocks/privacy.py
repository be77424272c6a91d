"""`privacy`: what is stored, with the way to see and delete it."""

from __future__ import annotations

from bot.blocks import ids, kit
from bot.blocks.message import Parts
from bot.commands import privacy as words


def privacy() -> Parts:
    """Say what is stored and what is not."""
    text = "\n".join([f"*{words.TITLE}*", *(f"• {line}" for line in words.LINES)])
    see = kit.button(ids.FORGET_ASK, "See or delete what is stored about me", "forget")
    return text, [kit.prose(text), kit.buttons(see)]

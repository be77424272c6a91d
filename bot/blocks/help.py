"""What the bot says about itself: how to ask, every command, and what is stored."""

from __future__ import annotations

from bot.blocks import ids, kit
from bot.blocks.message import Parts
from bot.commands import help as words
from bot.phrases import facts


def help(coverage: str) -> Parts:
    """Say what the bot does and how to ask: what fits on a phone's screen."""
    examples, care = words.first_lines(), f"{facts.NO_CLIENT_DETAILS} {words.CARE}"
    blocks = [
        kit.prose(f"*{words.LEAD}*\n" + "\n".join(f"• {example}" for example in examples)),
        kit.fine_print(f"{coverage} {words.ONLY_THESE}"),
        kit.fine_print(care),
        kit.buttons(kit.button(ids.LATEST, "Show the latest", "latest"), kit.button(ids.HELP_MORE, "All commands", "more")),
    ]
    return "\n".join([words.LEAD, *examples, f"{coverage} {words.ONLY_THESE}", care]), blocks


def more_help() -> Parts:
    """List every command by what it is for."""
    parts = [f"*{title}*\n" + "\n".join(f"• {line}" for line in lines) for title, lines in words.all_lines().items()]
    return "\n".join([*parts, words.IN_PUBLIC]), [*(kit.prose(part) for part in parts), kit.fine_markup(words.IN_PUBLIC)]

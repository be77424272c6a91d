"""What is said above results about the question itself."""

from __future__ import annotations

from bot.blocks import kit
from bot.blocks.message import Parts
from bot.blocks.mrkdwn import escape
from bot.blocks.reader import Reader
from bot.commands.reply import Heading
from bot.text import fit


def heading(found: Heading, reader: Reader) -> Parts:
    """How the spelling was corrected, and which words of the question filter the results; the text ends with a new line."""
    text, blocks = "", [kit.fine_print(line) for line in found.filters]
    if corrected := fit(found.replacements if reader.public else found.corrected, 300):
        text = f"Showing results for {escape(corrected)}\n"
        blocks.insert(0, kit.fine_markup(f"Showing results for *{escape(corrected)}*"))
    return text + "".join(f"{escape(line)}\n" for line in found.filters), blocks

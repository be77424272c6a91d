"""What curators read about faults in the library's files."""

from __future__ import annotations

from collections.abc import Sequence

from bot.blocks import kit
from bot.blocks.message import Message, message
from bot.blocks.mrkdwn import escape
from bot.blocks.notes import note
from bot.corpus.faults import Fault
from bot.text import clean, fit, plural

LINES = 10
LONGEST = 250
"""Characters of one fault."""
MENDED = "The library's files have no faults any more, so I use them as they are now."


def faults_message(faults: Sequence[Fault]) -> Message:
    """Return the direct message about the faults that the library's files have now; without any, that they are mended."""
    if not faults:
        return note(MENDED)
    lead = (
        f"*The library's files have {plural(len(faults), 'fault')}.* I keep answering from the last version without faults, "
        "so nothing that was changed since is shown yet."
    )
    lines = [_line(fault) for fault in faults[:LINES]]
    if len(faults) > LINES:
        lines.append(f"… and {len(faults) - LINES} more: pprnet check lists them all")
    end = "I'll write here when they are mended."
    blocks = [kit.prose(lead), kit.bullets(None, lines), kit.prose(end)]
    return message("\n".join([lead, *(f"• {escape(line)}" for line in lines), end]), blocks)


def _line(fault: Fault) -> str:
    place = f"{fault.file}, line {fault.line}" if fault.line else fault.file
    said = f"{fault.path}: {fault.problem}" if fault.path else fault.problem
    return fit(clean(f"{place}: {said}"), LONGEST)

"""What curators read about faults in the library's files, and about notices on its papers."""

from __future__ import annotations

from collections.abc import Sequence

from bot.blocks import ids, kit
from bot.blocks.message import Message, message
from bot.blocks.mrkdwn import escape, escape_within, link
from bot.blocks.notes import note
from bot.corpus.faults import Fault
from bot.corpus.model import Notice, Summary
from bot.phrases import facts
from bot.text import clean, fit, plural

LINES = 10
LONGEST = 250
"""Characters of one fault."""
MENDED = "The library's files have no more faults, so I am using them as they are now."


def faults_message(faults: Sequence[Fault]) -> Message:
    """Return the direct message about the faults that the library's files have now; without any, that they are mended."""
    if not faults:
        return note(MENDED)
    lead = (
        f"*The library's files have {plural(len(faults), 'fault')}.* I keep answering from the last version without faults, "
        "so later changes are not shown yet."
    )
    lines = [_line(fault) for fault in faults[:LINES]]
    if len(faults) > LINES:
        lines.append(f"… and {len(faults) - LINES} more: pprnet check lists them all")
    end = f"I'll write here once {'it is' if len(faults) == 1 else 'they are'} fixed."
    blocks = [kit.prose(lead), kit.bullets(None, lines), kit.prose(end)]
    return message("\n".join([lead, *(f"• {escape(line)}" for line in lines), end]), blocks)


def notices_message(summaries: Sequence[Summary], came: Sequence[Notice], went: Sequence[Notice], source: str) -> Message:
    """Return the direct message about a paper whose notices have changed. `source`: the host that says so."""
    said = [f"*{what}* ({link(address, which)})" for what, which, address in facts.named_notices(came)]
    gone = [f"*{what}* ({link(address, which)})" for what, which, address in facts.named_notices(went)]
    lines = [f"There is a notice on a paper in the library: {', '.join(said)}."] if said else []
    lines += [f"No longer listed for a paper in the library: {', '.join(gone)}."] if gone else []
    end = f"Its card now says so, also where its month was posted. Source: {source}, by the paper's DOI."
    shown = summaries[:LINES]
    blocks = [kit.prose("\n".join(lines)), kit.bullets(None, [f"{each.title} ({facts.byline(each)})" for each in shown])]
    details = [kit.button(f"{ids.READ_STUDY}:{each.id}", "Details", each.id) for each in shown[:3]]
    blocks += [kit.buttons(*details), kit.fine_print(end)]
    return message("\n".join([*lines, *(f"• {escape(each.title)}" for each in shown), escape(end)]), blocks)


def notices_alarm(trouble: str) -> Message:
    """Return the message to curators after the papers could not be checked several times in a row."""
    return note(
        f"I can no longer check the library's papers for retractions and corrections: {escape_within(trouble, 300)}. "
        "I'll keep trying, less often. The person who runs the bot can find out more."
    )


def _line(fault: Fault) -> str:
    place = f"{fault.file}, line {fault.line}" if fault.line else fault.file
    within = fault.path.partition(".")[2] if fault.entry else fault.path
    said = ": ".join(filter(None, (fault.entry, within, fault.problem)))
    return fit(clean(f"{place}: {said}"), LONGEST)

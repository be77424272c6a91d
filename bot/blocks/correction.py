"""The reply in a month's thread that says what was corrected in a card, and when."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date
from typing import Any

from bot.blocks import kit
from bot.blocks.message import Message, message
from bot.blocks.mrkdwn import escape, escape_within
from bot.corpus.model import Summary
from bot.phrases import facts

TITLE = 200
"""Characters of a title."""
_NOTICES = tuple(f"{what} (" for what in facts.NOTICE.values())
_LABELLED = re.compile(r"([A-Z][^:“”•]{2,40}): ")


def correction(day: date, summary: Summary, before: Mapping[str, Any], after: Mapping[str, Any]) -> Message | None:
    """Return the reply about a summary's card that was changed on a day, from one text to another; None where no reader
    sees a difference.
    """
    was, now = _parts(str(before["text"])), _parts(str(after["text"]))
    changed = [part for part in {**now, **was} if was.get(part) != now.get(part)]
    if not changed:
        return None
    lead = f"Corrected on {day.day} {day:%b}"
    what = changed[0] if len(changed) == 1 else f"{', '.join(changed[:-1])} and {changed[-1]}"
    about = f"{what} of “{{}}”. The card above has the new text."
    said = f"{lead}: {about.format(escape_within(summary.title, TITLE))}"
    return message(said, [kit.paragraph(lead, about.format(summary.title[:TITLE]), inline=True)])


def _parts(text: str) -> dict[str, str]:
    """Return what a card's text (`bot.blocks.card.text`) says, by what a reader calls it."""
    first, *lines = text.replace(f" ({facts.READ})", "").split("\n")
    title, bracket, brief = first.rpartition(" (")
    parts = {"title": title if bracket else first, "facts of the study": brief}
    for line in lines:
        if line.startswith("• "):
            parts["practice implications"] = f"{parts.get('practice implications', '')}{line}\n"
        elif line.startswith(_NOTICES):
            parts["notices on the paper"] = f"{parts.get('notices on the paper', '')}{line}\n"
        elif found := _LABELLED.match(line):
            label = found[1].casefold()
            parts["bottom line" if label == escape(facts.QUOTED).casefold() else label] = line
    return parts

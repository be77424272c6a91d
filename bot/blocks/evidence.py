"""Printed effect sizes as a message: the table in words, and what stands beside a picture."""

from __future__ import annotations

from slack_sdk.models.blocks import Block

from bot.blocks import kit
from bot.blocks.message import Parts
from bot.blocks.mrkdwn import escape
from bot.evidence import words
from bot.evidence.table import Evidence, within
from bot.phrases import facts
from bot.text import fit, plural

FOLLOWS = "A picture for your slides is on its way to your direct messages."
NO_PICTURE = "The picture could not be sent just now. The table above has the same figures."
NO_FILES = (
    "Slack does not let me send pictures here. The person who set up PPRNet can allow it. The table above has the same "
    "figures."
)
MOST_LINES = 40
"""Figures in one message."""
CAPTION = 2_800
"""Characters beside a picture."""


def effect_sizes(evidence: Evidence, *, picture_follows: bool = False) -> Parts:
    """Every figure with its study, or that none is stated. `picture_follows`: one is sent to the asker's direct messages."""
    if not evidence.count:
        return _none_stated(evidence)
    shown, left_out = within(evidence, MOST_LINES)
    lead = f"*{escape(evidence.title)}*\n{escape(words.lead(evidence))}"
    blocks: list[Block] = [kit.prose(lead)]
    lines = [lead]
    for heading, figures in words.groups(shown):
        blocks += kit.all_bullets(heading, figures)
        lines += [escape(heading), *(f"• {escape(figure)}" for figure in figures)]
    notes = [words.CAREFUL]
    if left_out:
        notes.insert(0, f"{plural(sum(left_out.values()), 'figure')} more: ask with narrower words to see them.")
    if evidence.unstated:
        notes.insert(0, f"{words.NONE_STATED}: {fit(words.names(evidence.unstated), 1_000)}.")
    blocks += [kit.fine_print(note) for note in [*notes, *([FOLLOWS] if picture_follows else [])]]
    return "\n".join([*lines, *map(escape, notes)]), blocks


def _none_stated(evidence: Evidence) -> Parts:
    """Summaries fit, but none of them states an effect size."""
    about = f" on {escape(evidence.subject)}" if evidence.subject else ""
    if not evidence.unstated:
        text = f"The library has nothing{about} yet."
        return text, [kit.prose(text)]
    text = f"No summary{about} states an effect size. That says nothing about how strong a finding is."
    names = f"{plural(len(evidence.unstated), 'summary')}: {fit(words.names(evidence.unstated), 1_000)}"
    return f"{text}\n{escape(names)}", [kit.prose(text), kit.fine_print(names)]


def caption(evidence: Evidence) -> str:
    """The words beside the picture (mrkdwn), with the figures that its description had no room for."""
    text = f"*{escape(evidence.title)}*\n{escape(words.lead(evidence))} {facts.WEIGH_ALL}"
    _, rest = words.alt_text(evidence)
    for place, line in enumerate(["Not in the picture's description:", *(f"• {line}" for line in rest)] if rest else ()):
        if len(text) + len(line) > CAPTION:
            return f"{text}\n• … and {len(rest) - place + 1} more."
        text += f"\n{escape(line)}"
    return text

"""Printed effect sizes as a message: the table in words, and the words beside a picture."""

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
MOST_LINES = 30
"""Figures about the subject in one message; the picture has the first of them."""
MOST_OTHERS = 20
"""Figures about something else in one message."""


def effect_sizes(evidence: Evidence, *, picture_follows: bool = False) -> Parts:
    """Every figure with its study, or that none is stated: first those about the subject, then the others.

    `picture_follows`: a picture is sent to the asker's direct messages.
    """
    if not evidence.count and not evidence.others:
        return _none_stated(evidence)
    shown = within(evidence, MOST_LINES)
    lead = f"*{escape(evidence.title)}*\n{escape(words.lead(evidence))}"
    blocks: list[Block] = [kit.prose(lead)]
    lines = [lead]
    for name, studies in words.panels(shown):
        blocks.append(kit.prose(f"*{escape(name)}*"))
        lines.append(escape(name))
        for heading, figures in studies:
            blocks += kit.all_bullets(heading, figures)
            lines += [escape(heading), *(f"• {escape(figure)}" for figure in figures)]
    if more := evidence.count - shown.count:
        blocks.append(kit.fine_print(f"{plural(more, 'figure')} more: ask more specifically to see them."))
    other_lines, other_blocks = _others(evidence)
    notes = [words.CAREFUL]
    if evidence.unstated:
        notes.insert(0, f"{words.none_stated(evidence.unstated)}: {fit(words.names(evidence.unstated), 1_000)}.")
    small = [kit.fine_print(note) for note in [*notes, *([FOLLOWS] if picture_follows else [])]]
    return "\n".join([*lines, *other_lines, *map(escape, notes)]), [*blocks, *other_blocks, *small]


def _others(evidence: Evidence) -> tuple[list[str], list[Block]]:
    """The figures of these studies that are about something else."""
    if not evidence.others:
        return [], []
    title, room = words.others_title(evidence), MOST_OTHERS
    lines, blocks = [escape(title)], [kit.divider(), kit.prose(f"*{escape(title)}*")]
    for heading, figures in words.others(evidence):
        some = figures[:room]
        room -= len(some)
        if some:
            blocks += kit.all_bullets(heading, some)
            lines += [escape(heading), *(f"• {escape(figure)}" for figure in some)]
    if left := sum(len(figures) for _, figures in words.others(evidence)) - MOST_OTHERS + room:
        blocks.append(kit.fine_print(f"… and {plural(left, 'figure')} more."))
    return lines, blocks


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
    """The words beside the picture (mrkdwn): what is in it and from where, in two lines."""
    return f"*{escape(words.drawn_title(evidence))}*\n{escape(words.lead(evidence))} {facts.WEIGH_ALL}"

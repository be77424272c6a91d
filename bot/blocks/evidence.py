"""Printed effect sizes as a message: the table in words, and the words beside a picture."""

from __future__ import annotations

from slack_sdk.models.blocks import Block

from bot.blocks import kit, tables
from bot.blocks.message import Parts
from bot.blocks.mrkdwn import escape
from bot.blocks.reader import Reader
from bot.corpus.model import Effect
from bot.evidence import words
from bot.evidence.table import Evidence, label, within
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
ROOM, OTHER_ROOM = 7_000, 3_000
"""Characters of the table, and of the figures about something else: together what one message takes."""


def effect_sizes(evidence: Evidence, reader: Reader) -> Parts:
    """Every figure with its study, or that none is stated: those about the subject in a table, then the others."""
    if not evidence.count and not evidence.others:
        return _none_stated(evidence)
    lead = f"*{escape(evidence.title)}*\n{escape(words.lead(evidence))}"
    shown = within(evidence, MOST_LINES)
    table = tables.within(figures(shown), ROOM)
    blocks: list[Block] = [kit.prose(lead)]
    if table.rows:
        blocks += tables.listed(table) if reader.in_modal else [tables.block(table)]
    if more := evidence.count - len(table.rows):
        blocks.append(kit.fine_print(f"{plural(more, 'figure')} more: ask more specifically to see them."))
    lines = [lead]
    for name, studies in words.panels(shown):
        lines.append(escape(name))
        for heading, said in studies:
            lines += [escape(heading), *(f"• {escape(figure)}" for figure in said)]
    other_lines, other_blocks = _others(evidence)
    notes = [words.CAREFUL]
    if evidence.unstated:
        notes.insert(0, f"{words.none_stated(evidence.unstated)}: {fit(words.names(evidence.unstated), 1_000)}.")
    small = [kit.fine_print(note) for note in [*notes, *([FOLLOWS] if reader.picture_follows else [])]]
    return "\n".join([*lines, *other_lines, *map(escape, notes)]), [*blocks, *other_blocks, *small]


def figures(evidence: Evidence) -> tables.Table:
    """Return a row for each figure, measure by measure. What a study is, is said in its first row. p values and numbers of
    studies have a column where one is printed.
    """
    printed = [(panel, each.summary, effect) for panel, each in evidence.studies() for effect in each.effects]
    probability = any(effect.p for *_, effect in printed)
    pooled = any(_pooled(effect) for *_, effect in printed)
    names = ["Study", "What was measured", "Kind and measure", "Value", "95% interval"]
    names += ["p"] * probability + ["Studies"] * pooled
    rows, seen = [], set[str]()
    for panel, summary, effect in printed:
        study = label(summary) if summary.id in seen else words.heading(summary)
        seen.add(summary.id)
        row = [fit(study, 300), fit(effect.what, 300), panel.name, words.bare_value(effect), words.interval(effect)]
        row += [effect.p or ""] * probability + [_pooled(effect)] * pooled
        rows.append(tuple(row))
    return tables.Table(tuple(names), tuple(rows))


def _pooled(effect: Effect) -> str:
    return f"{effect.k:,}" if effect.k and effect.k > 1 else ""


def _others(evidence: Evidence) -> tuple[list[str], list[Block]]:
    """The figures of these studies that are about something else, as lists: a message has one table."""
    if not evidence.others:
        return [], []
    title, room, left = words.others_title(evidence), OTHER_ROOM, sum(len(each.effects) for each in evidence.others)
    lines, blocks = [escape(title)], [kit.divider(), kit.prose(f"*{escape(title)}*")]
    shown = 0
    for heading, said in words.others(evidence):
        some = []
        for figure in said:
            room -= len(figure)
            if room >= 0 and shown < MOST_OTHERS:
                some.append(figure)
                shown += 1
        if some:
            blocks += kit.all_bullets(heading, some)
            lines += [escape(heading), *(f"• {escape(figure)}" for figure in some)]
    if left > shown:
        blocks.append(kit.fine_print(f"… and {plural(left - shown, 'figure')} more."))
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

"""Summaries side by side: the same few facts of each, as printed, with nothing worked out and no winner."""

from __future__ import annotations

from slack_sdk.models.blocks import Block

from bot.blocks import kit, lists
from bot.blocks.heading import heading
from bot.blocks.message import Parts
from bot.blocks.mrkdwn import escape
from bot.blocks.reader import Reader
from bot.commands.reply import Compared
from bot.corpus.model import Summary
from bot.phrases import facts
from bot.text import fit, plural

READ = "Read from the text by rule: check before you rely on it."
EFFECTS = 3
"""Effect sizes shown of each summary; *Show*, then *Details* has them all."""


def comparison(found: Compared, reader: Reader) -> Parts:
    """Two or more summaries side by side."""
    lead = f"{plural(found.count, 'study')} on this, compared"
    head, above = heading(found.heading, reader)
    blocks: list[Block] = [*above, kit.prose(f"*{lead}*"), kit.fine_print(facts.COMPARED_HOW)]
    lines = [f"{head}{lead}. {facts.COMPARED_HOW}"]
    for design, group in found.groups:
        name = facts.design_name(design)
        blocks += [kit.divider(), kit.prose(f"*{escape(name)}*")]
        for summary in group:
            blocks += _one(summary)
            said = escape(fit(facts.bottom_line(summary)[1], 300))
            lines.append(f"{escape(name)}: {escape(summary.title)}. {said}".strip())
    blocks += [
        kit.divider(),
        kit.fine_print(facts.NOT_COMPARABLE),
        kit.fine_print(f"{facts.WEIGH_ALL} {facts.NO_CLIENT_DETAILS}"),
    ]
    return "\n".join([*lines, facts.NOT_COMPARABLE]), blocks


def _one(summary: Summary) -> list[Block]:
    """One summary: title, dates and sample with its *Show* button, bottom line, effect sizes."""
    effects = [fit(facts.effect(effect), 200) for effect in summary.study.effects]
    if len(effects) > EFFECTS:
        effects[EFFECTS:] = [f"… and {len(effects) - EFFECTS} more: press “Show”, then “Details”"]
    return [
        *lists.rows([summary], with_design=False),
        kit.paragraph(None, facts.bottom_line(summary)[1] or facts.no_bottom_line(summary)),
        kit.bullets(None, effects) if effects else kit.fine_print(facts.no_effects(summary)),
        *([kit.fine_print(READ)] if any(map(summary.sentences, ("design", "sample", "effects"))) else []),
    ]

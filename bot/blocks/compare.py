"""Summaries side by side: the same few facts of each, as printed, with nothing worked out and no winner."""

from __future__ import annotations

from slack_sdk.models.blocks import Block

from bot.blocks import answer, card, kit
from bot.blocks.message import Message, message
from bot.blocks.mrkdwn import escape
from bot.corpus.model import Summary
from bot.phrases import facts
from bot.search.compare import Comparison
from bot.text import fit, plural

EFFECTS = 3
"""Effect sizes shown of each summary; *Show*, then *Read the study* has them all."""
WHICH = "Compare what? Type a question after it, for example `/pprnet compare video therapy`."


def comparison(found: Comparison) -> Message:
    """Two or more summaries side by side."""
    summaries = found.summaries
    lead = f"{plural(len(summaries), 'summary')} that answer this, side by side"
    blocks: list[Block] = [*answer.correction(found.result), kit.prose(f"*{lead}*"), kit.fine_print(facts.COMPARED_HOW)]
    lines = [f"{answer.corrected_text(found.result)}{lead}. {facts.COMPARED_HOW}"]
    for design, group in found.groups:
        name = facts.design_name(design)
        blocks += [kit.divider(), kit.prose(f"*{escape(name)}*")]
        for summary in group:
            blocks += _one(summary)
            lines.append(f"{escape(name)}: {escape(summary.title)}. {escape(fit(summary.bottom_line or '', 300))}".strip())
    blocks += [
        kit.divider(),
        kit.fine_print(facts.NOT_COMPARABLE),
        kit.fine_print(f"{facts.WEIGH_ALL} {facts.NO_CLIENT_DETAILS}"),
    ]
    return message("\n".join([*lines, facts.NOT_COMPARABLE]), blocks)


def only_one(found: Comparison, later: Summary | None, marks: kit.Marks | None) -> Message:
    """A single answer, with its card."""
    [summary] = found.summaries
    shown = [*card.body(summary, marks=marks, later=later), *answer.bold_explained(summary, marks)]
    blocks = [*answer.correction(found.result), kit.prose(f"*{facts.ONLY_ONE}*"), *shown]
    return message(f"{answer.corrected_text(found.result)}{facts.ONLY_ONE}\n{card.text(summary, later)}", blocks)


def _one(summary: Summary) -> list[Block]:
    """One summary: title, dates and sample with its *Show* button, bottom line, effect sizes."""
    effects = [fit(facts.effect(effect), 200) for effect in summary.study.effects]
    if len(effects) > EFFECTS:
        effects[EFFECTS:] = [f"… and {len(effects) - EFFECTS} more: press “Show”, then “Read the study”"]
    return [
        *answer.rows([summary], with_design=False),
        kit.paragraph(None, summary.bottom_line or "Bottom line not stated."),
        kit.bullets(None, effects) if effects else kit.fine_print("No effect size stated."),
    ]

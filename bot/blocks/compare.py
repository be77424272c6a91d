"""Summaries side by side: the same few facts of each, as printed, with nothing worked out and no winner."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from slack_sdk.models.blocks import Block

from bot.blocks import ids, kit, limits, tables
from bot.blocks.heading import heading
from bot.blocks.message import Parts
from bot.blocks.mrkdwn import escape, escape_within
from bot.blocks.reader import Reader
from bot.commands.reply import Compared
from bot.corpus.model import Summary
from bot.evidence.table import label
from bot.phrases import facts
from bot.text import fit, plural

READ = "What was read from a text by rule is marked: check before you rely on it."
UNREAD = "could not be read from the text"
"""In place of what an original may state all the same."""
COLUMNS = ("Study", "Bottom line", "Effect sizes as printed", "Design", "Numbers")
SHORTEST = 80
"""Characters of a study in the message's text."""
EFFECTS = 3
"""Effect sizes shown of each summary; *Show*, then *Details* has them all."""


def comparison(found: Compared, reader: Reader) -> Parts:
    """Two or more summaries in a table, a row for each, and under it a button for each that shows its card."""
    summaries = [summary for _, group in found.groups for summary in group]
    lead = f"{plural(found.count, 'study')} on this, compared"
    head, above = heading(found.heading, reader)
    table = tables.Table(COLUMNS, tuple(map(_row, summaries)))
    blocks: list[Block] = [*above, kit.prose(f"*{lead}*"), kit.fine_print(facts.COMPARED_HOW)]
    blocks += tables.listed(table) if reader.in_modal else [tables.block(table)]
    blocks.append(kit.buttons(*_buttons(summaries)))
    notes = [facts.NOT_COMPARABLE, f"{facts.WEIGH_ALL} {facts.NO_CLIENT_DETAILS}"]
    if any(summary.sentences(name) for summary in summaries for name in ("design", "sample", "effects")):
        notes.insert(0, READ)
    first = f"{head}{lead}. {facts.COMPARED_HOW}"
    room = limits.PLAIN_TEXT - len(first) - len(facts.NOT_COMPARABLE)
    each = max(SHORTEST, room // len(summaries) - 1)
    said = [escape_within(line, each) for line in tables.lines(table)]
    return "\n".join([first, *said, escape(facts.NOT_COMPARABLE)]), [*blocks, *map(kit.fine_print, notes)]


def _row(summary: Summary) -> tables.Row:
    """One summary: its title with paper and month, its bottom line, its effect sizes, its design and whom it counted."""
    effects = [fit(facts.effect(effect), 200) for effect in summary.study.effects]
    if len(effects) > EFFECTS:
        effects[EFFECTS:] = [f"… and {len(effects) - EFFECTS} more: press “Show”, then “Details”"]
    paper = label(summary).removeprefix(summary.title).lstrip(", ")
    return (
        f"{fit(summary.title, 300)}\n{fit(' · '.join([paper, facts.published(summary)]), 200)}",
        fit(facts.bottom_line(summary)[1], 600) or facts.no_bottom_line(summary),
        _stated(summary, "\n".join(effects), "effects") if effects else facts.no_effects(summary),
        _stated(summary, facts.design(summary), "design"),
        _stated(summary, facts.sample(summary), "sample"),
    )


def _stated(summary: Summary, fact: str, field: str) -> str:
    return facts.checked(fact or (tables.NOT_STATED if summary.text == "digest" else UNREAD), summary, field)


def _buttons(summaries: Sequence[Summary]) -> list[kit.Button]:
    """Return a button for each that names its study, by the title where two are cited alike."""
    names = [label(summary) for summary in summaries]
    cited = Counter(names)
    return [
        kit.button(
            f"{ids.SHOW}:{summary.id}",
            f"Show {name if cited[name] == 1 else summary.title}",
            summary.id,
            said=f"Show: {summary.title}",
        )
        for summary, name in zip(summaries, names, strict=True)
    ]

"""What curators see on Home, and the list of thin summaries behind it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from slack_sdk.models.blocks import Block

from bot.asks.thin import Thin
from bot.blocks import ids, kit, limits, lists, review_asks, usage
from bot.blocks.modal import modal
from bot.blocks.mrkdwn import escape, escape_within, moment
from bot.corpus.model import Corpus, month_name
from bot.phrases import facts
from bot.store.drafts import ON_HOLD, Draft
from bot.store.feedback import SHOWN_FROM, Counts
from bot.store.sources import SourceStatus
from bot.text import plural

DRAFTS = 3
"""Months that wait for a curator that Home shows."""
USEFUL = 3
"""Summaries with the team's answers that it shows."""
ROWS = min(60, limits.BLOCKS_IN_VIEW - 2)
"""Summaries in the list of gaps."""
CURATORS_ONLY = "Only curators can see this. To become one, ask the person who set up PPRNet for your team."
NONE_THIN = "Every summary has a bottom line and search words."
NONE_THIN_FOUND = "Every summary has a bottom line and search words, and its own title finds it."


@dataclass(frozen=True, slots=True)
class Curating:
    """What curators see: the months that wait for them, how many suggestions do, what is thin in the library, what the team
    answered in this `quarter`, whether every month waits, and the state of the blog check (None: the blog is not checked).
    """

    months: tuple[Draft, ...] = ()
    suggestions: int = 0
    thin: Thin | None = None
    quarter: usage.Quarter | None = None
    useful: tuple[Counts, ...] = ()
    approval: bool = True
    check: SourceStatus | None = None


def waiting(curating: Curating) -> list[Block]:
    """Return the months and suggestions that wait for a curator's decision."""
    if not (curating.months or curating.suggestions):
        return []
    blocks: list[Block] = [kit.prose("*Waiting for your decision*")]
    for draft in curating.months[:DRAFTS]:
        reasons = " ".join(escape(reason) for reason in draft.reasons)
        on_hold = f"Put on hold by <@{draft.decided_by}>." if draft.decided_by else f"On hold: {reasons}"
        state = on_hold if draft.state == ON_HOLD else "It is complete."
        count = plural(len(draft.values["summaries"]), "summary")
        if draft.is_addition:
            count, state = f"{plural(len(draft.reasons), 'more summary')} on the blog", f"{reasons}."
        name = month_name(draft.month)
        if draft.is_own:
            name = facts.own_month(draft.month)
        if draft.is_own or draft.is_shared:
            state = on_hold if draft.decided_by else "Not posted yet."
        review = kit.button(f"{ids.DRAFT}:{draft.key}", "Review", draft.key, said=f"Review: {name}")
        blocks.append(kit.prose(f"{name}: {count}. {state}", button=review))
    if len(curating.months) > DRAFTS:
        blocks.append(kit.fine_print(f"… and {len(curating.months) - DRAFTS} more, in my messages to you."))
    if curating.suggestions:
        blocks.append(review_asks.waiting_row(curating.suggestions))
    return blocks


def for_curators(curating: Curating, corpus: Corpus) -> list[Block]:
    """Return what is thin, what the team found useful, and how months come in."""
    approval = (
        "Approval is on: each new month waits until one of you approves it."
        if curating.approval
        else "Approval is off: a complete month is posted automatically. If anything is unclear, it waits for one of you."
    )
    lines = [approval, *_check_lines(curating.check)]
    return [
        kit.prose("*For curators*"),
        *_thin(curating.thin),
        *_useful(curating, corpus),
        kit.prose("\n".join(f"• {line}" for line in lines)),
        kit.prose("A study that the blog does not have?", button=kit.button(ids.OWN_WRITE, "Add a summary", "open")),
    ]


def thin_view(thin: Thin, corpus: Corpus) -> dict[str, Any]:
    """Return the list of thin summaries, those that lack most first, the newer first among equals."""
    found = [(summary, lacks) for summary in corpus if (lacks := thin.lacks(summary.id))]
    found.sort(key=lambda pair: -len(pair[1]))
    rows: list[Block] = [
        kit.prose(
            f"{escape_within(summary.title, 300)}\n_{'; '.join(lacks)} · {month_name(summary.issue, short=True)}_",
            button=lists.read(summary),
        )
        for summary, lacks in found[:ROWS]
    ]
    if len(found) > ROWS:
        rows.append(kit.fine_print(f"… and {len(found) - ROWS:,} more."))
    if not rows:
        rows.append(kit.prose(NONE_THIN_FOUND if thin.not_found is not None else NONE_THIN))
    return modal(ids.THIN_VIEW, "Gaps in the library", kit.dump(rows))


def _thin(thin: Thin | None) -> list[Block]:
    if thin is None:
        return []
    count = len(thin.not_found or ())
    kinds = ((thin.no_bottom_line, "a bottom line"), (thin.no_asks, "search words"))
    parts = [f"{len(which):,} without {what}" for which, what in kinds if which]
    parts += [f"{count:,} not found by {'its own title' if count == 1 else 'their own titles'}"] if count else []
    if not parts:
        return [kit.prose(NONE_THIN_FOUND if thin.not_found is not None else NONE_THIN)]
    show = kit.button(ids.THIN, "Show them", "thin", said="Show them: the summaries with gaps")
    return [kit.prose(f"Gaps in the library: {', '.join(parts)}.", button=show)]


def _useful(curating: Curating, corpus: Corpus) -> list[Block]:
    if curating.quarter is None:
        return []
    lines = usage.lines(curating.useful, corpus)
    lead = "Found useful this quarter:"
    if lines:
        more = [f"• … and {len(lines) - USEFUL} more"] if len(lines) > USEFUL else []
        text = "\n".join([lead, *lines[:USEFUL], *more])
    else:
        text = f"{lead} no summary has {SHOWN_FROM} answers yet."
    show = kit.button(
        f"{ids.QUARTER}:now", "By quarter", str(curating.quarter), said="By quarter: what the team finds useful"
    )
    return [kit.prose(text, button=show)]


def _check_lines(check: SourceStatus | None) -> list[str]:
    if check is None:
        return ["I do not check the blog: new months are added as files."]
    after = f" Next check: {moment(check.next_at)}." if check.next_at else ""
    if check.checked_at is None:
        return [f"I check the blog for new months; the first check is still to come.{after}"]
    lines = [f"Last blog check: {moment(check.checked_at)}.{after}"]
    if check.trouble:
        good = f" The last successful check: {moment(check.succeeded_at)}." if check.succeeded_at else ""
        times = f", {check.failures} times in a row" if check.failures > 1 else ""
        lines.append(f"*I could not read it{times}:* {escape_within(check.trouble, 300)}.{good}")
    return lines

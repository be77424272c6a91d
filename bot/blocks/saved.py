"""What a person has saved: the list, and what a click on *Save* is told where the card itself stays as it is."""

from __future__ import annotations

from slack_sdk.models.blocks import Block

from bot.blocks import ids, kit
from bot.blocks.message import Message, message
from bot.blocks.mrkdwn import escape, escape_within
from bot.corpus.model import Corpus, Summary
from bot.phrases import facts
from bot.store.saves import SavedPage
from bot.text import clean, fit, plural

PAGE = 8
"""Saved summaries on one page of the list."""

NOTHING_SAVED = "You have saved nothing yet. Press *Save* under a summary and it waits for you here. Only you see this list."
REMOVED = "Removed from your saved summaries."
PRIVATE = (
    "That is between you and me. Type it as a command, `/pprnet saved` or `/pprnet log`, or write it to me directly: then "
    "only you see the answer."
)


def saved_list(page: SavedPage, corpus: Corpus) -> Message:
    """A page of a person's saved summaries, newest first."""
    if not page.count:
        return message(NOTHING_SAVED, [kit.prose(NOTHING_SAVED)])
    shown = [(summary_id, corpus.get(summary_id)) for summary_id in page.summary_ids]
    last = page.start + len(shown)
    where = f" ({page.start + 1} to {last})" if page.count > len(shown) else ""
    lead = f"You have saved {plural(page.count, 'summary')}{where}, newest first. Only you see this list."
    blocks: list[Block] = [kit.prose(f"*{lead}*")]
    for summary_id, summary in shown:
        blocks += _row(summary_id, summary, page.start)
    turns = turn_buttons(ids.SAVED_PAGE, page.start, last, page.count, PAGE)
    if turns:
        blocks.append(kit.buttons(*turns))
    titles = [f"• {escape(summary.title) if summary else facts.NO_LONGER_HERE}" for _, summary in shown]
    return message("\n".join([lead, *titles]), blocks)


def turn_buttons(action_id: str, start: int, last: int, count: int, size: int) -> list[kit.Button]:
    """The buttons that lead to the pages before and after."""
    turns = []
    if start:
        turns.append(kit.button(f"{action_id}:later", "Newer", str(max(0, start - size))))
    if last < count:
        turns.append(kit.button(f"{action_id}:earlier", "Older", str(last)))
    return turns


def now_saved(summary: Summary, *, new: bool) -> Message:
    """Told to the person alone, where the card is seen by others too or cannot be built again."""
    title = escape(fit(clean(summary.title), 200))
    lead = f"{'Saved' if new else 'You have already saved this'}: *{title}*"
    text = f"{lead}\nOnly you see this. `/pprnet saved` lists what you keep."
    return message(text, [kit.prose(text, button=kit.button(ids.REMOVE, "Remove", summary.id))])


def _row(summary_id: str, summary: Summary | None, start: int) -> list[Block]:
    remove = kit.button(
        f"{ids.UNSAVE}:{summary_id}",
        "Remove",
        f"{summary_id} {start}",
        said=f"Remove: {summary.title}" if summary else "Remove",
    )
    if summary is None:
        return [kit.prose(facts.NO_LONGER_HERE), kit.buttons(remove)]
    line = f"{escape_within(summary.title, 300)}\n_{escape_within(facts.context(summary), 240).replace('_', ' ')}_"
    show = kit.button(f"{ids.SHOW}:{summary_id}", "Show", summary_id, said=f"Show: {summary.title}")
    return [kit.prose(line), kit.buttons(show, remove)]

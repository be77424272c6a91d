"""Journal clubs: what the asker is shown before anything is posted, what is posted in the channel, and the forms."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import date
from typing import Any

from slack_sdk.models.blocks import Block, DatePickerElement, InputBlock, PlainTextObject

from bot.blocks import card as cards
from bot.blocks import ids, kit, lists, subscribing
from bot.blocks.heading import heading
from bot.blocks.message import Message, Parts, message
from bot.blocks.modal import modal
from bot.blocks.mrkdwn import escape_within, link
from bot.blocks.notes import note, sentence
from bot.blocks.reader import Reader
from bot.clubs.questions import questions as questions_for
from bot.clubs.rules import MOST, Reminder
from bot.commands.reply import ClubChoices
from bot.corpus.model import Summary
from bot.dates import said
from bot.phrases import facts
from bot.store.clubs import CANCELLED, Club
from bot.text import clean, fit

WHICH = "Which study? Say it in a few words: `/pprnet journal-club alliance rupture on 3 Dec`."
HOW = "`/pprnet journal-club alliance rupture on 3 Dec` plans one. I'll show you the study and the date before I post it."
NONE = f"No journal club is planned in this channel. {HOW}"
SHARED = (
    "This channel is shared with another organisation, so journal clubs are not posted here. Please use another channel."
)
GONE = "That journal club is no longer planned. `/pprnet journal-club` shows what is."
CHANGED = "Someone else just changed this. `/pprnet journal-club` shows how it is now."
FULL = f"{MOST} journal clubs are planned in this channel, which is as many as I can list. Cancel one first."
INVITE = "I am not in this channel yet. Type `/invite @PPRNet` here, then press the button again. Nothing is planned yet."
ARCHIVED = "This channel is archived, so I cannot post here. Nothing is planned."
NO_POSTING = "Slack does not let me post in this channel. Ask its owner, or use another. Nothing is planned."
SOON = "I am planning it. A message will appear in the channel in a moment. If it doesn't, please plan it again."
CHOOSE_DAY = "Please choose a day."
SAME_DAY = "It is already on that day. Choose another, or close this window."
_A_SUMMARY = "a summary that is no longer in the library"


# -- for the asker alone ----------------------------------------------------------------------------------------------


def choices(found: ClubChoices, reader: Reader) -> Parts:
    """List the summaries that may be meant, each with a button that plans it (or asks for the day). Nothing is posted."""
    day = found.day
    lead = f"Journal club here on {said(day)}?" if day else "A journal club here: on which study, and on which day?"
    sure = "Only you see this; nothing is posted yet."
    if found.loosely:
        sure = f"Nothing in the library answers these words directly; these are loosely related. {sure}"
    label, action = ("Plan it", ids.CLUB_PLAN) if day else ("Choose the day", ids.CLUB_CHOOSE)
    head, above = heading(found.heading, reader)
    blocks: list[Block] = [*above, kit.prose(f"*{lead}*\n{sure}")]
    for summary in found.summaries:
        value = f"{summary.id} {day.isoformat()}" if day else summary.id
        button = kit.button(f"{action}:{summary.id}", label, value, said=f"{label}: {summary.title}")
        blocks.append(kit.prose(lists.line(summary), button=button))
    then = _then(found.reminders) if day else _then(None)
    blocks.append(kit.fine_print(then))
    return f"{head}{lead}\n{lists.titles(found.summaries)}\n{sure} {then}", blocks


def _then(reminders: Sequence[date] | None) -> str:
    """Say what planning does."""
    if reminders is None:
        when = "reminders a week and a day before"
    elif reminders:
        when = ("reminders on " if len(reminders) > 1 else "a reminder on ") + " and ".join(map(said, reminders))
    else:
        when = "no reminder, because it is so soon"
    return (
        "What I'll post in this channel: the summary with its citation, five questions that fit the study, "
        f"{when}, and one question the day after."
    )


def already(club: Club) -> Message:
    """Return the reply to someone who plans what is planned already."""
    return note(
        f"This is already planned here for {said(club.day)}, by {_who(club.by)}. To move it, type `/pprnet journal-club`."
    )


def planned(club: Club) -> Message:
    """Return the reply to the person who planned a club."""
    return note(f"Planned for {said(club.day)}. To move or cancel it, type `/pprnet journal-club` here.")


def refused(code: str) -> Message:
    """Return the reply to someone who plans a club where the bot may not post; `code` is Slack's."""
    return note(subscribing.refused(code, INVITE, ARCHIVED, NO_POSTING))


def listed(found: Sequence[tuple[Club, Summary | None]]) -> Parts:
    """List the channel's clubs, each with *Move* and *Cancel*."""
    if not found:
        return sentence(NONE)
    lead = "Journal clubs planned in this channel"
    blocks: list[Block] = [kit.prose(f"*{lead}*")]
    lines = []
    for club, summary in found:
        day, title = said(club.day), escape_within(_title(summary), 300)
        lines.append(f"{day}: {title}, planned by {_who(club.by)}")
        blocks.append(kit.prose(f"*{day}*\n{title}\nPlanned by {_who(club.by)}"))
        value = f"{club.id} {club.day.isoformat()}"
        question = f"I'll cancel the journal club on {day} and say so in its thread. There will be no more reminders."
        blocks.append(
            kit.buttons(
                kit.button(f"{ids.CLUB_MOVE}:{club.id}", "Move", value, said=f"Move the one on {day}"),
                kit.button(
                    f"{ids.CLUB_CANCEL}:{club.id}",
                    "Cancel",
                    value,
                    said=f"Cancel the one on {day}",
                    confirm=kit.confirm("Cancel it?", question, "Cancel the club", "Keep it"),
                ),
            )
        )
    blocks.append(kit.fine_markup(HOW))
    return "\n".join([f"{lead}:", *lines, HOW]), blocks


def to_come(found: Sequence[tuple[Club, Summary | None, str | None]], more: int, *, for_curator: bool) -> list[Block]:
    """Return the upcoming clubs on someone's Home, each with the address of its thread (None: not known): their own, or, for
    a curator, all. `more`: how many are not shown.
    """
    blocks: list[Block] = [kit.prose("*Upcoming journal clubs*" if for_curator else "*Journal clubs you planned*")]
    for club, summary, address in found:
        by = f", planned by {_who(club.by)}" if for_curator else ""
        thread = f" {link(address, 'Open its thread')}" if address else ""
        title = escape_within(_title(summary), 300)
        blocks.append(kit.prose(f"*{said(club.day)}* in <#{club.channel}>{by}.{thread}\n{title}"))
    left = f"… and {more} more, later. " if more else ""
    return [*blocks, kit.fine_markup(f"{left}To move or cancel one, type `/pprnet journal-club` in its channel.")]


# -- the forms --------------------------------------------------------------------------------------------------------


def plan_view(summary: Summary, channel: str, day: date) -> dict[str, Any]:
    """Asks for the day of a club on a summary; `day` is offered."""
    metadata = {"summary": summary.id, "channel": channel}
    lead = f"{escape_within(summary.title, 300)}\nI'll post it in <#{channel}>."
    return _day_view(
        ids.CLUB_PLAN_VIEW, "Journal club", "Plan it", metadata, day, [kit.prose(lead), kit.fine_print(_then(None))]
    )


def move_view(club: Club, summary: Summary | None) -> dict[str, Any]:
    """Asks for another day."""
    metadata = {"club": club.id, "day": club.day.isoformat()}
    lead = f"{escape_within(_title(summary), 300)}\nNow on {said(club.day)}."
    then = "The message in the channel will show the new day, and its thread will say so. The reminders move with it."
    return _day_view(
        ids.CLUB_MOVE_VIEW, "Move the club", "Move it", metadata, club.day, [kit.prose(lead), kit.fine_print(then)]
    )


def _day_view(
    callback_id: str, title: str, submit: str, metadata: dict[str, str], day: date, above: Sequence[Block]
) -> dict[str, Any]:
    field = InputBlock(
        block_id=ids.CLUB_DAY_BLOCK,
        label=PlainTextObject(text="Day", emoji=False),
        element=DatePickerElement(action_id=ids.CLUB_DAY, initial_date=day.isoformat()),
    )
    return modal(callback_id, title, kit.dump([*above, field]), submit=submit, metadata=json.dumps(metadata))


def moved_to(club: Club) -> Message:
    """Return the reply to the person who moved a club."""
    return note(f"Moved to {said(club.day)}. The message in the channel will say so in a moment.")


def is_cancelled(club: Club) -> Message:
    """Return the reply to the person who cancelled a club."""
    return note(f"The journal club on {said(club.day)} is cancelled. The message in the channel will say so in a moment.")


# -- in the channel ---------------------------------------------------------------------------------------------------


def opening(club: Club, summary: Summary | None) -> Message:
    """Announce a club, its day and its study: the message that its thread belongs to."""
    lead, title = f"Journal club on {said(club.day)}", escape_within(_title(summary), 600)
    if club.state == CANCELLED:
        cancelled = "It is cancelled."
        return message(f"{cancelled} {lead}: {title}", [kit.prose(f"~{lead}~\n{title}"), kit.fine_print(cancelled)])
    how = f"Planned by {_who(club.by)}. The summary and five questions are in the thread. "
    how += "To move or cancel it, type `/pprnet journal-club` here."
    blocks: list[Block] = [kit.prose(f"*{lead}*\n{title}")]
    if summary:
        blocks.append(kit.fine_print(facts.context(summary)))
    return message(f"{lead}: {title}\n{how}", [*blocks, kit.fine_markup(how)])


def card(summary: Summary) -> Message:
    """Show the summary, with its citation."""
    citation = summary.study.citation or "The blog gives no citation."
    blocks = [*cards.body(summary), kit.paragraph("Citation", citation)]
    return message(f"{cards.text(summary)}\nCitation: {escape_within(citation, 1_000)}", blocks)


def questions(summary: Summary) -> Message:
    """Ask the five questions that fit the study's design."""
    design = summary.study.design
    lead = f"Five questions ({facts.design_name(design, capital=False)})"
    asked = questions_for(design)
    lines = [f"{number}. {question}" for number, question in enumerate(asked, 1)]
    care = "Please talk about the study and your own practice, not about clients whom others could recognise."
    return message(
        "\n".join([f"{lead}:", *lines, care]), [kit.prose("\n".join([f"*{lead}*", *lines])), kit.fine_print(care)]
    )


def reminder(what: Reminder, club: Club, summary: Summary | None, left: int) -> Message:
    """Remind of a club `left` days before it, or ask the question after it."""
    title = escape_within(_title(summary), 300)
    if what is Reminder.AFTER:
        lead = "What will we do differently?"
        rest = (
            f"The journal club on {said(club.day)} was about: {title}. If you met, write here one thing that you will try, "
            "keep doing or stop, and when you will review it. No client details, please."
        )
    else:
        lead = f"Journal club {_soon(left)}"
        rest = f"{said(club.day)}: {title}. The summary and five questions are in its thread."
    return message(f"{lead} {rest}" if what is Reminder.AFTER else f"{lead}. {rest}", [kit.prose(f"*{lead}*\n{rest}")])


def moved(club: Club, before: date, by: str, summary: Summary | None) -> Message:
    """Says in the thread that a club has another day."""
    lead, title = f"The journal club on {said(before)} has been moved to", escape_within(_title(summary), 300)
    return message(
        f"{lead} {said(club.day)}, by <@{by}>.\n{title}", [kit.prose(f"{lead} *{said(club.day)}*, by <@{by}>.\n{title}")]
    )


def cancelled(club: Club, by: str, summary: Summary | None) -> Message:
    """Says in the thread that a club is cancelled."""
    text = f"The journal club on {said(club.day)} has been cancelled by <@{by}>.\n{escape_within(_title(summary), 300)}"
    return message(text, [kit.prose(text)])


def _soon(left: int) -> str:
    if left == 7:
        return "in a week"
    return "today" if left == 0 else "tomorrow" if left == 1 else f"in {left} days"


def _title(summary: Summary | None) -> str:
    return fit(clean(summary.title), 300) if summary else _A_SUMMARY


def _who(by: str | None) -> str:
    return f"<@{by}>" if by else "a colleague"

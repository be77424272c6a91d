"""`/pprnet journal-club`: shown to the asker first, planned by a button, moved and cancelled from the list."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

from slack_bolt.async_app import AsyncAck, AsyncApp

from bot import dates
from bot.blocks import club as words
from bot.blocks import ids, notes
from bot.blocks.message import Message
from bot.blocks.modal import message_view, metadata_of
from bot.clubs.planning import FullError
from bot.clubs.rules import MOST, new_id, reminders
from bot.commands.reply import ClubChoices, ClubList, Content, Note, Reply
from bot.commands.results import heading_of, nothing_found
from bot.corpus.model import Summary
from bot.listeners import views
from bot.listeners.asked import Asked
from bot.listeners.buttons import named, open_view, respond
from bot.listeners.incoming import entered
from bot.listeners.services import Services
from bot.listeners.time_limits import soon
from bot.search.result import Outcome
from bot.store.clubs import PLANNED, Club

SHOWN = 3
"""Summaries among which the asker chooses."""
AHEAD = 14
"""Days from today that are offered where no day was said."""


def register(app: AsyncApp) -> None:
    """Listen for the buttons and the forms."""
    app.action(re.compile(rf"^{ids.CLUB_PLAN}:"))(plan)
    app.action(re.compile(rf"^{ids.CLUB_CHOOSE}:"))(choose)
    app.view(ids.CLUB_PLAN_VIEW)(plan_on)
    app.action(re.compile(rf"^{ids.CLUB_MOVE}:"))(move)
    app.view(ids.CLUB_MOVE_VIEW)(move_to)
    app.action(re.compile(rf"^{ids.CLUB_CANCEL}:"))(cancel)


async def plan(services: Services, ack: AsyncAck, body: Mapping[str, Any], action: Mapping[str, Any]) -> None:
    await ack()
    summary_id, _, day = str(action.get("value")).partition(" ")
    try:
        chosen = dates.check(date.fromisoformat(day), services.workspace.here().date())
    except (ValueError, dates.DayError) as error:
        why = str(error) if isinstance(error, dates.DayError) else words.CHOOSE_DAY
        await respond(services, body, notes.note(why))
        return
    message, done = await _plan(services, _channel(body), summary_id, chosen, _person(body))
    await respond(services, body, message, replace=done)


async def choose(services: Services, ack: AsyncAck, body: Mapping[str, Any], action: Mapping[str, Any]) -> None:
    await ack()
    if (summary := await named(services, body, action.get("value"))) is None:
        return
    offered = services.workspace.here().date() + timedelta(days=AHEAD)
    await open_view(services, body, words.plan_view(summary, _channel(body), offered))


async def plan_on(services: Services, ack: AsyncAck, body: Mapping[str, Any], view: Mapping[str, Any]) -> None:
    asked = metadata_of(view)
    if (day := await _day_in(services, ack, body, view)) is None:
        return
    channel, summary_id = str(asked.get("channel")), str(asked.get("summary"))
    message, _ = await _plan(services, channel, summary_id, day, _person(body))
    await views.answer_form(ack, view, message_view(message, "Journal club"))


async def move(services: Services, ack: AsyncAck, body: Mapping[str, Any], action: Mapping[str, Any]) -> None:
    await ack()
    if (found := await _as_seen(services, body, action)) is not None:
        await open_view(services, body, words.move_view(found, services.engine.corpus.get(found.summary_id)))


async def move_to(services: Services, ack: AsyncAck, body: Mapping[str, Any], view: Mapping[str, Any]) -> None:
    asked = metadata_of(view)
    if (day := await _day_in(services, ack, body, view)) is None:
        return
    if day.isoformat() == asked.get("day"):
        await views.refuse(ack, ids.CLUB_DAY_BLOCK, words.SAME_DAY)
        return
    moved = await _move(services, str(asked.get("club")), str(asked.get("day")), day, _person(body))
    answer = words.moved_to(moved) if moved else notes.note(words.CHANGED)
    await views.answer_form(ack, view, message_view(answer, "Journal club"))


async def cancel(services: Services, ack: AsyncAck, body: Mapping[str, Any], action: Mapping[str, Any]) -> None:
    await ack()
    if (found := await _as_seen(services, body, action)) is None:
        return
    done = await services.posts.clubs.cancel(services.engine.corpus, found, _person(body))
    services.posts.woken.set()
    await respond(services, body, words.is_cancelled(found) if done else notes.note(words.CHANGED), replace=done)


async def handle(services: Services, asked: Asked) -> Reply:
    """Propose a journal club, or list those that are planned, to the asker alone."""
    return Reply(await _shown(services, asked.argument, asked.parsed.day, asked.channel))


async def _shown(services: Services, study: str, day: date | None, channel: str) -> Content:
    if services.workspace.shared.is_closed(channel):
        return Note(words.SHARED)
    corpus = services.engine.corpus
    if not study:
        if day:
            return Note(words.WHICH)
        clubs = await services.posts.clubs.planned(services.team, channel, services.workspace.here().date())
        return ClubList(tuple((club, corpus.get(club.summary_id)) for club in clubs[:MOST]))
    reminded = _reminders(services, channel, day)
    if exact := corpus.get(study.lower()):
        return ClubChoices((exact,), day, reminded)
    result = services.engine.search(study)
    heading = heading_of(result, study)
    if result.outcome in (Outcome.NOTHING, Outcome.HELP):
        return nothing_found(services.engine, result)
    found = tuple(hit.summary for hit in result.hits[:SHOWN])
    return ClubChoices(found, day, reminded, result.outcome is Outcome.RELATED, heading)


def _reminders(services: Services, channel: str, day: date | None) -> tuple[date, ...]:
    if day is None:
        return ()
    now = services.workspace.here()
    return tuple(reminders(Club("", "", channel, "", day, now.timestamp()), now, services.workspace.post_hour))


async def _plan(services: Services, channel: str, summary_id: str, day: date, user: str) -> tuple[Message, bool]:
    """Plan a club; return the reply, and whether the buttons have done their work."""
    summary = services.engine.corpus.get(summary_id)
    if summary is None:
        return notes.note(notes.GONE), False
    if services.workspace.shared.is_closed(channel):
        return notes.note(words.SHARED), False
    return await soon(_post(services, channel, summary, day, user), (notes.note(words.SOON), True))


async def _post(services: Services, channel: str, summary: Summary, day: date, user: str) -> tuple[Message, bool]:
    now = services.workspace.here()
    club = Club(new_id(), services.team, channel, summary.id, day, now.timestamp(), user)
    try:
        planned, posted = await services.posts.clubs.plan(club, summary, now.date())
    except FullError:
        return notes.note(words.FULL), False
    services.posts.woken.set()  # its thread, too
    if planned.id != club.id:
        return words.already(planned), True
    if posted is not None and posted.state in ("cancelled", "failed"):
        return words.refused(posted.error or ""), False
    return (words.planned(club) if posted and posted.state == "sent" else notes.note(words.SOON)), True


async def _move(services: Services, club_id: str, was: str, day: date, user: str) -> Club | None:
    """Move a club from the day that someone saw, and return it; None where it is no longer planned for that day."""
    found = await services.posts.clubs.get(services.team, club_id)
    if found is None or found.state != PLANNED or found.day.isoformat() != was:
        return None
    moved = await services.posts.clubs.move(services.engine.corpus, found, day, user, services.workspace.here())
    services.posts.woken.set()
    return moved


async def _as_seen(services: Services, body: Mapping[str, Any], action: Mapping[str, Any]) -> Club | None:
    """Return the club of a button, if it is as the list showed it; else say so to the person who pressed and return None."""
    club_id, _, day = str(action.get("value")).partition(" ")
    found = await services.posts.clubs.get(services.team, club_id)
    if found is None or found.state != PLANNED or found.channel != _channel(body):
        await respond(services, body, notes.note(words.GONE))
        return None
    if found.day.isoformat() != day:
        await respond(services, body, notes.note(words.CHANGED))
        return None
    return found


async def _day_in(services: Services, ack: AsyncAck, body: Mapping[str, Any], view: Mapping[str, Any]) -> date | None:
    """The day that was chosen in a form; None where it will not do: then the form stays, with a sentence."""
    if not services.slack.seal.holds(view, _person(body)):
        await views.refuse(ack, ids.CLUB_DAY_BLOCK, notes.OPEN_AGAIN)
        return None
    chosen = entered(view, ids.CLUB_DAY_BLOCK, ids.CLUB_DAY).get("selected_date")
    try:
        return dates.check(date.fromisoformat(str(chosen)), services.workspace.here().date())
    except dates.DayError as error:
        await views.refuse(ack, ids.CLUB_DAY_BLOCK, str(error))
    except ValueError:
        await views.refuse(ack, ids.CLUB_DAY_BLOCK, words.CHOOSE_DAY)
    return None


def _channel(body: Mapping[str, Any]) -> str:
    return str((body.get("channel") or {}).get("id") or "")


def _person(body: Mapping[str, Any]) -> str:
    return str(body["user"]["id"])

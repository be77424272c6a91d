"""`@PPRNet WORDS` in a channel, answered in the thread, and direct messages, answered in place."""

from __future__ import annotations

import contextlib
import hashlib
import logging
from collections.abc import Mapping
from typing import Any

from slack_bolt.async_app import AsyncApp
from slack_bolt.response import BoltResponse

from bot.blocks import notes
from bot.blocks.message import Message
from bot.blocks.reader import Reader
from bot.blocks.render import render
from bot.commands.parse import Parsed
from bot.commands.reply import Note, Reply
from bot.commands.table import Name, Place
from bot.evidence.table import Evidence
from bot.listeners.asked import Asked
from bot.listeners.dispatch import handle, read
from bot.listeners.evidence import draw
from bot.listeners.evidence import send as send_picture
from bot.listeners.guard import answer_once
from bot.listeners.incoming import is_from_person, typed
from bot.listeners.reader import reader_of
from bot.listeners.services import Services
from bot.outbox.transport import PostOutcome, Refused, Sent
from bot.slack.slack_connect import is_from_outside, is_shared
from bot.store.claims import MENTION
from bot.store.errors import OutOfReachError

log = logging.getLogger(__name__)

DIRECT = "direct"
"""The thread of a direct message that is outside any thread."""


def register(app: AsyncApp, services: Services) -> None:
    """Listen for mentions and direct messages. No other message is read."""

    @app.event("app_mention")
    async def mentioned(body: Mapping[str, Any], event: Mapping[str, Any]) -> BoltResponse:
        if not _is_answerable(event, services):
            return BoltResponse(status=200, body="")
        thread = str(event.get("thread_ts") or event["ts"])
        return await _answer(services, body, event, thread=thread, reply_in=thread)

    @app.event("message")
    async def said(body: Mapping[str, Any], event: Mapping[str, Any]) -> BoltResponse:
        if event.get("channel_type") != "im" or not _is_answerable(event, services):
            return BoltResponse(status=200, body="")
        thread = event.get("thread_ts")
        return await _answer(services, body, event, thread=str(thread or DIRECT), reply_in=str(thread) if thread else None)


def mention_key(channel: str, ts: str) -> str:
    """Return the key by which a mention is answered once. Slack sends an edited one as an event of another name."""
    return f"{MENTION}:{hashlib.sha256(f'{channel}:{ts}'.encode()).hexdigest()[:32]}"


def _is_answerable(event: Mapping[str, Any], services: Services) -> bool:
    return bool(event.get("channel") and event.get("ts")) and is_from_person(event, services.workspace.identity)


async def _answer(
    services: Services, body: Mapping[str, Any], event: Mapping[str, Any], *, thread: str, reply_in: str | None
) -> BoltResponse:
    channel, user = str(event["channel"]), str(event.get("user"))
    direct = channel.startswith("D")
    # A direct message is remembered under the person's id, so that it can be found when they want to be forgotten.
    place = user if direct else channel
    details = False
    key = f"event:{body.get('event_id') or event['ts']}" if direct else mention_key(channel, str(event["ts"]))

    outsider, allowed = is_from_outside(body, services.workspace.identity), services.workspace.shared.allowed
    closed = not allowed and (outsider or is_shared(body))
    # A person of another organisation is answered, where at all, for their eyes only.
    apart = (closed or outsider) and not direct
    private = apart
    shown: list[tuple[Evidence, bytes]] = []  # the picture, where one was asked for and drawn

    async def build() -> Message:
        nonlocal details, private
        parsed = read(services, typed(event.get("text")), Place.DIRECT if direct else Place.MENTION)
        if closed:
            refusal = Reply(Note(notes.OUTSIDER if outsider else notes.SHARED_CHANNEL), danger=parsed.danger)
            return render(refusal, Reader(crisis_line=services.workspace.crisis_line))
        # Outside a thread a direct message is a question of its own, but "more" still means the last answer.
        about = None
        if thread != DIRECT or parsed.name is Name.MORE:
            about = await _summary_of_thread(services, parsed, place, thread, in_channel=not direct)
        reply = await handle(services, Asked(parsed, user, channel, about))
        if isinstance(reply, Message):
            return reply
        details = reply.details and not reply.danger
        private = apart or (reply.is_private and not direct)
        if private and not apart:
            return render(reply, await reader_of(services, reply, channel, user, ephemeral=True))
        if about := reply.about or reply.listed:
            with contextlib.suppress(OutOfReachError):  # a later "more" finds nothing then
                await services.stores.memory.set_summary_of_thread(place, thread, about)
        if reply.picture and not apart and (picture := await draw(services, reply.picture)):
            shown.append((reply.picture, picture))
        return render(reply, await reader_of(services, reply, channel, user if direct else None, ephemeral=apart))

    async def send(message: Message) -> PostOutcome:
        for evidence, picture in shown:
            outcome = await send_picture(services, evidence, picture, channel, thread_ts=reply_in)
            if not isinstance(outcome, Refused):
                return outcome
        if private:
            asked_in = event.get("thread_ts")
            whisper = services.slack.whisper
            return await whisper(channel, user, message.payload(), thread_ts=asked_in)
        return await services.slack.say(channel, message.payload(), thread_ts=reply_in)

    async def send_and_remind(message: Message) -> PostOutcome:
        outcome = await send(message)
        if details and not direct and isinstance(outcome, Sent):
            await _remind(services, channel, user, reply_in)
        return outcome

    return await answer_once(services, key, build, send_and_remind)


async def _summary_of_thread(services: Services, parsed: Parsed, place: str, thread: str, *, in_channel: bool) -> str | None:
    """Return the id of the summary that a thread in `place` is about. Where the database is out of reach there is none, but
    for a reply that needs one: then OutOfReachError is raised.
    """
    try:
        about = await services.stores.memory.summary_of_thread(place, thread)
        if about is None and in_channel:
            about = await services.posts.clubs.summary_of_thread(services.team, place, thread)
    except OutOfReachError:
        if parsed.name is Name.MORE:
            raise
        return None
    return about


async def _remind(services: Services, channel: str, user: str, thread: str | None) -> None:
    """Remind the asker alone that client details do not belong here. The answer is posted, so a failure is only logged."""
    reminder = notes.note(notes.DETAILS_IN_CHANNEL).payload()
    outcome = await services.slack.whisper(channel, user, reminder, thread_ts=thread)
    if not isinstance(outcome, Sent):
        log.warning("the asker could not be reminded (%s)", outcome.code)

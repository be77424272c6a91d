"""`@PPRNet WORDS` in a channel, answered in the thread, and direct messages, answered in place."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from typing import Any

import aiohttp
from slack_bolt.async_app import AsyncApp
from slack_bolt.response import BoltResponse
from slack_sdk.errors import SlackApiError

from bot import conversation
from bot.blocks import notes
from bot.blocks.message import Message
from bot.listeners.guard import answer_once
from bot.listeners.incoming import is_from_person, typed
from bot.listeners.services import Services
from bot.publishing.outcome import PostOutcome, Sent
from bot.slack_api import error_code

log = logging.getLogger(__name__)

DIRECT = "direct"
"""Stands for the thread of messages outside threads in a direct message."""


def register(app: AsyncApp, services: Services) -> None:
    """Listen for mentions and direct messages. Anything else that is said is not looked at."""

    @app.event("app_mention")
    async def mentioned(body: Mapping[str, Any], event: Mapping[str, Any]) -> BoltResponse:
        if not is_from_person(event, services.identity):
            return BoltResponse(status=200, body="")
        thread = str(event.get("thread_ts") or event["ts"])
        return await _answer(services, body, event, thread=thread, reply_in=thread)

    @app.event("message")
    async def said(body: Mapping[str, Any], event: Mapping[str, Any]) -> BoltResponse:
        if event.get("channel_type") != "im" or not is_from_person(event, services.identity):
            return BoltResponse(status=200, body="")
        thread = event.get("thread_ts")
        return await _answer(services, body, event, thread=str(thread or DIRECT), reply_in=str(thread) if thread else None)


async def _answer(
    services: Services, body: Mapping[str, Any], event: Mapping[str, Any], *, thread: str, reply_in: str | None
) -> BoltResponse:
    channel = str(event["channel"])
    direct = channel.startswith("D")
    details = False
    key = f"event:{body.get('event_id') or channel + ':' + str(event.get('ts'))}"

    async def build() -> Message:
        nonlocal details
        words = typed(event.get("text"))
        # Outside a thread a direct message stands for itself, but "more" still means the last answer.
        about = await services.memory.thread_is_about(channel, thread)
        if thread == DIRECT and words.casefold().strip(" .!?") not in conversation.FOLLOW_UPS:
            about = None
        reply = conversation.reply(words, services.engine, about=about, public=not direct)
        details = reply.details
        if reply.summary_id:
            await services.memory.set_thread(channel, thread, reply.summary_id)
        return reply.message

    async def send(message: Message) -> PostOutcome:
        outcome = await services.slack.post(channel, message.payload(), thread_ts=reply_in)
        if details and not direct and isinstance(outcome, Sent):
            await _remind(services, channel, str(event["user"]), reply_in)
        return outcome

    return await answer_once(services, key, build, send)


async def _remind(services: Services, channel: str, user: str, thread: str | None) -> None:
    """Tell the asker alone that client details do not belong here. The answer stands, so a failure is only logged."""
    message = notes.note(notes.DETAILS_IN_CHANNEL)
    try:
        await services.slack.once.chat_postEphemeral(channel=channel, user=user, thread_ts=thread, **message.payload())
    except (SlackApiError, aiohttp.ClientError, TimeoutError) as error:
        log.warning("the asker could not be reminded (%s)", error_code(error))

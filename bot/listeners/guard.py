"""What every listener relies on: each event answered once, and failures that are said kindly and logged without any text."""

from __future__ import annotations

import contextlib
import logging
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from slack_bolt.async_app import AsyncApp
from slack_bolt.error import BoltUnhandledRequestError
from slack_bolt.response import BoltResponse

from bot.blocks import notes
from bot.blocks.message import Message
from bot.blocks.modal import message_view, placed
from bot.errors import UserError
from bot.failures import log_failure
from bot.listeners import views
from bot.listeners.services import Services
from bot.outbox.transport import Cause, PostOutcome, Refused, Sent, Unknown
from bot.store.claims import Claim
from bot.store.errors import OutOfReachError

log = logging.getLogger(__name__)

WAIT = 2.0
"""Seconds that a redelivery waits for the first delivery to finish: within Slack's three."""


async def answer_once(
    services: Services,
    key: str,
    build: Callable[[], Awaitable[Message]],
    send: Callable[[Message], Awaitable[PostOutcome]],
) -> BoltResponse:
    """Build and send the answer to an event, unless that was done before; the response says whether Slack delivers it again.

    The claim moves to "sending" before the answer leaves: a process that dies from there on may have answered, so
    nobody does again. A failure before, or a refusal that proves that nothing was posted, gives the claim back.
    """
    claims = services.stores.claims
    claim = await claims.take_event(key, WAIT)
    if claim is Claim.DONE:
        return BoltResponse(status=200, body="")
    if claim is Claim.BUSY:
        return BoltResponse(status=503, body="")
    try:
        message = await build()
    except Exception as error:
        message = sentence_for(error)
    with contextlib.suppress(OutOfReachError):  # better answered than not, and Slack hears that it was
        await claims.mark_sending(key)
    outcome = await send(message)
    match outcome:
        case Refused(code, Cause.PASSING):  # Slack's next delivery of the event may succeed
            with contextlib.suppress(OutOfReachError):
                await claims.release(key)
            log.warning("an answer was refused (%s): Slack will deliver the event again", code)
            return BoltResponse(status=503, body="")
        case Refused(code):
            log.warning("an answer was refused (%s)", code)
        case Unknown(code):
            log.warning("Slack did not confirm an answer (%s); it is not sent twice", code)
        case Sent():
            pass
    with contextlib.suppress(OutOfReachError):
        await claims.mark_done(key)
    return BoltResponse(status=200, body="")


def register(app: AsyncApp, services: Services) -> None:
    """Turn what a listener raises into a sentence with a reference, in the form that the request can show."""

    @app.error
    async def failed(error: Exception, body: Mapping[str, Any]) -> BoltResponse:
        if isinstance(error, BoltUnhandledRequestError):
            return response_to_unhandled(body)
        return await response_to_failure(error, body, services)


def response_to_unhandled(body: Mapping[str, Any]) -> BoltResponse:
    """The response to a request that this version has no use for."""
    if body.get("type") == "app_rate_limited":
        log.error("Slack has stopped sending events for now: there were more than 30,000 in an hour")
    return BoltResponse(status=200, body="")


def sentence_for(error: Exception) -> Message:
    """Return what the person who asked reads: the error's own sentence where it is for them, else a reference to the log."""
    if isinstance(error, UserError):
        return notes.note(str(error))
    return notes.note(notes.NOT_NOW) if isinstance(error, OutOfReachError) else notes.failure(log_failure(error))


async def response_to_failure(error: Exception, body: Mapping[str, Any], services: Services) -> BoltResponse:
    """The response to a request whose listener failed."""
    message = sentence_for(error)
    kind = body.get("type")
    if body.get("command"):
        return BoltResponse(status=200, body={"response_type": "ephemeral", **message.payload()})
    if kind == "view_submission":
        view = placed(message_view(message, "Sorry"), views.depth(body.get("view") or {}))
        return BoltResponse(status=200, body={"response_action": "update", "view": view})
    if kind in ("block_actions", "message_action", "shortcut"):
        if views.is_in_view(body):
            await views.say(services, body, message)
        elif body.get("response_url"):
            await services.slack.respond(str(body["response_url"]), {"replace_original": False, **message.payload()})
        return BoltResponse(status=200, body="")
    return BoltResponse(status=500, body="")

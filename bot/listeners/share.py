"""Sharing a card with a channel: preview, post, and the way back for the sharer. The question is never part of it."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from slack_bolt.async_app import AsyncAck, AsyncApp

from bot.blocks import ids, notes
from bot.blocks.message import Message
from bot.blocks.modal import message_view, metadata_of
from bot.blocks.share import LONGEST, share_view, shared, shared_card, shared_view
from bot.failures import log_failure
from bot.listeners import views
from bot.listeners.buttons import named, open_view, respond
from bot.listeners.incoming import entered
from bot.listeners.once import post_once
from bot.listeners.services import Services
from bot.outbox.transport import Cause, Refused, Sent
from bot.safety.client_details import without_details
from bot.store.memory import Share
from bot.text import clean, fit

log = logging.getLogger(__name__)


def register(app: AsyncApp) -> None:
    """Listen for *Share*, its modal, and *Undo*."""
    app.action(ids.SHARE)(preview)
    app.view(ids.SHARE_VIEW)(share)
    app.action(ids.UNDO_SHARE)(undo)


async def preview(services: Services, ack: AsyncAck, body: Mapping[str, Any], action: Mapping[str, Any]) -> None:
    await ack()
    if (summary := await named(services, body, action.get("value"))) is None:
        return
    channel = str((body.get("channel") or {}).get("id") or "")
    here = channel if channel[:1] in ("C", "G") and not services.workspace.shared.is_closed(channel) else None
    later = services.engine.corpus.later(summary)
    await open_view(services, body, share_view(summary, here, later, external=services.workspace.shared.allowed))


async def share(services: Services, ack: AsyncAck, body: Mapping[str, Any], view: Mapping[str, Any]) -> None:
    chosen = metadata_of(view)
    summary = services.engine.corpus.get(str(chosen.get("summary")))
    channel = _selected(view) or chosen.get("channel")
    if summary is None:
        await views.refuse(ack, ids.SHARE_BLOCK, notes.GONE)
    elif not channel:
        await views.refuse(ack, ids.SHARE_BLOCK, notes.CHOOSE_CHANNEL)
    elif services.workspace.shared.is_closed(str(channel)):
        await views.refuse(ack, ids.SHARE_BLOCK, notes.SHARED_OUTSIDE)
    elif without_details(line := _line(view), services.engine.knows)[1]:
        await views.refuse(ack, ids.SHARE_LINE_BLOCK, notes.DETAILS_IN_LINE)
    else:
        user = str(body["user"]["id"])
        shown = shared_card(summary, user, line, services.engine.corpus.later(summary))
        known = services.slack.seal.holds(view, user) and channel == chosen.get("channel")
        await _post(services, ack, shown, Share(str(channel), "", user, summary.id), view, known=known)


async def undo(services: Services, ack: AsyncAck, body: Mapping[str, Any], action: Mapping[str, Any]) -> None:
    await ack()
    share_id = str(action.get("value"))
    posted = await services.stores.memory.share(share_id)
    if posted is None:
        await respond(services, body, notes.note(notes.TOO_OLD))
    elif posted.user != body["user"]["id"]:
        await respond(services, body, notes.note(notes.NOT_YOURS))
    elif await services.slack.delete(posted.channel, posted.ts):
        await services.stores.memory.remove_share(share_id)
        await respond(services, body, notes.note(notes.UNDONE), replace=True)
    else:
        await respond(services, body, notes.note(notes.UNDO_FAILED))


async def _post(
    services: Services, ack: AsyncAck, shown: Message, share: Share, view: Mapping[str, Any], *, known: bool
) -> None:
    """Post the card once, however often the modal is submitted. Nothing of it is stored but who shared which one where.

    Where it is not `known` that the sharer is in the channel, Slack says so when it is to show them *Undo* there: then the
    card is taken back.
    """
    key = f"share:{view['id']}"
    outcomes = await post_once(services, key, [share.channel], shown)
    match outcomes:
        case None:
            await ack(response_action="clear")
        case [Sent(ts)]:
            share_id = await _remember(services, replace(share, ts=ts))
            is_there = await _confirm(services, share_id, share) if share_id else True
            if not is_there and not known and await services.slack.delete(share.channel, ts):
                await services.stores.claims.release(key)
                await views.refuse(ack, ids.SHARE_BLOCK, notes.NOT_IN_THAT_CHANNEL)
            elif views.depth(view) > 1:
                await views.answer_form(ack, view, shared_view(share.channel))
            else:
                await ack(response_action="clear")
        case [Refused() as refusal]:
            await views.refuse(ack, ids.SHARE_BLOCK, _why_not(refusal))
        case _:
            await views.answer_form(ack, view, message_view(notes.note(notes.UNSURE), "Not sure"))


def _why_not(refusal: Refused) -> str:
    """A sentence for a refusal."""
    if refusal.cause is Cause.NOT_A_MEMBER:
        return notes.INVITE_PLAIN
    return notes.SHARE_LATER if refusal.cause is Cause.PASSING else notes.NOT_ALLOWED_THERE


async def _remember(services: Services, share: Share) -> str | None:
    """Note a shared card; return its id, or None where the store failed: the card stays all the same, without *Undo*."""
    try:
        return await services.stores.memory.add_share(share)
    except Exception as error:
        log_failure(error)
        return None


async def _confirm(services: Services, share_id: str, share: Share) -> bool:
    """Show the sharer *Undo*, in the channel; return whether they are in it, as far as Slack says."""
    outcome = await services.slack.whisper(share.channel, share.user, shared(share_id, share.channel).payload())
    if not isinstance(outcome, Sent):
        log.warning("the sharer could not be notified (%s)", outcome.code)
    return not (isinstance(outcome, Refused) and outcome.code == "user_not_in_channel")


def _line(view: Mapping[str, Any]) -> str:
    return fit(clean(str(entered(view, ids.SHARE_LINE_BLOCK, ids.SHARE_LINE).get("value") or "")), LONGEST)


def _selected(view: Mapping[str, Any]) -> str | None:
    return entered(view, ids.SHARE_BLOCK, ids.CHANNEL).get("selected_conversation")

"""Sharing a card with a channel: preview, post, and the way back for the sharer. The question is never part of it."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from typing import Any

import aiohttp
from slack_bolt.async_app import AsyncAck, AsyncApp
from slack_sdk.errors import SlackApiError

from bot.blocks import card, ids, notes
from bot.blocks.modal import message_view, metadata_of
from bot.blocks.share import share_view, shared, shared_view
from bot.corpus.model import Summary
from bot.failures import log_failure
from bot.listeners import views
from bot.listeners.buttons import open_view, tell
from bot.listeners.guard import LATER
from bot.listeners.incoming import entered
from bot.listeners.services import Services
from bot.outbox.transport import Refused, Sent, Unknown
from bot.slack.errors import error_code
from bot.store.claims import Claim
from bot.store.memory import Share

log = logging.getLogger(__name__)

_NOT_A_MEMBER = frozenset(("not_in_channel", "channel_not_found"))


def register(app: AsyncApp) -> None:
    """Listen for *Share*, its modal, and *Undo*."""
    app.action(ids.SHARE)(preview)
    app.view(ids.SHARE_VIEW)(share)
    app.action(ids.UNDO_SHARE)(undo)


async def preview(services: Services, ack: AsyncAck, body: Mapping[str, Any], action: Mapping[str, Any]) -> None:
    await ack()
    summary = services.engine.corpus.get(str(action.get("value")))
    if summary is None:
        await tell(services, body, notes.note(notes.GONE))
        return
    channel = str((body.get("channel") or {}).get("id") or "")
    here = channel if channel[:1] in ("C", "G") and not services.is_closed(channel) else None
    later = services.engine.corpus.later(summary)
    await open_view(services, body, share_view(summary, here, later, external=services.shared_channels))


async def share(services: Services, ack: AsyncAck, body: Mapping[str, Any], view: Mapping[str, Any]) -> None:
    chosen = metadata_of(view)
    summary = services.engine.corpus.get(str(chosen.get("summary")))
    channel = _selected(view) or chosen.get("channel")
    if summary is None:
        await views.refuse(ack, ids.SHARE_BLOCK, notes.GONE)
    elif not channel:
        await views.refuse(ack, ids.SHARE_BLOCK, notes.CHOOSE_CHANNEL)
    elif services.is_closed(str(channel)):
        await views.refuse(ack, ids.SHARE_BLOCK, notes.SHARED_OUTSIDE)
    else:
        await _post(services, ack, summary, str(channel), str(body["user"]["id"]), view)


async def undo(services: Services, ack: AsyncAck, body: Mapping[str, Any], action: Mapping[str, Any]) -> None:
    await ack()
    share_id = str(action.get("value"))
    posted = await services.memory.share(share_id)
    if posted is None:
        await tell(services, body, notes.note(notes.TOO_OLD))
    elif posted.user != body["user"]["id"]:
        await tell(services, body, notes.note(notes.NOT_YOURS))
    elif await services.slack.delete(posted.channel, posted.ts):
        await services.memory.remove_share(share_id)
        await tell(services, body, notes.note(notes.UNDONE), replace=True)
    else:
        await tell(services, body, notes.note(notes.UNDO_FAILED))


async def _post(
    services: Services, ack: AsyncAck, summary: Summary, channel: str, user: str, view: Mapping[str, Any]
) -> None:
    """Post the card once, however often the modal is submitted."""
    shown = card.card(summary, shared_by=user, later=services.engine.corpus.later(summary))
    key = f"share:{view['id']}"
    if await services.claims.take(key) is not Claim.OURS:
        await ack(response_action="clear")
        return
    await services.claims.mark_sending(key)
    outcome = await services.slack.post(channel, shown.payload())
    match outcome:
        case Sent(ts):
            if views.depth(view) > 1:
                await views.answer_form(ack, view, shared_view(channel))
            else:
                await ack(response_action="clear")
            if share_id := await _remember(services, key, Share(channel, ts, user, summary.id)):
                await _confirm(services, share_id, channel, user)
        case Refused(code):
            await services.claims.release(key)
            await views.refuse(ack, ids.SHARE_BLOCK, _why_not(code))
        case Unknown():
            await services.claims.mark_done(key)
            await views.answer_form(ack, view, message_view(notes.note(notes.UNSURE), "Not sure"))


def _why_not(code: str) -> str:
    """A sentence for a refusal."""
    if code in _NOT_A_MEMBER:
        return notes.INVITE_PLAIN
    return notes.SHARE_LATER if code in LATER else notes.NOT_ALLOWED_THERE


async def _remember(services: Services, key: str, share: Share) -> str | None:
    """Note a shared card; its id, or None where the store failed: the card stands all the same, only without *Undo*."""
    try:
        share_id = await services.memory.add_share(share)
        await services.claims.mark_done(key)
    except Exception as error:
        log_failure(error)
        return None
    return share_id


async def _confirm(services: Services, share_id: str, channel: str, user: str) -> None:
    message = shared(share_id, channel)
    try:
        await services.slack.once.chat_postEphemeral(channel=channel, user=user, **message.payload())
    except (SlackApiError, aiohttp.ClientError, TimeoutError) as error:
        log.warning("the sharer could not be told (%s)", error_code(error))


def _selected(view: Mapping[str, Any]) -> str | None:
    return entered(view, ids.SHARE_BLOCK, ids.CHANNEL).get("selected_conversation")

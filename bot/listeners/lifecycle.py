"""What Slack says about the app itself: receipts for the publisher, removal, revoked tokens; and the rest, politely
dropped.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Mapping
from typing import Any

from slack_bolt.async_app import AsyncAck, AsyncApp

from bot.blocks import notes
from bot.listeners.buttons import respond
from bot.listeners.services import Services
from bot.slack.history import MARK

log = logging.getLogger(__name__)


def register(app: AsyncApp, services: Services) -> None:
    """Listen for receipts, removal and revocation."""

    @app.event("message_metadata_posted")
    async def receipt(event: Mapping[str, Any]) -> None:
        metadata = event.get("metadata") or {}
        # Any app can write metadata: only our own bot's receipts count.
        ours = {services.workspace.identity.bot_id, services.workspace.identity.user_id} - {None}
        if ours & {event.get("bot_id"), event.get("user_id")} and metadata.get("event_type") == MARK:
            mark = str((metadata.get("event_payload") or {}).get("d"))
            await services.posts.ledger.note_receipt(mark, str(event.get("message_ts")), str(event.get("channel_id")))

    @app.event("app_uninstalled")
    async def uninstalled(body: Mapping[str, Any]) -> None:
        await _revoke(services, "the app was removed from the workspace", body)

    @app.event("tokens_revoked")
    async def revoked(event: Mapping[str, Any], body: Mapping[str, Any]) -> None:
        if (event.get("tokens") or {}).get("bot"):
            await _revoke(services, "the bot token was revoked", body)


def register_rest(app: AsyncApp) -> None:
    """Answer whatever no other listener took with 200: a 404 counts against the app at Slack."""
    anything = re.compile(r".*", re.DOTALL)

    @app.event(anything)
    async def other_event() -> None:
        """An event that this version has no use for."""

    @app.view(anything)
    async def other_view(ack: AsyncAck) -> None:
        await ack()

    @app.view_closed(anything)
    async def closed_view(ack: AsyncAck) -> None:
        await ack()

    @app.shortcut(anything)
    async def other_shortcut(ack: AsyncAck) -> None:
        await ack()


def register_old_buttons(app: AsyncApp, services: Services) -> None:
    """A button of an earlier version is answered, not ignored."""

    @app.action(re.compile(r".*", re.DOTALL))
    async def other_action(ack: AsyncAck, body: Mapping[str, Any], action: Mapping[str, Any]) -> None:
        await ack()
        if action.get("type") == "button":
            await respond(services, body, notes.note(notes.GONE))


async def _revoke(services: Services, why: str, body: Mapping[str, Any]) -> None:
    installation = services.workspace.installation
    installation.revoked = why
    if installation.on_revoked is None:
        log.error("%s: nothing more is posted. Install the app again and restart with its new token.", why)
        return
    at = body.get("event_time")
    await installation.on_revoked(float(at) if isinstance(at, int | float) else None)

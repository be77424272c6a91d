"""People of other organisations, checked before every listener: what they press is answered with a sentence, not carried
out. Their mentions and messages are handled in `mention`.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from slack_bolt.async_app import AsyncApp
from slack_bolt.response import BoltResponse

from bot.blocks import ids, notes
from bot.listeners.buttons import respond
from bot.listeners.services import Services
from bot.slack.slack_connect import is_from_outside

_INTERACTIONS = frozenset(("block_actions", "message_action", "shortcut", "view_submission", "view_closed"))


def register(app: AsyncApp, services: Services) -> None:
    """Check every request before the listeners get it."""

    @app.middleware
    async def check(body: Mapping[str, Any], next: Callable[[], Awaitable[Any]]) -> BoltResponse | None:
        services.workspace.shared.learn(body)
        if body.get("type") in _INTERACTIONS and is_from_outside(body, services.workspace.identity):
            if not services.workspace.shared.allowed:
                await respond(services, body, notes.note(notes.OUTSIDER))
                return BoltResponse(status=200, body="")
            if any(action.get("action_id") == ids.SHARE for action in body.get("actions") or ()):
                await respond(services, body, notes.note(notes.OUTSIDER_SHARES))
                return BoltResponse(status=200, body="")
        await next()
        return None

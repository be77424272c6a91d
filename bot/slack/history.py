"""Finding messages of ours in a channel's history, by the mark that each carries in its metadata."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from bot.outbox.transport import Absent, Cause, Found, LookUp, LookupFailed
from bot.slack.errors import CAUSES, error_code
from bot.slack.observed import SlackClock
from bot.slack.rate_limit import is_rate_limit, retry_after

MARK = "pprnet_delivery"
"""The metadata event type on every message of the publisher; its payload is the delivery's opaque id."""
_SKEW = 2 * 86400.0
"""Seconds by which a look-up goes further back than it has to, since clocks differ and are set."""
_GOES_ON = 600.0
"""Seconds within which a look-up goes on where Slack asked to wait. Apps that are distributed outside Slack's directory
get one page a minute, of fifteen messages.
"""


@dataclass(slots=True)
class _Begun:
    """A look-up that Slack broke off: what it asks for next, what it has found, and when that was (monotonic seconds)."""

    arguments: dict[str, Any]
    found: set[str] = field(default_factory=set)
    at: float = 0.0


class History:
    """The history of channels, as far as the bot may read it (optional scopes)."""

    def __init__(self, client: AsyncWebClient, clock: SlackClock) -> None:
        self._client = client
        self._clock = clock
        self._own: frozenset[str] = frozenset()
        self._begun: dict[tuple[str | None, ...], _Begun] = {}

    async def find(self, channel: str, mark: str, *, thread_ts: str | None, ago: float, look: str = "") -> LookUp:
        """Look through a channel, or a thread, for the message with a mark (see `bot.outbox.transport.Messenger`)."""
        self._begun = {key: each for key, each in self._begun.items() if time.monotonic() - each.at < _GOES_ON}
        key = (channel, thread_ts, mark, look)
        begun = self._begun.pop(key, None) or _Begun({"channel": channel, "include_all_metadata": True, "limit": 200})
        arguments, found = begun.arguments, begun.found
        method = "conversations.replies" if thread_ts else "conversations.history"
        if thread_ts:
            arguments["ts"] = thread_ts
        try:
            own = await self._ids()
            arguments.setdefault("oldest", f"{max(0.0, self._clock.now() - ago - _SKEW):.6f}")
            while True:
                answer = await self._client.api_call(method, params=arguments)
                for message in answer.get("messages") or ():
                    # Any app can write metadata with our mark: only our own bot's messages count.
                    if (metadata := message.get("metadata") or {}).get("event_type") != MARK or not own & _author(message):
                        continue
                    seen = (metadata.get("event_payload") or {}).get("d")
                    if not seen:
                        return LookupFailed("metadata_hidden", Cause.LASTING)
                    if seen == mark:
                        found.add(str(message["ts"]))
                cursor = (answer.get("response_metadata") or {}).get("next_cursor")
                if not cursor:
                    break
                arguments["cursor"] = cursor
        except SlackApiError as error:
            if look and is_rate_limit(error, error_code(error)) and "cursor" in arguments:
                self._begun[key] = begun
                begun.at = time.monotonic()
            return LookupFailed(error_code(error), CAUSES.get(error_code(error), Cause.UNCLEAR), retry_after(error))
        except Exception as error:  # no answer, or one that cannot be read: this proves nothing either way
            return LookupFailed(type(error).__name__)
        first, *copies = sorted(found) or [""]
        return Found(first, tuple(copies)) if first else Absent()

    async def _ids(self) -> frozenset[str]:
        """Return the ids under which our own messages are in a history."""
        if not self._own:
            answer = await self._client.auth_test()
            self._own = frozenset(str(answer[key]) for key in ("bot_id", "user_id") if answer.get(key))
        return self._own


def _author(message: Mapping[str, Any]) -> set[str]:
    return {str(message.get("bot_id")), str(message.get("user"))}

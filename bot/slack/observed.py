"""Slack's Web API client that notes what calls really answer: whether Slack is there, and whether it takes our token."""

from __future__ import annotations

from typing import Any

import aiohttp
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient
from slack_sdk.web.async_slack_response import AsyncSlackResponse

from bot.failures import reason
from bot.outside.proxy import proxy_for
from bot.outside.state import Outside
from bot.slack.errors import SLACK_FAILS, TOKEN_GONE, error_code


class ObservedClient(AsyncWebClient):
    """Notes in `state` how each call ended, and reaches Slack through the proxy that the environment names for it."""

    def __init__(self, state: Outside, **arguments: Any) -> None:
        super().__init__(**arguments)
        self.proxy = proxy_for(self.base_url)  # the SDK's own reading of the environment knows no NO_PROXY
        self._state = state

    async def api_call(self, *arguments: Any, **named: Any) -> AsyncSlackResponse:
        """Call a method."""
        try:
            answer = await super().api_call(*arguments, **named)
        except Exception as error:
            note(self._state, error)
            raise
        self._state.answered()
        return answer


def note(state: Outside, error: Exception) -> None:
    """Note what a failed call says of Slack: a refusal of one call is an answer all the same."""
    if not isinstance(error, SlackApiError):
        if isinstance(error, (aiohttp.ClientError, OSError)):  # TimeoutError too
            state.failed(reason(error))
        return
    code = error_code(error)
    if code in TOKEN_GONE:
        state.failed(f"Slack refuses SLACK_BOT_TOKEN ({code})", lasting=True)
    elif code in SLACK_FAILS:
        state.failed(code)
    elif code != "ratelimited":
        state.answered()

"""Slack's Web API client that notes what calls really answer: whether Slack is there, and whether it takes our token."""

from __future__ import annotations

import contextlib
import logging
import time
from collections.abc import Mapping
from email.utils import parsedate_to_datetime
from typing import Any

import aiohttp
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient
from slack_sdk.web.async_slack_response import AsyncSlackResponse

from bot.failures import reason
from bot.outside.proxy import proxy_for
from bot.outside.state import Outside
from bot.slack.errors import SLACK_FAILS, TOKEN_GONE, error_code

log = logging.getLogger(__name__)


class SlackClock:
    """Slack's time, from its latest answer: the clock of this host may be wrong, and jump."""

    def __init__(self) -> None:
        self._said: tuple[float, float] | None = None
        self._was_off = 0.0

    def heard(self, headers: Mapping[str, str]) -> None:
        """Note what time an answer says it is."""
        date = {name.lower(): value for name, value in headers.items()}.get("date")
        if date:
            with contextlib.suppress(ValueError):
                self._said = parsedate_to_datetime(date).timestamp(), time.monotonic()
                self._was_off = abs(self._said[0] - time.time())

    def off(self) -> float:
        """Return by how many seconds our clock is off Slack's; 0 while that is not known. Of what it was at the latest
        answer and is now the less: it may have been set right, and a host that slept has not counted the seconds.
        """
        if self._said is None:
            return 0.0
        said, at = self._said
        return min(self._was_off, abs(said + time.monotonic() - at - time.time()))

    def now(self) -> float:
        """Return the earlier of what Slack's clock and ours say: a look-up from there on overlooks nothing."""
        if self._said is None:
            return time.time()
        said, at = self._said
        return min(said + time.monotonic() - at, time.time())


class ObservedClient(AsyncWebClient):
    """Notes in `state` how each call ended and in `clock` what time Slack says it is, and reaches Slack through the proxy
    that the environment names for it.
    """

    def __init__(self, state: Outside, clock: SlackClock, token_name: str, **arguments: Any) -> None:
        super().__init__(**arguments)
        self._token_name = token_name
        self.proxy = proxy_for(self.base_url)  # the SDK's own reading of the environment knows no NO_PROXY
        self._state = state
        self._clock = clock

    async def api_call(self, api_method: str, **named: Any) -> AsyncSlackResponse:
        """Call a method."""
        began, outcome = time.monotonic(), "ok"
        try:
            answer = await super().api_call(api_method, **named)
        except Exception as error:
            note(self._state, error, self._token_name)
            outcome = error_code(error)
            raise
        finally:
            log.debug("a call to Slack: %s: %s after %.0f ms", api_method, outcome, (time.monotonic() - began) * 1000)
        self._state.answered()
        self._clock.heard(answer.headers)
        return answer


def note(state: Outside, error: Exception, token: str) -> None:
    """Note what a failed call says of Slack: a refusal of one call is an answer all the same. `token` is what people call
    it that was used.
    """
    if not isinstance(error, SlackApiError):
        if isinstance(error, (aiohttp.ClientError, OSError)):  # TimeoutError too
            state.failed(reason(error))
        return
    code = error_code(error)
    if code in TOKEN_GONE:
        state.failed(f"Slack refuses {token} ({code})", lasting=True)
    elif code in SLACK_FAILS:
        state.failed(code)
    elif code != "ratelimited":
        state.answered()

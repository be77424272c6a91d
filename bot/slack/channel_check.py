"""Whether the bot can post in the channel of PPRNET_CHANNEL, asked before a month is due there."""

from __future__ import annotations

import time
from collections.abc import Callable

import aiohttp
from slack_sdk.errors import SlackApiError

from bot.outside.state import Outside
from bot.slack.client import SlackApi
from bot.slack.errors import error_code

EVERY = 3600.0
"""Seconds between two checks while the channel is well; one that is not is checked at every pass."""
ADVICE = {
    "channel_not_found": "it does not exist, or is private and the bot is not in it: compare the id, invite the bot",
    "not_in_channel": "the bot is not in it: type /invite @PPRNet there",
}
"""What each of Slack's refusals means for the operator."""
_NO_MESSAGE = "1.000000"
"""A time at which nothing was posted anywhere."""


class ChannelCheck:
    """Asks Slack about one channel now and then."""

    def __init__(self, slack: SlackApi, channel: str, clock: Callable[[], float] = time.monotonic) -> None:
        self.state = Outside("PPRNET_CHANNEL")
        self.channel = channel
        self._slack = slack
        self._clock = clock
        self._next_at = clock()

    async def check(self) -> None:
        """Ask, where it is time to. What Slack does not say changes nothing."""
        if self._clock() < self._next_at:
            return
        said = await self._ask()
        if said in ADVICE:
            self.state.failed(f"{ADVICE[said]} ({said})")
        elif said == "":
            self.state.answered()
            self._next_at = self._clock() + EVERY

    async def _ask(self) -> str | None:
        """Return what Slack says against the channel; "" for nothing, None where it does not say. That the bot is not in a
        public channel shows only with the optional history scopes; without them, as that it is archived, when it posts.
        """
        client, channel = self._slack.once, self.channel
        for method, arguments in (
            ("conversations.history", {"channel": channel, "limit": 1, "latest": _NO_MESSAGE}),
            ("chat.getPermalink", {"channel": channel, "message_ts": _NO_MESSAGE}),
        ):
            try:
                await client.api_call(method, params=arguments)
            except SlackApiError as error:
                code = error_code(error)
                if code == "missing_scope":
                    continue
                return "" if code == "message_not_found" else code
            except (aiohttp.ClientError, TimeoutError, OSError):
                return None
            return ""
        return None

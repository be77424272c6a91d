"""What a workspace that joined sets for itself, in Slack: what are variables of the environment where there is only one."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any
from zoneinfo import ZoneInfo

from bot.settings import Settings, values

_MONTH = re.compile(r"[0-9]{4}-[0-9]{2}")


@dataclass(frozen=True, slots=True)
class OwnSettings:
    """A workspace's own settings. None: the operator's are used. `asks_after`: the month after which each new one waits for
    the workspace's curators; None: new months are posted automatically.
    """

    channel: str | None = None
    curators: tuple[str, ...] = ()
    zone: ZoneInfo | None = None
    post_hour: int | None = None
    crisis_line: str | None = None
    shared_channels: bool = False
    asks_after: str | None = None

    @classmethod
    def read(cls, stored: Mapping[str, Any]) -> OwnSettings:
        """Read what is stored. What cannot be read counts as not set."""
        return cls(
            channel=_read(stored, "channel", values.matching(values.CHANNEL, "")),
            curators=_read(stored, "curators", values.people) or (),
            zone=_read(stored, "zone", values.zone),
            post_hour=_read(stored, "post_hour", values.hour),
            crisis_line=_read(stored, "crisis_line", values.line),
            shared_channels=_read(stored, "shared_channels", values.switch) or False,
            asks_after=_read(stored, "asks_after", values.matching(_MONTH, "")),
        )

    def stored(self) -> dict[str, str]:
        """Return them as they are stored."""
        given = {
            "channel": self.channel,
            "curators": ",".join(self.curators),
            "zone": self.zone and str(self.zone),
            "post_hour": None if self.post_hour is None else str(self.post_hour),
            "crisis_line": self.crisis_line,
            "shared_channels": "on" if self.shared_channels else None,
            "asks_after": self.asks_after,
        }
        return {name: value for name, value in given.items() if value}

    def over(self, operators: Settings, token: str) -> Settings:
        """Return the settings with which the bot works in this workspace: nothing there checks the blog or the papers."""
        return replace(
            operators,
            bot_token=token,
            channel=self.channel,
            curators=self.curators,
            timezone=self.zone or operators.timezone,
            post_hour=operators.post_hour if self.post_hour is None else self.post_hour,
            crisis_line=self.crisis_line,
            shared_channels=self.shared_channels,
            approval=self.asks_after is not None,
            source_url=None,
            retractions_url=None,
            mcp=False,
            mcp_token=None,
        )


def _read(stored: Mapping[str, Any], name: str, convert: Callable[[str], Any]) -> Any:
    try:
        return convert(str(stored[name]))
    except (KeyError, ValueError):
        return None

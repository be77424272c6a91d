"""Who is outside: channels shared with another organisation (Slack Connect), and the people of that organisation.

What payloads say, by Slack's documentation ("Understanding Slack Connect", Events API) and the code of Bolt
(`slack_bolt/request/internals.py`); none of it was tried in a live shared channel:

- Events: `is_ext_shared_channel` of the envelope. `event.user_team` names the workspace (T...) or organisation (E...) of a
  person from elsewhere and is absent for people of ours; in a shared channel `event.team` says the same of an author.
- Slash commands "are not shared": only members of the workspace that installed the app can type them.
- Clicks: `user.team_id` is the workspace of the person who pressed. Nothing says whether the channel is shared.
- Guests are members of our own workspace and look like all others. Telling them apart takes the scope `users:read`, which
  this bot does not ask for.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Mapping
from typing import Any

from bot.slack.identity import Identity

REMEMBERED = 10_000


def is_shared(body: Mapping[str, Any]) -> bool:
    """Whether an event comes from a channel that another organisation reads."""
    return body.get("is_ext_shared_channel") is True


def is_from_outside(body: Mapping[str, Any], own: Identity) -> bool:
    """Whether the person behind a payload belongs to another organisation."""
    event, user = body.get("event"), body.get("user")
    team: Any = None
    if isinstance(event, Mapping):
        if own.enterprise_id and body.get("is_ext_shared_channel") is False:
            return False  # shared at most between workspaces of our own organisation
        team = event.get("user_team") or (event.get("team") if is_shared(body) else None)
    elif isinstance(user, Mapping):
        team = user.get("team_id")
        enterprise = body.get("enterprise")
        if own.enterprise_id and isinstance(enterprise, Mapping) and enterprise.get("id") == own.enterprise_id:
            return False  # another workspace of our own organisation
    return bool(team) and team not in (own.team_id, own.enterprise_id)


class SharedChannels:
    """Which channels are shared with another organisation, as far as events have said since the start. In memory only.

    `allowed`: the bot may post in them and answer the people of that organisation.
    """

    def __init__(self, *, allowed: bool) -> None:
        self.allowed = allowed
        self._known: OrderedDict[str, None] = OrderedDict()

    def learn(self, body: Mapping[str, Any]) -> None:
        """Note what an event says of its channel."""
        event = body.get("event")
        if not isinstance(event, Mapping) or "is_ext_shared_channel" not in body:
            return
        channel = event.get("channel") or event.get("channel_id")
        if not isinstance(channel, str):
            return
        self._known.pop(channel, None)
        if is_shared(body):
            self._known[channel] = None
            if len(self._known) > REMEMBERED:
                self._known.popitem(last=False)

    def __contains__(self, channel: object) -> bool:
        return channel in self._known

    def is_closed(self, channel: str) -> bool:
        """Return whether a channel is known to be shared, where that is not allowed."""
        return not self.allowed and channel in self._known

"""What goes to Slack and comes back with someone who installs the app: sealed, for ten minutes, and for one browser."""

from __future__ import annotations

import hashlib
import hmac
import json
import secrets
import time
from collections.abc import Callable
from dataclasses import dataclass

from bot.workspaces.sealing import Keys, SealError

GOOD_FOR = 600.0
"""Seconds that someone may take at Slack."""
COOKIE = "pprnet_joining"
_PURPOSE = "state"


@dataclass(frozen=True, slots=True)
class State:
    """A try to install. `invitation` is the hash of an invitation's code; None for a workspace that is known already."""

    invitation: str | None


class States:
    """Makes and reads states. Nothing is stored: an invitation is used up once, and so is a code of Slack's."""

    def __init__(self, keys: Keys, clock: Callable[[], float] = time.time) -> None:
        self._keys = keys
        self._clock = clock

    def begin(self, state: State) -> tuple[str, str]:
        """Return a state as it goes to Slack, and the cookie that binds it to a browser."""
        cookie = secrets.token_urlsafe(24)
        content = {"invitation": state.invitation, "until": self._clock() + GOOD_FOR, "browser": _mark(cookie)}
        return self._keys.seal(json.dumps(content), _PURPOSE), cookie

    def read(self, text: str, cookie: str) -> State | None:
        """Return a state that came back; None where it is not ours, too old, or from another browser."""
        try:
            content = json.loads(self._keys.open(text, _PURPOSE))
        except (SealError, ValueError):
            return None
        if content["until"] < self._clock() or not hmac.compare_digest(str(content["browser"]), _mark(cookie)):
            return None
        return State(content["invitation"])


def _mark(cookie: str) -> str:
    return hashlib.sha256(b"pprnet browser " + cookie.encode("utf-8", "surrogatepass")).hexdigest()

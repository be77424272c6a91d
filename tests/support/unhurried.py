"""Time limits of an answer are out of the way in tests: on a machine with much else to do, a slow second is no fault.

tests/conftest.py installs this in the tests' process. A test of one of these limits sets the limit that it is about.
"""

from __future__ import annotations

from bot.listeners import guard, time_limits
from bot.playground.slack import answer, methods_views
from bot.slack import curators
from bot.store import waiting

LONG = 30.0
"""Seconds: longer than anything takes that works."""


def install() -> None:
    """Let the local Slack wait longer than Slack, and the bot longer than it does in life, for whatever is slow."""
    answer.ACK_LIMIT = methods_views.TRIGGER_SECONDS = LONG
    time_limits.EXTRA = time_limits.WHOLE = guard.WAIT = LONG
    waiting.ANSWER = curators.PATIENCE = LONG

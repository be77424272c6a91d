"""What happens when Slack answers 429 ("ratelimited"): it did nothing, so the same call may be made later.

Nobody waits for it here. A message of the outbox, an edit and a look-up are due again after as many seconds as Slack names
(`bot.outbox.worker`, `bot.outbox.edits`); an event is left to Slack's next delivery (`bot.listeners.guard`); someone who
pressed *Share* is asked to try again.
"""

from __future__ import annotations

from slack_sdk.errors import SlackApiError

from bot.outbox.timing import LONGEST_ASKED

CODES = frozenset("message_limit_exceeded rate_limited ratelimited".split())
"""The codes by which Slack says so, also with another status."""


def is_rate_limit(error: SlackApiError, code: str) -> bool:
    """Return whether a call was refused for coming too soon."""
    return status_of(error) == 429 or code in CODES


def retry_after(error: BaseException) -> float | None:
    """Return for how many seconds Slack asks to wait, at most `LONGEST_ASKED`; None where it does not."""
    headers = getattr(getattr(error, "response", None), "headers", None) or {}
    value = str(headers.get("Retry-After") or headers.get("retry-after") or "")
    return min(float(value), LONGEST_ASKED) if value.isascii() and value.isdigit() else None


def status_of(error: SlackApiError) -> int:
    """Return the HTTP status of a failed call; 0 where there is none."""
    # The SDK hands over its own response, or aiohttp's where the body was no JSON.
    return int(getattr(error.response, "status_code", 0) or getattr(error.response, "status", 0) or 0)

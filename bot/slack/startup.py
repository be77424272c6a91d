"""Reaching what is outside at the start: retried while it cannot be reached, and given up for a token that Slack refuses."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import Awaitable, Callable
from typing import TypeVar

import aiohttp
from slack_sdk.errors import SlackApiError

from bot.errors import ExpectedError
from bot.settings import Settings
from bot.slack.client import SlackApi
from bot.slack.errors import ADVICE, TOKEN_REFUSED, error_code
from bot.slack.identity import Identity, app_id_of
from bot.store.errors import OutOfReachError

T = TypeVar("T")

log = logging.getLogger(__name__)

LONGEST_PAUSE = 5.0
"""Seconds before something is tried again, at most."""


class StoppedError(Exception):
    """The process was stopped before it had started."""


class SlackRefusesError(ExpectedError):
    """Slack does not accept a token; the message says what to do."""

    def __init__(self, variable: str, code: str) -> None:
        super().__init__(f"Slack refuses {variable} ({code}): {ADVICE[variable]}")


async def identify(slack: SlackApi, settings: Settings) -> Identity:
    """Ask Slack who we are. Raises SlackRefusesError for a token that will not do, SlackApiError or ClientError
    otherwise.
    """
    try:
        answer = await slack.again.auth_test()
    except SlackApiError as error:
        code = error_code(error)
        if code in TOKEN_REFUSED:
            raise SlackRefusesError("SLACK_BOT_TOKEN", code) from None
        raise
    return Identity(
        team_id=str(answer["team_id"]),
        user_id=str(answer["user_id"]),
        bot_id=answer.get("bot_id"),
        enterprise_id=answer.get("enterprise_id"),
        app_id=settings.app_id or app_id_of(settings.app_token),
    )


async def retry_until_reachable(
    call: Callable[[], Awaitable[T]], stop: asyncio.Event, tell: Callable[[str], None] = lambda _why: None
) -> T:
    """Return what a call to Slack or the opening of the database returns, repeated with growing pauses while it cannot be
    reached. `tell` is called with what it waits for, in a sentence. Raises StoppedError when `stop` is set before.
    """
    pause = 1.0
    while not stop.is_set():
        try:
            return await call()
        except OutOfReachError as error:
            why = str(error)
        except (SlackApiError, aiohttp.ClientError, TimeoutError, OSError) as error:
            why = f"Slack cannot be reached ({error_code(error)})"
        tell(why)
        log.warning("%s; next try in %.0f s", why, pause)
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(stop.wait(), timeout=pause)
        pause = min(pause * 2, LONGEST_PAUSE)
    raise StoppedError

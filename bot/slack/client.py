"""The two Slack clients, and the publisher's `Messenger` on top of them. The only file that calls `chat.postMessage`.

One rule (shared by every caller): what must not happen twice goes out through `once`, which never tries again;
what may be repeated goes through `again`, which retries lost connections and server errors. Neither waits out a rate limit:
the caller would wait as long as Slack says (`bot.slack.rate_limit`).
"""

from __future__ import annotations

import logging
import re
import time
from collections.abc import Mapping
from contextvars import ContextVar
from typing import Any

import aiohttp
from slack_sdk.errors import SlackApiError, SlackObjectFormationError
from slack_sdk.http_retry.async_handler import AsyncRetryHandler
from slack_sdk.http_retry.builtin_async_handlers import (
    AsyncConnectionErrorRetryHandler,
    AsyncServerErrorRetryHandler,
)
from slack_sdk.http_retry.builtin_interval_calculators import BackoffRetryIntervalCalculator
from slack_sdk.http_retry.interval_calculator import RetryIntervalCalculator
from slack_sdk.webhook.async_client import AsyncWebhookClient

from bot.blocks.limits import PLAIN_TEXT
from bot.outbox.transport import PERMANENT, Cause, LookUp, PostOutcome, Refused, Sent, Unknown
from bot.outside.proxy import proxy_for
from bot.outside.state import Outside
from bot.slack.admission import MAX_AGE
from bot.slack.errors import NOT_EDITED, NOT_SHOWN_PRIVATELY, REMOVED, error_code, outcome_of
from bot.slack.history import MARK, History
from bot.slack.observed import ObservedClient, SlackClock
from bot.slack.seal import Seal
from bot.slack.uploads import Uploads
from bot.text import fit

log = logging.getLogger(__name__)

TIMEOUT = 10
"""Seconds for one call. Shorter than a delivery's lease."""
PATIENCE = 3
"""Calls in a row without an answer of Slack's from which on that is trouble."""
PAUSES: RetryIntervalCalculator = BackoffRetryIntervalCalculator(backoff_factor=0.5)
"""The pauses before a call is tried again, in seconds, unless Slack names one."""

_TS = re.compile(r"[0-9]{1,12}\.[0-9]{6}")

_begin_before: ContextVar[float | None] = ContextVar("begin_before", default=None)


class _TooLateError(Exception):
    """The time in which the call had to begin is over; nothing was sent."""


class SlackApi:
    """Slack's Web API as this bot uses it."""

    def __init__(self, token: str, api_url: str, workspace: str | None = None) -> None:
        """`workspace`: which of many it is."""
        self.state = Outside(f"Slack's Web API, for workspace {workspace}" if workspace else "Slack's Web API", PATIENCE)
        self._clock = SlackClock()
        self.is_our_time = True
        """Whether Slack's clock and this host's are to agree; not so where the bot was given a time of its own."""
        self._token_name = "its token" if workspace else "SLACK_BOT_TOKEN"
        self.seal = Seal(token)
        self._token, self._api_url = token, api_url
        self.once = self._client(retries=[])
        self.again = self._client(
            retries=[
                AsyncConnectionErrorRetryHandler(max_retry_count=2, interval_calculator=PAUSES),
                AsyncServerErrorRetryHandler(max_retry_count=2, interval_calculator=PAUSES),
            ]
        )
        self.uploads = Uploads(self.once)
        self._history = History(self.again, self._clock)

    def _client(self, *, retries: list[AsyncRetryHandler], session: aiohttp.ClientSession | None = None) -> ObservedClient:
        return ObservedClient(
            self.state,
            self._clock,
            self._token_name,
            token=self._token,
            base_url=self._api_url,
            timeout=TIMEOUT,
            session=session,
            retry_handlers=retries,
            logger=_quiet(),
        )

    def clock_is_off(self) -> bool:
        """Return whether this host's clock is off so far that what Slack signs counts as forged, by Slack's last answer."""
        return self.is_our_time and self._clock.off() > MAX_AGE

    async def post(
        self,
        channel: str,
        payload: Mapping[str, Any],
        *,
        thread_ts: str | None = None,
        mark: str | None = None,
        attempt: int = 1,
        within: float | None = None,
    ) -> PostOutcome:
        """Post a message once (see `bot.outbox.transport.Messenger`)."""
        metadata = {"event_type": MARK, "event_payload": {"d": mark, "a": attempt}} if mark else None
        token = _begin_before.set(time.monotonic() + within if within is not None else None)
        try:
            async with _session() as session:
                client = self._client(retries=[], session=session)
                answer = await client.chat_postMessage(
                    channel=channel,
                    text=payload["text"],
                    blocks=payload.get("blocks"),
                    thread_ts=thread_ts,
                    reply_broadcast=payload.get("reply_broadcast"),
                    metadata=metadata,
                    unfurl_links=False,
                    unfurl_media=False,
                )
            ts = str(answer["ts"])
            return Sent(ts, str(answer.get("channel") or "") or None) if _TS.fullmatch(ts) else Unknown("unreadable")
        except _TooLateError:
            return Refused("too_late", Cause.PASSING, 0.1)
        except SlackObjectFormationError:
            return Refused("invalid_blocks", Cause.LAYOUT)
        except SlackApiError as error:
            return outcome_of(error)
        except aiohttp.ClientConnectorError:
            return Refused("no_connection", Cause.PASSING)
        except (aiohttp.ClientError, TimeoutError, OSError) as error:
            return Unknown(type(error).__name__)
        except Exception as error:  # an answer that the SDK itself stumbles over
            log.warning("an answer from Slack could not be read (%s)", type(error).__name__)
            return Unknown("unreadable")
        finally:
            _begin_before.reset(token)

    async def say(self, channel: str, payload: Mapping[str, Any], *, thread_ts: str | None = None) -> PostOutcome:
        """Post an answer once; its text alone where Slack refuses its layout or length."""
        outcome = await self.post(channel, payload, thread_ts=thread_ts)
        if isinstance(outcome, Refused) and outcome.cause in PERMANENT and payload.get("blocks"):
            log.warning("Slack refused an answer (%s): its text is sent alone", outcome.code)
            outcome = await self.post(channel, _plain(payload), thread_ts=thread_ts)
        return outcome

    async def whisper(
        self, channel: str, user: str, payload: Mapping[str, Any], *, thread_ts: str | None = None
    ) -> PostOutcome:
        """Show a message in a channel to one person alone, once. In a thread only where it has replies already: elsewhere
        Slack would not show it (chat.postEphemeral).
        """
        outcome = await self._whisper(channel, user, payload, thread_ts)
        if isinstance(outcome, Refused) and outcome.cause in PERMANENT and payload.get("blocks"):
            log.warning("Slack refused an answer (%s): its text is sent alone", outcome.code)
            outcome = await self._whisper(channel, user, _plain(payload), thread_ts)
        return outcome

    async def _whisper(self, channel: str, user: str, payload: Mapping[str, Any], thread_ts: str | None) -> PostOutcome:
        try:
            answer = await self.once.chat_postEphemeral(channel=channel, user=user, thread_ts=thread_ts, **payload)
        except SlackApiError as error:
            return outcome_of(error, NOT_SHOWN_PRIVATELY)
        except aiohttp.ClientConnectorError:
            return Refused("no_connection", Cause.PASSING)
        except (aiohttp.ClientError, TimeoutError, OSError) as error:
            return Unknown(type(error).__name__)
        return Sent(str(answer.get("message_ts")), channel)

    async def find(self, channel: str, mark: str, *, thread_ts: str | None, ago: float, look: str = "") -> LookUp:
        """Look through the channel's history (needs the optional history scopes) for the message with a mark."""
        return await self._history.find(channel, mark, thread_ts=thread_ts, ago=ago, look=look)

    async def edit(self, channel: str, ts: str, payload: Mapping[str, Any]) -> PostOutcome:
        """Replace a message of ours by `payload` (its metadata stays); the same edit twice does no harm."""
        try:
            await self.again.chat_update(channel=channel, ts=ts, text=payload["text"], blocks=payload.get("blocks") or [])
        except SlackObjectFormationError:
            return Refused("invalid_blocks", Cause.LAYOUT)
        except SlackApiError as error:
            outcome = outcome_of(error, NOT_EDITED)
            if isinstance(outcome, Refused) and outcome.code in NOT_EDITED:
                return Refused(outcome.code, Cause.MESSAGE)
            return outcome
        except Exception as error:  # no answer, or one that cannot be read
            return Unknown(type(error).__name__)
        return Sent(ts)

    async def probe(self, unless_well_within: float) -> bool:
        """Ask Slack who we are, unless it answered anything in these seconds; return whether it takes our token."""
        if self.state.is_well(unless_well_within):
            return True
        try:
            await self.once.auth_test()
        except (SlackApiError, aiohttp.ClientError, OSError):
            return False
        return True

    async def is_removed(self) -> bool:
        """Ask Slack whether the app was removed from the workspace, or its token revoked; False where it does not say."""
        try:
            await self.once.auth_test()
        except SlackApiError as error:
            return error_code(error) in REMOVED
        except (aiohttp.ClientError, OSError):
            pass
        return False

    async def is_admin(self, user: str) -> bool | None:
        """Return whether someone administers the workspace; None where the scope `users:read` is missing."""
        try:
            answer = await self.once.users_info(user=user)
        except Exception as error:
            if error_code(error) == "missing_scope":
                return None
            log.warning("Slack did not say whether someone is a workspace admin (%s)", error_code(error))
            return False
        person = answer.get("user") or {}
        return bool(person.get("is_admin") or person.get("is_owner"))

    async def address(self, channel: str, ts: str) -> str | None:
        """Return the address of a message, for a link; None where it is gone, or Slack does not say."""
        try:
            answer = await self.once.chat_getPermalink(channel=channel, message_ts=ts)
        except (SlackApiError, aiohttp.ClientError, TimeoutError, OSError):
            return None
        found = str(answer.get("permalink") or "")
        return found if found.startswith("https://") else None

    async def delete(self, channel: str, ts: str) -> bool:
        """Remove a message of ours; True when it is gone, also when it was gone before."""
        try:
            await self.again.chat_delete(channel=channel, ts=ts)
        except SlackApiError as error:
            return error_code(error) == "message_not_found"
        except (aiohttp.ClientError, TimeoutError, OSError):
            return False
        return True

    async def respond(self, response_url: str, body: Mapping[str, Any]) -> bool:
        """Answer a click through its response_url, once; with the text alone where Slack refuses the layout. False when
        Slack did not take it.
        """
        status = await self._respond(response_url, body)
        if status == 400 and body.get("blocks"):
            log.warning("Slack refused an answer by response_url: its text is sent alone")
            status = await self._respond(response_url, {**body, **_plain(body)})
        if status not in (200, None):
            log.warning("an answer by response_url was refused (%d)", status)
        return status == 200

    async def _respond(self, response_url: str, body: Mapping[str, Any]) -> int | None:
        try:
            client = AsyncWebhookClient(response_url, timeout=TIMEOUT, retry_handlers=[], logger=_quiet())
            client.proxy = proxy_for(response_url)
            return (await client.send_dict(dict(body))).status_code
        except (aiohttp.ClientError, SlackApiError, TimeoutError, OSError) as error:
            log.warning("an answer by response_url was lost (%s)", type(error).__name__)
            return None


def _plain(payload: Mapping[str, Any]) -> dict[str, Any]:
    """Return a message without its blocks, in a length that Slack surely takes."""
    return {**payload, "text": fit(str(payload.get("text") or ""), PLAIN_TEXT), "blocks": []}


def _session() -> aiohttp.ClientSession:
    """Return a session for one call: a fresh connection, so that a stale one cannot make the outcome unknown, and a last
    check of the time once it is open, just before the request is written."""
    trace = aiohttp.TraceConfig()

    async def check(_session: object, _context: object, _params: object) -> None:
        limit = _begin_before.get()
        if limit is not None and time.monotonic() > limit:
            raise _TooLateError

    trace.on_request_start.append(check)
    trace.on_connection_create_end.append(check)
    return aiohttp.ClientSession(
        timeout=aiohttp.ClientTimeout(total=TIMEOUT),
        connector=aiohttp.TCPConnector(force_close=True),
        trace_configs=[trace],
    )


def _quiet() -> logging.Logger:
    """The SDK prints whole request bodies at DEBUG: its logger never goes below WARNING, whatever ours says."""
    logger = logging.getLogger("slack_sdk")
    logger.setLevel(logging.WARNING)
    return logger

"""The two Slack clients, and the publisher's `Messenger` on top of them. The only file that calls `chat.postMessage`.

One rule (shared by every caller): what must not happen twice goes out through `once`, which never tries again by itself;
what may be repeated goes through `again`, which retries rate limits, lost connections and server errors.
"""

from __future__ import annotations

import logging
import re
import time
from collections.abc import Mapping
from contextvars import ContextVar
from typing import Any
from urllib.parse import urlsplit

import aiohttp
from slack_sdk.errors import SlackApiError, SlackObjectFormationError
from slack_sdk.http_retry.builtin_async_handlers import (
    AsyncConnectionErrorRetryHandler,
    AsyncRateLimitErrorRetryHandler,
    AsyncServerErrorRetryHandler,
)
from slack_sdk.web.async_client import AsyncWebClient
from slack_sdk.webhook.async_client import AsyncWebhookClient

from bot.outbox.transport import Absent, Blind, Found, LookUp, PostOutcome, Refused, Sent, Unknown

log = logging.getLogger(__name__)

MARK = "pprnet_delivery"
"""The metadata event type on every message of the publisher; its payload holds the delivery's opaque id."""
TIMEOUT = 10
"""Seconds for one call. Shorter than a delivery's lease."""

_PERMANENT = frozenset(
    """
    invalid_blocks invalid_blocks_format msg_too_long no_text msg_blocks_too_long too_many_attachments
    invalid_metadata_format invalid_metadata_schema metadata_too_large invalid_arguments invalid_arg_name
    invalid_array_arg markdown_text_conflict
    """.split()
)
"""Errors that the same message will meet again."""
_LASTING = frozenset(
    """
    access_denied account_inactive channel_not_found ekm_access_denied enterprise_is_restricted invalid_auth
    is_archived missing_scope no_permission not_allowed_token_type not_authed not_in_channel org_login_required
    team_access_not_granted thread_not_found token_expired token_revoked
    """.split()
)
"""Errors that stay until a person does something."""
_REFUSED = frozenset(
    """
    accesslimited as_user_not_supported cannot_reply_to_message deprecated_endpoint duplicate_channel_not_found
    duplicate_message_not_found invalid_charset invalid_form_data invalid_json invalid_post_type invalid_thread_ts
    json_not_object message_not_found messages_tab_disabled metadata_must_be_sent_from_app method_deprecated
    missing_post_type restricted_action restricted_action_non_threadable_channel restricted_action_read_only_channel
    restricted_action_thread_locked restricted_action_thread_only_channel slack_connect_blocked_file_type
    slack_connect_canvas_sharing_blocked slack_connect_file_link_sharing_blocked slack_connect_lists_sharing_blocked
    team_not_found too_many_contact_cards two_factor_setup_required unknown_method
    """.split()
)
"""Other errors by which Slack says that it did not post. After any error not named here it may have (its documentation)."""
_NOT_EDITED = frozenset("cant_update_message edit_window_closed message_not_found is_inactive block_mismatch".split())
"""Errors by which Slack says that a message stays as it is."""
_NOT_WHISPERED = frozenset(("user_not_in_channel", "messages_tab_disabled"))
_NOT_SHOWN = frozenset(
    """
    blocked_file_type file_not_found file_update_failed file_uploads_disabled invalid_channel missing_argument
    posting_to_channel_denied posting_to_general_channel_denied storage_limit_reached
    """.split()
)
"""Errors by which Slack says that it did not show a file."""
_TS = re.compile(r"[0-9]{1,12}\.[0-9]{6}")
_SKEW = 2 * 86400.0
"""Seconds by which our clock may run ahead of Slack's before a look-up would overlook a message."""

_begin_before: ContextVar[float | None] = ContextVar("begin_before", default=None)


class _TooLateError(Exception):
    """The time in which the call had to begin is over; nothing was sent."""


class SlackApi:
    """Slack's Web API as this bot uses it."""

    def __init__(self, token: str, api_url: str) -> None:
        self._own: frozenset[str] = frozenset()
        self.once = AsyncWebClient(token=token, base_url=api_url, timeout=TIMEOUT, retry_handlers=[], logger=_quiet())
        self.again = AsyncWebClient(
            token=token,
            base_url=api_url,
            timeout=TIMEOUT,
            logger=_quiet(),
            retry_handlers=[
                AsyncConnectionErrorRetryHandler(max_retry_count=2),
                AsyncRateLimitErrorRetryHandler(max_retry_count=2),
                AsyncServerErrorRetryHandler(max_retry_count=2),
            ],
        )

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
                client = AsyncWebClient(
                    token=self.once.token,
                    base_url=self.once.base_url,
                    session=session,
                    retry_handlers=[],
                    logger=_quiet(),
                )
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
            return Refused("too_late", retry_after=0.1)
        except SlackObjectFormationError:
            return Refused("invalid_blocks", permanent=True)
        except SlackApiError as error:
            return _outcome(error)
        except aiohttp.ClientConnectorError:
            return Refused("no_connection")
        except (aiohttp.ClientError, TimeoutError, OSError) as error:
            return Unknown(type(error).__name__)
        except Exception as error:  # an answer that the SDK itself stumbles over
            log.warning("an answer of Slack could not be read (%s)", type(error).__name__)
            return Unknown("unreadable")
        finally:
            _begin_before.reset(token)

    async def whisper(
        self, channel: str, user: str, payload: Mapping[str, Any], *, thread_ts: str | None = None
    ) -> PostOutcome:
        """Show a message in a channel to one person alone, once. In a thread only where it has replies already: elsewhere
        Slack would not show it (chat.postEphemeral).
        """
        try:
            answer = await self.once.chat_postEphemeral(channel=channel, user=user, thread_ts=thread_ts, **payload)
        except SlackApiError as error:
            return Refused(_code(error)) if _code(error) in _NOT_WHISPERED else _outcome(error)
        except aiohttp.ClientConnectorError:
            return Refused("no_connection")
        except (aiohttp.ClientError, TimeoutError, OSError) as error:
            return Unknown(type(error).__name__)
        return Sent(str(answer.get("message_ts")), channel)

    async def find(self, channel: str, mark: str, *, thread_ts: str | None, since: float) -> LookUp:
        """Look through the channel's history (needs the optional history scopes) for the message with a mark."""
        arguments: dict[str, Any] = {
            "channel": channel,
            "oldest": f"{max(0.0, since - _SKEW):.6f}",
            "include_all_metadata": True,
            "limit": 200,
        }
        method = "conversations.replies" if thread_ts else "conversations.history"
        if thread_ts:
            arguments["ts"] = thread_ts
        found: list[str] = []
        try:
            own = await self._ids()
            while True:
                answer = await self.again.api_call(method, params=arguments)
                for message in answer.get("messages") or ():
                    # Any app can write metadata with our mark: only our own bot's messages count.
                    if (metadata := message.get("metadata") or {}).get("event_type") != MARK or not own & _author(message):
                        continue
                    seen = (metadata.get("event_payload") or {}).get("d")
                    if not seen:
                        return Blind("metadata_hidden", lasting=True)
                    if seen == mark:
                        found.append(str(message["ts"]))
                cursor = (answer.get("response_metadata") or {}).get("next_cursor")
                if not cursor:
                    break
                arguments["cursor"] = cursor
        except SlackApiError as error:
            return Blind(_code(error), lasting=_code(error) in _LASTING)
        except Exception as error:  # no answer, or one that cannot be read: this proves nothing either way
            return Blind(type(error).__name__)
        first, *copies = sorted(found) or [""]
        return Found(first, tuple(copies)) if first else Absent()

    async def _ids(self) -> frozenset[str]:
        """The ids under which our own messages stand in a history."""
        if not self._own:
            answer = await self.again.auth_test()
            self._own = frozenset(str(answer[key]) for key in ("bot_id", "user_id") if answer.get(key))
        return self._own

    async def edit(self, channel: str, ts: str, payload: Mapping[str, Any]) -> PostOutcome:
        """Replace a message of ours by `payload` (its metadata stays); the same edit twice does no harm."""
        try:
            await self.again.chat_update(channel=channel, ts=ts, text=payload["text"], blocks=payload.get("blocks") or [])
        except SlackObjectFormationError:
            return Refused("invalid_blocks", permanent=True)
        except SlackApiError as error:
            outcome = _outcome(error)
            if isinstance(outcome, Unknown) and outcome.code in _NOT_EDITED:
                return Refused(outcome.code, permanent=True)
            return outcome
        except Exception as error:  # no answer, or one that cannot be read
            return Unknown(type(error).__name__)
        return Sent(ts)

    async def is_admin(self, user: str) -> bool:
        """Whether somebody administers the workspace; False where the bot may not know (scope `users:read`)."""
        try:
            answer = await self.once.users_info(user=user)
        except Exception as error:
            if error_code(error) != "missing_scope":
                log.warning("it could not be seen whether somebody is an admin (%s)", error_code(error))
            return False
        person = answer.get("user") or {}
        return bool(person.get("is_admin") or person.get("is_owner"))

    async def address(self, channel: str, ts: str) -> str | None:
        """The address of a message, for a link; None where it is gone, or Slack does not say."""
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
            return _code(error) == "message_not_found"
        except (aiohttp.ClientError, TimeoutError, OSError):
            return False
        return True

    async def stage(self, filename: str, alt: str, content: bytes) -> str | Refused:
        """Bring a file to Slack where nobody sees it yet; its id. `alt` is its description, of at most 1,000 characters.

        Without retries: whoever asked gets the same in words. (files.getUploadURLExternal; scope files:write)
        """
        try:
            answer = await self.once.files_getUploadURLExternal(filename=filename, length=len(content), alt_txt=alt)
            address, file_id = str(answer["upload_url"]), str(answer["file_id"])
            if not self._is_slacks(address):
                return Refused("upload_address")
            timeout = aiohttp.ClientTimeout(total=TIMEOUT)
            async with (
                aiohttp.ClientSession(timeout=timeout) as session,
                session.post(
                    address, data=content, headers={"Content-Type": "application/octet-stream"}, allow_redirects=False
                ) as uploaded,
            ):
                return file_id if uploaded.status == 200 else Refused(f"upload_{uploaded.status}")
        except SlackApiError as error:
            return Refused(_code(error))
        except Exception as error:  # no answer, or one that cannot be read: nobody has seen anything
            return Refused(type(error).__name__)

    async def show(self, file_id: str, title: str, channel: str, *, comment: str, thread_ts: str | None) -> PostOutcome:
        """Put a staged file into a channel, once, with a comment (mrkdwn). (files.completeUploadExternal)"""
        try:
            await self.once.files_completeUploadExternal(
                files=[{"id": file_id, "title": title}],
                channel_id=channel,
                initial_comment=comment or None,
                thread_ts=thread_ts,
            )
        except SlackApiError as error:
            outcome = _outcome(error)
            return Refused(outcome.code) if isinstance(outcome, Unknown) and outcome.code in _NOT_SHOWN else outcome
        except aiohttp.ClientConnectorError:
            return Refused("no_connection")
        except Exception as error:
            return Unknown(type(error).__name__)
        return Sent("", channel)

    def _is_slacks(self, address: str) -> bool:
        """Whether an upload may go there: Slack's own hosts, or the host of SLACK_API_URL (tests, proxies)."""
        target, api = urlsplit(address), urlsplit(self.once.base_url)
        host = target.hostname or ""
        if target.scheme == "https" and host.endswith((".slack.com", ".slack-gov.com")):
            return True
        return (target.scheme, target.netloc) == (api.scheme, api.netloc)

    async def respond(self, response_url: str, body: Mapping[str, Any]) -> bool:
        """Answer a click through its response_url, once. False when Slack did not take it."""
        try:
            client = AsyncWebhookClient(response_url, timeout=TIMEOUT, retry_handlers=[], logger=_quiet())
            answer = await client.send_dict(dict(body))
        except (aiohttp.ClientError, SlackApiError, TimeoutError, OSError) as error:
            log.warning("an answer by response_url was lost (%s)", type(error).__name__)
            return False
        if answer.status_code != 200:
            log.warning("an answer by response_url was refused (%d)", answer.status_code)
        return answer.status_code == 200


def _session() -> aiohttp.ClientSession:
    """A session for one call: a fresh connection, so that a stale one cannot make the outcome unknown, and a last
    look at the clock once it stands, just before the request is written."""
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


def error_code(error: Exception) -> str:
    """A short code for a failed call: Slack's own, or the kind of failure. Never holds a token or a message."""
    return _code(error) if isinstance(error, SlackApiError) else type(error).__name__


def _outcome(error: SlackApiError) -> PostOutcome:
    # The SDK hands over its own response, or aiohttp's where the body was no JSON.
    status = int(getattr(error.response, "status_code", 0) or getattr(error.response, "status", 0) or 0)
    code = _code(error)
    if status == 429 or code in ("ratelimited", "rate_limited", "message_limit_exceeded"):
        return Refused("ratelimited", retry_after=_retry_after(error))
    if status < 500 and code in _PERMANENT | _LASTING | _REFUSED:
        return Refused(code, permanent=code in _PERMANENT)
    return Unknown(code if code != "unreadable" else f"http_{status}")


def _code(error: SlackApiError) -> str:
    try:
        code = error.response["error"]
    except (AttributeError, KeyError, TypeError, ValueError):
        return "unreadable"
    return code[:60] if isinstance(code, str) and code else "unreadable"


def _retry_after(error: SlackApiError) -> float | None:
    headers = getattr(error.response, "headers", None) or {}
    value = str(headers.get("Retry-After") or headers.get("retry-after") or "")
    return float(value) if value.isdigit() else None


def _author(message: Mapping[str, Any]) -> set[str]:
    return {str(message.get("bot_id")), str(message.get("user"))}


def _quiet() -> logging.Logger:
    """The SDK prints whole request bodies at DEBUG: its logger never goes below WARNING, whatever ours says."""
    logger = logging.getLogger("slack_sdk")
    logger.setLevel(logging.WARNING)
    return logger

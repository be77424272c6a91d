"""Uploading a file to Slack, in two steps: first where nobody sees it, then into a conversation. (scope files:write)"""

from __future__ import annotations

from urllib.parse import urlsplit

import aiohttp
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from bot.outbox.transport import Cause, PostOutcome, Refused, Sent, Unknown
from bot.outside.proxy import proxy_for
from bot.slack.errors import CAUSES, NO_FILE_SHARED, error_code, outcome_of

TIMEOUT = 10
"""Seconds for the upload itself."""


class Uploads:
    """Uploads of files."""

    def __init__(self, client: AsyncWebClient) -> None:
        self._client = client

    async def stage(self, filename: str, alt: str, content: bytes) -> str | Refused:
        """Bring a file to Slack where nobody sees it yet; its id. `alt` is its description, of at most 1,000 characters.

        Without retries: the person who asked gets the same in words. (files.getUploadURLExternal; scope files:write)
        """
        try:
            answer = await self._client.files_getUploadURLExternal(filename=filename, length=len(content), alt_txt=alt)
            address, file_id = str(answer["upload_url"]), str(answer["file_id"])
            if not self._is_slacks(address):
                return Refused("upload_address")
            timeout = aiohttp.ClientTimeout(total=TIMEOUT)
            async with (
                aiohttp.ClientSession(timeout=timeout) as session,
                session.post(
                    address,
                    data=content,
                    headers={"Content-Type": "application/octet-stream"},
                    allow_redirects=False,
                    proxy=proxy_for(address),
                ) as uploaded,
            ):
                return file_id if uploaded.status == 200 else Refused(f"upload_{uploaded.status}")
        except SlackApiError as error:
            return Refused(error_code(error), CAUSES.get(error_code(error), Cause.UNCLEAR))
        except Exception as error:  # no answer, or one that cannot be read: nobody has seen anything
            return Refused(type(error).__name__)

    async def show(self, file_id: str, title: str, channel: str, *, comment: str, thread_ts: str | None) -> PostOutcome:
        """Put a staged file into a channel, once, with a comment (mrkdwn). (files.completeUploadExternal)"""
        try:
            await self._client.files_completeUploadExternal(
                files=[{"id": file_id, "title": title}],
                channel_id=channel,
                initial_comment=comment or None,
                thread_ts=thread_ts,
            )
        except SlackApiError as error:
            return outcome_of(error, NO_FILE_SHARED)
        except aiohttp.ClientConnectorError:
            return Refused("no_connection", Cause.PASSING)
        except Exception as error:
            return Unknown(type(error).__name__)
        return Sent("", channel)

    def _is_slacks(self, address: str) -> bool:
        """Whether an upload may go there: Slack's own hosts, or the host of SLACK_API_URL (tests, proxies)."""
        target, api = urlsplit(address), urlsplit(self._client.base_url)
        host = target.hostname or ""
        if target.scheme == "https" and host.endswith((".slack.com", ".slack-gov.com")):
            return True
        return (target.scheme, target.netloc) == (api.scheme, api.netloc)

"""Requests from Slack over HTTP: each is checked on its raw bytes before anything parses it, and before Bolt sees it.

Left to itself Bolt parses first (unsigned junk answers 500, or blocks the loop), logs the body of badly signed
requests, remembers no replays, and serves any workspace.
"""

from __future__ import annotations

import hmac
import logging
import time
from collections import OrderedDict
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from aiohttp import web
from slack_bolt.adapter.aiohttp import to_aiohttp_response
from slack_bolt.async_app import AsyncApp
from slack_bolt.request.async_request import AsyncBoltRequest
from slack_sdk.signature import SignatureVerifier

from bot.failures import log_failure
from bot.slack.identity import Identity, is_foreign

log = logging.getLogger(__name__)

PATH = "/slack/events"
MAX_BODY = 256 * 1024
"""Bytes. Slack's own largest payloads are a few tens of kilobytes."""
MAX_AGE = 300
"""Seconds a signature is good for, either way (Slack, "Verifying requests from Slack")."""
MAX_IN_FLIGHT = 200
_REMEMBERED = 50_000
_NO_RETRY = {"X-Slack-No-Retry": "1"}


class RequestVerifier:
    """Lets Slack's own requests through to the app, once."""

    def __init__(
        self, app: AsyncApp, signing_secret: str, identity: Identity, clock: Callable[[], float] = time.time
    ) -> None:
        self._app = app
        self._verifier = SignatureVerifier(signing_secret)
        self._identity = identity
        self._clock = clock
        self._seen: OrderedDict[str, float] = OrderedDict()
        self.in_flight = 0
        self.refused = 0

    async def handle(self, request: web.Request) -> web.Response:
        """Answer one request from Slack."""
        if self.in_flight >= MAX_IN_FLIGHT:
            return web.Response(status=503)
        self.in_flight += 1
        try:
            return await self._handle(request)
        finally:
            self.in_flight -= 1

    async def _handle(self, request: web.Request) -> web.Response:
        try:
            raw = await request.read()
        except web.HTTPRequestEntityTooLarge:
            return self._refuse(413, "too_large")
        signature = request.headers.get("X-Slack-Signature", "")
        if (
            fault := self._signature_fault(raw, request.headers.get("X-Slack-Request-Timestamp", ""), signature)
        ) is not None:
            return self._refuse(401, fault)
        try:
            bolt_request = AsyncBoltRequest(body=raw.decode("utf-8"), query={}, headers=_headers(request))
        except Exception:
            return self._refuse(400, "unreadable")
        body = bolt_request.body
        if not isinstance(body, dict) or not is_whole(body):
            return self._refuse(400, "unreadable")
        if is_foreign(body, self._identity):
            return self._refuse(403, "other_workspace_or_app")
        # A redelivered event is settled by its event_id in the store, for all replicas and restarts; anything else
        # that comes with the very same signature is a replay.
        if self._replayed(signature) and body.get("type") != "event_callback":
            return self._refuse(401, "replay")
        try:
            return await to_aiohttp_response(await self._app.async_dispatch(bolt_request))
        except Exception as error:  # from Bolt itself: a listener's failure has been answered in there
            log_failure(error)
            return web.Response(status=500)

    def _signature_fault(self, raw: bytes, timestamp: str, signature: str) -> str | None:
        if not (timestamp.isascii() and timestamp.isdigit() and len(timestamp) <= 12):
            return "bad_timestamp"
        if abs(self._clock() - int(timestamp)) > MAX_AGE:
            return "stale"
        try:
            expected = self._verifier.generate_signature(timestamp=timestamp, body=raw)
        except UnicodeDecodeError:
            return "bad_signature"
        if expected is None or not hmac.compare_digest(expected.encode(), signature.encode("utf-8", "surrogatepass")):
            return "bad_signature"
        return None

    def _replayed(self, signature: str) -> bool:
        now = self._clock()
        while self._seen and (len(self._seen) > _REMEMBERED or next(iter(self._seen.values())) < now - 2 * MAX_AGE):
            self._seen.popitem(last=False)
        if signature in self._seen:
            return True
        self._seen[signature] = now
        return False

    def _refuse(self, status: int, why: str) -> web.Response:
        """One constant line without anything of the request."""
        self.refused += 1
        log.warning("refused a request: %s", why)
        return web.Response(status=status, headers=_NO_RETRY)


def is_whole(body: Mapping[str, Any]) -> bool:
    """Whether a payload has the parts of its kind that Bolt reaches into without looking."""
    kind = body.get("type")
    if kind == "event_callback":
        event = body.get("event")
        return isinstance(event, Mapping) and isinstance(event.get("type"), str)
    if kind == "block_actions":
        actions = body.get("actions")
        return isinstance(actions, list) and bool(actions) and all(isinstance(action, Mapping) for action in actions)
    return bool(body)


def _headers(request: web.Request) -> dict[str, str | Sequence[str]]:
    """The headers that Bolt needs. Headers are not signed, so its own X-Slack-Bolt-* switches are not let in."""
    wanted = ("Content-Type", "X-Slack-Retry-Num", "X-Slack-Retry-Reason")
    return {name: request.headers[name] for name in wanted if name in request.headers}

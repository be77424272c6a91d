"""Requests from Slack over HTTP: each is checked on its raw bytes before anything parses it, and before Bolt sees it.

Left to itself Bolt parses first (unsigned junk answers 500, or blocks the loop), logs the body of badly signed
requests, remembers no replays, and serves any workspace.
"""

from __future__ import annotations

import asyncio
import hmac
import logging
import time
from collections import Counter, OrderedDict
from collections.abc import Callable, Container, Mapping, Sequence

from aiohttp import ClientPayloadError, web
from slack_bolt.adapter.aiohttp import to_aiohttp_response
from slack_bolt.async_app import AsyncApp
from slack_bolt.request.async_request import AsyncBoltRequest
from slack_sdk.signature import SignatureVerifier

from bot.failures import log_failure
from bot.outside.state import Outside
from bot.slack.identity import Identity, is_foreign
from bot.slack.shape import is_whole
from bot.store.waiting import someone_waits

log = logging.getLogger(__name__)

PATH = "/slack/events"
MAX_BODY = 256 * 1024
"""Bytes. Slack's own largest payloads are a few tens of kilobytes."""
MAX_AGE = 300
"""Seconds a signature is good for, either way (Slack, "Verifying requests from Slack")."""
BODY_WITHIN = 5.0
"""Seconds within which the body of a request must have come."""
MAX_IN_FLIGHT = 200
"""Verified requests that are answered at once: strangers take no place from Slack."""
STALE_IN_A_ROW = 3
"""Requests of Slack's in a row with an old time, from which on this host's clock is taken to be wrong."""
LOGGED_A_MINUTE = 200
"""Refusals that are logged one by one: someone who may send anything must not fill a disk with lines."""
_REMEMBERED = 50_000
_SSL_CHECK = 1_000
"""Bytes, more than Slack's check of a certificate has: "token=...&ssl_check=1"."""
_NO_RETRY = {"X-Slack-No-Retry": "1"}
_AGAIN = frozenset(("stale", "too_slow", "broken_off"))
"""Refusals after which Slack's next delivery may be taken: the clock may be set right meanwhile."""


class RequestVerifier:
    """Lets Slack's own requests through to the app, once."""

    def __init__(
        self,
        app: AsyncApp,
        signing_secret: str,
        identity: Identity,
        shared: Container[str] = (),
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._app = app
        self._shared = shared
        self._verifier = SignatureVerifier(signing_secret)
        self._identity = identity
        self._clock = clock
        self._seen: OrderedDict[str, float] = OrderedDict()
        # What is wrong with a request is logged separately.
        self.state = Outside("every request of Slack's is refused", STALE_IN_A_ROW, quiet=True)
        self.refused: Counter[str] = Counter()
        self._logged = (0, 0)
        self.in_progress: set[object] = set()
        """The connections whose verified requests are being answered."""

    async def handle(self, request: web.Request) -> web.Response:
        """Answer one request from Slack."""
        try:
            raw = await self._read(request)
            if is_ssl_check(raw):
                return web.Response(status=200)
            self._verify(raw, request.headers)
            parsed = _parse(raw, request)
            if is_foreign(parsed.body, self._identity, self._shared):
                raise _RefusedError(403, "other_workspace_or_app")
            if len(self.in_progress) >= MAX_IN_FLIGHT:
                return web.Response(status=503)
            # A redelivered event is settled by its event_id in the store, for all replicas and restarts; anything else
            # that comes with the very same signature is a replay.
            if self._replayed(request.headers["X-Slack-Signature"]) and parsed.body.get("type") != "event_callback":
                raise _RefusedError(401, "replay")
        except _RefusedError as refused:
            self.refused[refused.why] += 1
            self._log_refusal(refused.why)
            return web.Response(status=refused.status, headers={} if refused.why in _AGAIN else _NO_RETRY)
        self.in_progress.add(request.protocol)
        try:
            with someone_waits():
                return await to_aiohttp_response(await self._app.async_dispatch(parsed))
        except Exception as error:  # from Bolt itself: a listener's failure has been answered in there
            log_failure(error)
            return web.Response(status=500)
        finally:
            self.in_progress.discard(request.protocol)

    def _log_refusal(self, why: str) -> None:
        """Log one constant line without anything of the request; in a flood, only the first of each minute."""
        minute = int(time.monotonic() // 60)
        self._logged = (minute, self._logged[1] + 1 if self._logged[0] == minute else 1)
        if self._logged[1] <= LOGGED_A_MINUTE:
            log.warning("refused a request: %s", why)
        elif self._logged[1] == LOGGED_A_MINUTE + 1:
            log.warning("refused more requests in this minute: /health counts them")

    async def _read(self, request: web.Request) -> bytes:
        if "Content-Encoding" in request.headers:  # Slack compresses nothing
            raise _RefusedError(415, "encoded")
        if (request.content_length or 0) > MAX_BODY:
            raise _RefusedError(413, "too_large")
        try:
            async with asyncio.timeout(BODY_WITHIN):
                return await request.read()
        except web.HTTPRequestEntityTooLarge:
            raise _RefusedError(413, "too_large") from None
        except TimeoutError:
            raise _RefusedError(408, "too_slow") from None
        except (web.RequestPayloadError, ClientPayloadError, OSError):
            raise _RefusedError(400, "broken_off") from None

    def _verify(self, raw: bytes, headers: Mapping[str, str]) -> None:
        timestamp, signature = headers.get("X-Slack-Request-Timestamp", ""), headers.get("X-Slack-Signature", "")
        if not (timestamp.isascii() and timestamp.isdigit() and len(timestamp) <= 12):
            raise _RefusedError(401, "bad_timestamp")
        try:
            expected = self._verifier.generate_signature(timestamp=timestamp, body=raw)
        except UnicodeDecodeError:
            expected = None
        if expected is None or not hmac.compare_digest(expected.encode(), signature.encode("utf-8", "surrogatepass")):
            raise _RefusedError(401, "bad_signature")
        if abs(self._clock() - int(timestamp)) > MAX_AGE:
            self.state.failed("the clock of this host is off by more than five minutes")
            raise _RefusedError(401, "stale")
        self.state.answered()

    def _replayed(self, signature: str) -> bool:
        now = self._clock()
        while self._seen and (len(self._seen) > _REMEMBERED or next(iter(self._seen.values())) < now - 2 * MAX_AGE):
            self._seen.popitem(last=False)
        if signature in self._seen:
            return True
        self._seen[signature] = now
        return False


class _RefusedError(Exception):
    """A request is not let in: the status to answer, and why in a word."""

    def __init__(self, status: int, why: str) -> None:
        super().__init__(why)
        self.status = status
        self.why = why


def _parse(raw: bytes, request: web.Request) -> AsyncBoltRequest:
    """Return a request as Bolt takes it. Raises _RefusedError for what Slack does not send."""
    try:
        found = AsyncBoltRequest(body=raw.decode("utf-8"), query={}, headers=_headers(request))
    except Exception:
        raise _RefusedError(400, "unreadable") from None
    if not is_whole(found.body):
        raise _RefusedError(400, "unreadable")
    return found


def is_ssl_check(raw: bytes) -> bool:
    """Return whether a body is Slack's check of our certificate, which has no signature to rely on and asks for nothing."""
    return len(raw) <= _SSL_CHECK and b"ssl_check=1" in raw.split(b"&")


def _headers(request: web.Request) -> dict[str, str | Sequence[str]]:
    """The headers that Bolt needs. Headers are not signed, so its own X-Slack-Bolt-* switches are not let in."""
    wanted = ("Content-Type", "X-Slack-Retry-Num", "X-Slack-Retry-Reason")
    return {name: request.headers[name] for name in wanted if name in request.headers}

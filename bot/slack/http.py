"""Requests from Slack over HTTP: each is checked on its raw bytes before anything parses it, and before Bolt sees it.

Left to itself Bolt parses first (unsigned junk answers 500, or blocks the loop), logs the body of badly signed
requests, remembers no replays, and serves any workspace.
"""

from __future__ import annotations

import logging
import time
from collections import OrderedDict
from collections.abc import Callable, Sequence

from aiohttp import web
from slack_bolt.adapter.aiohttp import to_aiohttp_response
from slack_bolt.request.async_request import AsyncBoltRequest

from bot.failures import log_failure
from bot.slack.admission import MAX_AGE, Refusals, RefusedError, Signatures, read_body
from bot.slack.routing import NotYetError, Router
from bot.slack.shape import is_whole
from bot.store.waiting import someone_waits

log = logging.getLogger(__name__)

PATH = "/slack/events"
MAX_BODY = 256 * 1024
"""Bytes. Slack's own largest payloads are a few tens of kilobytes."""
MAX_IN_FLIGHT = 200
"""Verified requests that are answered at once: strangers take no place from Slack."""
AGAIN_AFTER = 2
"""Seconds that are named to whoever is answered 503."""
_REMEMBERED = 50_000
_SSL_CHECK = 1_000
"""Bytes, more than Slack's check of a certificate has: "token=...&ssl_check=1"."""
_NO_RETRY = {"X-Slack-No-Retry": "1"}
_AGAIN = frozenset(("stale", "too_slow", "broken_off"))
"""Refusals after which Slack's next delivery may be taken: the clock may be set right meanwhile."""


class RequestVerifier:
    """Lets Slack's own requests through to the app of their workspace, once."""

    def __init__(self, router: Router, signing_secret: str, clock: Callable[[], float] = time.time) -> None:
        self._router = router
        self._signatures = Signatures(signing_secret, clock)
        self._clock = clock
        self._seen: OrderedDict[str, float] = OrderedDict()
        self.state = self._signatures.state
        self._refusals = Refusals(log)
        self.refused = self._refusals.counts
        self.in_progress: set[object] = set()
        """The connections whose verified requests are being answered."""

    async def handle(self, request: web.Request) -> web.Response:
        """Answer one request from Slack."""
        try:
            raw = await read_body(request, MAX_BODY)
            if is_ssl_check(raw):
                return web.Response(status=200)
            self._signatures.check(raw, request.headers)
            parsed = _parse(raw, request)
            with someone_waits():
                tenant = await self._router.find(parsed.body)
            if tenant is None:
                raise RefusedError(403, "other_workspace_or_app")
            if len(self.in_progress) >= MAX_IN_FLIGHT or tenant.is_busy:
                return not_now()
            # A redelivered event is settled by its event_id in the store, for all replicas and restarts; anything else
            # that comes with the very same signature is a replay.
            if self._replayed(request.headers["X-Slack-Signature"]) and parsed.body.get("type") != "event_callback":
                raise RefusedError(401, "replay")
        except NotYetError:
            return not_now()
        except RefusedError as refused:
            self._refusals.note(refused.why)
            return web.Response(status=refused.status, headers={} if refused.why in _AGAIN else _NO_RETRY)
        self.in_progress.add(request.protocol)
        try:
            with someone_waits(), tenant.answering():
                return await to_aiohttp_response(await tenant.app.async_dispatch(parsed))
        except Exception as error:  # from Bolt itself: a listener's failure has been answered in there
            log_failure(error)
            return web.Response(status=500)
        finally:
            self.in_progress.discard(request.protocol)

    def _replayed(self, signature: str) -> bool:
        now = self._clock()
        while self._seen and (len(self._seen) > _REMEMBERED or next(iter(self._seen.values())) < now - 2 * MAX_AGE):
            self._seen.popitem(last=False)
        if signature in self._seen:
            return True
        self._seen[signature] = now
        return False


def not_now() -> web.Response:
    """Return the answer after which Slack delivers again."""
    return web.Response(status=503, headers={"Retry-After": str(AGAIN_AFTER)})


def _parse(raw: bytes, request: web.Request) -> AsyncBoltRequest:
    """Return a request as Bolt takes it. Raises RefusedError for what Slack does not send."""
    try:
        found = AsyncBoltRequest(body=raw.decode("utf-8"), query={}, headers=_headers(request))
    except Exception:
        raise RefusedError(400, "unreadable") from None
    if not is_whole(found.body):
        raise RefusedError(400, "unreadable")
    return found


def is_ssl_check(raw: bytes) -> bool:
    """Return whether a body is Slack's check of our certificate, which has no signature to rely on and asks for nothing."""
    return len(raw) <= _SSL_CHECK and b"ssl_check=1" in raw.split(b"&")


def _headers(request: web.Request) -> dict[str, str | Sequence[str]]:
    """The headers that Bolt needs. Headers are not signed, so its own X-Slack-Bolt-* switches are not let in."""
    wanted = ("Content-Type", "X-Slack-Retry-Num", "X-Slack-Retry-Reason")
    return {name: request.headers[name] for name in wanted if name in request.headers}

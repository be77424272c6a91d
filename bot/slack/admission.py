"""What every door checks of a stranger's request, on its raw bytes and before anything parses them."""

from __future__ import annotations

import asyncio
import hmac
import logging
import time
from collections import Counter
from collections.abc import Callable, Mapping

from aiohttp import ClientPayloadError, web
from slack_sdk.signature import SignatureVerifier

from bot.outside.state import Outside

MAX_AGE = 300
"""Seconds a signature is good for, either way (Slack, "Verifying requests from Slack")."""
BODY_WITHIN = 5.0
"""Seconds within which the body of a request must have come."""
CLOCK = "the clock of this host is off by more than five minutes"
REFUSED = "every request of Slack's is refused"
CLOCK_OFF = f"{REFUSED}: {CLOCK}"
"""What is wrong where the clock is off by more than MAX_AGE."""
STALE_IN_A_ROW = 3
"""Requests of Slack's in a row with an old time, from which on this host's clock is taken to be wrong."""
LOGGED_A_MINUTE = 200
"""Refusals that are logged one by one: someone who may send anything must not fill a disk with lines."""


class RefusedError(Exception):
    """A request is not let in: the status to answer, and why in a word."""

    def __init__(self, status: int, why: str) -> None:
        super().__init__(why)
        self.status = status
        self.why = why


class Refusals:
    """Counts refusals by their reason, and logs them without anything of the request."""

    def __init__(self, log: logging.Logger) -> None:
        self.counts: Counter[str] = Counter()
        self._log = log
        self._logged = (0, 0)

    def note(self, why: str) -> None:
        """Count one and log one constant line; in a flood, only the first of each minute are logged."""
        self.counts[why] += 1
        minute = int(time.monotonic() // 60)
        self._logged = (minute, self._logged[1] + 1 if self._logged[0] == minute else 1)
        if self._logged[1] <= LOGGED_A_MINUTE:
            self._log.warning("refused a request: %s", why)
        elif self._logged[1] == LOGGED_A_MINUTE + 1:
            self._log.warning("refused more requests in this minute: /health counts them")


class Signatures:
    """Checks that a request is signed by Slack, lately. `state` says whether this host's clock seems right."""

    def __init__(self, signing_secret: str, clock: Callable[[], float] = time.time) -> None:
        self._verifier = SignatureVerifier(signing_secret)
        self._clock = clock
        # What is wrong with a request is logged separately.
        self.state = Outside(REFUSED, STALE_IN_A_ROW, quiet=True)

    def check(self, raw: bytes, headers: Mapping[str, str]) -> None:
        """Raises RefusedError where the signature is not Slack's own, or is old."""
        timestamp, signature = headers.get("X-Slack-Request-Timestamp", ""), headers.get("X-Slack-Signature", "")
        if not (timestamp.isascii() and timestamp.isdigit() and len(timestamp) <= 12):
            raise RefusedError(401, "bad_timestamp")
        try:
            expected = self._verifier.generate_signature(timestamp=timestamp, body=raw)
        except UnicodeDecodeError:
            expected = None
        if expected is None or not hmac.compare_digest(expected.encode(), signature.encode("utf-8", "surrogatepass")):
            raise RefusedError(401, "bad_signature")
        if abs(self._clock() - int(timestamp)) > MAX_AGE:
            self.state.failed(CLOCK)
            raise RefusedError(401, "stale")
        self.state.answered()


async def read_body(request: web.Request, most: int) -> bytes:
    """Return a request's body. Raises RefusedError where it is packed, longer than `most` bytes, or does not come."""
    if "Content-Encoding" in request.headers:  # Slack compresses nothing, nor does an agent need to
        raise RefusedError(415, "encoded")
    if (request.content_length or 0) > most:
        raise RefusedError(413, "too_large")
    try:
        async with asyncio.timeout(BODY_WITHIN):
            body = await request.read()
    except web.HTTPRequestEntityTooLarge:
        raise RefusedError(413, "too_large") from None
    except TimeoutError:
        raise RefusedError(408, "too_slow") from None
    except (web.RequestPayloadError, ClientPayloadError, OSError):
        raise RefusedError(400, "broken_off") from None
    if len(body) > most:
        raise RefusedError(413, "too_large")
    return body

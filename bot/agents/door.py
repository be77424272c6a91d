"""`/mcp` on the HTTP server: who is let in, and how much they may ask for.

Nobody is let in without proof: Slackbot by Slack's signature and its workspace (`slack_identity_auth`: Slack signs the
request with the app's signing secret and names who asks in `params._meta.slack`), any other agent by a bearer token. A page
in somebody's browser is not let in, whatever it knows: browsers say where a request comes from (`Origin`), agents do not.
Where a request without Slack's signature names a host, it has to be this one, so that no name can be made to lead here.

Smallest protocol: POST only, a JSON answer to each request, no sessions, no streams (the protocol of 2026-07-28; a client of
an earlier revision may begin with its handshake, of which nothing is remembered).
"""

from __future__ import annotations

import asyncio
import hmac
import ipaddress
import json
import logging
from collections.abc import Mapping
from typing import Any

from aiohttp import web

from bot.agents.bridge import Bridge
from bot.failures import log_failure
from bot.slack.admission import Refusals, RefusedError, Signatures, read_body
from bot.slack.identity import Identity

log = logging.getLogger(__name__)

MAX_BODY = 64 * 1024
"""Bytes; a question has at most some thousand."""
MAX_IN_FLIGHT = 20
"""Requests that are answered at once: Slack's own are not to wait for agents."""
ANSWER_WITHIN = 20.0
"""Seconds for an answer."""
CHALLENGE = 'Bearer realm="PPRNet"'
_LOCAL = frozenset(("localhost", "localhost.localdomain"))


class AgentDoor:
    """Lets agents in that may ask, and answers them. `token` and `signing_secret`: what lets in whom; None: nobody."""

    def __init__(
        self, bridge: Bridge, identity: Identity, token: str | None, signing_secret: str | None, host: str | None = None
    ) -> None:
        """`host`: the name under which this host is reached from outside, as in https://NAME/mcp."""
        self._bridge = bridge
        self._identity = identity
        self._token = token
        self._signatures = Signatures(signing_secret) if signing_secret else None
        self._host = host.lower() if host else None
        self._refusals = Refusals(log)
        self.refused = self._refusals.counts
        self.in_progress: set[object] = set()
        """The connections whose requests are being answered."""

    @property
    def lets_in(self) -> str:
        """Return who is let in, for the log."""
        who = (("Slackbot, by Slack's signature", self._signatures), ("those with the token", self._token))
        return " and ".join(words for words, there in who if there)

    async def handle(self, request: web.Request) -> web.Response:
        """Answer one request."""
        try:
            body = await self._admit(request)
        except RefusedError as refused:
            self._refusals.note(refused.why)
            headers = {"WWW-Authenticate": _challenge(refused.why)} if refused.status == 401 else {}
            return web.Response(status=refused.status, headers=headers)
        if request.method != "POST":
            return web.Response(status=405, headers={"Allow": "POST"})
        if len(self.in_progress) >= MAX_IN_FLIGHT:
            return web.Response(status=503, headers={"Retry-After": "1"})
        self.in_progress.add(request.protocol)
        try:
            async with asyncio.timeout(ANSWER_WITHIN):
                answer = await self._bridge.answer(request, body)
        except TimeoutError:
            return web.Response(status=503, headers={"Retry-After": "10"})
        except Exception as error:  # from the package itself: a tool's failure has been answered in there
            log_failure(error)
            return web.Response(status=500)
        finally:
            self.in_progress.discard(request.protocol)
        answer.headers["Cache-Control"] = "no-store"
        return answer

    async def _admit(self, request: web.Request) -> bytes:
        """Return the body of a request that may be answered. Raises RefusedError."""
        if self._signatures and "X-Slack-Signature" in request.headers:
            body = await read_body(request, MAX_BODY)
            self._signatures.check(body, request.headers)
            if not _is_ours(body, self._identity):
                raise RefusedError(403, "other_workspace")
            return body
        if "Origin" in request.headers:
            raise RefusedError(403, "from_a_page")
        if not self._is_here(request.headers.get("Host", "")):
            raise RefusedError(421, "other_host")
        self._check_token(request.headers.get("Authorization"))
        return await read_body(request, MAX_BODY)

    def _check_token(self, given: str | None) -> None:
        if given is None:
            raise RefusedError(401, "no_token")
        scheme, _, token = given.partition(" ")
        found = token.strip().encode("utf-8", "surrogatepass")
        if self._token is None or scheme.lower() != "bearer" or not hmac.compare_digest(found, self._token.encode()):
            raise RefusedError(401, "bad_token")

    def _is_here(self, named: str) -> bool:
        """Return whether a Host header names this host: by address, as localhost, or by the name that was set."""
        name = named.lower().rpartition("]")[0].lstrip("[") if named.startswith("[") else named.lower().partition(":")[0]
        if name in _LOCAL or (self._host is not None and name == self._host):
            return True
        try:
            ipaddress.ip_address(name)
        except ValueError:
            return False
        return True


def _challenge(why: str) -> str:
    return CHALLENGE if why == "no_token" else f'{CHALLENGE}, error="invalid_token"'


def _is_ours(body: bytes, identity: Identity) -> bool:
    """Return whether a signed request is from our workspace: it names it, or calls no tool. A signature proves the app's
    secret, not the workspace.
    """
    try:
        said = json.loads(body)
    except (ValueError, RecursionError):
        return True  # the transport answers that it cannot be read
    if not isinstance(said, dict):
        return True
    asker = _mapping(_mapping(_mapping(said.get("params")).get("_meta")).get("slack"))
    team, enterprise = asker.get("team_id"), asker.get("enterprise_id")
    if team is None and enterprise is None:
        return said.get("method") != "tools/call"
    return team == identity.team_id or (identity.enterprise_id is not None and enterprise == identity.enterprise_id)


def _mapping(value: object) -> Mapping[str, Any]:
    return value if isinstance(value, dict) else {}

"""How Slack encodes and signs the requests that it sends over HTTP."""

from __future__ import annotations

import hashlib
import hmac
import json
from urllib.parse import urlencode

from .answer import Kind
from .model import Json

JSON_TYPE = "application/json"
FORM_TYPE = "application/x-www-form-urlencoded"


def encoded(kind: Kind, payload: Json) -> tuple[str, bytes]:
    """Return the content type and the body of a request."""
    if kind == "events_api":
        return JSON_TYPE, json.dumps(payload).encode()
    fields = payload if kind == "slash_commands" else {"payload": json.dumps(payload)}
    return FORM_TYPE, urlencode(fields).encode()


def signature(secret: str, timestamp: str, body: bytes) -> str:
    """Return the v0 signature of a request body."""
    base = b"v0:" + timestamp.encode() + b":" + body
    return "v0=" + hmac.new(secret.encode(), base, hashlib.sha256).hexdigest()

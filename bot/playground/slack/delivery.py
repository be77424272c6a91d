"""One delivery to the app and what came back, and the signature that goes with it over HTTP."""

from __future__ import annotations

import hashlib
import hmac
from dataclasses import dataclass, field
from typing import Any, Literal

from .model import Json, Message, View

Kind = Literal["slash_commands", "interactive", "events_api"]

ACK_LIMIT = 3.0


@dataclass
class Answer:
    """What the app answered.

    `status` is 0 where no answer came, and `error` then says why in Slack's words. `message` is what the answer showed
    to the person, `view` the modal on top afterwards, `errors` what a form complained about.
    """

    kind: Kind | None
    payload: Json
    status: int = 0
    headers: dict[str, str] = field(default_factory=dict)
    text: str = ""
    json: Any = None
    elapsed: float = 0.0
    error: str | None = None
    message: Message | None = None
    view: View | None = None
    errors: dict[str, str] = field(default_factory=dict)
    response_action: str | None = None

    @property
    def ok(self) -> bool:
        """Was it acknowledged, and in time?"""
        return self.status == 200 and not self.too_late

    @property
    def too_late(self) -> bool:
        """Slack gives up after three seconds."""
        return self.elapsed > ACK_LIMIT

    @property
    def body(self) -> Any:
        """The parsed JSON, or the text."""
        return self.text if self.json is None else self.json

    @property
    def event_id(self) -> str:
        """The id of the event delivered."""
        return str(self.payload.get("event_id", ""))


def signature(secret: str, timestamp: str, body: bytes) -> str:
    """Slack's v0 signature of a request body."""
    base = b"v0:" + timestamp.encode() + b":" + body
    return "v0=" + hmac.new(secret.encode(), base, hashlib.sha256).hexdigest()

"""What was sent to the app once, and what it answered."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Literal

from .model import Json, Message, View

Kind = Literal["slash_commands", "interactive", "events_api"]

ACK_LIMIT = 3.0


@dataclass
class Answer:
    """The app's answer to one request.

    `status` is 0 if no answer came, and `error` then says why in Slack's words. `message` is what the answer showed to the
    person, `view` the modal on top afterwards, `errors` what was wrong in a form.
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
        """Return whether it was acknowledged in time."""
        return self.status == 200 and not self.too_late

    @property
    def too_late(self) -> bool:
        """Return whether it took longer than the three seconds that Slack waits."""
        return self.elapsed > ACK_LIMIT

    @property
    def body(self) -> Any:
        """Return the parsed JSON, or the text if it is not JSON."""
        return self.text if self.json is None else self.json

    @property
    def event_id(self) -> str:
        """Return the id of the event."""
        return str(self.payload.get("event_id", ""))

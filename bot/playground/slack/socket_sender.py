"""The same as `Sender`, over Socket Mode."""

from __future__ import annotations

import json
import time

from .answer import Answer, Kind
from .model import Json
from .sender import Sender
from .server import LocalSlack


class SocketSender(Sender):
    """Sends everything as Socket Mode envelopes: the app must have a connection open to the local Slack."""

    def __init__(self, slack: LocalSlack, *, command_name: str = "/pprnet", patience: float = 30.0) -> None:
        super().__init__(slack, command_name=command_name, patience=patience)

    async def _send(self, kind: Kind, payload: Json, *, retry: int | None = None, reason: str = "") -> Answer:
        answer = Answer(kind, payload)
        self.answers.append(answer)
        started = time.monotonic()
        try:
            answer.json = await self.slack.send_envelope(
                kind,
                payload,
                retry_attempt=retry or 0,
                retry_reason=reason if retry else "",
                accepts_response_payload=kind == "slash_commands" or payload.get("type") == "view_submission",
                seconds=self.patience,
            )
            answer.status = 200
            answer.text = json.dumps(answer.json) if answer.json else ""
        except TimeoutError:
            answer.error = "http_timeout"
        except ConnectionError:
            answer.error = "connection_failed"
        answer.elapsed = time.monotonic() - started
        return answer

"""Seals what a form carries for us (`private_metadata`): it comes back from a person's client, which may send anything."""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Mapping
from typing import Any

_SEAL = "seal"


class Seal:
    """Seals forms with a key that is made of the bot's token: the same for all replicas, and stored nowhere."""

    def __init__(self, token: str) -> None:
        self._key = hashlib.sha256(b"pprnet forms " + token.encode()).digest()

    def put(self, view: Mapping[str, Any], user: str) -> dict[str, Any]:
        """Return a modal whose metadata is sealed for this person. Metadata that is no JSON object stays as it is."""
        content = _content(view)
        if not content:
            return dict(view)
        return {**view, "private_metadata": json.dumps({**content, _SEAL: self._of(view, user, content)})}

    def holds(self, view: Mapping[str, Any], user: str) -> bool:
        """Return whether this bot gave this person the form with these metadata."""
        content = _content(view)
        found = content.pop(_SEAL, None)
        return isinstance(found, str) and hmac.compare_digest(found.encode(), self._of(view, user, content).encode())

    def _of(self, view: Mapping[str, Any], user: str, content: Mapping[str, Any]) -> str:
        sealed = json.dumps([user, view.get("callback_id"), content], sort_keys=True)
        return hmac.new(self._key, sealed.encode(), hashlib.sha256).hexdigest()[:32]


def _content(view: Mapping[str, Any]) -> dict[str, Any]:
    try:
        found = json.loads(view.get("private_metadata") or "{}")
    except (ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}

"""Who may do what in Slack: every button, form and shortcut that the app listens for, as it registers them."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from enum import Enum, auto
from typing import Any
from unittest.mock import MagicMock

import pytest

from bot.server import app as composition


class May(Enum):
    """Who may do something."""

    ANYONE = auto()
    """Shows what anyone may read, or changes what is the person's own, or of the channel that it is done in."""
    ANYONE_TELLS = auto()
    """The same, and leaves word for the curators."""
    CURATORS = auto()
    """Everyone else is shown a sentence, and nothing is changed."""


Matcher = str | re.Pattern[str]


class Registration:
    """Takes the place of the app: notes what is registered, in order, by kind."""

    def __init__(self, **_: Any) -> None:
        self.found: list[tuple[str, Matcher]] = []
        _made.append(self)

    def middleware(self, function: Any) -> Any:
        """Check nothing."""
        return function

    error = middleware

    def _noted(self, kind: str, what: Matcher) -> Callable[[Any], Any]:
        self.found.append((kind, what))
        return lambda function: function

    def action(self, what: Matcher) -> Callable[[Any], Any]:
        """Note a button."""
        return self._noted("action", what)

    def view(self, what: Matcher) -> Callable[[Any], Any]:
        """Note a form."""
        return self._noted("view", what)

    def shortcut(self, what: Matcher) -> Callable[[Any], Any]:
        """Note a shortcut."""
        return self._noted("shortcut", what)

    def event(self, what: Matcher) -> Callable[[Any], Any]:
        """Note an event."""
        return self._noted("event", what)

    def command(self, what: Matcher) -> Callable[[Any], Any]:
        """Note a command."""
        return self._noted("command", what)

    def view_closed(self, what: Matcher) -> Callable[[Any], Any]:
        """Note that a form was closed."""
        return self._noted("view_closed", what)


_made: list[Registration] = []


def registered(monkeypatch: pytest.MonkeyPatch, *, many: bool = False) -> list[tuple[str, Matcher]]:
    """Return all that the app listens for, in its order; `many`: that of one of many workspaces."""
    monkeypatch.setattr(composition, "AsyncApp", Registration)
    services = MagicMock()
    if not many:
        services.own_settings = None
    composition.build_app(services)
    return _made.pop().found


def name_of(kind: str, what: Matcher) -> str:
    """Return the name of a row: what someone does, and its identifier without the signs of a pattern."""
    return f"{kind} {what.pattern if isinstance(what, re.Pattern) else what}".replace("^", "").replace("$", "")


def row_of(listeners: list[tuple[str, Matcher]], payload: Mapping[str, Any]) -> str:
    """Return the name of the row that a button, form, shortcut, event or command belongs to."""
    match payload.get("type"):
        case None:
            kind, said = "command", str(payload["command"])
        case "event_callback":
            kind, said = "event", str(payload["event"]["type"])
        case "block_actions":
            kind, said = "action", str(payload["actions"][0]["action_id"])
        case "view_closed":
            kind, said = "view_closed", ""
        case "view_submission":
            kind, said = "view", str(payload["view"]["callback_id"])
        case _:
            kind, said = "shortcut", str(payload["callback_id"])
    fits = (what for each, what in listeners if each == kind and _fits(what, said))
    return name_of(kind, next(fits))


def _fits(what: Matcher, said: str) -> bool:
    return bool(what.search(said)) if isinstance(what, re.Pattern) else what == said

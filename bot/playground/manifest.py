"""Reads `app.yaml`, which describes the app to Slack: scopes, events, command, Home. The local Slack follows it."""

from __future__ import annotations

import functools
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml


@dataclass(frozen=True)
class Shortcut:
    """One of the app's shortcuts: `type` is "global" or "message"."""

    name: str
    type: str
    callback_id: str
    description: str


@dataclass(frozen=True)
class Manifest:
    """What the playground needs from the manifest."""

    scopes: tuple[str, ...]
    events: frozenset[str]
    metadata_types: frozenset[str]
    command: str
    command_hint: str
    command_description: str
    home_enabled: bool
    optional_scopes: tuple[str, ...] = ()
    shortcuts: tuple[Shortcut, ...] = ()


def default_path() -> Path:
    """Return the path of the bot's manifest: inside an installed wheel, or beside `bot/` in a checkout."""
    package = Path(__file__).resolve().parent.parent
    shipped = package / "_app.yaml"
    return shipped if shipped.is_file() else package.parent / "app.yaml"


@functools.cache
def read(path: Path | None = None) -> Manifest:
    """Read the manifest, once, and return it."""
    found: dict[str, Any] = yaml.safe_load((path or default_path()).read_text("utf-8"))
    features, subscriptions = found["features"], found["settings"]["event_subscriptions"]
    command = features["slash_commands"][0]
    return Manifest(
        scopes=tuple(found["oauth_config"]["scopes"]["bot"]),
        events=frozenset(subscriptions["bot_events"]),
        metadata_types=frozenset(each["event_type"] for each in subscriptions.get("metadata_subscriptions") or ()),
        command=command["command"],
        command_hint=command.get("usage_hint", ""),
        command_description=command["description"],
        home_enabled=bool(features["app_home"]["home_tab_enabled"]),
        optional_scopes=tuple(found["oauth_config"]["scopes"].get("bot_optional") or ()),
        shortcuts=tuple(Shortcut(**each) for each in features.get("shortcuts") or ()),
    )

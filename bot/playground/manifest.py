"""The app as `app.yaml` describes it to Slack: scopes, events, command, Home. The local Slack goes by the same file."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml


@dataclass(frozen=True)
class Shortcut:
    """A shortcut of the app: `type` is global, or message for one on a message."""

    name: str
    type: str
    callback_id: str
    description: str


@dataclass(frozen=True)
class Manifest:
    """What the playground needs of the manifest."""

    scopes: tuple[str, ...]
    events: frozenset[str]
    metadata_types: frozenset[str]
    command: str
    command_hint: str
    command_description: str
    home_enabled: bool
    shortcuts: tuple[Shortcut, ...] = ()


def default_path() -> Path:
    """The manifest that came with the bot: inside an installed wheel, or beside `bot/` in a checkout."""
    package = Path(__file__).resolve().parent.parent
    shipped = package / "_app.yaml"
    return shipped if shipped.is_file() else package.parent / "app.yaml"


def read(path: Path | None = None) -> Manifest:
    """Read the manifest."""
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
        shortcuts=tuple(Shortcut(**each) for each in features.get("shortcuts") or ()),
    )

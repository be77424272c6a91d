"""The app's manifest: its scopes, events and commands are those that the docs name and the code needs."""

from __future__ import annotations

import re

import yaml

from bot.blocks import ids
from bot.playground.slack import LocalSlack
from bot.slack.history import MARK
from tests.unit.test_docs import ROOT, first_cells, page, section

MANIFEST = yaml.safe_load((ROOT / "app.yaml").read_text("utf-8"))

EVENT_SCOPES = {
    "app_home_opened": None,
    "app_mention": "app_mentions:read",
    "message.im": "im:history",
    "message_metadata_posted": "metadata.message:read",
    "app_uninstalled": None,
    "tokens_revoked": None,
}
"""Every event that a listener waits for, with the scope it needs (docs.slack.dev, events reference)."""
OPTIONAL_SCOPES = {"channels:history", "groups:history", "users:read"}
"""Scopes that are not in the manifest and that an operator may add."""


# The manifest


def test_every_scope_is_documented_and_needed() -> None:
    scopes = set(MANIFEST["oauth_config"]["scopes"]["bot"])
    part = section(page("operator"), "What each scope is for")
    assert first_cells(part) == sorted(scopes)
    assert set(re.findall(r"`([a-z_.]+:[a-z]+)`", part)) == {scope for scope in scopes if ":" in scope} | OPTIONAL_SCOPES
    needed = {scope for scope in EVENT_SCOPES.values() if scope} | {"commands", "chat:write", "files:write"}
    assert MANIFEST["oauth_config"]["scopes"]["bot_optional"] == ["files:write"]
    assert scopes == needed
    assert len(MANIFEST["oauth_config"]["scopes"]["bot"]) == len(scopes)
    assert "user" not in MANIFEST["oauth_config"]["scopes"]
    comments = set(re.findall(r"# - ([a-z_.]+:[a-z]+)$", (ROOT / "app.yaml").read_text("utf-8"), flags=re.MULTILINE))
    assert comments == OPTIONAL_SCOPES


def test_the_events_subscribed_are_the_events_listened_for() -> None:
    subscribed = MANIFEST["settings"]["event_subscriptions"]["bot_events"]
    assert sorted(subscribed) == sorted(EVENT_SCOPES)
    sources = "\n".join(path.read_text("utf-8") for path in (ROOT / "bot" / "listeners").glob("*.py"))
    listened = set(re.findall(r"\bapp\.event\(\"([a-z_]+)\"\)", sources))
    assert listened == {event.split(".")[0] for event in subscribed}
    assert MANIFEST["settings"]["event_subscriptions"]["metadata_subscriptions"] == [{"app_id": "*", "event_type": MARK}]


def test_the_manifest_names_the_command_that_is_listened_for_and_holds_slacks_limits() -> None:
    assert [command["command"] for command in MANIFEST["features"]["slash_commands"]] == [ids.COMMAND]
    assert ids.COMMAND.lower() == ids.COMMAND
    shortcuts = {(each["type"], each["callback_id"]) for each in MANIFEST["features"]["shortcuts"]}
    assert shortcuts == {("global", ids.SEARCH_SHORTCUT), ("message", ids.RELATED_SHORTCUT)}
    assert all(len(each["name"]) <= 24 and 0 < len(each["description"]) <= 150 for each in MANIFEST["features"]["shortcuts"])
    display = MANIFEST["display_information"]
    assert len(display["name"]) <= 35
    assert len(display["description"]) <= 140
    assert 175 <= len(display["long_description"]) <= 4000
    assert re.fullmatch(r"#[0-9a-f]{6}", display["background_color"])
    assert MANIFEST["_metadata"]["major_version"] == 2
    assert MANIFEST["settings"]["socket_mode_enabled"] is True
    assert "assistant_view" not in MANIFEST["features"]
    assert MANIFEST["features"]["app_home"]["home_tab_enabled"] is True
    assert MANIFEST["features"]["app_home"]["messages_tab_read_only_enabled"] is False


def test_the_local_slack_grants_the_manifests_scopes() -> None:
    assert set(LocalSlack().scopes) == set(MANIFEST["oauth_config"]["scopes"]["bot"])

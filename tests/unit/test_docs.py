"""The README and the manifest keep up with the code: an undocumented setting, command or scope fails here."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import pytest
import yaml

from bot import settings
from bot.blocks import ids
from bot.cli.main import SUBCOMMANDS
from bot.playground.slack import LocalSlack
from bot.slack.client import MARK

ROOT = Path(__file__).parents[2]
README = (ROOT / "README.md").read_text("utf-8")
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


PARTS = (
    "*Search research*",
    "*Find related research*",
    "*Home*",
    "*Also here*",
    "crisis words",
    "*Share*",
    "*Save*",
    "*Follow*",
    "*I'll use it*",
    "*Something wrong?*",
    "journal clubs",
    "`evidence`",
    "shared channels",
    "new months",
    "approval",
)
"""What people meet in Slack, as the README's table of what is stored calls it."""


def section(title: str) -> str:
    """The README's part under a heading."""
    return re.split(rf"^#+ {re.escape(title)}$", README, flags=re.MULTILINE)[1].split("\n## ")[0]


def test_the_settings_read_are_the_settings_listed_and_documented() -> None:
    source = (ROOT / "bot" / "settings.py").read_text("utf-8")
    read = set(re.findall(r"reader\.\w+\(\s*\"([A-Z_]+)\"", source))
    assert read == set(settings.VARIABLES)
    documented = set(re.findall(r"^\| `([A-Z_]+)` \|", section("Settings"), flags=re.MULTILINE))
    assert documented == read


def test_only_settings_reads_the_environment() -> None:
    readers = [
        path.name
        for path in (ROOT / "bot").rglob("*.py")
        if re.search(r"os\.environ\[|os\.getenv|environ\.get", path.read_text("utf-8"))
    ]
    assert readers == ["settings.py"]


def test_every_subcommand_is_documented() -> None:
    assert {command for command in SUBCOMMANDS if f"`pprnet {command}" not in README} == set()


def test_of_every_part_it_is_said_what_is_stored_and_how_it_is_erased() -> None:
    rows = re.findall(r"^\| (.+?) \|.+\|.*\|$", section("Privacy"), flags=re.MULTILINE)
    assert {part for part in PARTS if not any(part in row for row in rows)} == set()


def test_every_scope_is_documented_and_needed() -> None:
    scopes = set(MANIFEST["oauth_config"]["scopes"]["bot"])
    documented = set(re.findall(r"^\| `([a-z_.]+(?::[a-z]+)?)` \|", section("What each scope is for"), flags=re.MULTILINE))
    assert documented == scopes
    needed = {scope for scope in EVENT_SCOPES.values() if scope} | {"commands", "chat:write", "files:write"}
    assert MANIFEST["oauth_config"]["scopes"]["bot_optional"] == ["files:write"]
    assert scopes == needed
    assert len(MANIFEST["oauth_config"]["scopes"]["bot"]) == len(scopes)
    assert "user" not in MANIFEST["oauth_config"]["scopes"]


def test_the_events_subscribed_are_the_events_listened_for() -> None:
    subscribed = MANIFEST["settings"]["event_subscriptions"]["bot_events"]
    assert sorted(subscribed) == sorted(EVENT_SCOPES)
    sources = "\n".join(path.read_text("utf-8") for path in (ROOT / "bot" / "listeners").glob("*.py"))
    listened = set(re.findall(r"@app\.event\(\"([a-z_]+)\"\)", sources))
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


@pytest.mark.parametrize("name", ["first", "tests"])
def test_the_readme_holds_its_two_commands(name: str) -> None:
    block = re.search(rf"<!-- {name} -->\n```sh\n(.+)\n```\n<!-- end -->", README)
    assert block
    assert block[1].startswith("python3 -m venv .venv && ")


def test_nothing_of_this_machine_is_committed() -> None:
    tracked = subprocess.run(["git", "ls-files"], capture_output=True, text=True, cwd=ROOT, check=False).stdout.split()
    if not tracked:
        pytest.skip("not a git checkout")
    pattern = re.compile(r"xox[abp]-[0-9]{6,}|xapp-[0-9]-A[0-9A-Z]{8,}-[0-9]{6,}")
    found = [
        name
        for name in tracked
        if name.endswith((".py", ".md", ".yaml", ".toml")) and pattern.search((ROOT / name).read_text("utf-8"))
    ]
    assert found == []

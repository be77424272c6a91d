"""Settings: every fault at once, by name, and never a secret."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest

from bot.cli.main import main
from bot.paths import default_root
from bot.settings import VARIABLES, Settings, SettingsError
from tests.support.terminal import as_text, run_here

# Built from pieces, so that no scanner takes them for real ones.
BOT_TOKEN = "-".join(["xoxb", "1234567890", "abcdefABCDEF"])
APP_TOKEN = "-".join(["xapp", "1", "A0123456789", "1234567890", "abcdef"])
SIGNING = "0123456789abcdef" * 2
PASSWORD = "hunter2" + "-s3cret"

GOOD = {
    "SLACK_BOT_TOKEN": BOT_TOKEN,
    "SLACK_SIGNING_SECRET": SIGNING,
    "SLACK_APP_TOKEN": APP_TOKEN,
    "SLACK_API_URL": f"https://operator:{PASSWORD}@proxy.example/api",
    "PPRNET_DATABASE_URL": f"postgresql://pprnet:{PASSWORD}@db.example:5432/pprnet",
    "PPRNET_KNOWLEDGE": str(Path(__file__).parent),
    "PPRNET_SOURCE_URL": "https://blog.example/pprnet/blog?p=1&cat_1=&cat_2=0",
    "PPRNET_SOURCE_HOURS": "1.5",
    "PPRNET_APPROVAL": "off",
    "PPRNET_ALLOW_PRIVATE_SOURCE": "ON",
    "PPRNET_CONTACT": "mailto:lead@clinic.example",
    "PPRNET_RETRACTIONS_URL": "https://notices.example/works",
    "PPRNET_CHANNEL": "C0123456789",
    "PPRNET_CURATORS": "U0123456789, W0123456789,,U0123456789",
    "PPRNET_TIMEZONE": "America/Toronto",
    "PPRNET_POST_HOUR": "0",
    "PPRNET_LOOK_SECONDS": "300",
    "PPRNET_CRISIS_LINE": "In danger now? Call 613-555-0199.",
    "PPRNET_SHARED_CHANNELS": "On",
    "PPRNET_APP_ID": "A0123456789",
    "PPRNET_HOST": "0.0.0.0",
    "PPRNET_LOG_LEVEL": "DEBUG",
    "PPRNET_LOG_FORMAT": "JSON",
    "PPRNET_MODEL_KEY": "-".join(["sk", "local", "1234567890"]),
    "PPRNET_MCP": "on",
    "PPRNET_MCP_TOKEN": "-".join(["made", "up", "for", "these", "tests", "0123456789"]),
    "PPRNET_MCP_HOST": "pprnet.example.org",
    "PPRNET_WORKSPACES": "off",  # what it needs is tested below
    "PPRNET_SECRET_KEY": "5" * 64,
    "PPRNET_SECRET_KEY_FILE": __file__,
    "PPRNET_CLIENT_ID": "1234567890.9876543210",
    "PPRNET_CLIENT_SECRET": SIGNING,
    "PPRNET_PUBLIC_URL": "https://pprnet.example.org/",
}
BAD = {
    "SLACK_BOT_TOKEN": [
        "-".join(["xoxp", "1234567890"]), "xoxb-", BOT_TOKEN + " x", BOT_TOKEN + "\n" + BOT_TOKEN, "Bearer " + BOT_TOKEN,
    ],
    "SLACK_SIGNING_SECRET": ["a b", SIGNING[:16] + " " + SIGNING[16:], "ключ" * 4, "x" * 201],
    "SLACK_APP_TOKEN": [BOT_TOKEN, "xapp-", APP_TOKEN + "\u200b"],
    "SLACK_API_URL": [
        "slack.com/api/", "ftp://slack.com/", "https://", "https://[::1/api/", "https://x:99999/", "https://x:port/",
        "https://x/?a=b", "https://x/#a", "api",
    ],
    "PPRNET_DATABASE_URL": [
        "pprnet.db", "mysql://a/b", "sqlite://", "sqlite:///", "sqlite:///:memory:", "sqlite://pprnet.db",
        "postgresql://", f"postgresql://u:{PASSWORD}@h:port/db", "postgresql://h",
    ],
    "PPRNET_KNOWLEDGE": ["/nowhere", __file__, "~nobody-of-this-name/knowledge", "x" * 5000],
    "PPRNET_SOURCE_URL": [
        "blog.example", "ftp://blog.example/", "https://", "https://a:b@blog.example/", "https://blog.example/blog?cat_1=26",
        "https://blog.example/blog?p=8", "https://blog.example:0/", "https://blog .example/",
    ],
    "PPRNET_RETRACTIONS_URL": [
        "notices.example", "ftp://notices.example/", "https://a:b@notices.example/", "https://notices.example/works?filter=x",
        "https://notices.example/works#x", "https://", "https://notices.example:0/",
    ],
    "PPRNET_SOURCE_HOURS": ["0", "0.00001", "721", "-1", "daily", "1e3", "1" * 5000],
    "PPRNET_APPROVAL": ["yes", "0", "on,off"],
    "PPRNET_ALLOW_PRIVATE_SOURCE": ["yes", "1", "x" * 5000],
    "PPRNET_CONTACT": ["the lead", "a@b\nX-Header: 1", "<a@b>", "ü@x.org", "x" * 300],
    "PPRNET_CHANNEL": ["#team", "team", "c0123456789", "U0123456789", "C0123456789, C0123456788", "C" * 30],
    "PPRNET_CURATORS": ["@pat", "u0123456789", "C0123456789", "U0123456789 U0123456788", ",", "U0123456789;U0123456788"],
    "PPRNET_TIMEZONE": ["Toronto", "America", "../../etc/passwd", "/etc/localtime", "UTC+5", "x" * 5000],
    "PPRNET_POST_HOUR": ["24", "-1", "9.0", "nine", "9:00", "٩", "1" * 5000],
    "PPRNET_LOOK_SECONDS": ["0", "301", "1.5", "often", "1" * 5000],
    "PPRNET_CRISIS_LINE": ["x" * 301, "call\u202e 911", "x" * 5000],
    "PPRNET_SHARED_CHANNELS": ["yes", "1", "true", "on, please"],
    "PPRNET_APP_ID": ["a0123456789", "C0123456789", "A-1"],
    "PPRNET_HOST": ["http://127.0.0.1", "0.0.0.0/0", "a host", "x" * 254],
    "PPRNET_LOG_LEVEL": ["verbose", "10", "debug,info"],
    "PPRNET_LOG_FORMAT": ["xml", "text json"],
    "PPRNET_MODEL_KEY": ["two words", "ключ", "x" * 201],
    "PPRNET_MCP": ["yes", "1", "on,off"],
    "PPRNET_MCP_TOKEN": ["too-short", "x" * 31, "x" * 201, "two words " * 4, "ключ" * 10],
    "PPRNET_MCP_HOST": ["https://pprnet.example.org", "pprnet.example.org:443", "a host", "pprnet..org", "x" * 64],
    "PPRNET_WORKSPACES": ["yes", "1", "on,off"],
    "PPRNET_SECRET_KEY": ["two words", "ключ", "x" * 201],
    "PPRNET_SECRET_KEY_FILE": ["/nowhere", str(Path(__file__).parent), "~nobody-of-this-name/key", "x" * 5000],
    "PPRNET_CLIENT_ID": ["A0123456789", "1234567890", "1.2.3", "1 . 2"],
    "PPRNET_CLIENT_SECRET": ["a b", "ключ", "x" * 201],
    "PPRNET_PUBLIC_URL": ["pprnet.example.org", "http://pprnet.example.org", "https://", "https://x/?a=b", "ftp://x/"],
}  # fmt: skip


def faults(environ: dict[str, str], *needs: str) -> list[str]:
    with pytest.raises(SettingsError) as caught:
        Settings.from_env(environ, needs=needs)
    assert str(caught.value) == "; ".join(caught.value.faults)
    return caught.value.faults


def run(*arguments: str, **variables: str) -> subprocess.CompletedProcess[str]:
    """`pprnet ARGUMENTS` with these variables of the bot's and no others."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("PPRNET_", "SLACK_"))}
    return as_text(run_here(main, arguments, environ=kept | variables))


# -- values -------------------------------------------------------------------------------------------------------


def test_every_variable_is_read_and_every_one_has_good_and_bad_values_here() -> None:
    assert set(GOOD) == set(BAD) == set(VARIABLES)
    read: set[str] = set()

    class Watching(dict[str, str]):
        def get(self, name: str, default: object = None) -> object:  # type: ignore[override]
            read.add(name)
            return super().get(name, default)

    Settings.from_env(Watching(GOOD), needs=("slack", "door"))
    assert read == {*VARIABLES, "HOME", "XDG_STATE_HOME"}  # and where the default database is


def test_good_values_arrive_as_what_they_mean() -> None:
    settings = Settings.from_env(GOOD, needs=("slack", "door"))
    assert (settings.bot_token, settings.signing_secret, settings.app_token) == (BOT_TOKEN, SIGNING, APP_TOKEN)
    assert settings.socket_mode
    assert settings.api_url == f"https://operator:{PASSWORD}@proxy.example/api/"
    assert settings.database_url == f"postgresql+asyncpg://pprnet:{PASSWORD}@db.example:5432/pprnet"
    assert settings.knowledge == Path(__file__).parent
    assert (settings.source_hours, settings.approval, settings.allow_private_source) == (1.5, False, True)
    assert (settings.channel, settings.app_id, settings.host) == ("C0123456789", "A0123456789", "0.0.0.0")
    assert settings.curators == ("U0123456789", "W0123456789")
    assert settings.shared_channels is True
    assert settings.crisis_line == "In danger now? Call 613-555-0199."
    assert (str(settings.timezone), settings.post_hour, settings.log_level) == ("America/Toronto", 0, "debug")


@pytest.mark.parametrize(
    "blank", [{}, dict.fromkeys(VARIABLES, ""), dict.fromkeys(VARIABLES, "  \n")], ids=["unset", "empty", "blank"]
)
def test_nothing_set_means_the_defaults(blank: dict[str, str]) -> None:
    settings = Settings.from_env(blank)
    assert settings == Settings()
    assert not settings.socket_mode
    assert settings.api_url == "https://slack.com/api/"
    assert (settings.host, settings.post_hour, str(settings.timezone)) == ("127.0.0.1", 9, "UTC")


def test_white_space_around_a_value_is_no_part_of_it() -> None:
    assert Settings.from_env({name: f" {value}\n" for name, value in GOOD.items()}) == Settings.from_env(GOOD)


@pytest.mark.parametrize(("name", "value"), [(name, value) for name, values in BAD.items() for value in values])
def test_a_bad_value_is_one_fault_that_names_its_variable(name: str, value: str) -> None:
    found = faults({**GOOD, name: value})
    assert len(found) == 1
    assert found[0].startswith(f"{name} ")
    assert len(found[0]) < 400


@pytest.mark.parametrize(
    ("given", "meant"),
    [
        ("sqlite:///pprnet.db", "sqlite+aiosqlite:///pprnet.db"),
        ("sqlite:////var/lib/pprnet.db", "sqlite+aiosqlite:////var/lib/pprnet.db"),
        ("postgres://u@h/db", "postgresql+asyncpg://u@h/db"),
        ("postgresql:///db?host=/run/postgresql", "postgresql+asyncpg:///db?host=/run/postgresql"),
        ("postgresql+asyncpg://u:p%40ss@[::1]:5432/db", "postgresql+asyncpg://u:p%40ss@[::1]:5432/db"),
    ],
)  # fmt: skip
def test_a_database_address_of_any_common_form_is_taken(given: str, meant: str) -> None:
    assert Settings.from_env({"PPRNET_DATABASE_URL": given}).database_url == meant


def test_every_fault_is_told_at_once() -> None:
    found = faults({name: values[0] for name, values in BAD.items()})
    assert sorted(fault.split()[0] for fault in found) == sorted(VARIABLES)


def test_what_a_command_cannot_do_without_is_asked_for_by_name() -> None:
    missing = faults({}, "slack", "door")
    assert len(missing) == 2
    assert missing[0].startswith("SLACK_BOT_TOKEN is not set")
    assert missing[1].startswith("neither SLACK_APP_TOKEN (Socket Mode) nor SLACK_SIGNING_SECRET (HTTP) is set")
    assert len(faults({"SLACK_BOT_TOKEN": "x", "SLACK_SIGNING_SECRET": "x y"}, "slack", "door")) == 2
    assert not Settings.from_env(
        {"SLACK_BOT_TOKEN": BOT_TOKEN, "SLACK_SIGNING_SECRET": SIGNING}, needs=("slack", "door")
    ).socket_mode


def test_many_workspaces_need_the_apps_secrets_an_address_and_one_key() -> None:
    names = ("PPRNET_CLIENT_ID", "PPRNET_CLIENT_SECRET", "PPRNET_PUBLIC_URL", "PPRNET_SECRET_KEY")
    given = {"PPRNET_WORKSPACES": "on", **{name: GOOD[name] for name in names}}
    assert Settings.from_env(given).workspaces
    missing = faults({"PPRNET_WORKSPACES": "on"})
    assert [each.split()[0] for each in missing] == [*names[:3], "PPRNET_WORKSPACES"]
    [both] = faults({**given, "PPRNET_SECRET_KEY_FILE": __file__})
    assert both.startswith("PPRNET_WORKSPACES is on: set one of PPRNET_SECRET_KEY")
    assert GOOD["PPRNET_SECRET_KEY"] not in both


def test_agents_are_not_let_in_without_anything_that_says_who_may_ask() -> None:
    socket = {"SLACK_BOT_TOKEN": BOT_TOKEN, "SLACK_APP_TOKEN": APP_TOKEN, "PPRNET_MCP": "on"}
    found = faults(socket, "slack", "door")
    assert len(found) == 1
    assert "nothing says who may ask: set PPRNET_MCP_TOKEN" in found[0]
    for proof in ({"PPRNET_MCP_TOKEN": GOOD["PPRNET_MCP_TOKEN"]}, {"SLACK_SIGNING_SECRET": SIGNING}):
        assert Settings.from_env(socket | proof, needs=("slack", "door")).mcp
    assert not Settings.from_env({**socket, "PPRNET_MCP": "off"}, needs=("slack", "door")).mcp
    assert GOOD["PPRNET_MCP_TOKEN"] not in repr(Settings.from_env(GOOD))


# -- secrets ------------------------------------------------------------------------------------------------------


def test_a_repr_of_the_settings_holds_no_secret() -> None:
    settings = Settings.from_env(GOOD)
    for shown in (repr(settings), str(settings), f"{settings}"):
        for secret in (BOT_TOKEN, APP_TOKEN, SIGNING, PASSWORD):
            assert secret not in shown


@pytest.mark.parametrize("secret", [BOT_TOKEN, APP_TOKEN, SIGNING, SIGNING.upper(), SIGNING * 2])
@pytest.mark.parametrize("name", VARIABLES)
def test_a_secret_in_the_wrong_variable_is_not_repeated_in_the_fault(name: str, secret: str) -> None:
    said = []
    for value in (secret, f"<{secret}>"):
        try:
            Settings.from_env({name: value})
        except SettingsError as error:
            said += error.faults
    assert secret[:12] not in "; ".join(said)


def test_a_malformed_secret_or_password_is_not_repeated_in_the_fault() -> None:
    text = "; ".join(
        faults(
            {
                "SLACK_BOT_TOKEN": f"{BOT_TOKEN} {PASSWORD}",
                "SLACK_APP_TOKEN": f"xapp {PASSWORD}",
                "SLACK_SIGNING_SECRET": f"{PASSWORD} {SIGNING}",
                "PPRNET_DATABASE_URL": f"postgres//u:{PASSWORD}@h/db",
                "SLACK_API_URL": f"https://u:{PASSWORD}@h:port/",
            }
        )
    )
    for secret in (PASSWORD, SIGNING, BOT_TOKEN):
        assert secret not in text


# -- through the door ---------------------------------------------------------------------------------------------


def test_serve_without_settings_names_all_that_is_missing_and_does_not_start() -> None:
    done = run("serve", PPRNET_POST_HOUR="25")
    assert (done.returncode, done.stdout) == (2, "")
    lines = done.stderr.splitlines()
    assert len(lines) == 3
    assert lines[0].startswith("pprnet: SLACK_BOT_TOKEN is not set")
    assert lines[1].startswith("pprnet: neither SLACK_APP_TOKEN")
    assert lines[2].startswith("pprnet: PPRNET_POST_HOUR is")


def test_serve_with_every_setting_malformed_prints_a_line_for_each_and_no_secret() -> None:
    variables = {name: values[0] for name, values in BAD.items()} | {
        "SLACK_BOT_TOKEN": f"{BOT_TOKEN} {PASSWORD}",
        "SLACK_SIGNING_SECRET": f"{SIGNING} {PASSWORD}",
        "PPRNET_DATABASE_URL": f"postgresql://u:{PASSWORD}@h:port/db",
    }
    done = run("serve", **variables)
    assert done.returncode == 2
    assert sorted(line.split()[1] for line in done.stderr.splitlines()) == sorted(VARIABLES)
    for secret in (PASSWORD, SIGNING, BOT_TOKEN):
        assert secret not in done.stderr + done.stdout


def test_post_needs_a_token_and_a_channel_but_a_dry_run_needs_neither() -> None:
    done = run("post")
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith("pprnet: SLACK_BOT_TOKEN is not set")
    assert "Traceback" not in done.stderr
    done = run("post", SLACK_BOT_TOKEN=BOT_TOKEN)
    assert (done.returncode, done.stdout) == (2, "")
    assert "which channel? Give --channel with its id (C...), or set PPRNET_CHANNEL" in done.stderr
    done = run("post", "--dry-run", "--month", "2022-09")
    assert (done.returncode, done.stderr) == (0, "")
    assert "Nothing was sent." in done.stdout


def test_a_place_that_cannot_be_listened_on_is_named(tmp_path: Path) -> None:
    done = run("serve", "--port", "70000")
    assert done.returncode == 2
    assert "'70000' is not a port" in done.stderr


def test_check_names_a_corpus_folder_that_is_not_there_without_a_traceback() -> None:
    done = run("check", PPRNET_KNOWLEDGE="~nobody-of-this-name/knowledge")
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == "pprnet: PPRNET_KNOWLEDGE names ~nobody-of-this-name/knowledge, which is not a folder\n"


# -- the watch ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (
            {"PPRNET_SOURCE_URL": "http://127.0.0.1:8080/blog", "PPRNET_ALLOW_PRIVATE_SOURCE": "off"},
            "PRIVATE_SOURCE=on allows",
        ),
        (
            {
                "PPRNET_SOURCE_URL": "",
                "PPRNET_RETRACTIONS_URL": "http://127.0.0.1:8080/works",
                "PPRNET_ALLOW_PRIVATE_SOURCE": "off",
            },
            "PPRNET_RETRACTIONS_URL cannot be used: the host 127.0.0.1 is not public. PPRNET_ALLOW_PRIVATE_SOURCE=on",
        ),
        ({"PPRNET_SOURCE_HOURS": "0.5"}, "once an hour at most"),
        ({"PPRNET_APPROVAL": "on", "PPRNET_CURATORS": ""}, "PPRNET_CURATORS is not set"),
        ({"PPRNET_KNOWLEDGE": ""}, "to a folder of your own and name that"),
        ({"PPRNET_KNOWLEDGE": str(default_root())}, "to a folder of your own and name that"),
    ],
)
def test_settings_of_the_watch_that_do_not_go_together_are_said(change: dict[str, str], says: str) -> None:
    found = faults({**GOOD, **change}, "slack", "door")
    assert len(found) == 1
    assert says in found[0]


def test_other_commands_do_not_mind_what_only_the_watch_needs() -> None:
    assert Settings.from_env({**GOOD, "PPRNET_KNOWLEDGE": "", "PPRNET_CURATORS": "", "PPRNET_APPROVAL": "on"}).source_url
    near = {"PPRNET_SOURCE_URL": "http://127.0.0.1:8080/blog", "PPRNET_SOURCE_HOURS": "0.001"}
    assert Settings.from_env({**GOOD, **near}, needs=("slack", "door")).source_hours == 0.001

"""`pprnet doctor` on this host: files that the bot's user may not use, the port, and what cannot be read of the settings."""

from __future__ import annotations

import asyncio
import os
import socket
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.cli.main import main
from bot.playground.slack import LocalSlack
from tests.support.bot import SECRET, running
from tests.support.installation import Installation, new_database
from tests.support.many import KEY, PUBLIC
from tests.support.terminal import as_text, run_here
from tests.support.users import open_folder, without_rights  # noqa: F401  (a fixture)

ROOT = pytest.mark.skipif(os.geteuid() != 0, reason="only root can leave a file to another user")
MANY = {
    "PPRNET_WORKSPACES": "on",
    "PPRNET_CLIENT_ID": "1.2",
    "PPRNET_CLIENT_SECRET": "x",
    "PPRNET_PUBLIC_URL": PUBLIC,
}


@pytest.fixture
async def reachable(slack: LocalSlack, open_folder: Path) -> Installation:  # noqa: F811
    """An installation in a folder that every user can reach."""
    found = Installation(slack, slack.add_channel("team"), open_folder)
    await found.see()  # what it imports, another user may not be able to read
    return found


@ROOT
async def test_a_database_that_root_copied_belongs_to_root_and_needs_no_backup(reachable: Installation) -> None:
    await new_database(reachable.file)
    for wal in (False, True):
        if wal:
            reachable.file.chmod(0o666)
            reachable.file.with_name("pprnet.db-wal").touch(0o600)
        with without_rights():
            found = (await reachable.see()).of("database")
        file = f"{reachable.file}-wal" if wal else str(reachable.file)
        assert (found["state"], found["said"]) == ("error", f"{file} belongs to root, and nobody may not read and write it")
        assert found["advice"].startswith("chown nobody:")


@ROOT
async def test_a_database_in_a_folder_of_root(reachable: Installation) -> None:
    closed = reachable.folder / "closed"
    (closed / "deep").mkdir(0o700, parents=True)
    closed.chmod(0o700)
    for folder, said in (("", "belongs to root"), ("deep/", f"nobody may not look into {closed}")):
        with without_rights():
            found = (await reachable.see(PPRNET_DATABASE_URL=f"sqlite:///{closed}/{folder}pprnet.db")).of("database")
        assert found["state"] == "error"
        assert said in found["said"]


async def test_only_what_is_no_database_is_to_be_restored(clinic: Installation) -> None:
    clinic.file.write_bytes(b"Dear diary, " * 1000)
    clinic.file.chmod(0o600)
    found = (await clinic.see()).of("database")
    assert "not a database" in found["said"]
    assert "Restore it" in found["advice"]


async def test_a_relative_path_is_said_to_be_one_and_a_folder_is_not_made(clinic: Installation) -> None:
    found = (await clinic.see(PPRNET_DATABASE_URL="sqlite:///var/lib/pprnet/pprnet.db")).of("database")
    assert found["state"] == "error"
    assert found["said"] == f"{clinic.folder}/var/lib/pprnet/pprnet.db does not exist, nor does its folder"
    assert "sqlite:////var/lib/pprnet/pprnet.db" in found["advice"]
    at_home = (await clinic.see(PPRNET_DATABASE_URL="sqlite:///new.db")).of("database")
    assert (at_home["state"], at_home["said"]) == ("warning", f"{clinic.folder}/new.db does not exist")


@ROOT
async def test_a_key_that_the_bot_may_not_read(reachable: Installation) -> None:
    key = reachable.folder / "key"
    key.write_text(f"{KEY}\n")
    settings = {**MANY, "PPRNET_SECRET_KEY_FILE": str(key)}
    await new_database(reachable.file)
    for path in (reachable.file, reachable.folder):
        os.chown(path, 65534, -1)
    for mode, said in (
        (0o600, f"the secret key cannot be read: {key} belongs to root, and nobody may not read it: chown nobody:"),
        (0o644, "others may read the secret key: chown nobody:"),
    ):
        key.chmod(mode)
        with without_rights():
            found = (await reachable.see(**settings)).of("workspaces")
        assert found["said"].startswith(said)
        assert "install the app again" not in found["advice"]
    assert found["said"].endswith(f" {key} && chmod 600 {key}")


@pytest.fixture
def taken(clinic: Installation, monkeypatch: pytest.MonkeyPatch) -> Iterator[int]:
    """A port that another program listens on, which does not answer."""
    monkeypatch.setattr("bot.cli.running.WAIT", 0.2)
    with socket.create_server(("127.0.0.1", clinic.port)):
        yield clinic.port


async def test_a_port_that_another_program_has(clinic: Installation, taken: int) -> None:
    seen = await clinic.see()
    assert seen.troubles() == [("error", "port")]
    assert seen.of("port")["said"] == f"another program has port {taken} on 127.0.0.1"
    assert "pprnet serve --port" in seen.of("port")["advice"]


async def test_a_port_that_the_bot_has_itself(clinic: Installation) -> None:
    async with running(clinic.slack, clinic.folder, **clinic.environ) as bot:
        clinic.port = int(bot.url.rpartition(":")[2])
        seen = await clinic.see()
    assert (seen.troubles(), seen.of("port")["said"]) == ([], f"the bot answers at {clinic.port} on 127.0.0.1")


@pytest.mark.parametrize("host", ["192.0.2.1", "no-such-host.invalid"])
async def test_an_address_that_is_not_of_this_host(clinic: Installation, host: str) -> None:
    seen = await clinic.see(PPRNET_HOST=host)
    assert seen.troubles() == [("error", "port")]
    assert f"PPRNET_HOST is {host}, which is no address of this host" in seen.of("port")["said"]


async def test_the_port_is_no_setting(clinic: Installation) -> None:
    found = (await clinic.see(PPRNET_PORT="3001")).of("settings")
    assert found["advice"] == "The port is an argument: pprnet serve --port 3001."
    both = await clinic.see(PPRNET_HOST="127.0.0.1:3001")
    assert both.troubles() == [("error", "settings")]
    assert "without a port (`pprnet serve --port`)" in both.of("settings")["said"]


@pytest.mark.parametrize(
    ("name", "value", "skipped"),
    [
        ("PPRNET_CHANNEL", "#team", {"channel"}),
        ("PPRNET_DATABASE_URL", "mysql://a/b", {"database"}),
        ("PPRNET_KNOWLEDGE", "/nowhere", {"library"}),
        ("PPRNET_HOST", "a host", {"port"}),
        ("SLACK_API_URL", "slack", {"token", "scopes", "clock", "channel"}),
    ],
)
async def test_what_cannot_be_read_is_not_checked(clinic: Installation, name: str, value: str, skipped: set[str]) -> None:
    all_checks = {each["check"] for each in (await clinic.see()).checks}
    seen = await clinic.see(**{name: value})
    assert seen.troubles() == [("error", "settings")]
    assert {each["check"] for each in seen.checks} == all_checks - skipped


async def test_a_key_that_is_not_given_may_be_that_of_before(clinic: Installation) -> None:
    [found] = [each for each in (await clinic.see(**MANY)).checks if each["state"] == "error"]
    assert "The one of before, if any joined" in found["said"]
    assert SECRET not in str(found)


@pytest.mark.parametrize(
    ("module", "check", "settings"),
    [
        ("asyncpg", "database", {"PPRNET_DATABASE_URL": "postgresql://a:b@127.0.0.1:9/c"}),
        ("cryptography.hazmat.primitives.ciphers.aead", "workspaces", {**MANY, "PPRNET_SECRET_KEY": KEY}),
    ],
)
async def test_where_a_package_is_missing_that_is_all_the_advice(
    clinic: Installation, monkeypatch: pytest.MonkeyPatch, module: str, check: str, settings: dict[str, str]
) -> None:
    monkeypatch.setitem(sys.modules, module, None)
    seen = await clinic.see(**settings)
    assert seen.troubles() == [("error", check)]
    assert "pip install" in seen.of(check)["said"]
    assert seen.of(check)["advice"] == "The bot does not start without it."


async def test_health_says_where_to_look_where_nothing_answers(clinic: Installation) -> None:
    words = ["health", "--port", str(clinic.port)]
    done = as_text(await asyncio.to_thread(run_here, main, words, environ=clinic.environ))
    assert done.returncode == 1
    assert f"nothing answers at http://127.0.0.1:{clinic.port}/health" in done.stdout
    assert "journalctl -u pprnet" in done.stdout

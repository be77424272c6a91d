"""`pprnet doctor`: with each trouble induced it says which, and what to do; nothing is changed by it, and nobody sees it."""

from __future__ import annotations

import asyncio
import shutil
import sqlite3
import time
from contextlib import closing
from pathlib import Path
from typing import Any
from unittest import mock

import asyncpg
import pytest
from aiohttp import web

from bot.cli.main import main
from bot.playground.slack import LocalSlack
from bot.store.sqlite_file import sign_of
from tests.support.installation import Installation, new_database
from tests.support.postgresql import PostgreSQL
from tests.support.terminal import as_text, run_here
from tests.support.web_server import serving

POST = ("chat.postMessage", "chat.update")


async def test_a_sound_installation_has_no_trouble_and_is_left_as_it_is(clinic: Installation) -> None:
    before = clinic.file.read_bytes()
    seen = await clinic.see()
    assert (seen.status, seen.worst, seen.troubles()) == (0, "ok", [])
    assert {each["check"] for each in seen.checks} == {
        *("settings", "port", "token", "scopes", "clock", "channel", "database", "disk", "library")
    }
    assert clinic.file.read_bytes() == before
    assert [each for each in clinic.slack.calls if each.method in POST] == clinic.channel.messages == []
    assert clinic.slack.token not in str(seen)
    done = as_text(await asyncio.to_thread(run_here, main, ["doctor", "--port", str(clinic.port)], environ=clinic.environ))
    assert done.stdout.startswith("ok       settings   all can be read.\n")
    assert done.stdout.endswith("0 errors, 0 warnings.\n")


async def test_every_faulty_setting_and_every_unknown_one_is_named_and_the_rest_is_checked(clinic: Installation) -> None:
    seen = await clinic.see(
        PPRNET_POST_HOUR="25", PPRNET_TIMEZONE="Nowhere", PPRNET_CURATOR="U0123456789", PPRNET_XYZ="1", SLACK_BOT_TOKN="x"
    )
    said = {(each["state"], each["said"].split()[0]): each for each in seen.checks if each["check"] == "settings"}
    assert set(said) == {
        ("error", "PPRNET_POST_HOUR"),
        ("error", "PPRNET_TIMEZONE"),
        ("warning", "PPRNET_CURATOR"),
        ("warning", "PPRNET_XYZ"),
        ("warning", "SLACK_BOT_TOKN"),
    }
    assert said["warning", "PPRNET_CURATOR"]["advice"] == "Did you mean PPRNET_CURATORS?"
    assert seen.of("channel")["state"] == "ok"
    without = await clinic.see(SLACK_BOT_TOKEN=None, SLACK_SIGNING_SECRET=None, SLACK_DEBUG="1")
    assert without.troubles() == [("error", "settings")] * 2
    noted = (await clinic.see(PPRNET_CRISIS_LINE="Call the clinic: 555 0100 # approved")).of("settings")
    assert (noted["state"], noted["said"]) == ("warning", "the value of PPRNET_CRISIS_LINE has a # in it")
    assert (await clinic.see(PPRNET_MCP="on", SLACK_SIGNING_SECRET=None)).of("database")["state"] == "ok"


@pytest.mark.parametrize(("state", "code"), [("revoked", "token_revoked"), ("inactive", "account_inactive")])
async def test_a_token_that_is_refused(clinic: Installation, state: Any, code: str) -> None:
    clinic.slack.token_state = state
    seen = await clinic.see()
    assert seen.troubles() == [("error", "token")]
    assert code in seen.of("token")["said"]


async def test_slack_that_cannot_be_reached_or_fails(clinic: Installation) -> None:
    assert (await clinic.see(SLACK_API_URL="http://127.0.0.1:9/")).troubles() == [("error", "Slack")]
    clinic.slack.faults.error("auth.test", "internal_error")
    assert (await clinic.see()).troubles() == [("error", "Slack")]


async def test_scopes_that_are_missing_declined_or_too_many(clinic: Installation) -> None:
    clinic.slack.scopes = frozenset({*clinic.slack.scopes} - {"metadata.message:read"})
    assert "lacks metadata.message:read" in (await clinic.see()).of("scopes")["said"]
    clinic.slack.scopes = frozenset({*LocalSlack().scopes} - {"files:write"})
    declined = await clinic.see()
    assert (declined.status, declined.troubles()) == (0, [("warning", "scopes")])
    clinic.slack.scopes = frozenset({*LocalSlack().scopes, "channels:history", "admin"})
    assert "no use for admin" in (await clinic.see()).of("scopes")["said"]
    clinic.slack.scopes = frozenset({*LocalSlack().scopes, "channels:history", "groups:history"})
    assert "may look up uncertain messages" in (await clinic.see()).of("scopes")["said"]


@pytest.mark.parametrize(("off", "state"), [(-400.0, "error"), (400.0, "error"), (120.0, "warning"), (20.0, "ok")])
async def test_the_clock(clinic: Installation, off: float, state: str) -> None:
    clinic.slack.clock = lambda: time.time() + off
    assert (await clinic.see()).of("clock")["state"] == state


async def test_the_app_token_and_its_app(clinic: Installation) -> None:
    sound = await clinic.see(SLACK_APP_TOKEN=clinic.slack.app_token)
    assert (sound.troubles(), sound.of("app token")["state"]) == ([], "ok")
    other = await clinic.see(SLACK_APP_TOKEN=clinic.slack.app_token, PPRNET_APP_ID="A0OTHER0001")
    assert other.troubles() == [("error", "app")]
    assert (await clinic.see(SLACK_APP_TOKEN="xapp-1-A0LOCAL0001-of-another")).troubles() == [("error", "app token")]


async def test_the_channel_is_asked_about_without_a_message_that_anyone_sees(clinic: Installation) -> None:
    outside = clinic.slack.add_channel("outside", with_bot=False)
    hidden = clinic.slack.add_channel("hidden", private=True, with_bot=False)
    for channel, code in (
        (outside.id, "not_in_channel"),
        (hidden.id, "channel_not_found"),
        ("C0NOWHERE", "channel_not_found"),
    ):
        seen = await clinic.see(PPRNET_CHANNEL=channel)
        assert seen.troubles() == [("error", "channel")]
        assert code in seen.of("channel")["said"]
    assert (await clinic.see(PPRNET_CHANNEL=None)).troubles() == [("warning", "channel")]
    clinic.slack.faults.rate_limited("chat.postEphemeral", 30)
    assert (await clinic.see()).troubles() == [("warning", "channel")]
    assert {each.user for each in clinic.channel.ephemeral} <= {clinic.slack.bot_user_id}


async def test_the_file_of_the_database(clinic: Installation) -> None:
    async def only() -> tuple[str, str]:
        seen = await clinic.see()
        assert {check for _, check in seen.troubles()} <= {"database"}
        return seen.of("database")["state"], seen.of("database")["said"]

    def change(version: str) -> None:
        with closing(sqlite3.connect(clinic.file)) as connection, connection:
            connection.execute("UPDATE alembic_version SET version_num = ?", (version,))

    change("9999")
    assert (await only())[0] == "error"
    change("0007")
    assert (await only())[0] == "warning"
    clinic.file.write_bytes(b"this is no database at all" * 100)
    assert (await only())[0] == "error"
    clinic.file.write_bytes(b"")
    assert "has no tables of the bot yet" in (await only())[1]
    clinic.file.unlink()
    assert await only() == ("error", f"{clinic.file} is gone")
    sign_of(clinic.file).unlink()
    assert await only() == ("warning", f"{clinic.file} does not exist")
    assert not clinic.file.exists()
    await new_database(clinic.file)
    clinic.file.chmod(0o644)
    assert ("warning", "database") in (await clinic.see()).troubles()


async def test_a_database_where_earlier_versions_had_it(clinic: Installation) -> None:
    seen = await clinic.see(PPRNET_DATABASE_URL=None, HOME=str(clinic.folder / "home"))
    assert seen.troubles() == [("warning", "database")]
    assert any(f"PPRNET_DATABASE_URL=sqlite:///{clinic.file}" in each["advice"] for each in seen.checks)


async def test_a_disk_that_is_full_or_nearly(clinic: Installation) -> None:
    for free, state in ((10, "error"), (300, "warning"), (900, "ok")):
        usage = shutil._ntuple_diskusage(1, 1, free * 1_000_000)  # type: ignore[attr-defined]
        with mock.patch("shutil.disk_usage", return_value=usage):
            assert {each["state"] for each in (await clinic.see()).checks if each["check"] == "disk"} == {state}


async def test_a_library_with_a_fault(clinic: Installation) -> None:
    month = Path(clinic.environ["PPRNET_KNOWLEDGE"]) / "issues" / "2022-09.yaml"
    month.write_bytes(month.read_bytes() + b"nonsense: 1\n")
    seen = await clinic.see()
    assert seen.troubles() == [("error", "library")]
    assert "issues/2022-09.yaml" in seen.of("library")["said"]


async def test_a_library_that_cannot_be_written(clinic: Installation) -> None:
    with mock.patch("tempfile.TemporaryFile", side_effect=PermissionError(13, "Permission denied")):
        assert (await clinic.see()).troubles() == [("warning", "library")]
        watching = {"PPRNET_SOURCE_URL": "http://127.0.0.1:9/", "PPRNET_ALLOW_PRIVATE_SOURCE": "on"}
        seen = await clinic.see(**watching, PPRNET_CURATORS="U0123456789")
    assert seen.troubles() == [("error", "library"), ("error", "blog")]


async def test_the_blogs_address(clinic: Installation) -> None:
    async def page(_request: web.Request) -> web.Response:
        return web.Response(text="December 2023", content_type="text/plain")

    async with serving(page) as site:
        watching = {
            "PPRNET_SOURCE_URL": f"{site}/blog",
            "PPRNET_ALLOW_PRIVATE_SOURCE": "on",
            "PPRNET_CURATORS": "U0123456789",
        }
        seen = await clinic.see(**watching)
    assert (seen.troubles(), seen.of("blog")["said"]) == ([], f"{site}/blog answers")
    assert (await clinic.see(**watching)).troubles() == [("error", "blog")]


@pytest.mark.postgresql
async def test_a_postgresql_database(clinic: Installation, postgresql: PostgreSQL) -> None:
    url = await postgresql.new_database()
    fresh = await clinic.see(PPRNET_DATABASE_URL=url)
    assert (fresh.status, fresh.troubles()) == (0, [("warning", "database")])
    connection = await asyncpg.connect(url)
    try:
        assert await connection.fetchval("SELECT to_regclass('alembic_version')") is None
        user = await connection.fetchval("SELECT current_user")
        await connection.execute(f"ALTER ROLE {user} SET default_transaction_isolation = 'serializable'")
        await connection.execute(f"ALTER ROLE {user} SET default_transaction_read_only = on")
    finally:
        await connection.close()
    said = [each["said"] for each in (await clinic.see(PPRNET_DATABASE_URL=url)).checks if each["check"] == "database"]
    assert [sentence.split(",")[0] for sentence in said[:2]] == [
        "its transactions are serializable by default",
        "it can only be read",
    ]
    gone = await clinic.see(PPRNET_DATABASE_URL="postgresql://a:secret@127.0.0.1:9/b")
    assert gone.troubles() == [("error", "database")]
    assert "secret" not in str(gone)


@pytest.mark.postgresql
async def test_a_postgresql_database_of_another_encoding(clinic: Installation, postgresql: PostgreSQL) -> None:
    connection = await asyncpg.connect(postgresql.url())
    try:
        await connection.execute("CREATE DATABASE doctor_latin ENCODING 'LATIN1' LOCALE 'C' TEMPLATE template0")
        seen = await clinic.see(PPRNET_DATABASE_URL=postgresql.url().rpartition("/")[0] + "/doctor_latin")
        await connection.execute("DROP DATABASE doctor_latin")
    finally:
        await connection.close()
    assert ("error", "database") in seen.troubles()
    assert any("LATIN1" in each["said"] for each in seen.checks)

"""A full disk: what people ask for is declined with a sentence, and the log and /health say what is wrong, and where."""

from __future__ import annotations

from pathlib import Path

import aiosqlite
import pytest

from bot.blocks import notes
from bot.playground.slack import LocalSlack
from bot.store import sqlite_file
from bot.store.sqlite_driver import connect
from tests.bot.test_health import until
from tests.support.bot import running
from tests.support.small_corpus import small_corpus

ENOUGH = 200
"""People who follow something fill more than the pages that a new database has."""


@pytest.fixture
def full(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let no database get more pages than it has."""

    async def connected(file: Path, patience: float) -> aiosqlite.Connection:
        connection = await connect(file, patience)
        async with connection.execute("PRAGMA page_count") as found:
            [[pages]] = await found.fetchall()
        await connection.execute(f"PRAGMA max_page_count={pages}")
        return connection

    monkeypatch.setattr(sqlite_file, "connect", connected)


@pytest.mark.usefixtures("full")
async def test_what_cannot_be_stored_is_declined_and_the_cause_is_said(
    slack: LocalSlack, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    async with running(slack, tmp_path, **small_corpus(tmp_path)) as bot:
        team = slack.add_channel("team")
        for number in range(ENOUGH):
            answer = await bot.say.command("follow alliance", user=slack.add_user(f"user-{number}"), channel=team)
            if "follow" not in answer.message.visible_text.lower():
                break
        assert answer.message.visible_text == notes.NOT_NOW
        said = f"the disk is full ({tmp_path / 'pprnet.db'})"
        assert f"the database: it cannot be written: {said}" in caplog.text
        assert "reference=" not in caplog.text
        await until(bot.url, "live", 200)

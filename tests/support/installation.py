"""An installation that `pprnet doctor` looks at."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path
from typing import Any, NamedTuple

from bot.cli.main import main
from bot.playground.slack import Channel, LocalSlack
from bot.store.database import Database
from tests.support.bot import SECRET
from tests.support.process import free_port
from tests.support.small_corpus import small_corpus
from tests.support.terminal import as_text, run_here


class Seen(NamedTuple):
    """What the doctor says."""

    status: int
    worst: str
    checks: list[dict[str, str]]

    def of(self, check: str) -> dict[str, str]:
        """The only line about something."""
        [found] = [each for each in self.checks if each["check"] == check]
        return found

    def troubles(self) -> list[tuple[str, str]]:
        """What is not ok."""
        return [(each["state"], each["check"]) for each in self.checks if each["state"] != "ok"]


async def new_database(file: Path) -> None:
    """A database as the bot makes it."""
    await (await Database.open(f"sqlite+aiosqlite:///{file}")).close()


class Installation:
    """An installation without any trouble, for a test to add one to."""

    def __init__(self, slack: LocalSlack, channel: Channel, folder: Path) -> None:
        self.slack = slack
        self.channel = channel
        self.folder = folder
        self.file = folder / "pprnet.db"
        self.port = free_port()
        self.environ = {
            "SLACK_BOT_TOKEN": slack.token,
            "SLACK_SIGNING_SECRET": SECRET,
            "SLACK_API_URL": slack.url,
            "PPRNET_CHANNEL": channel.id,
            "PPRNET_DATABASE_URL": f"sqlite:///{self.file}",
            **small_corpus(folder),
        }

    async def see(self, **more: str | None) -> Seen:
        """Run the doctor with these settings added, or left out (None)."""
        environ = {name: value for name, value in {**self.environ, **more}.items() if value is not None}
        words = ["doctor", "--json", "--port", str(self.port)]
        done = as_text(await asyncio.to_thread(run_here, main, words, environ=environ, cwd=self.folder))
        assert done.stderr == ""
        found: dict[str, Any] = json.loads(done.stdout)
        assert all(each["advice"] or each["state"] != "error" for each in found["checks"] if each["check"] != "settings")
        assert done.returncode == int(found["status"] == "error")
        return Seen(done.returncode, found["status"], found["checks"])

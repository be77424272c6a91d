"""Signed payloads of every kind with something odd in them: refused in one line or answered, and never a bug.

`PPRNET_FUZZ=100000 .venv/bin/pytest tests/bot/test_fuzz.py -s` tries more of them than the 2,000 of CI.
"""

from __future__ import annotations

import asyncio
import logging
import os
import sys
import time
from collections import Counter
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from bot.playground.slack import Answer, LocalSlack
from bot.playground.slack.requests import encoded
from tests.support.bot import Bot, running
from tests.support.payloads import CHANGES, Request, changed, collect
from tests.support.small_corpus import small_corpus

EXAMPLES = int(os.environ.get("PPRNET_FUZZ", "2000"))
QUESTION = "alliance rupture zebulonius in one session"
BUGS = ("AttributeError", "KeyError", "TypeError", "IndexError", "ValueError", "Unicode", "Assertion", "Runtime", "DBAPI")


class Fuzzed:
    """A bot for many requests, one after the other, with one of each kind to begin with."""

    def __init__(self, folder: Path) -> None:
        self._runner = asyncio.Runner()
        self._open = AsyncExitStack()
        self._runner.run(self._start(folder))

    async def _start(self, folder: Path) -> None:
        self.slack = await self._open.enter_async_context(LocalSlack())
        ana = self.slack.add_user("ana")
        team = self.slack.add_channel("team", [ana])
        environ = {**small_corpus(folder), "PPRNET_CURATORS": ana.id, "PPRNET_CHANNEL": team.id}
        self.bot: Bot = await self._open.enter_async_context(running(self.slack, folder, **environ))
        self.bot.say.patience = 60.0  # a busy machine
        self.requests: list[Request] = await collect(self.bot, ana, team, QUESTION)

    def send(self, kind: str, payload: Any) -> Answer:
        """Send a payload, signed."""
        content_type, body = encoded(kind, payload)  # type: ignore[arg-type]
        return self._runner.run(self.bot.say.post(body, {"Content-Type": content_type, **self.bot.say.sign(body)}))

    def close(self) -> None:
        """Stop everything."""
        self._runner.run(self._open.aclose())
        self._runner.close()


@pytest.fixture
def fuzzed(tmp_path: Path) -> Any:
    """The bot, after everything in it was used once."""
    found = Fuzzed(tmp_path)
    yield found
    found.close()


def assert_no_bug(caplog: pytest.LogCaptureFixture) -> None:
    """Nothing in the log is a bug or repeats what was asked."""
    for record in caplog.records:
        line = record.getMessage()
        assert not (record.levelno >= logging.ERROR and any(f"kind={bug}" in line for bug in BUGS)), line
        assert "zebulonius" not in line
        assert record.exc_info is None, line


def _is_sendable(form: Any) -> bool:
    """A form is text: half a surrogate pair cannot be in it."""
    try:
        encoded("slash_commands", form)
    except UnicodeEncodeError:
        return False
    return True


@pytest.mark.slow
def test_odd_payloads_of_every_kind_are_refused_or_answered(fuzzed: Fuzzed, caplog: pytest.LogCaptureFixture) -> None:
    kinds = {kind for kind, _ in fuzzed.requests}
    assert kinds == {"events_api", "slash_commands", "interactive"}
    assert len(fuzzed.requests) > 40
    statuses: Counter[int] = Counter()
    slowest = 0.0

    @settings(max_examples=EXAMPLES, deadline=None, database=None, suppress_health_check=list(HealthCheck))
    @given(which=st.integers(0, len(fuzzed.requests) - 1), changes=CHANGES)
    def send(which: int, changes: Any) -> None:
        nonlocal slowest
        kind, payload = fuzzed.requests[which]
        odd = changed(payload, changes)
        assume(kind != "slash_commands" or _is_sendable(odd))
        caplog.clear()
        began = time.process_time()
        answer = fuzzed.send(kind, odd)
        slowest = max(slowest, time.process_time() - began)
        statuses[answer.status] += 1
        assert answer.status in (200, 400, 401, 403), (answer.status, odd)
        assert_no_bug(caplog)

    try:
        send()
    finally:
        kinds_tried = f"{sum(statuses.values())} requests of {len(fuzzed.requests)} kinds"
        sys.stdout.write(f"\n{kinds_tried}: {dict(statuses)}, at most {slowest:.3f} s\n")
    assert statuses[200] > 100
    assert statuses[400] > 100
    assert slowest < 5

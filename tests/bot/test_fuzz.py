"""Signed payloads of every kind with something odd in them: refused in one line or answered, and never a bug; nothing of a
question is left anywhere, no right is exceeded, and nothing else has to wait meanwhile.

`PPRNET_FUZZ=100000 .venv/bin/pytest -m slow tests/bot/test_fuzz.py -s` tries more of them than the 1,000 of CI.
"""

from __future__ import annotations

import asyncio
import contextlib
import gc
import json
import logging
import os
import sqlite3
import sys
import threading
import time
from asyncio import events
from collections import Counter
from collections.abc import Iterator
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from bot.playground.slack import Answer, LocalSlack
from bot.playground.slack.requests import encoded
from tests.support.bot import Bot, running
from tests.support.database_file import database_bytes
from tests.support.idle import NEVER
from tests.support.payloads import CHANGES, Request, changed, collect, in_another_workspace, of_stranger, paths_of
from tests.support.requests import health
from tests.support.rights import Matcher, name_of, registered, row_of
from tests.support.small_corpus import small_corpus
from tests.support.waiting_draft import offer_month

EXAMPLES = int(os.environ.get("PPRNET_FUZZ", "1000"))
CANARY = "zebulonius"
QUESTION = f"alliance rupture {CANARY} in one session"
BUGS = ("AttributeError", "KeyError", "TypeError", "IndexError", "ValueError", "Unicode", "Assertion", "Runtime", "DBAPI")
BLOCKED = 0.1
"""Seconds of processor time that one callback of the event loop may take."""
OF_CURATORS = ("draft", "revision", "own_summary", "rejected_candidate")
"""Tables in which only curators may change anything."""


class Callbacks:
    """How much processor time each callback of the event loop takes, during which nothing else is answered. (The time on the
    wall says more about the machine, and garbage collection about the test.)
    """

    def __init__(self, patch: pytest.MonkeyPatch) -> None:
        self.longest, self.what = 0.0, ""
        self._thread = threading.get_ident()
        self._since = self._collecting = 0.0
        run = events.Handle._run  # type: ignore[attr-defined]

        def measured(handle: Any) -> None:
            of = getattr(handle._callback, "__self__", handle)
            began, collected = time.thread_time(), self._collecting
            run(handle)
            took = time.thread_time() - began - (self._collecting - collected)
            if took > self.longest:
                self.longest, self.what = took, repr(of)[:300]

        patch.setattr(events.Handle, "_run", measured)
        gc.callbacks.append(self._collect)

    def stop(self) -> None:
        """Measure no more."""
        gc.callbacks.remove(self._collect)

    def _collect(self, phase: str, _: object) -> None:
        if threading.get_ident() != self._thread:  # a collection in another thread takes nothing of the loop's own time
            return
        if phase == "start":
            self._since = time.thread_time()
        else:
            self._collecting += time.thread_time() - self._since


class Fuzzed:
    """A bot for many requests, one after the other, with one of each kind to begin with."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.statuses: Counter[int] = Counter()
        self._runner = asyncio.Runner()
        self._open = AsyncExitStack()
        self.run(self._start())

    def run(self, work: Any) -> Any:
        """Return what comes of something asynchronous."""
        return self._runner.run(work)

    async def _start(self) -> None:
        self.slack = await self._open.enter_async_context(LocalSlack())
        self.ana, self.dora = self.slack.add_user("ana"), self.slack.add_user("dora")
        self.team = self.slack.add_channel("team", [self.ana])
        self.elsewhere = self.slack.add_channel("elsewhere", [self.dora])
        environ = {**small_corpus(self.folder), "PPRNET_CURATORS": self.ana.id, "PPRNET_CHANNEL": self.team.id}
        await offer_month(self.folder / "pprnet.db", Path(environ["PPRNET_KNOWLEDGE"]))
        self.bot: Bot = await self._open.enter_async_context(running(self.slack, self.folder, tick=NEVER, **environ))
        self.bot.say.patience = 60.0  # a busy machine
        self.requests: list[Request] = await collect(self.bot, self.ana, self.team, QUESTION)
        await self.bot.idle()

    def send(self, kind: str, payload: Any) -> Answer:
        """Send a payload, signed."""
        content_type, body = encoded(kind, payload)  # type: ignore[arg-type]
        answer: Answer = self.run(self.bot.say.post(body, {"Content-Type": content_type, **self.bot.say.sign(body)}))
        self.statuses[answer.status] += 1
        return answer

    def report(self) -> None:
        """Print what was answered."""
        tried = f"{sum(self.statuses.values())} requests of {len(self.requests)} kinds"
        sys.stdout.write(f"\n{tried}: {dict(self.statuses)}\n")

    def close(self) -> None:
        """Stop everything."""
        self.run(self._open.aclose())
        self._runner.close()


@pytest.fixture
def listeners(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, Matcher]]:
    """All that the app listens for."""
    with monkeypatch.context() as patched:
        return registered(patched)


@pytest.fixture
def fuzzed(tmp_path: Path, listeners: list[tuple[str, Matcher]]) -> Iterator[Fuzzed]:
    """The bot, after everything in it was used once."""
    found = Fuzzed(tmp_path)
    yield found
    found.close()


def assert_no_bug(caplog: pytest.LogCaptureFixture) -> None:
    """Nothing in the log is a bug or repeats what was asked."""
    for record in caplog.records:
        line = record.getMessage()
        assert not (record.levelno >= logging.ERROR and any(f"kind={bug}" in line for bug in BUGS)), line
        assert CANARY not in line
        assert record.exc_info is None, line
    caplog.clear()


def assert_nothing_is_left(fuzzed: Fuzzed) -> None:
    """Nothing of a question is in the database, in /health, in what others see, in a button or in a window's own data."""
    assert CANARY.encode() not in database_bytes(fuzzed.folder)
    assert CANARY not in json.dumps(fuzzed.run(health(fuzzed.bot.url)))
    messages = [m for place in fuzzed.slack.channels.values() for m in (*place.messages, *place.ephemeral) if m.bot_id]
    assert CANARY not in json.dumps(
        [vars(m) for m in messages if not m.ephemeral_to and m.channel == fuzzed.team.id], default=str
    )
    for each in (*messages, *fuzzed.slack.views.values()):
        for control in fuzzed.bot.say.controls(each):
            assert CANARY not in json.dumps(control.action, default=str)
    assert not any(CANARY in view.private_metadata for view in fuzzed.slack.views.values())


def _is_sendable(kind: str, payload: Any) -> bool:
    """A form is text: half a surrogate pair cannot be in it."""
    if kind != "slash_commands":
        return True
    try:
        encoded("slash_commands", payload)
    except UnicodeEncodeError:
        return False
    return True


def odd(fuzzed: Fuzzed, which: int, changes: Any) -> tuple[str, Any, Any]:
    """Return the kind of a request, its payload as it should be, and with something odd in it; what was asked is nowhere in
    it but where it was.
    """
    kind, payload = fuzzed.requests[which]
    found = changed(payload, changes)
    assume(_is_sendable(kind, found) and set(paths_of(found, CANARY)) <= set(paths_of(payload, CANARY)))
    return kind, payload, found


def fuzz(fuzzed: Fuzzed, examples: int, each: Any) -> None:
    """Call `each` with so many odd things of every kind."""
    how = settings(max_examples=examples, deadline=None, database=None, suppress_health_check=list(HealthCheck))
    try:
        how(given(which=st.integers(0, len(fuzzed.requests) - 1), changes=CHANGES)(each))()
        fuzzed.run(fuzzed.bot.idle())  # the jobs come upon what was left to them
    finally:
        fuzzed.report()


def rows(folder: Path) -> set[str]:
    """Return every row of every table but those that say nothing about anyone."""
    with contextlib.closing(sqlite3.connect(folder / "pprnet.db", timeout=10)) as connection:
        names = [name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
        tables = [name for name in names if name not in ("claim", "receipt", "alembic_version")]
        return {f"{name} {row}" for name in tables for row in connection.execute(f'SELECT * FROM "{name}"')}


@pytest.mark.slow
def test_odd_payloads_of_every_kind_are_refused_or_answered(
    fuzzed: Fuzzed,
    listeners: list[tuple[str, Matcher]],
    caplog: pytest.LogCaptureFixture,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    tried = {row_of(listeners, payload) for _, payload in fuzzed.requests}
    assert tried == {name_of(kind, what) for kind, what in listeners} - {"action log_(on|off|page:.*)"}  # Saved opens that
    assert_nothing_is_left(fuzzed)
    callbacks = Callbacks(monkeypatch)
    of_strangers(fuzzed, caplog)

    def each(which: int, changes: Any) -> None:
        kind, _, payload = odd(fuzzed, which, changes)
        answer = fuzzed.send(kind, payload)
        assert answer.status in (200, 400, 401, 403), (answer.status, payload)
        assert_no_bug(caplog)
        if sum(fuzzed.statuses.values()) % 1000 == 0:
            assert_nothing_is_left(fuzzed)

    fuzz(fuzzed, EXAMPLES, each)
    callbacks.stop()
    sys.stdout.write(f"the longest callback: {callbacks.longest:.3f} s, {callbacks.what}\n")
    assert fuzzed.statuses[200] > EXAMPLES / 20
    assert fuzzed.statuses[400] > EXAMPLES / 20
    assert callbacks.longest < BLOCKED, callbacks.what
    assert_nothing_is_left(fuzzed)


def of_strangers(fuzzed: Fuzzed, caplog: pytest.LogCaptureFixture) -> None:
    """Odd payloads of someone who is no curator and not in the channel, and of another workspace, change nothing that is not
    theirs.
    """
    own = (fuzzed.dora.id, fuzzed.elsewhere.id, fuzzed.slack.open_dm(fuzzed.dora).id)
    before, seen = rows(fuzzed.folder), json.dumps([vars(m) for m in fuzzed.team.messages], default=str)

    def each(which: int, changes: Any) -> None:
        kind, payload, _ = odd(fuzzed, which, changes)
        if changes[0][0] % 4 == 0:
            answer = fuzzed.send(kind, changed(in_another_workspace(payload), changes))
            assert answer.status in (400, 401, 403), (answer.status, payload)
            return
        forged = changed(of_stranger(fuzzed.slack, payload, fuzzed.ana, fuzzed.dora, fuzzed.elsewhere), changes)
        assume(_is_sendable(kind, forged))
        assert fuzzed.send(kind, forged).status in (200, 400, 401, 403)
        assert_no_bug(caplog)

    fuzz(fuzzed, EXAMPLES // 4, each)
    added, removed = rows(fuzzed.folder) - before, before - rows(fuzzed.folder)
    assert not [row for row in removed if not any(each in row for each in own)]
    assert not [row for row in added if row.startswith(OF_CURATORS)]
    assert json.dumps([vars(m) for m in fuzzed.team.messages], default=str) == seen

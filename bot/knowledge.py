"""The corpus in use: loaded once, replaced whole when its files change and are good, kept when they are not."""

from __future__ import annotations

import asyncio
import contextlib
import gc
import logging
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import ParamSpec, TypeVar

from bot.corpus.faults import CorpusError
from bot.corpus.load import load
from bot.corpus.model import Corpus
from bot.search.engine import Engine

P = ParamSpec("P")
T = TypeVar("T")

log = logging.getLogger(__name__)

FAULTS_LOGGED = 20
PAUSE = 0.05
"""Seconds between two summaries that are prepared: a library of a thousand takes a minute or two, and nobody notices."""


class Knowledge:
    """The search engine over the last good corpus. `faulty` tells that the files on disk are worse than what is in use."""

    def __init__(self, root: Path) -> None:
        """Load the corpus. Raises CorpusError: a bot does not start on a faulty one."""
        self._root = root
        self._stamp = _stamp(root)
        self.engine = build(root)
        self.faulty = False

    @property
    def corpus(self) -> Corpus:
        """The corpus in use."""
        return self.engine.corpus

    async def refresh(self) -> bool:
        """Look whether the files changed, and take them if they are good; whether the corpus in use is a new one."""
        stamp = await asyncio.to_thread(_stamp, self._root)
        if stamp == self._stamp:
            return False
        try:
            engine = await asyncio.to_thread(build, self._root)
        except CorpusError as error:
            self._stamp, self.faulty = stamp, True
            log.error("the corpus changed and has faults: the last good one stays in use (%s)", error)
            for fault in error.faults[:FAULTS_LOGGED]:
                log.error("corpus fault: %s", fault)
            return False
        if await asyncio.to_thread(_stamp, self._root) != stamp:
            return False  # still being written: look again next time
        self._stamp, self.faulty, self.engine = stamp, False, engine
        log.info(
            "the corpus changed: %d summaries in %d months are in use",
            len(engine.corpus.summaries),
            len(engine.corpus.issues),
        )
        return True

    async def off_loop(self, make: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Have something made from the library: at once; in a thread as long as *Later here* is still being found out, which
        would hold the loop up.
        """
        if self.engine.is_prepared:
            return make(*args, **kwargs)
        return await asyncio.to_thread(make, *args, **kwargs)

    async def watch(self, every: float, on_pass: Callable[[str, bool], None] = lambda _job, _busy: None) -> None:
        """Refresh every so many seconds until cancelled. A look that fails is logged; the next one tries again."""
        prepared, preparing = self.engine, asyncio.create_task(self._prepare(self.engine))
        try:
            while True:
                await asyncio.sleep(every)
                changed = True
                try:
                    changed = await self.refresh()
                except Exception as error:
                    log.error("the corpus could not be looked at (%s)", type(error).__name__)
                if self.engine is not prepared:  # whoever refreshed
                    preparing.cancel()
                    prepared, preparing = self.engine, asyncio.create_task(self._prepare(self.engine))
                on_pass("knowledge", changed)
        finally:
            preparing.cancel()

    async def _prepare(self, engine: Engine) -> None:
        """Find out beforehand, bit by bit beside the answers, what the first card of a summary would have to wait for."""
        for summary in engine.corpus:
            try:
                await asyncio.to_thread(engine.later, summary.id)
            except Exception as error:  # its card will have to do without
                log.error("no newer summary could be looked for (%s)", type(error).__name__)
                engine.has_no_later(summary.id)
            await asyncio.sleep(PAUSE)


def build(root: Path) -> Engine:
    """The engine over a corpus. Raises CorpusError. May run in a thread: the others keep answering."""
    with _without_garbage_collection():
        return Engine(load(root))


@contextlib.contextmanager
def _without_garbage_collection() -> Iterator[None]:
    """No garbage collection walks through what is being built, now or later, while everybody waits."""
    gc.disable()
    try:
        yield
    finally:
        gc.freeze()
        gc.enable()


def _stamp(root: Path) -> tuple[tuple[str, int, int, int, int], ...]:
    """What changes when a file of the corpus does, or one beside them that is a fault: names, sizes, times and inodes."""
    found = []
    for path in (root / "topics.yaml", root / "lexicon.yaml", *sorted((root / "issues").glob("*"))):
        try:
            status = path.stat()
        except OSError:
            found.append((path.name, -1, -1, -1, -1))
        else:
            found.append((path.name, status.st_size, status.st_mtime_ns, status.st_ctime_ns, status.st_ino))
    return tuple(found)

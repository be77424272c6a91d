"""The corpus in use: loaded once, replaced as a whole when its files change, unless they have faults."""

from __future__ import annotations

import asyncio
import contextlib
import gc
import logging
from collections.abc import Iterator
from pathlib import Path

from bot.corpus.faults import CorpusError, Fault
from bot.corpus.load import OWN, load
from bot.corpus.model import Corpus, Notices
from bot.search.engine import Engine

log = logging.getLogger(__name__)

FAULTS_LOGGED = 20


class Knowledge:
    """The search engine over the last corpus without faults. `faults`: those of the files on disk, which are not in use."""

    def __init__(self, root: Path) -> None:
        """Load the corpus. Raises CorpusError: a bot does not start on a faulty one."""
        self._root = root
        self._stamp = _stamp(root)
        self._refreshing = asyncio.Lock()
        self.engine = build(root)
        self.faults: tuple[Fault, ...] = ()
        self._notices: Notices = {}

    @property
    def faulty(self) -> bool:
        """Return whether the files on disk have faults."""
        return bool(self.faults)

    @property
    def corpus(self) -> Corpus:
        """Return the corpus in use."""
        return self.engine.corpus

    async def refresh(self) -> bool:
        """Load the corpus if its files changed and have no faults. Returns whether the corpus in use is a new one.

        Another caller meanwhile waits, and loads it only if it changed again.
        """
        async with self._refreshing:
            return await self._refresh()

    async def mark(self, notices: Notices) -> bool:
        """Show these notices on the corpus's papers, and no others. Returns whether the corpus in use is a new one."""
        async with self._refreshing:
            if notices == self._notices:
                return False
            self._notices, before = notices, self.engine
            self.engine = await asyncio.to_thread(with_notices, before, notices)
            return self.engine is not before

    async def _refresh(self) -> bool:
        stamp = await asyncio.to_thread(_stamp, self._root)
        if stamp == self._stamp:
            return False
        try:
            engine = await asyncio.to_thread(build, self._root, self._notices)
        except CorpusError as error:
            self._stamp, self.faults = stamp, tuple(error.faults)
            log.error("the library changed and has faults: the last good one stays in use (%s)", error)
            for fault in error.faults[:FAULTS_LOGGED]:
                log.error("library fault: %s", fault)
            return False
        if await asyncio.to_thread(_stamp, self._root) != stamp:
            return False  # still being written: checked again next time
        self._stamp, self.faults, self.engine = stamp, (), engine
        log.info(
            "the library changed: %d summaries in %d months are in use",
            len(engine.corpus.summaries),
            len(engine.corpus.issues),
        )
        return True


def build(root: Path, notices: Notices | None = None) -> Engine:
    """Return the engine over a corpus with these notices on its papers. Raises CorpusError. May run in a thread beside the
    event loop.
    """
    with _without_garbage_collection():
        return Engine(load(root).with_notices(notices or {}))


def with_notices(engine: Engine, notices: Notices) -> Engine:
    """Return the engine over the corpus with these notices on its papers; itself where they are there already."""
    corpus = engine.corpus.with_notices(notices)
    if corpus is engine.corpus:
        return engine
    with _without_garbage_collection():
        return Engine(corpus)


@contextlib.contextmanager
def _without_garbage_collection() -> Iterator[None]:
    """Pause garbage collection, which would go through everything again and again while new objects are made; and let it
    never go through them later, which would hold up answers: none of them is in a cycle, so each is freed with its last
    reference.
    """
    gc.disable()
    try:
        yield
    finally:
        gc.freeze()
        gc.enable()


def _stamp(root: Path) -> tuple[tuple[str, int, int, int, int], ...]:
    """Return the names, sizes, times and inodes of the corpus files, and of the files beside them that are faults."""
    found = []
    for path in (root / "topics.yaml", root / "lexicon.yaml", root / OWN, *sorted((root / "issues").glob("*"))):
        try:
            status = path.stat()
        except OSError:
            found.append((path.name, -1, -1, -1, -1))
        else:
            found.append((path.name, status.st_size, status.st_mtime_ns, status.st_ctime_ns, status.st_ino))
    return tuple(found)

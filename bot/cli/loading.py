"""The library, loaded for a command; a faulty one ends the command with its first faults."""

from __future__ import annotations

import gc

from bot.corpus.faults import CorpusError
from bot.corpus.load import load
from bot.errors import CommandError
from bot.search.engine import Engine
from bot.settings import Settings


def load_engine(settings: Settings) -> Engine:
    """Build the search engine over the corpus in use. Raises CommandError."""
    gc.disable()  # What is read now stays until the end: searching it for garbage only costs time.
    try:
        engine = Engine(load(settings.knowledge))
    except CorpusError as error:
        first = "".join(f"\n  {fault}" for fault in error.faults[:5])
        raise CommandError(f"{error}, so there is nothing to search (pprnet check lists them all):{first}") from None
    gc.freeze()
    gc.enable()
    return engine

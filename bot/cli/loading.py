"""The library, loaded for a command; a faulty one ends the command with its first faults."""

from __future__ import annotations

import gc
import sys

from bot.corpus.faults import CorpusError
from bot.corpus.load import load
from bot.corpus.model import Corpus, Notices
from bot.errors import CommandError
from bot.search.engine import Engine
from bot.settings import Settings

NOT_READ = "pprnet: retractions and corrections of papers are not shown:"


def load_engine(settings: Settings) -> Engine:
    """Build the search engine over the corpus in use. Raises CommandError."""
    gc.disable()  # What is read now stays until the end: searching it for garbage only costs time.
    try:
        engine = Engine(with_notices(load(settings.knowledge), settings))
    except CorpusError as error:
        raise nothing_to_search(error) from None
    gc.freeze()
    gc.enable()
    return engine


def nothing_to_search(error: CorpusError) -> CommandError:
    """Return what ends a command whose library has faults."""
    first = "".join(f"\n  {fault}" for fault in error.faults[:5])
    return CommandError(f"{error}, so there is nothing to search (pprnet check lists them all):{first}")


def with_notices(corpus: Corpus, settings: Settings) -> Corpus:
    """Return the corpus with the notices on its papers that the running bot has found (`read_notices`)."""
    return corpus.with_notices(read_notices(settings))


def read_notices(settings: Settings) -> Notices:
    """Return the notices on papers that the running bot has found, where the check is turned on; says so where they cannot
    be read.
    """
    if settings.retractions_url is None:
        return {}
    file = settings.database_file
    if file and not file.exists():
        print(f"{NOT_READ} there is no database {file}", file=sys.stderr)
        return {}
    import asyncio  # this and the database's library take long to import

    from bot.papers.known import known_notices
    from bot.store.errors import StoreError

    try:
        return asyncio.run(known_notices(settings.database_url))
    except StoreError as error:
        print(f"{NOT_READ} {error}", file=sys.stderr)
        return {}

"""The extra `meaning` in this process, to measure with."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path

from bot.corpus.model import Corpus
from bot.meaning.child import Library, loaded
from bot.meaning.place import vectors_folder
from bot.meaning.service import MODEL, QUESTION
from bot.meaning.texts import clipped, texts_of
from bot.search.nearness import Nearness


def nearness_in(corpus: Corpus, folder: Path | None = None) -> Callable[[str], Nearness]:
    """Return what tells how near the summaries of a corpus are to a question, once all of them are computed."""
    engine = loaded(MODEL)
    asks = "asks" if any(summary.asks for summary in corpus) else "no-asks"
    library = Library(engine, (folder or vectors_folder()) / f"evaluation-{corpus.fingerprint[:16]}-{asks}.vectors")
    library.want({summary.id: texts_of(summary) for summary in corpus})
    if library.left:
        print(f"computing {library.left} texts ...", file=sys.stderr)
    while library.left:
        library.work()
    return lambda text: Nearness(library.nearness(clipped(text, QUESTION)), engine.near_from, engine.answer_from)

"""Nearness for a command in the terminal, from the vectors that the running bot has computed: none are computed here."""

from __future__ import annotations

import asyncio
import importlib.util
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from bot.corpus.model import Corpus
from bot.meaning import service
from bot.meaning.place import vectors_file
from bot.meaning.process import Process, ProcessError
from bot.meaning.service import LOADING, PACKAGE, QUESTION, WORKING
from bot.meaning.texts import clipped, texts_of
from bot.search.nearness import Nearness

MODEL = service.MODEL
Near = Callable[[str], Nearness | None]
"""Returns how near summaries are to a question in meaning, where that is known."""


@contextmanager
def nearness_in(corpus: Corpus, database_file: Path | None, note: Callable[[str], None]) -> Iterator[Near]:
    """Yield what tells nearness, with the model's process running until the block ends; it never knows where the extra is
    not installed or the bot has computed nothing. `note` gets a sentence where it could be known, and is not.
    """
    vectors = vectors_file(database_file)
    if not vectors.exists() or (MODEL == service.MODEL and importlib.util.find_spec(PACKAGE) is None):
        yield _unknown
        return
    with asyncio.Runner() as runner:
        process = None
        try:
            process = runner.run(Process.start(MODEL, vectors))
            said = runner.run(process.hello(LOADING))
            texts = {summary.id: texts_of(summary) for summary in corpus}
            if left := runner.run(process.request("library", WORKING, summaries=texts))["left"]:
                raise ProcessError(f"the running bot has not computed {left:,} texts of this library yet")
        except ProcessError as error:
            note(f"meaning is not used: {error}")
            yield _unknown
        else:
            yield _Asking(runner, process, said["near_from"], said["answer_from"], note)
        finally:
            if process:
                runner.run(process.close())


def _unknown(_text: str) -> None:
    """Tell no nearness."""


class _Asking:
    """Asks a process, until it fails."""

    def __init__(
        self, runner: asyncio.Runner, process: Process, near_from: float, answer_from: float, note: Callable[[str], None]
    ) -> None:
        self._runner = runner
        self._process: Process | None = process
        self._from = (near_from, answer_from)
        self._note = note

    def __call__(self, text: str) -> Nearness | None:
        if self._process is None or not text.strip():
            return None
        try:
            reply = self._runner.run(self._process.request("ask", WORKING, text=clipped(text, QUESTION)))
        except ProcessError as error:
            self._process = None
            self._note(f"meaning is not used any more: {error}")
            return None
        return Nearness(reply["nearness"], *self._from)

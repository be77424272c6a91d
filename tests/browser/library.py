"""What the playground's bot finds: the shipped library, without the months that are still to come when the story begins."""

from __future__ import annotations

import functools
import tempfile
from pathlib import Path

from bot.corpus.load import load
from bot.corpus.model import Summary
from bot.paths import default_root
from bot.playground.months import Months
from bot.search.engine import Engine
from tests.support.once import engine_of


@functools.cache
def engine() -> Engine:
    """The search of the story's first day."""
    with tempfile.TemporaryDirectory() as folder:
        return engine_of(load(Months(default_root(), Path(folder) / "knowledge").root))


def first(question: str) -> Summary:
    """The summary that comes first."""
    return engine().search(question).hits[0].summary


def first_for(question: str) -> str:
    """Its title."""
    return first(question).title

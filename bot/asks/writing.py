"""Writes a summary's asks and draft asks into its month's file. Everything else in the file stays, byte for byte."""

from __future__ import annotations

from collections.abc import Callable, Collection
from pathlib import Path

from bot.corpus.edit import with_key
from bot.corpus.files import one_at_a_time, write_atomically
from bot.corpus.load import file_of, read_summaries
from bot.corpus.model import Corpus, Summary
from bot.errors import ExpectedError
from bot.paths import default_root

Change = Callable[[Summary], dict[str, list[str]]]
"""Returns what `asks` and `draft_asks` of a summary, as its file has it now, become. May raise an ExpectedError."""


class ChangedError(ExpectedError):
    """A summary is not, or no longer, as it was when someone decided about it."""


class UnwritableError(ExpectedError):
    """The library is the one that comes with the bot."""


def check_writable(root: Path) -> None:
    """Raise UnwritableError where a library is the one that comes with the bot."""
    if root.resolve() == default_root().resolve():
        raise UnwritableError("the library that comes with the bot is not changed")


def change_asks(root: Path, corpus: Corpus, summary: Summary, change: Change) -> bool:
    """Change a summary's asks in its file; return whether the file changed. Raises UnwritableError, ChangedError,
    WriteError, CorpusError (the file would have a fault, or has one) or OSError, with the file as it was.
    """
    check_writable(root)
    path = root / file_of(summary.place)
    topics = {topic.id for topic in corpus.topics}
    with one_at_a_time(root / "issues"):
        before = content = path.read_bytes()
        now = next((each for each in read_summaries(summary.place, content, topics) if each.id == summary.id), None)
        if now is None:
            raise ChangedError(f"{path} no longer has {summary.id}")
        for key, value in change(now).items():
            content = with_key(summary.place, content, summary.id, key, value)
        if content == before:
            return False
        read_summaries(summary.place, content, topics)
        write_atomically(path, content)
        return True


def accepted(now: Summary, words: Collection[str], drafts: Collection[str] = ()) -> dict[str, list[str]]:
    """Return a summary's asks with these words among them, and its drafts without `drafts` and without the words."""
    known = {ask.casefold() for ask in now.asks}
    new = {each.casefold(): each for each in words if each.casefold() not in known}
    return {"asks": [*now.asks, *new.values()], **refused(now, (*words, *drafts))}


def refused(now: Summary, drafts: Collection[str]) -> dict[str, list[str]]:
    """Return a summary's drafts without these."""
    gone = {each.casefold() for each in drafts}
    return {"draft_asks": [each for each in now.draft_asks if each.casefold() not in gone]}

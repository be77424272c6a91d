"""`pprnet import --archive`: the walk through the blog's archive, its progress and its report."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Sequence
from pathlib import Path

from tqdm import tqdm

from bot.blog.archive import Archive, Progress, Walk
from bot.blog.archive_addresses import first_page
from bot.blog.archive_pages import KeptPages
from bot.blog.fetch import FetchError
from bot.blog.public_address import address_problem
from bot.blog.recipe import Recipe
from bot.blog.visit import PAUSE, Note, StoppedError, Visit
from bot.corpus.model import month_name
from bot.corpus.write import topics_for
from bot.errors import CommandError
from bot.settings import Settings
from bot.text import plural

LEAST_PAUSE = 1.0
"""Seconds between two requests to a public site, whatever is asked for."""
NO_CONTACT = "PPRNET_CONTACT is not set, so the site does not learn whom to contact about these requests"
_EVERY = 10
"""Where no terminal shows a bar, one line for so many pages."""


def visit(settings: Settings, pause: float | None, note: Note) -> Visit:
    """Begin the visit of a site; `pause` is what was asked for, in seconds, `note` takes sentences for the person."""
    return Visit(
        contact=settings.contact,
        allow_private=settings.allow_private_source,
        pause=PAUSE if pause is None else pause,
        note=note,
    )


def check_pause(addresses: Sequence[str], pause: float | None) -> None:
    """Refuse a pause that is too short for a public site. Raises CommandError."""
    if pause is not None and pause < LEAST_PAUSE and any(address_problem(address) is None for address in addresses):
        raise CommandError(f"--pause: a public site is asked once in {LEAST_PAUSE:g} second at most")


async def walk_archive(
    address: str, root: Path, settings: Settings, recipe: Recipe, *, pause: float | None = None, lists: bool = True
) -> Archive | None:
    """Return what the archive at an address brings; None, after a sentence, where the walk has to go on later. Raises
    CommandError, CorpusError and WriteError.
    """
    if problem := address_problem(address, allow_private=settings.allow_private_source):
        raise CommandError(f"{address}: {problem}")
    check_pause([address], pause)
    kept = KeptPages(root)
    progress = _Bar() if sys.stderr.isatty() else _Lines()
    if settings.contact is None:
        progress.note(NO_CONTACT)
    try:
        topics = await asyncio.to_thread(topics_for, root)
        return await Walk(address, visit(settings, pause, progress.note), kept, topics, progress, recipe, lists=lists).run()
    except (StoppedError, FetchError) as error:
        progress.close()
        print(f"pprnet: {address}: {error}. {how_to_go_on(address, root, recipe)}", file=sys.stderr)
        return None
    finally:
        progress.close()


def how_to_go_on(address: str, root: Path, recipe: Recipe) -> str:
    """Return the sentence after a walk that broke off."""
    kept = KeptPages(root)
    walk = kept.unfinished(first_page(address, recipe.paging))
    count = kept.count(walk) if walk else 0
    if not count:
        return "Nothing was imported."
    saved = f"{plural(count, 'page')} of the archive {'is' if count == 1 else 'are'} saved."
    return f"{saved} Run the same command again to continue."


class _Reporter(Progress):
    """What both kinds of progress say."""

    def note(self, sentence: str) -> None:
        """Say what happens meanwhile."""

    def close(self) -> None:
        """Leave the terminal as it was."""


class _Lines(_Reporter):
    """Progress as plain lines, for a log."""

    def __init__(self) -> None:
        self._name = ""

    def list_begins(self, name: str, place: int, count: int) -> None:
        self._name = f" of “{name}” (list {place} of {count})" if name else ""

    def page(self, number: int, months: Sequence[str], entries: int) -> None:
        if number == 1 or not number % _EVERY:
            self.note(f"page {number}{self._name}: {_span(months)}; {plural(entries, 'entry')} so far")

    def note(self, sentence: str) -> None:
        print(f"pprnet: {sentence}", file=sys.stderr, flush=True)


class _Bar(_Reporter):
    """Progress as a bar, for a person at a terminal."""

    def __init__(self) -> None:
        self._bar = tqdm(unit="page", leave=False, file=sys.stderr)
        self._name = ""

    def list_begins(self, name: str, place: int, count: int) -> None:
        self._name = f"{name[:30]} ({place} of {count}): " if name else ""

    def page(self, number: int, months: Sequence[str], entries: int) -> None:
        self._bar.set_description(f"{self._name}page {number}, {_span(months)}", refresh=False)
        self._bar.set_postfix_str(plural(entries, "entry"), refresh=False)
        self._bar.update()

    def note(self, sentence: str) -> None:
        self._bar.write(f"pprnet: {sentence}", file=sys.stderr)

    def close(self) -> None:
        self._bar.close()


def _span(months: Sequence[str]) -> str:
    if not months:
        return "no month"
    first, last = month_name(min(months)), month_name(max(months))
    return first if first == last else f"{first} to {last}"

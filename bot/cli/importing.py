"""`pprnet import`: adds pages of the blog, saved or live, to a corpus. It names sources that it cannot read."""

from __future__ import annotations

import argparse
import asyncio
import os
import stat
import sys
from collections.abc import Sequence
from pathlib import Path

from tqdm import tqdm

from bot.blog.fetch import FetchError, fetch
from bot.blog.imported import imported_months
from bot.blog.page import MAX_BYTES, Page, PageError
from bot.blog.pages import read_page
from bot.corpus.faults import CorpusError
from bot.corpus.write import CorpusFolder, Plan, WriteError, carry_out, plan
from bot.errors import CommandError, ExpectedError
from bot.paths import default_root
from bot.settings import Settings
from bot.text import plural

AT_ONCE = 2
"""Live pages that are fetched at the same time: it is someone else's server."""


class SourceError(ExpectedError):
    """A source that cannot be read; the message says why."""


EXAMPLES = """\
  pprnet import page.html --into my-library --dry-run
  pprnet import https://socialsciences.uottawa.ca/pprnet/blog --into my-library"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments of `pprnet import`."""
    parser.add_argument("sources", nargs="+", metavar="SOURCE", help="a saved page (text or HTML), or its https:// address")
    parser.add_argument("--into", type=Path, metavar="DIR", help="the corpus (default: PPRNET_KNOWLEDGE); made if not there")
    parser.add_argument("--dry-run", action="store_true", help="show what would change, write nothing")


def run(options: argparse.Namespace) -> int:
    """Import the sources; the exit status is 1 where one could not be read. Raises CommandError."""
    settings = Settings.from_env(os.environ)
    root = options.into or settings.knowledge
    if options.into is None and root.resolve() == default_root().resolve():
        raise CommandError(
            "the corpus that ships with the bot is not changed: name a folder of your own with --into DIR or "
            "PPRNET_KNOWLEDGE"
        )
    return asyncio.run(import_pages(options.sources, root, settings, dry_run=options.dry_run))


async def import_pages(sources: Sequence[str], root: Path, settings: Settings, *, dry_run: bool = False) -> int:
    """Import the sources into the corpus at `root`; the exit status: 0 when every source was read. Raises CommandError."""
    try:
        shelf = await asyncio.to_thread(CorpusFolder, root)
    except WriteError as error:
        raise CommandError(str(error)) from None
    except CorpusError as error:
        first = "".join(f"\n  {fault}" for fault in error.faults[:5])
        raise CommandError(f"{root}: {error}, so nothing is added to it (pprnet check lists them all):{first}") from None
    pages, troubles = await read_all(sources, settings)
    try:
        planned = await asyncio.to_thread(
            plan, shelf, [month for page in pages for month in imported_months(page, shelf.topics)]
        )
        if not dry_run and pages:
            await asyncio.to_thread(carry_out, shelf, planned)
    except WriteError as error:
        raise CommandError(str(error)) from None
    _report(planned, root, dry_run=dry_run)
    for source, trouble in troubles:
        print(f"pprnet: {source}: {trouble}. Nothing of it was imported.", file=sys.stderr)
    for trouble in planned.refused:
        print(f"pprnet: {trouble}.", file=sys.stderr)
    return 1 if troubles or planned.refused else 0


async def read_all(sources: Sequence[str], settings: Settings) -> tuple[list[Page], list[tuple[str, str]]]:
    """Every source once: the pages that could be read, and what is wrong with the others. A terminal sees the progress."""
    gate = asyncio.Semaphore(AT_ONCE)
    bar = tqdm(total=len(set(sources)), unit="page", desc="Reading", disable=None, leave=False)

    async def read(source: str) -> Page | tuple[str, str]:
        try:
            async with gate:
                return await read_source(source, settings)
        except (PageError, FetchError, SourceError) as error:
            return source, str(error)
        finally:
            bar.update()

    with bar:
        found = await asyncio.gather(*(read(source) for source in dict.fromkeys(sources)))
    return [each for each in found if isinstance(each, Page)], [each for each in found if not isinstance(each, Page)]


async def read_source(source: str, settings: Settings) -> Page:
    """One page, from a file or an address. Raises PageError, FetchError or SourceError."""
    if "://" in source:
        got = await fetch(source, contact=settings.contact, allow_private=settings.allow_private_source)
        return await asyncio.to_thread(read_page, got.body or b"", charset=got.charset, address=got.address)
    return await asyncio.to_thread(lambda: read_page(_file(Path(source))))


def _file(path: Path) -> bytes:
    try:
        status = path.stat()
        if stat.S_ISDIR(status.st_mode):
            raise SourceError("that is a folder: name the pages in it")
        if not stat.S_ISREG(status.st_mode):
            raise SourceError("that is no regular file")
        with path.open("rb") as file:
            return file.read(MAX_BYTES + 1)
    except FileNotFoundError:
        raise SourceError("there is no such file (and it is no https:// address)") from None
    except (OSError, ValueError) as error:
        raise SourceError(f"it cannot be read ({getattr(error, 'strerror', None) or 'malformed name'})") from None


def _report(planned: Plan, root: Path, *, dry_run: bool) -> None:
    lines = [f"+ {month}  {title}" for month, title in planned.added]
    lines += [f"! {remark}" for remark in sorted(planned.remarks)]
    months = len({month for month, _ in planned.added})
    known = f"{planned.known} already there" if planned.known else "none there before"
    if planned.files:
        what = f"{plural(len(planned.added), 'entry')} in {plural(months, 'month')}"
        done = "would be added" if dry_run else "added"
        lines.append(f"{root}: {what} {done}, {known}.")
    else:
        lines.append(f"{root}: nothing new, {known}: no change.")
    print("\n".join(lines))

"""`pprnet import`: adds the blog to a corpus: single pages, a folder of saved ones, or its whole archive."""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import os
import sys
from collections.abc import Iterator, Sequence
from functools import partial
from pathlib import Path

from bot.blog.archive import Archive
from bot.blog.archive_pages import KeptPages
from bot.blog.filling import fill
from bot.blog.recipe import Recipe
from bot.blog.recipe_file import read_recipe
from bot.blog.single import SinglePages
from bot.cli.archive import NO_CONTACT, check_pause, how_to_go_on, visit, walk_archive
from bot.cli.arguments import add_json, print_json
from bot.cli.import_report import as_json, complain, report
from bot.cli.sources import expanded, read_sources, say
from bot.corpus.candidates import add_candidates
from bot.corpus.faults import CorpusError
from bot.corpus.files import FETCHED_FOLDER, WriteError
from bot.corpus.write import CorpusFolder, carry_out, plan
from bot.errors import CommandError
from bot.paths import default_root
from bot.settings import Settings

EXAMPLES = """\
  pprnet import --archive https://socialsciences.uottawa.ca/pprnet/blog --into my-library
  pprnet import saved-pages/ --into my-library --dry-run
  pprnet import https://journal.example/feed.xml --into my-library
  pprnet import page.html https://socialsciences.uottawa.ca/pprnet/blog --into my-library"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments of `pprnet import`."""
    parser.add_argument(
        "sources",
        nargs="*",
        metavar="SOURCE",
        help="a saved page (text or HTML) or feed (RSS, Atom), a folder of them, or the https:// address of one",
    )
    parser.add_argument(
        "--archive",
        metavar="ADDRESS",
        help="read every page of the blog, starting with the first; continues where it stopped",
    )
    parser.add_argument(
        "--recipe",
        default="pprnet-blog",
        metavar="FILE",
        help="where the pages of another digest have their entries (YAML; default: pprnet-blog, the blog's own)",
    )
    parser.add_argument(
        "--into", type=Path, metavar="DIR", help="the library (default: PPRNET_KNOWLEDGE); created if it does not exist"
    )
    parser.add_argument(
        "--fill-facts",
        action="store_true",
        help="read facts from the texts of all originals in the library, also earlier ones, where they are empty there",
    )
    parser.add_argument("--dry-run", action="store_true", help="show what would change, write nothing into the library")
    parser.add_argument(
        "--no-topics",
        action="store_true",
        help="with --archive: leave out the lists by topic and type of research (some five times fewer requests, no topics)",
    )
    add_json(parser)
    parser.add_argument("--pause", type=_seconds, metavar="SECONDS", help="between two requests to a site (default: 2)")


def _seconds(value: str) -> float:
    seconds = float(value)
    if not 0 <= seconds <= 3600:
        raise argparse.ArgumentTypeError("must be a number of seconds up to 3600")
    return seconds


def run(options: argparse.Namespace) -> int:
    """Import; the exit status is 1 where something could not be read, 130 after Ctrl-C. Raises CommandError."""
    settings = Settings.from_env(os.environ)
    root = options.into or settings.knowledge
    if options.into is None and root.resolve() == default_root().resolve():
        raise CommandError(
            "the library that comes with the bot is not changed: name a folder of your own with --into DIR or "
            "PPRNET_KNOWLEDGE"
        )
    if bool(options.sources) == bool(options.archive) and not (options.fill_facts and not options.sources):
        raise CommandError(
            "name what to import: pages, a folder of them, or the blog's address with --archive (one of these); or give "
            "--fill-facts alone"
        )
    recipe = read_recipe(options.recipe)
    walks = options.archive is not None and "://" in options.archive
    try:
        if walks:
            return asyncio.run(import_archive(options, root, settings, recipe))
        sources = options.sources or ([options.archive] if options.archive else [])
        return asyncio.run(import_pages(options, sources, root, settings, recipe))
    except KeyboardInterrupt:
        rest = how_to_go_on(options.archive, root, recipe) if walks else "Run the same command again to continue."
        print(f"\npprnet: stopped. {rest}", file=sys.stderr)
        return 130
    except WriteError as error:
        raise CommandError(str(error)) from None
    except CorpusError as error:
        first = "".join(f"\n  {fault}" for fault in error.faults[:5])
        raise CommandError(f"{root}: {error}, so nothing is added to it (pprnet check lists them all):{first}") from None


async def import_archive(options: argparse.Namespace, root: Path, settings: Settings, recipe: Recipe) -> int:
    """Import the whole blog; the exit status. Raises CommandError, CorpusError and WriteError."""
    await asyncio.to_thread(CorpusFolder, root)  # a faulty one is said before anything is asked of the site
    with KeptPages(root).locked():
        found = await walk_archive(options.archive, root, settings, recipe, pause=options.pause, lists=not options.no_topics)
        if found is None:
            return 1
        return await _add(options, found, root, whole=True)


async def import_pages(
    options: argparse.Namespace, sources: Sequence[str], root: Path, settings: Settings, recipe: Recipe
) -> int:
    """Import the sources; the exit status: 0 when every one was read. Raises CommandError, CorpusError and WriteError."""
    shelf = await asyncio.to_thread(CorpusFolder, root)
    single, remarks = await asyncio.to_thread(expanded, sources)
    addresses = [source for source in single if "://" in source]
    check_pause(addresses, options.pause)
    if addresses and settings.contact is None:
        say(NO_CONTACT)
    live = SinglePages(partial(visit, settings, options.pause, say), KeptPages(root, FETCHED_FOLDER))
    found = await read_sources(single, live, shelf.topics, recipe)
    found.remarks += remarks
    folder = single != list(dict.fromkeys(sources))
    with KeptPages(root).locked() if folder and not options.dry_run and found.months else _unlocked():
        status = await _add(options, found, root, whole=folder)
    if not options.dry_run:
        await asyncio.to_thread(live.keep)
    return status


async def _add(options: argparse.Namespace, found: Archive, root: Path, *, whole: bool) -> int:
    dry_run, fill_facts = options.dry_run, options.fill_facts
    shelf = await asyncio.to_thread(CorpusFolder, root)
    planned = await asyncio.to_thread(plan, shelf, found.months)
    if fill_facts:
        await asyncio.to_thread(fill, shelf, planned)
    if not dry_run and (found.months or planned.files):
        await asyncio.to_thread(carry_out, shelf, planned)
    new = await asyncio.to_thread(add_candidates, root, found.candidates, dry_run=dry_run) if found.feeds else None
    if options.json:
        print_json(as_json(found, planned, root, new, dry_run=dry_run))
    else:
        report(found, planned, shelf, new, dry_run=dry_run, whole=whole, fill_facts=fill_facts)
    complain(found, planned)
    return 1 if found.refused or found.missing or planned.refused else 0


@contextlib.contextmanager
def _unlocked() -> Iterator[None]:
    yield

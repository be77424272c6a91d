"""What `pprnet import` is given: saved pages and feeds, folders of them, and addresses of single ones."""

from __future__ import annotations

import asyncio
import stat
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from tqdm import tqdm

from bot.blog.archive import Archive
from bot.blog.feeds import FEEDS, is_feed, read_feed
from bot.blog.fetch import HTML, PAGES, FetchError
from bot.blog.imported import imported_months
from bot.blog.page import MAX_BYTES, PageError
from bot.blog.pages import read_page
from bot.blog.recipe import Recipe
from bot.blog.single import SinglePages
from bot.blog.visit import StoppedError
from bot.corpus.candidates import Candidate
from bot.corpus.merging import ImportedMonth
from bot.corpus.model import Topic
from bot.errors import ExpectedError
from bot.text import plural

AT_ONCE = 2
"""Sources that are read at the same time; of one site one page at a time is."""
_PAGES = (".txt", ".text", ".html", ".htm", ".xhtml", ".xml", ".rss", ".atom", "")
"""How the names of saved pages and feeds end."""


class SourceError(ExpectedError):
    """A source that cannot be read; the message says why."""


def expanded(sources: Sequence[str]) -> tuple[list[str], list[str]]:
    """Return the sources with the saved pages of each folder in its place, and remarks on what in a folder is no page."""
    found: list[str] = []
    remarks: list[str] = []
    for source in sources:
        if "://" in source or not Path(source).is_dir():
            found.append(source)
            continue
        files = sorted(path for path in Path(source).iterdir() if path.is_file() and not path.name.startswith("."))
        pages = [path for path in files if path.suffix.lower() in _PAGES]
        found += map(str, pages)
        if others := len(files) - len(pages):
            remarks.append(f"{source}: {plural(others, 'file')} skipped: not a saved page (.html or .txt)")
        if not pages:
            remarks.append(f"{source}: there is no saved page (.html or .txt) in it")
    return list(dict.fromkeys(found)), remarks


async def read_sources(sources: Sequence[str], live: SinglePages, topics: Sequence[Topic], recipe: Recipe) -> Archive:
    """Read every source once: the months of the pages and the candidates of the feeds that could be read, and what is wrong
    with the others. `live` fetches addresses. A terminal sees the progress.
    """
    gate = asyncio.Semaphore(AT_ONCE)
    bar = tqdm(total=len(sources), unit="page", desc="Reading", disable=None, leave=False)
    found = Archive()

    async def read(source: str) -> Read:
        try:
            async with gate:
                return await read_source(source, live, topics, recipe)
        except (PageError, FetchError, StoppedError, SourceError) as error:
            found.refused[source] = str(error)
            return Read()
        finally:
            bar.update()

    with bar:
        for each in await asyncio.gather(*(read(source) for source in sources)):
            found.months += each.months
            found.candidates += each.candidates
            found.pages += bool(each.months)
            found.feeds += each.is_feed
    return found


@dataclass(frozen=True, slots=True)
class Read:
    """What one source brought: months where it is a page, candidates where it is a feed."""

    months: Sequence[ImportedMonth] = ()
    candidates: Sequence[Candidate] = ()
    is_feed: bool = False


async def read_source(source: str, live: SinglePages, topics: Sequence[Topic], recipe: Recipe) -> Read:
    """Return what a file or an address brings. Raises PageError, FetchError, StoppedError or SourceError."""
    if "://" not in source:
        return await asyncio.to_thread(lambda: _read(_file(Path(source)), None, None, topics, recipe))
    got = await live.get(source, f"{HTML}, {', '.join(f'{each};q=0.7' for each in FEEDS)}", (*PAGES, *FEEDS))
    return await asyncio.to_thread(_read, got.body, got.charset, got.source, topics, recipe)


def say(sentence: str) -> None:
    """Print a remark for the person at the terminal, above a bar of progress where there is one."""
    tqdm.write(f"pprnet: {sentence}", file=sys.stderr)


def _read(data: bytes, charset: str | None, address: str | None, topics: Sequence[Topic], recipe: Recipe) -> Read:
    if is_feed(data):
        return Read(candidates=read_feed(data, address=address, charset=charset), is_feed=True)
    return Read(months=imported_months(read_page(data, charset=charset, address=address, recipe=recipe), topics))


def _file(path: Path) -> bytes:
    try:
        status = path.stat()
        if not stat.S_ISREG(status.st_mode):
            raise SourceError("that is not a regular file")
        with path.open("rb") as file:
            return file.read(MAX_BYTES + 1)
    except FileNotFoundError:
        raise SourceError("there is no such file (and it is no https:// address)") from None
    except (OSError, ValueError) as error:
        raise SourceError(f"it cannot be read ({getattr(error, 'strerror', None) or 'malformed name'})") from None

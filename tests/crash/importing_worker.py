"""`pprnet import --archive` as processes that die anywhere between the first request and the last file."""

from __future__ import annotations

import argparse
import contextlib
import io
import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bot.blog import archive_pages, visit
from bot.blog.recipe_file import the_blog
from bot.cli import importing
from bot.corpus import write
from bot.playground.slack import LocalSlack
from bot.settings import Settings
from tests.crash import workers
from tests.crash.rehearsal import rehearse
from tests.crash.workers import Mortal
from tests.support.archive_site import blog, serving_blog

BLOGS = ((12, True), (36, True), (120, False))
"""The blogs of the tests: how many entries each has, and whether its lists are read too."""


@dataclass(frozen=True)
class Job(Mortal):
    """Import the blog at `address` into the folder `into`."""

    address: str
    into: str
    lists: bool = True


async def run(job: Job) -> None:
    """Import, with a step at every request, and at every file before, within and after it is written."""
    step = workers.steps_of(job)
    fetch, written, sync = visit.fetch, write.write_atomically, os.fsync

    async def fetching(*args: Any, **named: Any) -> Any:
        step("request")
        try:
            return await fetch(*args, **named)
        finally:
            step("answer")

    def writing(path: Path, content: bytes, **named: Any) -> None:
        step("before a file")
        written(path, content, **named)
        step("after a file")

    def syncing(descriptor: int) -> None:
        step("within a file")
        sync(descriptor)

    visit.fetch = fetching
    write.write_atomically = archive_pages.write_atomically = writing
    os.fsync = syncing  # type: ignore[assignment]
    note: Callable[..., None] = write.note_written

    def noting(*args: Any) -> None:
        step("before the note")
        note(*args)
        step("after the note")

    write.note_written = noting
    await work(job)


async def work(job: Job) -> None:
    """Import to the end. Raises RuntimeError where it fails."""
    options = argparse.Namespace(
        archive=job.address, pause=0.0, no_topics=not job.lists, dry_run=False, fill_facts=False, json=False
    )
    settings = Settings(allow_private_source=True, contact="lead@clinic.example")
    said = io.StringIO()  # standard output belongs to the fork server
    with contextlib.redirect_stdout(said), contextlib.redirect_stderr(said):
        status = await importing.import_archive(options, Path(job.into), settings, the_blog())
    if status:
        raise RuntimeError(f"the import ended with {status}: {said.getvalue()[-500:]}")


async def _play(_slack: LocalSlack, folder: Path, _database: str) -> None:
    """All pages and entries that the tests' blogs have are read here, and in no process again."""
    for entries, lists in BLOGS:
        async with serving_blog(blog(entries)) as site:
            await work(Job(address=site.address, into=str(folder / str(entries)), lists=lists))


if __name__ == "__main__":
    rehearse(_play)
    workers.main(Job, run)

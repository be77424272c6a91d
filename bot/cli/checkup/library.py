"""The library's folder and the blog, as `pprnet doctor` sees them."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator

from bot.blog.fetch import FetchError, fetch
from bot.cli.checkup.finding import Finding, error, ok, warning
from bot.corpus.load import examine
from bot.paths import default_root
from bot.settings import Settings
from bot.text import plural


def check_library(settings: Settings) -> Iterator[Finding]:
    """Yield whether the library can be used, and written where something is to be written."""
    root = settings.knowledge
    corpus, faults = examine(root)
    if faults:
        said = f"{root} has {plural(len(faults), 'fault')}, the first: {faults[0]}"
        yield error("library", said, "pprnet check lists them all; the bot does not start with them.")
    else:
        yield ok("library", f"{root}: {plural(len(corpus.summaries), 'summary')} without a fault")
    if root.resolve() == default_root().resolve():
        return  # with a source, the settings say that this will not do
    try:
        with tempfile.TemporaryFile(dir=root / "issues"):
            pass
    except OSError as failed:
        said = f"{root / 'issues'} cannot be written ({failed.strerror})"
        advice = "Give it to the user that runs the bot: new months and curators' edits are written there."
        yield error("library", said, advice) if settings.source_url else warning("library", said, advice)


async def check_source(settings: Settings) -> list[Finding]:
    """Return whether the blog's address answers with a page."""
    if settings.source_url is None:
        return []
    try:
        await fetch(settings.source_url, contact=settings.contact, allow_private=settings.allow_private_source)
    except FetchError as failed:
        return [error("blog", f"{settings.source_url}: {failed}", "Check PPRNET_SOURCE_URL and the network.")]
    return [ok("blog", f"{settings.source_url} answers")]

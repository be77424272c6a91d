"""The blog of the playground: a page on this machine, laid out like the PPRNet blog, with the library's digests as its text.

The bot is given its address and watches it as it would watch the real one.
"""

from __future__ import annotations

import contextlib
from collections.abc import AsyncIterator, Callable, Sequence
from html import escape

from aiohttp import web

from bot.corpus.model import Issue, Summary, Topic, month_name

ENTRIES = 6
"""Entries on a page."""
PATH = "/pprnet/blog"
_INTRODUCTION = (
    "This is the playground's own blog, on your machine. It is laid out like the blog of the Psychotherapy Practice "
    "Research Network, and its text is that of the digests that ship with the bot."
)


def page(issues: Sequence[Issue], topics: Sequence[Topic]) -> str:
    """The first page: the newest entries under their months, newest first. `issues` newest first."""
    shown: list[str] = []
    count = 0
    for issue in issues:
        if count + len(issue.summaries) > ENTRIES:
            break
        count += len(issue.summaries)
        shown.append(f"<h2>{month_name(issue.month)}</h2>")
        shown += [line for summary in issue.summaries for line in _entry(summary)]
    about = _about(issues[0]) if issues else ""
    listed = "".join(f"<li>{escape(topic.name)}</li>" for topic in topics)
    return (
        '<!DOCTYPE html>\n<html lang="en"><head><meta charset="utf-8"><title>Blog</title></head><body><main>\n'
        f"<h1>Blog</h1>\n<p>{escape(_INTRODUCTION)}</p>\n<h2>This month...</h2>\n<p>…I blog about {escape(about)}.</p>\n"
        f"<h2>Type of Research</h2>\n<h2>Topics</h2>\n<ul><li>ALL Topics (clear)</li>{listed}</ul>\n"
        + "\n".join(shown)
        + "\n</main></body></html>\n"
    )


def _entry(summary: Summary) -> list[str]:
    citation = [summary.study.citation] if summary.study.citation else []
    lines = [summary.title, *citation, summary.summary, "Practice Implications", " ".join(summary.implications)]
    return [f"<p>{escape(line)}</p>" for line in lines]


def _about(issue: Issue) -> str:
    """What the blog said of the month: its subjects, also those that the library does not hold. Nothing is made up for a
    month of which they are not known; such a month is held back, as one that may not be whole.
    """
    subjects = issue.subjects or ("things that the library does not record",)
    return ", and ".join(filter(None, (", ".join(subjects[:-1]), subjects[-1])))


@contextlib.asynccontextmanager
async def serving(host: str, shown: Callable[[], str]) -> AsyncIterator[str]:
    """Serve the page until the block ends; gives its address."""

    async def answer(_request: web.Request) -> web.Response:
        return web.Response(text=shown(), content_type="text/html")

    app = web.Application()
    app.router.add_get(PATH, answer)
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=1.0, handle_signals=False)
    await runner.setup()
    await web.TCPSite(runner, host, 0).start()
    try:
        yield f"http://{host}:{runner.addresses[0][1]}{PATH}"
    finally:
        await runner.cleanup()

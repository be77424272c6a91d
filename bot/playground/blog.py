"""The playground's blog: a page on this machine, laid out like the PPRNet blog, with the library's digests as its text.

The bot gets its address and checks it as it would check the real one.
"""

from __future__ import annotations

import contextlib
import hashlib
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
    """Return the first page: the newest entries under their months. Both `issues` and the page are newest first."""
    entries: list[str] = []
    count = 0
    for issue in issues:
        if count + len(issue.summaries) > ENTRIES:
            break
        count += len(issue.summaries)
        entries.append(f"<h2>{month_name(issue.month)}</h2>")
        entries += [line for summary in issue.summaries for line in _entry(summary)]
    about = _about(issues[0]) if issues else ""
    listed = "".join(f"<li>{escape(topic.name)}</li>" for topic in topics)
    return (
        '<!DOCTYPE html>\n<html lang="en"><head><meta charset="utf-8"><title>Blog</title></head><body><main>\n'
        f"<h1>Blog</h1>\n<p>{escape(_INTRODUCTION)}</p>\n<h2>This month...</h2>\n<p>…I blog about {escape(about)}.</p>\n"
        f"<h2>Type of Research</h2>\n<h2>Topics</h2>\n<ul><li>ALL Topics (clear)</li>{listed}</ul>\n"
        + "\n".join(entries)
        + "\n</main></body></html>\n"
    )


def _entry(summary: Summary) -> list[str]:
    citation = [summary.study.citation] if summary.study.citation else []
    body = " ".join(summary.summary.split())
    lines = [summary.title, *citation, body, "Practice Implications", " ".join(summary.implications)]
    return [f"<p>{escape(line)}</p>" for line in lines]


def _about(issue: Issue) -> str:
    """Return what the blog announced for the month: its subjects, including those the library does not have.

    Nothing is made up where they are unknown: the bot puts such a month on hold, because it may be incomplete.
    """
    subjects = issue.subjects or ("a selection of recent research",)
    return ", and ".join(filter(None, (", ".join(subjects[:-1]), subjects[-1])))


@contextlib.asynccontextmanager
async def serving(host: str, render: Callable[[], str]) -> AsyncIterator[str]:
    """Serve the page until the block ends; yield its address."""

    async def answer(request: web.Request) -> web.Response:
        text = render()
        etag = hashlib.sha256(text.encode()).hexdigest()
        if etag in {each.value for each in request.if_none_match or ()}:
            return web.Response(status=304)
        response = web.Response(text=text, content_type="text/html")
        response.etag = etag
        return response

    app = web.Application()
    app.router.add_get(PATH, answer)
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=1.0, handle_signals=False)
    await runner.setup()
    await web.TCPSite(runner, host, 0).start()
    try:
        yield f"http://{host}:{runner.addresses[0][1]}{PATH}"
    finally:
        await runner.cleanup()

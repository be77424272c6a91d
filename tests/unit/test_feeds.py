"""Feeds: what they bring is a candidate for curators, never an answer."""

from __future__ import annotations

import asyncio
import os
from datetime import date
from pathlib import Path
from subprocess import CompletedProcess

import pytest
from aiohttp import web

from bot.blog.feeds import MAX_EXCERPT, is_feed, read_feed
from bot.blog.page import MAX_BYTES, PageError
from bot.cli.main import main
from bot.corpus.candidates import CANDIDATES, Candidate, add_candidates, read_candidates, undecided
from bot.corpus.faults import CorpusError
from bot.corpus.load import load
from tests.support.blog_pages import GARDENS, text_page
from tests.support.terminal import as_text, run_here
from tests.support.web_server import serving

ROOT = Path(__file__).parents[2]
KNOWN = {"PATH": os.environ["PATH"], "PYTHONUTF8": "1", "PPRNET_ALLOW_PRIVATE_SOURCE": "on"}
TODAY = date(2026, 6, 1)
RSS = """<?xml version="1.0" encoding="utf-8"?>
<rss version="2.0" xmlns:content="http://purl.org/rss/1.0/modules/content/"><channel>
<title>Journal of Invented Rivers</title><link>https://rivers.example/</link>
<item><title>Rafts &amp;amp; <![CDATA[<i>rapport</i>]]></title><link>https://rivers.example/rafts?utm_source=rss</link>
<pubDate>Mon, 09 Mar 2026 10:00:00 GMT</pubDate>
<description>Short.</description><content:encoded><![CDATA[<p>Rafts were <b>calm</b>.</p><ul><li>One.</li></ul>
<script>alert(1)</script><p>doi:10.9999/raft.1 &lt; .05</p>]]></content:encoded></item>
<item><title>Rafts &amp;amp; rapport</title><link>https://rivers.example/rafts</link></item>
<item><title>Relative</title><link>/relative</link><pubDate>the ides of March</pubDate></item>
<item><title>From the future</title><guid>https://rivers.example/future</guid>
<pubDate>Tue, 01 Jan 2047 00:00:00 GMT</pubDate></item>
<item><title>No address</title><link>javascript:alert(1)</link><guid>urn:x:1</guid></item>
<item><description>No title at all</description></item>
</channel></rss>"""
ATOM = """<?xml version="1.0"?><feed xmlns="http://www.w3.org/2005/Atom"><title>Oars</title>
<link href="https://oars.example/"/><entry><title type="html">&lt;b&gt;Bold&lt;/b&gt; oars</title><id>tag:x,2026:1</id>
<link rel="alternate" href="bold"/><updated>2026-02-03T04:05:06Z</updated><summary>Oars help.</summary></entry></feed>"""


def pprnet(*arguments: object, **environ: str) -> CompletedProcess[str]:
    """The command, as an operator runs it."""
    return as_text(run_here(main, [*map(str, arguments)], environ=KNOWN | environ, cwd=ROOT))


def test_rss_as_found_in_the_wild() -> None:
    rafts, relative, future, bare = read_feed(RSS.encode(), address="https://rivers.example/feed/x.xml", today=TODAY)
    assert (rafts.title, rafts.date, rafts.feed) == ("Rafts & rapport", "2026-03-09", "Journal of Invented Rivers")
    assert rafts.excerpt == "Rafts were calm.\nOne.\ndoi:10.9999/raft.1 < .05"
    assert (relative.link, relative.date) == ("https://rivers.example/relative", None)
    assert (future.link, future.date) == ("https://rivers.example/future", None)
    assert (bare.title, bare.link) == ("No address", None)


def test_atom_with_html_in_the_title_and_an_address_that_is_not_whole() -> None:
    [oars] = read_feed(ATOM.encode(), address="https://oars.example/feed/", today=TODAY)
    assert oars == Candidate("Bold oars", "https://oars.example/feed/bold", "2026-02-03", "Oars", "Oars help.")


@pytest.mark.parametrize("encoding", ["utf-16", "iso-8859-1", "windows-1252"])
def test_encodings(encoding: str) -> None:
    feed = RSS.replace("utf-8", encoding).replace("Relative", "Flüsse").encode(encoding)
    assert is_feed(feed)
    assert read_feed(feed, today=TODAY)[1].title == "Flüsse"
    assert read_feed(RSS.replace("Relative", "Flüsse").encode(), charset="iso-8859-1", today=TODAY)


def test_a_long_text_is_cut_at_a_sentence() -> None:
    feed = (
        RSS.replace("Short.", "A sentence of some words. " * 1000)
        .replace("<content:encoded>", "<x>")
        .replace("</content:encoded>", "</x>")
    )
    excerpt = read_feed(feed.encode(), today=TODAY)[0].excerpt
    assert MAX_EXCERPT / 2 < len(excerpt) <= MAX_EXCERPT
    assert excerpt.endswith("words. …")


BOMB = '<!DOCTYPE rss [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;">]>'


@pytest.mark.parametrize(
    ("feed", "found"),
    [
        (RSS.replace("<rss", f"{BOMB}<rss").encode(), "<!ENTITY"),
        (RSS.replace("<rss", f"{BOMB}<rss").encode("utf-16"), "<!ENTITY"),
        (b"<rss version='2.0'><channel>" + b" " * MAX_BYTES, "bytes"),
        (b"<rss><channel></channel></rss>" + b"<", ""),
        (b"<html><body>Sign in</body></html>", "something else"),
        (RSS.replace("title>", "name>").encode(), "none in any"),
    ],
)
def test_what_is_hostile_or_no_feed_is_refused(feed: bytes, found: str) -> None:
    if not found:
        assert read_feed(feed) == []
        return
    with pytest.raises(PageError) as refused:
        read_feed(feed, today=TODAY)
    assert found in refused.value.found


@pytest.mark.parametrize(
    ("data", "which"),
    [
        (RSS.encode(), True),
        (ATOM.encode(), True),
        (b"\xef\xbb\xbf\n<!-- x --><rdf:RDF xmlns:rdf='x'>", True),
        (b"<!DOCTYPE html><html>", False),
        (text_page().encode(), False),
        (b"", False),
    ],
)
def test_a_feed_is_told_from_a_page(data: bytes, which: bool) -> None:
    assert is_feed(data) is which


def test_candidates_are_kept_beside_the_library_and_a_decided_one_does_not_come_back(tmp_path: Path) -> None:
    (tmp_path / "page.txt").write_text(text_page(), "utf-8")
    (tmp_path / "feed.xml").write_text(RSS.replace("No address", GARDENS.title), "utf-8")
    into = tmp_path / "library"
    assert pprnet("import", tmp_path / "page.txt", "--into", into).returncode == 0
    before = {path: path.read_bytes() for path in into.rglob("*.yaml")}
    tried = pprnet("import", tmp_path / "feed.xml", "--into", into, "--dry-run")
    assert "4 candidates would be added for curators" in tried.stdout
    assert not (into / CANDIDATES).exists()
    done = pprnet("import", tmp_path / "feed.xml", "--into", into)
    assert (done.returncode, done.stderr) == (0, "")
    assert "4 candidates added for curators" in done.stdout
    assert {path: path.read_bytes() for path in before} == before
    kept = (into / CANDIDATES).read_bytes()
    assert "0 candidates added" in pprnet("import", tmp_path / "feed.xml", "--into", into).stdout
    assert (into / CANDIDATES).read_bytes() == kept
    listed = pprnet("candidates", "--into", into).stdout
    assert "1. Rafts & rapport" in listed
    assert "https://rivers.example/rafts" in listed
    assert GARDENS.title not in listed  # the library has it
    assert "3 candidates." in listed
    assert "Rejected: Rafts & rapport" in pprnet("candidates", "--reject", 1, "--into", into).stdout
    assert pprnet("candidates", "--reject", 9, "--into", into).returncode == 2
    again = RSS.replace("rafts?utm_source=rss", "rafts/?utm_source=other").replace("Rafts &amp;amp;", "Rafts, mended, and")
    (tmp_path / "feed.xml").write_text(again, "utf-8")
    assert pprnet("import", tmp_path / "feed.xml", "--into", into).returncode == 0
    assert "Rafts" not in pprnet("candidates", "--into", into).stdout
    assert pprnet("check", into).returncode == 0
    shown = pprnet("ask", "rafts and rapport", PPRNET_KNOWLEDGE=str(into)).stdout
    assert "Rafts" not in shown


def test_a_candidate_is_decided_when_the_library_has_its_paper(tmp_path: Path) -> None:
    (tmp_path / "page.txt").write_text(text_page(), "utf-8")
    pprnet("import", tmp_path / "page.txt", "--into", tmp_path / "library")
    corpus = load(tmp_path / "library")
    by_doi = Candidate("Else", "https://doi.org/10.9999/inv.2021.004")
    by_text = Candidate("Other", excerpt="See doi:10.9999/INV.2021.004.")
    open_one = Candidate("Third", "https://x.example/3")
    assert undecided((by_doi, by_text, open_one), corpus) == (open_one,)


def test_a_file_that_a_person_broke_is_named_with_its_line(tmp_path: Path) -> None:
    add_candidates(tmp_path, [Candidate("One", date="2026-01-02")])
    path = tmp_path / CANDIDATES
    path.write_text(path.read_text("utf-8").replace('"2026-01-02"', '"soon"'), "utf-8")
    with pytest.raises(CorpusError) as refused:
        read_candidates(tmp_path)
    assert str(refused.value.faults[0]).startswith(f"{CANDIDATES}:5: candidates[0].date: must be a day")
    assert pprnet("candidates", "--into", tmp_path).returncode == 2


async def test_a_feed_at_an_address_is_asked_for_as_politely_as_an_archive(tmp_path: Path) -> None:
    asked: list[web.Request] = []
    at_once = most_at_once = 0

    async def answer(request: web.Request) -> web.Response:
        nonlocal at_once, most_at_once
        asked.append(request)
        at_once += 1
        most_at_once = max(most_at_once, at_once)
        await asyncio.sleep(0)
        at_once -= 1
        match request.path:
            case "/robots.txt":
                return web.Response(text="User-agent: *\nDisallow: /closed\nCrawl-delay: 0.05\n")
            case "/other":
                return web.Response(body=b"x", content_type="image/png")
        if request.headers.get("If-None-Match") == '"1"':
            return web.Response(status=304)
        return web.Response(body=RSS.encode(), headers={"Content-Type": "application/rss+xml", "ETag": '"1"'})

    async with serving(answer) as address:
        words = ("import", *(f"{address}/{each}" for each in ("feed", "other", "closed")), "--into", tmp_path / "a")
        contact = {"PPRNET_CONTACT": "lead@clinic.example"}
        tried = await asyncio.to_thread(lambda: pprnet(*words, "--pause", 0, "--dry-run", **contact))
        assert "4 candidates would be added" in tried.stdout
        assert not (tmp_path / "a").exists()
        asked.clear()
        done = await asyncio.to_thread(lambda: pprnet(*words, "--pause", 0, **contact))
        first = [request.path for request in asked]
        asked.clear()
        (tmp_path / "a" / CANDIDATES).unlink()  # what has not changed since is read again as it was kept
        again = await asyncio.to_thread(lambda: pprnet(*words, "--pause", 0))
    assert done.returncode == 1
    assert "the answer is image/png, not a page" in done.stderr
    assert f"{address}/closed: its robots.txt does not let programs read this page (a saved copy can be" in done.stderr
    assert "robots.txt asks for a pause of 0.05 seconds" in done.stderr
    assert "PPRNET_CONTACT is not set" not in done.stderr
    assert "4 candidates added" in done.stdout
    assert (first[0], sorted(first[1:])) == ("/robots.txt", ["/feed", "/other"])
    assert most_at_once == 1
    assert {request.path for request in asked if "If-None-Match" in request.headers} == {"/feed"}
    assert "4 candidates added" in again.stdout
    assert "PPRNET_CONTACT is not set" in again.stderr
    assert f"{address}/relative" in {each.link for each in read_candidates(tmp_path / "a")}


async def test_a_feed_of_a_busy_site_is_asked_for_again(tmp_path: Path) -> None:
    asked: list[str] = []

    async def answer(request: web.Request) -> web.Response:
        asked.append(request.path)
        if request.path == "/robots.txt":
            raise web.HTTPNotFound
        if request.path == "/later":
            return web.Response(status=429, headers={"Retry-After": "7200"})
        if asked.count("/feed") == 1:
            return web.Response(status=503)
        return web.Response(body=RSS.encode(), content_type="application/rss+xml")

    async with serving(answer) as address:
        words = ("import", f"{address}/feed", f"{address}/later", "--into", tmp_path / "a", "--pause", 0)
        done = await asyncio.to_thread(pprnet, *words)
    assert "4 candidates added" in done.stdout
    assert asked.count("/feed") == 2
    assert "the site asks to be left alone for 2 hours (the site answered with status 429)" in done.stderr
    assert asked.count("/later") == 1


def test_a_public_site_is_not_asked_without_a_pause(tmp_path: Path) -> None:
    done = pprnet("import", "https://journal.example/feed.xml", "--pause", 0, "--into", tmp_path / "a")
    assert done.returncode == 2
    assert "--pause: a public site is asked once in 1 second at most" in done.stderr

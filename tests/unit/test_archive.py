"""`pprnet import --archive` against a blog on this machine, with all that a real site may do meanwhile."""

from __future__ import annotations

import asyncio
import gzip
import os
import signal
import sys
from dataclasses import replace
from pathlib import Path
from subprocess import CompletedProcess

import pytest

from bot.blog.archive_addresses import filtered_lists, first_page, numbered_page
from bot.blog.archive_tags import Tag, tag_for
from bot.blog.recipe_file import the_blog
from bot.cli.import_report import missing_months
from bot.cli.main import main
from bot.corpus.files import IMPORT_FOLDER
from bot.corpus.load import load, read_topics
from bot.paths import default_root
from tests.support.archive_site import ENTRIES, TOPICS, Blog, blog, html, once_each, serving_blog
from tests.support.archive_studies import studies
from tests.support.blog_pages import Item
from tests.support.terminal import as_text, run_here

ROOT = Path(__file__).parents[2]
BLOG = the_blog().paging
KNOWN = {"PATH": os.environ["PATH"], "PPRNET_ALLOW_PRIVATE_SOURCE": "on", "PPRNET_CONTACT": "lead@clinic.example"}


async def pprnet(*arguments: object, **environ: str) -> CompletedProcess[str]:
    """The command, beside the site that it asks."""
    words = [*map(str, arguments)]
    return as_text(await asyncio.to_thread(run_here, main, words, environ=KNOWN | environ, cwd=ROOT))


async def archive(site: Blog, into: Path, *arguments: object, **environ: str) -> CompletedProcess[str]:
    """The import of a whole blog, without pauses."""
    return await pprnet("import", "--archive", site.address, "--into", into, "--pause", 0, *arguments, **environ)


async def importing(site: Blog, into: Path, said: int | None = None) -> asyncio.subprocess.Process:
    """The same in a process of its own, to be interrupted; `said` is where its output goes."""
    words = ["import", "--archive", site.address, "--into", str(into), "--pause", "0"]
    return await asyncio.create_subprocess_exec(
        sys.executable, "-m", "bot", *words, env=KNOWN, cwd=ROOT, stdout=said, stderr=said
    )


def library(folder: Path) -> dict[str, bytes]:
    """Every file of a library, also hidden ones, but for what imports note."""
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and IMPORT_FOLDER not in path.parts
    }


def pages_asked(site: Blog) -> list[str]:
    """The queries of all requests but for robots.txt."""
    return [request.query_string for request in site.asked if request.path != "/robots.txt"]


async def test_the_whole_blog_comes_in_with_its_topics_and_designs_and_the_report_says_what(tmp_path: Path) -> None:
    async with serving_blog(blog(36)) as site:
        done = await archive(site, tmp_path / "a")
    assert (done.returncode, "Traceback" in done.stderr) == (0, False)
    assert "36 entries in 13 months (December 2022 to December 2023) added, none there before." in done.stdout
    assert "name a topic or design of the library were not read: “Theory and Opinion”, “Weather”" in done.stdout
    corpus = load(tmp_path / "a")
    printed = {each.item.title: each for each in site.entries}
    assert {summary.title for summary in corpus.summaries} == set(printed)
    known = {TOPICS[0]: "adherence", TOPICS[1]: "alliance", TOPICS[2]: "group", TOPICS[3]: "placebo"}
    designs = {
        "Meta-analyses": "meta-analysis",
        "Randomized Controlled Trials": "randomised trial",
        "Naturalistic Studies": "naturalistic study",
    }
    for summary in corpus.summaries:
        study = printed[summary.title]
        assert set(summary.topics) == {known[name] for name in study.topics if name in known}
        assert summary.study.design == designs.get(study.type, "not stated")
        assert (summary.text, summary.summary) == ("original", study.item.summary)
    assert [summary.title for summary in corpus.summaries] == [each.item.title for each in site.entries]  # in printed order
    assert corpus.issues[0].complete


async def test_one_request_at_a_time_says_who_asks_and_heeds_robots(tmp_path: Path) -> None:
    shown = blog(18, robots="User-agent: *\nCrawl-delay: 0.05\nDisallow: /*?*cat_2=\n")
    async with serving_blog(shown) as site:
        done = await archive(site, tmp_path / "a")
    assert done.returncode == 0
    assert "robots.txt asks for a pause of 0.05 seconds" in done.stderr
    assert "robots.txt does not let programs read 4 lists" in done.stdout
    assert site.most_at_once == 1
    assert {request.headers["User-Agent"] for request in site.asked} == {"pprnet-bot (+lead@clinic.example)"}
    assert not [query for query in pages_asked(site) if "cat_2" in query]
    assert [query for query in pages_asked(site) if "cat_1" in query]


async def test_a_site_that_closes_the_page_to_programs_is_left_alone(tmp_path: Path) -> None:
    async with serving_blog(blog(6, robots="User-agent: pprnet-bot\nDisallow: /pprnet/\n")) as site:
        done = await archive(site, tmp_path / "a")
        assert (done.returncode, pages_asked(site)) == (1, [])
        assert "robots.txt does not let programs read this page. Nothing was imported." in done.stderr
        site.robots = "User-agent: *\nDisallow: /*?p="
        done = await archive(site, tmp_path / "a", "--no-topics")
        assert pages_asked(site) == [""]
        assert "nor what comes after it" in done.stdout
    assert len(load(tmp_path / "a").summaries) == 6


@pytest.mark.parametrize("end", ["404", "empty", "last", "first"])
async def test_the_walk_ends_where_nothing_new_comes(end: str, tmp_path: Path) -> None:
    async with serving_blog(blog(18, past_the_end=end)) as site:
        done = await archive(site, tmp_path / "a", "--no-topics")
    assert (done.returncode, len(load(tmp_path / "a").summaries)) == (0, 18)
    assert max(int(request.query.get("p", 1)) for request in site.asked) == 5
    assert done.stderr.count("imported") == 0


async def test_filters_in_the_address_are_kept_and_its_page_number_is_not(tmp_path: Path) -> None:
    async with serving_blog(blog(60)) as site:
        address = f"{site.address}?p=8&cat_2=31&cat_1=20"
        done = await pprnet("import", "--archive", address, "--into", tmp_path / "a", "--pause", 0)
    assert done.returncode == 0
    chosen = site.chosen({"cat_2": "31", "cat_1": "20"})
    assert {summary.title for summary in load(tmp_path / "a").summaries} == {each.item.title for each in chosen}
    assert all(request.query["cat_2"] == "31" and request.query["cat_1"] == "20" for request in site.asked if request.query)
    assert not load(tmp_path / "a").issues[0].complete


@pytest.mark.slow
async def test_a_second_run_asks_whether_anything_has_changed_and_brings_what_is_new(tmp_path: Path) -> None:
    shown = blog(24)
    newest, shown.entries = shown.entries[:2], shown.entries[2:]
    async with serving_blog(shown) as site:
        await archive(site, tmp_path / "a")
        before = library(tmp_path / "a")
        site.asked.clear()
        again = await archive(site, tmp_path / "a")
        assert "nothing new, 22 already there: no change." in again.stdout
        assert library(tmp_path / "a") == before
        assert all("If-None-Match" in request.headers for request in site.asked if request.path != "/robots.txt")
        site.entries = [*newest, *site.entries]
        more = await archive(site, tmp_path / "a")
        assert "2 entries in 1 month (December 2023) added, 22 already there" in more.stdout
        await archive(site, tmp_path / "b")
    assert library(tmp_path / "a") == library(tmp_path / "b")


@pytest.mark.slow
async def test_faults_that_pass_leave_no_trace(tmp_path: Path) -> None:
    shown = blog(36)
    async with serving_blog(shown) as site:
        await archive(site, tmp_path / "a")
        for seed, end in ((1, "404"), (2, "last"), (3, "empty"), (4, "first")):
            site.faults, site.past_the_end = once_each(seed), end
            site.times.clear()
            done = await archive(site, tmp_path / str(seed))
            assert done.returncode == 0, done.stderr
            assert library(tmp_path / str(seed)) == library(tmp_path / "a"), seed


@pytest.mark.slow
async def test_a_page_that_is_refused_or_missing_is_named_and_the_next_run_brings_it(tmp_path: Path) -> None:
    shown = blog(30)
    bad = html(shown.entries, shown.entries[6:12], 2).replace("</body>", "")
    async with serving_blog(shown) as site:
        await archive(site, tmp_path / "whole", "--no-topics")
        site.replaced["/pprnet/blog?p=2"] = bad
        site.faults = lambda address, _: "404" if address.endswith("?p=4") else None
        done = await archive(site, tmp_path / "a", "--no-topics")
        assert done.returncode == 1
        assert len(load(tmp_path / "a").summaries) == 18
        assert f"{site.address}?p=2: expected " in done.stderr
        assert f"{site.address}?p=4: the site answered with status 404. Nothing of it was imported." in done.stderr
        site.replaced.clear()
        site.faults = lambda address, _: None
        assert (await archive(site, tmp_path / "a", "--no-topics")).returncode == 0
    assert library(tmp_path / "a") == library(tmp_path / "whole")


@pytest.mark.slow
async def test_a_site_that_stops_answering_is_gone_on_with_later(tmp_path: Path) -> None:
    shown = blog(36)
    async with serving_blog(shown) as site:
        await archive(site, tmp_path / "whole")
        site.asked.clear()
        site.faults = lambda _, __: "503" if len(site.asked) > 5 else None
        done = await archive(site, tmp_path / "a")
        assert done.returncode == 1
        assert "the site no longer answers (the site answered with status 503). 4 pages of the archive are saved" in (
            done.stderr
        )
        assert not (tmp_path / "a" / "issues").exists()
        site.faults = lambda _, __: None
        site.asked.clear()
        done = await archive(site, tmp_path / "a")
    assert done.returncode == 0
    assert library(tmp_path / "a") == library(tmp_path / "whole")
    assert pages_asked(site)[:2] == ["", "p=5"]  # the first again, to see whether anything has moved


@pytest.mark.slow
async def test_a_blog_that_grew_while_the_walk_was_broken_off_is_asked_again_from_the_start(tmp_path: Path) -> None:
    shown = blog(36)
    newest, shown.entries = shown.entries[:2], shown.entries[2:]
    async with serving_blog(shown) as site:
        site.faults = lambda _, __: "503" if len(site.asked) > 5 else None
        await archive(site, tmp_path / "a")
        site.entries = [*newest, *site.entries]
        site.faults = lambda _, __: None
        await archive(site, tmp_path / "a")
        await archive(site, tmp_path / "b")
    assert library(tmp_path / "a") == library(tmp_path / "b")
    assert len(load(tmp_path / "a").summaries) == 36


async def test_a_site_that_asks_to_be_left_alone_for_long_is(tmp_path: Path) -> None:
    async with serving_blog(blog(12)) as site:
        asked = site.address.replace("127.0.0.1", "localhost")
        site.faults = lambda _, __: "asks for an hour"
        done = await archive(site, tmp_path / "a")
    assert asked
    assert "the site asks to be left alone for 60 minutes (the site answered with status 429)" in done.stderr
    assert len(pages_asked(site)) == 1


async def test_lists_that_show_everything_tag_nothing(tmp_path: Path) -> None:
    async with serving_blog(blog(12, ignores_filters=True)) as site:
        done = await archive(site, tmp_path / "a")
    assert done.returncode == 0
    assert "shows no list of its own: it tags nothing" in done.stdout
    assert not any(summary.topics for summary in load(tmp_path / "a").summaries)


@pytest.mark.slow
async def test_ctrl_c_ends_with_one_line_that_says_how_to_go_on(tmp_path: Path) -> None:
    async with serving_blog(blog(36)) as site:
        await archive(site, tmp_path / "whole")
        reached = asyncio.Event()
        blocked = asyncio.Event()
        site.times.clear()

        def fault(address: str, _time: int) -> str | None:
            if address.endswith("?p=4"):
                reached.set()
                return "hang" if not blocked.is_set() else None
            return None

        site.faults = fault
        process = await importing(site, tmp_path / "a", said=asyncio.subprocess.PIPE)
        await reached.wait()
        process.send_signal(signal.SIGINT)
        out, errors = await process.communicate()
        assert process.returncode == 130
        assert out == b""
        assert errors.decode().splitlines()[-1] == (
            "pprnet: stopped. 3 pages of the archive are saved. Run the same command again to continue."
        )
        assert b"Traceback" not in errors
        blocked.set()
        assert (await archive(site, tmp_path / "a")).returncode == 0
    assert library(tmp_path / "a") == library(tmp_path / "whole")


async def test_a_folder_of_saved_pages_gives_the_same_in_any_order_and_names_the_gaps(tmp_path: Path) -> None:
    made = studies(36, ())
    gone = [each for each in made if each.month != "May 2023"]
    for folder, order in (("one", 1), ("two", -1)):
        (tmp_path / folder).mkdir()
        pages = [gone[at : at + ENTRIES] for at in range(0, len(gone), ENTRIES)]
        for place, entries in enumerate(pages):
            text = html(made, entries, place + 1)
            (tmp_path / folder / f"{100 + place * order}.html").write_text(text, "utf-8")
        (tmp_path / folder / "README.md").write_text("notes")
    done = await pprnet("import", tmp_path / "one", "--into", tmp_path / "a")
    assert (done.returncode, done.stderr) == (0, "")
    assert "No page shows May 2023." in done.stdout
    assert "1 file skipped: not a saved page" in done.stdout
    await pprnet("import", "--archive", tmp_path / "two", "--into", tmp_path / "b")
    assert library(tmp_path / "a") == library(tmp_path / "b")
    assert [summary.title for summary in load(tmp_path / "a").summaries] == [each.item.title for each in gone]


@pytest.mark.slow
async def test_what_people_changed_stays_and_what_no_one_changed_is_brought_up_to_date(tmp_path: Path) -> None:
    shown = blog(18)
    async with serving_blog(shown) as site:
        await archive(site, tmp_path / "a", "--no-topics")
        mine, other = sorted((tmp_path / "a" / "issues").iterdir())[:2]
        mine.write_text(
            mine.read_text("utf-8").replace("text: original\n", "text: original\n    topics: [training]\n", 1), "utf-8"
        )
        done = await archive(site, tmp_path / "a")
        assert "brought up to date" in done.stdout
        await archive(site, tmp_path / "b")
    assert "topics: [training]" in mine.read_text("utf-8")
    a, b = library(tmp_path / "a"), library(tmp_path / "b")
    assert {name for name in a if a[name] != b[name]} == {f"issues/{mine.name}"}
    assert other.name in {Path(name).name for name in b}


async def test_a_mended_title_is_the_same_entry(tmp_path: Path) -> None:
    shown = blog(12)
    at = 4
    async with serving_blog(shown) as site:
        await archive(site, tmp_path / "a", "--no-topics")
        old = site.entries[at]
        item = Item(**{**vars(old.item), "title": "A Mended Title Without Its Mistake"})
        site.entries = [*site.entries[:at], replace(old, item=item), *site.entries[at + 1 :]]
        done = await archive(site, tmp_path / "a", "--no-topics")
    assert f"“{old.item.title}” is called “A Mended Title Without Its Mistake” now" in done.stdout
    assert len(load(tmp_path / "a").summaries) == 12


async def test_two_imports_at_once_and_a_wrong_call_are_refused(tmp_path: Path) -> None:
    async with serving_blog(blog(12)) as site:
        inner: list[CompletedProcess[str]] = []
        started = asyncio.Event()

        def fault(_address: str, _time: int) -> str | None:
            started.set()
            return None if inner else "hang"

        site.faults = fault
        process = await importing(site, tmp_path / "a")
        await started.wait()
        done = await archive(site, tmp_path / "a")
        process.kill()
        await process.wait()
    assert (done.returncode, "another import into" in done.stderr) == (2, True)
    assert (await pprnet("import", "--into", tmp_path / "a")).returncode == 2
    assert (await pprnet("import", "x.txt", "--archive", "y", "--into", tmp_path / "a")).returncode == 2
    public = await pprnet("import", "--archive", "https://blog.example/", "--pause", 0, "--into", tmp_path / "a")
    assert "a public site is asked once in 1 second at most" in public.stderr


async def test_a_kept_page_that_is_damaged_is_asked_for_again(tmp_path: Path) -> None:
    async with serving_blog(blog(18)) as site:
        await archive(site, tmp_path / "a")
        for place, path in enumerate(sorted((tmp_path / "a" / IMPORT_FOLDER).glob("*.gz"))):
            path.write_bytes((b"", b"x", gzip.compress(b"[]\n"), gzip.compress(b"{}"))[place % 4])
        before = library(tmp_path / "a")
        assert (await archive(site, tmp_path / "a")).returncode == 0
    assert library(tmp_path / "a") == before


def test_links_to_lists_are_found_in_all_forms() -> None:
    page = """<a href="?cat_2=36">- Attachment (12)</a> <a href="/pprnet/blog?cat_1=0&cat_2=37&p=1"><b>Empathy</b></a>
      <a href="blog?cat_2=36">again</a> <a href="?p=2&cat_2=38">a page</a> <a href="?cat_1=3&cat_2=39">two filters</a>
      <a href="https://elsewhere.example/pprnet/blog?cat_2=40">elsewhere</a> <a href="/pprnet/news?cat_2=41">other</a>
      <a href="?cat_2=all">ALL</a> <a href="?cat_2=0">ALL</a> <a href="http://[x?cat_2=2">bad</a><a href="?cat_2=42"> </a>
      <select name="cat_1"><option value="0">All</option><option value="24">Meta-analyses</option>
      <option value="/pprnet/blog?cat_1=25">Reviews</option></select>
      <select name="x"><option value="9">No</option></select>"""
    found = filtered_lists(page.encode(), "https://site.example/pprnet/blog", BLOG)
    assert [(each.name, each.address.partition("?")[2]) for each in found] == [
        ("Attachment", "cat_2=36"),
        ("Empathy", "cat_2=37"),
        ("Meta-analyses", "cat_1=24"),
        ("Reviews", "cat_1=25"),
    ]
    address = "https://site.example/pprnet/blog?p=8&cat_2=36&cat_1=24#x"
    assert first_page(address, BLOG) == "https://site.example/pprnet/blog?cat_2=36&cat_1=24"
    assert numbered_page(first_page(address, BLOG), 9, BLOG) == "https://site.example/pprnet/blog?p=9&cat_2=36&cat_1=24"


@pytest.mark.parametrize(
    ("name", "kind", "value"),
    [
        ("Adherance", "topic", "adherence"),
        ("Trauma and/or PTSD", "topic", "trauma"),
        ("Meta-Analyses", "design", "meta-analysis"),
        ("Randomised controlled trial", "design", "randomised trial"),
        ("Case Studies", "design", "case study"),
        ("Reviews", "", ""),
        ("Clinical Trials", "", ""),
    ],
)
def test_a_list_means_what_its_name_surely_says(name: str, kind: str, value: str) -> None:
    assert tag_for(name, read_topics(default_root())) == (Tag(kind, value) if kind else None)


def test_gaps_are_named_as_ranges() -> None:
    assert missing_months(["2016-02", "2015-11", "2016-04", "2016-04"]) == ["December 2015 to January 2016", "March 2016"]
    assert missing_months([]) == missing_months(["2016-02"]) == []

"""Recipes: the pages of another digest, read by the same reader and held to the same checks as the blog's."""

from __future__ import annotations

import asyncio
import os
from dataclasses import replace
from pathlib import Path
from subprocess import CompletedProcess

import pytest
from aiohttp import web

from bot.blog.page import Page, PageError
from bot.blog.pages import read_page
from bot.blog.recipe import RECIPES
from bot.blog.recipe_file import RecipeError, read_recipe, recipe_of, the_blog
from bot.cli.main import main
from bot.corpus.load import load
from bot.evidence import words
from bot.phrases import facts
from tests.support import blog_pages
from tests.support.riverside import BRIDGES, FOGHORNS, ITEMS, PADDLES, RECIPE, html_page, text_page
from tests.support.terminal import as_text, run_here
from tests.support.web_server import serving

ROOT = Path(__file__).parents[2]
KNOWN = {"PATH": os.environ["PATH"], "PYTHONUTF8": "1", "PPRNET_ALLOW_PRIVATE_SOURCE": "on"}
RIVERSIDE = recipe_of(RECIPE.encode(), "riverside.yaml")


def pprnet(*arguments: object, **environ: str) -> CompletedProcess[str]:
    """The command, as an operator runs it."""
    return as_text(run_here(main, [*map(str, arguments)], environ=KNOWN | environ, cwd=ROOT))


def read(page: str) -> Page:
    return read_page(page.encode(), recipe=RIVERSIDE)


@pytest.mark.parametrize("page", [text_page(), html_page()], ids=["text", "html"])
def test_a_digest_with_another_layout_comes_out_word_for_word(page: str) -> None:
    found = read(page)
    assert found.months == ("2021-03", "2020-11")
    assert [entry.title for entry in found.of_month("2021-03")] == [PADDLES.title, BRIDGES.title]
    for item, entry in zip(ITEMS, found.entries, strict=True):
        assert (entry.paragraphs, entry.implications, entry.citation) == (item.summary, item.implications, item.cited)
    paddles, bridges, foghorns = found.entries
    assert (paddles.authors, paddles.year, paddles.doi) == (("Reed", "Oxbow"), 2020, "10.9999/river.4")
    assert (bridges.authors, bridges.year, bridges.doi) == (("Weir",), 2019, None)
    assert (foghorns.authors, foghorns.year) == ((), None)
    assert found.source == RIVERSIDE.source
    assert not any("Filed under" in text or "Share this" in text for entry in found.entries for text in entry.texts)


@pytest.mark.parametrize(
    ("before", "after", "expected", "found"),
    [
        ("The Riverside Review\n", "The Harbour Review\n", "“The Riverside Review” above the line", "The Harbour Review"),
        ("worth knowing", "to know", "Studies worth knowing", "begins “The Riverside Review"),
        (
            "What you can do with this",
            "What you cam do with this",
            "“What you can do with this” under Posted 14 March 2021",
            "Paddling",
        ),
        (
            "Two hundred rowers were",
            "A take-home\nTwo hundred rowers were",
            "nothing but text",
            "cannot tell whether it is the heading",
        ),
        ("• Offer a short", "Offer a short", "nothing but a list under “What you can do with this”", "Offer a short"),
        ("Posted 2 March 2021\n", "", "a month under each title, like “Posted 5 November 2023”", "Take-home points"),
        ("Posted 2 March 2021", "Posted 2 Marhc 2021", "", "Marhc"),
        ("Posted 11/2020", "Postd 11/2020", "", "Postd 11/2020"),
        ("Posted 11/2020", "Posted 11/2032", "no month later than", "Posted 11/2032"),
        ("Posted 11/2020", "Posted 13/2020", "", "Posted 13/2020"),
        ("Source: Weir", "Weir", "", "Weir, P. (2019)"),
        (BRIDGES.summary[0], f"Source: Else, X. (2018). Rivers.\n{BRIDGES.summary[0]}", "nothing but text", "a citation"),
        (FOGHORNS.summary[0], PADDLES.summary[0], "each sentence in one entry", "Two hundred rowers"),
        (FOGHORNS.summary[0] + "\n", "", "a summary in the entry", "none"),
        ("Close the window.", "Close the", "whole sentences", "Close the"),
        ("About the Riverside Review", "About us", "nothing but a list", "About us"),
    ],
)
def test_what_is_not_as_the_recipe_says_is_refused_with_the_line(before: str, after: str, expected: str, found: str) -> None:
    page = text_page()
    assert before in page
    with pytest.raises(PageError) as refused:
        read(page.replace(before, after))
    assert expected in refused.value.expected
    assert found in refused.value.found
    assert refused.value.line or "begins" in refused.value.found or "worth" in refused.value.expected


@pytest.mark.parametrize(
    ("place", "before", "after"),
    [
        ("above the implications", "What you can do with this\n", "Source: {}\nWhat you can do with this\n"),
        ("under the title", f"Posted {PADDLES.posted}\n", f"Posted {PADDLES.posted}\nSource: {{}}\n"),
    ],
)
def test_a_citation_may_be_elsewhere(place: str, before: str, after: str) -> None:
    recipe = recipe_of(RECIPE.replace("place: at the end", f"place: {place}").encode(), "r.yaml")
    bare = "\n".join(line for line in text_page((PADDLES,)).split("\n") if not line.startswith("Source:"))
    page = bare.replace(before, after.format(PADDLES.cited))
    [entry] = read_page(page.encode(), recipe=recipe).entries
    assert (entry.citation, entry.paragraphs, entry.implications) == (PADDLES.cited, PADDLES.summary, PADDLES.implications)
    assert read_page(bare.encode(), recipe=recipe).entries[0].citation is None


def test_each_digest_is_read_by_its_own_recipe_alone() -> None:
    with pytest.raises(PageError, match="I blog about"):
        read_page(text_page().encode())
    with pytest.raises(PageError, match="Studies worth knowing"):
        read(blog_pages.text_page())


def test_the_blog_is_a_recipe_like_any_other() -> None:
    file = RECIPES / "pprnet-blog.yaml"
    assert read_recipe(str(file)) is not the_blog()
    page = blog_pages.text_page().encode()
    assert read_page(page, recipe=read_recipe(str(file))) == read_page(page)


@pytest.mark.parametrize(
    ("before", "after", "line", "says"),
    [
        ("url: https://riverside.example/review", "url: riverside", 4, "url: must be a full https:// address"),
        ("name: Riverside Review\n", "", 2, "name: is missing"),
        ("by: Dr.", "bye: Dr.", 3, "bye: unknown key: did you mean by?"),
        ("[knowing|reading]", "[knowing", 7, "known_by[1]: has a bracket without its other half"),
        ("[knowing|reading]", "[" + "|".join("abcdefghij") + "]" + "[a|b|c|d|e|f|g|h]" * 2, 7, "means 640 wordings"),
        ("{number}/{year}", "{number}", 10, "months.formats[1]: must have {year} once"),
        ("{number}/{year}", "{week}/{year}", 10, "has {week}: there are {month}, {number}, {year}, {day}"),
        ("under each title", "below", 9, '"below" is not one of: above the entries, under each title'),
        ("at the end", "last", 12, '"last" is not one of: under the title, above the implications, at the end'),
        ("form: list", "form: bullets", 15, '"bullets" is not one of: text, list'),
        ("headings: [", "headings: [A, ", 16, "implications.headings[0]: must have at least 4 letters in every wording"),
        ('"Filed under *"', '"*"', 18, "passed_over[1]: must have at least 4 letters"),
        ('"Filed under *"', '"Filed * under"', 18, "has a star that is not at its end"),
        ("  page: start\n", "", 21, "archive.page: is missing"),
        ("known_by:", "known_by: [", None, "not YAML"),
        ("name: ", "name: &x ", 2, "an anchor"),
    ],
)
def test_faults_of_a_recipe_name_file_line_and_what_is_expected(
    tmp_path: Path, before: str, after: str, line: int | None, says: str
) -> None:
    assert before in RECIPE
    (tmp_path / "r.yaml").write_text(RECIPE.replace(before, after), "utf-8")
    with pytest.raises(RecipeError) as refused:
        read_recipe(str(tmp_path / "r.yaml"))
    assert any(says in each for each in refused.value.lines)
    if line:
        assert any(f"r.yaml:{line}: " in each for each in refused.value.lines)
    done = pprnet("import", "page.txt", "--recipe", tmp_path / "r.yaml", "--into", tmp_path / "a")
    assert done.returncode == 2
    assert "Traceback" not in done.stderr
    assert not (tmp_path / "a").exists()


def test_a_recipe_that_is_not_there_is_said(tmp_path: Path) -> None:
    done = pprnet("import", "page.txt", "--recipe", tmp_path / "none.yaml", "--into", tmp_path / "a")
    assert (done.returncode, "the recipes that come with the bot are pprnet-blog" in done.stderr) == (2, True)


def test_a_library_credits_each_summary_to_the_digest_it_comes_from(tmp_path: Path) -> None:
    (tmp_path / "riverside.yaml").write_text(RECIPE, "utf-8")
    (tmp_path / "river.html").write_text(html_page(), "utf-8")
    (tmp_path / "blog.txt").write_text(blog_pages.text_page(), "utf-8")
    into = tmp_path / "library"
    assert pprnet("import", tmp_path / "blog.txt", "--into", into).returncode == 0
    by_recipe = ("--recipe", tmp_path / "riverside.yaml", "--into", into)
    done = pprnet("import", tmp_path / "river.html", *by_recipe)
    assert (done.returncode, done.stderr) == (0, "")
    assert "3 entries in 2 months added" in done.stdout
    before = {path: path.read_bytes() for path in (into / "issues").iterdir()}
    assert "nothing new, 3 already there" in pprnet("import", tmp_path / "river.html", *by_recipe).stdout
    assert {path: path.read_bytes() for path in (into / "issues").iterdir()} == before
    assert pprnet("check", into).returncode == 0
    said = {each.title: (facts.origin(each), facts.blog_month(each), facts.home(each)) for each in load(into).summaries}
    assert said[PADDLES.title] == ("Summary by Dr. A. Holloway,", "Riverside Review, Mar 2021", RIVERSIDE.source.url)
    assert said[blog_pages.DOGS.title] == ("Summary by Dr. Giorgio A. Tasca,", "PPRNet blog, Apr 2020", facts.BLOG)
    [river] = [issue for issue in load(into).issues if issue.month == "2021-03"]
    assert facts.posted_month(river).startswith("Riverside Review, March 2021: ")
    assert facts.month_line(load(into), "2020-04").startswith("PPRNet, April 2020: ")
    mixed = replace(river, complete=True, summaries=(*river.summaries, load(into).issue("2020-04").summaries[0]))
    assert facts.posted_month(mixed).startswith("Riverside Review and PPRNet, March 2021: ")
    assert facts.posted_month(replace(river, complete=True)).startswith("Riverside Review issue of March 2021: ")
    assert facts.published(river.summaries[0]) == "Riverside Review Mar 2021"
    assert words.source(mixed.summaries) == (
        "Source: Riverside Review; PPRNet blog, University of Ottawa, figures as printed there."
    )
    feed = pprnet("export", "--month", "2021-03", "--as", "feed", PPRNET_KNOWLEDGE=str(into)).stdout
    assert "<name>Riverside Review</name>" in feed
    assert "PPRNet" not in feed
    shown = pprnet("ask", "paddling together before a session", PPRNET_KNOWLEDGE=str(into)).stdout
    assert "Riverside Review, Mar 2021" in shown
    assert RIVERSIDE.source.url in shown
    assert facts.BLOG not in shown


async def test_an_archive_is_walked_by_its_own_numbering(tmp_path: Path) -> None:
    asked: list[str] = []

    async def answer(request: web.Request) -> web.Response:
        asked.append(request.path_qs)
        number = int(request.query.get("start", "1"))
        if request.path != "/review" or number > len(ITEMS):
            raise web.HTTPNotFound
        return web.Response(text=html_page((ITEMS[number - 1],)), content_type="text/html")

    (tmp_path / "r.yaml").write_text(RECIPE, "utf-8")
    async with serving(answer) as url:
        words = ("--archive", f"{url}/review", "--pause", 0, "--recipe", tmp_path / "r.yaml", "--into", tmp_path / "a")
        done = await asyncio.to_thread(pprnet, "import", *words)
    assert done.returncode == 0
    assert "3 entries in 2 months (November 2020 to March 2021) added" in done.stdout
    assert {"/review", "/review?start=2", "/review?start=3"} <= set(asked)
    assert {each.title for each in load(tmp_path / "a").summaries} == {each.title for each in ITEMS}


def test_the_recipe_in_the_docs_is_one() -> None:
    page = (ROOT / "docs" / "curator.md").read_text("utf-8").partition("## Other digests")[2]
    found = recipe_of(page.partition("```yaml\n")[2].partition("```")[0].encode(), "docs")
    assert found.months.month_of("Issue 3/2021") == "2021-03"
    assert found.source.name == "Riverside Review"

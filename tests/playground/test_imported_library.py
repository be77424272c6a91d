"""`pprnet playground --knowledge DIR` with a library from the blog: it is answered from, and its months come."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path

import aiohttp

from bot.cli.main import main
from bot.corpus.candidates import Candidate, add_candidates
from bot.playground.months import Preview
from bot.playground.run import playing
from tests.playground.test_playground_api import Visitor, soon
from tests.support.archive_site import html
from tests.support.archive_studies import studies
from tests.support.corpus_files import MINIMAL, TOPICS
from tests.support.small_corpus import LEXICON
from tests.support.terminal import as_text, run_here


async def test_an_imported_library_is_answered_from_and_its_newest_months_come(tmp_path: Path) -> None:
    made = studies(12, ())
    library = tmp_path / "library"
    (library / "issues").mkdir(parents=True)
    (library / "lexicon.yaml").write_text(LEXICON, "utf-8")
    (tmp_path / "pages").mkdir()
    for number in (1, 2):
        (tmp_path / "pages" / f"{number}.html").write_text(html(made, made[6 * number - 6 : 6 * number], number), "utf-8")
    words = ["import", str(tmp_path / "pages"), "--into", str(library)]
    done = as_text(await asyncio.to_thread(run_here, main, words, environ={}))
    assert (done.returncode, done.stderr) == (0, "")
    add_candidates(library, [Candidate("Oars and rapport", "https://oars.example/1", "2026-02-03", "Oars")])
    oldest = made[-1].item
    async with playing(0, asyncio.Event(), library) as address, aiohttp.ClientSession() as http:
        person = (await Visitor(http, address).get("api/state"))["people"][0]["id"]
        ana = Visitor(http, address, person)
        ana.places = {each["name"]: each["id"] for each in (await ana.get("api/state"))["channels"]}
        for typed, shown in (("latest", "research summar"), (oldest.title, oldest.title), ("add", "Oars and rapport")):
            await ana.say("team-research", f"/pprnet {typed}")
            assert shown in json.dumps((await ana.messages("team-research"))[-1], ensure_ascii=False)
        await ana.post("api/time")

        async def drafts() -> list[dict[str, object]]:
            return await ana.messages("PPRNet")

        (draft,) = await soon(drafts, bool, 30)
        assert "New on the PPRNet blog" in str(draft["text"])


async def test_a_month_to_preview_comes_as_its_file_says_it(tmp_path: Path) -> None:
    library = tmp_path / "library"
    (library / "issues").mkdir(parents=True)
    (library / "lexicon.yaml").write_text(LEXICON, "utf-8")
    (library / "topics.yaml").write_text(TOPICS, "utf-8")
    later = MINIMAL.replace("2022-09", "2022-10").replace("id: one", "id: two")
    (library / "issues" / "2022-09.yaml").write_text(MINIMAL, "utf-8")
    (library / "issues" / "2022-11.yaml").write_text(later.replace("2022-10", "2022-11").replace("two", "three"), "utf-8")
    draft = later.replace("Ruptures in the Alliance", "Gardens") + "    bottom_line: Ask about gardens.\n"
    preview = Preview("2022-10", draft.encode())
    async with playing(0, asyncio.Event(), library, preview=preview) as address, aiohttp.ClientSession() as http:
        person = (await Visitor(http, address).get("api/state"))["people"][0]["id"]
        ana = Visitor(http, address, person)
        state = await ana.get("api/state")
        assert (state["clock"]["today"], state["clock"]["next"]) == ("2022-09-30", "It is now 1 October 2022")
        ana.places = {each["name"]: each["id"] for each in state["channels"]}
        await ana.post("api/time")

        async def posts() -> list[dict[str, object]]:
            return [each for each in await ana.messages("team-research") if "Ask about gardens." in str(each["text"])]

        (post,) = await soon(posts, bool, 30)
        assert "PPRNet, October 2022: 1 research summary" in str(post["text"])
        assert (await ana.get("api/state"))["clock"]["can_move"] is False


def test_a_library_with_faults_is_named_before_anything_starts(tmp_path: Path) -> None:
    done = as_text(run_here(main, ["playground", "--no-browser", "--knowledge", str(tmp_path)], environ={}))
    assert done.returncode == 2
    assert "pprnet check lists them all" in done.stderr

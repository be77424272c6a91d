"""Home for curators: what waits, what is thin, what is found useful, when the blog is read, in that order."""

from __future__ import annotations

import asyncio
import time
from pathlib import Path

import pytest

from bot.asks.thin import NotFound, not_found, thin
from bot.blocks import ids, kit
from bot.blocks.curating import CURATORS_ONLY, NONE_THIN_FOUND, Curating, for_curators, thin_view
from bot.blocks.usage import Quarter
from bot.blocks.validation import problems
from bot.corpus.load import load
from bot.playground.slack import LocalSlack, payloads
from bot.search.engine import Engine
from bot.store.feedback import Counts
from tests.support.bot import running
from tests.support.people import RUPTURE, modal, typed
from tests.support.requests import post_interaction
from tests.support.seen import shown_to
from tests.support.small_corpus import small_corpus

TITLE = "Clients Who Play Chess Stay Longer"


@pytest.fixture
def library(tmp_path: Path) -> Path:
    """The small library, with two summaries of one title that have neither bottom line nor asks."""
    root = Path(small_corpus(tmp_path)["PPRNET_KNOWLEDGE"])
    entries = "".join(
        f"  - {{id: chess-{place}, title: {TITLE}, text: digest, summary: They stayed., implications: [Ask about games.]}}\n"
        for place in (1, 2)
    )
    (root / "issues" / "2023-12.yaml").write_text(f'issue: "2023-12"\ncomplete: false\nsummaries:\n{entries}', "utf-8")
    return root


async def test_home_says_what_is_thin_after_what_waits_and_before_the_rest(slack: LocalSlack, library: Path) -> None:
    ana, cora = people = [slack.add_user(name) for name in ("ana", "cora")]
    team = slack.add_channel("team", people)
    folder = library.parent
    path = library / "issues" / "2022-09.yaml"
    path.write_text(
        path.read_text("utf-8").replace("    text: digest\n", "    text: digest\n    draft_asks: [a quibble]\n", 1)
    )
    async with running(slack, folder, PPRNET_KNOWLEDGE=str(library), PPRNET_CURATORS=cora.id) as bot:
        assert (await bot.say.home_opened(cora)).ok
        home = slack.home(cora)
        assert home
        text = home.visible_text
        places = [
            text.index(words)
            for words in (
                "1 suggestion is waiting",
                "Gaps in the library: 2 without a bottom line, 2 without search words, 2 not found by their own titles.",
                "Found useful this quarter: no summary has 5 answers yet.",
                "I do not check the blog",
                "The newest month",
            )
        ]
        assert places == sorted(places)
        await bot.say.press(home, "Show them")
        shown = modal(bot, cora)
        assert TITLE in shown.visible_text
        assert "no bottom line; no search words; not found by its own title · Dec 2023" in shown.visible_text
        await bot.say.press(shown, "Read", nth=0)
        assert TITLE in modal(bot, cora).visible_text
        await bot.say.close(modal(bot, cora), cleared=True)
        await bot.say.press(home, "By quarter")
        assert "What your team finds useful" in modal(bot, cora).visible_text

        carrier = await typed(bot, "help", ana, team)
        button = {"type": "button", "action_id": ids.THIN, "block_id": "b", "value": "thin"}
        assert (await post_interaction(bot, payloads.message_actions(slack, carrier, button, ana))).ok
        assert CURATORS_ONLY in shown_to(slack, ana.id)[-1].visible_text


async def test_what_is_not_found_is_found_out_once_for_a_library_by_all_who_wait(library: Path) -> None:
    engine = Engine(load(library))
    found = NotFound()
    first, second = await asyncio.gather(found.of(engine), found.of(engine))
    assert first is second
    assert first == not_found(engine)
    assert first == {"chess-1", "chess-2"}
    (library / "issues" / "2023-12.yaml").unlink()
    assert await found.of(Engine(load(library))) == set()


def test_a_whole_library_has_nothing_to_show_and_a_large_one_fits(library: Path) -> None:
    corpus = load(library)
    every = frozenset(summary.id for summary in corpus)
    assert not problems(kit.dump(for_curators(Curating(thin=thin(corpus, every)), corpus)))
    none = thin(corpus, None).__class__(frozenset(), frozenset(), frozenset())
    assert NONE_THIN_FOUND in str(kit.dump(for_curators(Curating(thin=none), corpus)))
    assert NONE_THIN_FOUND in str(thin_view(none, corpus))


def test_the_first_few_that_the_team_found_useful_are_named(library: Path) -> None:
    corpus = load(library)
    counts = [Counts(summary.id, 3, 1, 5) for summary in corpus]
    shown = str(kit.dump(for_curators(Curating(quarter=Quarter.at(time.time()), useful=tuple(counts)), corpus)))
    assert shown.count("3 of 5 will use it, 1 already do") == 3
    assert f"… and {len(counts) - 3} more" in shown
    assert RUPTURE not in shown  # titles, not ids

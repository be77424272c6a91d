"""*Not what you were looking for?*: a reader's words for a summary become a suggestion, then a curator's draft."""

from __future__ import annotations

import asyncio
import json
import logging
import shutil
from pathlib import Path

import pytest

from bot.blocks.kit import buttons, dump
from bot.blocks.suggest import suggest_button
from bot.cli.main import main
from bot.corpus.load import load
from bot.paths import default_root
from bot.playground.slack import Channel, LocalSlack, User, View, payloads
from bot.store.suggestions import Suggestion, Suggestions
from bot.store.tables import suggestions
from tests.support.bot import Bot, running
from tests.support.database_file import database_bytes
from tests.support.people import RUPTURE, TITLE, database_of, labels, modal, private_card, rows, team_of, typed
from tests.support.requests import post_interaction
from tests.support.small_corpus import small_corpus
from tests.support.terminal import as_text, run_here

BUTTON = "Not what you were looking for?"
WORDS = "we fell out and it got worse"
QUESTION = "zebulonius quarrel"


def filled(words: str = WORDS, summary: str | None = RUPTURE) -> dict[str, dict[str, str | None]]:
    """The form's fields."""
    return {"which_summary": {"suggest_summary": summary}, "which_words": {"suggest_words": words}}


async def form(bot: Bot, user: User, channel: Channel, words: str = QUESTION) -> View:
    """The form, opened under the reply to a question."""
    await bot.say.press(await typed(bot, words, user, channel), BUTTON)
    return modal(bot, user)


@pytest.mark.parametrize(
    ("words", "label"),
    [
        (QUESTION, BUTTON),
        ("therapists", BUTTON),
        ("is the alliance good for plumbers", BUTTON),
        ("does an alliance rupture in one session lead to symptoms", "Not it?"),
    ],
)
async def test_it_is_under_whatever_a_search_found(small: Bot, words: str, label: str) -> None:
    team, [ana] = team_of(small, "ana")
    reply = await typed(small, words, ana, team)
    assert label in labels(small, reply)
    await small.say.press(reply, label)
    assert modal(small, ana).visible_text.startswith("What should it find?")


def test_a_screen_reader_hears_the_short_buttons_own_words_first() -> None:
    assert dump([buttons(suggest_button())])[0]["elements"][0]["accessibility_label"] == f"Not it? {BUTTON}"


@pytest.mark.parametrize("words", ["help", "topics", "latest", "thanks", "saved", "compare alliance"])
async def test_it_is_not_under_what_no_search_found(small: Bot, words: str) -> None:
    team, [ana] = team_of(small, "ana")
    assert {BUTTON, "Not it?"}.isdisjoint(labels(small, await typed(small, words, ana, team)))


async def test_it_is_not_under_the_crisis_line(small: Bot) -> None:
    team, [ana] = team_of(small, "ana")
    assert {BUTTON, "Not it?"}.isdisjoint(labels(small, await typed(small, "my client wants to kill himself", ana, team)))


async def test_words_for_a_summary_are_stored_once_without_a_name_and_nothing_before_that(
    slack: LocalSlack, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG, "bot")
    ana, cora = slack.add_user("ana"), slack.add_user("cora")
    team = slack.add_channel("team", [ana, cora])
    async with running(slack, tmp_path, **small_corpus(tmp_path), PPRNET_CURATORS=cora.id) as bot:
        view = await form(bot, ana, team)
        assert "with your words, without your name" in view.visible_text
        assert await rows(bot, suggestions) == []
        answer = await bot.say.submit(view, filled())
        assert answer.ok
        assert "The team's curators decide" in modal(bot, ana).visible_text
        await bot.say.close(modal(bot, ana), cleared=True)
        await bot.say.submit(await form(bot, ana, team), filled())
        [row] = await rows(bot, suggestions)
        assert row.pop("suggested_at") > 1.7e9
        assert row == {"team": slack.team_id, "summary_id": RUPTURE, "words": WORDS}
        assert "zebulonius" not in database_bytes(tmp_path).decode("latin-1")
        assert ana.id not in json.dumps(row)
        assert "I found nothing" in (await typed(bot, WORDS, ana, team)).visible_text  # until someone accepts it
    assert WORDS not in caplog.text


@pytest.mark.parametrize(
    ("values", "errors"),
    [
        (filled("Maria Schmidt, 34, left again"), {"which_words": "This looks like client details. Please leave them out."}),
        (filled(" \u200b  a "), {"which_words": "Write a few words."}),
    ],
)
async def test_what_may_not_be_suggested_keeps_the_form_open(
    slack: LocalSlack, tmp_path: Path, values: dict[str, dict[str, str | None]], errors: dict[str, str]
) -> None:
    ana, cora = slack.add_user("ana"), slack.add_user("cora")
    team = slack.add_channel("team", [ana, cora])
    async with running(slack, tmp_path, **small_corpus(tmp_path), PPRNET_CURATORS=cora.id) as bot:
        assert (await bot.say.submit(await form(bot, ana, team), values)).errors == errors
        assert await rows(bot, suggestions) == []


async def test_a_forged_form_is_refused(slack: LocalSlack, tmp_path: Path) -> None:
    ana, cora = slack.add_user("ana"), slack.add_user("cora")
    team = slack.add_channel("team", [ana, cora])
    async with running(slack, tmp_path, **small_corpus(tmp_path), PPRNET_CURATORS=cora.id) as bot:
        view = await form(bot, ana, team)
        bot.say.fill(view, filled())
        for values in (
            {},
            {"which_summary": {"suggest_summary": {"selected_option": {"value": "no-such"}}}},
            {"which_summary": {"suggest_summary": {"selected_option": None}}},
            {
                "which_summary": {"suggest_summary": {"selected_option": {"value": RUPTURE}}},
                "which_words": {"suggest_words": {"value": "x" * 151}},
            },
        ):
            payload = payloads.view_submission(slack, view, ana)
            payload["view"] = payload["view"] | {"state": {"values": values}}
            answer = await post_interaction(bot, payload)
            assert answer.ok
            assert answer.json["response_action"] == "errors"
        assert await rows(bot, suggestions) == []


async def test_without_curators_it_says_what_to_do(small: Bot) -> None:
    team, [ana] = team_of(small, "ana")
    view = await form(small, ana, team)
    assert "This library has no curator yet" in view.visible_text
    assert not view.spec.get("submit")


async def test_a_library_of_hundreds_is_listed_by_year_within_slacks_limits(slack: LocalSlack, tmp_path: Path) -> None:
    root = tmp_path / "large"
    (root / "issues").mkdir(parents=True)
    for name in ("topics.yaml", "lexicon.yaml"):
        shutil.copy(default_root() / name, root / name)
    for year in range(2013, 2021):
        entries = "".join(
            f"  - {{id: s-{year}-{number}, title: Study {number} of {year}, text: digest, summary: A., implications: [B]}}\n"
            for number in range(130)
        )
        (root / "issues" / f"{year}-01.yaml").write_text(
            f'issue: "{year}-01"\ncomplete: false\nsummaries:\n{entries}', "utf-8"
        )
    ana, cora = slack.add_user("ana"), slack.add_user("cora")
    team = slack.add_channel("team", [ana, cora])
    async with running(slack, tmp_path, PPRNET_KNOWLEDGE=str(root), PPRNET_CURATORS=cora.id) as bot:
        view = await form(bot, ana, team)
        [element] = [block["element"] for block in view.blocks if block.get("block_id") == "which_summary"]
        assert [group["label"]["text"] for group in element["option_groups"][:3]] == ["2020", "2020, continued", "2019"]
        assert sum(len(group["options"]) for group in element["option_groups"]) == 1_000
        await bot.say.submit(view, filled(summary="s-2020-7"))
        assert [row["summary_id"] for row in await rows(bot, suggestions)] == ["s-2020-7"]


@pytest.mark.slow
async def test_a_curator_collects_suggestions_as_drafts_and_search_uses_them_once_accepted(
    both: Bot, tmp_path: Path
) -> None:
    team, [ana] = team_of(both, "ana")
    environ = {
        "PPRNET_DATABASE_URL": both.settings.database_url.replace("+asyncpg", "").replace("+aiosqlite", ""),
        "PPRNET_KNOWLEDGE": str(both.settings.knowledge),
    }

    async def pprnet(*words: str) -> str:
        done = as_text(await asyncio.to_thread(run_here, main, ["asks", *words], environ=environ))
        assert (done.returncode, done.stderr) == (0, "")
        return done.stdout

    async with database_of(both) as database:
        place = database.place
    assert await pprnet("--collect") == f"No new suggestions in {place}.\n"
    await insert(both, RUPTURE, WORDS)
    await insert(both, RUPTURE, WORDS.upper())
    await insert(both, RUPTURE, "the last session ended badly")
    await insert(both, "gone-from-the-library", WORDS)
    assert await pprnet("--collect") == f"{RUPTURE}: 2 drafts.\n2 suggestions collected.\n"
    assert await rows(both, suggestions) == []
    assert await pprnet("--collect") == f"No new suggestions in {place}.\n"
    assert WORDS in await pprnet("--show", RUPTURE)
    await pprnet("--discard", RUPTURE, "2")
    await pprnet("--accept", RUPTURE)
    found = load(Path(environ["PPRNET_KNOWLEDGE"])).get(RUPTURE)
    assert found
    assert found.asks[-1] == WORDS
    assert TITLE in (await private_card(both, ana, team)).visible_text


async def insert(bot: Bot, summary_id: str, words: str) -> None:
    """Put a suggestion into the bot's database, from outside."""
    async with database_of(bot) as database:
        await Suggestions(database).add(Suggestion(bot.slack.team_id, summary_id, words))

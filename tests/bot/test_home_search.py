"""Searching and browsing from Home: modals that stack, page by page, through a large library too."""

# ruff: noqa: F811  (fixtures)

from __future__ import annotations

import logging
from pathlib import Path

import pytest

from bot.blocks.home import NEWEST
from bot.playground.slack import LocalSlack
from bot.playground.slack.model import size_of
from tests.bot.test_errors import CANARY
from tests.bot.test_home import RUPTURE, bot, closes, listed_ids, many_months, opened, pressed, searched  # noqa: F401  (fixtures)
from tests.support.bot import Bot, running
from tests.support.database_file import database_bytes


async def test_a_search_is_answered_in_the_same_modal_and_can_be_followed_by_another(bot: Bot) -> None:
    modal = await searched(bot, "an alliance rupture in one session")
    assert bot.slack.modal(modal.user) is modal
    for part in ("Found in the library:", RUPTURE, "Practice implications", "Condensed from"):
        assert part in modal.visible_text, part
    assert (await bot.say.submit(modal, {"search_for": {"question": "quantum chromodynamics"}})).ok
    assert "I found nothing in the library on this." in modal.visible_text
    assert "This does not mean that there is no research." in modal.visible_text
    assert "Found in the library" not in modal.visible_text
    assert RUPTURE not in modal.visible_text


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ("aliance rupture", "Showing results for"),
        ("hello", "Ask me about psychotherapy research."),
        ("privacy", "What I do with what you write"),
        ("topics", "Topics in the library"),
        ("September 2022", "PPRNet, September 2022: 2"),
        ("May 1999", "The library has nothing from May 1999."),
        ("   ?  ", "Ask me about psychotherapy research."),
        ("<!channel> alliance rupture in one session :wave: &amp;", RUPTURE),
    ],
)
async def test_the_search_modal_understands_what_the_command_understands(bot: Bot, words: str, said: str) -> None:
    modal = await searched(bot, words)
    assert said in modal.visible_text
    assert "<!channel>" not in modal.visible_text


async def test_a_searched_question_stays_nowhere(bot: Bot, tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    modal = await searched(bot, f"{CANARY}. Does an alliance rupture in one session lead to greater symptoms in the next?")
    assert RUPTURE in modal.visible_text
    await pressed(bot, modal, "Similar")
    calls = [call.args for call in bot.slack.calls]
    assert CANARY not in str(calls)
    assert CANARY not in caplog.text
    assert CANARY.encode() not in database_bytes(tmp_path)
    assert CANARY in str(modal.state)  # Slack keeps it in the field, for the person to go on from


async def test_each_suggested_question_is_answered_by_its_summary(slack: LocalSlack, tmp_path: Path) -> None:
    async with running(slack, tmp_path) as bot:
        ana, home = await opened(bot)
        questions = [each for each in bot.say.controls(home) if each.action_id.startswith("suggested:")]
        assert len(questions) == 3
        assert "How well do clients and therapists rate the alliance in video therapy?" in [
            question.label for question in questions
        ]
        for question in questions:
            assert (await bot.say.press_control(home, question)).ok
            modal = slack.modal(ana)
            assert modal.blocks[0]["element"]["initial_value"] == question.label
            assert "Found in the library:" in modal.visible_text
            assert bot.knowledge.corpus.get(question.value).title in modal.visible_text
            assert not any(word in question.value for word in ("?", " "))
            await bot.say.close(modal)


@pytest.mark.parametrize(
    ("way", "shelf", "lead"),
    [
        ("Topics · 11", "Alliance and Therapeutic Relationship · 4", "Alliance and Therapeutic Relationship: 4 summaries"),
        ("Months · 3", "September · 2", "PPRNet, September 2022: 2 research summaries in the library"),
        ("Study designs · 5", "Process study · 1", "Process study: 1 summary"),
    ],
)
async def test_browsing_stacks_the_list_and_the_study_and_goes_back_step_by_step(
    bot: Bot, way: str, shelf: str, lead: str
) -> None:
    ana, home = await opened(bot)
    index = await pressed(bot, home, way)
    assert closes(index) == "Close"
    listed = await pressed(bot, index, shelf)
    assert lead in listed.visible_text
    study = await pressed(bot, listed, f"read_study:{listed_ids(bot, listed)[-1]}")
    assert study.visible_text.startswith("Details\n")
    assert "Citation" in study.visible_text
    assert [closes(view) for view in bot.slack.modals[ana.id]] == ["Close", "Back", "Back"]
    assert [call.method for call in bot.slack.calls if call.method.startswith("views.")][1:] == [
        "views.open",
        "views.push",
        "views.push",
    ]
    for under in (listed, index):
        await bot.say.close(bot.slack.modal(ana))
        assert bot.slack.modal(ana) is under
    await bot.say.close(index)
    assert bot.slack.modal(ana) is None


@pytest.mark.slow
async def test_all_summaries_of_a_large_library_are_reached_page_by_page(slack: LocalSlack, tmp_path: Path) -> None:
    async with running(slack, tmp_path, **many_months(tmp_path, 200, 5)) as bot:
        ana, home = await opened(bot)
        assert size_of(home.spec) < 60_000
        wanted = [summary.id for summary in bot.knowledge.corpus]
        assert len(wanted) == 1_000
        index = await pressed(bot, home, "Topics · 3")
        view = await pressed(bot, index, "Alliance and Therapeutic Relationship · 1,000")
        assert "1 to 20 of 1,000" in view.visible_text
        seen = listed_ids(bot, view)
        while any(each.label == "Older summaries" for each in bot.say.controls(view)):
            assert (await bot.say.press(view, "Older summaries")).ok
            seen += listed_ids(bot, view)
        assert seen == wanted
        assert "981 to 1,000 of 1,000" in view.visible_text
        await bot.say.press(view, "Newer summaries")
        assert "961 to 980 of 1,000" in view.visible_text
        assert slack.modals[ana.id] == [index, view]
        assert closes(view) == "Back"
        await bot.say.close(view)
        await bot.say.close(index)
        months = await pressed(bot, home, "Months · 200")
        assert len(bot.say.controls(months)) == 200
        assert "2009" in months.visible_text


async def test_a_long_newest_month_is_shortened_on_home_and_whole_in_its_list(slack: LocalSlack, tmp_path: Path) -> None:
    async with running(slack, tmp_path, **many_months(tmp_path, 1, 25)) as bot:
        _, home = await opened(bot)
        assert "PPRNet issue of December 2025: 25 research summaries" in home.visible_text
        assert len(listed_ids(bot, home)) == NEWEST
        listed = await pressed(bot, home, "Show all 25")
        assert len(listed_ids(bot, listed)) == 20
        await bot.say.press(listed, "Older summaries")
        assert len(listed_ids(bot, listed)) == 5
        assert closes(listed) == "Close"

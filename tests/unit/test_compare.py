"""`compare WORDS`: what answers, side by side, as printed, in an explained order, and without a verdict."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest

from bot.blocks.mrkdwn import escape
from bot.blocks.reader import Reader
from bot.blocks.render import render
from bot.commands.reply import Compared, Reply
from bot.corpus.model import DESIGNS, month_name
from bot.evidence.table import label
from bot.phrases import facts
from bot.playground.slack import Message
from bot.search.compare import compare, words_to_compare
from bot.search.engine import Engine
from tests.support.bot import Bot
from tests.support.once import shipped_engine
from tests.support.people import typed
from tests.support.seen import shown_to
from tests.support.tables import rows_of
from tests.unit.test_ask import batch, text

QUESTION = "alliance and outcome"
LEAD = "5 studies on this, compared"
MEASURES = "r, g, d and SMD are different measures"


@pytest.fixture(scope="module")
def engine() -> Engine:
    return shipped_engine()


async def compared(bot: Bot, words: str) -> Message:
    """The answer to the command, for the asker alone."""
    ana = bot.slack.add_user("ana")
    message = await typed(bot, words, ana, bot.slack.add_channel("team", [ana]))
    assert message.ephemeral_to == ana.id
    return message


async def test_the_summaries_that_answer_stand_side_by_side_with_what_is_printed(bot: Bot) -> None:
    message = await compared(bot, f"compare {QUESTION}")
    assert LEAD in message.visible_text
    assert LEAD in message.text
    assert MEASURES in message.visible_text
    assert "a difference between groups or an association" in message.visible_text
    found = compare(QUESTION, bot.knowledge.engine)
    assert len(found.summaries) == 5
    for summary, row in zip(found.summaries, rows_of(message), strict=True):
        assert row["Study"].startswith(summary.title + "\n")
        assert f"PPRNet {month_name(summary.issue, short=True)}" in row["Study"]
        assert row["Design"] == facts.design(summary)
        assert row["Numbers"] == facts.sample(summary)
        assert row["Bottom line"] == summary.bottom_line
        printed = [facts.effect(effect) for effect in summary.study.effects]
        assert row["Effect sizes as printed"].split("\n")[:3] == (printed[:3] or ["No effect size stated."])
        # The same in words, for screen readers and where Slack refuses the layout: as much of it as is taken then.
        assert escape(summary.title) in message.text[:3000]
    assert len(message.blocks) <= 50


async def test_each_has_a_button_that_shows_its_card(bot: Bot) -> None:
    message = await compared(bot, f"compare {QUESTION}")
    controls = bot.say.controls(message)
    found = compare(QUESTION, bot.knowledge.engine).summaries
    assert [control.label for control in controls] == [f"Show {label(summary)}"[:75] for summary in found]
    ana = next(user for user in bot.slack.users.values() if user.name == "ana")
    for control in controls:
        assert (await bot.say.press(message, control.action_id)).ok
        assert bot.knowledge.corpus.get(control.value).title in shown_to(bot.slack, ana.id)[-1].visible_text


def test_the_order_is_by_design_then_by_the_papers_year_and_never_by_result(engine: Engine) -> None:
    for question in (QUESTION, "does training help therapists", "CBT", "video therapy", "alliance rupture"):
        found = compare(question, engine)
        places = [DESIGNS.index(design) for design, _ in found.groups]
        assert places == sorted(set(places))
        for design, group in found.groups:
            assert {summary.study.design for summary in group} == {design}
            years = [summary.study.year or int(summary.issue[:4]) for summary in group]
            assert years == sorted(years, reverse=True)


def test_no_number_is_shown_that_is_not_the_corpuss_own(engine: Engine) -> None:
    found = compare(QUESTION, engine)
    message = render(Reply(Compared(found.groups)), Reader())
    shown = re.findall(r"(?<![\w.])[−-]?\d*\.\d+", message.text + str(message.blocks))
    printed = [facts.effect(effect) for summary in found.summaries for effect in summary.study.effects]
    known = " ".join([*printed, *(summary.bottom_line or "" for summary in found.summaries)])
    assert shown
    assert {number for number in shown if number not in known} == set()


async def test_where_only_one_answers_it_says_so_and_gives_that_one(bot: Bot) -> None:
    message = await compared(bot, "compare crying")
    assert message.visible_text.startswith("*Only one summary here answers this, so there is nothing to compare it with:*")
    assert "Practice implications" in message.visible_text


async def test_where_none_answers_nothing_is_dressed_as_a_comparison(bot: Bot) -> None:
    nothing = await compared(bot, "compare sourdough recipes")
    assert "I found nothing in the library on this." in nothing.visible_text
    assert "compared" not in nothing.visible_text
    for words in ("compare", "Compare:", "compare  ", "compare !"):
        assert "Compare what?" in (await compared(bot, words)).visible_text
    assert "Ask me about psychotherapy research" in (await compared(bot, "compare help")).visible_text


async def test_a_misspelling_is_repaired_and_said_to_the_asker_only(bot: Bot) -> None:
    message = await compared(bot, "compare aliance and outcome")
    assert message.visible_text.startswith("Showing results for *alliance")
    assert LEAD in message.visible_text


async def test_a_mention_and_a_direct_message_compare_too(bot: Bot) -> None:
    ana = bot.slack.add_user("ana")
    team = bot.slack.add_channel("team", [ana])
    await bot.say.mention("compare aliance and outcome", channel=team, user=ana)
    await bot.say.direct_message(f"Compare {QUESTION}", user=ana)
    in_channel, direct = bot.slack.posted()
    for message in (in_channel, direct):
        assert LEAD in message.visible_text
    assert "aliance" not in in_channel.visible_text + in_channel.text
    assert "Showing results for *alliance*" in in_channel.visible_text


async def test_after_a_single_answer_the_thread_is_about_it(bot: Bot) -> None:
    ana = bot.slack.add_user("ana")
    team = bot.slack.add_channel("team", [ana])
    await bot.say.mention("compare crying", channel=team, user=ana)
    first = bot.slack.posted(team)[-1]
    await bot.say.mention("more", channel=team, user=ana, thread_ts=first.thread_ts)
    assert "More like “" in bot.slack.posted(team)[-1].visible_text


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ("compare cbt", "cbt"),
        ("Compare: CBT and IPT", "CBT and IPT"),
        ("/compare cbt", "cbt"),
        ("compare", ""),
        ("comparative studies", None),
        ("how do they compare", None),
        ("", None),
    ],
)
def test_only_a_first_word_asks_for_a_comparison(typed: str, words: str | None) -> None:
    assert words_to_compare(typed) == words


def test_the_terminal_compares_too() -> None:
    said = text("compare", "alliance", "and", "outcome")
    assert said.startswith("Each with its bottom line")
    assert "-- Meta-analysis --" in said
    assert MEASURES in said
    assert text("compare", "crying").startswith("Only one summary here answers this")
    assert text("compare").startswith("Compare what?")
    plain, asked = batch(b"alliance and outcome", b"compare alliance and outcome")
    assert asked["hits"] == plain["hits"]


def test_a_long_list_of_effect_sizes_is_cut_and_said(engine: Engine) -> None:
    found = compare(QUESTION, engine)
    design, (first, *rest) = found.groups[0]
    many = replace(first, study=replace(first.study, effects=first.study.effects[:1] * 9))
    shown = render(Reply(Compared(((design, (many, *rest)), *found.groups[1:]))), Reader())
    assert "… and 6 more: press “Show”, then “Details”" in str(shown.blocks)

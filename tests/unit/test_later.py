"""*Later here*: a newer summary of the same ground is named, and only where there surely is one."""

from __future__ import annotations

from pathlib import Path

from bot.corpus.load import examine, load
from bot.paths import default_root
from tests.support.bot import Bot
from tests.support.seen import shown_to
from tests.unit.test_ask import text

PAIRS = {
    ("multicultural-orientation", "microaggressions-cultural-humility"),
    ("video-therapist-self-doubt", "telepsychology-therapist-skill"),
    ("rupture-repair-primary-care", "alliance-rupture-next-session"),
    ("trainee-outcomes-over-time", "therapist-training-ten-years"),
    ("alliance-cbt-depression", "alliance-outcome-reliability"),
}
"""The pairs that the shipped corpus names, all read and judged right."""
OLDER = "rupture and repair in primary care"
LATER = "Newer on this topic: An Alliance Rupture in One Session Leads to Greater Symptoms in the Next Session (Sep 2022)"
ROW = "*Newer, Sep 2022:* An Alliance Rupture in One"


def test_every_pair_is_right_and_the_later_one_is_newer() -> None:
    corpus = load(default_root())
    found = {(summary.id, later.id) for summary in corpus if (later := corpus.later(summary))}
    assert found == PAIRS
    assert all(summary.later is None or corpus.later(summary) for summary in corpus), "a misspelt id names nothing"


def test_what_is_not_in_the_corpus_or_not_newer_is_not_named(corpus_copy: Path) -> None:
    file = corpus_copy / "issues" / "2017-12.yaml"
    text = file.read_text("utf-8")
    named = "later: alliance-rupture-next-session"
    assert named in text
    for other in ("no-such-summary", "trainee-outcomes-over-time", "therapist-training-ten-years"):  # older; the same month
        file.write_text(text.replace(named, f"later: {other}"), "utf-8")
        corpus = load(corpus_copy)
        older = corpus.get("rupture-repair-primary-care")
        assert older
        assert older.later == other
        assert corpus.later(older) is None


def test_a_later_summary_that_cannot_be_meant_is_a_fault(corpus_copy: Path) -> None:
    file = corpus_copy / "issues" / "2017-12.yaml"
    text = file.read_text("utf-8")
    named = "later: alliance-rupture-next-session"
    line = text[: text.index(named)].count("\n") + 1
    for wrong, problem in (("later: rupture-repair-primary-care", "itself"), ("later: [a]", "text"), ("later: No ID", "id")):
        file.write_text(text.replace(named, wrong), "utf-8")
        _, faults = examine(corpus_copy)
        assert [(fault.file, fault.line) for fault in faults] == [("issues/2017-12.yaml", line)]
        assert problem in str(faults[0])


async def test_the_card_names_it_with_a_button_that_shows_it(bot: Bot) -> None:
    ana = bot.slack.add_user("ana")
    team = bot.slack.add_channel("team", [ana])
    message = (await bot.say.command(OLDER, user=ana, channel=team)).message
    assert bot.knowledge.corpus.get("rupture-repair-primary-care").title in message.visible_text
    assert ROW in message.visible_text
    assert LATER in message.text
    shows = [control for control in bot.say.controls(message) if control.value == "alliance-rupture-next-session"]
    assert [control.label for control in shows] == ["Show"]  # once, not among "Also on this" too
    await bot.say.press(message, shows[0].action_id)
    card = shown_to(bot.slack, ana.id)[-1]
    assert "An Alliance Rupture" in card.visible_text
    assert "Newer" not in card.visible_text


async def test_a_shared_card_and_its_preview_name_it_too(bot: Bot) -> None:
    ana = bot.slack.add_user("ana")
    team = bot.slack.add_channel("team", [ana])
    message = (await bot.say.command(OLDER, user=ana, channel=team)).message
    await bot.say.press(message, "Share")
    assert ROW in bot.slack.modal(ana).visible_text
    await bot.say.submit(bot.slack.modal(ana))
    assert ROW in bot.slack.posted(team)[-1].visible_text


def test_the_terminal_names_it() -> None:
    assert LATER in text(*OLDER.split())

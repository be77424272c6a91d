"""The words that a question met stand out on the asker's own card, and nowhere else."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise
from typing import Any

import pytest

from bot.corpus.model import Summary
from bot.search.engine import Engine
from tests.support.bot import Bot
from tests.support.once import shipped_engine
from tests.support.seen import shown_to

ON_RUPTURES = "does an alliance rupture in one session lead to symptoms in the next"
QUESTION = "dropping out after a rupture in the session"
LABELS = {"Bottom line: ", "Practice implications", "Source note\n"}


@pytest.fixture(scope="module")
def engine() -> Engine:
    return shipped_engine()


def marked(engine: Engine, question: str, text: str) -> list[str]:
    return [text[start:end] for start, end in engine.marker(engine.search(question)).spans(text)]


def bold_in(node: Any) -> Iterator[str]:
    """Every bold piece of rich text that is no label."""
    if isinstance(node, dict):
        if node.get("type") == "text" and (node.get("style") or {}).get("bold") and node["text"] not in LABELS:
            yield node["text"]
        for value in node.values():
            yield from bold_in(value)
    elif isinstance(node, list):
        for item in node:
            yield from bold_in(item)


@pytest.mark.parametrize(
    ("question", "text", "words"),
    [
        ("alliance rupture", "Ruptures strain the alliance; a rupture heals.", ["Ruptures", "alliance"]),
        ("client dropout", "Some clients terminate prematurely.", []),
        ("premature termination", "Clients who drop out say so.", ["drop out"]),
        ("drop out", "Premature termination, or dropping out.", ["dropping out"]),
        ("therapist behaviour", "Behavioral therapists’ behavior.", ["Behavioral"]),
        ("flückiger", "Fluckiger and colleagues", ["Fluckiger"]),
        ("r = .278", "The mean was r = .278 (k = 295).", [".278"]),
        ("CBT", "Cognitive-behavioural therapy, CBT", ["CBT"]),
        ("what helps my client in sessions", "What helps clients in sessions", []),
        ("alliance", "", []),
        ("", "alliance", []),
        ("alliance", "<!channel> *alliance* & `alliance`", ["alliance"]),
        ("alliance rupture", "alliance/rupture ALLIANCE-RUPTURE", ["alliance", "rupture"]),
        ("alliance", "\ufdfa ﬁ alliance\u0301, alliance", ["alliance\u0301"]),
    ],
)
def test_marked_are_the_words_that_were_meant(engine: Engine, question: str, text: str, words: list[str]) -> None:
    found = marked(engine, question, text)
    if question == "client dropout":
        assert set(found) <= {"terminate prematurely", "terminate", "prematurely"}
    else:
        assert found == words


@pytest.mark.slow
def test_the_places_are_in_order_apart_and_few(engine: Engine) -> None:
    for summary in engine.corpus:
        question = " ".join([summary.title, *summary.asks])
        for text in (summary.summary, *summary.implications, summary.bottom_line or ""):
            spans = engine.marker(engine.search(question)).spans(text)
            assert len(spans) <= 6
            assert all(0 <= start < end <= len(text) for start, end in spans)
            assert all(one[1] < two[0] for one, two in pairwise(spans))


async def test_the_askers_own_card_is_marked_and_reads_the_same(bot: Bot) -> None:
    ana = bot.slack.add_user("ana")
    team = bot.slack.add_channel("team", [ana])
    answer = (await bot.say.command(ON_RUPTURES, user=ana, channel=team)).message
    found = {word.casefold().rstrip("s") for word in bold_in(answer.blocks)}
    assert (
        {"alliance", "rupture"} <= found <= {"alliance", "rupture", "session", "confrontation", "withdrawal"}
    )  # kinds of rupture
    shown = bot.knowledge.corpus.get("alliance-rupture-next-session")
    for text in (shown.bottom_line, *shown.implications):
        assert text in answer.visible_text
    assert "*bold*: your words" in answer.visible_text
    await bot.say.direct_message(ON_RUPTURES, user=ana)
    assert list(bold_in(bot.slack.posted()[-1].blocks))


async def test_nothing_is_marked_where_others_read_it(bot: Bot) -> None:
    ana = bot.slack.add_user("ana")
    team = bot.slack.add_channel("team", [ana])
    await bot.say.mention(ON_RUPTURES, channel=team, user=ana)
    card = (await bot.say.command(ON_RUPTURES, user=ana, channel=team)).message
    await bot.say.press(card, "Share")
    assert list(bold_in(bot.slack.modal(ana).blocks)) == []
    await bot.say.submit(bot.slack.modal(ana))
    posted = bot.slack.posted(team)
    assert len(posted) == 2
    for message in posted:
        assert "An Alliance Rupture" in message.visible_text
        assert list(bold_in(message.blocks)) == []
        assert "*bold*" not in message.visible_text
    await bot.say.press(card, "Similar")
    assert list(bold_in([message.blocks for message in shown_to(bot.slack, ana.id)[1:]])) == []


def test_a_month_has_no_marks(engine: Engine) -> None:
    summary: Summary = engine.corpus.summaries[0]
    result = engine.search("September 2022")
    assert engine.marker(result).spans(summary.summary) == []


def test_words_of_a_text_are_remembered_and_those_of_a_question_are_not(engine: Engine) -> None:
    """What a card shows is marked for each asker anew, though its words are looked for once."""
    text = "Ruptures strain the alliance; clients may drop out."
    assert marked(engine, "alliance rupture", text) == ["Ruptures", "alliance"]
    assert marked(engine, "premature termination", text) == ["drop out"]
    assert marked(engine, "alliance rupture", text) == ["Ruptures", "alliance"]
    places = engine.marker(engine.search(QUESTION)).positions_in
    before = places.cache_info()
    engine.search("my wholly private question about ruptures")
    assert places.cache_info() == before
    places(text)
    assert places.cache_info().hits == before.hits + 1

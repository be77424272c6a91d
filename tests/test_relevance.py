"""The search on questions that other hands wrote. The floors are the issue's; the README gives the figures reached."""

from __future__ import annotations

import pytest
from relevance.measure import measure, questions

from bot.corpus.load import default_root, load
from bot.search.engine import Engine


@pytest.fixture(scope="module")
def engine() -> Engine:
    return Engine(load(default_root()))


@pytest.mark.parametrize("name", ["tune", "held"])
def test_the_best_summary_comes_first_and_silence_is_kept(engine: Engine, name: str) -> None:
    figures = measure(engine, questions(name))
    assert figures.best_first >= 0.80, figures.misses
    assert figures.wrongly_answered / figures.unanswerable <= 3 / 20, figures.misses


def test_every_summary_is_judged_in_both_sets_and_no_question_stands_twice() -> None:
    ids = {summary.id for summary in load(default_root())}
    asked: list[str] = []
    for name in ("tune", "held"):
        found = questions(name)
        asked += [question["q"].casefold() for question in found]
        assert {best for question in found for best in question.get("best", [])} == ids
        assert {good for question in found for good in question.get("good", [])} <= ids
    assert len(asked) == len(set(asked))


def test_every_ask_finds_its_own_summary_first(engine: Engine) -> None:
    lost = [
        f"{summary.id}: {ask}"
        for summary in engine.corpus
        for ask in summary.asks
        if engine.search(ask).hits[0].summary.id != summary.id
    ]
    assert lost == []

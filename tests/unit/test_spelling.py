"""Words typed on a phone: without their vowels, with letters that changed places, with a slash."""

from __future__ import annotations

import pytest

from bot.search.engine import Engine
from bot.search.result import Outcome
from tests.support.once import shipped_engine


@pytest.fixture(scope="module")
def engine() -> Engine:
    return shipped_engine()


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("thrpst empthy", "therapist empathy"),
        ("btr allnce less drpout", "better alliance less dropout"),
        ("ruptr repair", "rupture repair"),
        ("mny ruptures in dprssn trtmnt", "many ruptures in depression treatment"),
        ("clients who get wrose", "clients who get worse"),
        ("icbt w/o therapist do they get wrose", "icbt without therapist do they get worse"),
    ],
)
def test_what_is_typed_on_a_phone_is_read_in_full(engine: Engine, typed: str, meant: str) -> None:
    assert engine.search(typed).corrected == meant


@pytest.mark.parametrize("typed", ["DBT", "emdr vs cpt", "npd", "xkcd", "prt for pain", "hrt for tics"])
def test_abbreviations_are_no_words_without_vowels(engine: Engine, typed: str) -> None:
    assert engine.search(typed).corrected is None


def test_a_question_without_vowels_is_answered(engine: Engine) -> None:
    wanted = engine.search("how to repair an alliance rupture")
    result = engine.search("how 2 repr an allnce ruptr")
    assert result.outcome is Outcome.ANSWER
    assert result.hits[0].summary.id == wanted.hits[0].summary.id

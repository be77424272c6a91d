"""Terms of other fields: they name a subject outside the library, never who the client is or what else is going on."""

from __future__ import annotations

import dataclasses

import pytest

from bot.corpus.load import load
from bot.paths import default_root
from bot.search.engine import Engine
from bot.search.result import Outcome
from tests.support.once import engine_of

CORPUS = load(default_root())


@pytest.fixture(scope="module")
def engine() -> Engine:
    return engine_of(CORPUS)


@pytest.fixture(scope="module")
def without() -> Engine:
    """The same library with no terms of other fields."""
    return Engine(dataclasses.replace(CORPUS, lexicon=dataclasses.replace(CORPUS.lexicon, elsewhere=())))


@pytest.mark.parametrize(
    ("question", "wanted"),
    [
        ("alliance with a teenager in foster care", "alliance-adolescents"),
        ("alliance with a teenager on probation", "alliance-adolescents"),
        ("is warmth enough for a client afraid of public speaking", "problem-focus-anxiety"),
        ("I am self employed and doubt myself since I work by video", "video-therapist-self-doubt"),
        ("veteran after military deployment, is video therapy less threatening", "videotherapy-alliance-review"),
        ("client with complicated grief cried the whole session", "crying-in-therapy"),
        ("will a booking system with reminders reduce no shows", "psychologists-on-termination"),
        ("spider phobia: should I explain the rationale", "problem-focus-anxiety"),
        ("health anxiety: explaining symptoms", "problem-focus-anxiety"),
        ("OCD: rationale or symptoms", "problem-focus-anxiety"),
        ("asylum seeker client, I said something offensive, how do I repair it", "multicultural-orientation"),
        ("interview questions to select therapists with good interpersonal skills", "facilitative-interpersonal-skills"),
        ("parental consent and alliance with adolescents", "alliance-adolescents"),
        ("depressed client with insomnia never does the CBT homework", "alliance-cbt-depression"),
        ("two chair technique versus common factors", "common-factors-supportive-therapy"),
        (
            "how much do two-chair techniques and cognitive restructuring contribute to outcome",
            "common-factors-supportive-therapy",
        ),
        ("what do specific techniques such as cognitive restructuring add", "common-factors-supportive-therapy"),
        ("my client in a custody hearing cried and felt relieved", "crying-in-therapy"),
        ("client late because of a traffic jam, dropped out", "psychologists-on-termination"),
        ("teen in youth welfare does not bond with me", "alliance-adolescents"),
    ],
)
def test_who_the_client_is_and_what_else_goes_on_keeps_the_card_first(
    engine: Engine, without: Engine, question: str, wanted: str
) -> None:
    result = engine.search(question)
    assert result.hits[0].summary.id == wanted
    assert result.outcome is without.search(question).outcome
    assert all(hit.features and not hit.features.out_of_domain for hit in result.hits)


@pytest.mark.parametrize(
    "question",
    [
        "lithium dose in depression",
        "hip replacement",
        "session fee for no shows",
        "EMDR protocol",
        "gdpr and session notes",
        "speech therapist training",
        "schizophrenia and antipsychotics",
        "weather forecast",
    ],
)
def test_a_subject_of_another_field_is_not_answered(engine: Engine, question: str) -> None:
    result = engine.search(question)
    assert result.outcome is not Outcome.ANSWER

"""What narrows a short question: a summary that lacks it is related at most, however well the rest fits."""

from __future__ import annotations

import pytest

from bot.corpus.model import Lexicon
from bot.search.compounds import PLAIN
from bot.search.narrowing import LONGEST, Narrowing
from bot.search.result import Outcome
from tests.support.once import shipped_engine

NARROWING = Narrowing(Lexicon(synonyms=(("telephone", "phone"),), narrows=("nurses", "telephone", "therapist cries")), PLAIN)


@pytest.mark.parametrize(
    ("narrowed", "answered"),
    [
        ("do face masks reduce empathic accuracy", "does empathic accuracy matter for the session"),
        ("when the therapist cries in session", "when the client cries in session"),
        ("does charging a fee cut early drop-out", "what can I do about early drop-out"),
        ("is the alliance in teens weaker among offenders", "is the alliance in teens related to outcome"),
        ("do clients feel less confident in their therapist on video", "do therapists feel less confident on video"),
    ],
)
def test_a_question_that_is_narrowed_beyond_the_library_is_not_answered(narrowed: str, answered: str) -> None:
    engine = shipped_engine()
    assert engine.search(narrowed).outcome is not Outcome.ANSWER
    assert engine.search(answered).outcome is Outcome.ANSWER


@pytest.mark.parametrize(
    "question",
    [
        "sudden drop in alliance with an adolescent",
        "where can I find research on crying in therapy",
        "what drives drop out according to psychologists",
        "I'm a social worker, does alliance matter with teens",
        "how should I follow up after a client cried",
        "depressed client does no homework at home",
        "client expresses anger towards me, expert advice",
    ],
)
def test_a_verb_an_idiom_or_who_asks_narrows_nothing(question: str) -> None:
    assert shipped_engine().search(question).outcome is Outcome.ANSWER


@pytest.mark.parametrize("question", ["do nurses cry", "cost of video therapy compared with face to face"])
def test_a_word_in_the_story_of_an_ask_is_not_what_a_summary_covers(question: str) -> None:
    assert shipped_engine().search(question).outcome is not Outcome.ANSWER


def test_a_narrowed_subject_is_only_mentioned() -> None:
    found = shipped_engine().search("crying therapists")
    assert found.outcome is not Outcome.ANSWER


def test_a_term_stands_for_its_synonyms_and_for_every_form_of_its_words() -> None:
    assert NARROWING.of_question(["over", "the", "phone"]) == NARROWING.within(["by", "telephone"]) != frozenset()
    assert NARROWING.of_question(["a", "nurse"]) == NARROWING.of_question(["nurses"])
    assert not NARROWING.of_question(["nursery", "therapist", "never", "cries"])


def test_in_a_pasted_situation_nothing_narrows() -> None:
    assert not NARROWING.of_question(["nurses", *["word"] * LONGEST])

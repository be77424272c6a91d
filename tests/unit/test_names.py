"""Authors' names: found where they are typed as names, and nowhere else."""

from __future__ import annotations

import dataclasses

import pytest

from bot.corpus.load import load
from bot.corpus.model import Corpus
from bot.paths import default_root
from bot.search.engine import Engine
from bot.search.names import Names
from bot.search.result import Outcome
from tests.support.once import shipped_engine

CARD = "therapist-training-ten-years"
AUTHORS = ("Lee", "Hill", "Young", "Hope", "Best", "Long", "Le", "de Roos", "Van der Kolk", "Del Re", "Farber-Swift")


@pytest.fixture(scope="module")
def engine() -> Engine:
    """The shipped library, with authors whose names are everyday words."""
    corpus = load(default_root())
    issues = tuple(
        dataclasses.replace(
            issue,
            summaries=tuple(
                dataclasses.replace(s, study=dataclasses.replace(s.study, authors=AUTHORS)) if s.id == CARD else s
                for s in issue.summaries
            ),
        )
        for issue in corpus.issues
    )
    return Engine(Corpus(issues, corpus.topics, corpus.lexicon))


@pytest.mark.parametrize(
    "question",
    [
        "Hill et al",
        "hill et al.",
        "hill and colleagues",
        "what did Hill find",
        "Lee 2017",
        "lee, 2017",
        "Hope and Long",
        "young & Best",
        "lee",
        "research by hill",
        "papers by Young",
        "le et al 2017",
        "van der Kolk",
        "kolk",
        "de Roos",
        "roos",
        "Del Re",
        "farber swift",
        "kolk and hope",
    ],
)
def test_an_author_is_found_by_a_name_typed_as_one(engine: Engine, question: str) -> None:
    result = engine.search(question)
    assert result.outcome is Outcome.ANSWER
    assert CARD in [hit.summary.id for hit in result.hits if hit.confidence >= 0.6]


@pytest.mark.parametrize(
    "question",
    [
        "client lives in a van",
        "my client is over the hill",
        "young clients and hope",
        "what is the best way",
        "how long does it take",
        "Long silences",
        "Hope in therapy",
        "le client ne veut pas parler de la mort",
        "re my client",
        "van",
        "de",
        "der die das",
        "swift results",
        "seen by young people",
        "moved by hope",
    ],
)
def test_a_word_that_is_also_a_name_means_the_word(engine: Engine, question: str) -> None:
    result = engine.search(question)
    assert not result.filters or not result.filters.authors
    known = {term for name in AUTHORS for term in Names.terms(name)}
    assert not known & {term for unit in result.units for term in (*unit.terms, *unit.names)}
    assert not result.hits or result.hits[0].summary.id != CARD or result.outcome is not Outcome.ANSWER


def test_a_hyphen_changes_no_name_into_an_answer() -> None:
    shipped = shipped_engine()
    one, other = shipped.search("re-assessment"), shipped.search("reassessment")
    assert (one.outcome, one.hits) == (other.outcome, other.hits)
    assert one.outcome is Outcome.NOTHING
    pain = shipped.search("does chronic pain get better")
    assert not any("Pain" in unit.terms for unit in pain.units)


@pytest.mark.parametrize(
    ("surname", "terms"),
    [
        ("Norcross", ["norcross"]),
        ("Flückiger", ["fluckiger"]),
        ("Aafjes-van Doorn", ["aafjes", "doorn"]),
        ("Del Re", ["delre"]),
        ("Le", ["Le"]),
        ("Hill", ["Hill"]),
        ("Nissen-Lie", ["nissen", "Lie"]),
        ("O'Connor", ["oconnor"]),
    ],
)
def test_a_surname_is_searched_by_the_parts_that_name_someone(surname: str, terms: list[str]) -> None:
    assert Names.terms(surname) == terms


def test_authors_asked_for_are_named_in_the_order_typed(engine: Engine) -> None:
    result = engine.search("papers by Roos and Kolk")
    assert result.filters
    assert result.filters.authors == ("de Roos", "Van der Kolk")

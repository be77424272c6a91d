"""The shipped lexicon: what it equates, what it must not, and where the search would go wrong if it did."""

from __future__ import annotations

import pytest

from bot.corpus.load import load
from bot.paths import default_root
from bot.search.concepts import MAX_PHRASE, Concepts, capitals_in
from bot.search.engine import Engine
from bot.search.question import units_of
from bot.search.result import Outcome
from bot.search.spelling import NO_SPELLER
from bot.search.text import stem, tokens
from bot.search.words import LIGHT_WORDS, STOP_WORDS
from tests.support.once import shipped_engine

LEXICON = load(default_root()).lexicon
CONCEPTS = Concepts(LEXICON)


@pytest.fixture(scope="module")
def engine() -> Engine:
    return shipped_engine()


def meant(text: str) -> set[str]:
    """Return the concepts that a question means, those of other fields left out."""
    units = units_of(tokens(text), CONCEPTS, capitals_in(text), NO_SPELLER)
    return {concept for unit in units for concept in unit.concepts if not CONCEPTS.is_out_of_domain(concept)}


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("social anxiety disorder", "sad"),
        ("SAD", "sadness"),
        ("conduct problems", "acting out"),
        ("culture", "nationality"),
        ("culture", "a Mexican client"),
        ("withdrawal rupture", "withdrew from opioids"),
        ("withdrawal rupture", "withdrawn and lonely"),
        ("rupture", "a fight at home"),
        ("rupture", "an argument with her sister"),
        ("LGBTQ", "conversion therapy"),
        ("transgender", "gender dysphoria"),
        ("body image", "body dysmorphic disorder"),
        ("panic", "agoraphobia"),
        ("social anxiety", "shy"),
        ("alexithymia", "numb"),
        ("generalised anxiety disorder", "worried"),
        ("intellectual disability", "learning disability"),
        ("lying", "client disclosure"),
        ("person-centred", "no technique"),
        ("religion", "faith in therapy"),
        ("drop-out", "retention strategies"),
        ("chronic fatigue", "always tired"),
        ("unconscious", "conscious"),
        ("warmth", "cold therapist"),
        ("systematic review", "literature review"),
        ("chronic illness", "people with cancer"),
        ("poverty", "homeless"),
        ("poverty", "working class"),
        ("burnout", "caseload"),
        ("efficacy", "as well as"),
        ("expectations of therapy", "I hope"),
        ("termination", "our last session"),
        ("telehealth", "online survey"),
        ("microaggression", "put down"),
        ("bipoc", "a minority of patients"),
        ("lay counsellor", "without training"),
        ("phobia", "anxiety disorder"),
        ("client perspective", "a client says she is tired"),
        ("trainee", "she has a new therapist"),
        ("physical disability", "learning disability"),
    ],
)
def test_different_things_are_not_equated(one: str, other: str) -> None:
    assert meant(one), "the first is in the lexicon"
    assert not meant(one) & meant(other)


@pytest.mark.parametrize(
    "names",
    [
        ("telehealth", "teletherapy", "zoom", "video sessions", "virtual counselling", "online sessions", "video visits"),
        ("alliance", "rapport", "working relationship", "therapeutic relationship", "bond with my client"),
        ("drop-out", "ghosted me", "stopped coming", "early ending", "premature termination", "quit therapy"),
        ("no-show", "missed appointments", "did not attend"),
        ("microaggressions", "a racist comment in session", "said something racist"),
        ("negative effects", "harm", "made worse", "got worse", "harmed by therapy"),
        ("trainees", "interns and trainees", "supervisees", "student therapists", "novices"),
        ("rupture", "she hates me", "I was just like all the others", "he attacked me", "felt attacked in session"),
        ("rupture", "a fight with me", "said therapy is useless", "angry with me"),
        ("withdrawal ruptures", "withdrew in session", "goes quiet in session"),
        ("SAD", "social anxiety disorder", "social phobia"),
        ("BED", "binge eating disorder"),
        ("progress monitoring", "ROM", "client feedback", "feedback-informed treatment"),
        ("couple therapy", "couples counselling", "marriage counseling"),
        ("wait list", "waitlist", "waiting too long"),
        ("behavioural activation", "behavioral activation", "BA"),
        ("face to face", "in person", "f2f"),
    ],
)
def test_what_clinicians_equate_is_one_thing(names: tuple[str, ...]) -> None:
    assert set.intersection(*map(meant, names))


@pytest.mark.parametrize(
    "question",
    [
        "therapist acting out",
        "Mexican client with depression",
        "turkish client with anxiety",
        "client withdrew from opioids",
        "client is withdrawn and does not leave the house",
        "couple had a fight at home",
        "numbness in depression",
        "client lies to me",
        "therapist burnout",
    ],
)
def test_a_word_with_another_meaning_makes_no_answer(engine: Engine, question: str) -> None:
    assert engine.search(question).outcome is not Outcome.ANSWER


@pytest.mark.parametrize("question", ["SAD", "client with SAD", "SAD treatment"])
def test_sad_in_capitals_is_social_anxiety_disorder(engine: Engine, question: str) -> None:
    assert "empathic-accuracy" not in [hit.summary.id for hit in engine.search(question).hits[:3]]


@pytest.mark.parametrize(
    "words",
    [
        "personality person",
        "experience experiment",
        "severe several",
        "medication medical",
        "transference transfer",
        "attendance attend",
        "minority minor",
        "mentalising mental",
        "directive directly",
        "responsive response",
        "expectation expect",
        "interpreter interpretation",
        "terminal termination",
        "painful pain",
        "lateness later",
        "personal person",
        "majority major",
        "informal information",
        "publication public",
    ],
)
def test_words_that_the_stemmer_takes_for_one_are_two(words: str) -> None:
    one, other = words.split()
    assert stem(one) != stem(other)


def test_forms_of_such_a_word_are_still_one() -> None:
    assert stem("personality") == stem("personalities")
    assert stem("experienced") == stem("experiences") == stem("experience")
    assert stem("mentalising") == stem("mentalization")


def test_no_phrase_is_too_long_to_be_found() -> None:
    terms = [term for terms in (*LEXICON.synonyms, *LEXICON.abbreviations.values(), LEXICON.units) for term in terms]
    assert [term for term in terms if not 0 < len(tokens(term)) <= MAX_PHRASE] == []


def test_only_the_words_of_every_summary_are_both_everyday_words_and_terms() -> None:
    words = {term for terms in LEXICON.synonyms for term in terms if not term.isupper()} & (STOP_WORDS | LIGHT_WORDS)
    assert words == {"therapist", "psychotherapist", "client", "patient", "therapy", "psychotherapy"}


def test_no_term_is_in_two_groups_but_an_abbreviation() -> None:
    groups: dict[str, list[str]] = {}
    for group in LEXICON.synonyms:
        for term in group:
            groups.setdefault(term, []).append(group[0])
    assert {term: first for term, first in groups.items() if len(first) > 1} == {
        "what makes a good therapist": ["therapist effects", "therapist characteristics"]
    }

"""Words of several parts: however they are spelt, the search finds the same, in the same order, as sure as before."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.corpus.load import load
from bot.paths import default_root
from bot.search.compounds import Compounds
from bot.search.documents import spellings
from bot.search.text import split, tokens
from tests.support.examples import examples
from tests.support.once import engine_of

CORPUS = load(default_root())
ENGINE = engine_of(CORPUS)
SPELT, _ = spellings(CORPUS)


def found(question: str) -> tuple[object, ...]:
    """What a question is answered with: the outcome and every hit in its order, with its confidence."""
    result = ENGINE.search(question, limit=28)
    return result.outcome, tuple((hit.summary.id, hit.confidence, hit.score) for hit in result.hits)


def _texts() -> list[str]:
    lexicon = CORPUS.lexicon
    phrases = [phrase for group in (*lexicon.synonyms, *lexicon.abbreviations.values()) for phrase in group]
    own = [
        text
        for summary in CORPUS
        for text in (summary.title, *summary.asks, summary.bottom_line or "", *summary.implications, summary.summary)
    ]
    return [
        *own,
        *phrases,
        *lexicon.abbreviations,
        *lexicon.units,
        *(name for topic in CORPUS.topics for name in topic.aliases),
    ]


WRITTEN = {word for text in _texts() for word in split(text)}
HYPHENATED = sorted(word for word in WRITTEN if "-" in word and "'" not in word)
PLAIN = sorted(word for word in WRITTEN if word.isalpha() and len(word) > 2)
ABBREVIATIONS = sorted(short for short in CORPUS.lexicon.abbreviations if short.isalpha() and len(short) > 2)
JOINED = sorted(
    {
        " ".join(words[start:end])
        for words in map(split, _texts())
        for start, end, spelt in SPELT.rewrites(words)
        if end == start + 2 and (len(spelt) == 1 or spelt == words[start:end])  # not "session six"
    }
)
FRAMES = ["{}", "does {} matter", "alliance and {} in therapy", "my client asks about {}. What do I do?"]
# Marks that show nothing or that programs put in the place of others.
INVISIBLE = "\u00ad\u200b\u200c\u200d\u2060\ufeff"
HYPHENS = "-\u2010\u2011\u2012\u2013\u2212"


@pytest.mark.parametrize(
    "spellings",
    [
        ("PTSD", "P.T.S.D.", "P.T.S.D", "ptsd", "P. T. S. D."),
        ("outpatient", "out-patient", "out patient"),
        ("telehealth", "tele-health", "tele health"),
        ("multicultural", "multi-cultural", "multi cultural"),
        ("first session", "1st session", "session 1", "session one"),
        ("third session", "3rd session", "session 3", "session three"),
        ("drop out", "dropout", "drop-out", "Drop–out"),
        ("co-therapist", "cotherapist", "co therapist"),
        ("self esteem", "self-esteem", "selfesteem"),
        ("e-mail", "email", "e mail"),
        ("warmth and empathy", "warmth & empathy", "warmth&empathy"),
        ("client's tears", "client’s tears", "client`s tears", "clientʼs tears"),
        ("well-being", "wellbeing"),
        ("reassessment", "re-assessment"),
        ("nonverbal", "non-verbal", "non verbal"),
        ("video therapy", "videotherapy", "video-therapy"),
        ("wait list", "waitlist", "wait-list"),
        ("burn out", "burnout", "burn-out"),
        ("microaggressions", "micro-aggressions", "micro aggressions"),
        ("meta-analysis of alliance", "meta analysis of alliance", "metaanalysis of alliance"),
        ("face-to-face", "face to face", "facetoface"),
        ("reﬂective", "reflective"),
    ],
)
def test_one_word_in_several_spellings_is_one_question(spellings: tuple[str, ...]) -> None:
    for frame in FRAMES:
        results = {found(frame.format(spelling)) for spelling in spellings}
        assert len(results) == 1, {spelling: found(frame.format(spelling))[:1] for spelling in spellings}


@settings(max_examples=examples(100), deadline=None)
@given(st.sampled_from(HYPHENATED), st.sampled_from(FRAMES), st.sampled_from(HYPHENS))
def test_a_word_that_the_library_hyphenates_may_be_written_in_any_way(word: str, frame: str, hyphen: str) -> None:
    wanted = found(frame.format(word))
    assert found(frame.format(word.replace("-", hyphen))) == wanted
    assert found(frame.format(word.replace("-", ""))) == wanted
    assert found(frame.format(word.replace("-", " "))) == wanted


@settings(max_examples=examples(60), deadline=None)
@given(st.sampled_from(JOINED), st.sampled_from(FRAMES))
def test_two_words_that_the_library_also_writes_as_one_may_be_written_in_any_way(pair: str, frame: str) -> None:
    wanted = found(frame.format(pair))
    assert found(frame.format(pair.replace(" ", "-"))) == wanted
    assert found(frame.format(pair.replace(" ", ""))) == wanted


@settings(max_examples=examples(100), deadline=None)
@given(st.data())
def test_characters_that_show_nothing_change_nothing(data: st.DataObject) -> None:
    word = data.draw(st.sampled_from(PLAIN))
    cut = data.draw(st.integers(0, len(word)))
    question = data.draw(st.sampled_from(FRAMES))
    hidden = data.draw(st.sampled_from(INVISIBLE))
    assert found(question.format(word[:cut] + hidden + word[cut:])) == found(question.format(word))


@settings(max_examples=examples(60), deadline=None)
@given(st.sampled_from(ABBREVIATIONS), st.sampled_from(FRAMES))
def test_dots_in_an_abbreviation_change_nothing(short: str, frame: str) -> None:
    assert found(frame.format("".join(f"{letter}." for letter in short))) == found(frame.format(short))


@settings(max_examples=examples(100), deadline=None)
@given(st.integers(1, 12), st.sampled_from(["session", "week", "year"]), st.sampled_from(FRAMES))
def test_a_place_in_a_row_may_be_written_in_any_way(number: int, noun: str, frame: str) -> None:
    word = "first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth".split()[number - 1]
    ending = {1: "st", 2: "nd", 3: "rd"}.get(number, "th")
    wanted = found(frame.format(f"{word} {noun}"))
    assert found(frame.format(f"{number}{ending} {noun}")) == wanted
    assert found(frame.format(f"{noun} {number}")) == wanted


@pytest.mark.parametrize("text", ["alliance in patients with PTSD", "what comes out", "over all these years", "be at peace"])
def test_words_that_only_stand_side_by_side_stay_two(text: str) -> None:
    assert tokens(text, SPELT) == text.lower().split()


def test_texts_of_the_library_are_spelt_as_questions_are() -> None:
    known = Compounds.of(["outpatient", "self-esteem", "drop-out", "dropout"], [])
    assert tokens("Self-esteem of an out-patient", known) == tokens("selfesteem of an out patient", known)
    assert tokens("clients who dropped out", known) == ["clients", "who", "dropout"]


@given(st.text(alphabet="ab-. '&1", max_size=60))
def test_spelling_twice_is_spelling_once(text: str) -> None:
    once = tokens(text, SPELT)
    assert SPELT.spell(list(once)) == once


@pytest.mark.parametrize(
    ("typed", "plain"),
    [
        ("pls does the alliance matter tbh", "does the alliance matter"),
        ("idk wat to do ur thoughts on ruptures btw", "what to do your thoughts on ruptures"),
        ("gonna lose a client, kinda stuck", "going to lose a client, kind of stuck"),
    ],
)
def test_words_of_the_phone_carry_nothing(typed: str, plain: str) -> None:
    assert found(typed) == found(plain)
    assert ENGINE.search(typed).corrected is None


@pytest.mark.parametrize("word", ["cotherapist", "cooccurring", "neurolinguistic"])
def test_a_prefix_of_an_unknown_word_is_a_word(word: str) -> None:
    assert "".join(tokens(word, SPELT)) == word
    assert len(tokens(word, SPELT)) == 2


@pytest.mark.parametrize(
    ("typed", "corrected"),
    [
        ("out patient aliance", "out patient alliance"),
        ("drop-out and theraputic aliance", "drop-out and therapeutic alliance"),
        ("session 1 with adolecents", "session 1 with adolescents"),
        ("tele helth", "telehealth"),
    ],
)
def test_what_was_not_misspelt_is_shown_as_typed(typed: str, corrected: str) -> None:
    assert ENGINE.search(typed).corrected == corrected

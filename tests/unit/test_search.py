"""The search as an asker meets it: what is understood, what is repaired, what is refused."""

from __future__ import annotations

import dataclasses

import pytest

from bot.corpus.load import load
from bot.corpus.model import Corpus
from bot.paths import default_root
from bot.search.confidence import Features, confidence
from bot.search.engine import Engine
from bot.search.question import MAX_CHARACTERS, clip
from bot.search.result import Outcome
from bot.search.text import stem, tokens
from bot.text import fold
from tests.support.once import shipped_engine


@pytest.fixture(scope="module")
def engine() -> Engine:
    return shipped_engine()


def first(engine: Engine, question: str) -> str | None:
    """The id of the best hit."""
    hits = engine.search(question).hits
    return hits[0].summary.id if hits else None


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Flückiger", "fluckiger"),
        ("client’s", "client's"),
        ("client`s", "client's"),
        ("drop‐out", "drop-out"),
        ("ALLIANCE", "alliance"),
        ("ﬁnding", "finding"),
    ],
)
def test_spellings_that_look_alike_are_alike(one: str, other: str) -> None:
    assert fold(one) == fold(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("randomised", "randomized"),
        ("behaviour", "behavior"),
        ("counsellors", "counselor"),
        ("programmes", "program"),
        ("centre", "center"),
        ("ruptures", "rupture"),
        ("analysing", "analyzed"),
        ("weaker", "weak"),
    ],
)
def test_inflections_and_national_spellings_are_one_term(one: str, other: str) -> None:
    assert stem(one) == stem(other)


def test_numbers_are_canonical() -> None:
    assert tokens("r = .30, −0.300, 30,000 and 81%") == ["r", "0.3", "0.3", "30000", "and", "81"]


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("aliance rupure", "alliance rupture"),
        ("allaince", "alliance"),
        ("workingalliance in adolecents", "working alliance in adolescents"),
        ("theraputic aliance", "therapeutic alliance"),
        ("mircoaggressions", "microaggressions"),
        ("premature terminaton", "premature termination"),
        ("hwo to reapir an aliance ruptrue", "how to repair an alliance rupture"),
        ("alliance adn outcome", "alliance and outcome"),
    ],
)
def test_misspelt_words_are_repaired_and_it_is_said(engine: Engine, typed: str, meant: str) -> None:
    result = engine.search(typed)
    assert result.corrected == meant
    assert result.outcome is Outcome.ANSWER


@pytest.mark.parametrize(
    "typed", ["alliance rupture", "ruptured appendix", "insulin dose", "Norcross", "CBT for depression"]
)
def test_words_that_are_right_are_not_repaired(engine: Engine, typed: str) -> None:
    assert engine.search(typed).corrected is None


@pytest.mark.parametrize(
    ("question", "wanted"),
    [
        ("norcross", "relationships-that-work"),
        ("Flückiger 2018", "alliance-outcome-reliability"),
        ("fluckiger 2020", "alliance-symptoms-reciprocal"),
        ("finsrund", "relationship-aspects-outcomes"),
        ("finsrud", "relationship-aspects-outcomes"),
        ("Curren how therapy harms", "how-therapy-harms"),
        ("aafjes van doorn", "video-therapist-self-doubt"),
        ("aajes-van doorn", "video-therapist-self-doubt"),
        ("holmqvist larson", "rupture-repair-primary-care"),
        ("zilcha mano", "is-alliance-therapeutic"),
    ],
)
def test_authors_are_found_in_every_spelling(engine: Engine, question: str, wanted: str) -> None:
    assert first(engine, question) == wanted


@pytest.mark.parametrize(
    ("question", "wanted"),
    [
        ("r = .278", "alliance-outcome-reliability"),
        ("135 randomized controlled trials anxiety", "problem-focus-anxiety"),
        ("141 therapists", "video-therapist-self-doubt"),
        ("VCP vs F2F alliance", "videoconferencing-alliance-trials"),
        ("NDST", "common-factors-supportive-therapy"),
        ("my client broke down in tears", "crying-in-therapy"),
        ("teens and the therapeutic bond", "alliance-adolescents"),
        ("does therapy make some people worse", "lasting-negative-effects"),
    ],
)
def test_numbers_abbreviations_and_everyday_words_find(engine: Engine, question: str, wanted: str) -> None:
    assert first(engine, question) == wanted


@pytest.mark.parametrize(
    ("question", "wanted"),
    [
        ("De Blaere", "microaggressions-cultural-humility"),
        ("video conferencing RCTs", "videoconferencing-alliance-trials"),
        ("How common are alliance ruptures?", "rupture-repair-primary-care"),
        ("What should I do in the session when a client is angry with me?", "rupture-repair-strategies"),
        ("my 15 yo wont talk to me does rapport even matter", "alliance-adolescents"),
        ("our trainee keeps getting worse results", "trainee-outcomes-over-time"),
    ],
)
def test_split_names_idioms_and_words_of_the_street_find(engine: Engine, question: str, wanted: str) -> None:
    result = engine.search(question)
    assert (result.outcome, result.hits[0].summary.id) == (Outcome.ANSWER, wanted)


@pytest.mark.parametrize(
    ("question", "wanted"),
    [
        ("she cries every single session", "crying-in-therapy"),  # not single session therapy
        ("how to tell what hes feeling", "empathic-accuracy"),
        ("warm but directionless w anxious pt", "problem-focus-anxiety"),
        ("my numbers get worse every yr", "therapist-training-ten-years"),
        ("pt hasnt come back after 2nd session, what did i do wrong", "psychologists-on-termination"),
    ],
)
def test_what_a_tired_clinician_types_is_answered(engine: Engine, question: str, wanted: str) -> None:
    result = engine.search(question)
    assert (result.outcome, result.hits[0].summary.id) == (Outcome.ANSWER, wanted)


@pytest.mark.parametrize(
    ("question", "wanted"),
    [
        ("waitlist 8 months then 6 sessions", "lasting-negative-effects"),  # its numbers are those of a story
        ("no show again wtf", "psychologists-on-termination"),
        ("client hates me", "rupture-repair-strategies"),  # not one that has both words, far apart
        ("i think i was racist to her", "microaggressions-cultural-humility"),
        ("thinks the method is bs but likes me", "relationship-aspects-outcomes"),
    ],
)
def test_what_is_not_sure_enough_for_an_answer_is_shown_as_related(engine: Engine, question: str, wanted: str) -> None:
    result = engine.search(question)
    assert (result.outcome, result.hits[0].summary.id) == (Outcome.RELATED, wanted)


def test_a_story_counts_for_more_than_a_short_question_that_matches_alike() -> None:
    features = Features(0.5, 1.0, 0.5, 0.8, 0.4, 0.2, 0.0, 0.0, 1.0, 0.0, 0.0)
    for asks in (True, False):
        assert confidence(features._replace(shortness=0.0), asks=asks) > confidence(features, asks=asks)


def test_percent_is_no_therapy_but_pct_in_capitals_is(engine: Engine) -> None:
    result = engine.search("PCT")
    assert engine.why(result, result.hits[0]).concepts == ("person centred",)
    assert engine.search("what pct of trainees improved").units[0].terms == ("percent",)


def test_a_bare_topic_of_the_library_is_answered(engine: Engine) -> None:
    for topic in ("alliance", "therapeutic alliance", "training", "empathy", "the alliance"):
        assert engine.search(topic).outcome is Outcome.ANSWER, topic


def test_a_word_beside_an_everyday_one_is_repaired_to_it(engine: Engine) -> None:
    assert engine.search("do trainees get beter").corrected == "do trainees get better"


def test_more_like_leaves_out_the_summary_itself_and_those_seen(engine: Engine) -> None:
    found = [hit.summary.id for hit in engine.more_like("videotherapy-alliance-review")]
    assert len(found) == 3
    assert "videotherapy-alliance-review" not in found
    assert set(found) & {"videoconferencing-alliance-trials", "video-therapist-self-doubt", "telepsychology-therapist-skill"}
    assert found[0] not in [hit.summary.id for hit in engine.more_like("videotherapy-alliance-review", skip=[found[0]])]
    assert engine.more_like("no-such-summary") == ()


def test_a_follow_up_borrows_from_what_it_follows(engine: Engine) -> None:
    alone = engine.search("and with teenagers?")
    about = engine.search("what about the effect of it?", about="crying-in-therapy")
    assert alone.hits[0].summary.id == "alliance-adolescents"
    assert "crying-in-therapy" not in [hit.summary.id for hit in about.hits]
    assert about.hits


@pytest.mark.parametrize(
    ("name", "topic"),
    [
        ("training", "training"),
        ("Adherance", "adherence"),
        ("adherence", "adherence"),
        ("CBT", "cbt"),
        ("dropout", "drop-out"),
        ("drop-out", "drop-out"),
        ("empahty", "empathy"),
        ("PTSD", "trauma"),
        ("Practice Research Networks", "practice-based-research"),
    ],
)
def test_topics_are_known_by_name_alias_and_misspelling(engine: Engine, name: str, topic: str) -> None:
    found = engine.topic(name)
    assert found
    assert found.id == topic


@pytest.mark.parametrize("name", ["", "   ", "astrophysics", "zzzz", "🙂"])
def test_no_topic_is_made_up(engine: Engine, name: str) -> None:
    assert engine.topic(name) is None


def test_a_long_question_is_cut_at_a_word(engine: Engine) -> None:
    long = "alliance rupture " * 1000
    assert len(clip(long)) <= MAX_CHARACTERS
    assert clip(long).endswith(("alliance", "rupture"))
    assert engine.search(long).outcome is Outcome.ANSWER


def test_the_point_is_found_in_a_pasted_situation(engine: Engine) -> None:
    situation = (
        "Long morning, three intakes and a broken printer. My 15 year old client barely talks and I am not sure whether our "
        "working relationship matters as much with adolescents. Anyway, lunch now."
    )
    assert first(engine, situation) == "alliance-adolescents"


@pytest.mark.slow
def test_summaries_without_asks_bottom_line_or_study_are_found(engine: Engine) -> None:
    bare = [
        dataclasses.replace(
            issue,
            summaries=tuple(
                dataclasses.replace(s, asks=(), bottom_line=None, study=type(s.study)()) for s in issue.summaries
            ),
        )
        for issue in engine.corpus.issues
    ]
    plain = Engine(Corpus(tuple(bare), engine.corpus.topics, engine.corpus.lexicon))
    assert first(plain, "crying in therapy") == "crying-in-therapy"
    assert first(plain, "videoconferencing and the alliance") in (
        "videoconferencing-alliance-trials",
        "videotherapy-alliance-review",
    )


def test_little_words_are_never_put_together(engine: Engine) -> None:
    """ "how do I mend ..." was once searched as "how doi mend": the corpus knows "doi"."""
    result = engine.search("how do I mend a rupture in the alliance")
    assert result.outcome is Outcome.ANSWER
    assert all("doi" not in unit.terms for unit in result.units)


@pytest.mark.slow
def test_a_term_of_another_field_counts_no_more_once_a_summary_uses_it() -> None:
    corpus = load(default_root())
    question = "negative effects of therapy after a hip replacement"
    assert "hip replacement" in corpus.lexicon.elsewhere
    without = Engine(dataclasses.replace(corpus, lexicon=dataclasses.replace(corpus.lexicon, elsewhere=())))
    issue = next(issue for issue in corpus.issues if any(s.id == "lasting-negative-effects" for s in issue.summaries))
    told = tuple(
        dataclasses.replace(s, implications=(*s.implications, "Ask about a hip replacement."))
        if s.id == "lasting-negative-effects"
        else s
        for s in issue.summaries
    )
    issues = tuple(dataclasses.replace(issue, summaries=told) if issue is other else other for other in corpus.issues)
    using = Engine(dataclasses.replace(corpus, issues=issues))
    found = {
        name: next(hit.features for hit in one.search(question).hits if hit.summary.id == "lasting-negative-effects")
        for name, one in (("without", without), ("lacking", Engine(corpus)), ("using", using))
    }
    assert {name: bool(features and features.out_of_domain) for name, features in found.items()} == {
        "without": False,
        "lacking": True,
        "using": False,
    }


@pytest.fixture(scope="module")
def two_summaries() -> Engine:
    """A library of two summaries: one of them of the shipped ones, the other with words of every day."""
    corpus = load(default_root())
    first = corpus.issues[0]
    silence = dataclasses.replace(
        first.summaries[0],
        id="silence",
        title="When Nobody Speaks: Kinds of Silence in Sessions",
        asks=("should I tell clients about me",),
    )
    harm = corpus.get("how-therapy-harms")
    assert harm
    return Engine(dataclasses.replace(corpus, issues=(dataclasses.replace(first, summaries=(silence, harm)),)))


@pytest.mark.parametrize("words", ["How does therapy harm", "when nobody speaks", "should i tell clients about me"])
def test_a_title_or_an_ask_typed_as_it_is_finds_its_summary_however_common_its_words(
    two_summaries: Engine, words: str
) -> None:
    found = two_summaries.search(words)
    assert found.outcome is Outcome.ANSWER
    assert found.hits[0].summary.id == ("how-therapy-harms" if "harm" in words else "silence")


@pytest.mark.parametrize("words", ["is EMDR effective", "is hypnosis effective"])
def test_an_everyday_word_beside_a_term_from_elsewhere_asks_nothing(words: str) -> None:
    assert shipped_engine().search(words).outcome is Outcome.NOTHING

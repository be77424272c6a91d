"""What a short subject gets, and when a summary is an answer: about it, not only mentioning it."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.search.confidence import ANSWER_FROM, RELATED_FROM
from bot.search.engine import Engine
from bot.search.result import Outcome
from bot.search.shorthand import SHORTHAND, spelled_out
from tests.support.bot import Bot
from tests.support.examples import examples
from tests.support.once import shipped_engine
from tests.unit.test_ask import text


@pytest.fixture(scope="module")
def engine() -> Engine:
    return shipped_engine()


def ids(engine: Engine, question: str) -> list[str]:
    return [hit.summary.id for hit in engine.search(question).hits]


@pytest.mark.parametrize(
    ("subject", "about"),
    [
        ("crying", {"crying-in-therapy"}),
        ("alliance rupture", {"alliance-rupture-next-session", "rupture-repair-primary-care", "rupture-repair-strategies"}),
        ("Rupture repair", {"rupture-repair-primary-care", "rupture-repair-strategies"}),
        ("telehealth", {"telepsychology-therapist-skill", "videoconferencing-alliance-trials"}),
        ("microagressions", {"microaggressions-cultural-humility"}),
        ("clients quitting", {"psychologists-on-termination"}),
        ("alliance in cbt", {"alliance-cbt-depression"}),
    ],
)
def test_a_subject_gets_the_summaries_about_it(engine: Engine, subject: str, about: set[str]) -> None:
    result = engine.search(subject)
    assert result.outcome is Outcome.ANSWER
    assert result.subject is not None
    assert about <= {hit.summary.id for hit in result.hits}
    mentioned = {mention.summary.id for mention in result.subject.mentions}
    assert mentioned.isdisjoint(hit.summary.id for hit in result.hits)


@pytest.mark.parametrize(
    ("question", "subject", "about"),
    [
        ("is zoom as good", "zoom", "videoconferencing-alliance-trials"),
        ("does empathy really help", "empathy", "empathic-accuracy"),
        ("Is crying helpful?", "crying", "crying-in-therapy"),
        ("pls does the alliance matter tbh", "alliance", "alliance-outcome-reliability"),
    ],
)
def test_whether_something_is_any_good_is_answered_by_what_is_about_it(
    engine: Engine, question: str, subject: str, about: str
) -> None:
    found = engine.search(question)
    assert found.subject is not None
    assert found.subject.words == subject
    assert about in [hit.summary.id for hit in found.hits[: found.subject.about]]


@pytest.mark.parametrize(
    "question", ["does therapy work", "is video therapy as good as in person", "does EMDR work", "are you good"]
)
def test_a_verdict_on_everything_nothing_or_two_things_is_no_subject(engine: Engine, question: str) -> None:
    assert engine.search(question).subject is None


@pytest.mark.parametrize(
    ("subject", "mentions"),
    [
        ("personality disorder", "alliance-outcome-reliability"),
        ("couples", "relationships-that-work"),
        ("group therapy", "relationships-that-work"),
        ("self-disclosure", "relationships-that-work"),
        ("homework", "alliance-cbt-depression"),
        ("body language", "telepsychology-therapist-skill"),
        ("borderline", "alliance-outcome-reliability"),
    ],
)
def test_a_subject_that_is_only_mentioned_is_no_answer(engine: Engine, subject: str, mentions: str) -> None:
    result = engine.search(subject)
    assert result.outcome is Outcome.RELATED
    assert mentions in [hit.summary.id for hit in result.hits]


@pytest.mark.parametrize(
    "question",
    [
        "EMDR",
        "burnout",
        "therapist burnout",  # a lexicon group once made burnout of a caseload
        "medication",  # no "medical"
        "mindfulness",
        "schema therapy",
    ],
)
def test_a_word_met_by_its_root_or_one_part_of_a_term_finds_nothing(engine: Engine, question: str) -> None:
    assert engine.search(question).outcome is not Outcome.ANSWER
    assert "Practice implications" not in text(*question.split())


def test_what_only_asks_say_is_at_most_related(engine: Engine) -> None:
    result = engine.search("no shows")
    assert result.outcome is Outcome.RELATED
    assert ids(engine, "no shows")[0] == "psychologists-on-termination"


def test_each_mention_comes_with_the_sentence_that_makes_it(engine: Engine) -> None:
    subject = engine.search("personality disorder").subject
    assert subject is not None
    [mention] = subject.mentions
    assert "borderline personality disorder" in mention.sentence
    assert mention.sentence in mention.summary.summary


def test_a_subject_keeps_its_filters(engine: Engine) -> None:
    result = engine.search("meta-analyses on the alliance")
    assert result.subject is not None
    assert result.subject.words == "alliance"
    assert {hit.summary.study.design for hit in result.hits} <= {"meta-analysis", "review of meta-analyses"}


@pytest.mark.parametrize("aside", ["in foster care", "with a spider phobia", "who has diabetes", "who hears voices"])
def test_words_from_elsewhere_never_push_a_clear_hit_below_related(engine: Engine, aside: str) -> None:
    result = engine.search(f"alliance with an adolescent {aside}")
    assert result.hits[0].summary.id == "alliance-adolescents"
    assert result.outcome is not Outcome.NOTHING


def test_an_ask_alone_gives_less_than_the_summary_itself(engine: Engine) -> None:
    assert engine.search("client with SAD").outcome is not Outcome.ANSWER
    assert engine.search("does religious faith help patients").outcome is not Outcome.ANSWER
    assert engine.search("is a layperson as good as a psychologist").outcome is not Outcome.ANSWER


WORDS = st.sampled_from(
    """alliance rupture video therapy client trainee drop out crying harm empathy depression anxiety does predict outcome
    in the of my after session experience supervision couples nurse cost burnout zebra""".split()
)


@settings(max_examples=examples(150), deadline=None)
@given(st.lists(WORDS, min_size=1, max_size=9))
def test_none_is_surer_than_one_before_it_and_the_outcome_follows_from_the_first(words: list[str]) -> None:
    result = SHIPPED.search(" ".join(words))
    sure = [hit.confidence for hit in result.hits]
    assert sure == sorted(sure, reverse=True)
    if result.hits and not result.listing:
        expected = (
            Outcome.ANSWER if sure[0] >= ANSWER_FROM else Outcome.RELATED if sure[0] >= RELATED_FROM else Outcome.NOTHING
        )
        assert result.outcome in (expected, Outcome.NOTHING)


SHIPPED = shipped_engine()


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("pts w/ dep sx b4 tx", "patients with depression symptoms before therapy"),
        ("is video as gd as f2f?", "is video as good as face to face?"),
        ("alliance in cbt 4 depression", "alliance in cbt for depression"),
        ("waited 2 long", "waited to long"),
        ("session 4 matters", "session 4 matters"),
        ("after 2 sessions", "after 2 sessions"),
        ("she's late every single session", "she is late every session"),
        ("what hes feeling", "what he is feeling"),
        ("single session therapy", "single session therapy"),
        ("disc, rel, psyched and prof are words too", "disc, rel, psyched and prof are words too"),
        ("135 trials, r = .29", "135 trials, r = .29"),
    ],
)
def test_shorthand_is_written_out(typed: str, meant: str) -> None:
    assert spelled_out(typed) == meant
    assert all(short == short.lower() for short in SHORTHAND)


async def test_the_list_shows_what_each_found_and_opens_its_card(bot: Bot) -> None:
    ana = bot.slack.add_user("ana")
    team = bot.slack.add_channel("team", [ana])
    message = (await bot.say.command("alliance rupture", user=ana, channel=team)).message
    found = bot.knowledge.engine.search("alliance rupture")
    assert f"*{len(found.hits)} summaries are about “alliance rupture”:*" in message.visible_text
    for hit in found.hits:
        assert hit.summary.bottom_line in message.visible_text
    assert "Also mentioned in:" in message.visible_text
    shows = [control for control in bot.say.controls(message) if control.label == "Show"]
    assert (await bot.say.press(message, shows[0].action_id)).ok


async def test_in_a_channel_the_words_of_a_subject_are_not_repeated(bot: Bot) -> None:
    ana = bot.slack.add_user("ana")
    team = bot.slack.add_channel("team", [ana])
    await bot.say.mention("alliance rupture", channel=team, user=ana)
    [posted] = bot.slack.posted(team)
    assert "summaries are about this:" in posted.visible_text
    assert "“alliance rupture”" not in posted.visible_text

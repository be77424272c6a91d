"""Which printed effect sizes are gathered for a topic or a question, and the words about them."""

from __future__ import annotations

import dataclasses
import json
import re

import pytest

from bot.blocks import evidence as blocks
from bot.blocks.message import Message as BlockMessage
from bot.blocks.reader import Reader
from bot.blocks.render import render
from bot.blocks.validation import problems
from bot.commands.reply import EffectSizes, Reply
from bot.corpus.model import KINDS, MEASURES, Corpus, Effect, Study
from bot.evidence import words
from bot.evidence.choose import choose, named_topic
from bot.evidence.sheet import sheet
from bot.evidence.table import MOST, NAMES, NO_EFFECT, gather, kind_of, label, within
from bot.search.engine import Engine
from tests.support.figures import choose_all, made_up
from tests.support.once import shipped_engine


@pytest.fixture(scope="module")
def engine() -> Engine:
    return shipped_engine()


@pytest.fixture
def corpus(engine: Engine) -> Corpus:
    return engine.corpus


def test_every_printed_figure_stands_in_the_panel_of_its_measure_as_printed(corpus: Corpus) -> None:
    found = gather(corpus.summaries)
    printed = [(summary.id, effect) for summary in corpus for effect in summary.study.effects]
    gathered = [(figures.summary.id, effect) for _, figures in found.studies() for effect in figures.effects]
    assert sorted(map(repr, gathered)) == sorted(map(repr, printed))
    assert all(effect.measure == panel.measure for panel, figures in found.studies() for effect in figures.effects)
    assert all(kind_of(effect) == panel.kind for panel, figures in found.studies() for effect in figures.effects)
    assert list(dict.fromkeys(panel.measure for panel in found.panels)) == [each for each in MEASURES if each in NAMES]
    assert found.others == ()
    assert {summary.id for summary in found.unstated} == {each.id for each in corpus if not each.study.effects}
    assert found.count == len(printed)


def test_every_measure_has_a_name_and_a_place_where_it_says_no_effect() -> None:
    assert set(NAMES) == set(NO_EFFECT) == set(MEASURES)


@pytest.mark.parametrize(
    ("words", "topic"),
    [
        ("empathy", "empathy"),
        ("Empaty", "empathy"),
        ("alliance", "alliance"),
        ("therapeutic alliance", "alliance"),
        ("CBT", "cbt"),
        ("Training", "training"),
        ("why do clients drop out of training", None),
        ("alliance rupture in one session in groups", None),
        ("", None),
        ("zebrafish", None),
    ],
)
def test_words_that_name_a_topic_mean_it_and_others_are_searched(words: str, topic: str | None, corpus: Corpus) -> None:
    found = named_topic(words, corpus)
    assert (found.id if found else None) == topic


ABOUT = {
    "empathy": ("therapist empathy",),
    "rupture": ("repairing alliance ruptures",),
    "feedback": ("client feedback or progress monitoring",),
    "countertransference": ("managing countertransference",),
    "teletherapy": (
        "poorer common-factor skills in teletherapy than in person, rated by therapists",
        "greater impact of extra-therapeutic factors in teletherapy, rated by therapists",
        "poorer patient outcomes in teletherapy, as perceived by therapists",
    ),
    "video": (
        "working alliance, video versus face to face (negative: lower by video; not significant)",
        "symptom reduction, video versus face to face (similar levels)",
    ),
    "cognitive behavioural therapy for depression": ("alliance and outcome in CBT for adult depression",),
    "common factors": ("poorer common-factor skills in teletherapy than in person, rated by therapists",),
    "training": (
        "improvement of the average client of trainees",
        "improvement of more distressed clients of trainees",
        "improvement of less distressed clients of trainees",
    ),
    "efficacy": (),
}


@pytest.mark.parametrize("asked", ABOUT)
def test_only_figures_whose_own_words_are_about_it_are_shown_as_its_evidence(asked: str, engine: Engine) -> None:
    found = choose(asked, engine)
    assert found is not None
    about = [effect.what for _, figures in found.studies() for effect in figures.effects]
    assert about == [*ABOUT[asked]]
    rest = [effect.what for figures in found.others for effect in figures.effects]
    printed = [
        effect.what for each in (*found.summaries, *(f.summary for f in found.others)) for effect in each.study.effects
    ]
    assert set(about) | set(rest) == set(printed)
    assert not set(about) & set(rest)


def test_the_alliances_figures_are_about_the_alliance_and_those_that_begin_with_it_are_drawn_first(engine: Engine) -> None:
    found = choose("alliance", engine)
    assert found is not None
    assert found.count > MOST
    assert all("alliance" in effect.what for _, figures in found.studies() for effect in figures.effects)
    drawn = within(found)
    assert drawn.count == MOST
    assert f"{MOST} of {found.count} figures" in sheet(found)["title"]
    whats = [effect.what for _, figures in drawn.studies() for effect in figures.effects]
    assert "alliance and outcome" in whats
    assert "feeling relieved after crying and the alliance" not in whats


@pytest.mark.parametrize(
    ("effect", "kind"),
    [
        (Effect("x", "r", 0.1), "association"),
        (Effect("a versus b", "g", 0.1), "difference"),
        (Effect("improvement of clients", "d", 0.1), "change"),
        (Effect("symptoms from before to after", "d", 0.1), "change"),
        (Effect("empathy", "g", 0.1), None),
        (Effect("empathy", "g", 0.1, kind="association"), "association"),
    ],
)
def test_the_kind_of_an_effect_is_what_its_file_says_or_its_words_do(effect: Effect, kind: str | None) -> None:
    assert kind_of(effect) == kind


def test_kinds_share_no_panel_and_every_shipped_figure_has_one(corpus: Corpus) -> None:
    found = choose_all(corpus)
    assert all(panel.kind for panel in found.panels)
    assert len({(panel.measure, panel.kind) for panel in found.panels}) == len(found.panels)
    assert {panel.kind for panel in found.panels if panel.measure == "g"} == set(KINDS)
    assert (
        words.CAREFUL.count("The same letter may mean change over time, a difference between groups or an association.") == 1
    )


def test_filters_are_said_in_the_title_and_apply_to_every_figure(engine: Engine) -> None:
    found = choose("alliance since 2020", engine)
    assert found is not None
    assert found.title == "Effect sizes as printed: alliance (since 2020)"
    assert min(summary.issue for summary in found.summaries) >= "2020"


def test_a_question_gathers_what_the_search_finds_and_says_when_that_is_loose(engine: Engine) -> None:
    found = choose("video therapy alliance", engine)
    assert found is not None
    assert "videoconferencing-alliance-trials" in {summary.id for summary in found.summaries}
    assert found.title == "Effect sizes as printed: video, alliance"
    assert choose("how do I bake sourdough bread", engine) is None
    loose = gather([made_up(1, Effect("x", "r", 0.1))], loosely=True, fit=lambda _: 0)
    assert loose.count == 0
    assert words.others_title(loose) == "Figures of loosely related studies"
    assert "loosely related" in words.lead(gather([made_up(1, Effect("x", "r", 0.1))], loosely=True))


def test_a_picture_has_the_most_precise_of_the_figures_that_fit_alike() -> None:
    wide, narrow, pooled = (
        Effect("x", "r", 0.1, ci=(0, 0.9)),
        Effect("x", "r", 0.2, ci=(0.1, 0.3)),
        Effect("x", "r", 0.3, k=50),
    )
    many = [made_up(number, Effect("x", "r", 0.4), wide, narrow, pooled) for number in range(6)]
    drawn = within(gather(many))
    assert [effect for _, figures in drawn.studies() for effect in figures.effects] == [narrow, pooled] * 6
    assert within(gather(many[:3])) == gather(many[:3])


def test_studies_are_named_as_papers_cite_them() -> None:
    assert label(made_up(1, citation="Surname1 (2001)")) == "Surname1, 2001"
    assert label(made_up(1, authors=("A", "B"))) == "A and B, 2001"
    assert label(made_up(1, authors=("A", "B", "C"))) == "A et al., 2001"
    assert label(made_up(1, authors=("Lee", "Kim", "Lee", "Roe"))) == "Lee et al., 2001"
    assert label(dataclasses.replace(made_up(1), study=Study())) == "Title 1, year not stated"
    one = Study(authors=("Norwood",))
    assert label(dataclasses.replace(made_up(1), study=one)) == "Norwood and colleagues, year not stated"
    assert label(dataclasses.replace(made_up(1), study=dataclasses.replace(one, citation="c", year=2001))) == "Norwood, 2001"


def test_the_description_says_what_the_picture_shows_within_slacks_limit(engine: Engine) -> None:
    for topic in engine.corpus.topics:
        found = choose(topic.id, engine)
        assert found is not None
        text = words.alt_text(found)
        assert len(text) <= words.ALT_LIMIT
        drawn = [(panel, effect) for panel, figures in within(found).studies() for effect in figures.effects]
        told = [effect for panel, effect in drawn if f"{effect.what} {panel.measure} = {words.value(effect)}" in text]
        left = re.search(r"And (\d+) figures? more, in the message after the picture", text)
        assert len(told) + (int(left[1]) if left else 0) == len(drawn)
        table = as_one_text(render(Reply(EffectSizes(found)), Reader()))
        assert all(effect.what in table for _, effect in drawn)
        assert blocks.caption(found).count("\n") == 1


def as_one_text(message: BlockMessage) -> str:
    return json.dumps(message.blocks, ensure_ascii=False)


def test_every_topics_table_is_a_message_that_slack_takes(engine: Engine) -> None:
    for topic in engine.corpus.topics:
        found = choose(topic.id, engine)
        assert found is not None
        message = render(Reply(EffectSizes(found)), Reader(picture_follows=True))
        assert problems(message.blocks) == []
        shown = json.dumps(message.blocks, ensure_ascii=False)
        for _, figures in found.studies():
            assert label(figures.summary) in shown
        assert ("Other figures of these studies" in shown) is bool(found.others)
        for summary in found.unstated:
            assert label(summary) in shown
    huge = gather([made_up(n, *[Effect("w" * 300, "g", 0.5, ci=(0.1, 0.9), p="< .001", k=12)] * 5) for n in range(60)])
    assert problems(render(Reply(EffectSizes(huge)), Reader()).blocks) == []
    assert len(blocks.caption(huge)) < 600

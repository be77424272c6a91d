"""Filters in plain words: what is taken for one, what is not, and what the asker is told."""

from __future__ import annotations

import pytest

from bot.search.engine import Engine
from bot.search.result import Outcome, Result
from tests.support.bot import Bot
from tests.support.once import shipped_engine


@pytest.fixture(scope="module")
def engine() -> Engine:
    return shipped_engine()


def said(result: Result) -> str | None:
    return result.filters.said() if result.filters else None


def ids(result: Result) -> list[str]:
    return [hit.summary.id for hit in result.hits]


@pytest.mark.parametrize(
    ("question", "filters", "first"),
    [
        ("video therapy since 2020", "since 2020", "videotherapy-alliance-review"),
        ("training after 2017", "since 2018", "alliance-training-trial"),
        ("years of therapist training before 2018", "up to 2017", "therapist-training-ten-years"),
        ("alliance training 2022", "from 2022", "alliance-training-trial"),
        ("dropout 2018-2020", "from 2018 to 2020", "multicultural-orientation"),
        ("ruptures in primary care between 2017 and 2018", "from 2017 to 2018", "rupture-repair-primary-care"),
        ("meta-analyses on how reliable the alliance is", "meta-analyses", "alliance-outcome-reliability"),
        ("Meta‐analyses on video therapy", "meta-analyses", "videoconferencing-alliance-trials"),
        ("RCTs on video therapy", "randomised trials", "videoconferencing-alliance-trials"),
        ("trials about training", "randomised trials", "alliance-training-trial"),
        ("qualitative studies on harm", "qualitative studies", "how-therapy-harms"),
        ("alliance by fluckiger", "by Flückiger", "alliance-symptoms-reciprocal"),
        ("latest on alliance ruptures", "newest first", "alliance-rupture-next-session"),
        ("recent studies about training", "newest first", "alliance-training-trial"),
        ("meta-analyses by Flückiger since 2019", "meta-analyses, by Flückiger since 2019", "alliance-symptoms-reciprocal"),
    ],
)
def test_a_filter_is_obeyed_and_said(engine: Engine, question: str, filters: str, first: str) -> None:
    result = engine.search(question)
    assert (said(result), ids(result)[0], result.remark) == (filters, first, None)
    assert result.outcome is Outcome.ANSWER
    assert result.filters
    assert all(result.filters.keeps(hit.summary) for hit in result.hits)


@pytest.mark.parametrize(
    ("question", "lead"),
    [
        ("2022", "from 2022"),
        ("what do you have since 2022?", "since 2022"),
        ("studies from 2020", "from 2020"),
        ("meta-analyses since 2020", "meta-analyses, since 2020"),
        ("RCTs", "randomised trials"),
        ("qualitative", "qualitative studies"),
        ("surveys of therapists", "surveys"),
        ("by Norcross", "by Norcross"),
        ("papers by wampold", "by Wampold"),
        ("topic training since 2017", "on the topic Training since 2017"),
    ],
)
def test_a_filter_alone_lists_what_it_keeps_newest_first(engine: Engine, question: str, lead: str) -> None:
    result = engine.search(question)
    assert said(result) == lead
    assert result.filters
    kept = [summary.id for summary in engine.corpus if result.filters.keeps(summary)]
    assert (result.outcome, result.listing, ids(result)) == (Outcome.ANSWER, len(kept), kept[:5])


@pytest.mark.parametrize(
    ("question", "remark", "filters", "first"),
    [
        (
            "meta-analysis since 2022 on how reliable the alliance is",
            "No meta-analysis since 2022 on this; showing all years.",
            "meta-analyses",
            "alliance-outcome-reliability",
        ),
        (
            "meta-analyses on crying",
            "No meta-analysis on this; showing all kinds of studies.",
            None,
            "crying-in-therapy",
        ),
        ("crying before 2019", "No summary up to 2018 on this; showing all years.", None, "crying-in-therapy"),
    ],
)
def test_a_filter_that_leaves_nothing_is_dropped_with_a_remark(
    engine: Engine, question: str, remark: str, filters: str | None, first: str
) -> None:
    result = engine.search(question)
    assert (result.remark, said(result), ids(result)[0]) == (remark, filters, first)
    assert result.outcome is Outcome.ANSWER


def test_a_filter_alone_that_keeps_nothing_is_nothing(engine: Engine) -> None:
    result = engine.search("RCTs since 2023")
    assert (result.outcome, result.hits, said(result)) == (Outcome.NOTHING, (), "randomised trials, since 2023")


@pytest.mark.parametrize(
    ("question", "first"),
    [
        ("Eubanks 2017", "rupture-repair-strategies"),
        ("Eubanks 2018", "rupture-repair-strategies"),
        ("Cuijpers et al. (2012)", "common-factors-supportive-therapy"),
        ("cuijpers 2018", "common-factors-supportive-therapy"),
        ("fluckiger 2018", "alliance-outcome-reliability"),
        ("Flückiger Rubel 2020", "alliance-symptoms-reciprocal"),
        ("Lin 2022", "telepsychology-therapist-skill"),
    ],
)
def test_the_year_of_a_citation_leaves_nothing_out(engine: Engine, question: str, first: str) -> None:
    result = engine.search(question)
    assert (result.filters, ids(result)[0]) == (None, first)


@pytest.mark.parametrize(
    "question",
    [
        "my first session with her",
        "our last session ended badly",
        "his most recent session was hard",
        "recent loss of her mother",
        "the latest row with my client",
        "a new client who cries",
        "5 years of experience",
        "therapist training over 10 years",
        "306 studies",
        "141 therapists",
        "N = 2018",
        "2018 patients",
        "trial and error",
        "review my notes",
        "on trial for assault",
        "the process of change",
        "by zoom",
        "get by without training",
        "from therapist to therapist",
        "may I cry with my client",
        "marching orders",
        "I have seen her since 2019 at the clinic and last month she stormed out because I was late again and angry",
    ],
)
def test_ordinary_words_are_no_filters(engine: Engine, question: str) -> None:
    result = engine.search(question)
    assert (result.filters, result.month, result.listing) == (None, None, 0)


def test_ones_own_story_is_no_listing(engine: Engine) -> None:
    assert engine.search("she has been my client since 2019").listing == 0


@pytest.mark.parametrize("question", ["september", "what was in september?", "the September issue"])
def test_a_bare_month_is_its_newest_issue(engine: Engine, question: str) -> None:
    assert engine.search(question).month == "2022-09"


def test_a_month_in_a_story_is_no_issue(engine: Engine) -> None:
    story = (
        "He started with me in September 2022 after his divorce, came every week, and now he says that we are getting "
        "nowhere and that he wants to stop."
    )
    assert engine.search(story).month is None


async def test_the_asker_reads_the_filter_and_what_was_dropped(bot: Bot) -> None:
    ana = bot.slack.add_user("ana")
    team = bot.slack.add_channel("team", [ana])

    async def seen(text: str) -> str:
        answer = await bot.say.command(text, user=ana, channel=team)
        assert answer.ok
        assert answer.message
        return answer.message.visible_text

    assert "Filter: meta-analyses" in await seen("meta-analyses on the alliance")
    dropped = await seen("meta-analyses on crying")
    assert "No meta-analysis on this; showing all kinds of studies." in dropped
    assert "Patients Crying in Psychotherapy" in dropped
    assert "Qualitative studies, since 2020: 2 summaries, newest first" in await seen("qualitative studies since 2020")
    nothing = await seen("RCTs since 2023")
    assert "The library has nothing for this filter: randomised trials, since 2023." in nothing

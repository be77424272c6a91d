"""Effect sizes and the sentence that says what was found, read from an original's text."""

from __future__ import annotations

import pytest

from bot.corpus.model import Effect
from bot.extraction.facts import read_facts
from tests.unit.test_extraction import read

# -- effect sizes ---------------------------------------------------------------------------------------------------

STUDY = "In this study, Roe and Doe compared gardens."


@pytest.mark.parametrize(
    ("sentence", "effect"),
    [
        (
            "Gardening was associated with a better mood (r = .28, 95% CI [.21, .35], p < .001).",
            Effect("Gardening was associated with a better mood", "r", 0.28, ci=(0.21, 0.35), p="< .001"),
        ),
        (
            "Gardening was less effective than swimming (e.g., in a lake) at first g = −0.20 (95% CI: −0.32 to −0.08), but.",
            Effect("Gardening was less effective than swimming at first", "g", -0.2, ci=(-0.32, -0.08)),
        ),
        (
            "The authors found that gardens predicted mood (12 studies, d = .14 to .49).",
            Effect("gardens predicted mood", "d", 0.14, to=0.49, k=12),
        ),
        (
            "There was an indirect effect of gardens on mood (−.12, 95% CI [−.35, −.07]) through hope.",
            Effect("There was an indirect effect of gardens on mood", "indirect effect", -0.12, ci=(-0.35, -0.07)),
        ),
        (
            "Gardening improved mood (Cohen's d = 0.5; k = 9).",
            Effect("Gardening improved mood", "d", 0.5, k=9),
        ),
        (
            "Gardening improved mood (r = .31 [.20, .42], p < .001).",
            Effect("Gardening improved mood", "r", 0.31, ci=(0.2, 0.42), p="< .001"),
        ),
        (
            "Gardening improved mood, g = −0.39, 95% [−0.66; −0.12].",
            Effect("Gardening improved mood", "g", -0.39, ci=(-0.66, -0.12)),
        ),
        (
            "Gardening improved mood (d = 0.39, 95% 0.12 to 0.66).",
            Effect("Gardening improved mood", "d", 0.39, ci=(0.12, 0.66)),
        ),
        (
            "There was an indirect effect of gardens on mood (−.12 [−.35, −.07]) through hope.",
            Effect("There was an indirect effect of gardens on mood", "indirect effect", -0.12, ci=(-0.35, -0.07)),
        ),
        ("Gardening improved mood (d = 0.39, 95% of 20).", Effect("Gardening improved mood", "d", 0.39)),
    ],
)
def test_an_effect_size_is_read_as_printed(sentence: str, effect: Effect) -> None:
    facts = read(STUDY, sentence)
    assert facts.effects == (effect,)
    assert facts.read_from["effects"] == (sentence,)


@pytest.mark.parametrize(
    "sentence",
    [
        "Earlier studies found that gardens improved mood (d = 0.9).",
        "Changes in mood were the same (d = 0.74 in gardens and d = 0.79 in lakes).",
        "It improved by much (d = 0.7).",
        "The average difference was d = 0.7.",
        "Gardens predicted mood (r = 1.7).",
        "Gardens predicted mood (r = .20 to 1.7).",
        "Gardens improved mood (g = 0.5, 95% CI [0.6, 0.9]).",
        "Gardens improved mood (g = 0.5 [0.6, 0.9]).",
        "Gardens improved mood (g = 0.5 [7]).",
        "These include: gardens (12 studies, g = .57).",
        "Gardens predicted mood (β = .30, OR = 2.1, p = .02, B12 = 4).",
        "Gardens improved mood (roses d = 0.85, tulips d = 0.81).",
        "Gardens improved mood (d = 0.72, 0.66, and 0.31).",
        "Gardens improved mood (d = 0.72; at night, d = 0.66).",
        "Gardens improved mood (roses: d = 0.85).",
        "Gardens improved mood, d = 0.72, 0.66, and 0.31, in that order.",
        "In that half gardens improved mood (d = 0.9).",
        "Among those, gardens improved mood (d = 0.9).",
    ],
)
def test_an_effect_size_whose_words_do_not_tell_it_is_left_out(sentence: str) -> None:
    assert read(STUDY, sentence).effects == ()


def test_of_a_list_only_what_is_a_clause_of_its_own_is_read() -> None:
    facts = read(
        STUDY,
        "Gardens predicted mood (r = .30), lakes (r = .20), and higher hills were related to hope (r = .10).",
    )
    assert [(effect.what, effect.value) for effect in facts.effects] == [
        ("Gardens predicted mood", 0.3),
        ("higher hills were related to hope", 0.1),
    ]


@pytest.mark.parametrize(
    "later",
    [
        "A year later the advantage in mood had become a trend (d = 0.17).",
        "Gardens had no effect on sleep (d = 0.05).",
        "Gardens improved sleep a little (d = 0.20).",
    ],
)
def test_a_weaker_effect_is_not_shown_without_the_stronger_one(later: str) -> None:
    stronger = "Mood was much better in the gardens than elsewhere"
    assert read(STUDY, f"{stronger} (roses d = 0.61).", later).effects == ()
    assert next(effect.value for effect in read(STUDY, f"{stronger} (d = 0.61).", later).effects) == 0.61
    assert len(read(STUDY, later).effects) == 1


def test_an_effect_is_read_beside_one_of_about_its_size_that_could_not_be() -> None:
    facts = read(STUDY, "Mood was better in the gardens (roses d = 0.31).", "Gardens improved sleep (d = 0.30).")
    assert [effect.value for effect in facts.effects] == [0.3]


# -- the finding sentence -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "found",
    [
        "The results indicated that gardeners were significantly happier, and had better sleep, than swimmers.",
        "The authors found that more gardening predicted better sleep in the following week.",
        "Overall, gardening had a moderate effect on mood among older adults (d = 0.50).",
        "More gardening was associated with better sleep in the following week.",
        "More gardening was associated with better sleep in the following week. Hope was not related to sleep at all.",
    ],
)
def test_the_sentences_that_say_what_was_found_are_quoted(found: str) -> None:
    assert read(STUDY, "All wrote diaries.", found, "Diaries are hard to read.").finding == found


@pytest.mark.parametrize(
    "told",
    [
        (
            "The authors found that gardening was better than swimming for sleep.",
            "However, " + "this was so " * 30 + "at night.",
        ),
        ("More gardening was associated with better sleep and mood.", "The second association vanished in winter."),
        ("They also found that this effect was larger in those who swam.",),
        ("The authors suggest that gardening might be better than swimming.",),
        ("They tested whether gardening was related to better sleep in the week.",),
        ("The mean change was d = 0.8.", "Side effects were more frequent in the lake than elsewhere."),
        ("The results showed that " + "very " * 60 + "much more gardening was better.",),
        ("The results showed better sleep.",),
        ("More gardening was associated with better sleep and mood.", "This held, however, only at night."),
        ("More gardening was associated with better sleep and mood.", "Winter was different, though."),
        ("More gardening was associated with better sleep and mood.", "In the half that had no spade, however, it was not."),
        ("More gardening was associated with better sleep and mood.", "All slept well except in winter."),
        ("They found that more gardening predicted better sleep in the following week.",),
        ("These analyses showed that more gardening predicted better sleep in the following week.",),
        ("In that half, gardening was associated with better sleep and mood.",),
    ],
)
def test_a_finding_that_needs_its_neighbours_is_left_empty(told: tuple[str, ...]) -> None:
    assert read(STUDY, *told).finding is None


def test_a_finding_is_one_piece_of_one_paragraph() -> None:
    first, second = (
        "More gardening predicted better sleep in the following week.",
        "Hope predicted nothing at all in those weeks.",
    )
    assert read_facts("Gardens", f"{STUDY}\n{first}\n{second}", None).finding == first


def test_what_bounds_a_finding_is_quoted_with_it() -> None:
    found = "More gardening predicted better sleep in the following week. However, hope predicted nothing."
    assert read(STUDY, found).finding == found

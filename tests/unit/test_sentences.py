"""A paragraph's sentences: no word of it is changed, and nothing is split that is no sentence's end."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.corpus.sentences import sentences


@pytest.mark.parametrize(
    "whole",
    [
        "Use e.g. Gestures or i.e. Words with Ferro et al. Before you go on.",
        "It went with outcome (d = .42. See below), p < .05, in 12.5% of cases vs. None.",
        "Dr. Quist and Prof. B. E. Zed of the U.S. Army met M. J. Lind.",
        "Ask “What now? Or later?” and wait.",
        "See Fig. 2, pp. 3-9, No. 4 and ch. 5 of vol. 6.",
        "Names like Mason, A.-M. Lee and J.-P. Roe are left alone.",
        "They said nothing . . . . Then nothing again . . . Words followed.",
        "A text without an end",
        "1. Listen.",
        "",
    ],
)
def test_what_is_one_sentence_stays_one(whole: str) -> None:
    assert sentences(whole) == ([whole] if whole else [])


@pytest.mark.parametrize(
    ("paragraph", "parts"),
    [
        ("Listen. Then speak.", ["Listen.", "Then speak."]),
        ("Do they? They do! 81% said so.", ["Do they?", "They do!", "81% said so."]),
        ("They called it “warm.” Others did (not all.) “Why?” they asked.", None),
        ("It fell by .35. Later it rose. In 2018. Then 12 of 40. So.", None),
        ("1. Listen. 2. Wait.", ["1. Listen.", "2. Wait."]),
        ("It is open (see above. They agree. So do we.", ["It is open (see above.", "They agree.", "So do we."]),
        ("Élan helps. Ärzte know.", ["Élan helps.", "Ärzte know."]),
    ],
)
def test_sentences_are_split_where_they_end(paragraph: str, parts: list[str] | None) -> None:
    found = sentences(paragraph)
    assert " ".join(found) == paragraph
    assert found == parts if parts is not None else len(found) > 2


@given(st.text(alphabet=st.sampled_from("aB1.?! …”“()[]e g") | st.characters(), max_size=200))
def test_no_character_is_lost(text: str) -> None:
    assert " ".join(sentences(text)) == " ".join(text.split())
    assert all(sentence.strip() for sentence in sentences(text))


@pytest.mark.parametrize(
    "hostile", ["A. " * 300_000, "(“" * 300_000, "A (b). " * 100_000, "x. Y" * 200_000, "…" * 600_000 + " A", "." * 900_000]
)
@pytest.mark.slow
def test_long_texts_cost_no_more_than_their_length(hostile: str) -> None:
    begun = time.process_time()
    sentences(hostile)
    assert time.process_time() - begun < 10

"""Facts that were read from an original's text stand beside their sentence, and `pprnet check` holds them against it."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.corpus.faults import Fault
from bot.corpus.figures import figures, in_words, number
from bot.corpus.load import examine, load

MONTH = """issue: "2022-09"
complete: false
summaries:
  - id: one
    title: Ruptures in the Alliance
    text: original
    topics: [alliance]
    bottom_line: Ruptures were rare (r = −.28).
    summary: |-
      In this survey of forty therapists, Roe and colleagues asked 1,200 patients about ruptures.

      Ruptures were rare (r = −.28).
    implications: [Repair ruptures early.]
    study:
      authors: [Roe]
      design: survey
      sample: {therapists: 40, patients: "1,200"}
      effects: [{what: Ruptures were rare, measure: r, value: -0.28}]
    read_from:
      authors: ["In this survey of forty therapists, Roe and colleagues asked 1,200 patients about ruptures."]
      design: ["In this survey of forty therapists, Roe and colleagues asked 1,200 patients about ruptures."]
      sample: ["In this survey of forty therapists, Roe and colleagues asked 1,200 patients about ruptures."]
      effects: [Ruptures were rare (r = −.28).]
"""


@pytest.fixture
def corpus(tmp_path: Path) -> Path:
    """A corpus with one original whose facts were read."""
    (tmp_path / "issues").mkdir()
    (tmp_path / "topics.yaml").write_text("topics:\n  - {id: alliance, name: Alliance}\n", "utf-8")
    (tmp_path / "lexicon.yaml").write_text("abbreviations: {}\nsynonyms: []\n", "utf-8")
    (tmp_path / "issues/2022-09.yaml").write_text(MONTH, "utf-8")
    return tmp_path


def fault_after(corpus: Path, old: str, new: str) -> Fault:
    """The one fault that a change of the file makes."""
    path = corpus / "issues/2022-09.yaml"
    text = path.read_text("utf-8")
    assert old in text
    path.write_text(text.replace(old, new), "utf-8")
    (fault,) = examine(corpus)[1]
    return fault


def test_facts_are_read_with_their_sentences_and_a_sentence_of_the_text_is_a_quotation(corpus: Path) -> None:
    (summary,) = load(corpus)
    assert summary.sentences("effects") == ("Ruptures were rare (r = −.28).",)
    assert summary.sentences("sample")[0].startswith("In this survey of forty")
    assert summary.sentences("doi") == ()
    assert summary.quoted
    path = corpus / "issues/2022-09.yaml"
    path.write_text(path.read_text("utf-8").replace("bottom_line: Ruptures were", "bottom_line: Ruptures are"), "utf-8")
    assert not next(iter(load(corpus))).quoted


@pytest.mark.parametrize(
    ("old", "new", "line", "path", "problem"),
    [
        ("effects: [Rup", "effects: [Rap", 23, "effects", "“Raptures were rare (r = −.28).” is not in the text: correct it"),
        ("therapists: 40", "therapists: 41", 22, "sample", "41 therapists is in none of these sentences: correct it"),
        ("value: -0.28", "value: 0.28", 23, "effects", "r = 0.28 is in none of these sentences"),
        ("value: -0.28", "value: -0.28, k: 12", 23, "effects", "r = -0.28 is in none of these sentences"),
        ("authors: [Roe]", "authors: [Doe]", 20, "authors", "Doe is in none of these sentences"),
        ("design: survey", "design: not stated", 21, "design", "there is no such fact: delete this part of read_from"),
        ("      effects: [{what", "      # effects: [{what", 23, "effects", "there is no such fact"),
        ("      effects: [Rup", "      effect: [Rup", 23, "effect", "unknown key: did you mean effects?"),
        ("      effects: [Ruptures were rare (r = −.28).]", "      effects: []", 23, "effects", "has 0 entries, at least 1"),
    ],
)
def test_what_the_sentences_do_not_say_is_a_fault_with_its_line(
    corpus: Path, old: str, new: str, line: int, path: str, problem: str
) -> None:
    fault = fault_after(corpus, old, new)
    assert (fault.line, fault.path) == (line, f"summaries[0].read_from.{path}")
    assert fault.problem.startswith(problem)


def test_only_an_original_has_facts_that_were_read(corpus: Path) -> None:
    fault = fault_after(corpus, "text: original", "text: digest")
    assert (fault.line, fault.path) == (20, "summaries[0].read_from")
    assert fault.problem == "only the facts of an original are read from its text: delete it"


def test_a_field_that_a_person_checked_needs_no_sentence(corpus: Path) -> None:
    path = corpus / "issues/2022-09.yaml"
    text, _, _ = path.read_text("utf-8").partition("    read_from:")
    path.write_text(text.replace("therapists: 40", "therapists: 41"), "utf-8")
    (summary,) = load(corpus)
    assert summary.read_from == ()
    assert dict(summary.study.sample)["therapists"] == 41


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Forty of 1,200 clients, twenty-one of them young", {40, 1200, 21}),
        ("g = −.20 (95% CI: −0.32 to −0.08), g=0.58 [0.45–0.72]", {-0.2, 95, -0.32, -0.08, 0.58, 0.45, 0.72}),
        ("B = -.065; p < .0001; d=‐1.5", {-0.065, 0.0001, -1.5}),
        ("COVID-19 in 2020-21, x2 and F10 are names", {19, 2020, 21}),
        ("No one: someone's bones", {1}),
        ("", set()),
    ],
)
def test_figures_are_read_as_pages_print_them(text: str, found: set[float]) -> None:
    assert figures(text) == found


@given(st.text())
def test_any_text_has_figures(text: str) -> None:
    assert all(isinstance(each, float) for each in figures(text))


def test_numbers_in_words_and_in_digits_are_the_same() -> None:
    assert (in_words("ninety-nine"), number("1,234.5"), number(".28", negative=True)) == (99, 1234.5, -0.28)

"""The types of values in the corpus, and what may be left out."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.blocks.card import card
from bot.blocks.study import study_view
from bot.corpus.load import examine, load
from bot.search.engine import Engine
from bot.search.result import Outcome
from tests.support.corpus_files import MINIMAL, month, only, replaced, with_study

# -- types --------------------------------------------------------------------------------------------------------

GUESSED = [
    "2022-09-01",
    "no",
    "Yes",
    "on",
    "OFF",
    "true",
    "1.10",
    "12:30",
    "012",
    "0x1F",
    "0b1",
    "1_000",
    ".5",
    "-.inf",
    ".NaN",
    "7",
]


@pytest.mark.parametrize("bare", ["2022-09", *GUESSED])
def test_text_that_yaml_would_read_as_something_else_must_be_quoted(corpus: Path, parser: str, bare: str) -> None:
    fault = only(month(corpus, replaced("title: Ruptures in the Alliance", f"title: {bare}")))
    assert (fault.line, fault.path) == (5, "summaries[0].title")
    assert f'quote it: "{bare}"' in fault.problem
    assert month(corpus, replaced("title: Ruptures in the Alliance", f'title: "{bare}"')) == []


def test_an_unquoted_month_must_be_quoted(corpus: Path, parser: str) -> None:
    assert 'quote it: "2022-09"' in only(month(corpus, replaced('"2022-09"', "2022-09"))).problem


@pytest.mark.parametrize("nothing", ["~", "", "null", "NULL", '""', '"  "', '"\\u200b\\u202e"'])
def test_a_text_that_is_nothing_is_empty(corpus: Path, parser: str, nothing: str) -> None:
    fault = only(month(corpus, replaced("title: Ruptures in the Alliance", f"title: {nothing}")))
    assert (fault.line, fault.path) == (5, "summaries[0].title")
    assert "is empty: write the text" in fault.problem


@pytest.mark.parametrize(
    ("line", "path", "problem"),
    [
        ('year: "2022"', "year", 'a whole number without quotes, not the quoted text "2022"'),
        ("year: 012", "year", 'a whole number without quotes, not "012"'),
        ("year: 2022.5", "year", 'a whole number without quotes, not "2022.5"'),
        ("year: 22", "year", "22 is not between 1850 and 2100"),
        ("year: [2022]", "year", "a whole number without quotes, not a list"),
        ("citation: 12", "citation", "quote it"),
        ("citation: [Babl]", "citation", "must be text, not a list"),
        ("citation: {a: b}", "citation", "must be text, not a mapping"),
        ("authors: Babl", "authors", 'must be a list, not "Babl"'),
        ("authors:", "authors", "must be a list, not nothing"),
        ("authors: [Babl, babl]", "authors[1]", "appears twice in the list"),
        ("design: trial", "design", "is not one of: meta-analysis"),
        ("doi: https://doi.org/10.1037/ccp0000853", "doi", "is not a bare DOI"),
        ("doi: 10.1037/ccp0000853.", "doi", "is not a bare DOI"),
        ('doi: "10.1037/ccp\\u202e0853"', "doi", "is not a bare DOI"),
        ("url: http://doi.org/10.1037/x", "url", "must be a full https:// address"),
        ('url: "https://a.example/x y"', "url", "must be a full https:// address"),
        ('url: "https://a.example/<x>"', "url", "must be a full https:// address"),
        ('url: "https://a.example/\\u202e"', "url", "must be a full https:// address"),
        ("url: javascript:alert(1)", "url", "must be a full https:// address"),
        ("sample: [56]", "sample", "must be a mapping"),
        ("sample: {patients: 30,000}", "sample", None),
        ("sample: {patients: ~}", "sample.patients", "is empty"),
        ("sample: {patients: -56}", "sample.patients", "-56 cannot be a count"),
        ('sample: {patients: "−1,056"}', "sample.patients", "−1,056 cannot be a count"),
        ("sample: {patients: 012}", "sample.patients", "a whole number without quotes"),
        ("effects: {what: x}", "effects", "must be a list, not a mapping"),
        ("effects: [0.3]", "effects[0]", 'must be a mapping (key: value), not "0.3"'),
    ],
)
def test_a_study_field_of_the_wrong_kind_is_told(
    corpus: Path, parser: str, line: str, path: str, problem: str | None
) -> None:
    faults = month(corpus, with_study(line))
    if problem is None:
        assert faults
        return
    fault = only(faults)
    assert (fault.file, fault.line, fault.path) == ("issues/2022-09.yaml", 10, f"summaries[0].study.{path}")
    assert problem in fault.problem


def test_two_authors_may_have_one_surname(corpus: Path) -> None:
    assert month(corpus, with_study("authors: [Lee, Kim, Lee, Roe]")) == []
    assert next(s for s in load(corpus).summaries if s.issue == "2022-09").study.authors == ("Lee", "Kim", "Lee", "Roe")


@pytest.mark.parametrize(
    ("effect", "key", "problem"),
    [
        ('value: "0.3"', "value", 'must be a number such as -0.3, not the quoted text "0.3"'),
        ("value: ~", "value", "is empty: write the printed number"),
        ("value: 1e5", "value", "must be a number"),
        ("value: .inf", "value", "must be a number"),
        ("value: 0.3, ci: [0.1]", "ci", "has 1 entries, at least 2 are wanted"),
        ("value: 0.3, ci: [0.1, 0.2, 0.3]", "ci", "has 3 entries, at most 2 are wanted"),
        ("value: 0.3, ci: [0.4, 0.1]", "ci", "the lower end comes first"),
        ("value: 0.3, ci: 0.1", "ci", 'must be a list, not "0.1"'),
        ("value: 0.3, ci: [0.1, ~]", "ci[1]", "is empty: write the printed number"),
        ('value: 0.3, ci: [0.1, "0.2"]', "ci[1]", "must be a number"),
        ("value: 0.3, p: 0.05", "p", "quote it"),
        ('value: 0.3, k: "5"', "k", "a whole number without quotes"),
        ("value: 0.3, k: 0", "k", "0 is not between 1 and"),
        ("value: 2.8", "value", "2.8 cannot be an r, which is between -1 and 1: check the decimal point"),
        ("value: -1.01", "value", "-1.01 cannot be an r"),
        ("value: 0.3, to: 3", "to", "3 cannot be an r"),
        ("value: 0.3, kind: cause", "kind", "association, difference, change"),
    ],
)
def test_an_effect_of_the_wrong_kind_is_told(corpus: Path, parser: str, effect: str, key: str, problem: str) -> None:
    fault = only(month(corpus, with_study(f"effects: [{{what: x, measure: r, {effect}}}]")))
    assert (fault.line, fault.path) == (10, f"summaries[0].study.effects[0].{key}")
    assert problem in fault.problem


@pytest.mark.parametrize(("key", "most"), [("bottom_line", 45), ("caution", 30)])
def test_a_bottom_line_has_at_most_45_words_and_a_caution_30(corpus: Path, key: str, most: int) -> None:
    assert month(corpus, MINIMAL + f"    {key}: {'word ' * most}\n") == []
    fault = only(month(corpus, MINIMAL + f"    {key}: {'word ' * (most + 1)}\n"))
    assert (fault.line, fault.path) == (9, f"summaries[0].{key}")
    assert f"has {most + 1} words: shorten it to at most {most}" in fault.problem


@pytest.mark.parametrize(
    ("value", "problem"),
    [
        ("[a, b]", "must be text, not a list"),
        ("{a: b}", "must be text, not a mapping"),
        ("3", 'quote it: "3"'),
        ("true", 'quote it: "true"'),
        ('" "', "is empty: write the text"),
    ],
)
def test_a_caution_of_the_wrong_kind_is_told(corpus: Path, parser: str, value: str, problem: str) -> None:
    fault = only(month(corpus, f"{MINIMAL}    caution: {value}\n"))
    assert (fault.line, fault.path) == (9, "summaries[0].caution")
    assert problem in fault.problem


def test_a_caution_is_read_with_white_space_made_one_space(corpus: Path, parser: str) -> None:
    assert month(corpus, f"{MINIMAL}    caution: >-\n      Groups were\n      selected, not random.\n") == []
    assert examine(corpus)[0].summaries[0].caution == "Groups were selected, not random."


# -- what may be left out -----------------------------------------------------------------------------------------


def test_a_summary_without_asks_bottom_line_or_study_loads_is_found_and_is_shown(corpus: Path, parser: str) -> None:
    loaded, faults = examine(corpus)
    assert faults == []
    summary = loaded.summaries[0]
    assert (summary.asks, summary.bottom_line, summary.caution, summary.note, summary.topics) == ((), None, None, None, ())
    result = Engine(loaded).search("ruptures in the alliance")
    # In a library of one summary no word is rare, so the search is in doubt; it shows what it found all the same.
    assert result.outcome in (Outcome.ANSWER, Outcome.RELATED)
    assert result.hits[0].summary.id == "one"
    shown = card(summary)
    assert "Repair ruptures early." in shown.text
    assert "(authors and year not stated)" in shown.text
    details = str(study_view(summary, loaded))
    assert "PPRNet Sep 2022" in details
    assert "design not stated" not in details  # of an original it is only known that none was read
    assert "Summary by Dr. Tasca, " in str(shown.blocks)
    assert "Summary by Dr. Giorgio A. Tasca, " in details


def test_blank_lines_divide_a_summary_and_nothing_else(corpus: Path, parser: str) -> None:
    file = corpus / "issues" / "2022-09.yaml"
    text = file.read_text("utf-8")
    file.write_text(text.replace("summary: ", "summary: >-\n      One\n      and\n\n\n      two.\n\n      ", 1), "utf-8")
    assert examine(corpus)[0].summaries[0].summary.startswith("One and\ntwo.\n")


def test_null_stands_for_left_out_where_a_field_may_be_left_out(corpus: Path, parser: str) -> None:
    assert (
        month(
            corpus,
            MINIMAL + "    bottom_line: ~\n    caution: ~\n    note: null\n"
            "    study: {citation: null, year: null, doi: , url: ~}\n",
        )
        == []
    )
    study = examine(corpus)[0].summaries[0].study
    assert (study.citation, study.year, study.doi, study.link) == (None, None, None, None)

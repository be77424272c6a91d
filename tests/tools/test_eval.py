"""The evaluation of the search: figures that can be checked by hand, and every fault of a relevance set with its line."""

from __future__ import annotations

import json
import math
import re
import subprocess
from pathlib import Path
from typing import Any

import pytest

from bot.paths import default_root
from tests.support.once import engine_of, evaluate_once
from tests.support.terminal import as_text, run_here
from tests.tools.evaluation import __main__ as command
from tests.unit.test_ask import environ

ROOT = Path(__file__).parents[2]
TUNE = ROOT / "tests" / "relevance" / "tune.yaml"
TINY = """\
questions:
  - {q: alliance rupture next session, kind: keywords, best: [alliance-rupture-next-session]}
  - {q: babl, kind: author, best: [crying-in-therapy], good: [alliance-rupture-next-session]}
  - {q: yulish, kind: author, best: [crying-in-therapy]}
  - {q: how to bake sourdough bread, kind: none-practical}
  - {q: rupture in one session and symptoms in the next, kind: none-practical, mentions: [alliance-rupture-next-session]}
  - {q: how to fix a carburettor, kind: none-practical}
  - {q: ruptured appendix, kind: none-medical}
"""
"""Judged wrongly on purpose, so that each figure is known: what the search finds for these words is beyond doubt."""


def run(*arguments: str | Path, **more: str) -> subprocess.CompletedProcess[str]:
    return as_text(run_here(command.main, [*map(str, arguments)], environ=environ(**more), cwd=ROOT))


@pytest.fixture(autouse=True)
def engines_are_made_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """To make the engine takes most of the time of a run."""
    monkeypatch.setattr(command, "Engine", engine_of)


def measured(*arguments: str | Path) -> list[dict[str, Any]]:
    done = run("--json", *arguments)
    assert (done.returncode, done.stderr) == (0, "")
    return list(json.loads(done.stdout)["sets"])


@pytest.fixture
def tiny(tmp_path: Path) -> Path:
    path = tmp_path / "tiny.yaml"
    path.write_text(TINY, "utf-8")
    return path


def test_each_figure_is_what_the_hits_come_to_by_hand(tiny: Path) -> None:
    [found] = measured(tiny, "--misses", "10")
    values = {name: figure["value"] for name, figure in found["figures"].items()}
    # babl: the good summary first (gain 1), the best not among the hits of an author's name.
    ndcg = (1 + 1 / (3 + 1 / math.log2(3)) + 0) / 3
    expected = {
        "best_first": 1 / 3,
        "good_first": 2 / 3,
        "ndcg": ndcg,
        "answered": 1,
        "not_answered": 3 / 4,
        "balanced": 7 / 8,
        "wrong": 2 / 7,  # yulish, and the rupture in one session, which the set says nothing answers
        "unrelated": 1 / 7,
        "precision": 2 / 4,
    }
    assert values == pytest.approx(expected, abs=1e-4)
    assert {name: figure["count"] for name, figure in found["figures"].items()} == {
        "best_first": 3, "good_first": 3, "ndcg": 3, "answered": 3, "not_answered": 4, "balanced": 7,
        "wrong": 7, "unrelated": 7, "precision": 4,
    }  # fmt: skip
    assert found["kinds"]["author"]["best_first"] | {"low": 0, "high": 0} == {
        "value": 0.0, "low": 0, "high": 0, "noise": 0.0, "count": 2
    }  # fmt: skip
    assert found["kinds"]["none-practical"]["not_answered"]["value"] == pytest.approx(2 / 3, abs=1e-4)
    for figure in found["figures"].values():
        assert 0 <= figure["low"] <= figure["value"] <= figure["high"] <= 1


def test_the_worst_misses_come_first_with_their_place_and_what_was_found(tiny: Path) -> None:
    [found] = measured(tiny, "--misses", "10")
    assert sorted(miss["line"] for miss in found["misses"][:2]) == [4, 6]
    assert [miss["line"] for miss in found["misses"][2:]] == [3]
    by_line = {miss["line"]: miss for miss in found["misses"]}
    assert by_line[6]["what"] == "answered, though nothing answers it"
    assert by_line[6]["found"][0]["id"] == "alliance-rupture-next-session"
    assert by_line[4]["what"] == "another summary is given as the answer"
    assert by_line[3]["what"] == "a good summary stands before the best"
    assert len(measured(tiny, "--misses", "1")[0]["misses"]) == 1
    shown = run(tiny, "--misses", "1").stdout
    assert "worst misses (1 of 3)" in shown
    assert "worst misses" not in run(tiny, "--misses", "0").stdout


def test_a_held_out_set_stays_unseen_unless_its_misses_are_asked_for(tiny: Path) -> None:
    tiny.write_text("held_out: true\n" + TINY, "utf-8")
    assert "yulish" not in run(tiny).stdout
    assert measured(tiny)[0]["misses"] == []
    assert "yulish" in run(tiny, "--misses", "9").stdout


@pytest.mark.slow
def test_the_intervals_are_the_same_every_time_and_as_wide_as_the_binomial_says() -> None:
    [found], again = measured(TUNE), measured(TUNE)
    assert [found] == again
    figure = found["figures"]["best_first"]
    share, count = figure["value"], figure["count"]
    exact = math.sqrt(share * (1 - share) / count)
    assert figure["noise"] == pytest.approx(exact, rel=0.1)
    assert figure["high"] - figure["low"] == pytest.approx(3.92 * exact, rel=0.15)


@pytest.mark.slow
def test_without_asks_the_search_is_measured_on_what_an_import_brings() -> None:
    [with_asks], [without] = measured(TUNE), measured(TUNE, "--without-asks")
    assert without["figures"]["best_first"]["value"] < with_asks["figures"]["best_first"]["value"] - 0.05


def test_with_no_file_named_it_measures_the_sets_beside_the_tests(monkeypatch: pytest.MonkeyPatch) -> None:
    # One question of each: tests/tools/test_relevance.py asks all of them.
    monkeypatch.setattr(command, "evaluate", lambda engine, questions, _nearness: evaluate_once(engine, questions[:1]))
    shown = run("--misses", "0").stdout
    for path in TUNE.parent.glob("*.yaml"):
        assert (f"{path.stem}: " in shown) == (path.name != "recorded.yaml")


@pytest.mark.parametrize(
    ("text", "line", "problem"),
    [
        ("", None, "the file is empty"),
        ("questions: []", 1, "at least 1 are wanted"),
        ("questions:\n  - {q: one, kind: keywords, best: [no-such-summary]}", 2, "no summary of the corpus has the id"),
        ("questions:\n  - {q: one, kind: keywords}", 2, "name the best summary"),
        ("questions:\n  - {q: one, kind: none-medical, good: [crying-in-therapy]}", 2, "means that nothing answers it"),
        ("questions:\n  - {q: one, best: [crying-in-therapy]}", 2, "kind: is missing"),
        ("questions:\n  - {q: one, kind: none-medical}\n  - {q: ' ONE', kind: none-practical}", 3, "is asked at"),
        ("questions:\n  - {q: one, kind: keywords, bset: [crying-in-therapy]}", 2, "did you mean best?"),
        (
            "questions:\n  - {q: one, kind: keywords, best: [crying-in-therapy], good: [crying-in-therapy]}",
            2,
            "is among the best already",
        ),
        (
            "questions:\n  - {q: one, kind: keywords, best: [crying-in-therapy], mentions: [crying-in-therapy]}",
            2,
            "has a better grade already",
        ),
        ("questions:\n  - {q: 'one, kind: keywords}", 2, "not YAML"),
        ("questions:\n  - {q: 2020-12, kind: month, best: [how-therapy-harms]}", 2, "quote it"),
        ("questions: one", 1, "must be a list"),
    ],
)
def test_a_malformed_set_is_refused_with_the_line_and_what_to_do(
    tmp_path: Path, text: str, line: int | None, problem: str
) -> None:
    path = tmp_path / "mine.yaml"
    path.write_text(text, "utf-8")
    done = run(path)
    assert done.returncode == 2
    assert done.stdout == ""
    assert problem in done.stderr
    assert f"{path}:{line}: " in done.stderr or (line is None and f"{path}: " in done.stderr)
    assert "Traceback" not in done.stderr


def test_a_question_that_stands_in_two_files_is_refused(tmp_path: Path, tiny: Path) -> None:
    again = tmp_path / "again.yaml"
    again.write_text("questions:\n  - {q: 'Babl', kind: author, best: [alliance-rupture-next-session]}\n", "utf-8")
    assert "is asked at tiny.yaml:3 too" in run(tiny, again).stderr


def test_a_file_that_is_not_there_and_a_number_that_is_none_are_refused(tmp_path: Path, tiny: Path) -> None:
    assert "cannot be read (No such file" in run(tmp_path / "none.yaml").stderr
    assert "cannot be read (Is a directory" in run(tmp_path).stderr
    assert "'-3' is not a number" in run(tiny, "--misses=-3").stderr
    assert "cannot be written" in run(tiny, "--record", tmp_path / "no" / "file").stderr
    assert "cannot be read" in run(tiny, "--against", tmp_path / "none.yaml").stderr
    assert "leave out --record and --against" in run(tiny, "--without-asks", "--record", tmp_path / "file").stderr


def test_a_figure_that_falls_by_more_than_its_noise_is_said_and_the_status_is_1(tmp_path: Path, tiny: Path) -> None:
    recorded = tmp_path / "recorded.yaml"
    assert run(tiny, "--record", recorded).returncode == 0
    done = run(tiny, "--against", recorded)
    assert (done.returncode, done.stderr) == (0, "")
    text = recorded.read_text("utf-8")
    assert "not_answered: {value: 0.7500, noise: 0.25" in text  # one question of four
    recorded.write_text(text.replace("answered: {value: 1.0000, noise: 0.3333", "answered: {value: 1.5, noise: 0.3333"))
    done = run(tiny, "--against", recorded)
    assert done.returncode == 1
    assert done.stderr == "evaluation: tiny: answerable given as an answer fell from 1.500 to 1.000, by more than 0.333\n"
    recorded.write_text(re.sub(r"wrong: {value: 0.2857, noise: .*}", "wrong: {value: 0.1, noise: 0.01}", text))
    assert (
        "wrong cards, of all inputs rose from 0.100 to 0.286, by more than 0.01" in run(tiny, "--against", recorded).stderr
    )
    recorded.write_text(text)
    tiny.write_text(TINY + "# more\n", "utf-8")
    done = run(tiny, "--against", recorded)
    assert done.returncode == 1
    assert "the file has changed since its figures were recorded" in done.stderr
    recorded.write_text("date: today\nsets:\n  tiny: {hash: x, figures: {best_first: {value: a, noise: 1}}}\n", "utf-8")
    done = run(tiny, "--against", recorded)
    assert done.returncode == 2
    assert "recorded.yaml:3: " in done.stderr


@pytest.mark.slow
def test_a_set_may_judge_another_corpus(tmp_path: Path, corpus_copy: Path) -> None:
    for path in (corpus_copy / "issues").glob("*.yaml"):
        if path.stem != "2022-09":
            path.unlink()
    mine = tmp_path / "mine.yaml"
    mine.write_text("questions:\n  - {q: babl, kind: author, best: [alliance-rupture-next-session]}\n", "utf-8")
    assert run(mine, PPRNET_KNOWLEDGE=str(corpus_copy)).returncode == 0
    assert "no summary of the corpus has the id" in run(TUNE, PPRNET_KNOWLEDGE=str(corpus_copy)).stderr
    assert default_root() != corpus_copy

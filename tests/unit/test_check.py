"""`pprnet check`: warnings beside faults, a file as well as a folder, a card."""

from __future__ import annotations

import os
from pathlib import Path
from subprocess import CompletedProcess

import pytest

from bot.cli.main import main
from bot.paths import default_root
from tests.support.corpus_files import MINIMAL, write
from tests.support.terminal import as_text, run_here

DIGEST = """\
  - id: {id}
    title: "{title}"
    text: digest
    bottom_line: {bottom_line}
    summary: Roe asked 56 therapists, of whom 81% liked gardens (r = .28), and twenty-one did not.
    implications: [{implication}]
    asks: [{ask}]
    study: {{{study}}}
"""
PLAIN = {
    "title": "Gardens",
    "bottom_line": "Of 56 therapists, 81% liked gardens.",
    "implication": "Ask twenty-one therapists about one garden and ten roses.",
    "ask": "do gardens help",
    "study": "effects: [{what: gardens and mood, measure: r, value: 0.28, ci: [0.2, 0.36]}]",
}


def month(name: str, *summaries: dict[str, str]) -> str:
    """A month's file with digests, each with what is said of it and otherwise plain."""
    entries = "".join(DIGEST.format(**PLAIN | each) for each in summaries)
    return f'issue: "{name}"\ncomplete: false\nsummaries:\n{entries}'


def checked(*words: str | Path, in_use: Path | None = None) -> CompletedProcess[str]:
    """What `pprnet check` prints, with a library in use."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("PPRNET_", "SLACK_"))}
    variables = kept | ({"PPRNET_KNOWLEDGE": str(in_use)} if in_use else {})
    return as_text(run_here(main, ["check", *map(str, words)], environ=variables))


def warnings(done: CompletedProcess[str]) -> list[str]:
    """The warnings that were printed."""
    return done.stdout.partition("Warnings (the bot runs with these):\n")[2].splitlines()[:-1]


def test_the_shipped_corpus_has_neither_faults_nor_warnings() -> None:
    done = checked("--strict")
    assert (done.returncode, done.stderr, warnings(done)) == (0, "", [])
    assert "22 months, 28 summaries (28 with asks), 36 topics" in done.stdout
    assert done.stdout.endswith("; 0 faults, 0 warnings\n")


def test_a_summary_that_makes_sense_has_no_warning(corpus: Path) -> None:
    write(corpus, "issues/2022-09.yaml", month("2022-09", {"id": "one"}))
    done = checked(corpus, "--strict")
    assert (done.returncode, warnings(done)) == (0, [])
    assert done.stdout.endswith("; 0 faults, 0 warnings\n")


@pytest.mark.parametrize(
    ("said", "line", "path", "problem"),
    [
        ({"bottom_line": "Of 65 therapists, 81% liked gardens."}, 7, "bottom_line", "65 is neither in the summary nor in"),
        ({"implication": "Ask twelve of 56 or 18%."}, 9, "implications[0]", "12 and 18 are neither in the summary nor in"),
        (
            {"study": "effects: [{what: gardens, measure: g, value: -0.28, ci: [0.2, 0.36]}]"},
            11,
            "study.effects[0].value",
            "-0.28 is outside its interval [0.2, 0.36]: check the signs and decimal points",
        ),
        (
            {"study": "effects: [{what: gardens, measure: r, value: 0.8, ci: [0.2, 3.6]}]"},
            11,
            "study.effects[0].ci",
            "[0.2, 3.6] goes beyond 1, which an r does not: check the decimal points",
        ),
        (
            {"study": 'sample: {patients (in care): "1,056"}'},
            11,
            "study.sample.patients (in care)",
            '"1,056" is in quotes, so it is words and no number: write 1056',
        ),
        ({"ask": ""}, 10, "asks", "there are none, so fewer questions find it: pprnet asks --missing says more"),
    ],
)
def test_what_makes_no_sense_is_a_warning_with_its_place_and_the_bot_runs_with_it(
    corpus: Path, said: dict[str, str], line: int, path: str, problem: str
) -> None:
    write(corpus, "issues/2022-09.yaml", month("2022-09", {"id": "one", **said}))
    done = checked(corpus)
    assert done.returncode == 0
    (warning,) = warnings(done)
    assert warning.startswith(f"issues/2022-09.yaml:{line}: one: {path}: {problem}")
    assert done.stdout.endswith("; 0 faults, 1 warning\n")
    assert checked(corpus, "--strict").returncode == 1


def test_what_is_printed_as_words_or_within_a_range_makes_sense(corpus: Path) -> None:
    study = (
        "sample: {patients: over 30,000, trials: 12}, effects: [{what: a, measure: r, value: 0.1, to: 0.3, ci: [0.2, 0.4]}]"
    )
    write(
        corpus,
        "issues/2022-09.yaml",
        month("2022-09", {"id": "one", "study": study.replace("over 30,000", '"over 30,000"')}),
    )
    assert warnings(checked(corpus)) == []


def test_the_figures_of_an_originals_own_words_are_the_blogs(corpus: Path) -> None:
    own = "    bottom_line: Fewer than 40 dropped out.\n    asks: [drop out]\n"
    write(corpus, "issues/2022-09.yaml", MINIMAL.replace("ruptures early.", "them in 25% of cases.") + own)
    (warning,) = warnings(checked(corpus))
    assert warning.startswith("issues/2022-09.yaml:9: one: bottom_line: 40 is neither in the summary nor in its study")


def test_a_study_or_an_ask_that_is_there_twice_is_one_warning_that_names_all(corpus: Path) -> None:
    doi = "doi: 10.1037/ABC"
    write(
        corpus,
        "issues/2022-09.yaml",
        month(
            "2022-09",
            {"id": "one", "title": "A Title.", "study": doi, "ask": "do gardens help, so do roses"},
            {"id": "two", "title": "Roses", "ask": "and tulips"},
        ),
    )
    write(
        corpus,
        "issues/2022-10.yaml",
        month(
            "2022-10",
            {"id": "three", "title": "a title", "study": doi.lower(), "ask": "So do roses"},
            {"id": "four", "title": "ROSES!", "ask": "and lilies"},
        ),
    )
    expected = [
        "issues/2022-10.yaml:11: three: study.doi: this is the same as that of one (2022-09): is this paper here twice?",
        "issues/2022-10.yaml:13: four: title: this is the same as that of two (2022-09): is this study here twice?",
        "issues/2022-10.yaml:10: three: asks[0]: “So do roses” is also among those of one (2022-09): keep it with the one "
        "that answers it best",
    ]
    assert warnings(checked(corpus)) == expected
    assert warnings(checked(corpus / "issues" / "2022-09.yaml")) == expected  # it is about this month as well


def test_an_equal_warning_of_several_summaries_is_one_line(corpus: Path) -> None:
    many = [{"id": f"no-{number}", "title": f"Garden {number}", "ask": ""} for number in range(5)]
    write(corpus, "issues/2022-09.yaml", month("2022-09", *many))
    done = checked(corpus)
    assert warnings(done) == [
        "5 summaries (no-0, no-1, no-2 and 2 more): asks: there are none, so fewer questions find it: pprnet asks --missing "
        "says more"
    ]
    assert done.stdout.endswith("0 faults, 5 warnings\n")


def test_faults_come_first_and_only_what_can_be_read_is_doubted(corpus: Path) -> None:
    write(corpus, "issues/2022-09.yaml", month("2022-09", {"id": "one", "ask": ""}))
    write(corpus, "issues/2022-10.yaml", month("2022-10", {"id": "two", "ask": "", "title": ""}))
    done = checked(corpus)
    assert done.returncode == 1
    assert done.stdout.splitlines()[0] == "issues/2022-10.yaml:5: two: title: is empty: write the text"
    (warning,) = warnings(done)
    assert warning.startswith("issues/2022-09.yaml:10: one: asks: ")
    assert done.stdout.endswith("; 1 fault, 1 warning\n")


def test_a_file_of_a_library_is_checked_in_it_and_shows_only_what_is_its_own(
    corpus: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(corpus, "issues/2022-09.yaml", month("2022-09", {"id": "one", "ask": ""}))
    write(corpus, "issues/2022-10.yaml", month("2022-10", {"id": "one"}))
    monkeypatch.chdir(corpus / "issues")
    done = checked("2022-09.yaml")
    assert done.returncode == 0
    assert done.stdout.endswith(
        f"2022-09.yaml: 1 summary (0 with asks); 0 faults, 1 warning; 1 fault in other files of {corpus}\n"
    )
    done = checked("2022-10.yaml")
    assert done.returncode == 1
    assert done.stdout.startswith('issues/2022-10.yaml:4: one: id: "one" is taken by issues/2022-09.yaml:4')
    assert (
        checked(corpus / "topics.yaml").stdout
        == f"{corpus / 'topics.yaml'}: 0 faults, 0 warnings; 1 fault in other files of {corpus}\n"
    )


def test_a_file_that_is_in_no_library_is_checked_as_if_it_were_in_the_one_in_use(corpus: Path, tmp_path: Path) -> None:
    drafts = tmp_path / "drafts"
    write(corpus, "issues/2022-09.yaml", month("2022-09", {"id": "one"}, {"id": "zero", "title": "Other", "ask": "other"}))
    topics = MINIMAL.replace("text: original", "text: original\n    topics: [aliance]")
    file = write(drafts, "2022-09.yaml", topics)
    done = checked(file, in_use=corpus)
    assert done.returncode == 1
    assert 'issues/2022-09.yaml:7: one: topics: "aliance" is not an id in topics.yaml: did you mean alliance?' in done.stdout
    file = write(drafts, "2022-10.yaml", month("2022-10", {"id": "one"}))
    assert '"one" is taken by issues/2022-09.yaml:4' in checked(file, in_use=corpus).stdout
    file = write(drafts, "next.yaml", MINIMAL)
    assert (
        "issues/next.yaml: the file's name is not a month: name it like 2022-09.yaml" in checked(file, in_use=corpus).stdout
    )
    assert "nowhere.yaml: is missing" in checked(drafts / "nowhere.yaml", in_use=corpus).stdout
    assert sorted(path.name for path in (corpus / "issues").iterdir()) == ["2022-09.yaml"]


def test_an_ask_that_another_summary_answers_better_is_a_warning(tmp_path: Path) -> None:
    for path in (
        *default_root().glob("*.yaml"),
        *default_root().glob("issues/2023-*.yaml"),
        *default_root().glob("issues/2022-09.yaml"),
    ):
        write(tmp_path, str(path.relative_to(default_root())), path.read_bytes())
    file = tmp_path / "issues" / "2022-09.yaml"
    asked = "      - never bonds with any therapist\n"
    moved = "      - survey of the lasting bad effects of psychological treatment in the NHS\n"
    text = file.read_text("utf-8")
    assert text.count(asked) == 1
    file.write_text(text.replace(asked, moved), "utf-8")
    (warning,) = warnings(checked(file))
    line = text[: text.index(asked)].count("\n") + 1
    assert warning.startswith(f"issues/2022-09.yaml:{line}: is-alliance-therapeutic: asks[")
    assert warning.endswith("” is answered better by lasting-negative-effects (2023-06): move it there, or reword it")


def test_a_card_is_what_the_terminal_answers_with_what_is_wrong_with_it(corpus: Path) -> None:
    title = "Different Gardens for Different Roses"
    write(
        corpus, "issues/2022-09.yaml", month("2022-09", {"id": "one", "title": title, "ask": ""}, {"id": "two", "ask": ""})
    )
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("PPRNET_", "SLACK_"))}
    asked = as_text(run_here(main, ["ask", title], environ=kept | {"PPRNET_KNOWLEDGE": str(corpus)})).stdout
    done = checked(corpus, "--card", "one")
    card, _, below = done.stdout.partition("\n\nWarnings")
    assert card.startswith(f"{title}\n")
    assert asked.startswith(card)
    assert below.count("\n") == 2
    assert ": one: asks: there are none" in below
    assert done.returncode == 0
    done = checked(corpus, "--card", "three")
    assert (done.returncode, done.stderr) == (2, f"pprnet: {corpus} has no summary 'three'\n")


def test_a_summary_whose_file_has_faults_has_no_card(corpus: Path) -> None:
    write(corpus, "issues/2022-09.yaml", month("2022-09", {"id": "one", "title": ""}, {"id": "two"}))
    done = checked(corpus, "--card", "one")
    assert done.stdout.splitlines() == [
        "No card, because its file has faults.",
        "issues/2022-09.yaml:5: one: title: is empty: write the text",
    ]
    assert done.returncode == 1


def test_the_teams_own_summaries_get_the_warnings_that_others_get(corpus: Path) -> None:
    (corpus / "ours.yaml").write_text(
        "summaries:\n  - id: ours\n    added: '2024-01'\n    title: Gardens Were Followed by Sleep\n    text: digest\n"
        "    bottom_line: Of 77 clients most slept.\n    summary: A diary study.\n    implications: [Ask about gardens.]\n",
        "utf-8",
    )
    for words in ((corpus,), (corpus / "ours.yaml",), (corpus, "--card", "ours")):
        done = checked(*words)
        assert done.returncode == 0
        assert "ours.yaml:6: ours: bottom_line: 77 is neither in the summary nor in its study" in done.stdout
        assert "ours.yaml:2: ours: asks: there are none" in done.stdout
    assert "ours.yaml: 1 summary (0 with asks); 0 faults, 2 warnings" in checked(corpus / "ours.yaml").stdout
    assert "ours.yaml" not in checked(corpus / "issues" / "2022-09.yaml").stdout

"""The strict loader: what `pprnet check` finds and says."""

from __future__ import annotations

import os
from datetime import date, timedelta
from pathlib import Path

import pytest

from bot.corpus.load import examine
from bot.paths import default_root
from tests.support.corpus_files import MINIMAL, TOPICS, check, month, only, replaced, with_study, write

# -- the shipped corpus and the command ---------------------------------------------------------------------------


def test_the_shipped_corpus_has_no_faults_and_holds_every_summary_month_and_topic(parser: str) -> None:
    corpus, faults = examine(default_root())
    assert faults == []
    assert (len(corpus.summaries), len(corpus.issues), len(corpus.topics)) == (28, 22, 36)
    assert all(summary.asks and summary.bottom_line for summary in corpus)


def test_the_command_prints_every_fault_of_every_file_at_once_with_its_place_and_ends_with_one(corpus: Path) -> None:
    write(corpus, "topics.yaml", TOPICS + "  - {id: Bad Id, name: Bad}\n")
    lexicon = "abbreviations:\n  CBT: [b c]\n  CBT: [b]\nsynonyms:\n  - [alone]\nelsewhere: [hip]\n"
    write(corpus, "lexicon.yaml", lexicon + "units: {therapies: [play therapy, B c, alone]}\n")
    write(
        corpus,
        "issues/2022-09.yaml",
        """issue: "2022-10"
complete: no
subject: []
summaries:
  - id: one
    title: 12
    tittle: Ruptures
    text: copied
    topics: [aliance]
    implications: [Repair ruptures early.]
""",
    )
    write(corpus, "issues/2022-10.yml", MINIMAL)
    write(corpus, "issues/2022-11.yaml", b"issue: \xff\n")
    done = check(corpus)
    assert done.returncode == 1
    lines = done.stdout.splitlines()
    assert lines[-1].endswith("16 faults, 0 warnings")
    expected = [
        "topics.yaml:3: topics[1].id: ",
        "lexicon.yaml:3: abbreviations.CBT: the key appears twice",
        "lexicon.yaml:5: synonyms[0]: has 1 entries, at least 2",
        "lexicon.yaml:6: elsewhere: must be a mapping (medicine: [hip replacement])",
        'lexicon.yaml:7: units: "B c" has synonyms above: list it only there',
        'lexicon.yaml:7: units: "alone" is one word: list only terms of several',
        'issues/2022-09.yaml:1: issue: says "2022-10", but the file is named 2022-09.yaml',
        "issues/2022-09.yaml:2: complete: must be true or false",
        "issues/2022-09.yaml:3: subject: unknown key: did you mean subjects?",
        "issues/2022-09.yaml:5: one: summary: is missing: add it",
        'issues/2022-09.yaml:6: one: title: quote it: "12"',
        "issues/2022-09.yaml:7: one: tittle: unknown key: did you mean title?",
        'issues/2022-09.yaml:8: one: text: "copied" is not one of: digest, original',
        'issues/2022-09.yaml:9: one: topics: "aliance" is not an id in topics.yaml: did you mean alliance?',
        "issues/2022-10.yml: is not read: name it YYYY-MM.yaml",
        "issues/2022-11.yaml:1: byte 7 is not UTF-8: save the file as UTF-8",
    ]
    for start in expected:
        assert [line for line in lines if line.startswith(start)], f"{start}\n{done.stdout}"
    assert done.stderr == ""


def test_a_folder_that_is_not_there_is_named(tmp_path: Path) -> None:
    done = check(tmp_path / "nowhere")
    assert done.returncode == 1
    assert "nowhere: there is no such folder: name the folder that contains issues/" in done.stdout


@pytest.mark.parametrize("name", ["topics.yaml", "lexicon.yaml"])
def test_a_missing_file_of_words_is_named(corpus: Path, name: str) -> None:
    (corpus / name).unlink()
    fault = only(examine(corpus)[1])
    assert (fault.file, "is missing: add it" in fault.problem) == (name, True)


@pytest.mark.parametrize("present", [True, False], ids=["empty", "absent"])
def test_issues_that_hold_no_month_are_a_fault(corpus: Path, present: bool) -> None:
    (corpus / "issues/2022-09.yaml").unlink()
    if not present:
        (corpus / "issues").rmdir()
    fault = only(examine(corpus)[1])
    assert (fault.file, fault.problem) == ("issues", "has no YYYY-MM.yaml file: add at least one month")


def test_what_is_in_the_folder_but_not_read_is_named_and_editors_files_are_passed_over(corpus: Path) -> None:
    for name in ("2022-10.yml", "notes.txt", "2022-11.YAML", ".2022-09.yaml.swp", "2022-09.yaml~", ".#2022-09.yaml"):
        write(corpus, f"issues/{name}", MINIMAL)
    faults = examine(corpus)[1]
    assert [fault.file for fault in faults] == ["issues/2022-10.yml", "issues/2022-11.YAML", "issues/notes.txt"]
    assert all("is not read: name it YYYY-MM.yaml" in fault.problem for fault in faults)


def test_what_systems_leave_in_a_folder_is_passed_over(corpus: Path) -> None:
    for name in ("Thumbs.db", "desktop.ini", "#2022-09.yaml#", "~$2022-09.yaml", "Icon\r", "._2022-09.yaml"):
        write(corpus, f"issues/{name}", b"not YAML: [")
    for name in ("@eaDir", "lost+found", "__MACOSX"):
        (corpus / "issues" / name).mkdir()
    assert examine(corpus)[1] == []


def test_a_folder_or_a_pipe_in_place_of_a_file_is_refused_and_not_waited_for(corpus: Path) -> None:
    (corpus / "issues/2022-10.yaml").mkdir()
    os.mkfifo(corpus / "issues/2022-11.yaml")
    (corpus / "issues/2022-12.yaml").symlink_to("/dev/zero")
    (corpus / "issues/2023-01.yaml").symlink_to(corpus / "nowhere")
    done = check(corpus, bounded=True)
    assert done.returncode == 1
    for name in ("2022-10", "2022-11", "2022-12"):
        assert f"issues/{name}.yaml: is not a regular file" in done.stdout
    assert "issues/2023-01.yaml: is missing" in done.stdout


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_a_file_that_may_not_be_read_is_a_fault(corpus: Path) -> None:
    (corpus / "issues/2022-09.yaml").chmod(0)
    assert "cannot be read (Permission denied): check its permissions" in only(examine(corpus)[1]).problem


# -- keys ---------------------------------------------------------------------------------------------------------


def test_a_key_that_stands_twice_is_refused_where_yaml_would_take_the_last(corpus: Path, parser: str) -> None:
    fault = only(month(corpus, replaced("    text: original\n", "    text: original\n    title: Another\n")))
    assert (fault.line, fault.path) == (7, "summaries[0].title")
    assert "the key appears twice: keep one" in fault.problem
    fault = only(month(corpus, with_study("sample: {patients: 1, patients: 2}")))
    assert (fault.line, fault.path) == (10, "summaries[0].study.sample.patients")


def test_a_missing_key_is_told_with_the_line_of_its_mapping(corpus: Path, parser: str) -> None:
    faults = month(corpus, 'issue: "2022-09"\nsummaries:\n  - id: one\n    title: Ruptures\n')
    assert [(fault.line, fault.path) for fault in faults] == [
        (1, "complete"),
        (3, "summaries[0].implications"),
        (3, "summaries[0].summary"),
        (3, "summaries[0].text"),
    ]
    assert {fault.problem for fault in faults} == {"is missing: add it"}


def test_an_unknown_key_gets_the_nearest_known_one_or_them_all(corpus: Path, parser: str) -> None:
    assert "did you mean implications?" in only(month(corpus, MINIMAL + "    implication: []\n")).problem
    assert (
        "known keys are what, measure, value, kind, to, ci, p, k"
        in only(month(corpus, with_study("effects: [{what: x, measure: r, value: 1, zzz: 1}]"))).problem
    )


def test_two_topics_without_an_id_are_two_missing_ids_and_not_one_id_twice(corpus: Path) -> None:
    write(corpus, "topics.yaml", "topics:\n  - {name: One}\n  - {name: Two}\n")
    assert [(fault.path, fault.problem) for fault in examine(corpus)[1]] == [
        ("topics[0].id", "is missing: add it"),
        ("topics[1].id", "is missing: add it"),
    ]


# -- ids, topics, months ------------------------------------------------------------------------------------------


def test_an_id_that_two_files_use_is_told_with_where_it_stood_first(corpus: Path, parser: str) -> None:
    write(corpus, "issues/2022-10.yaml", replaced("2022-09", "2022-10"))
    fault = only(examine(corpus)[1])
    assert (fault.file, fault.line, fault.path) == ("issues/2022-10.yaml", 4, "summaries[0].id")
    assert fault.problem == '"one" is taken by issues/2022-09.yaml:4: ids are unique in the library'


def test_a_topic_id_that_stands_twice_is_a_fault(corpus: Path) -> None:
    write(corpus, "topics.yaml", TOPICS + "  - {id: alliance, name: Bond}\n")
    assert '"alliance" appears twice: topic ids are unique' in only(examine(corpus)[1]).problem


@pytest.mark.parametrize("bad", ["One", "one two", "one_two", "-one", "one-", "oné", "<!channel>", "o" * 101])
def test_an_id_is_lower_case_words_joined_by_hyphens(corpus: Path, bad: str) -> None:
    assert only(month(corpus, replaced("id: one", f'id: "{bad}"'))).path == "summaries[0].id"


def test_a_month_later_than_the_next_is_a_fault(corpus: Path) -> None:
    now = date.today().replace(day=1)
    months = [(now + timedelta(days=days)).strftime("%Y-%m") for days in (0, 31, 80, 4000)]
    for name in months:
        own = MINIMAL.replace('"2022-09"', f'"{name}"').replace("id: one", f"id: one-{name}")
        write(corpus, f"issues/{name}.yaml", own)
    done = check(corpus)
    assert done.returncode == 1
    assert [name for name in months if f'issues/{name}.yaml:1: issue: "{name}" is in the future' in done.stdout] == months[
        2:
    ]
    assert "; 2 faults" in done.stdout


@pytest.mark.parametrize(
    "bad", ["2022-13", "2022-00", "2022-9", "22-09", "2022/09", "September 2022", "2022-09-01", "20٢٢-09"]
)
def test_a_month_is_a_year_and_a_month(corpus: Path, parser: str, bad: str) -> None:
    fault = only(month(corpus, replaced('"2022-09"', f'"{bad}"')))
    assert (fault.line, fault.path) == (1, "issue")
    assert fault.problem == f'"{bad}" is not a month: write it as "2022-09"'


def test_a_file_is_named_after_its_month(corpus: Path) -> None:
    write(corpus, "issues/september.yaml", replaced("id: one", "id: two"))
    fault = only(examine(corpus)[1])
    assert (fault.file, fault.problem) == (
        "issues/september.yaml",
        "the file's name is not a month: name it like 2022-09.yaml",
    )
    (corpus / "issues/september.yaml").rename(corpus / "issues/2022-10.yaml")
    assert only(examine(corpus)[1]).problem == 'says "2022-09", but the file is named 2022-10.yaml: make them agree'

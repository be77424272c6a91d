"""`pprnet import`, run as a command: pages in, files out, and never a word of a person's lost."""

from __future__ import annotations

import os
import random
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from bot.cli.main import main
from bot.corpus.load import load
from bot.paths import default_root
from tests.support.blog_pages import DOGS, GARDENS, LETTERS, MONTHS, WINDOWS, Item, html_page, text_page
from tests.support.terminal import as_text, run_here

ROOT = Path(__file__).parents[2]
KNOWN = {"PATH": os.environ["PATH"], "PYTHONUTF8": "1"}
THIRD = (("November 2022", (GARDENS,)), ("June 2019", (Item("Plants", WINDOWS.summary, WINDOWS.implications),)))


def pprnet(*arguments: object, **environ: str) -> subprocess.CompletedProcess[str]:
    """The command, as an operator runs it."""
    return as_text(run_here(main, [*map(str, arguments)], environ=KNOWN | environ, cwd=ROOT))


def in_a_process(*arguments: object, **environ: str) -> subprocess.CompletedProcess[str]:
    """The same as a process of its own."""
    command = [sys.executable, "-m", "bot", *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, cwd=ROOT, env=KNOWN | environ, check=False)


@pytest.fixture
def pages(tmp_path: Path) -> list[Path]:
    """Three pages that overlap: text, HTML, text."""
    written = []
    for name, content in (
        ("one.txt", text_page(MONTHS[:2])),
        ("two.html", html_page(MONTHS[1:])),
        ("three.txt", text_page(THIRD)),
    ):
        (tmp_path / name).write_text(content, "utf-8")
        written.append(tmp_path / name)
    return written


def contents(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}


def test_pages_become_a_corpus_that_is_sound_can_be_searched_and_holds_what_is_printed(
    pages: list[Path], tmp_path: Path
) -> None:
    into = tmp_path / "corpus"
    done = in_a_process("import", *pages, "--into", into)
    assert (done.returncode, done.stderr) == (0, "")
    assert f"{into}: 7 entries in 4 months added, none there before." in done.stdout
    checked = pprnet("check", into)
    assert checked.returncode == 0
    assert "4 months, 7 summaries" in checked.stdout
    assert GARDENS.title in pprnet("ask", "listening in a garden", PPRNET_KNOWLEDGE=str(into)).stdout
    gardens = load(into).summaries[0]
    assert (gardens.id, gardens.text, gardens.summary) == ("do-gardens-help-therapists-listen", "original", GARDENS.summary)
    assert gardens.study.citation == GARDENS.citation
    printed = "".join(page.read_text("utf-8") for page in pages)
    for path in (into / "issues").iterdir():
        for each in yaml.safe_load(path.read_text("utf-8"))["summaries"]:
            for text in (each["title"], each["summary"], *each["implications"]):
                assert text in printed or text.replace("&", "&amp;") in printed


def test_two_authors_of_one_surname_are_both_held_in_their_order(tmp_path: Path) -> None:
    paper = Item(
        "Plants", WINDOWS.summary, WINDOWS.implications, "Lee, A., Kim, B., Lee, C., & Roe, D. (2019). Plants. J, 1."
    )
    (tmp_path / "page.txt").write_text(text_page((("June 2019", (paper,)),)), "utf-8")
    done = pprnet("import", tmp_path / "page.txt", "--into", tmp_path / "corpus")
    assert (done.returncode, done.stderr) == (0, "")
    assert pprnet("check", tmp_path / "corpus").returncode == 0
    assert load(tmp_path / "corpus").summaries[0].study.authors == ("Lee", "Kim", "Lee", "Roe")


@pytest.mark.parametrize(
    ("printed", "heading"),
    [("Practice Implications", "Practice\u200b Implica\u00adtions."), ("Practical Implications", "Clinical Implications")],
)
def test_a_heading_in_other_words_or_with_invisible_characters_gives_no_study_the_implications_of_another(
    printed: str, heading: str, pages: list[Path], tmp_path: Path
) -> None:
    pages[0].write_text(pages[0].read_text("utf-8").replace(f"\n{printed}\n", f"\n{heading}\n", 1), "utf-8")
    done = pprnet("import", pages[0], "--into", tmp_path / "a")
    assert (done.returncode, done.stderr) == (0, "")
    found = {summary.title: " ".join(summary.implications) for summary in load(tmp_path / "a").summaries}
    assert found == {item.title: item.implications for _, items in MONTHS[:2] for item in items}


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        (
            "\nPractice Implications\n",
            "\nPractice Implicatons\n",
            "“Practice Implicatons”, of which I cannot tell whether it is the heading of implications, in line 16",
        ),
        ("\nNovember 2022\n", "\nNovembre 2022\n", "I cannot tell whether it is a month’s heading, above the first"),
        ("\nNovember 2022\n", "\nDecember 2032\n", "found “December 2032” in line 12"),
        ("\nApril 2020\n", "\n3 April 2020\n", "“3 April 2020”, of which I cannot tell whether it is a month’s heading"),
    ],
)
def test_a_page_with_what_nearly_is_a_heading_is_refused_with_the_line(
    old: str, new: str, says: str, pages: list[Path], tmp_path: Path
) -> None:
    pages[0].write_text(pages[0].read_text("utf-8").replace(old, new, 1), "utf-8")
    done = pprnet("import", *pages[:2], "--into", tmp_path / "a")
    assert done.returncode == 1
    assert says in done.stderr
    assert "one.txt" in done.stderr
    assert load(tmp_path / "a").issue("2017-12")  # the other page went in


def test_again_and_in_any_order_the_files_are_the_same_bytes(pages: list[Path], tmp_path: Path) -> None:
    pprnet("import", *pages, "--into", tmp_path / "a")
    before = {path: path.stat().st_mtime_ns for path in (tmp_path / "a").rglob("*.yaml")}
    again = pprnet("import", *reversed(pages), pages[0], "--into", tmp_path / "a")
    assert "nothing new, 7 already there: no change." in again.stdout
    assert {path: path.stat().st_mtime_ns for path in (tmp_path / "a").rglob("*.yaml")} == before
    pprnet("import", *reversed(pages), "--into", tmp_path / "b")
    for page in random.Random(4).sample(pages, 3):
        pprnet("import", page, "--into", tmp_path / "c")
    assert contents(tmp_path / "a") == contents(tmp_path / "b") == contents(tmp_path / "c")


def test_a_month_is_complete_only_where_the_page_proves_it(pages: list[Path], tmp_path: Path) -> None:
    pprnet("import", pages[2], "--into", tmp_path / "a")
    assert load(tmp_path / "a").issues[0].complete is False
    pprnet("import", *pages, "--into", tmp_path / "a")
    issues = {issue.month: issue for issue in load(tmp_path / "a").issues}
    assert issues["2022-11"].complete
    assert issues["2022-11"].subjects == ("listening in gardens", "windows and warm rooms", "silence in first sessions")
    assert [issue.complete for issue in issues.values()].count(True) == 1
    assert [summary.title for summary in issues["2022-11"].summaries][:2] == [GARDENS.title, WINDOWS.title]


def test_a_dry_run_shows_what_would_change_and_changes_nothing(pages: list[Path], tmp_path: Path) -> None:
    done = pprnet("import", *pages, "--into", tmp_path / "none", "--dry-run")
    assert f"+ 2020-04  {DOGS.title}" in done.stdout
    assert "7 entries in 4 months would be added" in done.stdout
    assert not (tmp_path / "none").exists()


def test_what_a_person_wrote_stays_and_only_what_is_new_is_added(pages: list[Path], corpus_copy: Path) -> None:
    mine = corpus_copy / "issues" / "2020-04.yaml"
    text = f"""# Checked by the practice lead.
issue:   "2020-04"
complete: false
summaries:
- id: dogs
  title: "{DOGS.title.upper()}"   # shouted
  text: digest
  summary: Our own words on dogs.
  implications: ["Bring a dog."]
  asks: [may a dog sit in]
  note: Only one dog took part.
"""
    mine.write_text(text, "utf-8")
    before = contents(corpus_copy)
    assert pprnet("import", pages[0], "--into", corpus_copy).returncode == 0
    after = contents(corpus_copy)
    assert {name for name in after if after[name] != before.get(name)} == {"issues/2022-11.yaml"}
    more = (("April 2020", (DOGS, LETTERS)),)
    pages[0].write_text(text_page(more), "utf-8")
    assert pprnet("import", pages[0], "--into", corpus_copy).returncode == 0
    assert mine.read_text("utf-8").startswith(text)
    assert [summary.title for summary in load(corpus_copy).issue("2020-04").summaries] == [DOGS.title.upper(), LETTERS.title]  # type: ignore[union-attr]


def test_values_changed_in_an_imported_file_stay(pages: list[Path], tmp_path: Path) -> None:
    pprnet("import", pages[2], "--into", tmp_path / "a")
    path = tmp_path / "a" / "issues" / "2022-11.yaml"
    edited = path.read_text("utf-8").replace("id: do-gardens-help-therapists-listen\n", "id: gardens\n")
    edited = edited.replace(
        "    study:",
        '    caution: "Few gardens."\n    asks:\n      - "do gardens help"\n    note: "A garden, not a park."\n    study:',
    )
    path.write_text(edited, "utf-8")
    assert pprnet("import", *pages, "--into", tmp_path / "a").returncode == 0
    gardens, windows, _ = load(tmp_path / "a").issue("2022-11").summaries  # type: ignore[union-attr]
    assert (gardens.id, gardens.asks, gardens.note) == ("gardens", ("do gardens help",), "A garden, not a park.")
    assert gardens.caution == "Few gardens."
    assert edited.partition("    id: gardens\n")[2].partition("- id")[0] in path.read_text("utf-8")  # the layout too
    assert windows.title == WINDOWS.title


def test_a_layout_to_which_nothing_can_be_added_is_left_and_named(pages: list[Path], corpus_copy: Path) -> None:
    mine = corpus_copy / "issues" / "2020-04.yaml"
    mine.write_text(
        '{issue: "2020-04", complete: false, summaries: [{id: d, title: Cats, text: digest, summary: S, implications: [I]}]}'
    )
    before = mine.read_bytes()
    done = pprnet("import", pages[0], "--into", corpus_copy)
    assert done.returncode == 1
    assert "issues/2020-04.yaml is laid out in a way to which nothing can be added" in done.stderr
    assert mine.read_bytes() == before
    assert load(corpus_copy).issue("2022-11")  # the other month went in


def test_of_several_sources_the_good_ones_go_in_and_the_bad_one_is_named(pages: list[Path], tmp_path: Path) -> None:
    (tmp_path / "login.html").write_text("<html><title>Sign in</title><body><p>Password</p></body></html>", "utf-8")
    (tmp_path / "big.txt").write_bytes(b"x" * 3_000_000)
    bad = [tmp_path / "login.html", tmp_path / "big.txt", tmp_path / "none.txt", "/dev/null", "ftp://blog.example/x"]
    done = pprnet("import", bad[0], pages[0], *bad[1:], "--into", tmp_path / "a")
    assert done.returncode == 1
    assert len(load(tmp_path / "a").summaries) == 4
    for name, why in zip(
        bad, ("titled “Sign in”", "at most 2 MiB", "no such file", "not a regular file", "begins with ftp:"), strict=True
    ):
        assert [line for line in done.stderr.splitlines() if str(name) in line and why in line], (name, done.stderr)
    assert "Traceback" not in done.stderr
    alone = pprnet("import", bad[0], "--into", tmp_path / "b")
    assert alone.returncode == 1
    assert not (tmp_path / "b").exists()


def test_the_shipped_corpus_and_a_faulty_one_are_not_added_to(pages: list[Path], corpus_copy: Path) -> None:
    assert "is not changed: name a folder of your own" in pprnet("import", pages[0]).stderr
    (corpus_copy / "issues" / "2022-09.yaml").write_text("issue: [")
    before = contents(corpus_copy)
    done = pprnet("import", pages[0], "--into", corpus_copy)
    assert done.returncode == 2
    assert "so nothing is added to it" in done.stderr
    assert "issues/2022-09.yaml" in done.stderr
    assert contents(corpus_copy) == before


def test_a_folder_that_cannot_be_written_is_said(pages: list[Path], tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x")
    assert "is not a folder" in pprnet("import", pages[0], "--into", tmp_path / "file").stderr
    done = pprnet("import", pages[0], "--into", "/proc/none")
    assert done.returncode == 2
    assert "cannot be written" in done.stderr


def test_months_that_are_held_elsewhere_in_the_shipped_corpus_stay_as_they_are(corpus_copy: Path, tmp_path: Path) -> None:
    held = load(default_root()).issues[0].summaries[0]
    page = tmp_path / "page.txt"
    page.write_text(text_page((("December 2023", (Item(held.title, WINDOWS.summary, WINDOWS.implications),)),)), "utf-8")
    before = contents(corpus_copy)
    assert "nothing new, 1 already there" in pprnet("import", page, "--into", corpus_copy).stdout
    assert contents(corpus_copy) == before


def test_facts_that_the_text_states_are_read_marked_filtered_by_and_compared(tmp_path: Path) -> None:
    told = "More gardening was associated with a stronger alliance (r = .30, 95% CI [.10, .50])."
    survey = Item(
        "Gardens and the Alliance",
        f"Gardens are old. In this survey of 141 therapists, Roe and colleagues asked about them. {told} Rain fell.",
        "Ask about gardens.",
    )
    other = Item("Windows and the Alliance", "Windows are new. Nobody counted them.", "Ask about the alliance and windows.")
    (tmp_path / "page.txt").write_text(text_page((("November 2022", (survey, other)),)), "utf-8")
    pprnet("import", tmp_path / "page.txt", "--into", tmp_path / "corpus")
    summary = load(tmp_path / "corpus").summaries[0]
    assert (summary.study.design, dict(summary.study.sample), summary.study.authors) == (
        "survey",
        {"therapists": 141},
        ("Roe",),
    )
    assert (summary.topics, summary.bottom_line, summary.quoted) == (("alliance",), told, True)
    environ = {"PPRNET_KNOWLEDGE": str(tmp_path / "corpus"), "COLUMNS": "100"}
    card = pprnet("ask", "gardens and the alliance", **environ).stdout
    assert "Roe and colleagues · year not stated · survey · 141 therapists (read from the text)" in card
    assert f"In the summary's words “{told}”" in " ".join(card.split())
    surveys = pprnet("ask", "surveys about the alliance", **environ).stdout
    assert survey.title in surveys
    assert other.title not in surveys
    assert "r = .30, 95% CI [.10, .50]: More gardening was associated" in pprnet("evidence", "alliance", **environ).stdout


def test_a_month_that_someone_has_edited_is_never_taken_for_one_that_no_one_has(tmp_path: Path) -> None:
    folder, into = tmp_path / "pages", tmp_path / "corpus"
    folder.mkdir()
    page, month = folder / "page.txt", into / "issues" / "2022-11.yaml"
    page.write_text(text_page((("November 2022", (GARDENS,)),)), "utf-8")
    pprnet("import", folder, "--into", into)
    month.write_text(month.read_text("utf-8").replace("design: meta-analysis", "design: review"), "utf-8")
    page.write_text(text_page((("November 2022", (GARDENS, WINDOWS)),)), "utf-8")
    assert "1 entry in 1 month" in pprnet("import", folder, "--into", into).stdout
    assert "nothing new, 2 already there" in pprnet("import", folder, "--into", into).stdout
    assert "design: review" in month.read_text("utf-8")

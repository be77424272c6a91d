"""The same entries imported again: mended titles, two printings, facts filled into an older library."""

# ruff: noqa: F811  (fixtures)

from __future__ import annotations

import re
from pathlib import Path

import pytest
import yaml

from bot.corpus.layout import render
from bot.corpus.load import load
from tests.support.blog_pages import GARDENS, MONTHS, SILENCE, WINDOWS, Item, text_page
from tests.unit.test_import import contents, pages, pprnet  # noqa: F401  (fixtures)


def test_one_paper_is_held_once_whatever_it_is_called(pages: list[Path], tmp_path: Path) -> None:
    pprnet("import", pages[0], "--into", tmp_path / "a")
    other = Item("Another Look at Gardens", GARDENS.summary, GARDENS.implications, GARDENS.citation)
    pages[0].write_text(text_page((("May 2023", (other,)), ("April 2023", (WINDOWS,)))), "utf-8")
    done = pprnet("import", pages[0], "--into", tmp_path / "a")
    assert "“Another Look at Gardens” is not added: its paper 10.9999/inv.2021.004 is already in 2022-11" in done.stdout
    assert [issue.month for issue in load(tmp_path / "a").issues] == ["2023-04", "2022-11", "2020-04"]
    ids = [summary.id for summary in load(tmp_path / "a").summaries]
    assert "it-depends-on-the-window-2023-04" in ids  # the same title in two months: two entries, two ids
    assert len(set(ids)) == len(ids)


MENDED = Item("Its Depends on the Windows", WINDOWS.summary, WINDOWS.implications)
REWORDED = Item("What a View Does", WINDOWS.summary.replace("as warmer", "as far warmer"), WINDOWS.implications)


@pytest.mark.parametrize("item", [MENDED, REWORDED])
def test_an_entry_whose_title_was_mended_is_the_same_entry_with_its_new_title(
    item: Item, pages: list[Path], tmp_path: Path
) -> None:
    pprnet("import", pages[0], "--into", tmp_path / "a")
    pages[0].write_text(text_page((("November 2022", (GARDENS, item)), *MONTHS[1:2])), "utf-8")
    done = pprnet("import", pages[0], "--into", tmp_path / "a")
    assert f"2022-11: “{WINDOWS.title}” is called “{item.title}” now" in done.stdout
    found = load(tmp_path / "a").issue("2022-11")
    assert found
    assert [(each.id, each.title) for each in found.summaries][1] == ("it-depends-on-the-window", item.title)
    assert len(found.summaries) == 3
    assert found.complete
    again = pprnet("import", pages[0], "--into", tmp_path / "a")
    assert "no change" in again.stdout


def test_a_title_that_a_person_changed_stays_and_a_digest_under_nearly_the_same_title_is_the_entry(
    pages: list[Path], tmp_path: Path
) -> None:
    pprnet("import", pages[0], "--into", tmp_path / "a")
    path = tmp_path / "a" / "issues" / "2022-11.yaml"
    mine = path.read_text("utf-8").replace(WINDOWS.title, "Windows, as I Call Them")
    mine = re.sub(r"    read_from:\n(?:      .*\n)+", "", mine, count=1).replace("text: original", "text: digest", 1)
    path.write_text(mine, "utf-8")
    gardens = Item("Do Gardens Help the Therapists Listen?", GARDENS.summary, GARDENS.implications)
    pages[0].write_text(text_page((("November 2022", (gardens, MENDED)),)), "utf-8")
    done = pprnet("import", pages[0], "--into", tmp_path / "a")
    assert "“Windows, as I Call Them” is kept; the page says “Its Depends on the Windows”" in done.stdout
    assert f"“{GARDENS.title}” is kept" in done.stdout
    assert path.read_text("utf-8") == mine


def test_two_parts_of_one_subject_are_two_entries(pages: list[Path], tmp_path: Path) -> None:
    first = Item("Windows and Warmth, Part I", WINDOWS.summary, WINDOWS.implications)
    second = Item("Windows and Warmth, Part II", SILENCE.summary, SILENCE.implications)
    pages[0].write_text(text_page((("November 2022", (first,)),)), "utf-8")
    pprnet("import", pages[0], "--into", tmp_path / "a")
    pages[0].write_text(text_page((("November 2022", (first, second)),)), "utf-8")
    path = tmp_path / "a" / "issues" / "2022-11.yaml"
    for kind in ("original", "digest"):
        path.write_text(path.read_text("utf-8").replace("text: original", f"text: {kind}"), "utf-8")
        done = pprnet("import", pages[0], "--into", tmp_path / "a", "--dry-run")
        assert f"+ 2022-11  {second.title}" in done.stdout


def test_two_printings_of_one_entry_in_one_import_are_one(pages: list[Path], tmp_path: Path) -> None:
    for page, item in zip(pages, (WINDOWS, MENDED), strict=False):
        page.write_text(text_page((("November 2022", (item,)),)), "utf-8")
    pprnet("import", *pages[:2], "--into", tmp_path / "a")
    pprnet("import", *reversed(pages[:2]), "--into", tmp_path / "b")
    assert len(load(tmp_path / "a").summaries) == 1
    assert contents(tmp_path / "a") == contents(tmp_path / "b")


@pytest.fixture
def older(tmp_path: Path) -> Path:
    """A library imported before facts were read, with what its curators have done since."""
    what = "{0} are old. In this survey of 141 therapists, Roe and colleagues asked about {0}. {1} Rain fell."
    told = "More {} was associated with a stronger alliance (r = .30, 95% CI [.10, .50])."
    gardens, dogs = (
        Item(f"{name} and the Alliance", what.format(name, told.format(name)), f"Ask about {name}.")
        for name in ("Gardens", "Dogs")
    )
    page = tmp_path / "page.txt"
    page.write_text(text_page((("November 2022", (gardens, WINDOWS)), ("April 2020", (dogs,)))), "utf-8")
    into = tmp_path / "corpus"
    assert pprnet("import", page, "--into", into).stderr == ""
    for path in (into / "issues").iterdir():
        values = yaml.safe_load(path.read_text("utf-8"))
        for each in values["summaries"]:
            for key in ("topics", "bottom_line", "study", "read_from"):
                each.pop(key, None)
        path.write_bytes(render(values))
    edited = into / "issues" / "2020-04.yaml"
    mine = "    # Seen by our lead.\n    bottom_line: Ours.  # not theirs\n    study:\n      design: process study\n"
    edited.write_text(edited.read_text("utf-8").replace("    implications:\n", mine + "    implications:\n"), "utf-8")
    return into


def test_what_is_empty_in_an_older_library_is_filled_from_its_texts_and_nothing_else_is_touched(older: Path) -> None:
    edited = older / "issues" / "2020-04.yaml"
    before = contents(older)
    tried = pprnet("import", "--fill-facts", "--dry-run", "--into", older)
    assert f"{older}: 10 facts of 2 summaries would be filled in from their texts" in tried.stdout
    assert contents(older) == before
    done = pprnet("import", "--fill-facts", "--into", older)
    assert (done.returncode, done.stderr) == (0, "")
    assert "~ 2022-11  Gardens and the Alliance: topics, bottom line, authors, design, sample, effect sizes" in done.stdout
    assert "~ 2020-04  Dogs and the Alliance: topics, authors, sample, effect sizes" in done.stdout
    corpus = load(older)
    gardens, dogs = (
        next(each for each in corpus if each.title == title)
        for title in ("Gardens and the Alliance", "Dogs and the Alliance")
    )
    assert (gardens.study.design, dict(gardens.study.sample), gardens.quoted) == ("survey", {"therapists": 141}, True)
    assert (dogs.study.design, dict(dogs.study.sample), dogs.bottom_line) == (
        "process study",
        {"therapists": 141},
        "Ours.",
    )
    assert not dogs.sentences("design")
    kept = [
        line for line in edited.read_text("utf-8").split("\n") if line in before["issues/2020-04.yaml"].decode().split("\n")
    ]
    assert kept == before["issues/2020-04.yaml"].decode().split("\n")
    assert pprnet("check", older).returncode == 0
    after = contents(older)
    assert "nothing that is empty can be read from the texts" in pprnet("import", "--fill-facts", "--into", older).stdout
    assert contents(older) == after


def test_a_file_that_cannot_be_filled_without_touching_the_rest_is_named_and_left(older: Path) -> None:
    edited = older / "issues" / "2020-04.yaml"
    edited.write_text(
        edited.read_text("utf-8").replace(
            "study:\n      design: process study", "study: {design: survey, # ?\n      year: 2020}"
        )
    )
    before = edited.read_bytes()
    done = pprnet("import", "--fill-facts", "--into", older)
    assert done.returncode == 1
    assert "issues/2020-04.yaml is laid out in a way in which" in done.stderr
    assert edited.read_bytes() == before
    assert "~ 2022-11  Gardens" in done.stdout

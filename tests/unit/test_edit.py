"""One key of one summary is changed in a month's file; every other byte stays."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.corpus.edit import with_key
from bot.corpus.files import WriteError
from bot.corpus.layout import render
from bot.corpus.load import issue_files
from bot.paths import default_root

TEXTS = st.text(st.characters(codec="utf-8", exclude_categories=("C", "Z")) | st.sampled_from(" #:'\"-"), min_size=1)
FILE = """\
issue: "2022-01"  # a month
summaries:
- id: one
  title: One   # said Sam

  # before the summary
  summary: >-
    a folded
    # text that is no comment

    with a line
  implications: [do this,
    do that]   # both
  # between two
- title: Two
  id: two
  asks:
  - what
  # in the asks
  - why
  study: {year: 2020}
# at the end
"""


def changed(summary_id: str, key: str, value: Any, file: str = FILE) -> str:
    return with_key("2022-01", file.encode(), summary_id, key, value).decode()


def test_a_new_key_takes_its_place_and_the_rest_stays() -> None:
    after = changed("one", "asks", ["x", "y"])
    assert after == FILE.replace("both\n", 'both\n  asks:\n    - "x"\n    - "y"\n')
    before_study = changed("two", "caution", "careful")
    assert before_study == FILE.replace("  asks:\n  - what", '  caution: "careful"\n  asks:\n  - what')


def test_a_key_is_replaced_with_its_whole_value() -> None:
    assert changed("one", "summary", "short") == FILE.replace(
        "  summary: >-\n    a folded\n    # text that is no comment\n\n    with a line\n", '  summary: "short"\n'
    )
    assert changed("one", "implications", ["z"]) == FILE.replace(
        " [do this,\n    do that]   # both\n", '   # both\n    - "z"\n'
    )


def test_a_key_that_begins_an_entry_keeps_its_dash() -> None:
    assert changed("two", "title", "Zwei") == FILE.replace("- title: Two", '- title: "Zwei"')


def test_a_key_is_taken_out() -> None:
    after = changed("two", "asks", None)
    assert yaml.safe_load(after)["summaries"][1] == {"title": "Two", "id": "two", "study": {"year": 2020}}
    assert "# at the end" in after
    assert changed("one", "asks", []) == FILE


def test_what_is_laid_out_otherwise_is_left_to_a_person() -> None:
    flow = 'issue: "2022-01"\nsummaries: [{id: one, title: One}]\n'
    with pytest.raises(WriteError, match="“asks” of one must be changed by hand"):
        changed("one", "asks", ["x"], flow)
    with pytest.raises(WriteError, match="has no summary three"):
        changed("three", "asks", ["x"])


@pytest.mark.parametrize("path", issue_files(default_root())[:6], ids=lambda path: path.stem)
def test_shipped_months_can_be_changed_and_changed_back(path: Path) -> None:
    content = path.read_bytes()
    for each in yaml.safe_load(content)["summaries"]:
        more = with_key(path.stem, content, each["id"], "draft_asks", ["one", "two: three #4"])
        assert more != content
        assert with_key(path.stem, more, each["id"], "draft_asks", None) == content


@settings(deadline=None)
@given(
    st.lists(TEXTS, min_size=1, max_size=4), st.sampled_from(["one", "two"]), st.sampled_from(["asks", "note", "draft_asks"])
)
@pytest.mark.slow
def test_any_texts_read_back_as_they_were(texts: list[str], summary_id: str, key: str) -> None:
    value: Any = texts[0] if key == "note" else texts
    try:
        after = changed(summary_id, key, value)
    except WriteError:
        return  # nothing was changed
    found = yaml.safe_load(after)
    [entry] = [each for each in found["summaries"] if each["id"] == summary_id]
    assert entry[key] == value
    assert render(found) == render(
        yaml.safe_load(FILE)
        | {"summaries": [entry if each["id"] == summary_id else each for each in yaml.safe_load(FILE)["summaries"]]}
    )

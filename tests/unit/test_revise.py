"""Changes of a curator in a month's file give the file of a person's own edit; comments and an original's words stay."""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.approval.typed_fields import effect_lines, effects_of
from bot.corpus.edit import with_key
from bot.corpus.effects import entry_of
from bot.corpus.faults import CorpusError, Fault
from bot.corpus.files import WriteError
from bot.corpus.layout import render
from bot.corpus.load import issue_files, read_topics
from bot.corpus.model import KINDS, MEASURES, Effect, Summary
from bot.corpus.revise import (
    KEYS,
    RevisionError,
    brought_up_to_date,
    field_of,
    regrouped,
    revised,
    summary_in,
    values_of,
    what_is_due,
)
from bot.paths import default_root

TOPICS = {"alliance", "outcomes"}
MONTH = """\
issue: "2022-09"
complete: false
summaries:
  # the first one, checked by Sam
  - id: one
    title: Ruptures in the Alliance
    text: original
    bottom_line: Ruptures were followed by symptoms. # from the text
    summary: >- # as printed
      In this survey of 141 therapists, Roe asked about ruptures. Ruptures were followed by symptoms.
    implications:
      - Repair ruptures early. Ask, e.g., Dr. Roe.
      # the next is Sam's favourite
      - Then go on
    asks:
      - what is a rupture
      # from a reader
      - we fell out
    study:
      citation: Roe, A. (2022). Ruptures.
      # the design is on page 2
      design: survey # read
      sample: {therapists: 141}
      effects:
        - {what: alliance and outcome, measure: r, kind: association, value: 0.28, ci: [0.2, 0.35]} # page 3
        # the next is for ruptures only
        - what: ruptures
          measure: d
          value: -0.5
    read_from:
      design: ["In this survey of 141 therapists, Roe asked about ruptures."]
      sample: ["In this survey of 141 therapists, Roe asked about ruptures."]
  - {id: two, title: Two, text: digest, summary: A., implications: [B.]}
# the end
"""
TEXT = st.text(st.characters(codec="ascii", exclude_categories=("C",)), min_size=1, max_size=200).map(
    lambda text: " ".join(text.split()) or "x"
)


def summary(summary_id: str = "one", file: str = MONTH) -> Summary:
    found = summary_in("2022-09", file.encode(), summary_id, TOPICS)
    assert found
    return found


def faults(**changes: Any) -> list[Fault]:
    with pytest.raises(CorpusError) as raised:
        changed(**changes)
    return raised.value.faults


def changed(file: str = MONTH, **changes: Any) -> str:
    return revised("2022-09", file.encode(), summary(file=file), changes, TOPICS).decode()


def test_each_field_is_changed_where_it_is_and_comments_stay() -> None:
    assert changed(bottom_line="Ruptures hurt.") == MONTH.replace(
        "bottom_line: Ruptures were followed by symptoms. # from", 'bottom_line: "Ruptures hurt." # from'
    )
    assert changed(topics=["alliance"]) == MONTH.replace(
        "    text: original\n", "    text: original\n    topics: [alliance]\n", 1
    )
    assert changed(asks=["we fell out", "new"]) == MONTH.replace("      - what is a rupture\n", "").replace(
        "      - we fell out\n", '      - we fell out\n      - "new"\n'
    )
    assert changed(implications=["Repair ruptures early.", "Ask, e.g., Dr. Roe.", "Then go on"]) == MONTH.replace(
        "      - Repair ruptures early. Ask, e.g., Dr. Roe.\n",
        '      - "Repair ruptures early."\n      - "Ask, e.g., Dr. Roe."\n',
    )
    assert changed(caution="Careful.") == MONTH.replace("    asks:\n", '    caution: "Careful."\n    asks:\n')


ONE = {"what": "alliance and outcome", "measure": "r", "value": 0.3, "ci": [0.2, 0.35], "kind": "association"}
TWO = {"what": "ruptures", "measure": "d", "value": -0.5}


def test_an_effect_size_is_changed_where_it_is_and_the_others_keep_their_lines_and_comments() -> None:
    assert changed(effects=[ONE, TWO]) == MONTH.replace(
        "kind: association, value: 0.28, ci: [0.2, 0.35]}", "value: 0.3, ci: [0.2, 0.35], kind: association}"
    )
    more = {"what": "repairs", "measure": "SMD", "value": 0.1, "to": 0.4, "p": "< .05", "k": 3}
    assert changed(effects=[ONE | {"value": 0.28}, TWO, more]) == MONTH.replace(
        "          value: -0.5\n",
        "          value: -0.5\n        - {what: repairs, measure: SMD, value: 0.1, to: 0.4, p: < .05, k: 3}\n",
    )
    assert "effects" not in changed(effects=[])
    assert [field_of(fault) for fault in faults(effects=[ONE | {"value": 28.0}])] == ["effects"]
    inside = MONTH.replace("measure: d\n", "measure: d # Cohen's\n")
    with pytest.raises(WriteError, match="must be changed by hand"):
        changed(inside, effects=[ONE | {"value": 0.28}, TWO | {"value": -0.6}])


EFFECTS = st.lists(
    st.builds(
        Effect,
        what=TEXT,
        measure=st.sampled_from(MEASURES),
        value=st.integers(-99, 99).map(lambda hundredths: hundredths / 100),
        to=st.none() | st.integers(0, 99).map(lambda hundredths: hundredths / 100),
        ci=st.none() | st.just((-0.125, 0.5)),
        p=st.none() | st.sampled_from(["< .001", ".03", "ns"]),
        k=st.none() | st.integers(1, 2000),
        kind=st.none() | st.sampled_from(KINDS),
    ),
    max_size=3,
)


@settings(deadline=None)
@given(EFFECTS)
def test_effect_sizes_come_back_from_their_lines_as_they_were(effects: list[Effect]) -> None:
    assert effects_of(effect_lines(effects), effects) == [entry_of(each) for each in effects]
    said = [{name: value for name, value in entry_of(each).items() if name != "kind"} for each in effects]
    said = [{name: value for name, value in each.items() if (name, value) != ("k", 1)} for each in said]
    assert effects_of(effect_lines(effects)) == said


def test_an_effect_size_that_is_typed_over_is_of_the_same_kind_as_before() -> None:
    known = [Effect("alliance and outcome", "r", 0.28, kind="association"), Effect("gain", "d", 0.5, kind="change")]
    typed = ["d = .50, 12 studies: gain after a year", "r = .31: alliance and outcome", "d = .50: gain"]
    [later, alliance, gain] = effects_of(typed, known) or []
    assert alliance == {"what": "alliance and outcome", "measure": "r", "value": 0.31, "kind": "association"}
    assert gain["kind"] == "change"
    assert later == {"what": "gain after a year", "measure": "d", "value": 0.5, "k": 12}
    assert effects_of(["r .28: alliance"]) is None


def test_a_fact_that_was_read_by_rule_becomes_the_curators_own() -> None:
    after = changed(design="review")
    assert after == MONTH.replace("design: survey # read", "design: review # read").replace(
        '      design: ["In this survey of 141 therapists, Roe asked about ruptures."]\n', ""
    )
    after = changed(after, sample={"therapists": 140, "clients": "about 30"})
    assert "sample: {therapists: 140, clients: about 30}" in after
    assert "read_from" not in after
    assert values_of(summary(file=after)) == values_of(summary()) | {
        "design": "review",
        "sample": {"therapists": 140, "clients": "about 30"},
    }
    assert "design:" not in changed(design="not stated").partition("study:")[2]


def test_faults_name_their_field_and_what_cannot_be_changed_alone_is_left_to_a_person() -> None:
    with pytest.raises(CorpusError) as raised:
        changed(bottom_line="word" + " word" * 60, topics=["nonsense"], sample={"clients": "3 or so"})
    assert {field_of(fault) for fault in raised.value.faults} == {"bottom_line", "topics", "sample"}
    with pytest.raises(WriteError, match="must be changed by hand"):
        revised("2022-09", MONTH.encode(), summary("two"), {"caution": "x"}, TOPICS)
    inside = MONTH.replace("sample: {therapists: 141}", "sample: {therapists: 141, # all\n        patients: 141}")
    with pytest.raises(WriteError, match="must be changed by hand"):
        changed(inside, sample={"clients": 4})


CHANGES = st.fixed_dictionaries(
    {},
    optional={
        "bottom_line": TEXT,
        "caution": st.just("") | TEXT,
        "topics": st.lists(st.sampled_from(sorted(TOPICS)), unique=True),
        "implications": st.lists(TEXT, min_size=1, max_size=4, unique_by=str.casefold),
        "asks": st.lists(TEXT, max_size=5, unique_by=str.casefold),
        "design": st.sampled_from(["review", "survey", "not stated"]),
        "sample": st.dictionaries(st.sampled_from(["patients", "studies"]), st.integers(0, 10**5), max_size=2),
        "effects": EFFECTS.map(lambda effects: [entry_of(each) for each in effects]),
    },
)


@settings(deadline=None, max_examples=30, suppress_health_check=[HealthCheck.too_slow])  # half a second each
@given(st.integers(0, 3), CHANGES)
@pytest.mark.slow
def test_a_file_in_the_importers_layout_becomes_the_one_that_has_been_written_with_these_values(
    number: int, changes: dict[str, Any]
) -> None:
    path = issue_files(default_root())[number]
    before = yaml.safe_load(path.read_text("utf-8"))
    content, chosen = render(before), before["summaries"][-1]
    for field, value in changes.items():
        content = with_key(path.stem, content, chosen["id"], KEYS[field], None if value == "not stated" else value)
        entry, key = (chosen.setdefault("study", {}), field) if "." in KEYS[field] else (chosen, KEYS[field])
        entry.pop(key, None)
        if value and value != "not stated":
            entry[key] = value
    assert content == render(before)


@pytest.mark.parametrize("path", issue_files(default_root())[:8], ids=lambda path: path.stem)
def test_shipped_months_can_be_changed_and_changed_back(path: Path) -> None:
    topics = {topic.id for topic in read_topics(default_root())}
    content = path.read_bytes()
    for each in yaml.safe_load(content)["summaries"]:
        found = summary_in(path.stem, content, each["id"], topics)
        assert found
        values = values_of(found)
        more = {"asks": [*values["asks"], "one more"], "implications": [*values["implications"], "And more."]}
        after = revised(path.stem, content, found, more, topics)
        assert after != content
        back = revised(path.stem, after, found, {field: values[field] for field in more}, topics)
        assert back == content


# -- an original's words ----------------------------------------------------------------------------------------------

SAID = ("Repair ruptures early. Ask, e.g., Dr. Roe. Say “sorry” – it’s fine.", "Then go on", "At p < .05 it works.")


def test_an_originals_implications_are_split_and_joined_at_sentence_ends_with_their_own_words() -> None:
    lines = ["Repair ruptures early.", 'Ask, e.g., Dr. Roe. Say "sorry" - it\'s fine.', "Then go on", "At p < .05 it works."]
    assert regrouped(SAID, lines) == [
        "Repair ruptures early.",
        "Ask, e.g., Dr. Roe. Say “sorry” – it’s fine.",
        "Then go on",
        "At p < .05 it works.",
    ]
    assert regrouped(lines, [" ".join(lines[:2]), *lines[2:]]) == [" ".join(lines[:2]), *lines[2:]]


@pytest.mark.parametrize(
    ("change", "why"),
    [
        (lambda lines: [*lines, "And more."], "blog's own words"),
        (lambda lines: lines[1:], "blog's own words"),
        (lambda lines: [lines[0].replace("early", "late"), *lines[1:]], "blog's own words"),
        (lambda lines: [lines[2], *lines[:2]], "blog's own words"),
        (lambda lines: [*lines[0].split("g., "), *lines[1:]], "blog's own words"),
        (lambda lines: [*lines[0].replace("Dr. ", "Dr.\n").split("\n"), *lines[1:]], "Line 1 ends within a sentence"),
        (lambda lines: [lines[0], " ".join(lines[1:])], "Line 2 joins lines of which one is no whole sentence"),
    ],
)
def test_anything_else_is_refused(change: Callable[[list[str]], list[str]], why: str) -> None:
    with pytest.raises(RevisionError, match=why):
        regrouped(SAID, change(list(SAID)))


# -- what is still to be changed --------------------------------------------------------------------------------------


def steps(*values: str) -> list[tuple[dict[str, str], dict[str, str]]]:
    return [({"caution": before}, {"caution": after}) for before, after in pairwise(values)]


@pytest.mark.parametrize(
    ("now", "due", "kept"),
    [
        ("a", {"caution": "c"}, set()),
        ("b", {"caution": "c"}, set()),
        ("c", {}, set()),
        ("by hand", {}, {"caution"}),
    ],
)
def test_changes_are_made_once_from_wherever_a_folder_is(now: str, due: dict[str, str], kept: set[str]) -> None:
    assert what_is_due({"caution": now}, steps("a", "b", "c")) == (due, kept)


def test_what_a_person_wrote_in_the_file_meanwhile_stays_and_the_rest_is_changed() -> None:
    hand = MONTH.replace("Ruptures were followed by symptoms. #", "By hand. #")
    before, after = (
        {"bottom_line": "Ruptures were followed by symptoms.", "caution": ""},
        {"bottom_line": "x", "caution": "y"},
    )
    content, kept, there = brought_up_to_date("2022-09", hand.encode(), {"one": [(before, after)], "gone": []}, TOPICS)
    assert content.decode() == hand.replace("    asks:\n", '    caution: "y"\n    asks:\n')
    assert kept == {"one": {"bottom_line"}}
    assert there == {"one", "two"}

"""What counts as a change of what was posted."""

from __future__ import annotations

from dataclasses import replace

from bot.corpus.model import Issue, Summary
from bot.publishing.content import of_month, of_summary, of_titles

ONE = Summary("one", "2022-09", "Ruptures", "original", "A study of ruptures.", ("Repair ruptures early.",))


def test_a_new_caution_is_a_change_and_a_card_from_before_there_were_cautions_is_not() -> None:
    before_cautions = "6c0ddc485bf2503041137d6693e0e29cbdd9bfa682ba51a133eb4584bc91a67e"
    assert of_summary(ONE) == before_cautions
    assert of_summary(replace(ONE, caution="Groups were selected.")) != before_cautions
    asked = replace(ONE, asks=("how do I repair a rupture",), draft_asks=("how do I mend a rupture",))
    assert of_summary(asked) == before_cautions
    assert of_summary(replace(ONE, read_from=(("design", ("A study of ruptures.",)),))) != before_cautions


def test_a_month_changes_with_what_its_message_says_of_each_summary_and_not_with_the_rest_of_it() -> None:
    month = Issue("2022-09", False, ("ruptures", "silence"), (ONE,))
    assert of_titles(month) == "ea355b4d2cabdd011563c8d121043ea83d645acd950ebf9785f37557eccf70d4"

    def changed(**values: object) -> bool:
        return of_month(replace(month, summaries=(replace(ONE, **values),))) != of_month(month)  # type: ignore[arg-type]

    assert changed(title="Repair")
    assert changed(bottom_line="Ruptures matter.")
    assert changed(implications=("Repair ruptures late.",))
    assert not changed(implications=(*ONE.implications, "Take your time."))
    assert not changed(topics=("alliance",), asks=("a question",), caution="Groups were selected.")
    assert of_month(replace(month, note="A word.")) != of_month(month)
    assert of_month(replace(month, complete=True)) != of_month(month)

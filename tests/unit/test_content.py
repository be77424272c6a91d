"""What counts as a change of what was posted."""

from __future__ import annotations

from dataclasses import replace

from bot.corpus.model import Summary
from bot.publishing.content import of_summary

ONE = Summary("one", "2022-09", "Ruptures", "original", "A study of ruptures.", ("Repair ruptures early.",))


def test_a_new_caution_is_a_change_and_a_card_from_before_there_were_cautions_is_not() -> None:
    before_cautions = "6c0ddc485bf2503041137d6693e0e29cbdd9bfa682ba51a133eb4584bc91a67e"
    assert of_summary(ONE) == before_cautions
    assert of_summary(replace(ONE, caution="Groups were selected.")) != before_cautions
    asked = replace(ONE, asks=("how do I repair a rupture",), draft_asks=("how do I mend a rupture",))
    assert of_summary(asked) == before_cautions
    assert of_summary(replace(ONE, read_from=(("design", ("A study of ruptures.",)),))) != before_cautions

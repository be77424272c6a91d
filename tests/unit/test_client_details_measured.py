"""How many client details are noticed is as the docs say (test_docs holds the table), and does not fall."""

from __future__ import annotations

import pytest

from tests.support.once import shipped_engine
from tests.tools.details import LOCKED, OPENED, measure, texts_of

REACHED = {OPENED: (39, 0), LOCKED: (19, 0)}
"""Of 50 texts with details noticed at least, of 100 others noticed by mistake at most."""


@pytest.mark.parametrize("half", [OPENED, LOCKED])
def test_no_fewer_details_are_noticed_than_were_and_no_more_false_alarms(half: str) -> None:
    found = measure(half, shipped_engine())
    noticed, alarms = REACHED[half]
    assert (found.with_details, found.without) == (50, 100)
    assert found.noticed >= noticed
    assert found.false_alarms <= alarms


def test_no_text_is_in_both_halves() -> None:
    assert not {each.text for each in texts_of(OPENED)} & {each.text for each in texts_of(LOCKED)}

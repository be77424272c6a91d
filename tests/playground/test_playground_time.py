"""Time in the playground: months arrive when it is moved, and are approved."""

# ruff: noqa: F811  (fixtures)

from __future__ import annotations

import json
import re
from datetime import datetime

import pytest

from bot.playground.months import StoryClock
from tests.playground.test_playground_api import Json, Visitor, address, ana, ben, passes, people, soon  # noqa: F401  (fixtures)
from tests.support.idle import Passes


async def approve(curator: Visitor, month: str) -> Json:
    """Wait for the draft of a month in the curator's direct messages, and press *Post*; the draft as it was."""

    async def drafts() -> list[Json]:
        return [each for each in await curator.messages("PPRNet") if month in each["text"]]

    def can_be_posted(found: list[Json]) -> bool:
        return bool(found) and "draft_post" in json.dumps(found[0]["blocks"])

    (draft,) = await soon(drafts, can_be_posted)
    await curator.press("PPRNet", draft, "draft_post")
    await soon(drafts, lambda found: "posted it" in found[0]["text"])
    return dict(draft)


@pytest.mark.slow
async def test_a_month_on_the_blog_is_approved_by_the_curator_and_arrives_once(
    ana: Visitor, ben: Visitor, passes: Passes
) -> None:
    assert await ana.post("api/time") == {}
    state = await ana.get("api/state")
    assert state["clock"]["today"] == "2023-06-01"

    async def posted() -> list[Json]:
        return await ben.messages("team-research")

    june = await approve(ana, "June 2023")
    assert "It comes 5 months after January 2023" in june["text"]
    (parent,) = await soon(posted, lambda found: bool(found and found[0]["reply_count"]))
    assert "June 2023" in parent["text"]
    thread = await ben.thread("team-research", parent["ts"])
    assert [message["blocks"][0]["type"] for message in thread[1:]] == ["header"]
    await passes.after("posting")
    assert [message["ts"] for message in await posted()] == [parent["ts"]]
    assert await ben.messages("PPRNet") == []

    await ana.post("api/time")
    await approve(ana, "November 2023")
    await ana.post("api/time")
    clock = (await ana.get("api/state"))["clock"]
    assert (clock["today"], clock["can_move"]) == ("2023-12-01", False)
    assert clock["why"]
    assert (await ana.post("api/time", refused=True))["error"] == clock["why"]
    december = await approve(ana, "December 2023")
    assert "The blog announces 3 subjects but shows 1 summary." in december["text"]
    months = await soon(posted, lambda found: len(found) == 3 and all(each["reply_count"] for each in found))
    assert [re.findall(r"^PPRNet, (\w+ 2023): ", month["text"]) for month in months] == [
        ["June 2023"],
        ["November 2023"],
        ["December 2023"],
    ], "none of them is known to be whole, so none is called an issue"


async def test_the_next_morning_comes_by_a_press_and_a_month_with_its_day(ana: Visitor) -> None:
    assert await ana.post("api/day") == {}
    clock = (await ana.get("api/state"))["clock"]
    assert (clock["today"], clock["next"]) == ("2023-06-01", "It is now 1 November 2023")
    await approve(ana, "June 2023")
    assert await ana.post("api/day") == {}
    assert (await ana.get("api/state"))["clock"]["today"] == "2023-06-02"


def test_a_day_of_the_demo_does_not_end_on_its_own() -> None:
    elapsed = [0.0]
    clock = StoryClock(datetime(2023, 5, 31).astimezone(), lambda: elapsed[0])
    elapsed[0] = 90_000.0
    assert datetime.fromtimestamp(clock()).date().isoformat() == "2023-05-31"
    clock.begin(datetime(2023, 6, 1).astimezone())
    assert datetime.fromtimestamp(clock()).isoformat() == "2023-06-01T09:00:00"

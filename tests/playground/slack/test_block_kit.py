"""What Slack refuses in blocks and views."""

from __future__ import annotations

from typing import Any

import pytest

from bot.playground.slack import (
    check_blocks,
    check_message,
    check_view,
)
from tests.playground.slack.pieces import (
    actions,
    button,
    channels,
    field,
    home,
    modal,
    mrkdwn,
    plain,
    radio,
    section,
)

GOOD_BLOCKS = [
    {"type": "header", "text": plain("x" * 150)},
    section("x" * 3000, accessory=radio(10)),
    {"type": "section", "fields": [mrkdwn("x" * 2000)] * 10},
    {"type": "context", "elements": [mrkdwn("a"), plain("b")]},
    actions(button(value="v" * 2000, url="https://example.org/", style="primary")),
    actions({"type": "datepicker", "action_id": "on", "initial_date": "2026-12-03", "placeholder": plain("Day")}),
    actions(channels(initial_conversation="C1", filter={"include": ["public"], "exclude_bot_users": True})),
    {"type": "table", "rows": [[{"type": "raw_text", "text": "x"}] * 20] * 100},
    {"type": "divider"},
]


def test_good_blocks_are_good() -> None:
    assert check_message("text", GOOD_BLOCKS) == []
    assert check_view(modal(field(), private_metadata="x" * 3000)) == []
    assert check_view(home(*GOOD_BLOCKS)) == []


@pytest.mark.parametrize(
    ("block", "problem"),
    [
        ({"type": "header", "text": mrkdwn("x")}, "plain_text"),
        ({"type": "header", "text": plain("x" * 151)}, "less than 151"),
        ({"type": "header", "text": plain("")}, "more than 0"),
        (section("x" * 3001), "less than 3001"),
        (section(""), "more than 0"),
        ({"type": "section"}, "text or fields"),
        ({"type": "section", "fields": [mrkdwn("x")] * 11}, "no more than 10"),
        ({"type": "section", "fields": [mrkdwn("x" * 2001)]}, "less than 2001"),
        ({"type": "section", "text": {**mrkdwn("x"), "emoji": True}}, "additional property: emoji"),
        ({"type": "context", "elements": []}, "no fewer than 1"),
        ({"type": "context", "elements": [mrkdwn("x")] * 11}, "no more than 10"),
        ({"type": "context", "elements": [button()]}, "must provide one of"),
        (actions(), "no fewer than 1"),
        (actions(*[button(action_id=str(n)) for n in range(26)]), "no more than 25"),
        (actions(button("x" * 76)), "less than 76"),
        (actions(button(value="x" * 2001)), "less than 2001"),
        (actions(button(url="https://" + "x" * 3000)), "less than 3001"),
        (actions(button(url="example.org")), "valid url"),
        (actions(button(style="loud")), "primary, danger"),
        (actions({**button(), "text": mrkdwn("x")}), "plain_text"),
        (actions({**button(), "colour": "red"}), "additional property: colour"),
        (actions({"type": "plain_text_input", "action_id": "x"}), "not allowed here"),
        (actions({"type": "lever", "action_id": "x"}), "unsupported type: lever"),
        (section(accessory=button(action_id="x" * 256)), "less than 256"),
        (section(block_id="x" * 256), "less than 256"),
        (section(accessory=radio(11)), "no more than 10"),
        (section(accessory=radio(0)), "no fewer than 1"),
        (section(accessory=radio(2, initial_option={"text": plain("9"), "value": "9"})), "initial option"),
        (section(accessory=radio(1, options=[{"text": plain("x" * 76), "value": "v"}])), "less than 76"),
        (section(accessory=radio(1, options=[{"text": plain("x"), "value": "v" * 151}])), "less than 151"),
        (
            section(accessory=radio(1, options=[{"text": plain("x"), "value": "v", "description": plain("x" * 76)}])),
            "less than 76",
        ),
        (actions(channels(filter={})), "must provide an object"),
        (actions(channels(filter={"include": ["everywhere"]})), "im, mpim, private, public"),
        (actions(channels(filter={"exclude": []})), "additional property: exclude"),
        (actions(channels(initial_channel="C1")), "additional property: initial_channel"),
        (actions({"type": "datepicker", "action_id": "x", "initial_date": "3 Dec"}), "format YYYY-MM-DD"),
        (actions({"type": "datepicker", "action_id": "x", "initial_date": "20261203"}), "format YYYY-MM-DD"),
        (actions({"type": "datepicker", "action_id": "x", "initial_time": "12:00"}), "additional property: initial_time"),
        (
            actions(
                button(
                    confirm={
                        "title": plain("x" * 101),
                        "text": plain("x"),
                        "confirm": plain("y"),
                        "deny": plain("n"),
                    }
                )
            ),
            "less than 101",
        ),
        ({"type": "marquee"}, "unsupported type: marquee"),
        ({"type": "markdown", "text": "x"}, "unsupported type: markdown"),  # Slack has it; the bot never sends it
        ({"type": "table", "rows": [[{"type": "raw_text", "text": "x"}] * 21]}, "no more than 20"),
        ({"type": "table", "rows": [[{"type": "raw_text", "text": "x"}]] * 101}, "no more than 100"),
        ({"type": "table", "rows": [["x"]]}, "unsupported type of cell"),
        ({"type": "table", "rows": [[{"type": "raw_text", "text": ""}]]}, "must not be empty"),
        ({"type": "table", "rows": [[{"type": "raw_number", "value": 1}]]}, "must not be empty"),
        ({"type": "table", "rows": [[{"type": "rich_text", "elements": []}]]}, "must not be empty"),
        ({"type": "rich_text", "elements": [{"type": "text"}]}, "rich text"),
        ("text", "object"),
    ],
)
def test_bad_blocks_are_found(block: Any, problem: str) -> None:
    found = check_blocks([block], "message")
    assert any(problem in each for each in found), found


def test_whole_message_rules() -> None:
    assert "block_id" in check_blocks([section(block_id="a"), section(block_id="a")], "message")[0]
    assert "action_id" in check_blocks([actions(button()), actions(button())], "message")[0]
    table = {"type": "table", "rows": [[{"type": "raw_text", "text": "x"}]]}
    assert "one table" in check_blocks([table, table], "message")[0]


@pytest.mark.parametrize(
    ("view", "problem"),
    [
        (modal(field(), submit=None), "submit"),
        (modal(section(), private_metadata="x" * 3001), "less than 3001"),
        (modal(section(), callback_id="x" * 256), "less than 256"),
        (modal(section(), close=plain("x" * 25)), "less than 25"),
        ({"type": "modal", "blocks": []}, "title"),
        (modal(*[{"type": "divider"}] * 101), "no more than 100"),
        (modal({"type": "table", "rows": [[{"type": "raw_text", "text": "x"}]]}), "not allowed in modal"),
        ({**home(), "title": plain("x")}, "additional property: title"),
        ({"type": "popup"}, "unsupported type"),
    ],
)
def test_bad_views_are_found(view: Any, problem: str) -> None:
    found = check_view(view)
    assert any(problem in each for each in found), found

"""Modals and Home: triggers, the stack, hashes and limits."""

from __future__ import annotations

from typing import Any

import pytest
from slack_sdk.web.async_client import AsyncWebClient

from bot.playground.slack import (
    LocalSlack,
    ManualClock,
    User,
    methods_views,
)
from tests.playground.slack.pieces import (
    error_of,
    home,
    modal,
    plain,
    refused,
    section,
)


async def test_triggers_last_three_seconds_and_once(
    slack: LocalSlack, client: AsyncWebClient, ana: User, clock: ManualClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(methods_views, "TRIGGER_SECONDS", 3.0)
    late = slack.new_trigger(ana.id)
    clock.advance(3.1)
    assert await error_of(client.views_open(trigger_id=late, view=modal(section()))) == "expired_trigger_id"
    good = slack.new_trigger(ana.id)
    assert (await client.views_open(trigger_id=good, view=modal(section())))["view"]["id"] == slack.modal(ana).id  # type: ignore[union-attr]
    assert await error_of(client.views_open(trigger_id=good, view=modal(section()))) == "exchanged_trigger_id"
    assert await error_of(client.views_open(trigger_id="no", view=modal(section()))) == "invalid_trigger_id"


async def test_stack_of_three(slack: LocalSlack, client: AsyncWebClient, ana: User) -> None:
    opened = await client.views_open(trigger_id=slack.new_trigger(ana.id), view=modal(section("1")))
    root = opened["view"]["id"]
    for text in ("2", "3"):
        trigger = slack.new_trigger(ana.id, view_id=root)
        pushed = await client.views_push(trigger_id=trigger, view=modal(section(text)))
    assert pushed["view"]["root_view_id"] == root
    assert pushed["view"]["previous_view_id"] == slack.modals[ana.id][1].id
    trigger = slack.new_trigger(ana.id, view_id=root)
    assert await error_of(client.views_push(trigger_id=trigger, view=modal(section("4")))) == "push_limit_reached"
    trigger = slack.new_trigger(ana.id)
    assert await error_of(client.views_push(trigger_id=trigger, view=modal(section("4")))) == "invalid_trigger_id"


async def test_view_update_and_hash(slack: LocalSlack, client: AsyncWebClient, ana: User) -> None:
    opened = (await client.views_open(trigger_id=slack.new_trigger(ana.id), view=modal(section("1"))))["view"]
    changed = await client.views_update(view_id=opened["id"], hash=opened["hash"], view=modal(section("2")))
    assert slack.modal(ana).visible_text == "Search\n2"  # type: ignore[union-attr]
    assert changed["view"]["hash"] != opened["hash"]
    again = client.views_update(view_id=opened["id"], hash=opened["hash"], view=modal(section("3")))
    assert await error_of(again) == "hash_conflict"
    assert await error_of(client.views_update(view_id="V404", view=modal(section()))) == "not_found"


async def test_home(slack: LocalSlack, client: AsyncWebClient, ana: User) -> None:
    first = (await client.views_publish(user_id=ana.id, view=home(section("hello"))))["view"]
    assert slack.homes[ana.id].visible_text == "hello"
    await client.views_publish(user_id=ana.id, view=home(section("again")), hash=first["hash"])
    stale = client.views_publish(user_id=ana.id, view=home(section("late")), hash=first["hash"])
    assert await error_of(stale) == "hash_conflict"
    assert await error_of(client.views_publish(user_id=ana.id, view=modal(section()))) == "invalid_arguments"
    slack.home_tab_enabled = False
    assert await error_of(client.views_publish(user_id=ana.id, view=home(section()))) == "not_enabled"


async def test_views_are_checked(slack: LocalSlack, client: AsyncWebClient, ana: User) -> None:
    async def open_with(view: dict[str, Any]) -> Any:
        return await refused(client.views_open(trigger_id=slack.new_trigger(ana.id), view=view))

    found = await open_with(modal(section(), title=plain("x" * 25)))
    assert found["error"] == "invalid_arguments"
    assert found["response_metadata"]["messages"] == [
        "[ERROR] must be less than 25 characters [json-pointer:/view/title/text]"
    ]
    large = modal(*[section("ü" * 2900) for _ in range(50)])
    assert (await open_with(large))["error"] == "view_too_large"

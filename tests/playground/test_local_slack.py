"""The local Slack, driven by the real SDK: what it keeps, what it refuses, how it misbehaves."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from aiohttp import web
from slack_bolt.adapter.socket_mode.aiohttp import AsyncSocketModeHandler
from slack_bolt.async_app import AsyncApp
from slack_sdk.errors import SlackApiError
from slack_sdk.signature import SignatureVerifier
from slack_sdk.socket_mode.aiohttp import SocketModeClient
from slack_sdk.socket_mode.request import SocketModeRequest
from slack_sdk.socket_mode.response import SocketModeResponse
from slack_sdk.web.async_client import AsyncWebClient
from slack_sdk.webhook.async_client import AsyncWebhookClient

import bot
from bot.playground.slack import (
    Answer,
    Channel,
    LocalSlack,
    ManualClock,
    Sender,
    SocketSender,
    User,
    View,
    check_blocks,
    check_message,
    check_view,
)
from bot.playground.slack.methods import METHODS

SECRET = "not-a-secret"
ALL_SCOPES = (
    "chat:write",
    "commands",
    "files:write",
    "channels:history",
    "groups:history",
    "im:history",
    "users:read",
)


def plain(text: str) -> dict[str, Any]:
    return {"type": "plain_text", "text": text}


def mrkdwn(text: str) -> dict[str, Any]:
    return {"type": "mrkdwn", "text": text}


def section(text: str = "x", **others: Any) -> dict[str, Any]:
    return {"type": "section", "text": mrkdwn(text), **others}


def button(label: str = "Go", action_id: str = "go", **others: Any) -> dict[str, Any]:
    return {"type": "button", "action_id": action_id, "text": plain(label), **others}


def actions(*elements: dict[str, Any], **others: Any) -> dict[str, Any]:
    return {"type": "actions", "elements": list(elements), **others}


def field(block_id: str = "q", **others: Any) -> dict[str, Any]:
    element = {"type": "plain_text_input", "action_id": "text", "max_length": 20}
    return {"type": "input", "block_id": block_id, "label": plain("Question"), "element": element, **others}


def modal(*blocks: dict[str, Any], **others: Any) -> dict[str, Any]:
    return {"type": "modal", "title": plain("Search"), "submit": plain("Go"), "blocks": list(blocks), **others}


def home(*blocks: dict[str, Any]) -> dict[str, Any]:
    return {"type": "home", "blocks": list(blocks)}


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock()


@pytest.fixture
async def slack(clock: ManualClock) -> AsyncIterator[LocalSlack]:
    async with LocalSlack(scopes=ALL_SCOPES, clock=clock) as slack:
        yield slack


@pytest.fixture
def client(slack: LocalSlack) -> AsyncWebClient:
    return AsyncWebClient(slack.token, base_url=slack.url, retry_handlers=[], timeout=2)


@pytest.fixture
def ana(slack: LocalSlack) -> User:
    return slack.add_user("ana")


@pytest.fixture
def team(slack: LocalSlack, ana: User) -> Channel:
    return slack.add_channel("team", [ana])


async def refused(call: Any) -> Any:
    """The body of a refusal."""
    with pytest.raises(SlackApiError) as caught:
        await call
    return caught.value.response.data


async def error_of(call: Any) -> str:
    return str((await refused(call))["error"])


# auth and scopes


async def test_auth_test_tells_who_the_app_is(slack: LocalSlack, client: AsyncWebClient) -> None:
    found = await client.auth_test()
    assert (found["team_id"], found["user_id"], found["bot_id"]) == (slack.team_id, slack.bot_user_id, slack.bot_id)
    assert "chat:write" in found.headers["x-oauth-scopes"]
    assert [(call.method, call.ok, call.status) for call in slack.calls] == [("auth.test", True, 200)]


async def test_tokens_are_refused(slack: LocalSlack, client: AsyncWebClient) -> None:
    def other(token: str | None) -> AsyncWebClient:
        return AsyncWebClient(token, base_url=slack.url)

    assert await error_of(other(None).auth_test()) == "not_authed"
    assert await error_of(other("xoxb-wrong").auth_test()) == "invalid_auth"
    assert await error_of(other(slack.app_token).auth_test()) == "not_allowed_token_type"
    assert await error_of(client.apps_connections_open(app_token=slack.token)) == "not_allowed_token_type"
    slack.token_state = "revoked"
    assert await error_of(client.auth_test()) == "token_revoked"
    slack.token_state = "inactive"
    assert await error_of(client.auth_test()) == "account_inactive"


async def test_token_in_the_form_and_get_both_work(slack: LocalSlack) -> None:
    async with aiohttp.ClientSession() as session:
        async with session.post(f"{slack.url}auth.test", data={"token": slack.token}) as response:
            assert (await response.json())["ok"] is True
        async with session.get(f"{slack.url}auth.test", params={"token": slack.token}) as response:
            assert (await response.json())["ok"] is True
    assert slack.calls[0].args == {}


async def test_missing_scope_says_what_is_needed(slack: LocalSlack, client: AsyncWebClient, team: Channel) -> None:
    slack.scopes = {"chat:write", "im:history"}
    found = await refused(client.conversations_history(channel=team.id))
    assert (found["error"], found["needed"]) == ("missing_scope", "channels:history")
    assert found["provided"] == "chat:write,im:history"
    secret = slack.add_channel("secret", private=True)
    assert (await refused(client.conversations_history(channel=secret.id)))["needed"] == "groups:history"
    slack.scopes = set()
    assert (await refused(client.chat_postMessage(channel=team.id, text="x")))["needed"] == "chat:write"


def test_only_the_methods_that_the_bot_calls_are_there() -> None:
    root = Path(bot.__file__).parent
    source = "".join(path.read_text("utf-8") for path in root.rglob("*.py") if "playground" not in path.parts)
    assert [name for name in METHODS if name not in source and name.replace(".", "_") not in source] == []


async def test_unknown_method(client: AsyncWebClient) -> None:
    assert await error_of(client.api_call("chat.teleport")) == "unknown_method"
    assert await error_of(client.reactions_add(channel="C", name="x", timestamp="1.1")) == "unknown_method"


# messages


async def test_post_is_stored(slack: LocalSlack, client: AsyncWebClient, team: Channel) -> None:
    first = await client.chat_postMessage(
        channel=team.id,
        text="one",
        blocks=[section("one"), actions(button())],
        metadata={"event_type": "pprnet_delivery", "event_payload": {"d": "1"}},
        unfurl_links=False,
    )
    second = await client.chat_postMessage(channel=team.id, text="two", thread_ts=first["ts"])
    stored, reply = team.messages
    assert first["ts"] == stored.ts == "1700000000.000000"
    assert second["ts"] == reply.ts == "1700000000.000100"
    assert stored.blocks[0]["block_id"]
    assert stored.bot_id == slack.bot_id
    assert stored.app_id == slack.app_id
    assert stored.metadata == {"event_type": "pprnet_delivery", "event_payload": {"d": "1"}}
    assert stored.unfurl_links is False
    assert stored.visible_text == "one\nGo"
    assert reply.thread_ts == stored.ts
    assert team.thread(stored.ts) == [reply]
    assert slack.posted(team) == [stored, reply]
    assert [call.args["text"] for call in slack.calls_of("chat.postMessage")] == ["one", "two"]


async def test_post_to_a_person(slack: LocalSlack, client: AsyncWebClient, ana: User) -> None:
    direct = await client.chat_postMessage(channel=ana.id, text="x")
    assert slack.channels[direct["channel"]].im_user == ana.id
    assert slack.open_dm(ana).id == direct["channel"]


async def test_where_it_may_not_post(slack: LocalSlack, client: AsyncWebClient, ana: User) -> None:
    async def post(channel: str) -> str:
        return await error_of(client.chat_postMessage(channel=channel, text="x"))

    assert await post("C404") == "channel_not_found"
    assert await post("#elsewhere") == "channel_not_found"  # Slack takes names, which the bot never gives
    elsewhere = slack.add_channel("elsewhere", with_bot=False)
    assert await post(elsewhere.id) == "not_in_channel"
    assert await post(slack.add_channel("secret", with_bot=False, private=True).id) == "channel_not_found"
    assert await post(slack.add_channel("old", archived=True).id) == "is_archived"
    slack.scopes.add("chat:write.public")
    assert (await client.chat_postMessage(channel=elsewhere.id, text="x"))["ok"]


async def test_what_it_may_not_post(slack: LocalSlack, client: AsyncWebClient, team: Channel) -> None:
    async def post(**args: Any) -> str:
        return await error_of(client.chat_postMessage(channel=team.id, **args))

    nothing = client.api_call("chat.postMessage", json={"channel": team.id, "blocks": []})
    assert await error_of(nothing) == "no_text"
    assert await post(text="x", blocks="{") == "invalid_blocks_format"
    assert await post(text="x", metadata={"event_type": "t"}) == "invalid_metadata_format"
    assert await post(text="x", metadata="nonsense") == "invalid_metadata_format"
    assert await post(text="x", blocks=[section("y" * 2990) for _ in range(5)]) == "msg_blocks_too_long"
    found = await refused(client.chat_postMessage(channel=team.id, text="x", blocks=[section()] * 51))
    assert found["error"] == "invalid_blocks"
    assert found["response_metadata"]["messages"] == ["[ERROR] no more than 50 items allowed [json-pointer:/blocks]"]
    assert team.messages == []
    await client.chat_postMessage(channel=team.id, text="x" * 40_001)
    assert len(team.messages[0].text) == 40_000


async def test_pings_are_taken_but_noted(client: AsyncWebClient, team: Channel) -> None:
    await client.chat_postMessage(
        channel=team.id, text="<!channel> hi", blocks=[section("<@U0123> <!here|here>"), {"type": "divider"}]
    )
    await client.chat_postMessage(channel=team.id, text="&lt;!channel&gt; <https://x.org|x>")
    assert team.messages[0].pings == ["<!channel>", "<@U0123>", "<!here|here>"]
    assert team.messages[1].pings == []


async def test_update_and_delete(slack: LocalSlack, client: AsyncWebClient, team: Channel, ana: User) -> None:
    ts = (await client.chat_postMessage(channel=team.id, text="old", blocks=[section("old")]))["ts"]
    hers = slack.store(team, text="mine", user=ana.id)
    message = team.messages[0]
    await client.chat_update(channel=team.id, ts=ts, blocks=[section("new")], text="new")
    assert (message.text, message.visible_text, message.edited) == ("new", "new", None)
    await client.chat_update(channel=team.id, ts=ts, text="bare")
    assert message.blocks == []
    assert message.edited is not None
    assert await error_of(client.chat_update(channel=team.id, ts=ts, text="x" * 4001)) == "msg_too_long"
    assert await error_of(client.chat_update(channel=team.id, ts="1.000000", text="x")) == "message_not_found"
    assert await error_of(client.chat_update(channel=team.id, ts=hers.ts, text="x")) == "cant_update_message"
    assert await error_of(client.chat_delete(channel=team.id, ts=hers.ts)) == "cant_delete_message"
    await client.chat_delete(channel=team.id, ts=ts)
    assert (team.messages, team.deleted) == ([hers], [message])
    assert await error_of(client.chat_delete(channel=team.id, ts=ts)) == "message_not_found"


async def test_ephemeral(slack: LocalSlack, client: AsyncWebClient, team: Channel, ana: User) -> None:
    bo = slack.add_user("bo")
    done = await client.chat_postEphemeral(channel=team.id, user=ana.id, text="psst")
    assert [message.ts for message in team.seen_by(ana.id)] == [done["message_ts"]]
    assert team.messages == []
    assert await error_of(client.chat_postEphemeral(channel=team.id, user=bo.id, text="x")) == "user_not_in_channel"
    assert await error_of(client.chat_update(channel=team.id, ts=done["message_ts"], text="x")) == "message_not_found"


PNG = b"\x89PNG and the rest"


async def put(address: str, content: bytes = PNG) -> int:
    """Bring bytes to an upload address; the status."""
    async with aiohttp.ClientSession() as session, session.post(address, data=content) as response:
        return response.status


async def test_a_file_is_announced_brought_and_shown(slack: LocalSlack, client: AsyncWebClient, team: Channel) -> None:
    asked = await client.files_getUploadURLExternal(filename="a.png", length=len(PNG), alt_txt="A curve")
    assert await put(asked["upload_url"]) == 200
    assert await put(asked["upload_url"]) == 400
    assert slack.posted() == []
    parent = await client.chat_postMessage(channel=team.id, text="x")
    done = await client.files_completeUploadExternal(
        files=[{"id": asked["file_id"], "title": "Curve"}],
        channel_id=team.id,
        initial_comment="Look",
        thread_ts=parent["ts"],
    )
    assert done["files"][0]["title"] == "Curve"
    message = slack.posted(team)[-1]
    assert (message.text, message.thread_ts, message.bot_id) == ("Look", parent["ts"], slack.bot_id)
    assert (message.files[0].content, message.files[0].mimetype, message.files[0].alt_txt) == (PNG, "image/png", "A curve")
    history = await client.conversations_replies(channel=team.id, ts=parent["ts"])
    assert history["messages"][-1]["files"][0]["id"] == asked["file_id"]


async def test_the_sdks_own_upload_works(slack: LocalSlack, client: AsyncWebClient, team: Channel) -> None:
    await client.files_upload_v2(channel=team.id, filename="a.png", content=PNG, title="Curve")
    assert slack.posted(team)[-1].files[0].content == PNG


async def test_what_an_upload_may_not_be(slack: LocalSlack, client: AsyncWebClient, team: Channel, ana: User) -> None:
    for arguments, error in (
        ({"filename": "a.png", "length": 0}, "missing_argument"),
        ({"filename": "", "length": 1}, "invalid_arguments"),
        ({"filename": "a.png", "length": 1, "alt_txt": "x" * 1_001}, "alt_txt_too_large"),
        ({"filename": "a.png", "length": 2 * 1024**3}, "file_upload_size_restricted"),
    ):
        with pytest.raises(SlackApiError) as refused:
            await client.files_getUploadURLExternal(**arguments)
        assert refused.value.response["error"] == error
    asked = await client.files_getUploadURLExternal(filename="a.png", length=len(PNG) + 1)
    assert await put(asked["upload_url"]) == 400
    assert await put(f"{slack.base_url}/upload/v1/nobody") == 400
    whole = await client.files_getUploadURLExternal(filename="a.png", length=len(PNG))
    await put(whole["upload_url"])
    private = slack.add_channel("hidden", [ana], private=True, with_bot=False)
    far = slack.add_channel("far", [ana], with_bot=False)
    for file, place, error in (
        (asked["file_id"], team.id, "file_not_found"),
        ("F0NOBODY", team.id, "file_not_found"),
        (whole["file_id"], far.id, "not_in_channel"),
        (whole["file_id"], private.id, "channel_not_found"),
        (whole["file_id"], ana.id, "channel_not_found"),
    ):
        with pytest.raises(SlackApiError) as refused:
            await client.files_completeUploadExternal(files=[{"id": file, "title": None}], channel_id=place)
        assert refused.value.response["error"] == error
    slack.scopes.discard("files:write")
    with pytest.raises(SlackApiError) as refused:
        await client.files_getUploadURLExternal(filename="a.png", length=1)
    assert (refused.value.response["error"], refused.value.response["needed"]) == ("missing_scope", "files:write")
    assert slack.posted() == []


async def test_permalink(slack: LocalSlack, client: AsyncWebClient, team: Channel) -> None:
    ts = (await client.chat_postMessage(channel=team.id, text="x"))["ts"]
    found = await client.chat_getPermalink(channel=team.id, message_ts=ts)
    assert found["permalink"] == f"https://local-clinic.slack.com/archives/{team.id}/p{ts.replace('.', '')}"
    assert await error_of(client.chat_getPermalink(channel=team.id, message_ts="1.0")) == "message_not_found"


# history


async def test_history_pages_newest_first(client: AsyncWebClient, team: Channel) -> None:
    sent = [(await client.chat_postMessage(channel=team.id, text=str(n)))["ts"] for n in range(5)]
    await client.chat_postMessage(channel=team.id, text="reply", thread_ts=sent[0])
    seen: list[str] = []
    pages = 0
    async for page in await client.conversations_history(channel=team.id, limit=2):
        pages += 1
        seen += [message["text"] for message in page["messages"]]
    assert (seen, pages) == (["4", "3", "2", "1", "0"], 3)
    assert await error_of(client.conversations_history(channel=team.id, cursor="bad")) == "invalid_cursor"


async def test_history_window(client: AsyncWebClient, team: Channel, clock: ManualClock) -> None:
    sent = []
    for number in range(4):
        sent.append((await client.chat_postMessage(channel=team.id, text=str(number)))["ts"])
        clock.advance(10)

    async def texts(**args: Any) -> list[str]:
        found = await client.conversations_history(channel=team.id, **args)
        return [message["text"] for message in found["messages"]]

    assert await texts(oldest=sent[1], latest=sent[3]) == ["2"]
    assert await texts(oldest=sent[1], latest=sent[3], inclusive=True) == ["3", "2", "1"]
    assert await texts(oldest="1700000015") == ["3", "2"]
    assert await texts(oldest="0") == ["3", "2", "1", "0"]
    assert await error_of(client.conversations_history(channel=team.id, oldest="soon")) == "invalid_ts_oldest"


async def test_metadata_is_given_only_when_asked_for(client: AsyncWebClient, team: Channel) -> None:
    sent = {"event_type": "pprnet_delivery", "event_payload": {"d": "1"}}
    await client.chat_postMessage(channel=team.id, text="x", metadata=sent)
    bare = await client.conversations_history(channel=team.id)
    full = await client.conversations_history(channel=team.id, include_all_metadata=True)
    assert bare["messages"][0]["metadata"] == {"event_type": "pprnet_delivery"}
    assert full["messages"][0]["metadata"] == sent


async def test_replies(slack: LocalSlack, client: AsyncWebClient, team: Channel) -> None:
    root = (await client.chat_postMessage(channel=team.id, text="root"))["ts"]
    for number in range(3):
        await client.chat_postMessage(channel=team.id, text=str(number), thread_ts=root)
    found = await client.conversations_replies(channel=team.id, ts=root, limit=2)
    rest = await client.conversations_replies(
        channel=team.id, ts=root, limit=9, cursor=found["response_metadata"]["next_cursor"]
    )
    assert [message["text"] for message in found["messages"] + rest["messages"]] == ["root", "0", "1", "2"]
    assert found["messages"][0]["reply_count"] == 3
    assert await error_of(client.conversations_replies(channel=team.id, ts="1.000000")) == "thread_not_found"
    elsewhere = slack.add_channel("elsewhere", with_bot=False)
    assert await error_of(client.conversations_history(channel=elsewhere.id)) == "not_in_channel"
    assert await error_of(client.conversations_history(channel="C404")) == "channel_not_found"


async def test_users(client: AsyncWebClient, ana: User) -> None:
    assert (await client.users_info(user=ana.id))["user"]["tz"] == "America/Toronto"
    assert await error_of(client.users_info(user="U404")) == "user_not_found"


# views


async def test_triggers_last_three_seconds_and_once(
    slack: LocalSlack, client: AsyncWebClient, ana: User, clock: ManualClock
) -> None:
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


# the checker


def radio(count: int, **others: Any) -> dict[str, Any]:
    options = [{"text": plain(str(n)), "value": str(n)} for n in range(count)]
    return {"type": "radio_buttons", "action_id": "kind", "options": options, **others}


def channels(**others: Any) -> dict[str, Any]:
    return {"type": "conversations_select", "action_id": "channel", **others}


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


# faults


async def test_http_errors_and_rate_limits(slack: LocalSlack, client: AsyncWebClient, team: Channel) -> None:
    slack.faults.http("chat.postMessage", 500)
    slack.faults.http("chat.postMessage", 503, store=True)
    slack.faults.rate_limited("chat.postMessage", 7)
    slack.faults.rate_limited("chat.postMessage", None)
    slack.faults.error("chat.postMessage", "internal_error")
    with pytest.raises(SlackApiError) as first:
        await client.chat_postMessage(channel=team.id, text="a")
    assert first.value.response.status_code == 500
    with pytest.raises(SlackApiError) as second:
        await client.chat_postMessage(channel=team.id, text="b")
    assert second.value.response.status_code == 503
    with pytest.raises(SlackApiError) as third:
        await client.chat_postMessage(channel=team.id, text="c")
    assert (third.value.response.status_code, third.value.response.headers["Retry-After"]) == (429, "7")
    with pytest.raises(SlackApiError) as fourth:
        await client.chat_postMessage(channel=team.id, text="d")
    assert "Retry-After" not in fourth.value.response.headers
    assert await error_of(client.chat_postMessage(channel=team.id, text="e")) == "internal_error"
    assert (await client.chat_postMessage(channel=team.id, text="f"))["ok"]
    assert [message.text for message in team.messages] == ["b", "f"]
    assert [call.stored for call in slack.calls] == [False, True, False, False, False, True]
    assert len(slack.faults.played) == 5


async def test_dropped_connections(slack: LocalSlack, client: AsyncWebClient, team: Channel) -> None:
    slack.faults.drop_before("chat.postMessage")
    with pytest.raises(aiohttp.ClientError):
        await client.chat_postMessage(channel=team.id, text="lost")
    slack.faults.drop_after("chat.postMessage")
    with pytest.raises(aiohttp.ClientError):
        await client.chat_postMessage(channel=team.id, text="kept")
    assert [message.text for message in team.messages] == ["kept"]
    assert [(call.status, call.error) for call in slack.calls] == [(0, "dropped")] * 2


async def test_the_default_client_posts_twice_when_the_reply_is_lost(slack: LocalSlack, team: Channel) -> None:
    slack.faults.drop_after("chat.postMessage", times=2)
    with pytest.raises(aiohttp.ClientError):
        await AsyncWebClient(slack.token, base_url=slack.url).chat_postMessage(channel=team.id, text="x")
    assert len(team.messages) == 2


async def test_late_requests_land_after_the_caller_left(slack: LocalSlack, team: Channel) -> None:
    hasty = AsyncWebClient(slack.token, base_url=slack.url, retry_handlers=[], timeout=1)
    before, after = asyncio.Event(), asyncio.Event()
    slack.faults.delay_before("chat.postMessage", before)
    slack.faults.delay_after("chat.postMessage", after)
    results = asyncio.gather(
        hasty.chat_postMessage(channel=team.id, text="late"),
        hasty.chat_postMessage(channel=team.id, text="early"),
        return_exceptions=True,
    )
    await asyncio.wait_for(results, 5)
    assert all(isinstance(each, TimeoutError) for each in await results)
    assert len(team.messages) == 1
    before.set()
    after.set()
    await slack.until(lambda: len(team.messages) == 2)


async def test_faults_for_one_channel_only(slack: LocalSlack, client: AsyncWebClient, team: Channel) -> None:
    other = slack.add_channel("other")
    slack.faults.error("*", "fatal_error", channel=other.id, times=2)
    assert (await client.chat_postMessage(channel=team.id, text="x"))["ok"]
    assert await error_of(client.chat_postMessage(channel=other.id, text="x")) == "fatal_error"
    slack.faults.clear()
    assert (await client.chat_postMessage(channel=other.id, text="x"))["ok"]


# response_url


async def test_response_url_five_times(slack: LocalSlack, team: Channel, ana: User) -> None:
    hook = AsyncWebhookClient(slack.new_response_url(team.id, ana.id, kind="commands"))
    for _ in range(5):
        assert (await hook.send(text="psst")).status_code == 200
    gone = await hook.send(text="psst")
    assert (gone.status_code, gone.body) == (404, "used_url")
    assert len(team.seen_by(ana.id)) == 5
    assert [call.ok for call in slack.calls_of("response_url")] == [True] * 5 + [False]


async def test_response_url_half_an_hour(slack: LocalSlack, team: Channel, ana: User, clock: ManualClock) -> None:
    hook = AsyncWebhookClient(slack.new_response_url(team.id, ana.id, kind="commands"))
    clock.advance(1801)
    gone = await hook.send(text="psst")
    assert (gone.status_code, gone.body) == (404, "expired_url")


async def test_response_url_replaces_and_shows_to_all(
    slack: LocalSlack, client: AsyncWebClient, team: Channel, ana: User
) -> None:
    await client.chat_postEphemeral(channel=team.id, user=ana.id, text="first")
    message = team.ephemeral[0]
    hook = AsyncWebhookClient(slack.new_response_url(team.id, ana.id, original=message, kind="actions"))
    await hook.send(text="second", replace_original=True, response_type="in_channel")
    assert [each.text for each in team.seen_by(ana.id)] == ["second"]
    await hook.send(text="for all", response_type="in_channel")
    assert [each.text for each in team.messages] == ["for all"]
    bad = await hook.send(text="x", blocks=[section("x" * 3001)])
    assert (bad.status_code, bad.body) == (400, "invalid_blocks")
    assert (await hook.send(text="")).body == "no_text"
    slack.faults.rate_limited("response_url")
    assert (await hook.send(text="x")).status_code == 429


# people: a small app that records and answers


class SmallApp:
    """Checks signatures, keeps what it got and answers as told."""

    def __init__(self) -> None:
        self.got: list[tuple[dict[str, str], Any]] = []
        self.answers: list[web.Response] = []
        self.verifier = SignatureVerifier(SECRET)

    async def handle(self, request: web.Request) -> web.Response:
        body = await request.read()
        if not self.verifier.is_valid_request(body, dict(request.headers)):
            return web.Response(status=401)
        if request.content_type == "application/json":
            parsed = json.loads(body)
        else:
            form = dict(await request.post())
            parsed = json.loads(str(form["payload"])) if "payload" in form else form
        self.got.append(({key.lower(): value for key, value in request.headers.items()}, parsed))
        return self.answers.pop(0) if self.answers else web.Response()

    @property
    def last(self) -> Any:
        return self.got[-1][1]


@pytest.fixture
def small() -> SmallApp:
    return SmallApp()


@pytest.fixture
async def sender(slack: LocalSlack, small: SmallApp) -> AsyncIterator[Sender]:
    app = web.Application()
    app.router.add_post("/slack/events", small.handle)
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    yield Sender(slack, f"http://127.0.0.1:{runner.addresses[0][1]}/slack/events", SECRET)
    await runner.cleanup()


async def test_command_and_its_answer(slack: LocalSlack, sender: Sender, small: SmallApp, team: Channel, ana: User) -> None:
    small.answers = [web.json_response({"text": "found", "blocks": [section("found"), actions(button("More"))]})]
    answer = await sender.command("alliance rupture", user=ana, channel=team)
    assert (answer.status, answer.body["text"]) == (200, "found")
    assert answer.message is not None
    assert team.seen_by(ana.id) == [answer.message]
    form = small.last
    assert (form["command"], form["text"], form["channel_name"]) == ("/pprnet", "alliance rupture", "team")
    assert form["response_url"] in slack.response_urls
    assert form["trigger_id"] in slack.triggers

    await sender.press(answer.message, "More")
    payload = small.last
    assert payload["type"] == "block_actions"
    assert payload["container"] == {
        "type": "message",
        "message_ts": answer.message.ts,
        "channel_id": team.id,
        "is_ephemeral": True,
    }
    assert "message" not in payload
    assert payload["actions"][0]["block_id"] == answer.message.blocks[1]["block_id"]
    await AsyncWebhookClient(payload["response_url"]).send(text="more", replace_original=True)
    assert answer.message.text == "more"
    with pytest.raises(AssertionError, match="nothing to press"):
        await sender.press(answer.message, "More")


async def test_command_without_text_in_a_dm_and_shown_to_all(
    sender: Sender, small: SmallApp, team: Channel, ana: User
) -> None:
    small.answers = [
        web.Response(text="plain words"),
        web.json_response({"text": "all", "response_type": "in_channel"}),
    ]
    answer = await sender.command(None, user=ana)
    assert answer.message is not None
    assert (answer.message.text, answer.body) == ("plain words", "plain words")
    assert "text" not in small.last
    assert small.last["channel_name"] == "directmessage"
    await sender.command("x", user=ana, channel=team, user_name=None)
    assert [message.text for message in team.messages] == ["all"]
    assert "user_name" not in small.last
    assert (await sender.command("x", user=ana, channel=team)).message is None


async def test_an_answer_slack_would_not_show_fails_the_test(
    sender: Sender, small: SmallApp, team: Channel, ana: User
) -> None:
    small.answers = [web.json_response({"text": "x", "blocks": [section("x" * 3001)]})]
    with pytest.raises(AssertionError, match="less than 3001"):
        await sender.command("x", user=ana, channel=team)


async def test_signatures_can_be_forged(sender: Sender, small: SmallApp, team: Channel, ana: User) -> None:
    body = b'{"type":"event_callback"}'
    head = {"Content-Type": "application/json"}
    assert (await sender.post(body, {**head, **sender.sign(body)})).status == 200
    assert (await sender.post(body + b" ", {**head, **sender.sign(body)})).status == 401
    assert (await sender.post(body, {**head, **sender.sign(body, 1_000)})).status == 401
    sender.signing_secret = "other"
    assert (await sender.command("x", user=ana, channel=team)).status == 401


async def test_mention_is_stored_and_redelivered(
    slack: LocalSlack, sender: Sender, small: SmallApp, team: Channel, ana: User
) -> None:
    answer = await sender.mention("what helps?", channel=team, user=ana)
    event = small.last["event"]
    assert event["type"] == "app_mention"
    assert event["text"] == f"<@{slack.bot_user_id}> what helps?" == team.messages[0].text
    assert event["ts"] == team.messages[0].ts
    await sender.redeliver(answer, retry=2, reason="http_error")
    headers, again = small.got[-1]
    assert (again["event_id"], again["event"]) == (answer.event_id, event)
    assert (headers["x-slack-retry-num"], headers["x-slack-retry-reason"]) == ("2", "http_error")
    assert "x-slack-retry-num" not in small.got[0][0]
    assert len(team.messages) == 1
    with pytest.raises(AssertionError, match="not in #far"):
        await sender.mention("x", channel=slack.add_channel("far", with_bot=False), user=ana)


async def test_direct_message_home_and_shortcuts(
    slack: LocalSlack, sender: Sender, small: SmallApp, client: AsyncWebClient, team: Channel, ana: User
) -> None:
    await sender.direct_message("hello", user=ana)
    assert small.last["event"]["channel_type"] == "im"
    assert slack.open_dm(ana).messages[0].text == "hello"
    await sender.home_opened(ana)
    assert (small.last["event"]["tab"], "view" in small.last["event"]) == ("home", False)
    await client.views_publish(user_id=ana.id, view=home(section("x", accessory=button("Go"))))
    await sender.home_opened(ana)
    assert small.last["event"]["view"]["type"] == "home"
    view = slack.home(ana)
    assert view is not None
    await sender.press(view, "Go")
    assert (small.last["container"]["type"], "response_url" in small.last) == ("view", False)
    await sender.shortcut("search", user=ana)
    assert small.last["type"] == "shortcut"
    message = slack.store(team, text="her words", user=ana.id)
    await sender.message_shortcut("find", message, user=ana)
    assert (small.last["type"], small.last["message"]["text"]) == ("message_action", "her words")


async def test_an_app_that_is_down(slack: LocalSlack, ana: User) -> None:
    answer = await Sender(slack, "http://127.0.0.1:9/slack/events", SECRET).command("x", user=ana)
    assert (answer.status, answer.error, answer.ok) == (0, "connection_failed", False)


async def test_press_chooses_among_several(
    client: AsyncWebClient, sender: Sender, small: SmallApp, team: Channel, ana: User
) -> None:
    await client.chat_postMessage(
        channel=team.id,
        text="x",
        blocks=[
            section("a", accessory=button("Open", "a", value="1")),
            section("b", accessory=button("Open", "b", value="2")),
        ],
    )
    message = team.messages[0]
    assert [str(control) for control in sender.controls(message)][:2] == ["[Open] (a)", "[Open] (b)"]
    with pytest.raises(AssertionError, match="2 control"):
        await sender.press(message, "Open", user=ana)
    with pytest.raises(AssertionError, match="who acts"):
        await sender.press(message, "a")
    await sender.press(message, "Open", value="2", user=ana)
    assert small.last["actions"][0]["action_id"] == "b"
    assert small.last["message"]["ts"] == message.ts
    await sender.press(message, "Open", nth=0, user=ana)
    assert small.last["actions"][0]["value"] == "1"


async def test_choosing_changes_the_state(
    client: AsyncWebClient, sender: Sender, small: SmallApp, team: Channel, ana: User
) -> None:
    await client.chat_postMessage(channel=team.id, text="x", blocks=[section("x", block_id="s", accessory=radio(3))])
    await sender.choose(team.messages[0], "kind", "2", user=ana)
    assert small.last["actions"][0]["selected_option"]["value"] == "2"
    assert small.last["state"]["values"]["s"]["kind"]["selected_option"]["value"] == "2"


async def opened(slack: LocalSlack, client: AsyncWebClient, user: User, *blocks: Any, **others: Any) -> View:
    await client.views_open(trigger_id=slack.new_trigger(user.id), view=modal(*blocks, **others))
    view = slack.modal(user)
    assert view is not None
    return view


async def test_submit_and_every_response_action(
    slack: LocalSlack, client: AsyncWebClient, sender: Sender, small: SmallApp, ana: User
) -> None:
    kind = {"type": "input", "block_id": "r", "label": plain("Kind"), "element": radio(2)}
    view = await opened(slack, client, ana, field(), kind, callback_id="search")
    with pytest.raises(AssertionError, match="Question: please complete"):
        await sender.submit(view, {"r": {"kind": "1"}})
    with pytest.raises(AssertionError, match="at most 20"):
        await sender.submit(view, {"q": {"text": "x" * 21}})

    small.answers = [web.json_response({"response_action": "errors", "errors": {"q": "Too vague"}})]
    answer = await sender.submit(view, {"q": {"text": "help"}})
    assert (answer.errors, answer.view) == ({"q": "Too vague"}, view)
    values = small.last["view"]["state"]["values"]
    assert values["q"]["text"] == {"type": "plain_text_input", "value": "help"}
    assert values["r"]["kind"]["selected_option"]["value"] == "1"

    small.answers = [web.json_response({"response_action": "update", "view": modal(section("changed"), field())})]
    assert (await sender.submit(view)).view is view
    assert "changed" in view.visible_text
    await client.views_push(trigger_id=slack.new_trigger(ana.id, view_id=view.id), view=modal(field()))
    second = slack.modal(ana)
    assert second
    assert (await sender.submit(second, {"q": {"text": "x"}})).view is view
    assert second.closed
    small.answers = [web.json_response({"response_action": "clear"})]
    assert (await sender.submit(view, {"q": {"text": "x"}})).view is None
    with pytest.raises(AssertionError, match="not on the screen"):
        await sender.submit(view)


async def test_bad_answers_to_a_form_fail_the_test(
    slack: LocalSlack, client: AsyncWebClient, sender: Sender, small: SmallApp, ana: User
) -> None:
    view = await opened(slack, client, ana, field())
    small.answers = [
        web.json_response({"response_action": "errors", "errors": {"nowhere": "x"}}),
        web.json_response({"response_action": "update", "view": modal(section(), title=plain("x" * 25))}),
        web.json_response({"response_action": "vanish"}),
        web.Response(status=500),
    ]
    for complaint in ("nowhere", "less than 25", "vanish"):
        with pytest.raises(AssertionError, match=complaint):
            await sender.submit(view, {"q": {"text": "x"}})
    answer = await sender.submit(view)
    assert (answer.status, answer.view) == (500, view)


async def test_closing(slack: LocalSlack, client: AsyncWebClient, sender: Sender, small: SmallApp, ana: User) -> None:
    silent = await opened(slack, client, ana, section())
    assert await sender.close(silent) is None
    assert slack.modal(ana) is None
    loud = await opened(slack, client, ana, section(), notify_on_close=True)
    assert isinstance(await sender.close(loud), Answer)
    assert (small.last["type"], small.last["view"]["id"]) == ("view_closed", loud.id)


# Socket Mode


async def socket_client(slack: LocalSlack, listener: Any) -> SocketModeClient:
    web_client = AsyncWebClient(slack.token, base_url=slack.url)
    client = SocketModeClient(slack.app_token, web_client=web_client)
    client.socket_mode_request_listeners.append(listener)
    await client.connect()
    await slack.sockets.wait_for_connections()
    return client


async def test_socket_acks(slack: LocalSlack) -> None:
    silent: list[str] = []

    async def listener(client: SocketModeClient, request: SocketModeRequest) -> None:
        if request.payload.get("quiet") and not silent:
            silent.append(request.envelope_id)
            return
        answer = SocketModeResponse(request.envelope_id, {"text": "hi"} if request.type == "slash_commands" else None)
        await client.send_socket_mode_response(answer)

    client = await socket_client(slack, listener)
    try:
        assert await slack.send_envelope("slash_commands", {"text": "x"}) == {"text": "hi"}
        assert await slack.send_envelope("events_api", {"event": {}}, accepts_response_payload=False) is None
        with pytest.raises(TimeoutError):
            await slack.send_envelope("events_api", {"quiet": True}, seconds=0.1)
        (envelope,) = slack.sockets.unacked
        assert await slack.resend(envelope) is None
        assert (envelope.retry_attempt, envelope.times_sent, slack.sockets.unacked) == (1, 2, [])
        assert silent == [envelope.id]
    finally:
        await client.close()


async def test_socket_refresh_and_cut(slack: LocalSlack) -> None:
    async def listener(client: SocketModeClient, request: SocketModeRequest) -> None:
        await client.send_socket_mode_response(SocketModeResponse(request.envelope_id))

    client = await socket_client(slack, listener)
    client.ping_interval = 0.05
    try:
        first = slack.sockets.connections[0]
        await slack.sockets.send_disconnect()
        await slack.until(lambda: any(link is not first for link in slack.sockets.connections))
        assert await slack.send_envelope("events_api", {}) is None
        before = list(slack.sockets.connections)
        slack.sockets.drop_connections()
        await slack.until(lambda: any(link not in before for link in slack.sockets.connections))
        assert await slack.send_envelope("events_api", {}) is None
        assert len(slack.calls_of("apps.connections.open")) >= 3
    finally:
        await client.close()
    await slack.sockets.wait_for_connections(0)
    with pytest.raises(ConnectionError):
        await slack.send_envelope("events_api", {})


# the whole way, with Bolt


def bolt_app(slack: LocalSlack, client: AsyncWebClient) -> AsyncApp:
    app = AsyncApp(client=client, signing_secret=SECRET)

    @app.command("/pprnet")
    async def command(ack: Any, body: Any) -> None:
        await ack(text=f"about {body['text']}", blocks=[section("about"), actions(button("Search", "search"))])

    @app.action("search")
    async def search(ack: Any, body: Any, client: AsyncWebClient) -> None:
        await ack()
        await client.views_open(trigger_id=body["trigger_id"], view=modal(field(), callback_id="form"))

    @app.view("form")
    async def form(ack: Any, view: Any) -> None:
        await ack(response_action="errors", errors={"q": view["state"]["values"]["q"]["text"]["value"]})

    @app.event("app_mention")
    async def mention(event: Any, say: Any) -> None:
        await say(text="here", thread_ts=event["ts"])

    return app


async def walk_through(slack: LocalSlack, sender: Sender, team: Channel, ana: User) -> None:
    answer = await sender.command("sleep", user=ana, channel=team)
    assert answer.message is not None
    assert answer.message.text == "about sleep"
    assert (await sender.press(answer.message, "Search")).ok
    view = await slack.until(lambda: slack.modal(ana))
    assert view is not None
    sent = await sender.submit(view, {"q": {"text": "why"}})
    assert sent.errors == {"q": "why"}
    assert (await sender.mention("hi", channel=team, user=ana)).ok
    (reply,) = await slack.until(lambda: slack.posted(team))
    assert (reply.text, reply.thread_ts) == ("here", team.messages[0].ts)


async def test_bolt_over_http(slack: LocalSlack, client: AsyncWebClient, team: Channel, ana: User) -> None:
    runner = web.AppRunner(bolt_app(slack, client).web_app())
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    try:
        url = f"http://127.0.0.1:{runner.addresses[0][1]}/slack/events"
        await walk_through(slack, Sender(slack, url, SECRET), team, ana)
    finally:
        await runner.cleanup()


async def test_bolt_over_socket_mode(slack: LocalSlack, client: AsyncWebClient, team: Channel, ana: User) -> None:
    handler = AsyncSocketModeHandler(bolt_app(slack, client), slack.app_token)
    await handler.connect_async()
    try:
        await slack.sockets.wait_for_connections()
        await walk_through(slack, SocketSender(slack), team, ana)
    finally:
        await handler.close_async()

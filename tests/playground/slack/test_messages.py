"""Tokens, scopes and messages, as the real SDK sends them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import aiohttp
from slack_sdk.web.async_client import AsyncWebClient

import bot
from bot.playground.slack import (
    Channel,
    LocalSlack,
    User,
)
from bot.playground.slack.methods import METHODS
from tests.playground.slack.pieces import (
    actions,
    button,
    error_of,
    refused,
    section,
)


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


async def test_permalink(slack: LocalSlack, client: AsyncWebClient, team: Channel) -> None:
    ts = (await client.chat_postMessage(channel=team.id, text="x"))["ts"]
    found = await client.chat_getPermalink(channel=team.id, message_ts=ts)
    assert found["permalink"] == f"https://local-clinic.slack.com/archives/{team.id}/p{ts.replace('.', '')}"
    assert await error_of(client.chat_getPermalink(channel=team.id, message_ts="1.0")) == "message_not_found"

"""History and people, as the Web API gives them."""

from __future__ import annotations

from typing import Any

from slack_sdk.web.async_client import AsyncWebClient

from bot.playground.slack import (
    Channel,
    LocalSlack,
    ManualClock,
    User,
)
from tests.playground.slack.pieces import (
    error_of,
)


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

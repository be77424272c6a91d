"""How the local Slack fails on demand, and when response_urls end."""

from __future__ import annotations

import asyncio

import aiohttp
import pytest
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient
from slack_sdk.webhook.async_client import AsyncWebhookClient

from bot.playground.slack import (
    Channel,
    LocalSlack,
    ManualClock,
    User,
)
from tests.playground.slack.pieces import (
    error_of,
    section,
)


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

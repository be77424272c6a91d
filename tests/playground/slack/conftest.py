"""A local Slack with a client, people and a channel."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
from aiohttp import web
from slack_sdk.web.async_client import AsyncWebClient

from bot.playground.slack import (
    Channel,
    LocalSlack,
    ManualClock,
    Sender,
    User,
)
from tests.playground.slack.pieces import (
    ALL_SCOPES,
    SECRET,
    SmallApp,
)


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

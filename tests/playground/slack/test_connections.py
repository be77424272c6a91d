"""Socket Mode connections, and the whole way with Bolt over HTTP and Socket Mode."""

from __future__ import annotations

from typing import Any

import pytest
from aiohttp import web
from slack_bolt.adapter.socket_mode.aiohttp import AsyncSocketModeHandler
from slack_bolt.async_app import AsyncApp
from slack_sdk.socket_mode.aiohttp import SocketModeClient
from slack_sdk.socket_mode.request import SocketModeRequest
from slack_sdk.socket_mode.response import SocketModeResponse
from slack_sdk.web.async_client import AsyncWebClient

from bot.playground.slack import (
    Channel,
    LocalSlack,
    Sender,
    SocketSender,
    User,
)
from tests.playground.slack.pieces import (
    SECRET,
    actions,
    button,
    field,
    modal,
    section,
)


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

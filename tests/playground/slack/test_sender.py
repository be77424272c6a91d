"""What people do, sent to an app as Slack sends it."""

from __future__ import annotations

import pytest
from aiohttp import web
from slack_sdk.web.async_client import AsyncWebClient
from slack_sdk.webhook.async_client import AsyncWebhookClient

from bot.playground.slack import (
    Answer,
    Channel,
    LocalSlack,
    Sender,
    User,
)
from tests.playground.slack.pieces import (
    SECRET,
    SmallApp,
    actions,
    button,
    field,
    home,
    modal,
    opened,
    plain,
    radio,
    section,
)


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

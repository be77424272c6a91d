"""One attempt to post, whatever Slack answers, and looking a message up."""

from __future__ import annotations

import ast
from collections.abc import Callable
from pathlib import Path

import pytest
from slack_sdk.web.async_client import AsyncWebClient

import bot
from bot.outbox.transport import Absent, Cause, Found, LookUp, LookupFailed, Refused, Sent, Unknown
from bot.playground.slack import Channel, Fault, LocalSlack
from bot.playground.slack.workspace import DEFAULT_SCOPES
from bot.slack.client import SlackApi
from bot.slack.history import MARK
from tests.support.publishing import POST

# One attempt to post


FAULTS: dict[str, tuple[Callable[[LocalSlack], object], object, int]] = {
    "nothing": (lambda slack: None, Sent, 1),
    "429 with a wait": (lambda slack: slack.faults.rate_limited(POST, 7), Refused("ratelimited", Cause.PASSING, 7.0), 0),
    "429 with a wait of 3,170 years": (
        lambda slack: slack.faults.rate_limited(POST, 99999999999),
        Refused("ratelimited", Cause.PASSING, 3600.0),
        0,
    ),
    "429 with a figure that is no number": (
        lambda slack: slack.faults.rate_limited(POST, "\u00b2"),
        Refused("ratelimited", Cause.PASSING),
        0,
    ),
    "429 without one": (lambda slack: slack.faults.rate_limited(POST, None), Refused("ratelimited", Cause.PASSING), 0),
    "429 with nonsense": (lambda slack: slack.faults.rate_limited(POST, "soon"), Refused("ratelimited", Cause.PASSING), 0),
    "429 as a page": (lambda slack: slack.faults.http(POST, 429), Refused("ratelimited", Cause.PASSING), 0),
    "500, not posted": (lambda slack: slack.faults.http(POST, 500), Unknown("http_500"), 0),
    "500, posted": (lambda slack: slack.faults.http(POST, 500, store=True), Unknown("http_500"), 1),
    "503": (lambda slack: slack.faults.http(POST, 503), Unknown("http_503"), 0),
    "a page": (lambda slack: slack.faults.http(POST, 200, store=True), Unknown("http_200"), 1),
    "a proxy's 403": (lambda slack: slack.faults.http(POST, 403), Unknown("http_403"), 0),
    "dropped before": (lambda slack: slack.faults.drop_before(POST), Unknown("ServerDisconnectedError"), 0),
    "dropped after": (lambda slack: slack.faults.drop_after(POST), Unknown("ServerDisconnectedError"), 1),
    "internal_error": (lambda slack: slack.faults.error(POST, "internal_error", store=True), Unknown, 1),
    "fatal_error": (lambda slack: slack.faults.error(POST, "fatal_error", store=True), Unknown, 1),
    "an error of tomorrow": (lambda slack: slack.faults.error(POST, "half_done", store=True), Unknown("half_done"), 1),
    "not_in_channel": (
        lambda slack: slack.faults.error(POST, "not_in_channel"),
        Refused("not_in_channel", Cause.NOT_A_MEMBER),
        0,
    ),
    "is_archived": (lambda slack: slack.faults.error(POST, "is_archived"), Refused("is_archived", Cause.LASTING), 0),
    "token_revoked": (lambda slack: slack.faults.error(POST, "token_revoked"), Refused("token_revoked", Cause.TOKEN), 0),
    "invalid_blocks": (lambda slack: slack.faults.error(POST, "invalid_blocks"), Refused("invalid_blocks", Cause.LAYOUT), 0),
    "msg_too_long": (lambda slack: slack.faults.error(POST, "msg_too_long"), Refused("msg_too_long", Cause.MESSAGE), 0),
}
BODIES = {
    "an empty body": "",
    "a list": "[1]",
    "a number": "7",
    "broken": '{"ok": tr',
    "no ts": '{"ok": true}',
    "a null ts": '{"ok": true, "ts": null}',
    "bad UTF-8": '{"ok": true, "ts": "\udcff"}',
}


@pytest.mark.parametrize("name", FAULTS)
async def test_each_answer_to_a_post_is_read_for_what_it_proves(slack: LocalSlack, channel: Channel, name: str) -> None:
    arrange, outcome, posted = FAULTS[name]
    arrange(slack)
    found = await SlackApi(slack.token, slack.url).post(channel.id, {"text": "hello"}, mark="m")
    assert type(found) is outcome if isinstance(outcome, type) else found == outcome
    assert len(slack.posted(channel)) == posted
    assert len(slack.calls_of(POST)) == 1, "one attempt is one call"


@pytest.mark.parametrize("kind", ["application/json", "text/plain"])
@pytest.mark.parametrize("name", BODIES)
async def test_an_answer_that_cannot_be_read_proves_nothing(
    slack: LocalSlack, channel: Channel, name: str, kind: str
) -> None:
    fault = slack.faults.http(POST, 200, store=True)
    fault.body, fault.headers = BODIES[name].encode("utf-8", "replace").decode(), {"Content-Type": kind}
    found = await SlackApi(slack.token, slack.url).post(channel.id, {"text": "hello"})
    assert isinstance(found, Unknown)


async def test_a_refused_connection_and_an_unknown_host_prove_that_nothing_was_posted(slack: LocalSlack) -> None:
    for url in ("http://127.0.0.1:1/api/", "http://slack.invalid/api/"):
        found = await SlackApi(slack.token, url).post("C1", {"text": "hello"})
        assert found == Refused("no_connection", Cause.PASSING)


async def test_a_post_whose_time_to_begin_is_over_does_not_leave(slack: LocalSlack, channel: Channel) -> None:
    found = await SlackApi(slack.token, slack.url).post(channel.id, {"text": "hello"}, within=-0.001)
    assert isinstance(found, Refused)
    assert found.code == "too_late"
    assert slack.calls == []


async def test_the_sdk_by_itself_posts_twice_where_we_post_once(slack: LocalSlack, channel: Channel) -> None:
    slack.faults.drop_after(POST)
    await AsyncWebClient(token=slack.token, base_url=slack.url).chat_postMessage(channel=channel.id, text="twice")
    assert len(slack.posted(channel)) == 2
    ours = slack.add_channel("ours")
    slack.faults.drop_after(POST)
    await SlackApi(slack.token, slack.url).post(ours.id, {"text": "once"})
    assert len(slack.posted(ours)) == 1


@pytest.mark.slow
def test_messages_are_posted_by_one_file_on_a_client_that_never_retries() -> None:
    root = Path(bot.__file__).parent
    posts, clients = [], []
    slack_itself = root / "playground" / "slack"  # the far side, which offers the method
    for file in sorted(set(root.rglob("*.py")) - set(slack_itself.rglob("*.py"))):
        tree = ast.parse(file.read_text("utf-8"))
        where = str(file.relative_to(root))
        if where.startswith("listeners/"):
            arguments = {each.arg for each in ast.walk(tree) if isinstance(each, ast.arg)}
            assert not arguments & {"say", "respond"}, f"{where}: Bolt's helpers bring clients of their own"
        for node in ast.walk(tree):
            if isinstance(node, ast.Attribute) and node.attr in {"chat_postMessage", "chat_scheduleMessage"}:
                posts.append((where, ast.unparse(node)))
            if isinstance(node, ast.Call) and POST in {getattr(each, "value", None) for each in node.args}:
                posts.append((where, ast.unparse(node)))
            if isinstance(node, ast.Call) and ast.unparse(node.func).endswith(
                ("WebClient", "WebhookClient", "ObservedClient")
            ):
                retries = [ast.unparse(each.value) for each in node.keywords if each.arg == "retry_handlers"]
                clients.append((where, retries))
    assert posts == [("slack/client.py", "client.chat_postMessage")]
    assert all(retries for _, retries in clients), "the SDK's default retries"
    assert [where for where, retries in clients if retries != ["[]"]] == ["slack/client.py"], "`_client` makes them"
    post = next(
        node
        for node in ast.walk(ast.parse((root / "slack/client.py").read_text("utf-8")))
        if isinstance(node, ast.AsyncFunctionDef) and node.name == "post"
    )
    made = [ast.unparse(node) for node in ast.walk(post) if isinstance(node, ast.Assign)]
    made = [statement for statement in made if statement.startswith("client = ")]
    assert made == ["client = self._client(retries=[], session=session)"]
    assert SlackApi("xoxb-t", "http://127.0.0.1:1/api/").once.retry_handlers == []


# Looking up


@pytest.fixture
def reader(slack: LocalSlack) -> SlackApi:
    """Slack for a bot that may read channels."""
    slack.scopes = {*DEFAULT_SCOPES, "channels:history"}
    return SlackApi(slack.token, slack.url)


def marked(mark: str) -> dict[str, object]:
    """The metadata of a message of the publisher."""
    return {"event_type": MARK, "event_payload": {"d": mark, "a": 1}}


async def test_a_look_up_finds_the_first_message_with_the_mark_on_any_page(
    slack: LocalSlack, channel: Channel, reader: SlackApi
) -> None:
    slack.history_page_limit = 7
    first = slack.store(channel, text="ours", metadata=marked("m"))
    second = slack.store(channel, text="ours again", metadata=marked("m"))
    for number in range(20):
        slack.store(channel, text=f"talk {number}", user="U1")
    slack.store(channel, text="another of ours", metadata=marked("n"))
    assert await reader.find(channel.id, "m", thread_ts=None, ago=0.0) == Found(first.ts, (second.ts,))
    assert await reader.find(channel.id, "o", thread_ts=None, ago=0.0) == Absent()
    assert len(slack.calls_of("conversations.history")) > 6


async def test_a_card_is_looked_up_in_its_thread(slack: LocalSlack, channel: Channel, reader: SlackApi) -> None:
    parent = slack.store(channel, text="parent", metadata=marked("p"))
    card = slack.store(channel, text="card", metadata=marked("m"), thread_ts=parent.ts)
    assert await reader.find(channel.id, "m", thread_ts=parent.ts, ago=0.0) == Found(card.ts)


@pytest.mark.parametrize("hours", [-25, -1, 1, 25])
async def test_a_clock_that_is_wrong_by_a_day_does_not_hide_a_message(
    slack: LocalSlack, channel: Channel, reader: SlackApi, hours: int
) -> None:
    message = slack.store(channel, text="ours", metadata=marked("m"))
    assert await reader.find(channel.id, "m", thread_ts=None, ago=hours * 3600) == Found(message.ts)


async def test_another_apps_message_with_our_mark_is_not_ours(slack: LocalSlack, channel: Channel, reader: SlackApi) -> None:
    foreign = slack.store(channel, text="not ours", metadata=marked("m"), user="U0OTHERBOT1")
    foreign.bot_id, foreign.app_id = "B0OTHER0001", "A0OTHER0001"
    assert await reader.find(channel.id, "m", thread_ts=None, ago=0.0) == Absent()


async def test_metadata_that_is_withheld_proves_nothing(slack: LocalSlack, channel: Channel, reader: SlackApi) -> None:
    message = slack.store(channel, text="ours", metadata=marked("m"))
    message.metadata = {"event_type": MARK}
    found = await reader.find(channel.id, "m", thread_ts=None, ago=0.0)
    assert found == LookupFailed("metadata_hidden", Cause.LASTING)


@pytest.mark.parametrize(("code", "cause"), [("missing_scope", Cause.NO_SCOPE), ("not_in_channel", Cause.NOT_A_MEMBER)])
async def test_a_look_up_that_is_not_allowed_says_what_is_missing(slack: LocalSlack, code: str, cause: Cause) -> None:
    if code == "not_in_channel":
        slack.scopes.add("channels:history")
    channel = slack.add_channel("team", with_bot=code == "missing_scope")
    found = await SlackApi(slack.token, slack.url).find(channel.id, "m", thread_ts=None, ago=0.0)
    assert found == LookupFailed(code, cause)


async def test_a_look_up_of_one_page_a_minute_goes_on_where_slack_asked_to_wait(
    slack: LocalSlack, channel: Channel, reader: SlackApi
) -> None:
    slack.history_page_limit = 15
    first = slack.store(channel, text="ours", metadata=marked("m"))
    for number in range(30):
        slack.store(channel, text=f"talk {number}", user="U1")
    copy = slack.store(channel, text="ours again", metadata=marked("m"))

    async def look(name: str) -> LookUp:
        """One page, as an app that is distributed gets in a minute."""
        slack.faults.clear()
        slack.faults.add("conversations.history", Fault("none: a page comes", store=True))
        slack.faults.rate_limited("conversations.history", 60)
        return await reader.find(channel.id, "m", thread_ts=None, ago=0.0, look=name)

    wait = LookupFailed("ratelimited", Cause.PASSING, 60.0)
    assert [await look("one"), await look("one")] == [wait, wait]
    assert await look("after another attempt") == wait  # which begins at the newest message
    assert await look("one") == Found(first.ts, (copy.ts,))
    assert await look("one") == wait  # that one is over


async def test_a_look_up_that_breaks_off_proves_nothing(slack: LocalSlack, channel: Channel, reader: SlackApi) -> None:
    slack.history_page_limit = 2
    for number in range(5):
        slack.store(channel, text=f"talk {number}", user="U1")
    slack.faults.add("conversations.history", Fault("none: the first page comes", store=True))
    slack.faults.error("conversations.history", "internal_error", times=9)
    found = await reader.find(channel.id, "m", thread_ts=None, ago=0.0)
    assert found == LookupFailed("internal_error")
    assert len(slack.calls_of("conversations.history")) == 2

"""Agents at `/mcp`: a real client of the protocol, the running bot, and those who are not let in."""

from __future__ import annotations

import itertools
import json
import logging
from pathlib import Path

import pytest

from bot.agents import installed, results
from bot.commands.help import ONLY_THESE
from bot.errors import CommandError
from bot.phrases import facts
from bot.playground.slack import LocalSlack
from bot.search.question import MAX_CHARACTERS
from tests.support.agents import ON, TOKEN, agent, call, headers, sent, tool_call
from tests.support.bot import Bot, running
from tests.support.database_file import database_bytes
from tests.support.requests import health
from tests.support.small_corpus import small_corpus

CANARY = "zebulonius"
LINE = "In danger now? Call the desk at 613-555-0199."


async def test_an_agent_searches_the_library(slack: LocalSlack, tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    async with running(slack, tmp_path, PPRNET_CRISIS_LINE=LINE, **ON) as bot:
        corpus = bot.knowledge.corpus
        async with agent(bot.url) as client:
            tools = {tool.name: tool for tool in (await client.list_tools()).tools}
            assert set(tools) == {"search", "summary", "latest", "compare"}
            assert all(tool.annotations and tool.annotations.read_only_hint for tool in tools.values())
            assert not any(tool.annotations and tool.annotations.destructive_hint for tool in tools.values())

            found = await call(client, "search", question="aliance ruptre in one session")
            first = found["summaries"][0]
            summary = corpus.get("alliance-rupture-next-session")
            assert summary
            assert found["outcome"] == "answer"
            assert found["corrected"] == "alliance rupture in one session"
            assert first["id"] == summary.id
            assert first["confidence"] > 0.6
            assert first["bottom_line"] == summary.bottom_line
            assert first["implications"] == list(summary.implications)
            assert first["caution"] == summary.caution
            assert "Babl" in first["citation"]
            assert found["limits"] == f"{facts.WEIGH} {ONLY_THESE}"
            assert "nothing is generated" in found["limits"]
            assert found["crisis_line"] is None

            whole = await call(client, "summary", id=summary.id)
            assert [each["text"] for each in whole["summaries"]] == [summary.summary]

            related = await call(client, "search", question="does mindfulness help with anger")
            assert (related["outcome"], related["says"]) == ("related", results.RELATED)
            assert 0 < len(related["summaries"]) <= 3
            assert all(each["confidence"] < 0.6 for each in related["summaries"])

            mentioned = await call(client, "search", question="therapist self-disclosure")
            assert (mentioned["outcome"], mentioned["says"]) == ("related", results.MENTIONED)
            assert mentioned["summaries"] == []
            mention = mentioned["mentions"][0]
            assert "self-disclosure" in mention["sentence"]

            nothing = await call(client, "search", question="sourdough bread recipe")
            assert nothing["outcome"] == "nothing"
            assert results.NO_RESULT in nothing["says"]
            assert (nothing["summaries"], nothing["mentions"]) == ([], [])
            assert nothing["coverage"] == facts.coverage(corpus)
            assert (await call(client, "summary", id="no-such-summary"))["outcome"] == "nothing"

            newest = await call(client, "latest")
            assert [each["id"] for each in newest["summaries"]] == [each.id for each in corpus.issues[0].summaries]

            compared = await call(client, "compare", question="does video therapy work")
            assert len(compared["summaries"]) >= 3
            assert compared["summaries"][0]["design"] == "meta-analysis"
            assert facts.NOT_COMPARABLE in compared["says"]
            alone = await call(client, "compare", question="sourdough bread recipe")
            assert alone["outcome"] == "nothing"

            details = await call(client, "search", question=f"my client {CANARY}, 34, born 1990-03-04, alliance rupture")
            assert details["details_left_out"] == results.DETAILS
            assert CANARY not in json.dumps(details)

            danger = await call(client, "search", question="my client wants to kill himself")
            assert (danger["crisis_line"], danger["outcome"], danger["summaries"]) == (LINE, "nothing", [])
            danger = await call(client, "compare", question="sleep, and my client is suicidal")
            assert (danger["crisis_line"], danger["outcome"], danger["summaries"]) == (LINE, "nothing", [])
            sure = await call(client, "search", question="An Alliance Rupture in One Session Leads to Greater Symptoms")
            assert sure["outcome"] == "answer"

            for name, arguments, said in [
                ("search", {"question": CANARY * 200}, f"at most {MAX_CHARACTERS:,} are allowed"),
                ("search", {"question": " "}, "takes one argument, question"),
                ("search", {"question": 7}, "takes one argument, question"),
                ("search", {"question": CANARY, "more": CANARY}, "takes one argument, question"),
                ("search", {"question": "thanks!"}, "no words to search for"),
                ("summary", {"id": CANARY * 30}, "at most 200 are allowed"),
                ("latest", {"month": CANARY}, "takes no arguments"),
                (CANARY, {}, "no such tool"),
            ]:
                wrong = await client.call_tool(name, arguments)
                assert wrong.is_error
                assert said in wrong.content[0].text  # type: ignore[union-attr]
                assert CANARY not in wrong.content[0].text  # type: ignore[union-attr]
            await call(client, "search", question=CANARY)

        async with agent(bot.url, mode="legacy") as earlier:
            assert (await call(earlier, "search", question="alliance rupture"))["outcome"] == "answer"

        whole_engine, bot.knowledge.engine = bot.knowledge.engine, BrokenEngine()  # type: ignore[assignment]
        async with agent(bot.url) as client:
            failed = await client.call_tool("search", {"question": CANARY})
        bot.knowledge.engine = whole_engine
        assert failed.is_error
        reference = failed.content[0].text.rpartition(" ")[2]  # type: ignore[union-attr]
        assert f"reference={reference}" in caplog.text
        assert CANARY not in failed.content[0].text  # type: ignore[union-attr]
        assert CANARY not in database_bytes(tmp_path).decode("latin-1")
    clients = ("httpcore2", "httpx2", "mcp.client")
    ours = [record for record in caplog.records if not record.name.startswith(clients)]
    assert len(ours) > 3
    assert CANARY not in "".join(f"{record.getMessage()} {record.args!r} {record.exc_text}" for record in ours).casefold()


class BrokenEngine:
    """Every call of it fails with what was asked in the error."""

    def __getattr__(self, name: str) -> None:
        raise RuntimeError(CANARY)


@pytest.fixture
def question() -> bytes:
    """A call of a tool, as it is sent."""
    return json.dumps(tool_call("alliance rupture")).encode()


async def test_who_is_not_let_in(
    slack: LocalSlack, tmp_path: Path, question: bytes, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    from mcp import MCPError

    from bot.agents import door  # with the protocol's library, which takes most of a second

    async with running(slack, tmp_path, PPRNET_MCP_HOST="pprnet.example.org", **ON, **small_corpus(tmp_path)) as bot:

        async def status(body: bytes = question, how: str = "POST", **sending: str | None) -> int:
            given = {name: value for name, value in headers(**sending).items() if value}  # type: ignore[arg-type]
            answer = await sent(bot.url, body, given, how)
            if answer[0] == 401:
                assert answer[1]["WWW-Authenticate"].startswith("Bearer ")
            if answer[0] != 200:
                assert b"rupture" not in answer[2]
            return answer[0]

        assert await status() == 200
        assert await status(Host="pprnet.example.org") == await status(Host="[::1]:3000") == 200
        assert await status(token=None) == 401
        assert await status(token="") == 401
        assert await status(token=TOKEN[:-1]) == await status(token=TOKEN + "x") == await status(token="ключ") == 401
        assert await status(Authorization=f"Basic {TOKEN}") == 401
        assert await status(Origin="https://pprnet.example.org") == await status(Origin="null") == 403
        assert await status(Host="rebound.example.org") == await status(Host="999.1.1.1") == await status(Host="[") == 421
        assert [await status(how=each) for each in ("GET", "DELETE", "PUT", "HEAD")] == [405] * 4
        assert await status(how="GET", token=None) == 401
        assert await status(Content_Encoding="gzip") == 415
        assert await status(b" " * (door.MAX_BODY + 1)) == 413
        monkeypatch.setattr(door, "MAX_IN_FLIGHT", 0)
        assert await status() == 503
        monkeypatch.undo()
        async with agent(bot.url) as client:
            assert (await client.list_tools()).tools
        with pytest.raises((MCPError, BaseExceptionGroup)):
            async with agent(bot.url, token="not" + TOKEN) as client:
                await client.list_tools()
        refused = (await health(bot.url))[1]["agents_refused"]
        assert refused["bad_token"] >= 5
        assert {"no_token", "from_a_page", "other_host", "encoded", "too_large"} <= set(refused)
    lines = {record.getMessage() for record in caplog.records if record.name == "bot.agents.door"}
    assert lines == {f"refused a request: {why}" for why in refused}
    assert TOKEN not in caplog.text


async def test_slackbot_is_let_in_by_slacks_signature_for_its_own_workspace(
    slack: LocalSlack, tmp_path: Path, question: bytes
) -> None:
    async with running(slack, tmp_path, PPRNET_MCP="on", **small_corpus(tmp_path)) as bot:

        async def signed(body: dict[str, object], *age: int, **others: str) -> int:
            raw = json.dumps(body).encode()
            found = await sent(bot.url, raw, headers(token=None, **bot.say.sign(raw, *age), **others))
            return found[0]

        ours = {"user_id": "U0123456789", "team_id": slack.team_id}
        assert await signed(tool_call("alliance rupture", slack=ours)) == 200
        assert await signed(tool_call("alliance rupture", slack={**ours, "team_id": "T0OTHER"})) == 403
        assert await signed(tool_call("alliance rupture", slack={"team_id": None})) == 403
        assert await signed(tool_call("alliance rupture", slack="U0123456789")) == 403
        assert await signed(tool_call("alliance rupture")) == 403
        listing = {**tool_call(""), "method": "tools/list"}
        listing["params"] = {"_meta": listing["params"]["_meta"]}
        assert await signed(listing, Mcp_Method="tools/list") == 200
        assert await signed(tool_call("alliance rupture", slack=ours), 1) == 401
        # There is no token here, so none lets in; nor does another signature.
        assert (await sent(bot.url, question, headers()))[0] == 401
        assert (await sent(bot.url, question, headers() | bot.say.sign(b"another body")))[0] == 401


@pytest.mark.parametrize("socket", [False, True], ids=["HTTP", "Socket Mode"])
async def test_it_is_closed_unless_it_is_turned_on(slack: LocalSlack, tmp_path: Path, question: bytes, socket: bool) -> None:
    async with running(slack, tmp_path, socket=socket, PPRNET_MCP_TOKEN=TOKEN, **small_corpus(tmp_path)) as bot:
        assert (await sent(bot.url, question, headers()))[0] == 404
        assert "agents_refused" not in (await health(bot.url))[1]


JUNK = {
    "nothing": b"",
    "no JSON": b"{zebulonius",
    "bad UTF-8": b'{"zebulonius": "\xff"}',
    "deep nesting": b"[" * 30_000,
    "a number": b"1" * 10_000,
    "null": b"null",
    "a batch": json.dumps([tool_call("alliance rupture")] * 2).encode(),
    "an answer": b'{"jsonrpc": "2.0", "id": 1, "result": {}}',
    "a notification": b'{"jsonrpc": "2.0", "method": "zebulonius"}',
    "no such method": b'{"jsonrpc": "2.0", "id": 1, "method": "zebulonius"}',
    "a subscription": b'{"jsonrpc": "2.0", "id": 1, "method": "subscriptions/listen", "params": {}}',
    "no parameters": b'{"jsonrpc": "2.0", "id": 1, "method": "tools/call"}',
    "other parameters": b'{"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": {"name": 1, "arguments": "x"}}',
    "a handshake": b'{"jsonrpc": "2.0", "id": 1, "method": "initialize", "params": {"protocolVersion": "zebulonius"}}',
}


STRANGE = (
    {},
    {"MCP_Protocol_Version": "2025-11-25"},
    {"MCP_Protocol_Version": "", "Mcp_Session_Id": "zebulonius"},
    {"MCP_Protocol_Version": "zebulonius"},
    {"Accept": "text/html"},
    {"Content_Type": "text/plain"},
)


async def test_junk_is_answered_and_not_logged(slack: LocalSlack, tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    async with running(slack, tmp_path, **ON, **small_corpus(tmp_path)) as bot:
        for (name, body), strange in itertools.product(JUNK.items(), STRANGE):
            given = {key: value for key, value in headers(**strange).items() if value}
            status, _, answer = await sent(bot.url, body, given)
            assert status < 500, (name, strange)
            assert len(answer) < 10_000, (name, strange)
        async with agent(bot.url) as client:
            assert (await call(client, "search", question="alliance rupture in one session"))["outcome"] == "answer"
    assert CANARY not in caplog.text


def retitle(month: Path, title: str) -> None:
    """Give a summary in a month's file another title."""
    month.write_text(month.read_text("utf-8").replace(title, "Sourdough in Session"), "utf-8")


async def test_a_changed_library_reaches_agents(slack: LocalSlack, tmp_path: Path) -> None:
    corpus = small_corpus(tmp_path)
    async with running(slack, tmp_path, **ON, **corpus) as bot, agent(bot.url) as client:
        month = Path(corpus["PPRNET_KNOWLEDGE"], "issues", "2023-11.yaml")
        newest = await call(client, "latest")
        title = newest["summaries"][0]["title"]
        retitle(month, title)
        await bot.reloaded()
        assert "Sourdough in Session" in [each["title"] for each in (await call(client, "latest"))["summaries"]]


async def test_without_the_extra_the_bot_says_what_to_install(
    slack: LocalSlack, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(installed, "PACKAGE", "no_such_package")
    with pytest.raises(CommandError, match=r"install the extra mcp"):
        async with running(slack, tmp_path, **ON, **small_corpus(tmp_path)):
            pass
    async with running(slack, tmp_path, **small_corpus(tmp_path)) as bot:  # it is not needed while it is off
        assert isinstance(bot, Bot)

"""`pprnet mcp` as a process of its own, asked by a real client; and results without any client."""

from __future__ import annotations

import asyncio
import json
import re
import signal
import sys
from collections.abc import Coroutine
from pathlib import Path

import pytest
import yaml

from bot import logs
from bot.agents import installed, results
from bot.cli.main import main
from bot.search.engine import Engine
from bot.server.web import AGENTS_PATH
from tests.support.agents import call
from tests.support.once import shipped_engine
from tests.support.small_corpus import small_corpus
from tests.support.terminal import as_text, run_here

CANARY = "zebulonius"
GUIDE = Path(__file__).parents[2] / "docs" / "operator.md"


@pytest.fixture(autouse=True)
def logging_as_before(monkeypatch: pytest.MonkeyPatch) -> None:
    """A command sets logging up for its process; not for the tests'."""
    monkeypatch.setattr(logs, "configure", lambda _level: None)


async def test_a_program_on_the_host_asks_over_standard_input_and_output(tmp_path: Path) -> None:
    environ = small_corpus(tmp_path) | {"PPRNET_LOG_LEVEL": "debug"}
    month = Path(environ["PPRNET_KNOWLEDGE"], "issues", "2023-11.yaml")
    log = tmp_path / "log"
    from mcp import Client, StdioServerParameters
    from mcp.client.stdio import stdio_client

    process = StdioServerParameters(command=sys.executable, args=["-m", "bot", "mcp"], env=environ)
    with log.open("w") as errors:
        async with Client(stdio_client(process, errlog=errors)) as client:
            assert {tool.name for tool in (await client.list_tools()).tools} == {"search", "summary", "latest", "compare"}
            found = await call(client, "search", question="alliance rupture in one session")
            assert (found["outcome"], found["summaries"][0]["id"]) == ("answer", "alliance-rupture-next-session")
            assert (await call(client, "summary", id="alliance-rupture-next-session"))["summaries"][0]["text"]
            assert (await call(client, "compare", question=f"{CANARY} {CANARY}"))["outcome"] == "nothing"
            assert (await client.call_tool("search", {"question": CANARY * 500})).is_error
            title = (await call(client, "latest"))["summaries"][0]["title"]
            retitle(month, title)
            assert (await call(client, "latest"))["summaries"][0]["title"] == "Sourdough in Session"
            retitle(month, "summaries:", "summaries: [")  # a faulty library: the last good one stays
            assert (await call(client, "latest"))["summaries"][0]["title"] == "Sourdough in Session"
    said = log.read_text()
    assert "the library changed" in said
    assert CANARY not in said
    assert "Traceback" not in said


def retitle(month: Path, title: str, other: str = "Sourdough in Session") -> None:
    """Put other words into a month's file."""
    month.write_text(month.read_text("utf-8").replace(title, other, 1), "utf-8")


def test_without_the_extra_the_command_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(installed, "PACKAGE", "no_such_package")
    done = as_text(run_here(main, ["mcp"], environ={}))
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith("pprnet: agents need the package mcp: install the extra mcp ")
    assert ".venv/bin/pip install '.[mcp]'" in done.stderr


def test_a_faulty_library_ends_the_command_with_its_faults(tmp_path: Path) -> None:
    environ = small_corpus(tmp_path)
    retitle(Path(environ["PPRNET_KNOWLEDGE"], "issues", "2023-11.yaml"), "summaries:", "summaries: [")
    done = as_text(run_here(main, ["mcp"], environ=environ))
    assert (done.returncode, done.stdout) == (2, "")
    assert "2023-11.yaml" in done.stderr


def test_ctrl_c_ends_the_command_while_it_waits_for_input(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    handlers = []

    def serve(waiting: Coroutine[None, None, None]) -> None:
        waiting.close()
        handlers.append(signal.getsignal(signal.SIGINT))

    monkeypatch.setattr(asyncio, "run", serve)
    before = signal.getsignal(signal.SIGINT)
    try:
        assert run_here(main, ["mcp"], environ=small_corpus(tmp_path)).returncode == 0
    finally:
        signal.signal(signal.SIGINT, before)
    assert handlers == [signal.SIG_DFL]  # Python's own handler waits for the thread that reads


@pytest.fixture
def engine() -> Engine:
    """The search over the library that comes with the bot."""
    return shipped_engine()


def test_a_result_is_bounded(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = results.search("video therapy", engine, None)
    assert (len(whole["summaries"]), whole["left_out"]) == (4, 0)
    monkeypatch.setattr(results, "MOST", 5_000)
    short = results.search("video therapy", engine, None)
    assert 0 < len(short["summaries"]) < 4
    assert len(short["summaries"]) + short["left_out"] == 4
    assert len(json.dumps(short)) < 8_000


def test_what_more_there_is_on_a_subject_is_counted(engine: Engine) -> None:
    found = results.search("alliance", engine, None)
    assert (found["outcome"], len(found["summaries"])) == ("answer", 5)
    assert found["left_out"] > 0


def test_only_a_sure_answer_is_shown_under_the_crisis_line(engine: Engine) -> None:
    found = results.search("suicidal client, an alliance rupture in one session leads to greater symptoms", engine, None)
    assert found["crisis_line"] == results.NO_EMERGENCY
    assert found["summaries"] == [] or found["outcome"] == "answer"


def test_the_guide_names_the_tools_and_the_address() -> None:
    from bot.agents.tools import TOOLS  # with the protocol's library, which takes most of a second

    part = re.split(r"^## ", GUIDE.read_text("utf-8"), flags=re.MULTILINE)
    agents = next(each for each in part if each.startswith("Agents\n"))
    arguments = {tool.name: f"{tool.name}({', '.join(tool.input_schema['properties'])})" for tool in TOOLS}
    assert re.findall(r"^\| `([^`]+)`", agents, flags=re.MULTILINE) == list(arguments.values())
    snippet = re.search(r"```yaml\n(.+?)```", agents, re.DOTALL)
    assert snippet
    [server] = yaml.safe_load(snippet[1])["mcp_servers"].values()
    assert server == {"url": f"https://YOUR-HOST{AGENTS_PATH}", "auth_type": "slack_identity_auth"}

"""Who may reach the playground, and what is refused; its traffic, its events and its process."""

# ruff: noqa: F811  (fixtures)

from __future__ import annotations

import asyncio
import json
import re
import signal
from collections.abc import AsyncIterator
from pathlib import Path

import aiohttp
import pytest

from bot.playground.traffic import LIMIT, Traffic
from tests.playground.test_playground_api import OWN, Json, Visitor, address, ana, ben, command, passes, people  # noqa: F401  (fixtures)


async def test_the_traffic_shows_both_ways_and_no_token(ana: Visitor) -> None:
    await ana.say("team-research", "@PPRNet is therapy by video as good as in person?")
    await ana.say("team-research", "/pprnet help")
    entries = (await ana.get("api/traffic"))["entries"]
    by_name = {entry["what"]: entry for entry in entries}
    assert list(by_name) == ["auth.test", "app_mention", "chat.postMessage", "/pprnet help"]
    event, call = by_name["app_mention"], by_name["chat.postMessage"]
    assert (event["direction"], event["signature"], event["answer"]["status"]) == ("to bot", "valid", 200)
    assert event["request"]["headers"]["X-Slack-Signature"].startswith("v0=")
    assert event["request"]["body"]["event"]["type"] == "app_mention"
    assert (call["direction"], call["signature"], call["answer"]["body"]["ok"]) == ("to Slack", None, True)
    assert call["request"]["headers"]["Authorization"] == "Bearer xoxb-…"
    assert call["request"]["body"]["blocks"][0]["type"] == "header"
    assert event["ms"] >= call["ms"] >= 0
    assert "xoxb-local" not in json.dumps(entries)
    async with ana.http.get(f"{ana.address}api/traffic?after={event['n']}") as response:
        assert [entry["what"] for entry in (await response.json())["entries"]] == ["/pprnet help"]


def test_the_record_of_traffic_is_bounded() -> None:
    traffic = Traffic()
    for number in range(LIMIT + 5):
        traffic.add("to Slack", str(number), headers={}, body={}, status=200, answer={}, seconds=0)
    assert [entry["n"] for entry in traffic.after(0)] == list(range(6, LIMIT + 6))


async def read_events(response: aiohttp.ClientResponse) -> AsyncIterator[list[str]]:
    async for line in response.content:
        if line.startswith(b"data: "):
            yield json.loads(line[6:])["changed"]


async def test_changes_notify_those_they_concern(ana: Visitor, ben: Visitor) -> None:
    async with ana.http.get(f"{ana.address}api/events", params={"as": ben.id}) as response:
        assert response.headers["Content-Type"].startswith("text/event-stream")
        assert "default-src 'none'" in response.headers["Content-Security-Policy"]
        events = read_events(response)
        await ana.say("PPRNet", "a private question about ruptures")
        await ana.say("team-research", "/pprnet help")
        await ana.say("team-research", "good morning")
        notice: set[str] = set()
        async with asyncio.timeout(5):
            async for topics in events:
                notice |= set(topics)
                if f"channel:{ana.places['team-research']}" in notice:
                    break
        assert {"state", "traffic"} <= notice
        assert not any(ana.places["PPRNet"] in topic for topic in notice)


STRANGERS: list[tuple[dict[str, str], int]] = [
    ({"Host": "evil.example"}, 403),
    ({"Host": "127.0.0.1:1"}, 403),
    ({"Origin": "http://evil.example"}, 403),
    ({"Origin": "null"}, 403),
    ({"Sec-Fetch-Site": "cross-site"}, 403),
    ({"X-Playground": ""}, 403),
    ({"Content-Type": "text/plain"}, 415),
]


async def test_strangers_are_refused(ana: Visitor) -> None:
    for headers, status in STRANGERS:
        given = {"Content-Type": "application/json", **OWN, **headers}
        async with ana.http.post(f"{ana.address}api/time", data=b"{}", headers=given) as response:
            assert response.status == status, headers
            assert (await response.json())["error"].endswith(".")
    assert (await ana.get("api/state"))["clock"]["today"] == "2023-05-31"


async def test_its_own_page_is_let_in_under_both_names(ana: Visitor) -> None:
    port = ana.address.rsplit(":", 1)[1].strip("/")
    for host in ("127.0.0.1", "localhost"):
        headers = {"Host": f"{host}:{port}", "Origin": f"http://{host}:{port}", "Sec-Fetch-Site": "same-origin", **OWN}
        async with ana.http.post(f"{ana.address}api/home_opened", json={"as": ana.id}, headers=headers) as response:
            assert response.status == 200


REFUSED = -200
"""A refusal for a person: 200, with a sentence."""
NOT_THERE: list[tuple[str, Json, int]] = [
    ("api/say", {"as": "U404", "channel": "C1", "text": "x"}, 404),
    ("api/say", {"as": "ANA", "channel": "C404", "text": "x"}, 404),
    ("api/say", {"as": "ANA", "channel": "TEAM", "text": "  "}, REFUSED),
    ("api/say", {"as": "ANA", "channel": "TEAM", "text": "x" * 5000}, REFUSED),
    ("api/say", {"as": "ANA", "channel": "TEAM", "text": "x", "thread_ts": "1.000001"}, REFUSED),
    ("api/say", {"as": "ANA", "channel": "TEAM", "text": "x", "thread_ts": 5}, 400),
    ("api/say", {"as": "ANA", "channel": "TEAM", "text": ["x"]}, 400),
    ("api/say", {"as": "ANA", "channel": "TEAM", "text": "/nothing"}, REFUSED),
    ("api/say", {"as": "ANA", "channel": "TEAM", "text": "/invite @nobody"}, REFUSED),
    ("api/say", {"as": "ANA", "channel": "TEAM", "text": "\ud800 /x"}, 200),
    (
        "api/press",
        {"as": "ANA", "message": {"channel": "TEAM", "ts": "1.000001"}, "block_id": "b", "action_id": "a"},
        REFUSED,
    ),
    ("api/press", {"as": "ANA", "message": None, "view": "V404", "block_id": "b", "action_id": "a"}, REFUSED),
    ("api/submit", {"as": "ANA", "view": "V404", "values": {}}, REFUSED),
    ("api/submit", {"as": "ANA", "view": "V404", "values": [1]}, 400),
    ("api/close", {"as": "ANA", "view": "../x"}, 404),
    ("api/home_opened", {}, 400),
]


async def test_what_is_not_there_is_said_kindly(ana: Visitor) -> None:
    for path, body, status in NOT_THERE:
        text = json.dumps(body).replace('"ANA"', f'"{ana.id}"').replace('"TEAM"', f'"{ana.places["team-research"]}"')
        headers = {"Content-Type": "application/json", **OWN}
        async with ana.http.post(f"{ana.address}{path}", data=text.encode(), headers=headers) as response:
            assert response.status == abs(status), (path, body)
            if status != 200:
                assert " " in (await response.json())["error"], (path, body)


async def test_bad_bodies_and_addresses_are_refused(ana: Visitor) -> None:
    headers = {"Content-Type": "application/json", **OWN}
    for body, status in ((b"[1]", 400), (b"{", 400), (b"[" * 60_000, 400), (b" " * 70_000, 413)):
        async with ana.http.post(f"{ana.address}api/say", data=body, headers=headers) as response:
            assert response.status == status
            assert "error" in await response.json()
    for path in (
        "api/nothing",
        "static/../page.py",
        "static/..%2fpage.py",
        "static/x.py",
    ):
        await ana.get(path, 404)
    await ana.get("api/say", 405)


async def test_a_thread_whose_messages_were_all_taken_back_is_empty_and_no_failure(ana: Visitor) -> None:
    assert await ana.thread("team-research", "1.000001") == []
    await ana.get("api/thread/C404/1.000001", 404)


async def test_the_page_loads_nothing_from_elsewhere(ana: Visitor) -> None:
    async with ana.http.get(ana.address) as response:
        assert response.status == 200
        policy = response.headers["Content-Security-Policy"]
        html = await response.text()
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert not re.search(r"""(?:src|href)=["'](?:https?:)?//""", html)
    assert not re.search(r"<script(?![^>]*\bsrc=)|<style|\son[a-z]+=|\sstyle=", html)
    for name in re.findall(r"/static/([\w./-]+)", html):
        async with ana.http.get(f"{ana.address}static/{name}") as response:
            assert response.status == 200, name
            assert response.headers["X-Content-Type-Options"] == "nosniff"


def names_in(folder: Path) -> list[str]:
    return [path.name for path in folder.iterdir()]


@pytest.mark.parametrize("number", [signal.SIGINT, pytest.param(signal.SIGTERM, marks=pytest.mark.slow)])
async def test_the_command_starts_and_ends_cleanly(tmp_path: Path, number: signal.Signals) -> None:
    async with command(tmp_path, real=number is signal.SIGINT) as process, asyncio.timeout(120):
        assert process.stdout
        line = (await process.stdout.readline()).decode()
        match = re.search(r"http://127\.0\.0\.1:[0-9]+/", line)
        assert match, line
        async with aiohttp.ClientSession() as http, http.get(f"{match[0]}api/events") as stream:
            assert stream.status == 200
            assert [name[:18] for name in names_in(tmp_path)] == ["pprnet-playground-"]
            if number is signal.SIGTERM:  # once is enough: a start takes seconds
                async with command(tmp_path, match[0].rsplit(":", 1)[1].strip("/")) as second:
                    _, complaint = await second.communicate()
                    assert second.returncode == 2
                    assert "is taken: choose another with --port" in complaint.decode()
            process.send_signal(number)
            out, err = await process.communicate()
    assert (process.returncode, out, err) == (0, b"", b"")
    assert names_in(tmp_path) == []

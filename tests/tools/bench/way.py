"""A request's whole way:  python -m tests.tools.bench.way

From the signed `/pprnet` request to the finished card, beside a bare Bolt listener that only acknowledges with "ok", each
server in a process of its own on the loopback, in turns. Then how long the bot's event loop is held up, at rest, under load,
and while it takes up a changed corpus of 1,500 summaries. Prints tables; asserts nothing.
"""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import json
import os
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from bot.corpus.load import load
from bot.corpus.model import Corpus, Summary
from bot.paths import default_root
from bot.playground.slack import LocalSlack
from tests.tools.bench.library import Writer, asked

ROOT = Path(__file__).parents[3]

SECRET = "a-signing-secret"
KINDS = {
    "ours": "PPRNet bot: the finished card",
    "bolt": "bare Bolt, as it comes: “ok”",
    "bolt, first": "bare Bolt, our mode: “ok”",
}
LEVELS = {1: 150, 50: 1_000, 200: 1_600}
"""Requests a round, by how many are under way at once."""
ROUNDS = 3
LARGE = 1_500
"""Summaries of the corpus that changes."""


class Server:
    """A server's process."""

    def __init__(self, process: asyncio.subprocess.Process, port: int) -> None:
        self.process = process
        self.port = port

    @classmethod
    async def start(cls, kind: str, folder: Path, slack: LocalSlack, **environ: str) -> Server:
        """Start it and wait until it takes requests."""
        process = await asyncio.create_subprocess_exec(
            sys.executable,
            "-m",
            "tests.tools.bench.server",
            kind,
            str(folder),
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            env=os.environ
            | {
                "PYTHONPATH": str(ROOT),
                "SLACK_BOT_TOKEN": slack.token,
                "SLACK_API_URL": slack.url,
                "SLACK_SIGNING_SECRET": SECRET,
                **environ,
            },
        )
        assert process.stdout
        return cls(process, int(await process.stdout.readline()))

    async def held_up(self) -> float:
        """How long its loop was held up at most since this was last asked, in milliseconds."""
        assert self.process.stdin
        assert self.process.stdout
        self.process.stdin.write(b"\n")
        return float(await self.process.stdout.readline())

    async def stop(self) -> None:
        """End it."""
        self.process.terminate()
        await self.process.wait()


def signed(slack: LocalSlack, port: int, number: int, text: str) -> bytes:
    """A whole HTTP request as Slack sends it."""
    body = urlencode(
        {
            "command": "/pprnet",
            "text": text,
            "team_id": slack.team_id,
            "api_app_id": slack.app_id,
            "user_id": "U0ASKER0001",
            "channel_id": "C0LOAD00001",
            "channel_name": "load",
            "trigger_id": f"{number}.1.{time.monotonic_ns()}",
            "response_url": f"{slack.url}none",
        }
    ).encode()
    stamp = str(int(time.time()))
    mark = hmac.new(SECRET.encode(), b"v0:" + stamp.encode() + b":" + body, hashlib.sha256).hexdigest()
    head = (
        f"POST /slack/events HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nContent-Type: application/x-www-form-urlencoded\r\n"
        f"X-Slack-Request-Timestamp: {stamp}\r\nX-Slack-Signature: v0={mark}\r\nContent-Length: {len(body)}\r\n\r\n"
    )
    return head.encode() + body


async def load_with(
    port: int, requests: list[bytes], at_once: int, wanted: Callable[[bytes], bool]
) -> tuple[list[float], int]:
    """Send requests, so many at once on open connections; the milliseconds of each, and how many went wrong."""
    times: list[float] = []
    wrong = 0
    left = iter(requests)

    async def one_after_another() -> None:
        nonlocal wrong
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        for request in left:
            begun = time.perf_counter()
            writer.write(request)
            head = await reader.readuntil(b"\r\n\r\n")
            length = next(int(line[15:]) for line in head.split(b"\r\n") if line.lower().startswith(b"content-length:"))
            body = await reader.readexactly(length)
            times.append((time.perf_counter() - begun) * 1000)
            wrong += not (head.startswith(b"HTTP/1.1 200 ") and wanted(body))
        writer.close()

    await asyncio.gather(*(one_after_another() for _ in range(at_once)))
    return times, wrong


def is_card(body: bytes) -> bool:
    """Whether an answer is a message with blocks."""
    return body.startswith(b"{") and bool(json.loads(body)["blocks"])


def is_ok(body: bytes) -> bool:
    """Whether an answer is the bare acknowledgement."""
    return b"ok" in body


async def compare(slack: LocalSlack, folder: Path, questions: list[str]) -> None:
    """The table of all servers at all levels."""
    servers = {kind: await Server.start(kind, folder, slack) for kind in KINDS}
    try:
        print(f"| | {' | '.join(f'{level} at once: median, 99th pct. ms' for level in LEVELS)} | errors |")
        print(f"|---|{'---|' * (len(LEVELS) + 1)}", flush=True)
        times: dict[tuple[str, int], list[float]] = {}
        errors = dict.fromkeys(KINDS, 0)
        for turn in range(ROUNDS + 1):
            for level, count in LEVELS.items():
                for kind, server in servers.items():
                    wanted = is_card if kind == "ours" else is_ok
                    requests = [signed(slack, server.port, at, questions[at % len(questions)]) for at in range(count)]
                    found, wrong = await load_with(server.port, requests, level, wanted)
                    errors[kind] += wrong
                    if turn:  # the first round warms up
                        times.setdefault((kind, level), []).extend(found)
        for kind, name in KINDS.items():
            cells = [
                f"{statistics.median(times[kind, level]):.1f}, {percentile(times[kind, level]):.1f}" for level in LEVELS
            ]
            print(f"| {name} | {' | '.join(cells)} | {errors[kind]} |")
        for other in ("bolt", "bolt, first"):
            cells = [
                f"{statistics.median(times['ours', level]) / statistics.median(times[other, level]):.2f} x"
                for level in LEVELS
            ]
            print(f"| ours to {KINDS[other].split(':')[0]} | {' | '.join(cells)} | |", flush=True)
    finally:
        for server in servers.values():
            await server.stop()


async def hold_ups(slack: LocalSlack, folder: Path, questions: list[str]) -> None:
    """How long the loop is held up, also while the corpus changes under load."""
    root = folder / "knowledge"
    write_corpus(Writer(load(default_root())).write(LARGE), root)
    server = await Server.start("ours", folder, slack, PPRNET_KNOWLEDGE=str(root), PPRNET_LOOK_SECONDS="1")
    try:
        print(f"\n| {LARGE:,} summaries: the event loop held up at most | ms | request: median, slowest ms |\n|---|---|---|")
        await asyncio.sleep(2)
        await server.held_up()
        await asyncio.sleep(3)
        print(f"| at rest | {await server.held_up():.1f} | |", flush=True)

        async def asking(until: Callable[[], bool]) -> list[float]:
            times: list[float] = []
            while not until():
                request = signed(slack, server.port, len(times), questions[len(times) % len(questions)])
                times += (await load_with(server.port, [request], 1, is_card))[0]
                await asyncio.sleep(0.02)
            return times

        end = time.monotonic() + 3
        times = await asking(lambda: time.monotonic() > end)
        print(
            f"| asked 50 times a second | {await server.held_up():.1f} | {statistics.median(times):.1f}, {max(times):.1f} |",
            flush=True,
        )
        file = sorted((root / "issues").iterdir())[0]
        text = file.read_text("utf-8")
        for number in range(2):
            await asyncio.to_thread(file.write_text, text + "\n" * (number + 1), "utf-8")
            end = time.monotonic() + RELOAD
            times = await asking(lambda: time.monotonic() > end)  # noqa: B023
            held = await server.held_up()
            print(f"| while it reloads | {held:.1f} | {statistics.median(times):.1f}, {max(times):.1f} |", flush=True)
    finally:
        await server.stop()


RELOAD = float(os.environ.get("RELOAD_SECONDS", "15"))
"""Seconds that a reload is given."""


def write_corpus(corpus: Corpus, root: Path) -> None:
    """A corpus as files; JSON is YAML too."""
    (root / "issues").mkdir(parents=True)
    for name in ("topics.yaml", "lexicon.yaml"):
        (root / name).write_bytes((default_root() / name).read_bytes())
    for issue in corpus.issues:
        written = {"issue": issue.month, "complete": False, "summaries": [as_file(summary) for summary in issue.summaries]}
        (root / "issues" / f"{issue.month}.yaml").write_text(json.dumps(written, indent=1), "utf-8")


def as_file(summary: Summary) -> dict[str, Any]:
    """A summary as its file has it."""
    found = {name: value for name, value in asdict(summary).items() if value and name != "issue"}
    study = {name: value for name, value in found.pop("study", {}).items() if value}
    study["sample"] = dict(study.get("sample", ()))
    study["effects"] = [{name: value for name, value in effect.items() if value} for effect in study.get("effects", ())]
    if not study["effects"]:
        del study["effects"]
    return {**found, "study": study}


def percentile(times: list[float]) -> float:
    """The 99th percentile."""
    return sorted(times)[int(len(times) * 0.99)]


async def main() -> None:
    """Both tables."""
    questions = asked(load(default_root()))
    print(f"Python {sys.version.split()[0]}, {os.cpu_count()} cores, load {os.getloadavg()[0]:.1f} at the start\n")
    async with LocalSlack() as slack:
        with tempfile.TemporaryDirectory() as folder:
            await compare(slack, Path(folder), questions)
            await hold_ups(slack, Path(folder), questions)


if __name__ == "__main__":
    asyncio.run(main())

"""The real publisher as processes that die: over the real ledger and the real Slack client, against a local Slack.

Run as a program it is a fork server: it reads one job a line (JSON) on standard input, runs each in a process of its own
that has everything imported already, and tells on standard output how each ended. A job's process kills itself with SIGKILL
at a named step, at the n-th step, or after a time, whatever it is doing then. `Workers` is the client for tests.
"""

from __future__ import annotations

import asyncio
import functools
import gc
import json
import os
import select
import signal
import sys
import threading
from dataclasses import asdict, dataclass, replace
from typing import Any, Self

from bot import slack_api
from bot.corpus.load import default_root, load
from bot.corpus.model import Corpus
from bot.publishing.ledger import Ledger, Timing
from bot.publishing.publisher import Publisher
from bot.serve import render, words
from bot.settings import Settings
from bot.store.database import Database

TIMING = Timing(
    lease=0.8,
    start_within=0.6,
    settle=1.6,
    give_up_looking=0.2,
    look_again=0.1,
    retry_refused=0.05,
    retry_blocked=0.05,
    retry_blocked_most=0.1,
    pace=0.01,
    sweep_first=0.3,
    sweep_last=0.8,
    put_back=0.5,
)
"""As in life, but quick: the settle time still exceeds the lease and any lateness of a request to a local Slack."""
STEPS = (
    "before plan",
    "after plan",
    "before claim",
    "after claim",
    "after reply",
    "after sent",
    "before look-up",
    "after look-up",
    "before delete",
    "after delete",
    "before verification",
    "after verification",
    "before second look",
    "after second look",
    "before edit",
    "after edit",
    "before addition",
    "after addition",
    "before ask",
    "after ask",
    "after refusal",
)
TOPIC = "outcomes"
CHANGED = "2023-11"
"""The month that the earlier corpus holds with an older text, and without its last summary."""


@dataclass(frozen=True)
class Job:
    """Post every month later than `after` to `channel`, which the operator chose, and (if one is named) to `asked`, which
    somebody subscribes, and tell `follower`. `corpus`: "earlier" or "shipped". `trace` is a file for the name of the step it
    is at. The three last say when to die; None: never.
    """

    token: str
    api_url: str
    database: str
    team: str
    channel: str
    after: str
    asked: str | None = None
    follower: str | None = None
    corpus: str = "shipped"
    trace: str | None = None
    die_at: str | None = None
    die_at_step: int | None = None
    die_after: float | None = None


@functools.cache
def shipped() -> Corpus:
    """The shipped corpus, read once."""
    return load(default_root())


@functools.cache
def earlier() -> Corpus:
    """The corpus before a correction: one month has an older text, and its last summary has not come yet."""
    issues = []
    for issue in shipped().issues:
        if issue.month == CHANGED:
            *kept, _ = issue.summaries
            kept[0] = replace(kept[0], bottom_line=f"As first written. {kept[0].bottom_line}")
            issue = replace(issue, summaries=tuple(kept))
        issues.append(issue)
    return replace(shipped(), issues=tuple(issues), fingerprint="earlier")


def until(month: str) -> Corpus:
    """The corpus as it was when a month was the newest."""
    return replace(shipped(), issues=tuple(issue for issue in shipped().issues if issue.month <= month))


WORDS = words(Settings())
"""What the publisher says beside the months, as in life."""


async def publish(job: Job) -> None:
    """Plan and post until nothing is left to do, or only a person can go on."""
    taken = 0

    trace = os.open(job.trace, os.O_WRONLY | os.O_CREAT) if job.trace else None

    def step(name: str) -> None:
        nonlocal taken
        taken += 1
        if trace is not None:
            os.pwrite(trace, name.ljust(40).encode(), 0)
        if name == job.die_at or taken == job.die_at_step:
            os.kill(os.getpid(), signal.SIGKILL)

    slack_api.TIMEOUT = 0.6  # type: ignore[assignment]
    corpus = earlier() if job.corpus == "earlier" else shipped()
    if job.die_after is not None:
        threading.Timer(job.die_after, os.kill, (os.getpid(), signal.SIGKILL)).start()
    database = await Database.open(Settings.from_env({"PPRNET_DATABASE_URL": job.database}).database_url)
    ledger = Ledger(database, TIMING)
    publisher = Publisher(ledger, slack_api.SlackApi(job.token, job.api_url), render, step, WORDS)
    await ledger.subscribe(job.team, job.channel, job.after)
    if job.follower:
        await publisher.follows.add(job.team, job.follower, TOPIC, job.after)
    if job.asked:
        await publisher.ask_subscription(until(job.after), job.team, job.asked, "U0ASKED0001")
    while True:
        await publisher.plan_all(corpus, job.team, job.channel)
        corrected = await publisher.correct(corpus, job.team)
        if await publisher.work() or corrected:
            while await publisher.work():
                pass
            continue
        moving = await ledger.in_state("sending", "uncertain")
        waiting = await ledger.in_state("planned") and not await ledger.in_state("manual")
        undone = job.corpus == "shipped" and not publisher.is_correct
        if not (moving or waiting or undone or await ledger.copies() or (publisher.may_read and await ledger.unswept())):
            break
        await asyncio.sleep(0.3)
    await database.close()


def main() -> None:
    """Serve jobs until standard input ends; then kill what still runs."""
    shipped(), earlier()
    gc.freeze()  # so that the children share its memory
    woken, wake = os.pipe()
    os.set_blocking(wake, False)
    signal.signal(signal.SIGCHLD, lambda _number, _frame: None)
    signal.set_wakeup_fd(wake)
    running: dict[int, int] = {}
    pending = b""
    while True:
        ready, _, _ = select.select([0, woken], [], [])
        if woken in ready:
            os.read(woken, 4096)
            _reap(running)
        if 0 in ready:
            data = os.read(0, 65536)
            if not data:
                break
            *lines, pending = (pending + data).split(b"\n")
            for line in lines:
                _start(json.loads(line), running)
    for pid in running:
        os.kill(pid, signal.SIGKILL)


def _start(order: dict[str, Any], running: dict[int, int]) -> None:
    pid = os.fork()
    if pid:
        running[pid] = order["number"]
        return
    status = 1
    try:
        signal.set_wakeup_fd(-1)
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        asyncio.run(publish(Job(**order["job"])))
        status = 0
    except BaseException as error:
        os.write(2, f"posting worker failed: {type(error).__name__}: {error}\n".encode())
    finally:
        os._exit(status)


def _reap(running: dict[int, int]) -> None:
    while running:
        pid, status = os.waitpid(-1, os.WNOHANG)
        if pid == 0:
            return
        ended = {"number": running.pop(pid), "code": os.waitstatus_to_exitcode(status)}
        os.write(1, json.dumps(ended).encode() + b"\n")


class Workers:
    """A fork server and its jobs."""

    def __init__(self) -> None:
        self._ended: dict[int, asyncio.Future[int]] = {}

    async def __aenter__(self) -> Self:
        self._process = await asyncio.create_subprocess_exec(
            sys.executable, __file__, stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE
        )
        self._reader = asyncio.create_task(self._read())
        return self

    async def __aexit__(self, *_: object) -> None:
        assert self._process.stdin
        self._process.stdin.close()
        await self._process.wait()
        await self._reader

    async def run(self, job: Job, *, seconds: float = 240.0) -> int:
        """Run a job to its end; the exit status, or minus the number of the signal that ended it."""
        assert self._process.stdin
        number = len(self._ended)
        self._ended[number] = asyncio.get_running_loop().create_future()
        self._process.stdin.write(json.dumps({"number": number, "job": asdict(job)}).encode() + b"\n")
        return await asyncio.wait_for(self._ended[number], seconds)

    async def _read(self) -> None:
        assert self._process.stdout
        async for line in self._process.stdout:
            ended = json.loads(line)
            self._ended[ended["number"]].set_result(ended["code"])


if __name__ == "__main__":
    main()

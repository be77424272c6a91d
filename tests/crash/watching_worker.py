"""`pprnet serve` as processes that die between a new month on the watched page and the last word of it in the channel."""

from __future__ import annotations

import asyncio
import contextlib
import functools
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bot.approval import blog_check, drafts, writing
from bot.knowledge import Knowledge
from bot.outbox.ledger import Ledger
from bot.playground.slack import LocalSlack
from bot.publishing import scheduler
from bot.server import run as serving
from bot.server import services
from bot.server.features import build_features
from bot.settings import Settings
from bot.slack import client
from bot.slack.startup import StoppedError
from bot.store.drafts import Drafts
from bot.store.sources import Sources
from tests.crash import fork_server
from tests.crash.fork_server import Mortal
from tests.crash.posting_worker import TIMING
from tests.crash.rehearsal import rehearse
from tests.support.bot import SECRET
from tests.support.small_corpus import small_corpus

PLACES: tuple[tuple[Any, str, str], ...] = (
    (Sources, "claim", "check"),
    (blog_check.BlogCheck, "_read", "reading"),
    (Sources, "succeeded", "end of check"),
    (Drafts, "offer", "offer"),
    (Drafts, "approve", "approval"),
    (Ledger, "plan_one", "telling"),
    (Ledger, "update_payload", "rewording"),
    (Ledger, "record_sent", "preview"),
    (drafts, "put", "writing"),
    (writing, "carry_out", "file"),
)
"""Where a process may die on the way to the publisher, whose own steps come after: before and after these."""
STEPS = (
    *(f"{side} {name}" for _, _, name in PLACES for side in ("before", "after")),
    *("before plan", "after plan", "before claim", "after claim", "after reply", "after sent"),
)


TICK = 0.5
"""Seconds between two passes of each background job."""


@dataclass(frozen=True)
class Job(Mortal):
    """Serve with these environment variables until the file `over` exists; the port goes into the file `door`."""

    environ: dict[str, str]
    door: str
    over: str


async def run(job: Job) -> None:
    """Serve, with the times of failure scaled down as for the publisher alone."""
    step = fork_server.steps_of(job)
    for owner, name, label in PLACES:
        setattr(owner, name, around(getattr(owner, name), label, step))
    client.TIMEOUT = 0.6  # type: ignore[assignment]
    blog_check.LEASE = 1.0
    services.build_features = functools.partial(build_features, step=step)
    stop = asyncio.Event()

    async def ends() -> None:
        while not Path(job.over).exists():  # noqa: ASYNC110, ASYNC240
            await asyncio.sleep(0.05)
        stop.set()

    ending = asyncio.create_task(ends())
    settings = Settings.from_env(job.environ, needs=("slack", "door"))
    door = Path(job.door)
    with contextlib.suppress(StoppedError):  # as `serve` does: its end may come while it still waits for Slack
        knowledge, tell = Knowledge(settings.knowledge), functools.partial(_tell, door)
        await serving.run(settings, 0, knowledge, stop, tell, timing=TIMING, tick=TICK)
    await ending


def _tell(door: Path, port: int) -> None:
    part = door.with_suffix(".part")
    part.write_text(str(port))
    part.rename(door)


def around(done: Callable[..., Any], label: str, step: Callable[[str], None]) -> Callable[..., Any]:
    """The same, with a step before and after."""
    if asyncio.iscoroutinefunction(done):

        async def later(*args: Any, **kwargs: Any) -> Any:
            step(f"before {label}")
            result = await done(*args, **kwargs)
            step(f"after {label}")
            return result

        return later

    def now(*args: Any, **kwargs: Any) -> Any:
        step(f"before {label}")
        result = done(*args, **kwargs)
        step(f"after {label}")
        return result

    return now


async def _play(slack: LocalSlack, folder: Path, database: str) -> None:
    """A bot starts, makes a pass, and ends."""
    environ = {
        **small_corpus(folder),
        "SLACK_BOT_TOKEN": slack.token,
        "SLACK_API_URL": slack.url,
        "SLACK_SIGNING_SECRET": SECRET,
        "PPRNET_DATABASE_URL": database,
        "PPRNET_CHANNEL": slack.add_channel("team").id,
    }
    settings, stop = Settings.from_env(environ, needs=("slack", "door")), asyncio.Event()

    def passed(job: scheduler.Job, _busy: bool) -> None:
        if job.name == "posting":
            stop.set()

    await serving.run(settings, 0, Knowledge(settings.knowledge), stop, timing=TIMING, tick=TICK, on_pass=passed)


if __name__ == "__main__":
    rehearse(_play)
    fork_server.main(Job, run)

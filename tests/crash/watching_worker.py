"""`pprnet serve` as processes that die between a new month on the watched page and the last word of it in the channel."""

from __future__ import annotations

import asyncio
import contextlib
import functools
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bot.approval import blog_check, drafts, writing
from bot.knowledge import Knowledge
from bot.outbox.ledger import Ledger
from bot.playground.slack import Channel, LocalSlack, Sender, User
from bot.server import run as serving
from bot.server import services
from bot.server.features import build_features
from bot.settings import Settings
from bot.slack import client
from bot.slack.startup import StoppedError
from bot.store.drafts import Drafts
from bot.store.sources import Sources
from tests.crash import workers
from tests.crash.posting_worker import TIMING
from tests.crash.rehearsal import rehearse
from tests.crash.watched_blog import TITLES, site
from tests.crash.workers import Mortal
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
    step = workers.steps_of(job)
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


def environment(
    slack: LocalSlack, home: Path, database: str, channel: Channel, curators: Sequence[User], blog: str
) -> dict[str, str]:
    """The environment variables of a bot that checks the blog at an address, and asks curators before it posts."""
    return {
        **small_corpus(home),
        "SLACK_BOT_TOKEN": slack.token,
        "SLACK_API_URL": slack.url,
        "SLACK_SIGNING_SECRET": SECRET,
        "PPRNET_DATABASE_URL": database,
        "PPRNET_CHANNEL": channel.id,
        "PPRNET_CURATORS": ",".join(each.id for each in curators),
        "PPRNET_APPROVAL": "on",
        "PPRNET_SOURCE_URL": blog,
        "PPRNET_SOURCE_HOURS": "0.0001",
        "PPRNET_ALLOW_PRIVATE_SOURCE": "on",
        "PPRNET_POST_HOUR": "0",
    }


async def _play(slack: LocalSlack, folder: Path, database: str) -> None:
    """A bot finds the new month; a curator looks at its preview and has it posted."""
    curator, stop = slack.add_user("ana"), asyncio.Event()
    channel = slack.add_channel("team", [curator])
    port: asyncio.Future[int] = asyncio.get_running_loop().create_future()
    async with site() as blog:
        settings = Settings.from_env(
            environment(slack, folder, database, channel, [curator], blog.address), needs=("slack", "door")
        )
        knowledge = Knowledge(settings.knowledge)
        bot = asyncio.create_task(serving.run(settings, 0, knowledge, stop, port.set_result, timing=TIMING, tick=TICK))
        say = Sender(slack, f"http://127.0.0.1:{await port}/slack/events", SECRET)
        chat = slack.open_dm(curator)
        await slack.until(lambda: len(chat.messages) > 0, seconds=60)
        asked = chat.messages[0]
        await say.press(asked, "Preview", user=curator)
        await slack.until(lambda: any("Preview of" in message.text for message in chat.messages), seconds=60)
        await say.press(asked, "Post", user=curator)
        await slack.until(lambda: len(slack.posted(channel)) > len(TITLES), seconds=60)
        await blog.asked_again(2)
        stop.set()
        await bot


if __name__ == "__main__":
    rehearse(_play)
    workers.main(Job, run)

"""A server in a process of its own:  python -m tests.tools.bench.server KIND FOLDER

Started by `python -m tests.tools.bench.way`.

KIND is "ours" (the whole bot, as `pprnet serve` runs it), "bolt" (a bare Bolt listener that acknowledges with "ok", as
Bolt comes) or "bolt, first" (the same with process_before_response=True). It prints its port; then, for each line that it
reads, how long its event loop was held up at most since the last time, in milliseconds.
"""

from __future__ import annotations

import asyncio
import logging
import os
import sys
from pathlib import Path

from aiohttp import web

BEAT = 0.005
"""Seconds between two beats: what holds the loop up delays one."""


class Heart:
    """Beats as long as the loop runs."""

    def __init__(self) -> None:
        self.late = 0.0

    async def beat(self) -> None:
        """Note by how much each beat is late."""
        loop = asyncio.get_running_loop()
        due = loop.time() + BEAT
        while True:
            await asyncio.sleep(max(0.0, due - loop.time()))
            self.late = max(self.late, loop.time() - due)
            due = loop.time() + BEAT


async def ours(folder: Path, port: asyncio.Future[int]) -> None:
    """The bot."""
    from bot.knowledge import Knowledge
    from bot.search.english import english
    from bot.server.run import run
    from bot.settings import Settings

    settings = Settings.from_env(
        {**os.environ, "PPRNET_DATABASE_URL": f"sqlite:///{folder / 'way.db'}"}, needs=("slack", "door")
    )
    knowledge = await asyncio.to_thread(Knowledge, settings.knowledge)
    await asyncio.to_thread(english)
    await run(settings, 0, knowledge, asyncio.Event(), port.set_result)


async def bolt(first: bool, port: asyncio.Future[int]) -> None:
    """A listener that does nothing."""
    from slack_bolt.async_app import AsyncAck, AsyncApp
    from slack_sdk.web.async_client import AsyncWebClient

    app = AsyncApp(
        client=AsyncWebClient(token=os.environ["SLACK_BOT_TOKEN"], base_url=os.environ["SLACK_API_URL"]),
        signing_secret=os.environ["SLACK_SIGNING_SECRET"],
        process_before_response=first,
    )

    @app.command("/pprnet")
    async def pprnet(ack: AsyncAck) -> None:
        await ack("ok")

    runner = web.AppRunner(app.web_app("/slack/events"), access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    port.set_result(runner.addresses[0][1])
    await asyncio.Event().wait()


async def main(kind: str, folder: Path) -> None:
    """Serve until the end of input."""
    logging.disable(logging.INFO)
    port: asyncio.Future[int] = asyncio.get_running_loop().create_future()
    serving = asyncio.create_task(ours(folder, port) if kind == "ours" else bolt(kind == "bolt, first", port))
    await asyncio.wait({serving, port}, return_when=asyncio.FIRST_COMPLETED)
    if serving.done():
        serving.result()
    heart = Heart()
    beating = asyncio.create_task(heart.beat())
    print(port.result(), flush=True)
    while await asyncio.to_thread(sys.stdin.readline):
        print(f"{heart.late * 1000:.1f}", flush=True)
        heart.late = 0.0
    beating.cancel()
    serving.cancel()


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1], Path(sys.argv[2])))

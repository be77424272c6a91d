"""`/live`, `/ready` and `/health`, answered from the first second: they say what a start waits for."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from aiohttp import web

if TYPE_CHECKING:
    from bot.server.health import Health

STARTING = "the library is being read"


class Probes:
    """The pages for monitoring. Nothing in them is secret or personal."""

    def __init__(self, status: Callable[[str], None] = lambda _status: None) -> None:
        """`status` is called with a line that says what the start waits for, or that it is over."""
        self._status = status
        self.health: Health | None = None
        """How the bot is; None until it has started."""
        self._waits_for = STARTING

    def tell(self, why: str) -> None:
        """Note what the start waits for, in a sentence."""
        self._waits_for = why
        self._status(f"starting: {why}")

    def started(self) -> None:
        """Note that the start is over."""
        self._status("running; pprnet health says how it is")

    async def live(self, _request: web.Request) -> web.Response:
        """Answer that the process works: always 200. Where it does not, nobody answers."""
        return web.json_response({"status": "ok", "troubles": []})

    async def ready(self, _request: web.Request) -> web.Response:
        """Answer 200 while the bot can take and answer what Slack sends, else 503 and why not."""
        troubles = await self.health.not_ready() if self.health else self._starting()
        return _answer({"status": _status(troubles), "troubles": troubles})

    async def all(self, _request: web.Request) -> web.Response:
        """Answer 200 while all is as it should be, else 503 and what is not; and how everything is."""
        if self.health is None:
            return _answer({"status": "trouble", "troubles": self._starting()})
        return _answer(await self.health.report())

    def _starting(self) -> list[str]:
        return [f"the bot is starting: {self._waits_for}"]


def _status(troubles: list[str]) -> str:
    return "trouble" if troubles else "ok"


def _answer(state: dict[str, Any]) -> web.Response:
    return web.json_response(state, status=503 if state["troubles"] else 200)

"""When `pprnet playground` opens a browser window."""

from __future__ import annotations

import asyncio
import os
import signal
import webbrowser
from typing import Any

import pytest

from bot.playground import run
from bot.playground.desktop import has_desktop, open_page


@pytest.mark.parametrize(
    ("variables", "platform", "expected"),
    [
        ({"DISPLAY"}, "linux", True),
        ({"WAYLAND_DISPLAY"}, "linux", True),
        ({"HOME"}, "linux", False),
        ({"HOME"}, "darwin", True),
        ({"HOME"}, "win32", True),
        ({"DISPLAY", "CI"}, "linux", False),
        ({"DISPLAY", "SSH_CONNECTION"}, "linux", False),
        ({"SSH_TTY"}, "darwin", False),
    ],
)
def test_a_browser_opens_only_on_a_desktop(variables: set[str], platform: str, expected: bool) -> None:
    assert has_desktop(variables, platform) is expected


@pytest.mark.parametrize("wanted", [True, False])
async def test_the_browser_opens_once_the_page_can_be_loaded(monkeypatch: pytest.MonkeyPatch, wanted: bool) -> None:
    seen: list[str] = []
    monkeypatch.setattr(webbrowser, "open", lambda address: seen.append(f"opened {address}") or True)

    def ready(address: str) -> None:
        seen.append(f"ready {address}")
        asyncio.get_running_loop().call_soon(os.kill, os.getpid(), signal.SIGTERM)

    await run.play(0, ready, open_browser=wanted)
    address = seen[0].removeprefix("ready ")
    assert seen == [f"ready {address}"] + [f"opened {address}"] * wanted


def test_a_machine_without_a_browser_is_no_error(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(_address: str) -> Any:
        raise webbrowser.Error("could not locate runnable browser")

    monkeypatch.setattr(webbrowser, "open", fail)
    assert open_page("http://127.0.0.1:1/") is False

"""The rooms of `bot/` and the direction of knowledge between them, read from the imports."""

from __future__ import annotations

import ast
import functools
from collections.abc import Iterator
from pathlib import Path

import pytest

BOT = Path(__file__).parents[2] / "bot"

FLOORS: tuple[tuple[str, ...], ...] = (
    ("errors",),
    ("paths", "access", "text", "dates", "failures", "outside"),
    ("corpus", "store", "logs"),
    ("search", "phrases", "outbox", "extraction"),
    ("blog", "safety", "evidence", "meaning", "knowledge"),
    ("settings", "publishing", "asks"),
    ("approval", "clubs", "papers"),
    ("commands",),
    ("blocks",),
    ("slack", "export"),
    ("workspaces",),
    ("listeners", "agents"),
    ("server",),
    ("playground",),
    ("cli",),
    ("__main__",),
)
"""From the ground up. A room may import from the floors below its own, never from beside or above it."""

STILL_UP: set[tuple[str, str]] = set()
"""Arrows that point up and are being moved."""

KNOW_NO_SLACK = (
    "corpus",
    "extraction",
    "search",
    "blog",
    "safety",
    "asks",
    "phrases",
    "evidence",
    "meaning",
    "store",
    "outbox",
    "publishing",
    "clubs",
    "papers",
    "commands",
)
SLACK_LIBRARIES = ("slack_sdk", "slack_bolt")
SEND_NOTHING = ("blocks",)
NETWORK_LIBRARIES = ("aiohttp", "slack_bolt")


@functools.cache
def imported(path: Path) -> tuple[str, ...]:
    """The full names of modules that a file imports, wherever in it."""
    return tuple(_imported(path))


def _imported(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.ImportFrom) and node.module and not node.level:
            yield from (f"{node.module}.{alias.name}" for alias in node.names)
        elif isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)


def room_of(path: Path) -> str:
    """The room that a file of `bot/` belongs to: its folder, or its own name at the top."""
    return path.relative_to(BOT).parts[0].removesuffix(".py")


def files(*rooms: str) -> list[Path]:
    """The Python files of these rooms, or of all of them."""
    return [path for path in sorted(BOT.rglob("*.py")) if not rooms or room_of(path) in rooms]


def test_no_arrow_points_up_or_sideways() -> None:
    floor = {room: height for height, rooms in enumerate(FLOORS) for room in rooms}
    found = {
        (room_of(path), target)
        for path in files()
        for name in imported(path)
        if name.startswith("bot.") and (target := name.split(".")[1]) != room_of(path) and target in floor
        if floor[target] >= floor[room_of(path)]
    }
    assert found == STILL_UP


def test_every_room_has_a_floor_and_every_floor_its_rooms() -> None:
    rooms = {room_of(path) for path in files()} - {"__init__"}
    assert rooms == {room for rooms in FLOORS for room in rooms}


def test_at_most_ten_files_are_beside_the_rooms() -> None:
    assert len([path for path in BOT.iterdir() if path.is_file()]) <= 10


@pytest.mark.parametrize(("rooms", "libraries"), [(KNOW_NO_SLACK, SLACK_LIBRARIES), (SEND_NOTHING, NETWORK_LIBRARIES)])
def test_rooms_do_without_the_libraries_that_are_not_theirs(rooms: tuple[str, ...], libraries: tuple[str, ...]) -> None:
    found = {
        (str(path.relative_to(BOT)), name) for path in files(*rooms) for name in imported(path) if name.startswith(libraries)
    }
    assert found == set()

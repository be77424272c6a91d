"""Links, paths and words in the docs."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import pytest

from tests.unit.test_docs import PAGES, README, ROOT, code_spans, prose

LINKED = ("tests/unit", "tests/relevance", "bot/playground")
"""Folders of files that pages name by their names alone."""


def slug(heading: str) -> str:
    """The anchor of a heading, as GitHub makes it."""
    plain = re.sub(r"[`*]|\[([^\]]+)\]\([^)]+\)", r"\1", heading)
    return re.sub(r"[^\w\- ]", "", plain.lower()).replace(" ", "-")


def anchors(path: Path) -> set[str]:
    """The anchors of a page."""
    return {slug(heading) for heading in re.findall(r"^#+ (.+)$", prose(path.read_text("utf-8")), flags=re.MULTILINE)}


@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.name)
def test_every_link_leads_somewhere(path: Path) -> None:
    for target in re.findall(r"\]\(([^)\s]+)\)", prose(path.read_text("utf-8"))):
        if target.startswith("https://"):
            continue
        name, _, anchor = target.partition("#")
        there = (path.parent / name).resolve() if name else path
        assert there.exists(), target
        assert there.is_relative_to(ROOT), target
        assert not anchor or anchor in anchors(there), target


def test_every_page_can_be_reached_from_the_readme() -> None:
    linked = {(ROOT / target.partition("#")[0]).resolve() for target in re.findall(r"\]\(([^)\s:]+)\)", README)}
    assert {path for path in PAGES if path.name != "README.md" and path not in linked} == set()


@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.name)
def test_every_path_in_the_text_is_there(path: Path) -> None:
    if path.name == "CHANGELOG.md":
        pytest.skip("it tells of what was")
    for span in code_spans(path.read_text("utf-8")):
        if re.fullmatch(r"(?:[a-z_.]+/)+(?:[\w-]+\.[a-z]+)?|[\w-]+\.(?:py|yaml|toml|txt)", span) and not span.startswith(
            "/"
        ):
            assert any((ROOT / base / span).exists() for base in (".", "bot", "knowledge", *LINKED)), span


@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.name)
def test_pages_are_written_in_plain_words(path: Path) -> None:
    words = "somebody|anew|whoever|by itself|by themselves|in hand|standing"
    assert re.findall(rf"\b(?:{words})\b", path.read_text("utf-8")) == []


def test_nothing_of_this_machine_is_committed() -> None:
    tracked = subprocess.run(["git", "ls-files"], capture_output=True, text=True, cwd=ROOT, check=False).stdout.split()
    if not tracked:
        pytest.skip("not a git checkout")
    pattern = re.compile(r"xox[abp]-[0-9]{6,}|xapp-[0-9]-A[0-9A-Z]{8,}-[0-9]{6,}")
    found = [
        name
        for name in tracked
        if name.endswith((".py", ".md", ".yaml", ".toml")) and pattern.search((ROOT / name).read_text("utf-8"))
    ]
    assert found == []

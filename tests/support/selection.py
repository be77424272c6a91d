"""Which tests run by default: those that need nothing but Python, on all processors; one line names the rest."""

from __future__ import annotations

import contextlib
import gc
import importlib
import os
import shlex
import sys
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from bot.cli.main import LOOK_FOR_GARBAGE_AFTER

LEFT_OUT = {
    "browser": "Chromium",
    "crash": None,
    "slow": None,
    "postgresql": "PostgreSQL",
    "systemd": "systemd",
    "meaning": "the extra meaning",
}
"""Markers of the tests that run only when asked for, with the program that they need."""
REST = " or ".join(LEFT_OUT)
"""What `-m` takes to run them."""
FOLDERS = ("browser", "crash")
"""Folders whose tests all have the marker of the same name. They are not even read where these are left out."""
IN_FOLDERS = [(name,) for name in FOLDERS]
COUNTS = "left_out"
TESTS = Path(__file__).parents[1]


def processors() -> int:
    """Return how many processors this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def is_whole_run(config: pytest.Config) -> bool:
    """Whether no file, test or single room of tests is named on the command line."""
    return all((config.invocation_params.dir / argument).resolve() in (TESTS, TESTS.parent) for argument in config.args)


def pytest_configure(config: pytest.Config) -> None:
    """Leave out what needs more than Python, unless tests are chosen by name or by marker."""
    gc.disable()  # until everything is collected, which stays
    config.stash[LEFT] = Counter()
    config.stash[CHOSEN] = bool(config.option.markexpr or config.option.keyword or not is_whole_run(config))
    if not config.stash[CHOSEN]:
        config.option.markexpr = f"not ({REST})"


LEFT = pytest.StashKey[Counter[str]]()
CHOSEN = pytest.StashKey[bool]()


@pytest.hookimpl(tryfirst=True)  # before pytest-xdist starts its workers
def pytest_cmdline_main(config: pytest.Config) -> None:
    """Use all processors for a whole run where pytest-xdist is installed, unless `-n` says otherwise.

    Its workers call this too, and must start no workers of their own.
    """
    if os.environ.get("PYTEST_XDIST_WORKER") or config.option.collectonly or not is_whole_run(config):
        return
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)  # so that workers find what another has compiled
    if getattr(config.option, "numprocesses", 0) is None:
        config.option.numprocesses = processors() + 2  # some tests always wait: for a process, a timeout, the other side
        config.option.dist = "worksteal" if config.option.dist == "no" else config.option.dist


@pytest.hookimpl(tryfirst=True)
def pytest_collection(session: pytest.Session) -> None:
    """Import a share of the tests first, each worker another: what it compiles is there for the others, who would compile
    the same files at the same time. What cannot be imported is reported when it is collected.
    """
    worker = getattr(session.config, "workerinput", None)
    if worker is None or sys.dont_write_bytecode:
        return
    number, count = int(worker["workerid"].removeprefix("gw")), worker["workercount"]
    there = [path for path in sorted(TESTS.rglob("test_*.py")) if not is_left_out(path, session.config)]
    for path in there[number::count]:
        with contextlib.suppress(Exception, pytest.skip.Exception):
            importlib.import_module(".".join(path.relative_to(TESTS.parent).with_suffix("").parts))


def is_left_out(path: Path, config: pytest.Config) -> bool:
    """Whether a path is in a folder of tests that are left out by default, or is one, and nothing else was chosen."""
    return not config.stash[CHOSEN] and path.is_relative_to(TESTS) and path.relative_to(TESTS).parts[:1] in IN_FOLDERS


def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> bool | None:
    """Leave out whole folders by default: reading them takes time in each process."""
    return True if is_left_out(collection_path, config) else None


def pytest_collection_finish() -> None:
    """Have the garbage collector pass over what was imported and collected: it stays until the end."""
    gc.freeze()
    gc.set_threshold(LOOK_FOR_GARBAGE_AFTER)
    gc.enable()


@pytest.hookimpl(tryfirst=True)  # before the markers are compared with `-m`
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Mark tests by their folder and their database, and count those that are left out by default."""
    for item in items:
        for folder in FOLDERS:
            if item.path.parent.name == folder:
                item.add_marker(folder)
        values = item.callspec.params.values() if isinstance(item, pytest.Function) and hasattr(item, "callspec") else ()
        if "postgresql" in getattr(item, "fixturenames", ()) or "postgresql" in [v for v in values if isinstance(v, str)]:
            item.add_marker("postgresql")
        if name := next((name for name in LEFT_OUT if item.get_closest_marker(name)), None):
            config.stash[LEFT][name] += 1


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Any:
    """With `--dist loadgroup`, run all tests of such a folder in one process and begin with them: one browser serves all.

    The mark `xdist_group` would do the same by the tests' ids, but pytest 9.2 keeps the ids that it made itself.
    """
    if config.option.dist != "loadgroup":
        return None
    from xdist.scheduler import LoadGroupScheduling  # where pytest-xdist is not installed, this hook is not called

    class ByFolder(LoadGroupScheduling):
        """The largest group is handed out first; every other test is a group of its own."""

        def _split_scope(self, nodeid: str) -> str:
            folder = next((name for name in FOLDERS if nodeid.startswith(f"{TESTS.name}/{name}/")), None)
            return folder or nodeid

    return ByFolder(config, log)


@pytest.hookimpl(trylast=True)
def pytest_sessionfinish(session: pytest.Session) -> None:
    """Report to the process that started this one, where there is one, what was left out."""
    if (output := getattr(session.config, "workeroutput", None)) is not None:
        output[COUNTS] = dict(session.config.stash[LEFT])


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node: object) -> None:
    """Take what a worker left out: each worker collects all tests."""
    config: pytest.Config = node.config  # type: ignore[attr-defined]
    config.stash[LEFT] |= Counter(getattr(node, "workeroutput", {}).get(COUNTS, {}))


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    """Say in one line what was left out and how to run it."""
    left = config.stash[LEFT]
    if not config.stash[CHOSEN] and left:
        counted = (f"{left[name]} {name}" for name in LEFT_OUT if name not in FOLDERS and left[name])
        counts = ", ".join((*FOLDERS, *counted))
        needs = ", ".join(program for program in LEFT_OUT.values() if program)
        terminalreporter.write_line(
            f"left out: {counts}. To run them (the extra dev, {needs} needed): .venv/bin/pytest -m {shlex.quote(REST)}"
        )

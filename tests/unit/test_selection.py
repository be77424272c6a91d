"""Which process runs which tests, with pytest-xdist."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from tests.support import selection


class Process:
    """What a scheduler knows of a process: it gets the numbers of tests."""

    shutting_down = False

    def __init__(self, name: str) -> None:
        self.gateway = SimpleNamespace(id=name)
        self.tests: list[int] = []

    def send_runtest_some(self, indices: list[int]) -> None:
        self.tests += indices

    def shutdown(self) -> None:
        self.shutting_down = True


def test_with_groups_all_tests_with_a_browser_go_to_one_process_first() -> None:
    pytest.importorskip("xdist")
    ids = [f"tests/{name}" for name in ("bot/test_a.py::test_a", "bot/test_a.py::test_b", "bot/test_c.py::test_c")]
    ids[1:1] = [f"tests/browser/test_{name}.py::test_{name}[light]" for name in "defgh"]
    option = SimpleNamespace(dist="loadgroup", loadscopereorder=True, debug=False)
    config: Any = SimpleNamespace(option=option, getvalue={"tx": ["popen", "popen"]}.get)
    scheduler = selection.pytest_xdist_make_scheduler(config, None)
    processes = [Process("gw0"), Process("gw1")]
    for process in processes:
        scheduler.add_node(process)
        scheduler.add_node_collection(process, ids)
    scheduler.schedule()
    assert [process.tests for process in processes] == [[1, 2, 3, 4, 5], [0, 6]]
    option.dist = "worksteal"
    assert selection.pytest_xdist_make_scheduler(config, None) is None

"""What both crash tests set up: a fork server for the workers of a module, and the counts that are printed at its end.

A module names its workers' `PROGRAM`, a `TITLE`, and the `FIGURES` that it counts.
"""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import AsyncIterator, Iterator

import pytest
import pytest_asyncio

from tests.crash.counts import Counts
from tests.crash.workers import Workers


@pytest.fixture(scope="module")
def counts(request: pytest.FixtureRequest) -> Iterator[Counts]:
    """Counts of the whole module, printed when it is over, whichever process of pytest runs it."""
    found = Counts(request.module.TITLE, Counter(dict.fromkeys(request.module.FIGURES, 0)))
    yield found
    with request.config.pluginmanager.getplugin("capturemanager").global_and_fixture_disabled():
        os.write(2, "\n".join(("", *found.lines(), "")).encode())


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def workers(request: pytest.FixtureRequest) -> AsyncIterator[Workers]:
    """One fork server for all runs, rehearsed on the databases that they use."""
    here = [item for item in request.session.items if item.path == request.path]
    databases = []
    if any(item.get_closest_marker("postgresql") for item in here):
        databases.append(await request.getfixturevalue("postgresql").new_database())
    async with Workers(request.module.PROGRAM, *databases) as started:
        yield started

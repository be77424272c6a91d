"""Pictures of evidence, drawn one at a time in a child process and cached for the next person who asks.

The child gets the printed figures and nothing else: no question, no token, none of the bot's environment.
"""

from __future__ import annotations

import asyncio
import hashlib
import importlib.util
import json
import logging
import os
import shutil
import sys
import tempfile
import time
from collections import OrderedDict

from bot.evidence.sheet import sheet
from bot.evidence.table import Evidence

log = logging.getLogger(__name__)

CACHED = 40
"""Pictures in the cache: 0.1 to 0.5 MB each."""
PATIENCE = 40.0
"""Seconds for a picture, its place in the queue included. Well below the lease of a claim (`bot.store.claims`)."""
SULK = 600.0
"""Seconds without pictures after Slack has said that this app may not upload files."""
MOST_BYTES = 8 * 1024 * 1024


class Pictures:
    """Draws and caches pictures. Where it cannot, there is only the table in words."""

    def __init__(self) -> None:
        self._cache: OrderedDict[bytes, bytes] = OrderedDict()
        self._turn = asyncio.Lock()
        self._folder: str | None = None
        self._not_before = 0.0

    @property
    def wanted(self) -> bool:
        """Return whether a picture can be promised: matplotlib is installed, and Slack has not refused files lately."""
        return drawable() and time.monotonic() >= self._not_before

    def refused(self) -> None:
        """Slack does not let this app upload files: no use drawing for a while."""
        self._not_before = time.monotonic() + SULK

    async def draw(self, evidence: Evidence) -> bytes | None:
        """Return the picture of this evidence; None where it could not be drawn in time."""
        spec = json.dumps(sheet(evidence)).encode()
        key = hashlib.sha256(spec).digest()
        try:
            async with asyncio.timeout(PATIENCE), self._turn:
                if key not in self._cache:
                    self._cache[key] = await self._drawn(spec)
                self._cache.move_to_end(key)
                while len(self._cache) > CACHED:
                    self._cache.popitem(last=False)
                return self._cache[key]
        except (TimeoutError, OSError, ValueError) as error:
            log.warning("a picture could not be drawn (%s)", type(error).__name__)
            return None

    async def _drawn(self, spec: bytes) -> bytes:
        """Return the work of the child. Raises ValueError where it ends without a picture."""
        if self._folder is None:
            self._folder = await asyncio.to_thread(tempfile.mkdtemp, prefix="pprnet-pictures-")
        child = await asyncio.create_subprocess_exec(
            sys.executable,
            "-P",
            "-m",
            "bot.evidence.drawing",
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.DEVNULL,
            # matplotlib keeps its list of fonts in MPLCONFIGDIR; the home folder may be read-only.
            env={
                "PATH": os.defpath,
                "PYTHONPATH": os.pathsep.join(path for path in sys.path if path),
                "MPLCONFIGDIR": self._folder,
                "OPENBLAS_NUM_THREADS": "1",
            },
        )
        try:
            picture, _ = await child.communicate(spec)
        finally:
            if child.returncode is None:
                child.kill()
                await child.wait()
        if child.returncode or not picture.startswith(b"\x89PNG") or len(picture) > MOST_BYTES:
            raise ValueError(f"the child ended with {child.returncode}")
        return picture

    async def close(self) -> None:
        """Forget everything."""
        if self._folder:
            await asyncio.to_thread(shutil.rmtree, self._folder, ignore_errors=True)


def drawable() -> bool:
    """Return whether the library that draws is installed (the extra "pictures")."""
    return importlib.util.find_spec("matplotlib") is not None

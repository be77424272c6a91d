"""One rival in a process of its own:  python -m tests.tools.bench.worker NAME FILE

Started by `python -m tests.tools.bench`.

It writes one JSON line when it has built its index, and one for each line of questions (a JSON list) that it reads: the
milliseconds of each.
"""

from __future__ import annotations

import ctypes
import gc
import json
import pickle
import resource
import sys
import time
from pathlib import Path

from tests.tools.bench.rivals import RIVALS


def main(name: str, file: Path) -> None:
    """Build, then answer until the end of input."""
    corpus = pickle.loads(file.read_bytes())
    _ = corpus.summaries
    before = resident()
    begun = time.perf_counter()
    rival = RIVALS[name]()
    rival.build(corpus)
    built = time.perf_counter() - begun
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    tell({"build": built, "memory": resident() - before, "peak": peak - before})
    gc.freeze()  # for all alike: no pause for going through the library's own objects
    for line in sys.stdin:
        times = []
        for question in json.loads(line):
            begun = time.perf_counter()
            rival.ask(question)
            times.append((time.perf_counter() - begun) * 1000)
        tell(times)


def resident() -> float:
    """Megabytes in use, after giving back what is free."""
    gc.collect()
    if sys.platform == "linux":
        ctypes.CDLL(None).malloc_trim(0)
    pages = int(Path("/proc/self/statm").read_text("ascii").split()[1])
    return pages * resource.getpagesize() / 2**20


def tell(what: object) -> None:
    """A line for the parent."""
    print(json.dumps(what), flush=True)


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]))

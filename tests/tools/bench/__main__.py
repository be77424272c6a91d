"""The search beside well-known libraries:  python -m tests.tools.bench [--sizes 28 400 2000]

Needs `pip install -e '.[bench]'`. Every rival runs in a process of its own, on the same made-up library
(`library.py`; at 28 the shipped one), and they take turns at the same questions, those of tests/relevance, a few
at a time, so that what else the machine does meets all alike. Then the misspelt questions, the worst inputs and the start of
the process. Prints tables; asserts nothing.
"""

from __future__ import annotations

import argparse
import json
import os
import pickle
import random
import statistics
import subprocess
import sys
import tempfile
import time
import tracemalloc
from collections.abc import Iterator, Sequence
from pathlib import Path

from bot.corpus.load import load
from bot.paths import default_root
from tests.tools.bench.library import Writer, asked, misspelt
from tests.tools.bench.rivals import RIVALS
from tests.tools.bench.worst import WORST

ROOT = Path(__file__).parents[3]

SIZES = (28, 400, 2_000)
TURN = 20
"""Questions that a rival answers before the next one's turn."""
ROUNDS = 3
"""Times that every question is asked."""
PATIENCE = 12.0
"""Seconds that a rival may take at one size; then it answers no more questions."""


class Worker:
    """A rival's process."""

    def __init__(self, name: str, file: Path) -> None:
        self.name = name
        self.times: list[float] = []
        self.process = subprocess.Popen(
            [sys.executable, "-m", "tests.tools.bench.worker", name, str(file)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            env=os.environ | {"PYTHONPATH": str(ROOT)},
        )
        self.built: dict[str, float] = self._hear()

    def ask(self, asked: Sequence[str]) -> list[float]:
        """The milliseconds of each question."""
        assert self.process.stdin
        self.process.stdin.write(json.dumps(asked) + "\n")
        self.process.stdin.flush()
        return self._hear()

    def close(self) -> None:
        """End the process."""
        self.process.communicate()

    def _hear(self):  # type: ignore[no-untyped-def]
        assert self.process.stdout
        line = self.process.stdout.readline()
        if not line:
            raise SystemExit(f"{self.name} ended early")
        return json.loads(line)


def compare(size: int, folder: Path, questions: list[str]) -> None:
    """One table: all rivals at one size."""
    corpus = Writer(load(default_root())).write(size)
    file = folder / f"{size}.pickle"
    file.write_bytes(pickle.dumps(corpus))
    del corpus
    workers = [Worker(name, file) for name in RIVALS]  # one after the other: building is timed too
    for worker in workers:
        worker.ask(questions[:TURN])
    for _ in range(ROUNDS):
        for start in range(0, len(questions), TURN):
            for worker in workers:
                if sum(worker.times) < PATIENCE * 1000:
                    worker.times += worker.ask(questions[start : start + TURN])
    ours = workers[0]
    chance = random.Random(1)
    slips = ours.ask([misspelt(question, chance) for question in questions])
    for worker in workers:
        worker.close()
    fastest = min(statistics.median(worker.times) for worker in workers)
    memory = next(worker.built["memory"] for worker in workers if worker.name == "bm25s")
    print(f"\n{size:,} summaries\n")
    print("| | median ms | of the fastest | 99th percentile ms | build s | memory MB | of bm25s | peak MB | questions |")
    print("|---|---|---|---|---|---|---|---|---|")
    for worker in workers:
        median, built = statistics.median(worker.times), worker.built
        row = [
            worker.name,
            f"{median:.2f}",
            f"{median / fastest:.1f} x",
            f"{percentile(worker.times):.1f}",
            f"{built['build']:.1f}",
            f"{built['memory']:.0f}",
            f"{built['memory'] / max(memory, 1):.1f} x",
            f"{built['peak']:.0f}",
            str(len(worker.times)),
        ]
        print(f"| {' | '.join(row)} |")
    print(
        f"| PPRNet bot, misspelt | {statistics.median(slips):.2f} | {statistics.median(slips) / fastest:.1f} x | "
        f"{percentile(slips):.1f} | | | | | {len(slips)} |",
        flush=True,
    )


def worst(sizes: Sequence[int]) -> None:
    """The worst inputs, and the memory that they take for a moment."""
    from bot.search.engine import Engine

    writer = Writer(load(default_root()))
    engines = {size: Engine(writer.write(size)) for size in sizes}
    print("\n| worst inputs | " + " | ".join(f"ms at {size:,}" for size in engines) + " | KB for a moment |")
    print("|---|" + "---|" * (len(engines) + 1))
    for name, text in WORST.items():
        row = []
        for engine in engines.values():
            engine.search(text)
            row.append(f"{min(timed(engine.search, text) for _ in range(5)):.1f}")
        tracemalloc.start()
        next(iter(engines.values())).search(text)
        row.append(f"{tracemalloc.get_traced_memory()[1] / 1024:.0f}")
        tracemalloc.stop()
        print(f"| {name} | " + " | ".join(row) + " |", flush=True)


def timed(call, *arguments) -> float:  # type: ignore[no-untyped-def]
    """Milliseconds of a call."""
    begun = time.perf_counter()
    call(*arguments)
    return (time.perf_counter() - begun) * 1000


def start(times: int = 11) -> None:
    """From the start of the process to the printed answer."""
    commands = {
        "`pprnet ask alliance rupture`": ["-m", "bot", "ask", "alliance rupture"],
        "`pprnet ask aliance rupure`": ["-m", "bot", "ask", "aliance rupure"],
        "`python -c pass`": ["-c", "pass"],
    }

    def once(command: list[str]) -> float:
        return timed(lambda: subprocess.run([sys.executable, *command], cwd=ROOT, check=True, capture_output=True))

    taken: dict[str, list[float]] = {name: [] for name in commands}
    for name, command in [(name, command) for _ in range(times) for name, command in commands.items()]:
        taken[name].append(once(command))
    print("\n| process start to answer, 28 summaries | median s | slowest s |\n|---|---|---|")
    for name, found in taken.items():
        print(f"| {name} | {statistics.median(found[1:]) / 1000:.2f} | {max(found[1:]) / 1000:.2f} |", flush=True)


def percentile(times: list[float]) -> float:
    """The 99th percentile."""
    return sorted(times)[int(len(times) * 0.99)]


def rooms() -> Iterator[str]:
    """What the figures were taken on."""
    yield f"Python {sys.version.split()[0]}, {os.cpu_count()} cores"
    if hasattr(os, "getloadavg"):
        yield f"load {os.getloadavg()[0]:.1f} at the start"


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m tests.tools.bench", description="The search beside well-known libraries."
    )
    parser.add_argument("--sizes", nargs="+", type=int, default=SIZES, help="summaries in the library")
    return parser


def main() -> None:
    """Measure everything, one after the other, and print the tables."""
    options = _parser().parse_args()
    questions = asked(load(default_root()))
    print(", ".join(rooms()))
    with tempfile.TemporaryDirectory() as folder:
        for size in options.sizes:
            compare(size, Path(folder), questions)
    start()
    worst([min(options.sizes), *({max(options.sizes)} - {min(options.sizes)})])


if __name__ == "__main__":
    main()

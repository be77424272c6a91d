"""A corpus that changes under a running bot: the good ones are taken, the faulty ones are not."""

from __future__ import annotations

import asyncio
import gc
import json
import logging
import os
import shutil
import subprocess
import sys
import weakref
from collections.abc import AsyncIterator
from pathlib import Path

import aiohttp
import pytest
import yaml

from bot import knowledge as knowledge_module
from bot.corpus import load as loading
from bot.knowledge import Knowledge
from bot.paths import default_root
from bot.playground.slack import LocalSlack
from bot.search.browse import library
from bot.settings import Settings
from tests.support.bot import Bot, running
from tests.support.idle import PATIENCE
from tests.support.once import build_anew, examine_anew
from tests.support.small_corpus import small_corpus

CRYING = "issues/2021-08.yaml"
MARK = "Zebrafish Companions in the Waiting Room"
NEW_MONTH = f"""issue: "2024-03"
complete: false
summaries:
  - id: zebrafish-companions
    title: {MARK}
    text: digest
    summary: A study of zebrafish companions in waiting rooms.
    implications: [Consider a zebrafish for the waiting room.]
"""


@pytest.fixture(autouse=True)
def nothing_is_built_before(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each engine is the test's own: other tests share theirs, with what these have found out."""
    monkeypatch.setattr(knowledge_module, "build", build_anew)
    monkeypatch.setattr(loading, "examine", examine_anew)


@pytest.fixture
def changing(tmp_path: Path) -> Path:
    """A corpus of a few months that the test may change, without synonyms: reading all takes most of a reload."""
    root = Path(small_corpus(tmp_path)["PPRNET_KNOWLEDGE"])
    shutil.copy(default_root() / CRYING, root / CRYING)
    return root


@pytest.fixture
async def reloading(slack: LocalSlack, tmp_path: Path, changing: Path) -> AsyncIterator[Bot]:
    """The bot on it."""
    async with running(slack, tmp_path, PPRNET_KNOWLEDGE=str(changing)) as started:
        yield started


async def asked(bot: Bot, words: str) -> str:
    """What a person who types the command sees."""
    user = bot.slack.add_user("ana")
    answer = await bot.say.command(words, user=user, channel=bot.slack.add_channel("team", [user]))
    assert answer.ok
    return answer.message.visible_text


async def health(bot: Bot) -> dict[str, object]:
    async with aiohttp.ClientSession() as session, session.get(f"{bot.url}/health") as response:
        found: dict[str, object] = await response.json()
    return found


def replace(path: Path, content: str | bytes) -> None:
    """Write a file as careful programs do: beside it, then renamed over it."""
    beside = path.parent / f".{path.name}.new"
    beside.write_bytes(content.encode() if isinstance(content, str) else content)
    beside.replace(path)


async def test_a_month_that_is_added_is_found_without_a_restart(reloading: Bot, changing: Path) -> None:
    assert MARK not in await asked(reloading, "zebrafish companions")
    replace(changing / "issues/2024-03.yaml", NEW_MONTH)
    await reloading.reloaded()
    assert MARK in await asked(reloading, "zebrafish companions")
    assert MARK in await asked(reloading, "latest")
    found = await health(reloading)
    assert (found["status"], found["summaries"], found["months"]) == ("ok", 7, 5)
    assert found["library_on_disk_faulty"] is False


async def test_a_month_that_is_taken_away_is_no_longer_found(reloading: Bot, changing: Path) -> None:
    (changing / CRYING).unlink()
    await reloading.reloaded()
    assert "Patients Crying in Psychotherapy" not in await asked(reloading, "patients crying")
    assert (await health(reloading))["months"] == 3


async def test_an_unchanged_corpus_is_not_loaded_again(reloading: Bot) -> None:
    engine = reloading.knowledge.engine
    await reloading.reloaded()
    assert reloading.knowledge.engine is engine


async def test_a_change_that_keeps_size_and_time_is_seen(reloading: Bot, changing: Path) -> None:
    path = changing / CRYING
    before = path.stat()
    replace(path, path.read_text("utf-8").replace("Patients Crying", "Patients Drying"))
    os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))
    assert (path.stat().st_size, path.stat().st_mtime_ns) == (before.st_size, before.st_mtime_ns)
    await reloading.reloaded()
    assert "Patients Drying" in await asked(reloading, "crying in psychotherapy")


async def test_a_faulty_change_keeps_the_last_good_corpus_and_is_logged_with_its_place(
    reloading: Bot, changing: Path, caplog: pytest.LogCaptureFixture
) -> None:
    replace(changing / "issues/2024-03.yaml", NEW_MONTH.replace("text: digest", "text: copied"))
    with caplog.at_level(logging.INFO, "bot.knowledge"):
        await reloading.reloaded()
    assert "the library changed and has faults: the last good one stays in use (the library has 1 fault)" in caplog.text
    assert 'issues/2024-03.yaml:6: zebrafish-companions: text: "copied" is not one of: digest, original' in caplog.text
    assert {record.levelname for record in caplog.records if record.name == "bot.knowledge"} == {"ERROR"}
    assert "Patients Crying" in await asked(reloading, "patients crying")
    found = await health(reloading)
    assert (found["status"], found["summaries"], found["library_on_disk_faulty"]) == ("trouble", 6, True)


async def test_a_faulty_corpus_is_logged_once_and_not_at_every_look(
    reloading: Bot, changing: Path, caplog: pytest.LogCaptureFixture
) -> None:
    replace(changing / "issues/2024-03.yaml", "")
    for _ in range(3):
        await reloading.reloaded()
    assert caplog.text.count("the library changed and has faults") == 1


async def test_two_who_compare_at_once_load_the_library_once(changing: Path, caplog: pytest.LogCaptureFixture) -> None:
    knowledge = await asyncio.to_thread(Knowledge, changing)
    replace(changing / "issues/2024-03.yaml", "")
    assert await asyncio.gather(knowledge.refresh(), knowledge.refresh()) == [False, False]
    assert caplog.text.count("the library changed and has faults") == 1
    replace(changing / "issues/2024-03.yaml", NEW_MONTH)
    assert sorted(await asyncio.gather(knowledge.refresh(), knowledge.refresh())) == [False, True]


async def test_a_mended_corpus_is_taken_and_health_says_so(reloading: Bot, changing: Path) -> None:
    path = changing / "issues/2024-03.yaml"
    replace(path, NEW_MONTH.replace("issue:", "isue:"))
    await reloading.reloaded()
    replace(path, NEW_MONTH)
    await reloading.reloaded()
    assert MARK in await asked(reloading, "zebrafish companions")
    assert (await health(reloading))["library_on_disk_faulty"] is False


async def test_a_good_change_waits_for_a_stray_file_to_go_and_is_then_taken(reloading: Bot, changing: Path) -> None:
    stray = changing / "issues/2024-04.yml"
    stray.write_text(NEW_MONTH, "utf-8")
    replace(changing / "issues/2024-03.yaml", NEW_MONTH)
    await reloading.reloaded()
    assert reloading.knowledge.faulty
    stray.unlink()
    await reloading.reloaded()
    assert MARK in await asked(reloading, "zebrafish companions")


async def test_a_corpus_that_is_put_back_as_it_was_is_no_longer_called_faulty(reloading: Bot, changing: Path) -> None:
    away = changing.parent / "topics.yaml"
    (changing / "topics.yaml").rename(away)
    await reloading.reloaded()
    assert reloading.knowledge.faulty
    away.rename(changing / "topics.yaml")
    await reloading.reloaded()
    assert not reloading.knowledge.faulty


async def test_a_file_caught_half_written_is_taken_once_it_is_whole(reloading: Bot, changing: Path) -> None:
    path = changing / "issues/2024-03.yaml"
    for size in (0, 10, 40, 100, NEW_MONTH.index("    summary:")):
        path.write_bytes(NEW_MONTH.encode()[:size])
        await reloading.reloaded()
        assert "Patients Crying" in await asked(reloading, "patients crying")
    path.write_text(NEW_MONTH, "utf-8")
    await reloading.reloaded()
    assert MARK in await asked(reloading, "zebrafish companions")


async def test_a_corpus_that_vanishes_whole_leaves_the_bot_answering(reloading: Bot, changing: Path) -> None:
    shutil.rmtree(changing)
    await reloading.reloaded()
    assert reloading.knowledge.faulty
    assert "Patients Crying" in await asked(reloading, "patients crying")


async def test_a_running_bot_takes_a_change_by_itself_and_outlives_a_faulty_one(
    slack: LocalSlack, tmp_path: Path, changing: Path, caplog: pytest.LogCaptureFixture
) -> None:
    noticed: asyncio.Queue[str] = asyncio.Queue()
    loop = asyncio.get_running_loop()

    class Noticing(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            loop.call_soon_threadsafe(noticed.put_nowait, record.getMessage())

    caplog.set_level(logging.INFO, "bot.knowledge")
    logger = logging.getLogger("bot.knowledge")
    handler = Noticing()
    logger.addHandler(handler)
    try:
        async with running(slack, tmp_path, PPRNET_KNOWLEDGE=str(changing)) as bot:
            async with asyncio.timeout(PATIENCE):
                replace(changing / "issues/2024-03.yaml", "issue: [")
                while "the last good one stays in use" not in await noticed.get():
                    pass
                replace(changing / "issues/2024-03.yaml", NEW_MONTH)
                while "the library changed: 7 summaries in 5 months are in use" not in await noticed.get():
                    pass
            assert MARK in await asked(bot, "zebrafish companions")
    finally:
        logger.removeHandler(handler)


def test_by_default_the_bot_looks_often_enough_to_take_a_change_within_a_minute() -> None:
    assert 0 < Settings.from_env({}).look_seconds <= 30


@pytest.mark.slow
def test_the_bot_does_not_start_on_a_faulty_corpus_and_prints_every_fault(changing: Path) -> None:
    (changing / "topics.yaml").unlink()
    bad = "\n".join(f"key{number}: x" for number in range(30))
    (changing / "issues/2024-03.yaml").write_text(NEW_MONTH + bad, "utf-8")
    secret = "not-a-real-secret"
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("PPRNET_", "SLACK_"))}
    variables = {"SLACK_BOT_TOKEN": f"xoxb-{secret}", "SLACK_SIGNING_SECRET": secret, "PPRNET_KNOWLEDGE": str(changing)}
    done = subprocess.run(
        [sys.executable, "-m", "bot", "serve", "--port", "0"],
        capture_output=True,
        text=True,
        timeout=60,
        cwd=changing,
        env=kept | variables,
        check=False,
    )
    assert (done.returncode, done.stdout) == (2, "")
    assert "the bot does not start on it." in done.stderr
    assert "topics.yaml: is missing: add it" in done.stderr
    for number in range(30):
        assert f"issues/2024-03.yaml:{9 + number}: key{number}: unknown key" in done.stderr
    assert secret not in done.stderr
    assert not (changing / "pprnet.db").exists()


def short_lexicon() -> str:
    """A few entries of each kind that the shipped lexicon has."""
    found = yaml.safe_load((default_root() / "lexicon.yaml").read_bytes())
    found["synonyms"] = found["synonyms"][:5]
    for kind in set(found) - {"synonyms"}:
        found[kind] = dict(list(found[kind].items())[:5])
        for name, words in found[kind].items():
            found[kind][name] = words[:5]
    return json.dumps(found)


@pytest.mark.slow
async def test_memory_stays_flat_over_many_reloads(tmp_path: Path) -> None:
    """Every engine goes with its last reference, without garbage collection; nothing else grows either."""
    root = tmp_path / "small"
    (root / "issues").mkdir(parents=True)
    for name in ("topics.yaml", "issues/2017-12.yaml"):
        (root / name).write_bytes((default_root() / name).read_bytes())
    (root / "lexicon.yaml").write_text(short_lexicon(), "utf-8")  # to read the whole one takes nearly all of the time
    knowledge = await asyncio.to_thread(Knowledge, root)
    file = root / "issues/2017-12.yaml"
    text = file.read_text("utf-8")
    blocks, frozen = [], []
    gc.collect()
    gc.disable()
    try:
        for number in range(30):
            result = knowledge.engine.search("rupture repair")
            assert knowledge.engine.marker(result).spans(result.hits[0].summary.title)
            assert library(knowledge.engine).shelves["month"]
            old = weakref.ref(knowledge.engine)
            del result
            replace(file, text + f"# {number}\n")
            assert await knowledge.refresh()
            assert old() is None
            blocks.append(sys.getallocatedblocks())
            frozen.append(gc.get_freeze_count())
        assert gc.collect() == 0, "what a reload leaves behind is frozen with the library, and never freed"
    finally:
        gc.enable()
    assert blocks[-1] - blocks[1] < 100 * len(blocks), blocks
    assert frozen[-1] < frozen[1] + 100 * len(frozen), frozen

"""Questions with the extra `meaning` at work, and what a clinician sees where its process is gone."""

from __future__ import annotations

import asyncio
import os
import signal
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.blocks import ids
from bot.meaning import service
from bot.meaning.service import Meaning
from bot.playground.slack import LocalSlack, Message
from tests.support.bot import Bot, running
from tests.support.idle import PATIENCE
from tests.support.requests import health

FRENCH = "comment réparer une rupture de l'alliance ?"
CRYING = "elle pleure à chaque séance et moi aussi je pleure, que dois-je faire ?"
LANGUAGE = "Your question looks French. The summaries are in English."


@pytest.fixture
async def with_meaning(slack: LocalSlack, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Bot]:
    """The bot with the stand-in model, which has the library."""
    monkeypatch.setattr(service, "DEADLINE", 20.0)  # the machine may be busy
    meaning = Meaning(tmp_path, "tests.support.meaning", pause=60.0, tick=0.05)
    async with running(slack, tmp_path, meaning=meaning) as bot:
        await until(bot, "ready")
        yield bot


async def until(bot: Bot, state: str) -> None:
    """Wait until /health says this of it."""
    async with asyncio.timeout(PATIENCE):
        while (await health(bot.url))[1]["meaning"]["state"] != state:  # noqa: ASYNC110
            await asyncio.sleep(0.02)


async def ask(bot: Bot, text: str) -> Message:
    """Type a question in a direct message; the answer."""
    ana = next((user for user in bot.slack.users.values() if user.name == "ana"), None) or bot.slack.add_user("ana")
    answer = await bot.say.command(text, user=ana, channel=bot.slack.open_dm(ana))
    assert answer.ok
    assert answer.message is not None
    return answer.message


async def test_a_question_in_french_is_answered_in_english_and_related_research_goes_by_meaning_too(
    with_meaning: Bot,
) -> None:
    answer = await ask(with_meaning, FRENCH)
    assert answer.visible_text.startswith(LANGUAGE)
    assert "Practice implications" in answer.visible_text
    assert "Rupture" in answer.visible_text
    nothing = await ask(with_meaning, "où est la gare la plus proche, et à quelle heure partent les trains ?")
    assert "I found nothing" in nothing.visible_text
    assert LANGUAGE in nothing.visible_text
    ana = next(user for user in with_meaning.slack.users.values() if user.name == "ana")
    team = with_meaning.slack.add_channel("team", [ana], with_bot=False)
    message = with_meaning.slack.store(team, text=CRYING, user=ana.id)
    assert (await with_meaning.say.message_shortcut(ids.RELATED_SHORTCUT, message, user=ana)).ok
    view = with_meaning.slack.modal(ana)
    assert view
    assert "Patients Crying in Psychotherapy" in view.visible_text


@pytest.mark.slow
async def test_without_its_process_the_answer_is_the_plain_one_and_health_says_why(
    with_meaning: Bot, slack: LocalSlack, tmp_path: Path
) -> None:
    question = "alliance rupture in one session"
    before = await ask(with_meaning, question)
    os.kill(model_process(tmp_path), signal.SIGKILL)
    await until(with_meaning, "failed")
    assert (await ask(with_meaning, question)).visible_text == before.visible_text
    assert LANGUAGE in (await ask(with_meaning, FRENCH)).visible_text  # read with the glossary
    status, found = await health(with_meaning.url)
    assert (status, found["status"]) == (200, "ok")
    assert found["meaning"]["reason"] == "the process ended with status -9"


def model_process(cache: Path) -> int:
    """The id of the process with vectors in this folder."""
    wanted = f"bot.meaning.child\0tests.support.meaning\0{cache}".encode()
    return next(
        int(folder.name)
        for folder in Path("/proc").iterdir()
        if folder.name.isdigit() and wanted in _read(folder / "cmdline")
    )


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError:  # it has ended meanwhile
        return b""


async def test_a_bot_without_the_extra_says_that_it_is_off(bot: Bot) -> None:
    assert (await health(bot.url))[1]["meaning"]["state"] == "off"

"""A bug of ours: the person gets a sentence and a reference, the log gets the same reference, and nobody gets any text."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from bot.playground.slack import LocalSlack, User, payloads
from tests.support.bot import Bot, running
from tests.support.database_file import sql
from tests.support.requests import post_interaction
from tests.support.seen import everything_of_the_bot, shown_to
from tests.support.small_corpus import small_corpus

CANARY = "zebulonius"
SENTENCE = re.compile(r"Sorry, something went wrong on my side\..*bot: \*([0-9a-f]{8})\*")


class BrokenEngine:
    """An engine with a bug everywhere, whose errors repeat what was typed, as errors love to do."""

    def knows(self, word: str) -> bool:
        """Not reached by search alone: words are looked at before."""
        return True

    def search(self, text: str, **_: Any) -> None:
        """Fail."""
        raise RuntimeError(f"cannot search {text}")

    def __getattr__(self, name: str) -> None:
        raise ValueError(f"{CANARY} {name}")


@pytest.fixture
async def bot(slack: LocalSlack, tmp_path: Path) -> AsyncIterator[Bot]:
    """The bot over HTTP on a few summaries, with a person and a channel."""
    async with running(slack, tmp_path, **small_corpus(tmp_path)) as started:
        slack.add_channel("team", [slack.add_user("ana")])
        yield started


def ana_of(bot: Bot) -> User:
    """The person."""
    return next(user for user in bot.slack.users.values() if user.name == "ana")


def break_engine(bot: Bot) -> None:
    """Put the bug in."""
    bot.knowledge.engine = BrokenEngine()  # type: ignore[assignment]


def assert_said_and_logged(bot: Bot, text: str, caplog: pytest.LogCaptureFixture, kind: str = "RuntimeError") -> None:
    """The sentence with a reference that is in the log, once; no traceback, and nothing of the question anywhere."""
    found = SENTENCE.search(text)
    assert found, text
    failures = [record for record in caplog.records if record.name == "bot.failures"]
    [line] = [record for record in failures if not record.getMessage().startswith("scheduled job ")]
    assert line.levelname == "ERROR"
    assert f"reference={found[1]} kind={kind} at " in line.getMessage()
    assert ".py:" in line.getMessage()
    assert all(record.exc_info is None for record in caplog.records)
    for haystack in (caplog.text, text, everything_of_the_bot(bot.slack)):
        assert CANARY not in haystack
        assert "Traceback" not in haystack
        assert "cannot search" not in haystack


async def test_a_bug_behind_the_command_is_said_in_the_acknowledgement(bot: Bot, caplog: pytest.LogCaptureFixture) -> None:
    break_engine(bot)
    answer = await bot.say.command(f"{CANARY} walked out", user=ana_of(bot), channel=bot.slack.channel_named("team"))
    assert answer.ok
    assert answer.body["response_type"] == "ephemeral"
    assert_said_and_logged(bot, answer.message.visible_text, caplog)


@pytest.mark.parametrize("where", ["mention", "direct message"])
async def test_a_bug_behind_a_message_is_said_where_the_answer_would_stand_once(
    bot: Bot, caplog: pytest.LogCaptureFixture, where: str
) -> None:
    break_engine(bot)
    if where == "mention":
        answer = await bot.say.mention(f"{CANARY} walked out", channel=bot.slack.channel_named("team"), user=ana_of(bot))
    else:
        answer = await bot.say.direct_message(f"{CANARY} walked out", user=ana_of(bot))
    assert answer.status == 200
    assert (await bot.say.redeliver(answer)).status == 200
    [reply] = bot.slack.posted()
    assert (reply.thread_ts is not None) == (where == "mention")
    assert_said_and_logged(bot, reply.visible_text, caplog)


@pytest.mark.parametrize("button", ["Details", "Similar", "Share"])
async def test_a_bug_behind_a_button_is_said_to_the_person_who_pressed(
    bot: Bot, caplog: pytest.LogCaptureFixture, button: str
) -> None:
    ana = ana_of(bot)
    await bot.say.mention("alliance rupture in one session", channel=bot.slack.channel_named("team"), user=ana)
    [card] = bot.slack.posted()
    break_engine(bot)
    assert (await bot.say.press(card, button, user=ana)).ok
    [said] = shown_to(bot.slack, ana.id)
    assert_said_and_logged(bot, said.visible_text, caplog, "ValueError")
    assert "Practice implications" in card.visible_text


async def test_a_bug_behind_a_form_is_said_in_the_modal(bot: Bot, caplog: pytest.LogCaptureFixture) -> None:
    answer = await bot.say.command(
        "alliance rupture in one session", user=ana_of(bot), channel=bot.slack.channel_named("team")
    )
    await bot.say.press(answer.message, "Share")
    break_engine(bot)
    done = await bot.say.submit(bot.slack.modal(ana_of(bot)))
    assert done.ok
    assert done.view
    assert done.view.visible_text.startswith("Sorry")
    assert_said_and_logged(bot, done.view.visible_text, caplog, "ValueError")
    assert bot.slack.posted() == []


@pytest.mark.parametrize("code", ["internal_error", "invalid_arguments", "not_enabled"])
async def test_a_modal_that_slack_refuses_is_said_to_the_person_who_pressed(
    bot: Bot, caplog: pytest.LogCaptureFixture, code: str
) -> None:
    ana = ana_of(bot)
    answer = await bot.say.command("alliance rupture in one session", user=ana, channel=bot.slack.channel_named("team"))
    bot.slack.faults.error("views.open", code)
    assert (await bot.say.press(answer.message, "Details")).ok
    assert len(bot.slack.calls_of("views.open")) == 1
    assert_said_and_logged(bot, shown_to(bot.slack, ana.id)[-1].visible_text, caplog, "SlackApiError")


async def test_a_store_that_fails_under_undo_is_said_and_the_card_stays(
    bot: Bot, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    ana, team = ana_of(bot), bot.slack.channel_named("team")
    answer = await bot.say.command("alliance rupture in one session", user=ana, channel=team)
    await bot.say.press(answer.message, "Share")
    await bot.say.submit(bot.slack.modal(ana))
    told = shown_to(bot.slack, ana.id)[-1]
    await sql(tmp_path, "ALTER TABLE share RENAME TO hidden")
    assert (await bot.say.press(told, "Undo")).ok
    assert_said_and_logged(bot, shown_to(bot.slack, ana.id)[-1].visible_text, caplog, "OperationalError")
    assert len(bot.slack.posted(team)) == 1
    await sql(tmp_path, "ALTER TABLE hidden RENAME TO share")
    await bot.say.press(told, "Undo")
    assert bot.slack.posted(team) == []


async def test_a_store_that_fails_after_a_card_was_shared_does_not_invite_to_share_it_again(
    bot: Bot, tmp_path: Path
) -> None:
    ana, team = ana_of(bot), bot.slack.channel_named("team")
    answer = await bot.say.command("alliance rupture in one session", user=ana, channel=team)
    await bot.say.press(answer.message, "Share")
    view = bot.slack.modal(ana)
    await sql(tmp_path, "ALTER TABLE share RENAME TO hidden")
    done = await bot.say.submit(view)
    assert done.ok
    assert len(bot.slack.posted(team)) == 1
    assert done.view is None or "look in the channel before you share it again" in done.view.visible_text


async def test_when_the_store_is_gone_the_command_still_answers_and_a_mention_is_left_for_slack_to_deliver_again(
    bot: Bot, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    await sql(tmp_path, "ALTER TABLE claim RENAME TO hidden")
    team = bot.slack.channel_named("team")
    answer = await bot.say.command("alliance rupture in one session", user=ana_of(bot), channel=team)
    assert "Practice implications" in answer.message.visible_text
    failed = await bot.say.mention(f"alliance rupture in one session {CANARY}", channel=team, user=ana_of(bot))
    assert (failed.status, failed.text) == (500, "")
    assert "x-slack-no-retry" not in failed.headers
    assert CANARY not in caplog.text
    assert "kind=OperationalError" in caplog.text
    await sql(tmp_path, "ALTER TABLE hidden RENAME TO claim")


async def test_a_memory_that_cannot_be_written_is_a_failure_that_is_said(
    bot: Bot, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    await sql(tmp_path, "ALTER TABLE thread RENAME TO hidden")
    await bot.say.mention(
        f"alliance rupture in one session {CANARY}", channel=bot.slack.channel_named("team"), user=ana_of(bot)
    )
    assert_said_and_logged(bot, bot.slack.posted()[0].visible_text, caplog, "OperationalError")
    await sql(tmp_path, "ALTER TABLE hidden RENAME TO thread")


async def test_two_failures_have_two_references(bot: Bot) -> None:
    break_engine(bot)
    said = [(await bot.say.command("x", user=ana_of(bot))).message.visible_text for _ in range(3)]
    references = {match[1] for text in said if (match := SENTENCE.search(text))}
    assert len(references) == 3


async def test_a_failed_press_in_a_view_without_a_response_url_is_acknowledged(bot: Bot) -> None:
    ana = ana_of(bot)
    answer = await bot.say.command("alliance rupture in one session", user=ana, channel=bot.slack.channel_named("team"))
    await bot.say.press(answer.message, "Share")
    action = bot.say.controls(answer.message)[0].action
    payload = payloads.view_actions(bot.slack, bot.slack.modal(ana), action, ana)
    break_engine(bot)
    assert (await post_interaction(bot, payload)).status == 200

"""Client details in a question, through the outer door: left out of the search, told to the asker alone, kept nowhere."""

from __future__ import annotations

import logging
from pathlib import Path

import pytest

from bot.playground.slack import LocalSlack
from tests.support.bot import Bot, running
from tests.support.database_file import database_bytes
from tests.support.seen import everything_of_the_bot, shown_to, without_times
from tests.support.small_corpus import small_corpus

CLEAN = "Does an alliance rupture in one session lead to greater symptoms in the next session?"
LADEN = f"my client Wilhelmina (DOB 3/4/1985), 613-555-0142. {CLEAN}"
REMINDER = "Parts that look like client details were left out of the search. Please keep them out of Slack."
RUPTURE = "An Alliance Rupture in One Session"
FOUND = ("Wilhelmina", "wilhelmina", "1985", "555-0142", "3/4")


@pytest.fixture
async def small(slack: LocalSlack, tmp_path: Path):  # type: ignore[no-untyped-def]
    """The bot over HTTP on a few summaries."""
    async with running(slack, tmp_path, **small_corpus(tmp_path)) as bot:
        yield bot


async def test_the_command_answers_what_is_left_and_reminds_first(small: Bot) -> None:
    ana = small.slack.add_user("ana")
    team = small.slack.add_channel("team", [ana])
    answer = await small.say.command(LADEN, user=ana, channel=team)
    assert answer.message.visible_text.startswith(REMINDER)
    assert answer.message.text.startswith(REMINDER)
    assert RUPTURE in answer.message.visible_text
    plain = await small.say.command(CLEAN, user=ana, channel=team)
    assert REMINDER not in plain.message.visible_text
    assert answer.message.visible_text == f"{REMINDER}\n{plain.message.visible_text}"


async def test_a_direct_message_is_answered_with_the_reminder(small: Bot) -> None:
    ana = small.slack.add_user("ana")
    await small.say.direct_message(LADEN, user=ana)
    [answer] = small.slack.posted(small.slack.open_dm(ana))
    assert answer.visible_text.startswith(REMINDER)
    assert RUPTURE in answer.visible_text
    assert shown_to(small.slack, ana.id) == []


async def test_in_a_channel_only_the_asker_is_reminded_and_in_the_thread(small: Bot) -> None:
    ana, ben = small.slack.add_user("ana"), small.slack.add_user("ben")
    team = small.slack.add_channel("team", [ana, ben])
    assert (await small.say.mention(LADEN, channel=team, user=ana)).ok
    [answer] = small.slack.posted(team)
    assert RUPTURE in answer.visible_text
    assert "client details" not in answer.visible_text + answer.text
    [note] = shown_to(small.slack, ana.id)
    assert note.visible_text.startswith(REMINDER)
    assert note.thread_ts == answer.thread_ts
    assert shown_to(small.slack, ben.id) == []
    await small.say.redeliver()
    assert len(shown_to(small.slack, ana.id)) == 1
    await small.say.mention(CLEAN, channel=team, user=ana)
    assert len(shown_to(small.slack, ana.id)) == 1


async def test_the_answer_stands_where_the_reminder_cannot_be_given(small: Bot, caplog: pytest.LogCaptureFixture) -> None:
    ana = small.slack.add_user("ana")
    team = small.slack.add_channel("team", [ana])
    small.slack.faults.error("chat.postEphemeral", "user_not_in_channel")
    assert (await small.say.mention(LADEN, channel=team, user=ana)).ok
    assert len(small.slack.posted(team)) == 1
    assert "the asker could not be reminded (user_not_in_channel)" in caplog.text


async def test_a_question_of_nothing_but_details_gets_help_with_the_reminder(small: Bot) -> None:
    answer = await small.say.command("Sarah, 34", user=small.slack.add_user("ana"))
    assert answer.message.visible_text.startswith(REMINDER)
    assert "Ask me about psychotherapy research" in answer.message.visible_text


async def test_what_was_found_stands_in_no_answer_no_log_and_no_database(
    slack: LocalSlack, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    async with running(slack, tmp_path, **small_corpus(tmp_path)) as bot:
        ana = slack.add_user("ana")
        team = slack.add_channel("team", [ana])
        for words in (LADEN, LADEN.replace("alliance rupture in one session", "aliance ruptre"), f"topic {LADEN}"):
            await bot.say.command(words, user=ana, channel=team)
            await bot.say.mention(words, channel=team, user=ana)
            await bot.say.direct_message(words, user=ana)
        said = everything_of_the_bot(slack)
        kept = without_times(database_bytes(tmp_path).decode("latin-1"))
    logged = without_times("\n".join(record.getMessage() for record in caplog.records if record.name.startswith("bot")))
    assert REMINDER in said
    for word in FOUND:
        assert word not in said, word
        assert word not in kept, word
        assert word not in logged, word

"""Following topics: a follower gets one message a month about what is new."""

# ruff: noqa: F811  (fixtures)

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from bot.blocks.validation import problems
from bot.phrases import facts
from bot.playground.slack import Channel, LocalSlack, Message, User
from tests.bot.test_subscriptions import PATIENCE, add_month, ana, library, press, start, team, type_in  # noqa: F401  (fixtures)
from tests.support.bot import Bot
from tests.support.database_file import database_bytes, sql


async def test_a_follower_is_told_once_a_month_of_what_is_new_and_can_stop(
    slack: LocalSlack, ana: User, team: Channel, library: Path, start: Callable[..., Any]
) -> None:
    direct = slack.open_dm(ana)
    async with start() as bot:
        assert "You don't follow any topics yet." in await type_in(bot, "following", ana, team)
        assert "You now follow *Training*." in await type_in(bot, "follow trainig", ana, team)
        assert "You already follow *Training*." in await type_in(bot, "follow training", ana, team)
        assert "You now follow *Empathy*." in await type_in(bot, "follow empathy", ana, direct)
        assert "There is no topic called" in await type_in(bot, "follow astrology", ana, team)
        add_month(library, topics="training, empathy")
        await slack.until(lambda: slack.posted(direct), seconds=PATIENCE)
        (told,) = slack.posted(direct)
        assert told.text.startswith("New on topics you follow (Empathy, Training), January 2024:")
        new = bot.knowledge.corpus.issues[0].summaries[0]
        assert f"• {new.title} {facts.finding(new)[:40]}" in told.text  # a title that ends with "?" gets no colon
        assert facts.finding(new)[:40] in told.visible_text
        shown = await bot.say.press(told, "Show", user=ana, nth=0)
        assert shown.ok
        add_month(library, "2024-02", topics="cbt")
        file = add_month(library, topics="training, empathy")
        text = file.read_text("utf-8").replace("topics: [training, empathy]", "topics: [training, empathy, cbt]")
        file.write_text(text, "utf-8")  # a change in a month of which she was told
        assert "You no longer follow *Empathy*." in await type_in(bot, "unfollow empathy", ana, team)
        assert "You do not follow that topic." in await type_in(bot, "unfollow empathy", ana, team)
        assert "Training" in await type_in(bot, "following", ana, team)
        add_month(library, "2024-03", topics="empathy")
        add_month(library, "2024-04", topics="training")
        await slack.until(lambda: [each for each in slack.posted(direct) if "April" in each.text], seconds=PATIENCE)
        months = [each.text for each in slack.posted(direct) if each.text.startswith("New on")]
        assert len(months) == 2
        assert months[1].startswith("New on topics you follow (Training), April 2024:")
    assert slack.calls_of("conversations.open") == [], "chat:write is enough"


async def test_topics_are_followed_and_stopped_by_buttons_in_messages_too(
    slack: LocalSlack, ana: User, team: Channel, start: Callable[..., Any]
) -> None:
    async with start() as bot:
        for direct in (False, True):
            for words in ("follow", "following", "unfollow"):
                shown = await message_of(bot, words, ana, team, direct=direct)
                assert "Which topic?" in shown.visible_text, words
                labels = [control.label for control in bot.say.controls(shown)]
                assert labels == [topic.name for topic in bot.knowledge.corpus.topics]
            await press(bot, shown, "Training", ana)
            await press(bot, shown, "Follow another topic", ana)
            assert "Training" not in [control.label for control in bot.say.controls(shown)]
            await press(bot, shown, "Empathy", ana)
            assert shown.text.startswith("You follow:\n• Empathy\n• Training\n")
            assert [each.label for each in bot.say.controls(shown)] == ["Unfollow", "Unfollow", "Follow another topic"]
            typed = await message_of(bot, "following", ana, team, direct=direct)
            assert typed.text == shown.text
            await press(bot, typed, "Unfollow", ana)
            assert typed.text.startswith("You follow:\n• Training\n")
            told = await message_of(bot, "follow training", ana, team, direct=direct)
            await press(bot, told, "Unfollow", ana)
            assert told.text.startswith("You don't follow any topics yet.")
            assert problems(told.blocks) == problems(shown.blocks) == []
        assert slack.posted(team) == []


async def message_of(bot: Bot, text: str, user: User, channel: Channel, *, direct: bool) -> Message:
    """The reply to what is typed, as a message."""
    if direct:
        await bot.say.direct_message(text, user=user)
        return bot.slack.posted(bot.slack.open_dm(user))[-1]
    answer = await bot.say.command(text, user=user, channel=channel)
    assert answer.message
    return answer.message


async def test_in_a_direct_message_it_works_without_the_slash(
    slack: LocalSlack, ana: User, start: Callable[..., Any]
) -> None:

    direct = slack.open_dm(ana)
    async with start() as bot:
        for text, told in (("follow training", "You now follow *Training*."), ("following", "You follow:\n• Training")):
            await bot.say.direct_message(text, user=ana)
            assert told in slack.posted(direct)[-1].text


async def test_a_summary_that_joins_a_month_later_tells_the_followers_who_were_not_told_yet(
    slack: LocalSlack, ana: User, team: Channel, library: Path, start: Callable[..., Any]
) -> None:
    direct = slack.open_dm(ana)
    async with start() as bot:
        await type_in(bot, "follow training", ana, team)
        await type_in(bot, "subscribe", ana, team)
        add_month(library, topics="cbt")
        await slack.until(lambda: len(slack.posted(team)) == 3, seconds=PATIENCE)
        assert slack.posted(direct) == []
        add_month(library, topics="training")
        await slack.until(lambda: slack.posted(direct), seconds=PATIENCE)
        assert len(slack.posted(team)) == 3


# Privacy


async def test_who_set_what_up_is_kept_as_ids_and_is_gone_when_it_is_stopped(
    slack: LocalSlack, ana: User, team: Channel, tmp_path: Path, start: Callable[..., Any]
) -> None:
    async with start() as bot:
        await type_in(bot, "subscribe", ana, team)
        await type_in(bot, "follow training", ana, team)
        assert await sql(tmp_path, "SELECT subscribed_by FROM subscription") == [(ana.id,)]
        assert await sql(tmp_path, "SELECT user, topic FROM follow") == [(ana.id, "training")]
        await type_in(bot, "unsubscribe", ana, team)
        await type_in(bot, "unfollow training", ana, team)
        assert await sql(tmp_path, "SELECT subscribed_by FROM subscription") == [(None,)]
        assert await sql(tmp_path, "SELECT * FROM follow") == []
    assert b"ana" not in database_bytes(tmp_path).replace(b"analy", b"")

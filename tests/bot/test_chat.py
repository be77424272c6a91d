"""Small talk: a short fitting reply, for the asker alone, and never a search."""

from __future__ import annotations

import os
import time

import pytest

from bot.commands.chat import Talk, question_in, small_talk
from bot.commands.table import COMMANDS, Place
from bot.corpus.load import load
from bot.paths import default_root
from bot.search.greetings import GREETINGS
from tests.support.bot import Bot
from tests.support.terminal import run_here

CHAT = {
    Talk.THANKS: "thanks|thank you so much|Thanks!|THX|ty|many thanks|thanks a lot, that helps|ok thanks|great, thank you",
    Talk.OK: "ok|okay|Ok.|lol|haha|hahahaha|LOL|hmm|no|👍|:+1:|🙂🙂🙂|:tada: :wave::skin-tone-2:|:)|❤️|interesting",
    Talk.PRAISE: "great|cool|nice!|awesome|good bot|well done|that was great|love it|you're the best",
    Talk.STOP: "stop|STOP!!|shut up|stop it please|please stop|go away",
    Talk.COMPLAINT: "bad bot|not helpful|you're useless|that was not helpful",
    Talk.BYE: "bye|goodbye|see you later|good night|ok bye",
    Talk.SORRY: "sorry|oops, wrong channel|my bad",
    Talk.HELLO: "how are you?|what's up|are you there?|bonjour|test",
}
QUESTIONS = (
    "thanks! and what about dropout",
    "ok so what about empathy",
    "great therapists",
    "stop therapy early",
    "client says sorry all the time",
    "how to say goodbye at the end of therapy",
    "good alliance",
    "shut down client",
    "laughter in therapy",
    "no shows",
    "silence",
    "help me with ruptures",
)


@pytest.mark.parametrize("kind", CHAT)
async def test_small_talk_gets_a_short_reply_and_no_search(kind: Talk, small: Bot) -> None:
    ana = small.slack.add_user("ana")
    team = small.slack.add_channel("team", [ana])
    texts = CHAT[kind].split("|")
    through = [text for text in texts if text in (texts[0], texts[-1]) or text.startswith(":")]  # each entrance reads emoji
    assert [text for text in texts if text not in through and small_talk(text) != kind] == []
    for text in through:
        command = await small.say.command(text, user=ana, channel=team)
        await small.say.direct_message(text, user=ana)
        await small.say.mention(text, channel=team, user=ana)
        await small.say.mention(text, channel=team, user=ana, thread_ts=small.slack.store(team, text="x", user=ana.id).ts)
        direct = small.slack.posted()[-1]
        assert small.slack.posted(team) == [], text  # not in front of the team
        for message in (command.message, direct, *team.seen_by(ana.id)[-2:]):
            assert message.text == kind.value, text
            assert len(message.blocks) == 1, text
    assert len(small.slack.posted()) == len(through)


@pytest.mark.parametrize("text", QUESTIONS)
def test_small_talk_with_a_question_in_it_is_a_question(text: str) -> None:
    assert small_talk(text) is None


def test_no_command_greeting_topic_or_ask_is_small_talk() -> None:
    corpus = load(default_root())
    typed = [form for each in COMMANDS for form in (each.name, *each.aliases)] + sorted(GREETINGS)
    typed += [name for topic in corpus.topics for name in (topic.id, topic.name, *topic.aliases)]
    typed += [ask for summary in corpus for ask in summary.asks]
    assert [text for text in typed if small_talk(text)] == []


@pytest.mark.parametrize(
    ("typed", "question"),
    [
        ("thanks! and what about dropout", "what about dropout"),
        ("Thank you so much, what about empathy?", "what about empathy?"),
        ("ok so what about empathy", "what about empathy"),
        ("great, thanks. Does the alliance matter?", "Does the alliance matter?"),
        ("hi, why do clients drop out", "why do clients drop out"),
        ("lol 😂\ntopics", "topics"),
        ("great therapists", "great therapists"),
        ("good alliance, poor outcome", "good alliance, poor outcome"),
        ("how is the alliance", "how is the alliance"),
        ("client said no, what now", "client said no, what now"),
        ("stop", "stop"),
    ],
)
def test_small_talk_before_a_question_is_left_out_of_it(typed: str, question: str) -> None:
    assert question_in(typed) == question


def test_long_and_strange_texts_take_no_time() -> None:
    began = time.process_time()
    for text in (" " * 100_000, "ok" + " " * 100_000, "ok. " * 20_000, "a " * 50_000 + "what", "!" * 100_000, "👍" * 50_000):
        question_in(text)
        small_talk(text)
    assert time.process_time() - began < 5  # quadratic ones take minutes


async def test_thanks_with_a_question_is_answered_as_the_question_is(bot: Bot) -> None:
    ana = bot.slack.add_user("ana")
    for question in ("what about dropout", "alliance rupture", "topics", "latest"):
        alone = await bot.say.command(question, user=ana)
        thanked = await bot.say.command(f"thanks! and {question}" if question[0] == "w" else f"Thanks! {question}", user=ana)
        assert thanked.message.text == alone.message.text
        assert "I found nothing" not in thanked.message.text


def test_the_terminal_replies_too() -> None:
    from bot.cli.main import main

    assert run_here(main, ["ask", "thanks"], environ=os.environ).stdout == b"You're welcome.\n"


@pytest.mark.parametrize(
    "text", ["ok thx more", "more", "more like this", "another", "more, please", "More studies?", "something else"]
)
async def test_more_without_anything_before_it_asks_of_what_with_an_example(text: str, small: Bot) -> None:
    ana = small.slack.add_user("ana")
    team = small.slack.add_channel("team", [ana])
    command = await small.say.command(text, user=ana, channel=team)
    await small.say.direct_message(text, user=ana)
    await small.say.mention(text, channel=team, user=ana)
    assert small.slack.posted(team) == []
    for message in (command.message, small.slack.posted()[-1], team.seen_by(ana.id)[-1]):
        assert message.text.startswith("More of what?")
        assert "alliance rupture" in message.text


def test_every_place_has_its_own_way_to_more() -> None:
    from bot.commands.table import Name, command, where_it_works

    for where in Place:
        assert where_it_works(command(Name.MORE), where)

"""`/pprnet`: what a clinician types and sees."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest
from slack_bolt.listener.async_listener import AsyncListener

from bot.commands.table import COMMANDS, Name, Place
from bot.listeners.dispatch import HANDLERS
from bot.playground.slack import LocalSlack, Message, payloads
from bot.search.result import Outcome
from tests.support.bot import Bot, running
from tests.support.requests import FORM_TYPE, post_signed
from tests.support.seen import everything_of_the_bot

HELP = "Ask me about psychotherapy research"
NO_CLIENT_DETAILS = "keep client details out"


async def type_in(bot: Bot, text: str | None) -> Message:
    """Type the command in a channel; the answer, which is for the asker alone."""
    if not any(channel.name == "team" for channel in bot.slack.channels.values()):
        bot.slack.add_channel("team", [bot.slack.add_user("ana")])
    team = bot.slack.channel_named("team")
    ana = next(user for user in bot.slack.users.values() if user.name == "ana")
    answer = await bot.say.command(text, user=ana, channel=team)
    assert answer.ok, (text, answer.status, answer.error)
    assert answer.message is not None
    assert answer.message.ephemeral_to == ana.id
    assert answer.message.pings == []
    assert bot.slack.posted() == []
    return answer.message


async def test_a_question_is_answered_in_the_acknowledgement_for_the_asker_alone(bot: Bot) -> None:
    ana = bot.slack.add_user("ana")
    team = bot.slack.add_channel("team", [ana])
    answer = await bot.say.command("alliance rupture in one session", user=ana, channel=team)
    assert answer.ok
    assert answer.body["response_type"] == "ephemeral"
    assert "Practice implications" in answer.message.visible_text
    assert "An Alliance Rupture in One Session" in answer.message.visible_text
    assert [control.label for control in bot.say.controls(answer.message)][:4] == [
        "Details",
        "Similar",
        "Share",
        "Save",
    ]
    assert bot.slack.posted(team) == []


async def test_the_command_works_in_a_channel_that_the_bot_is_not_in(bot: Bot) -> None:
    ana = bot.slack.add_user("ana")
    answer = await bot.say.command(
        "alliance rupture in one session", user=ana, channel=bot.slack.add_channel("far", [ana], with_bot=False)
    )
    assert answer.ok
    assert "Practice implications" in answer.message.visible_text


async def test_nothing_typed_a_greeting_or_no_words_at_all_get_help(bot: Bot) -> None:
    for text in (
        None,
        "",
        "   ",
        "help",
        "HELP!",
        "hi",
        "what can you do?",
        "What is this?",
        "good day",
        "\u200b\u200d\u200b",
        "?!",
        "<!here>",
    ):
        message = await type_in(bot, text)
        assert HELP in message.visible_text, text
        assert NO_CLIENT_DETAILS in message.visible_text, text
    assert "28 summaries" in (await type_in(bot, "help")).visible_text


async def test_latest_shows_the_newest_month_and_calls_it_no_issue_when_it_may_not_be_whole(bot: Bot) -> None:
    newest = bot.knowledge.corpus.issues[0]
    assert not newest.complete
    for text in ("latest", "Latest", "this month", "latest issue"):
        message = await type_in(bot, text)
        assert "December 2023" in message.visible_text
        assert newest.summaries[0].title in message.visible_text
        assert "issue" not in message.visible_text.casefold()
        assert [control.label for control in bot.say.controls(message)] == ["Show"] * len(newest.summaries)


async def test_topics_lists_every_topic_with_its_number_of_summaries(bot: Bot) -> None:
    message = await type_in(bot, "topics")
    for topic in bot.knowledge.corpus.topics:
        assert topic.name in message.visible_text.replace("&amp;", "&")
        if count := len(bot.knowledge.corpus.on_topic(topic.id)):
            assert f"{topic.name}: {count}" in message.visible_text.replace("&amp;", "&")


async def test_each_topic_in_the_list_is_a_button_that_lists_it(bot: Bot) -> None:
    message = await type_in(bot, "topics")
    training = next(control for control in bot.say.controls(message) if control.label.startswith("Training: "))
    assert (await bot.say.press_control(message, training)).ok
    listed = bot.slack.channel_named("team").ephemeral[-1]
    assert listed.ephemeral_to == message.ephemeral_to
    assert listed.visible_text.startswith("*Training: ")


async def test_a_topic_is_found_by_its_name_an_alias_or_a_misspelling(bot: Bot) -> None:
    on_topic = bot.knowledge.corpus.on_topic("training")
    for name in ("training", "Training", "TRAINING ", "trainning", "deliberate practice", "supervison", "Training."):
        message = await type_in(bot, f"topic {name}")
        assert f"Training: {len(on_topic)} summaries, newest first" in message.visible_text, name
        for summary in on_topic:
            assert summary.title in message.visible_text


async def test_a_topic_with_nothing_an_unknown_one_and_none_at_all_say_so(bot: Bot) -> None:
    assert "The library has nothing on Attachment yet." in (await type_in(bot, "topic attachment")).visible_text
    unknown = await type_in(bot, "topic quantum physics")
    assert "There is no topic called “quantum physics”" in unknown.visible_text
    assert "/pprnet topics" in unknown.visible_text
    assert "Which topic?" in (await type_in(bot, "topic")).visible_text


async def test_privacy_says_what_is_kept_and_what_is_not(bot: Bot) -> None:
    message = await type_in(bot, "privacy")
    assert "not stored, logged, counted or sent anywhere else" in message.visible_text
    assert NO_CLIENT_DETAILS in message.visible_text


async def test_a_repaired_spelling_is_said(bot: Bot) -> None:
    message = await type_in(bot, "aliance ruptre")
    assert "Showing results for *alliance rupture*" in message.visible_text
    assert "An Alliance Rupture in One Session" in message.visible_text
    assert "Showing results for alliance rupture" in message.text
    assert "Showing results" not in (await type_in(bot, "alliance rupture")).visible_text
    nothing = await type_in(bot, "wat if sourdoh bred drops owt erly")
    assert "I found nothing" in nothing.visible_text
    assert "Showing results" not in nothing.visible_text + nothing.text


async def test_something_loosely_related_is_never_dressed_as_the_answer(bot: Bot) -> None:
    candidates = (
        "do older adults with depression drop out of therapy",
        "alliance with a teenager in foster care",
        "does cultural humility protect therapists from burning out at work",
        "is warmth enough for a client afraid of public speaking",
    )
    found = {text: bot.knowledge.engine.search(text) for text in candidates}
    related = [text for text, result in found.items() if result.outcome is Outcome.RELATED]
    assert related, "none of the candidates is loosely related to anything: find a new one"
    for text in related:
        message = await type_in(bot, text)
        assert "Nothing in the library answers this directly. Loosely related:" in message.visible_text
        assert found[text].hits[0].summary.title in message.visible_text
        assert "Practice implications" not in message.visible_text
        assert message.text.startswith("Nothing in the library answers this directly")
        assert {control.label for control in bot.say.controls(message)} == {"Show", "Not what you were looking for?"}


async def test_where_nothing_is_found_it_says_what_the_library_covers_and_that_this_proves_nothing(bot: Bot) -> None:
    for text in ("how do I bake sourdough bread", "ruptured appendix"):
        message = await type_in(bot, text)
        assert "I found nothing in the library on this." in message.visible_text
        assert "28 summaries, from September 2017 to December 2023" in message.visible_text
        assert "This does not mean that there is no research." in message.visible_text
        assert "Practice implications" not in message.visible_text


async def test_a_month_lists_its_summaries_or_says_that_none_are_held(bot: Bot) -> None:
    for text in ("September 2022", "2022-09", "sept 2022", "09/2022"):
        message = await type_in(bot, text)
        for summary in bot.knowledge.corpus.issue("2022-09").summaries:
            assert summary.title in message.visible_text, text
    assert "The library has nothing from March 1999." in (await type_in(bot, "March 1999")).visible_text


async def test_very_long_questions_are_answered(bot: Bot) -> None:
    equal = await type_in(bot, ("alliance rupture " * 600)[:10_000])
    assert "An Alliance Rupture in One Session" in equal.visible_text
    distinct = " ".join(f"w{number}x" for number in range(2_000))[:10_000]
    for text in (
        distinct,
        "a" * 10_000,
        " " * 9_990 + "alliance",
        "\ufdfa" * 3_000,
        "e\u0301\u0302" * 3_000,
        "aliance " * 1_250,
        "🙂" * 10_000,
    ):
        message = await type_in(bot, text)
        assert len(message.text) < 4_100


async def test_other_scripts_and_hidden_characters_are_answered_kindly(bot: Bot) -> None:
    for text in ("טיפול פסיכולוגי", "العلاج النفسي", "心理療法", "терапия", "\u202eecnailla", "\u2066\u2069"):
        message = await type_in(bot, text)
        assert HELP in message.visible_text or "I found nothing in the library" in message.visible_text, text
        assert "\u202e" not in everything_of_the_bot(bot.slack)
    hidden = await type_in(bot, "alli\u00adance\u200b rup\u200bture")
    assert hidden.visible_text
    assert "An Alliance Rupture in One Session" in (await type_in(bot, "alliance\u0000 rupture\r\n\t")).visible_text
    assert "An Alliance Rupture in One Session" in (await type_in(bot, "ａｌｌｉａｎｃｅ ｒｕｐｔｕｒｅ")).visible_text


async def test_bytes_that_are_no_text_are_answered(bot: Bot) -> None:
    ana = bot.slack.add_user("ana")
    form = payloads.command_form(bot.slack, ana, bot.slack.add_channel("team", [ana]), "/pprnet", "PLACE")
    for junk in ("%ED%A0%80", "%FF%FE%00", "%F0%9F"):
        body = urlencode(form).replace("PLACE", f"alliance+rupture+{junk}{junk}").encode()
        answer = await post_signed(bot, body, FORM_TYPE)
        assert answer.ok
        assert "An Alliance Rupture in One Session" in answer.text


async def test_a_lone_surrogate_in_a_socket_envelope_is_answered(slack: LocalSlack, tmp_path: Path) -> None:
    async with running(slack, tmp_path, socket=True) as bot:
        for text in ("alliance rupture in one session \ud83d", "\udc00\ud800", "topic \ud800x"):
            assert await type_in(bot, text)
        assert "An Alliance Rupture in One Session" in (await type_in(bot, "alliance \ud800 rupture")).visible_text


async def test_markup_in_a_question_pings_nobody_links_nowhere_and_is_not_repeated(bot: Bot) -> None:
    laden = "<!channel> <!here|here> <@U0LOCALBOT1> <!subteam^S1|@team> <#C1|secret> <https://evil.example/x|click here> &lt;!channel&gt; "  # noqa: E501
    for text in (
        laden + "alliance rupture in one session",
        laden + "aliance ruptre",
        laden + "topic",
        "topic " + laden,
        "topic &lt;!channel&gt; *bold* `code` ~x~",
        "topic <!channel",
        "&lt;!everyone&gt; resistance " + laden,
        laden * 100,
    ):
        message = await type_in(bot, text)
        shown = everything_of_the_bot(bot.slack) + message.text + message.visible_text
        assert "<!" not in shown, text
        assert "<@" not in message.text + message.visible_text, text
        assert "evil.example" not in shown, text
        assert not re.search(r"<#C1", shown), text


async def test_a_repaired_question_is_shown_as_bare_words(bot: Bot) -> None:
    message = await type_in(bot, "*aliance* `ruptre` <https://evil.example|_here_> &amp; &lt;b&gt; ~now~")
    line = next(line for line in message.visible_text.splitlines() if line.startswith("Showing results for"))
    assert re.fullmatch(r"Showing results for \*[a-z0-9 ]+\*", line)


async def test_commands_never_say_anything_in_the_channel(bot: Bot) -> None:
    for text in (
        "alliance rupture in one session",
        "latest",
        "topics",
        "topic alliance",
        "privacy",
        "nothing to see here",
        "help",
    ):
        await type_in(bot, text)
    assert bot.slack.calls_of("chat.postMessage") == []
    assert bot.slack.calls_of("response_url") == []


async def test_help_names_the_rest_and_every_wish_stands_in_it(bot: Bot) -> None:
    ana = bot.slack.add_user("ana")
    team = bot.slack.add_channel("team", [ana])
    short = (await bot.say.command("help", user=ana, channel=team)).message
    await bot.say.press(short, "All commands")
    pressed = team.seen_by(ana.id)[-1].visible_text
    typed = (await bot.say.command("help more", user=ana, channel=team)).message.visible_text
    assert pressed == typed
    for command in COMMANDS:
        way = "@PPRNet" if command.name is Name.MORE else "/pprnet"
        assert not command.help or f"`{way} {command.typed}`  " in typed, command.name


async def test_a_misspelt_command_is_named_above_what_the_search_found(bot: Bot) -> None:
    message = await type_in(bot, "subscrptions")
    assert message.visible_text.startswith("Did you mean `/pprnet subscriptions`?\n")
    assert "I found nothing in the library on this." in message.visible_text
    assert (await type_in(bot, "topcs")).visible_text == (
        "Did you mean `/pprnet topics`?\nIf you want to search for that, please use more words."
    )
    message = await type_in(bot, "evidense empathy")
    assert message.visible_text.startswith("Did you mean `/pprnet evidence WORDS`?\n")
    assert "Did you mean" not in (await type_in(bot, "subscriptions of journals")).visible_text


async def test_more_without_an_answer_before_it_asks_of_what(bot: Bot) -> None:
    assert "More of what?" in (await type_in(bot, "more")).visible_text


def test_every_command_that_works_in_slack_has_a_handler_and_every_handler_is_one() -> None:
    assert set(HANDLERS) == {command.name for command in COMMANDS if command.places - {Place.TERMINAL}}


async def test_bolt_asks_few_listeners_before_a_question_reaches_its_own(bot: Bot, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[object] = []
    matches = AsyncListener.async_matches

    async def counted(self: AsyncListener, **given: Any) -> bool:
        asked.append(self)
        return await matches(self, **given)

    monkeypatch.setattr(AsyncListener, "async_matches", counted)
    ana = bot.slack.add_user("ana")
    team = bot.slack.add_channel("team", [ana])
    assert (await bot.say.command("alliance rupture", channel=team, user=ana)).ok
    assert len(asked) == 1
    asked.clear()
    assert (await bot.say.mention("alliance rupture", channel=team, user=ana)).ok
    assert 0 < len(asked) <= 5

"""Mentions, answered in the thread, and direct messages, answered in place."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.playground.slack import LocalSlack, payloads
from bot.search.result import Outcome
from tests.support.bot import Bot, running
from tests.support.questions import reply_to
from tests.support.seen import everything_of_the_bot
from tests.support.small_corpus import small_corpus

RUPTURE = "An Alliance Rupture in One Session"


async def test_a_mention_is_answered_once_in_its_thread_before_the_acknowledgement(bot: Bot) -> None:
    ana = bot.slack.add_user("ana")
    team = bot.slack.add_channel("team", [ana])
    answer = await bot.say.mention("alliance rupture in one session", channel=team, user=ana)
    assert answer.ok
    [reply] = bot.slack.posted(team)
    [question] = [message for message in team.messages if message.user == ana.id]
    assert reply.thread_ts == question.ts
    assert not reply.reply_broadcast
    assert RUPTURE in reply.visible_text
    assert "Practice implications" in reply.visible_text
    assert "Practice implications" in reply.text
    assert (reply.unfurl_links, reply.unfurl_media) == (False, False)
    assert reply.pings == []


async def test_a_mention_inside_a_thread_is_answered_in_that_thread(bot: Bot) -> None:
    ana, ben = bot.slack.add_user("ana"), bot.slack.add_user("ben")
    team = bot.slack.add_channel("team", [ana, ben])
    parent = bot.slack.store(team, text="Has anybody read something on ruptures?", user=ben.id)
    assert (await bot.say.mention("alliance rupture in one session", channel=team, user=ana, thread_ts=parent.ts)).ok
    assert [message.thread_ts for message in bot.slack.posted(team)] == [parent.ts]


async def test_more_in_the_thread_shows_the_neighbours_of_the_last_answer(bot: Bot) -> None:
    ana = bot.slack.add_user("ana")
    team = bot.slack.add_channel("team", [ana])
    await bot.say.mention("alliance rupture in one session", channel=team, user=ana)
    [first] = bot.slack.posted(team)
    for words in ("more", "More, please".replace(",", ""), "anything else?"):
        await bot.say.mention(words, channel=team, user=ana, thread_ts=first.thread_ts)
        reply = bot.slack.posted(team)[-1]
        assert reply.thread_ts == first.thread_ts
        assert f"More like “{RUPTURE}" in reply.visible_text
        assert {control.label for control in bot.say.controls(reply)} == {"Show"}
    posted = len(bot.slack.posted(team))
    await bot.say.mention("more", channel=team, user=ana)
    assert len(bot.slack.posted(team)) == posted
    assert team.seen_by(ana.id)[-1].visible_text.startswith("More of what?")


async def test_more_after_a_list_goes_on_with_that_list_to_its_end(bot: Bot) -> None:
    ana = bot.slack.add_user("ana")
    whole = bot.knowledge.engine.search("alliance", limit=100)
    assert whole.subject
    assert whole.subject.about > 10
    await bot.say.direct_message("alliance", user=ana)
    for start in range(5, whole.subject.about, 5):
        await bot.say.direct_message("more", user=ana)
        reply = bot.slack.posted()[-1].visible_text
        assert [hit.summary.title in reply for hit in whole.hits[: whole.subject.about]] == [
            start <= place < start + 5 for place in range(whole.subject.about)
        ]
    await bot.say.direct_message("ok thx more", user=ana)
    assert bot.slack.posted()[-1].visible_text.startswith("That was all on")


async def test_more_after_a_list_that_was_shown_whole_means_its_first_summary(bot: Bot) -> None:
    ana = bot.slack.add_user("ana")
    for question in ("ghosted by client", "waitlist 8 months then 6 sessions", "borderline"):
        await bot.say.direct_message(question, user=ana)
        await bot.say.direct_message("more", user=ana)
        first = bot.knowledge.engine.search(question).hits[0].summary
        assert f"More like “{first.title[:40]}" in bot.slack.posted()[-1].visible_text


async def test_a_new_question_in_the_thread_is_answered_and_becomes_what_the_thread_is_about(bot: Bot) -> None:
    ana = bot.slack.add_user("ana")
    team = bot.slack.add_channel("team", [ana])
    await bot.say.mention("alliance rupture in one session", channel=team, user=ana)
    thread = bot.slack.posted(team)[0].thread_ts
    await bot.say.mention("and in primary care?", channel=team, user=ana, thread_ts=thread)
    second = bot.slack.posted(team)[-1]
    assert second.thread_ts == thread
    expected = bot.knowledge.corpus.get("rupture-repair-primary-care")
    assert expected.title in second.visible_text
    await bot.say.mention("more", channel=team, user=ana, thread_ts=thread)
    assert f"More like “{expected.title[:40]}" in bot.slack.posted(team)[-1].visible_text


async def test_a_follow_up_that_says_little_is_understood_from_what_the_thread_is_about(bot: Bot) -> None:
    ana = bot.slack.add_user("ana")
    team = bot.slack.add_channel("team", [ana])
    engine = bot.knowledge.engine
    await bot.say.mention("alliance rupture in one session", channel=team, user=ana)
    thread = bot.slack.posted(team)[0].thread_ts
    about = engine.search("alliance rupture in one session").hits[0].summary.id
    candidates = (
        "who took part",
        "does it matter",
        "what do clients notice",
        "in groups",
        "over video",
        "for men",
        "how often",
        "resistance",
    )
    text = next(text for text in candidates if reply_to(text, engine).content != reply_to(text, engine, about=about).content)
    await bot.say.mention(text, channel=team, user=ana, thread_ts=thread)
    inside = bot.slack.posted(team)[-1]
    await bot.say.mention(text, channel=team, user=ana)
    outside = bot.slack.posted(team)[-1]
    assert inside.visible_text != outside.visible_text
    assert outside.thread_ts != thread


async def test_a_direct_message_is_answered_in_place(bot: Bot) -> None:
    ana = bot.slack.add_user("ana")
    assert (await bot.say.direct_message("alliance rupture in one session", user=ana)).ok
    [reply] = bot.slack.posted(bot.slack.open_dm(ana))
    assert reply.thread_ts is None
    assert RUPTURE in reply.visible_text


async def test_a_direct_message_in_a_thread_is_answered_in_that_thread(bot: Bot) -> None:
    ana = bot.slack.add_user("ana")
    await bot.say.direct_message("alliance rupture in one session", user=ana)
    [first] = bot.slack.posted()
    await bot.say.direct_message("crying", user=ana, thread_ts=first.ts)
    await bot.say.direct_message("more", user=ana, thread_ts=first.ts)
    _, second, third = bot.slack.posted()
    assert second.thread_ts == third.thread_ts == first.ts
    crying = bot.knowledge.engine.search("crying")
    assert crying.outcome is Outcome.ANSWER
    assert crying.hits[0].summary.title in second.visible_text
    assert f"More like “{crying.hits[0].summary.title[:30]}" in third.visible_text


async def test_in_a_direct_message_more_means_the_last_answer_and_a_question_stands_for_itself(bot: Bot) -> None:
    ana, ben = bot.slack.add_user("ana"), bot.slack.add_user("ben")
    await bot.say.direct_message("alliance rupture in one session", user=ana)
    await bot.say.direct_message("More?", user=ana)
    assert f"More like “{RUPTURE}" in bot.slack.posted(bot.slack.open_dm(ana))[-1].visible_text
    await bot.say.direct_message("more", user=ben)
    assert "More like" not in bot.slack.posted(bot.slack.open_dm(ben))[-1].visible_text
    await bot.say.direct_message("how do I bake sourdough bread", user=ana)
    assert "I found nothing in the library on this." in bot.slack.posted(bot.slack.open_dm(ana))[-1].visible_text


async def test_a_mention_in_a_direct_message_is_only_a_way_to_address_the_bot(bot: Bot) -> None:
    ana = bot.slack.add_user("ana")
    await bot.say.direct_message(f"<@{bot.slack.bot_user_id}> alliance rupture in one session", user=ana)
    [reply] = bot.slack.posted()
    assert RUPTURE in reply.visible_text


async def test_the_words_of_the_command_work_in_mentions_and_direct_messages(bot: Bot) -> None:
    ana = bot.slack.add_user("ana")
    team = bot.slack.add_channel("team", [ana])
    for text, expected in {
        "": "Ask me about psychotherapy research",
        "hello!": "Ask me about psychotherapy research",
        "latest": "December 2023",
        "topics": "Topics in the library",
        "topic training": "newest first",
        "privacy": "not stored",
        "September 2022": "PPRNet, September 2022",
    }.items():
        await bot.say.mention(text, channel=team, user=ana)
        assert expected in bot.slack.posted(team)[-1].visible_text, text
        await bot.say.direct_message(text, user=ana)
        assert expected in bot.slack.posted(bot.slack.open_dm(ana))[-1].visible_text, text


NO_PERSONS_MESSAGE = (
    {"bot_id": "B0OTHER0001"},
    {"bot_id": "B0LOCAL0001"},
    {"subtype": "message_changed", "message": {"text": "alliance rupture in one session"}},
    {"subtype": "message_deleted"},
    {"subtype": "bot_message"},
    {"subtype": "channel_join"},
    {"user": "U0LOCALBOT1"},
    {"user": None},
)


async def test_bots_edits_and_other_kinds_of_message_are_not_answered(slack: LocalSlack, tmp_path: Path) -> None:
    async with running(slack, tmp_path, **small_corpus(tmp_path)) as bot:
        ana = slack.add_user("ana")
        team = slack.add_channel("team", [ana])
        for change in NO_PERSONS_MESSAGE:
            for place, kind in ((team, "app_mention"), (slack.open_dm(ana), "message")):
                message = slack.store(place, text="alliance rupture in one session", user=ana.id)
                event = payloads.message_event(slack, message, kind) | change
                assert (await bot.say.event(event)).status == 200
                assert slack.calls_of("chat.postMessage") == [], (change, kind)
        await bot.say.direct_message("alliance rupture in one session", user=ana)
        assert len(slack.posted()) == 1


async def test_what_is_said_in_channels_without_a_mention_is_not_answered(slack: LocalSlack, tmp_path: Path) -> None:
    async with running(slack, tmp_path, **small_corpus(tmp_path)) as bot:
        ana = slack.add_user("ana")
        team = slack.add_channel("team", [ana])
        for kind in ("channel", "group", "mpim", None):
            answer = await bot.say.direct_message(
                "alliance rupture in one session", user=ana, channel=team.id, channel_type=kind
            )
            assert answer.status == 200
        assert slack.calls_of("chat.postMessage") == []


async def test_its_own_answer_coming_back_as_an_event_is_not_answered(bot: Bot) -> None:
    ana = bot.slack.add_user("ana")
    await bot.say.direct_message("alliance rupture in one session", user=ana)
    [reply] = bot.slack.posted()
    event = {
        "type": "message",
        "channel_type": "im",
        **reply.to_json(team_id=bot.slack.team_id, with_payload=True),
        "channel": reply.channel,
    }
    assert (await bot.say.event(event)).status == 200
    assert len(bot.slack.posted()) == 1


async def test_where_the_bot_may_not_post_the_event_is_settled_with_one_plain_log_line(
    slack: LocalSlack, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    async with running(slack, tmp_path, **small_corpus(tmp_path)) as bot:
        ana = slack.add_user("ana")
        team = slack.add_channel("team", [ana])
        for number, code in enumerate(("not_in_channel", "channel_not_found", "is_archived", "restricted_action"), 1):
            caplog.clear()
            slack.faults.error("chat.postMessage", code)
            answer = await bot.say.mention("alliance rupture in one session", channel=team, user=ana)
            assert answer.status == 200
            assert (await bot.say.redeliver(answer)).status == 200
            assert len(slack.calls_of("chat.postMessage")) == number
            assert slack.posted() == []
            assert [record.getMessage() for record in caplog.records] == [f"an answer was refused ({code})"]


async def test_markup_in_a_mention_pings_nobody_and_is_not_repeated(bot: Bot) -> None:
    ana = bot.slack.add_user("ana")
    team = bot.slack.add_channel("team", [ana])
    laden = "<!channel> <!here> <@U0000000009> <!subteam^S1|@all> <https://evil.example|click> &lt;!channel&gt; "
    for text in (
        laden + "alliance rupture in one session",
        laden + "aliance ruptre",
        "topic " + laden,
        laden,
        laden + "resistance",
    ):
        assert (await bot.say.mention(text, channel=team, user=ana)).ok
        assert (await bot.say.direct_message(text, user=ana)).ok
    assert all(message.pings == [] for message in bot.slack.posted())
    shown = everything_of_the_bot(bot.slack)
    assert "<!" not in shown
    assert "evil.example" not in shown
    assert "U0000000009" not in shown
    assert len(bot.slack.posted()) == 10


async def test_in_a_channel_the_words_of_a_question_are_not_repeated_even_to_say_what_was_repaired(bot: Bot) -> None:
    ana = bot.slack.add_user("ana")
    team = bot.slack.add_channel("team", [ana])
    await bot.say.mention("aliance ruptre and repair strategies with Zebulonius Quux", channel=team, user=ana)
    await bot.say.mention("topic Zebulonius Quux", channel=team, user=ana)
    await bot.say.mention("how is Zebulonius Quux", channel=team, user=ana)
    repaired, unknown, _ = bot.slack.posted(team)
    assert "Showing results for *alliance rupture*" in repaired.visible_text
    assert "/pprnet topics" in unknown.visible_text
    assert "zebulonius" not in everything_of_the_bot(bot.slack).casefold()
    assert "quux" not in everything_of_the_bot(bot.slack).casefold()


async def test_long_and_strange_mentions_are_answered(bot: Bot) -> None:
    ana = bot.slack.add_user("ana")
    team = bot.slack.add_channel("team", [ana])
    texts = [
        "alliance rupture " * 600,
        "\ud800\udfff \ud83d",
        "\x00",
        "🙂",
        "\u202eabc",
        "طيف",
        "\ufdfa" * 2000,
        " ".join(f"w{n}q" for n in range(2000)),
    ]
    for text in texts:
        answer = await bot.say.mention(text, channel=team, user=ana)
        assert answer.ok, text[:20]
    assert len(bot.slack.posted(team)) == len(texts) - 1
    assert len(team.seen_by(ana.id)) == 1  # the emoji: small talk
    assert RUPTURE in bot.slack.posted(team)[0].visible_text


async def test_an_event_without_text_gets_help(bot: Bot) -> None:
    ana = bot.slack.add_user("ana")
    message = bot.slack.store(bot.slack.open_dm(ana), text="ignored", user=ana.id)
    event = payloads.message_event(bot.slack, message, "message")
    del event["text"]
    assert (await bot.say.event(event)).ok
    [reply] = bot.slack.posted()
    assert "Ask me about psychotherapy research" in reply.visible_text


@pytest.mark.parametrize("subtype", ["file_share", "me_message", "thread_broadcast"])
async def test_what_a_person_writes_with_a_file_or_in_another_way_is_answered(bot: Bot, subtype: str) -> None:
    ana = bot.slack.add_user("ana")
    assert (await bot.say.direct_message("alliance rupture in one session", user=ana, subtype=subtype)).ok
    [answer] = bot.slack.posted()
    assert RUPTURE in answer.visible_text
    for other in ("message_changed", "message_deleted", "channel_join", "bot_message"):
        assert (await bot.say.direct_message("alliance rupture in one session", user=ana, subtype=other)).ok
    assert len(bot.slack.posted()) == 1


@pytest.mark.parametrize("code", ["invalid_blocks", "msg_too_long", "msg_blocks_too_long"])
async def test_an_answer_whose_layout_slack_refuses_comes_as_text(bot: Bot, code: str) -> None:
    ana = bot.slack.add_user("ana")
    team = bot.slack.add_channel("team", [ana])
    for method in ("chat.postMessage", "chat.postEphemeral"):
        bot.slack.faults.error(method, code)
    assert (await bot.say.mention("alliance rupture in one session", channel=team, user=ana)).ok
    [answer] = bot.slack.posted(team)
    assert "alliance" in answer.text.lower()
    assert answer.blocks == []
    assert (await bot.say.mention("thanks", channel=team, user=ana)).ok
    [alone] = team.seen_by(ana.id)
    assert alone.text
    assert alone.blocks == []
    shown = await bot.say.command("alliance rupture in one session", user=ana, channel=team)
    bot.slack.faults.http("response_url", 400)
    assert (await bot.say.press(shown.message, "Similar")).ok
    last = team.seen_by(ana.id)[-1]
    assert "More like" in last.text
    assert last.blocks == []

"""The help line: when it comes, where it stands, and that nothing is kept of it."""

from __future__ import annotations

import logging
import sys
import time
import unicodedata
from pathlib import Path

import pytest

from bot.playground.slack import LocalSlack
from bot.safety.crisis import NO_EMERGENCY, speaks_of_danger
from tests.support.bot import running
from tests.support.database_file import database_bytes
from tests.support.seen import shown_to
from tests.support.small_corpus import small_corpus

DANGER = """
kill myself
my client wants to kill herself
She said she's going to kill him
suicide
suicidal client
passive suicidal ideation
suicidality in adolescents
suicide prevention training evidence
sucidal teen what works
unalive
kms
self harm
self-harm in adolescents
selfharm
self injurious behaviour
NSSI
non-suicidal self-injury
cutting
my client is cutting again
What helps with cutting?
cutting, burning
cutting behaviour in young women
she cuts herself
He cut his wrists last year
client burns himself
a client who is a cutter
wants to hurt his wife
client wants to harm others
threatened to kill his boss
thoughts of hurting my baby
he might hurt someone
he beats his wife
homicidal ideation
duty to warn
Tarasoff
danger to self or others
is the client in imminent danger
domestic violence
my client has a gun
took an overdose
overdosed last night
end my life
ending their lives
took his own life
end it all
wants to die
I want to die
she'd rather be dead
wishes she was dead
wishes he were dead
better off dead
they would be better off without me
doesn’t want to live
no longer wants to be alive
no reason to live
life is not worth living
tired of living
patient with a death wish
recurrent thoughts of death
jumped off a bridge
hanged himself
safety planning
client in crisis what do I do
crisis intervention
client denies SI
KILL MYSELF!!!
j'ai envie de mourir
""".strip().splitlines()

NO_DANGER = """
cutting-edge research on the alliance
cutting edge
cutting down on sessions
cutting the sessions short
clients cutting sessions
cutting back on caffeine
cutting corners in training
cutting and pasting notes
a cutting remark by the client
cookie cutter approach
cost cutting in clinics
cutting everyone down to six sessions
dying to know what works
clients who are dying of cancer
grief after a death
death of a parent
fear of flying
killer instinct
painkiller use
skills training
deadline
deadlock in therapy
dead end in therapy
dead silence after I challenged her
killing time in sessions
silence kills the mood
alliance rupture in one session
my client was hurt by what I said
hurt feelings after a rupture
how does therapy harm clients
therapists who harm
does therapy hurt some people
which therapies could harm people
therapy might harm the client
clients harmed by therapy
lasting negative effects of therapy
can feedback hurt the alliance
I might hurt her feelings
afraid of harming the alliance
therapist shot down my idea
dose response
take their life story
taking his life seriously
getting her life back
session frequency and dose
ending therapy
end of treatment
termination
crying in therapy
replication crisis
violent video games
attack on my competence
self doubt
self harmony
self critical clients
risk of drop out
client factors
succeed in therapy
Susi asks about subsidies
beat the odds
high risk of relapse
""".strip().splitlines()

LINE = "In danger now? Call our on-call clinician at 613-555-0199 <day & night>, or see https://example.org/help."
SHOWN = (
    LINE.replace("&", "&amp;")
    .replace("<day", "&lt;day")
    .replace("night>", "night&gt;")
    .replace("https://example.org/help", "<https://example.org/help|https://example.org/help>")
)
NEUTRAL = "This bot cannot help in an emergency."


@pytest.mark.parametrize("text", DANGER)
def test_what_speaks_of_danger_is_seen(text: str) -> None:
    assert speaks_of_danger(text)


@pytest.mark.parametrize("text", NO_DANGER)
def test_what_only_sounds_like_it_is_not(text: str) -> None:
    assert not speaks_of_danger(text)


def test_the_table_holds_at_least_forty_cases_each_way() -> None:
    assert len(set(DANGER)) >= 40
    assert len(set(NO_DANGER)) >= 40


def test_no_text_of_the_corpus_that_is_not_about_danger_looks_like_it(bot_corpus_texts: list[str]) -> None:
    assert [text for text in bot_corpus_texts if speaks_of_danger(text)] == []


@pytest.fixture
def bot_corpus_texts() -> list[str]:
    """Titles and asks of the shipped summaries: what clinicians type. None of the 28 is about suicide or violence."""
    from bot.corpus.load import load
    from bot.paths import default_root

    return [text for summary in load(default_root()) for text in (summary.title, *summary.asks)]


def test_a_hostile_text_is_looked_at_in_no_time() -> None:
    began = time.process_time()
    for text in ("cut " * 5_000, "want to " * 4_000, "a" * 100_000, "thoughts of " * 3_000, "ﷺ" * 20_000):
        speaks_of_danger(text)
    assert time.process_time() - began < 5


ANSWERED = "does an alliance rupture lead to greater symptoms in the next session? the client is in danger"
NOT_ANSWERED = ("I want to kill myself", "homicidal bread recipes", "my client Sarah, 34, wants to die", "topic suicide")


async def test_the_clinics_line_comes_first_and_a_sure_answer_follows_to_the_asker_alone(
    slack: LocalSlack, tmp_path: Path
) -> None:
    async with running(slack, tmp_path, PPRNET_CRISIS_LINE=LINE, **small_corpus(tmp_path)) as bot:
        ana = slack.add_user("ana")
        team = slack.add_channel("team", [ana])
        command = await bot.say.command(ANSWERED, user=ana, channel=team)
        await bot.say.mention(ANSWERED, channel=team, user=ana)
        await bot.say.direct_message(ANSWERED, user=ana)
        [mention] = [message for message in team.seen_by(ana.id) if message.source == "chat.postEphemeral"]
        [direct] = slack.posted()
        assert direct.channel == slack.open_dm(ana).id
        for message in (command.message, mention, direct):
            assert message.blocks[0]["text"]["text"] == f"*{SHOWN}*"
            assert message.text.startswith(SHOWN.partition("<https")[0])
            assert "Practice implications" in message.visible_text
            assert message.pings == []
            assert NEUTRAL not in message.visible_text


@pytest.mark.parametrize("line", [LINE, "Call 613-555-0199 now.", None])
async def test_where_nothing_surely_answers_the_line_is_alone_and_large(
    slack: LocalSlack, tmp_path: Path, line: str | None
) -> None:
    set_line = {"PPRNET_CRISIS_LINE": line} if line else {}
    async with running(slack, tmp_path, **set_line, **small_corpus(tmp_path)) as bot:
        ana = slack.add_user("ana")
        team = slack.add_channel("team", [ana])
        for text in NOT_ANSWERED:
            command = await bot.say.command(text, user=ana, channel=team)
            await bot.say.mention(text, channel=team, user=ana)
            await bot.say.direct_message(text, user=ana)
            mentioned = [message for message in team.seen_by(ana.id) if message.source == "chat.postEphemeral"]
            for message in (command.message, mentioned[-1], slack.posted()[-1]):
                [only] = message.blocks
                large = only["type"] == "header" or only["text"]["text"].startswith("*")
                assert large, only
                assert only["text"]["text"].strip("*") == (SHOWN if line == LINE else line or NO_EMERGENCY), text
        assert len(mentioned) == len(slack.posted()) == len(NOT_ANSWERED)  # no reminder about client details either
        assert slack.posted(team) == []


async def test_a_search_from_home_shows_the_line_alone_too(slack: LocalSlack, tmp_path: Path) -> None:
    async with running(slack, tmp_path, PPRNET_CRISIS_LINE=LINE, **small_corpus(tmp_path)) as bot:
        ana = slack.add_user("ana")
        await bot.say.home_opened(ana)
        await bot.say.press(slack.home(ana), "Search")
        modal = slack.modal(ana)
        for words, first in (
            ("alliance rupture in one session", False),
            ("a client who wants to die", True),
            (ANSWERED, True),
        ):
            assert (await bot.say.submit(modal, {"search_for": {"question": words}})).ok
            assert (SHOWN in modal.visible_text) is first
            assert ("Practice implications" in modal.visible_text) is (words != "a client who wants to die")
            after = [block for block in modal.blocks if block["type"] not in ("input", "divider")]
            assert not first or SHOWN in after[0]["text"]["text"]


# -- invisible characters and line ends ---------------------------------------------------------------------------


def invisible() -> list[str]:
    """Every character that nobody sees."""
    found = [
        char
        for char in map(chr, range(sys.maxunicode + 1))
        if unicodedata.category(char) == "Cf" or (unicodedata.category(char) == "Cc" and not char.isspace())
    ]
    return [*found, *"\u034f\u115f\u1160\u17b4\u17b5\u180b\u2800\u3164\uffa0\ufe0f\U000e0100"]


def test_an_invisible_character_anywhere_in_a_phrase_of_danger_hides_nothing() -> None:
    pasted = "\xad\u200b\u2060\ufeff\u202e"  # from Word, the web and PDFs
    unseen = invisible()
    for phrase in DANGER:
        for place in range(len(phrase) + 1):
            for char in pasted:
                assert speaks_of_danger(phrase[:place] + char + phrase[place:]), (phrase, place, char)
        for char in unseen:
            assert speaks_of_danger(char.join(phrase)), (phrase, char)


def test_a_line_end_within_a_word_hides_nothing() -> None:
    for text in (
        "is sui-\ncidal",
        "kill him-\r\n  self",
        "sui\xad\ncidal",
        "homi\u2010\u200b\ncidal",
        "self-\nharm",
        "end\nmy life",
    ):
        assert speaks_of_danger(text), text
    assert speaks_of_danger("\u200b" * 9_000 + "suicide")
    assert not speaks_of_danger("alli-\nance rup-\nture")


async def test_the_line_is_shown_for_words_copied_from_a_document(slack: LocalSlack, tmp_path: Path) -> None:
    async with running(slack, tmp_path, PPRNET_CRISIS_LINE=LINE, **small_corpus(tmp_path)) as bot:
        ana = slack.add_user("ana")
        team = slack.add_channel("team", [ana])
        for text in ("client is sui\xadcidal", "kill him\u200bself", "sui-\ncidal"):
            command = await bot.say.command(text, user=ana, channel=team)
            await bot.say.mention(text, channel=team, user=ana)
            await bot.say.direct_message(text, user=ana)
            mentioned = team.seen_by(ana.id)[-1]
            for message in (command.message, mentioned, slack.posted()[-1]):
                assert message.text == SHOWN, text


async def test_a_command_that_is_carried_out_has_the_line_above_it(slack: LocalSlack, tmp_path: Path) -> None:
    async with running(slack, tmp_path, PPRNET_CRISIS_LINE=LINE, **small_corpus(tmp_path)) as bot:
        answer = await bot.say.command("follow alliance suicidal", user=slack.add_user("ana"))
        assert answer.message.blocks[0]["text"]["text"] == f"*{SHOWN}*"
        assert answer.message.text.startswith("In danger now?")


async def test_other_questions_show_no_line(slack: LocalSlack, tmp_path: Path) -> None:
    async with running(slack, tmp_path, PPRNET_CRISIS_LINE=LINE, **small_corpus(tmp_path)) as bot:
        ana = slack.add_user("ana")
        for text in ("alliance rupture in one session", "cutting-edge research", "topics", "help", "latest"):
            assert "In danger now?" not in (await bot.say.command(text, user=ana)).message.visible_text


async def test_nothing_is_kept_logged_or_counted_of_it(
    slack: LocalSlack, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    async with running(slack, tmp_path, PPRNET_CRISIS_LINE=LINE, **small_corpus(tmp_path)) as bot:
        ana = slack.add_user("ana")
        caplog.clear()
        await bot.say.direct_message("zebrafish suicidal alliance rupture in one session", user=ana)
        await bot.say.command("zebrafish suicidal", user=ana)
        assert len(shown_to(slack, ana.id)) == 1
    ours = "\n".join(record.getMessage() for record in caplog.records if record.name.startswith("bot"))
    stored = database_bytes(tmp_path).decode("latin-1")
    for word in ("zebrafish", "suicid", "In danger now", "crisis", "danger"):
        assert word not in ours
        assert word not in stored

"""The help line: when it comes, where it stands, and that nothing is kept of it."""

from __future__ import annotations

import logging
import time
from pathlib import Path

import pytest

from bot.playground.slack import LocalSlack
from bot.safety.crisis import speaks_of_danger
from tests.support.bot import Bot, running
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
alliance rupture
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


async def test_the_clinics_line_comes_first_and_the_results_follow(slack: LocalSlack, tmp_path: Path) -> None:
    async with running(slack, tmp_path, PPRNET_CRISIS_LINE=LINE, **small_corpus(tmp_path)) as bot:
        ana = slack.add_user("ana")
        team = slack.add_channel("team", [ana])
        question = "does an alliance rupture lead to greater symptoms in the next session? the client is in danger"
        answer = await bot.say.command(question, user=ana, channel=team)
        await bot.say.mention(question, channel=team, user=ana)
        await bot.say.direct_message(question, user=ana)
        for message in (answer.message, *slack.posted()):
            assert message.blocks[0]["text"]["text"] == SHOWN
            assert message.text.startswith(SHOWN.partition("<https")[0])
            assert "Practice implications" in message.visible_text or "Loosely related" in message.visible_text
            assert message.pings == []
            assert NEUTRAL not in message.visible_text
        assert len(slack.posted()) == 2


async def test_without_a_line_the_bot_says_that_it_cannot_help_in_an_emergency(bot: Bot) -> None:
    ana = bot.slack.add_user("ana")
    for text in ("my client wants to kill herself", "topic suicide", "help, I want to die", "suicide"):
        message = (await bot.say.command(text, user=ana)).message
        assert message.blocks[0]["text"]["text"].startswith(NEUTRAL), text
        assert message.text.startswith(NEUTRAL)
        assert len(message.blocks) > 1
    nothing = (await bot.say.command("homicidal bread recipes", user=ana)).message
    assert nothing.blocks[0]["text"]["text"].startswith(NEUTRAL)
    assert "does not mean that there is no research" in nothing.visible_text


async def test_a_search_from_home_shows_the_line_above_what_it_found(slack: LocalSlack, tmp_path: Path) -> None:
    async with running(slack, tmp_path, PPRNET_CRISIS_LINE=LINE, **small_corpus(tmp_path)) as bot:
        ana = slack.add_user("ana")
        await bot.say.home_opened(ana)
        await bot.say.press(slack.home(ana), "Search")
        modal = slack.modal(ana)
        for words, first in (("alliance rupture", False), ("a client who wants to die", True)):
            assert (await bot.say.submit(modal, {"search_for": {"question": words}})).ok
            assert (SHOWN in modal.visible_text) is first
        assert "does not mean that there is no research" in modal.visible_text


async def test_other_questions_show_no_line(slack: LocalSlack, tmp_path: Path) -> None:
    async with running(slack, tmp_path, PPRNET_CRISIS_LINE=LINE, **small_corpus(tmp_path)) as bot:
        ana = slack.add_user("ana")
        for text in ("alliance rupture", "cutting-edge research", "topics", "help", "latest"):
            assert "In danger now?" not in (await bot.say.command(text, user=ana)).message.visible_text


async def test_nothing_is_kept_logged_or_counted_of_it(
    slack: LocalSlack, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    async with running(slack, tmp_path, PPRNET_CRISIS_LINE=LINE, **small_corpus(tmp_path)) as bot:
        ana = slack.add_user("ana")
        caplog.clear()
        await bot.say.direct_message("zebrafish suicidal alliance rupture", user=ana)
        await bot.say.command("zebrafish suicidal", user=ana)
        assert len(shown_to(slack, ana.id)) == 1
    ours = "\n".join(record.getMessage() for record in caplog.records if record.name.startswith("bot"))
    stored = database_bytes(tmp_path).decode("latin-1")
    for word in ("zebrafish", "suicid", "In danger now", "crisis", "danger"):
        assert word not in ours
        assert word not in stored

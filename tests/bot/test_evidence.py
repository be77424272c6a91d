"""`evidence`: the printed effect sizes as a table and a picture, each picture once, in the right place, or the table."""

from __future__ import annotations

import asyncio
import json
import os
import subprocess
from html import unescape
from pathlib import Path

import pytest

from bot.cli.main import main
from bot.corpus.model import Corpus
from bot.evidence.pictures import Pictures
from bot.playground.slack import Fault, LocalSlack, Message
from bot.playground.slack.model import texts_of
from bot.search.compare import compare
from bot.search.engine import Engine
from tests.support.bot import Bot, running
from tests.support.database_file import database_bytes
from tests.support.figures import NORCROSS, SLIDE, size
from tests.support.once import shipped_engine
from tests.support.people import typed
from tests.support.seen import everything_of_the_bot, shown_to
from tests.support.tables import rows_of
from tests.support.terminal import as_text, run_here


@pytest.fixture(scope="module")
def engine() -> Engine:
    return shipped_engine()


@pytest.fixture
def corpus(engine: Engine) -> Corpus:
    return engine.corpus


# -- through the door ---------------------------------------------------------------------------------------------


FIGURE = "g = .58, 82 studies: therapist empathy"


def pictures_in(slack: LocalSlack) -> list[Message]:
    """The messages with a file, in all channels."""
    return [message for message in slack.posted() if message.files]


_drawn: dict[bytes, bytes] = {}
draw_anew = Pictures._drawn


@pytest.fixture
def draw_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Draw the same picture in a child process once for all tests: loading the plotting library takes most of the time."""

    async def draw(pictures: Pictures, spec: bytes) -> bytes:
        if spec not in _drawn:
            _drawn[spec] = await draw_anew(pictures, spec)
        return _drawn[spec]

    monkeypatch.setattr(Pictures, "_drawn", draw)


@pytest.fixture
def slack(slack: LocalSlack, draw_once: None) -> LocalSlack:
    """Pictures are drawn for this Slack once."""
    return slack


async def shown(slack: LocalSlack, count: int = 1) -> list[Message]:
    """Wait until so many pictures are there."""
    await slack.until(lambda: len(pictures_in(slack)) >= count, seconds=90)
    return pictures_in(slack)


@pytest.mark.slow
async def test_the_command_answers_with_the_table_and_sends_the_picture_to_the_askers_direct_message(bot: Bot) -> None:
    ana = bot.slack.add_user("ana")
    team = bot.slack.add_channel("team", [ana])
    message = await typed(bot, "evidence empathy", ana, team)
    assert message.ephemeral_to == ana.id
    for said in ("Effect sizes as printed: Empathy", NORCROSS, "Stolowicz-Melman"):
        assert said in message.visible_text
        assert said in message.text
    assert FIGURE in message.text
    [row] = rows_of(message)
    assert row.pop("Study").startswith(f"{NORCROSS} · ")
    assert row == {
        "What was measured": "therapist empathy",
        "Kind and measure": "Associations: g (standardised difference)",
        "Value": ".58",
        "95% interval": "not stated",
        "Studies": "82",
    }
    assert "on its way to your direct messages" in message.visible_text
    above, _, below = message.visible_text.partition("Other figures of these studies")
    assert "alliance in couple therapy" not in above
    assert "alliance in couple therapy" in below
    assert "a difference between groups or an association" in message.visible_text
    [picture] = await shown(bot.slack)
    await bot.slack.until(lambda: len(bot.slack.posted()) == 3)
    assert picture.channel == bot.slack.open_dm(ana).id
    [file] = picture.files
    assert size(file.content) == SLIDE
    assert "therapist empathy g = .58" in file.alt_txt
    assert file.name == "effect-sizes.png"
    caption, _, described = bot.slack.posted()
    assert caption.text.count("\n") == 1  # above the picture; all else is in its thread
    assert described.thread_ts == caption.ts
    assert NORCROSS in described.visible_text
    assert [message.channel for message in bot.slack.posted()] == [picture.channel] * 3
    assert bot.slack.posted(team) == []


async def test_a_mention_gets_the_picture_in_its_thread_and_a_direct_message_in_place(bot: Bot) -> None:
    ana = bot.slack.add_user("ana")
    team = bot.slack.add_channel("team", [ana])
    await bot.say.mention("evidence empathy", channel=team, user=ana)
    [picture] = await shown(bot.slack)
    [question] = [message for message in team.messages if message.user == ana.id]
    assert (picture.channel, picture.thread_ts) == (team.id, question.ts)
    assert "1 figure about this, from 1 summary" in picture.text
    await bot.say.direct_message("evidence on empathy", user=ana)
    _, second = await shown(bot.slack, 2)
    assert (second.channel, second.thread_ts) == (bot.slack.open_dm(ana).id, None)
    # The same in words comes after each picture.
    first, described, third, last = bot.slack.posted()
    assert (first.files, third.files) == (picture.files, second.files)
    assert (described.channel, described.thread_ts) == (team.id, question.ts)
    assert (last.channel, last.thread_ts) == (second.channel, None)
    for message in (described, last):
        assert FIGURE in message.text
        assert [row["Value"] for row in rows_of(message)] == [".58"]


@pytest.mark.slow
async def test_words_of_a_question_stand_in_no_picture_name_or_caption(bot: Bot) -> None:
    ana = bot.slack.add_user("ana")
    team = bot.slack.add_channel("team", [ana])
    await bot.say.mention("evidence on vidoe therapy and the alliance", channel=team, user=ana)
    await bot.say.command("evidence on vidoe therapy and the alliance", user=ana)
    await shown(bot.slack, 2)
    assert "vidoe" not in everything_of_the_bot(bot.slack)
    assert "Effect sizes as printed: video, alliance" in everything_of_the_bot(bot.slack)


async def test_an_event_delivered_again_shows_no_second_picture(bot: Bot) -> None:
    ana = bot.slack.add_user("ana")
    team = bot.slack.add_channel("team", [ana])
    first = await bot.say.mention("evidence empathy", channel=team, user=ana)
    await asyncio.gather(*(bot.say.redeliver(first, retry=number) for number in (1, 2)))
    await bot.say.redeliver(first, retry=3)
    await shown(bot.slack)
    assert len(bot.slack.posted()) == 2
    assert len(bot.slack.calls_of("files.completeUploadExternal")) == 1


async def test_a_command_whose_envelope_comes_again_sends_one_picture(slack: LocalSlack, tmp_path: Path) -> None:
    async with running(slack, tmp_path, socket=True) as bot:
        ana = slack.add_user("ana")
        await bot.say.command("evidence empathy", user=ana)
        for envelope in list(slack.sockets.envelopes):
            await slack.resend(envelope)
        await shown(slack)
    assert len(pictures_in(slack)) == 1


REFUSALS = {
    "files.getUploadURLExternal": ("internal_error", "ratelimited", "storage_limit_reached"),
    "files.completeUploadExternal": ("posting_to_channel_denied", "restricted_action", "file_not_found"),
}


async def test_where_slack_takes_no_file_the_same_figures_come_as_a_table(slack: LocalSlack, tmp_path: Path) -> None:
    async with running(slack, tmp_path) as bot:
        ana = slack.add_user("ana")
        team = slack.add_channel("team", [ana])
        for number, (method, code) in enumerate([(m, code) for m, codes in REFUSALS.items() for code in codes], 1):
            slack.faults.error(method, code)
            await bot.say.mention("evidence empathy", channel=team, user=ana)
            assert len(slack.posted()) == len(slack.faults.played) == number
            assert FIGURE in slack.posted()[-1].text
            assert "therapist empathy" in slack.posted()[-1].visible_text
            assert slack.posted()[-1].thread_ts
        slack.faults.http("upload", 503)
        await bot.say.direct_message("evidence empathy", user=ana)
        assert len(slack.faults.played) == number + 1
        assert "therapist empathy" in slack.posted()[-1].visible_text
    assert pictures_in(slack) == []


async def test_no_byte_goes_to_an_upload_address_that_is_not_slacks(bot: Bot) -> None:
    async with LocalSlack() as elsewhere:
        bot.slack.faults.add(
            "files.getUploadURLExternal",
            Fault("elsewhere", error={"ok": True, "file_id": "F1", "upload_url": f"{elsewhere.base_url}/upload/v1/x"}),
        )
        await bot.say.direct_message("evidence empathy", user=bot.slack.add_user("ana"))
        assert elsewhere.calls == []
    [answer] = bot.slack.posted()
    assert "therapist empathy" in answer.visible_text


async def test_without_the_scope_the_asker_is_told_why_once_and_no_more_pictures_are_promised(
    slack: LocalSlack, tmp_path: Path
) -> None:
    async with running(slack, tmp_path) as bot:
        slack.scopes.discard("files:write")
        ana = slack.add_user("ana")
        team = slack.add_channel("team", [ana])
        first = await typed(bot, "evidence empathy", ana, team)
        assert "on its way" in first.visible_text
        await slack.until(lambda: len(shown_to(slack, ana.id)) == 2, seconds=90)
        assert "does not let me send pictures" in shown_to(slack, ana.id)[-1].visible_text
        assert "table above" in shown_to(slack, ana.id)[-1].visible_text
        second = await typed(bot, "evidence empathy", ana, team)
        assert "on its way" not in second.visible_text
        assert "therapist empathy" in second.visible_text
        await bot.say.mention("evidence empathy", channel=team, user=ana)
        assert "therapist empathy" in slack.posted(team)[-1].visible_text
        assert len(slack.calls_of("files.getUploadURLExternal")) == 1
    assert pictures_in(slack) == []


async def test_a_lost_confirmation_is_not_followed_by_a_second_picture_or_a_table(bot: Bot) -> None:
    ana = bot.slack.add_user("ana")
    team = bot.slack.add_channel("team", [ana])
    bot.slack.faults.drop_after("files.completeUploadExternal")
    first = await bot.say.mention("evidence empathy", channel=team, user=ana)
    await bot.say.redeliver(first)
    assert len(pictures_in(bot.slack)) == len(bot.slack.posted()) == 1


async def test_without_the_library_the_table_stands_alone(bot: Bot, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bot.evidence.pictures.drawable", lambda: False)
    ana = bot.slack.add_user("ana")
    message = await typed(bot, "evidence empathy", ana)
    assert "therapist empathy" in message.visible_text
    assert "on its way" not in message.visible_text
    await bot.say.direct_message("evidence empathy", user=ana)
    assert "therapist empathy" in bot.slack.posted()[-1].visible_text
    assert bot.slack.calls_of("files.getUploadURLExternal") == []


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("evidence", "Evidence on what?"),
        ("evidence termination", "No summary on Termination states an effect size."),
        ("evidence trauma", "The library has nothing on Trauma and/or PTSD yet."),
        ("evidence efficacy", "No effect size here measures Efficacy of Treatments directly."),
        ("evidence how do I bake sourdough bread", "I found nothing in the library on this."),
    ],
)
async def test_where_there_is_nothing_to_draw_the_answer_says_so(bot: Bot, text: str, said: str) -> None:
    answer = await bot.say.command(text, user=bot.slack.add_user("ana"))
    assert said in answer.message.visible_text
    assert "on its way" not in answer.message.visible_text


async def test_questions_that_only_begin_with_the_word_are_questions(bot: Bot) -> None:
    ana = bot.slack.add_user("ana")
    for text in ("evidence based practice", "evidence that the alliance matters", "evidence-based treatment"):
        answer = await bot.say.command(text, user=ana)
        assert "Effect sizes as printed" not in answer.message.visible_text


async def test_a_question_about_danger_keeps_its_first_line_and_gets_the_table(bot: Bot) -> None:
    ana = bot.slack.add_user("ana")
    await bot.say.direct_message("evidence does repairing alliance ruptures help, client in danger", user=ana)
    [answer] = bot.slack.posted()
    assert answer.blocks[0]["text"]["text"].startswith("This bot cannot help in an emergency.")
    assert answer.files == []
    assert "repairing alliance ruptures" in answer.visible_text


async def test_where_slack_refuses_a_table_its_words_come_alone(slack: LocalSlack, tmp_path: Path) -> None:
    async with running(slack, tmp_path) as bot:
        ana = slack.add_user("ana")
        team = slack.add_channel("team", [ana])
        for words, said in (("evidence empathy", "Effect sizes"), ("compare alliance and outcome", "compared")):
            slack.faults.http("response_url", 400)
            message = await typed(bot, words, ana, team)
            assert message.blocks == []
            assert said in message.text
            assert 0 < len(message.text) <= 3000
        slack.faults.error("chat.postMessage", "invalid_blocks", channel=team.id)
        await bot.say.mention("compare alliance and outcome", channel=team, user=ana)
        [posted] = slack.posted(team)
        assert posted.blocks == []
        for summary in compare("alliance and outcome", bot.knowledge.engine).summaries:
            assert summary.title in unescape(posted.text)
        assert "different measures" in posted.text
        assert len(slack.faults.played) == 3


async def test_the_search_window_shows_the_same_rows_as_lists(bot: Bot) -> None:
    ana = bot.slack.add_user("ana")
    await bot.say.shortcut("search_research", user=ana)
    for words, said in (
        ("compare alliance and outcome", "Design: meta-analysis"),
        ("evidence empathy", "What was measured: therapist empathy"),
    ):
        view = bot.slack.modal(ana)
        shown = await bot.say.submit(view, {"search_for": {"question": words}})
        assert shown.ok
        assert said in "\n".join(texts_of(bot.slack.modal(ana).blocks))


async def test_nothing_of_a_picture_is_stored(slack: LocalSlack, tmp_path: Path) -> None:
    async with running(slack, tmp_path) as bot:
        ana = slack.add_user("ana")
        await bot.say.direct_message("evidence on vidoe therapy and the alliance", user=ana)
        command = await bot.say.command("evidence on vidoe therapy and the alliance", user=ana)
        await shown(slack, 2)
    stored = database_bytes(tmp_path)
    assert b"vidoe" not in stored
    assert b"Effect sizes" not in stored
    assert b"evidence:" in stored
    assert command.payload["trigger_id"].encode() not in stored
    assert b"PNG" not in stored


# -- in the terminal ----------------------------------------------------------------------------------------------


def pprnet(*arguments: str) -> subprocess.CompletedProcess[str]:
    return as_text(run_here(main, arguments, environ=os.environ))


def test_the_terminal_prints_the_figures_and_draws_them(tmp_path: Path) -> None:
    file = tmp_path / "empathy.png"
    done = pprnet("evidence", "empathy", "-o", str(file))
    assert done.returncode == 0, done.stderr
    assert "g = .58, 82 studies: therapist empathy" in done.stdout
    assert size(file.read_bytes()) == SLIDE
    assert pprnet("evidence", "sourdough", "bread").returncode == 1


def test_the_terminal_gives_the_same_as_json() -> None:
    done = pprnet("evidence", "empathy", "--json")
    assert done.returncode == 0
    found = json.loads(done.stdout)
    assert list(found) == ["title", "subject", "loosely_related", "figures", "other_figures", "none_stated"]
    [figure] = found["figures"]
    assert figure == {
        "id": "relationships-that-work",
        "study": NORCROSS,
        "what": "therapist empathy",
        "measure": "g",
        "kind": "association",
        "value": 0.58,
        "to": None,
        "ci": None,
        "p": None,
        "k": 82,
    }
    assert "collaboration" in {each["what"] for each in found["other_figures"]}
    nothing = pprnet("evidence", "sourdough", "bread", "--json")
    assert (nothing.returncode, json.loads(nothing.stdout)["figures"]) == (1, [])


def test_the_terminals_crisis_line_comes_first_and_alone_where_nothing_is_about_the_words() -> None:
    environ = {**os.environ, "PPRNET_CRISIS_LINE": "Call 555-0100."}
    alone = as_text(run_here(main, ("evidence", "suicidal", "clients"), environ=environ))
    assert (alone.returncode, alone.stdout) == (1, "Call 555-0100.\n")
    above = as_text(run_here(main, ("evidence", "alliance", "rupture,", "client", "in", "danger"), environ=environ))
    assert above.stdout.startswith("Call 555-0100.\n")


def test_the_terminal_wraps_at_its_width() -> None:
    done = as_text(run_here(main, ("evidence", "alliance"), environ={**os.environ, "COLUMNS": "42"}))
    assert max(map(len, done.stdout.splitlines())) <= 42


@pytest.mark.parametrize(
    ("output", "said"), [("picture.gif", ".png"), ("picture.pdf", ".png"), ("nowhere/x.png", "cannot be written")]
)
def test_a_file_that_cannot_be_drawn_is_said_in_one_line(tmp_path: Path, output: str, said: str) -> None:
    done = pprnet("evidence", "empathy", "-o", str(tmp_path / output))
    assert done.returncode == 2
    assert said in done.stderr
    assert len(done.stderr.splitlines()) == 1
    assert done.stdout == ""

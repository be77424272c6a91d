"""`evidence`: the printed effect sizes as a table and as a picture, each picture once, in the right place, or the table."""

from __future__ import annotations

import asyncio
import dataclasses
import json
import os
import struct
import subprocess
import sys
from pathlib import Path

import pytest

from bot.blocks import evidence as blocks
from bot.blocks.check import problems
from bot.blocks.reader import Reader
from bot.blocks.render import render
from bot.cli.main import main
from bot.commands.reply import EffectSizes, Reply
from bot.corpus.load import load
from bot.corpus.model import MEASURES, Corpus, Effect, Study, Summary
from bot.evidence import words
from bot.evidence.choose import choose, named_topic
from bot.evidence.drawing import png
from bot.evidence.pictures import PATIENCE, Pictures
from bot.evidence.sheet import sheet
from bot.evidence.table import MOST, NAMES, NO_EFFECT, gather, label, within
from bot.paths import default_root
from bot.playground.slack import Fault, LocalSlack, Message
from bot.search.engine import Engine
from bot.store.claims import LEASE
from tests.support.bot import Bot, running
from tests.support.database_file import database_bytes
from tests.support.seen import everything_of_the_bot, shown_to
from tests.support.terminal import as_text, run_here

NORCROSS = "Norcross and Lambert, 2018"


@pytest.fixture(scope="module")
def engine() -> Engine:
    return Engine(load(default_root()))


@pytest.fixture
def corpus(engine: Engine) -> Corpus:
    return engine.corpus


def size(picture: bytes) -> tuple[int, int]:
    """Width and height of a PNG."""
    assert picture.startswith(b"\x89PNG\r\n\x1a\n")
    return struct.unpack(">II", picture[16:24])


def made_up(number: int, *effects: Effect, **study: object) -> Summary:
    """A summary with these effects."""
    authors = study.pop("authors", (f"Surname{number}",))
    return Summary(
        id=f"s{number}",
        issue="2022-09",
        title=f"Title {number}",
        text="digest",
        summary="x",
        implications=("y",),
        study=Study(authors=authors, year=2000 + number, effects=effects, **study),  # type: ignore[arg-type]
    )


# -- what is gathered ---------------------------------------------------------------------------------------------


def test_every_printed_figure_stands_in_the_panel_of_its_measure_as_printed(corpus: Corpus) -> None:
    found = gather(corpus.summaries)
    printed = [(summary.id, effect) for summary in corpus for effect in summary.study.effects]
    gathered = [(figures.summary.id, effect) for _, figures in found.studies() for effect in figures.effects]
    assert sorted(map(repr, gathered)) == sorted(map(repr, printed))
    assert all(effect.measure == panel.measure for panel, figures in found.studies() for effect in figures.effects)
    assert [panel.measure for panel in found.panels] == [measure for measure in MEASURES if measure in NAMES]
    assert {summary.id for summary in found.unstated} == {each.id for each in corpus if not each.study.effects}
    assert found.count == len(printed)


def test_every_measure_has_a_name_and_a_place_where_it_says_no_effect() -> None:
    assert set(NAMES) == set(NO_EFFECT) == set(MEASURES)


@pytest.mark.parametrize(
    ("words", "topic"),
    [
        ("empathy", "empathy"),
        ("Empaty", "empathy"),
        ("alliance", "alliance"),
        ("therapeutic alliance", "alliance"),
        ("CBT", "cbt"),
        ("Training", "training"),
        ("why do clients drop out of training", None),
        ("alliance rupture in one session in groups", None),
        ("", None),
        ("zebrafish", None),
    ],
)
def test_words_that_name_a_topic_mean_it_and_others_are_searched(words: str, topic: str | None, corpus: Corpus) -> None:
    found = named_topic(words, corpus)
    assert (found.id if found else None) == topic


def test_a_question_gathers_what_the_search_finds_and_says_when_that_is_loose(engine: Engine) -> None:
    found = choose("video therapy alliance", engine)
    assert found is not None
    assert "videoconferencing-alliance-trials" in {summary.id for summary in found.summaries}
    assert found.subject is None
    assert "video" not in found.title
    assert choose("how do I bake sourdough bread", engine) is None
    loose = next(
        found
        for text in ("PPRNet trial", "effects of chatting with friends", "which study is worth it")
        if (found := choose(text, engine)) is not None and found.loosely
    )
    assert "loosely related" in words.lead(loose)


def test_what_does_not_fit_a_picture_is_named_and_no_study_loses_all_its_figures_first() -> None:
    many = [made_up(number, *[Effect("x", "r", 0.1)] * 4) for number in range(8)]
    shown, left_out = within(gather(many))
    assert shown.count == MOST
    assert sum(left_out.values()) == 32 - MOST
    assert {figures.summary.id for _, figures in shown.studies()} == {summary.id for summary in many}
    assert any("For want of room not drawn" in footer for footer in sheet(gather(many))["footers"])
    few, nothing = within(gather(many[:2]))
    assert (few, nothing) == (gather(many[:2]), {})


def test_studies_are_named_as_papers_cite_them() -> None:
    assert label(made_up(1)) == "Surname1, 2001"
    assert label(made_up(1, authors=("A", "B"))) == "A and B, 2001"
    assert label(made_up(1, authors=("A", "B", "C"))) == "A et al., 2001"
    assert label(made_up(1, authors=("Lee", "Kim", "Lee", "Roe"))) == "Lee et al., 2001"
    assert label(dataclasses.replace(made_up(1), study=Study())) == "Title 1, year not stated"


def test_the_description_says_what_the_picture_shows_within_slacks_limit(corpus: Corpus) -> None:
    for topic in corpus.topics:
        found = gather(corpus.on_topic(topic.id), subject=topic.name)
        text, rest = words.alt_text(found)
        assert len(text) <= words.ALT_LIMIT
        said = text + "".join(rest) + blocks.caption(found)
        for _, figures in found.studies():
            for effect in figures.effects:
                assert f"{effect.what} {effect.measure} = {words.value(effect)}" in said
        assert bool(rest) == ("more, listed in the message" in text)


def test_every_topics_table_is_a_message_that_slack_takes(corpus: Corpus) -> None:
    for topic in corpus.topics:
        found = gather(corpus.on_topic(topic.id), subject=topic.name)
        message = render(Reply(EffectSizes(found)), Reader(picture_follows=True))
        assert problems(message.blocks) == []
        shown = json.dumps(message.blocks, ensure_ascii=False)
        for _, figures in found.studies():
            assert label(figures.summary) in shown
        for summary in found.unstated:
            assert label(summary) in shown
    huge = gather([made_up(n, *[Effect("w" * 300, "g", 0.5, ci=(0.1, 0.9), p="< .001", k=12)] * 5) for n in range(60)])
    assert problems(render(Reply(EffectSizes(huge)), Reader()).blocks) == []
    assert len(blocks.caption(huge)) < 3_000


# -- what is drawn ------------------------------------------------------------------------------------------------


@pytest.mark.slow
def test_every_topic_with_figures_is_drawn_wide_enough_for_a_slide(corpus: Corpus) -> None:
    drawn = 0
    for topic in corpus.topics:
        found = gather(corpus.on_topic(topic.id), subject=topic.name)
        if found.count:
            width, height = size(png(sheet(found)))
            assert width == 1600
            assert 400 < height < 3_200
            drawn += 1
    assert drawn >= 12


def test_strange_texts_and_figures_are_drawn_too() -> None:
    strange = [
        made_up(1, Effect("costs $5 and $x^2$ \\frac{1}{2}", "r", 0.0), authors=("W" * 300,)),
        made_up(2, Effect("long " * 80, "g", 1e9, to=2e9, ci=(-1e9, 3e9), p="< .001", k=10**9)),
        made_up(3, Effect("漢字 \u202e‮ 🙂 &<>|`*_", "d", -0.0, ci=(-0.0, 0.0)), design="case study"),
        made_up(4, Effect("x" * 500, "B", 1e-9, ci=(-1e-9, 2e-9)), sample=(("patients", "over " * 50),)),
    ]
    assert size(png(sheet(gather(strange, subject="T" * 300))))[0] == 1600
    assert size(png(sheet(gather([made_up(5, Effect("one", "SMD", 0.2))]))))[1] < 700


def test_the_marks_stand_where_the_figures_say() -> None:
    """In a picture of one study with the interval from -1 to 1, the middle of the bar is at the line at 0."""
    picture = png(sheet(gather([made_up(1, Effect("x", "r", 0.0, ci=(-1.0, 1.0)))])))
    from matplotlib.image import imread

    file = Path(__file__).with_suffix(".png")
    try:
        file.write_bytes(picture)
        pixels = imread(file)
    finally:
        file.unlink()
    blue = (abs(pixels[:, :, :3] - (0x1F / 255, 0x4E / 255, 0x79 / 255)).max(axis=2) < 0.02)[:, 780:1180]
    row = max(range(blue.shape[0]), key=lambda y: blue[y].sum())
    columns = [x for x in range(blue.shape[1]) if blue[row, x]]
    black = (pixels[:, 780:1180, :3].max(axis=2) < 0.15)[row - 30]
    [*line] = [x for x in range(black.shape[0]) if black[x]]
    assert abs((columns[0] + columns[-1]) / 2 - sum(line) / len(line)) < 2


def test_neither_asking_nor_serving_loads_the_plotting_library() -> None:
    code = (
        "import sys, bot.cli.main, bot.server.run, bot.cli.ask, bot.playground.run\n"
        "bot.cli.main.main(['ask', 'alliance rupture in one session'])\n"
        "print(sorted(name for name in sys.modules if name.split('.')[0] in ('matplotlib', 'numpy', 'PIL')))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[-1] == "[]"


async def test_a_picture_is_drawn_once_for_all_who_ask_and_again_for_another_corpus(
    engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    pictures = Pictures()
    started = []
    start = asyncio.create_subprocess_exec

    async def counted(*arguments: str, **options: object) -> asyncio.subprocess.Process:
        started.append((arguments, options))
        return await start(*arguments, **options)  # type: ignore[arg-type]

    monkeypatch.setattr(asyncio, "create_subprocess_exec", counted)
    monkeypatch.setenv("SLACK_BOT_TOKEN", "not for a child")
    found = choose("empathy", engine)
    assert found is not None
    try:
        drawn = await asyncio.gather(*(pictures.draw(found, "one") for _ in range(4)))
        assert len(set(drawn)) == len(started) == 1
        assert drawn[0] == png(sheet(found))
        assert await pictures.draw(found, "two") == drawn[0]
        assert len(started) == 2
        assert "not for a child" not in repr(started)
    finally:
        await pictures.close(1)


def test_a_picture_is_given_up_before_another_process_may_take_the_claim_over() -> None:
    assert PATIENCE + 10 < LEASE


async def test_a_picture_that_takes_too_long_or_fails_is_none_and_its_process_is_ended(
    engine: Engine, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    found = choose("empathy", engine)
    assert found is not None
    pictures = Pictures()
    start = asyncio.create_subprocess_exec
    children = []

    async def replaced(_python: str, *_arguments: str, **options: object) -> asyncio.subprocess.Process:
        children.append(await start(sys.executable, "-c", code, **options))  # type: ignore[arg-type]
        return children[-1]

    monkeypatch.setattr(asyncio, "create_subprocess_exec", replaced)
    monkeypatch.setattr("bot.evidence.pictures.PATIENCE", 1.0)
    for code in ("import time; time.sleep(60)", "raise SystemExit(3)", "print('no picture')"):  # noqa: B007
        assert await pictures.draw(found, "one") is None
        assert children[-1].returncode is not None
    await pictures.close(1)
    assert caplog.text.count("a picture could not be drawn") == 3


# -- through the door ---------------------------------------------------------------------------------------------


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


async def test_the_command_answers_with_the_table_and_sends_the_picture_to_the_askers_direct_message(bot: Bot) -> None:
    ana = bot.slack.add_user("ana")
    team = bot.slack.add_channel("team", [ana])
    answer = await bot.say.command("evidence empathy", user=ana, channel=team)
    assert answer.ok
    assert answer.message.ephemeral_to == ana.id
    for said in ("Effect sizes as printed: Empathy", NORCROSS, "g = .58, 82 studies: therapist empathy", "Stolowicz-Melman"):
        assert said in answer.message.visible_text
        assert said in answer.message.text
    assert "on its way to your direct messages" in answer.message.visible_text
    [picture] = await shown(bot.slack)
    assert picture.channel == bot.slack.open_dm(ana).id
    [file] = picture.files
    assert size(file.content)[0] == 1600
    assert "therapist empathy g = .58" in file.alt_txt
    assert file.name == "effect-sizes.png"
    assert [message.channel for message in bot.slack.posted()] == [picture.channel] * 2
    assert bot.slack.posted(team) == []


async def test_a_mention_gets_the_picture_in_its_thread_and_a_direct_message_in_place(bot: Bot) -> None:
    ana = bot.slack.add_user("ana")
    team = bot.slack.add_channel("team", [ana])
    await bot.say.mention("evidence empathy", channel=team, user=ana)
    [picture] = await shown(bot.slack)
    [question] = [message for message in team.messages if message.user == ana.id]
    assert (picture.channel, picture.thread_ts) == (team.id, question.ts)
    assert "13 figures from 2 of 3 summaries" in picture.text
    await bot.say.direct_message("evidence on empathy", user=ana)
    _, second = await shown(bot.slack, 2)
    assert (second.channel, second.thread_ts) == (bot.slack.open_dm(ana).id, None)
    assert len(bot.slack.posted()) == 2


async def test_words_of_a_question_stand_in_no_picture_name_or_caption(bot: Bot) -> None:
    ana = bot.slack.add_user("ana")
    team = bot.slack.add_channel("team", [ana])
    await bot.say.mention("evidence on vidoe therapy and the alliance", channel=team, user=ana)
    await bot.say.command("evidence on vidoe therapy and the alliance", user=ana)
    await shown(bot.slack, 2)
    assert "vidoe" not in everything_of_the_bot(bot.slack)
    assert "matching summaries" in everything_of_the_bot(bot.slack)


async def test_an_event_delivered_again_shows_no_second_picture(bot: Bot) -> None:
    ana = bot.slack.add_user("ana")
    team = bot.slack.add_channel("team", [ana])
    first = await bot.say.mention("evidence empathy", channel=team, user=ana)
    await asyncio.gather(*(bot.say.redeliver(first, retry=number) for number in (1, 2)))
    await bot.say.redeliver(first, retry=3)
    await shown(bot.slack)
    assert len(bot.slack.posted()) == 1
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
            assert "g = .58, 82 studies: therapist empathy" in slack.posted()[-1].visible_text
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
        first = await bot.say.command("evidence empathy", user=ana, channel=team)
        assert "on its way" in first.message.visible_text
        await slack.until(lambda: len(shown_to(slack, ana.id)) == 2, seconds=90)
        assert "does not let me send pictures" in shown_to(slack, ana.id)[-1].visible_text
        assert "table above" in shown_to(slack, ana.id)[-1].visible_text
        second = await bot.say.command("evidence empathy", user=ana, channel=team)
        assert "on its way" not in second.message.visible_text
        assert "therapist empathy" in second.message.visible_text
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
    answer = await bot.say.command("evidence empathy", user=ana)
    assert "therapist empathy" in answer.message.visible_text
    assert "on its way" not in answer.message.visible_text
    await bot.say.direct_message("evidence empathy", user=ana)
    assert "therapist empathy" in bot.slack.posted()[-1].visible_text
    assert bot.slack.calls_of("files.getUploadURLExternal") == []


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("evidence", "Evidence on what?"),
        ("evidence termination", "No summary on Termination states an effect size."),
        ("evidence trauma", "The library has nothing on Trauma and/or PTSD yet."),
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
    await bot.say.direct_message("evidence does an alliance rupture in one session matter, client in danger", user=ana)
    [answer] = bot.slack.posted()
    assert answer.blocks[0]["text"]["text"].startswith("This bot cannot help in an emergency.")
    assert answer.files == []


async def test_nothing_of_a_picture_is_stored(slack: LocalSlack, tmp_path: Path) -> None:
    async with running(slack, tmp_path) as bot:
        ana = slack.add_user("ana")
        await bot.say.direct_message("evidence on vidoe therapy and the alliance", user=ana)
        command = await bot.say.command("evidence on vidoe therapy and the alliance", user=ana)
        await shown(slack, 2)
    stored = database_bytes(tmp_path)
    assert b"vidoe" not in stored
    assert b"matching summaries" not in stored
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
    assert size(file.read_bytes())[0] == 1600
    assert pprnet("evidence", "sourdough", "bread").returncode == 1


@pytest.mark.parametrize(("output", "said"), [("picture.gif", ".png"), ("nowhere/x.png", "cannot be written")])
def test_a_file_that_cannot_be_drawn_is_said_in_one_line(tmp_path: Path, output: str, said: str) -> None:
    done = pprnet("evidence", "empathy", "-o", str(tmp_path / output))
    assert done.returncode == 2
    assert said in done.stderr
    assert len(done.stderr.splitlines()) == 1
    assert done.stdout == ""

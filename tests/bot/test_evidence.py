"""`evidence`: the printed effect sizes as a table and as a picture, each picture once, in the right place, or the table."""

from __future__ import annotations

import asyncio
import dataclasses
import json
import os
import re
import struct
import subprocess
import sys
from pathlib import Path

import pytest

from bot.blocks import evidence as blocks
from bot.blocks.check import problems
from bot.blocks.message import Message as BlockMessage
from bot.blocks.reader import Reader
from bot.blocks.render import render
from bot.cli.main import main
from bot.commands.reply import EffectSizes, Reply
from bot.corpus.load import load
from bot.corpus.model import KINDS, MEASURES, Corpus, Effect, Study, Summary
from bot.evidence import words
from bot.evidence.choose import choose, named_topic
from bot.evidence.drawing import PLOT, png
from bot.evidence.pictures import PATIENCE, Pictures
from bot.evidence.sheet import sheet
from bot.evidence.table import MOST, NAMES, NO_EFFECT, Evidence, gather, kind_of, label, within
from bot.paths import default_root
from bot.playground.slack import Fault, LocalSlack, Message
from bot.search.engine import Engine
from bot.store.claims import LEASE
from tests.support.bot import Bot, running
from tests.support.database_file import database_bytes
from tests.support.seen import everything_of_the_bot, shown_to
from tests.support.terminal import as_text, run_here

NORCROSS = "Norcross and Lambert, 2018"
SLIDE = (1920, 1080)


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
    assert all(kind_of(effect) == panel.kind for panel, figures in found.studies() for effect in figures.effects)
    assert list(dict.fromkeys(panel.measure for panel in found.panels)) == [each for each in MEASURES if each in NAMES]
    assert found.others == ()
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


ABOUT = {
    "empathy": ("therapist empathy",),
    "rupture": ("repairing alliance ruptures",),
    "feedback": ("client feedback or progress monitoring",),
    "countertransference": ("managing countertransference",),
    "teletherapy": (
        "poorer common-factor skills in teletherapy than in person, rated by therapists",
        "greater impact of extra-therapeutic factors in teletherapy, rated by therapists",
        "poorer patient outcomes in teletherapy, as perceived by therapists",
    ),
    "video": (
        "working alliance, video versus face to face (negative: lower by video; not significant)",
        "symptom reduction, video versus face to face (similar levels)",
    ),
    "cognitive behavioural therapy for depression": ("alliance and outcome in CBT for adult depression",),
    "common factors": ("poorer common-factor skills in teletherapy than in person, rated by therapists",),
    "training": (
        "improvement of the average client of trainees",
        "improvement of more distressed clients of trainees",
        "improvement of less distressed clients of trainees",
    ),
    "efficacy": (),
}


@pytest.mark.parametrize("asked", ABOUT)
def test_only_figures_whose_own_words_are_about_it_are_shown_as_its_evidence(asked: str, engine: Engine) -> None:
    found = choose(asked, engine)
    assert found is not None
    about = [effect.what for _, figures in found.studies() for effect in figures.effects]
    assert about == [*ABOUT[asked]]
    rest = [effect.what for figures in found.others for effect in figures.effects]
    printed = [
        effect.what for each in (*found.summaries, *(f.summary for f in found.others)) for effect in each.study.effects
    ]
    assert set(about) | set(rest) == set(printed)
    assert not set(about) & set(rest)


def test_the_alliances_figures_are_about_the_alliance_and_those_that_begin_with_it_are_drawn_first(engine: Engine) -> None:
    found = choose("alliance", engine)
    assert found is not None
    assert found.count > MOST
    assert all("alliance" in effect.what for _, figures in found.studies() for effect in figures.effects)
    drawn = within(found)
    assert drawn.count == MOST
    assert f"{MOST} of {found.count} figures" in sheet(found)["title"]
    whats = [effect.what for _, figures in drawn.studies() for effect in figures.effects]
    assert "alliance and outcome" in whats
    assert "feeling relieved after crying and the alliance" not in whats


@pytest.mark.parametrize(
    ("effect", "kind"),
    [
        (Effect("x", "r", 0.1), "association"),
        (Effect("a versus b", "g", 0.1), "difference"),
        (Effect("improvement of clients", "d", 0.1), "change"),
        (Effect("symptoms from before to after", "d", 0.1), "change"),
        (Effect("empathy", "g", 0.1), None),
        (Effect("empathy", "g", 0.1, kind="association"), "association"),
    ],
)
def test_the_kind_of_an_effect_is_what_its_file_says_or_its_words_do(effect: Effect, kind: str | None) -> None:
    assert kind_of(effect) == kind


def test_kinds_share_no_panel_and_every_shipped_figure_has_one(corpus: Corpus) -> None:
    found = choose_all(corpus)
    assert all(panel.kind for panel in found.panels)
    assert len({(panel.measure, panel.kind) for panel in found.panels}) == len(found.panels)
    assert {panel.kind for panel in found.panels if panel.measure == "g"} == set(KINDS)
    assert (
        words.CAREFUL.count("The same letter may mean change over time, a difference between groups or an association.") == 1
    )


def choose_all(corpus: Corpus) -> Evidence:
    return gather(corpus.summaries)


def test_filters_are_said_in_the_title_and_apply_to_every_figure(engine: Engine) -> None:
    found = choose("alliance since 2020", engine)
    assert found is not None
    assert found.title == "Effect sizes as printed: alliance (since 2020)"
    assert min(summary.issue for summary in found.summaries) >= "2020"


def test_a_question_gathers_what_the_search_finds_and_says_when_that_is_loose(engine: Engine) -> None:
    found = choose("video therapy alliance", engine)
    assert found is not None
    assert "videoconferencing-alliance-trials" in {summary.id for summary in found.summaries}
    assert found.title == "Effect sizes as printed: video, alliance"
    assert choose("how do I bake sourdough bread", engine) is None
    loose = gather([made_up(1, Effect("x", "r", 0.1))], loosely=True, fit=lambda _: 0)
    assert loose.count == 0
    assert words.others_title(loose) == "Figures of loosely related studies"
    assert "loosely related" in words.lead(gather([made_up(1, Effect("x", "r", 0.1))], loosely=True))


def test_a_picture_has_the_most_precise_of_the_figures_that_fit_alike() -> None:
    wide, narrow, pooled = (
        Effect("x", "r", 0.1, ci=(0, 0.9)),
        Effect("x", "r", 0.2, ci=(0.1, 0.3)),
        Effect("x", "r", 0.3, k=50),
    )
    many = [made_up(number, Effect("x", "r", 0.4), wide, narrow, pooled) for number in range(6)]
    drawn = within(gather(many))
    assert [effect for _, figures in drawn.studies() for effect in figures.effects] == [narrow, pooled] * 6
    assert within(gather(many[:3])) == gather(many[:3])


def test_studies_are_named_as_papers_cite_them() -> None:
    assert label(made_up(1, citation="Surname1 (2001)")) == "Surname1, 2001"
    assert label(made_up(1, authors=("A", "B"))) == "A and B, 2001"
    assert label(made_up(1, authors=("A", "B", "C"))) == "A et al., 2001"
    assert label(made_up(1, authors=("Lee", "Kim", "Lee", "Roe"))) == "Lee et al., 2001"
    assert label(dataclasses.replace(made_up(1), study=Study())) == "Title 1, year not stated"
    one = Study(authors=("Norwood",))
    assert label(dataclasses.replace(made_up(1), study=one)) == "Norwood and colleagues, year not stated"
    assert label(dataclasses.replace(made_up(1), study=dataclasses.replace(one, citation="c", year=2001))) == "Norwood, 2001"


def test_the_description_says_what_the_picture_shows_within_slacks_limit(engine: Engine) -> None:
    for topic in engine.corpus.topics:
        found = choose(topic.id, engine)
        assert found is not None
        text = words.alt_text(found)
        assert len(text) <= words.ALT_LIMIT
        drawn = [(panel, effect) for panel, figures in within(found).studies() for effect in figures.effects]
        told = [effect for panel, effect in drawn if f"{effect.what} {panel.measure} = {words.value(effect)}" in text]
        left = re.search(r"And (\d+) figures? more, in the message after the picture", text)
        assert len(told) + (int(left[1]) if left else 0) == len(drawn)
        table = as_one_text(render(Reply(EffectSizes(found)), Reader()))
        assert all(effect.what in table for _, effect in drawn)
        assert blocks.caption(found).count("\n") == 1


def as_one_text(message: BlockMessage) -> str:
    return json.dumps(message.blocks, ensure_ascii=False)


def test_every_topics_table_is_a_message_that_slack_takes(engine: Engine) -> None:
    for topic in engine.corpus.topics:
        found = choose(topic.id, engine)
        assert found is not None
        message = render(Reply(EffectSizes(found)), Reader(picture_follows=True))
        assert problems(message.blocks) == []
        shown = json.dumps(message.blocks, ensure_ascii=False)
        for _, figures in found.studies():
            assert label(figures.summary) in shown
        assert ("Other figures of these studies" in shown) is bool(found.others)
        for summary in found.unstated:
            assert label(summary) in shown
    huge = gather([made_up(n, *[Effect("w" * 300, "g", 0.5, ci=(0.1, 0.9), p="< .001", k=12)] * 5) for n in range(60)])
    assert problems(render(Reply(EffectSizes(huge)), Reader()).blocks) == []
    assert len(blocks.caption(huge)) < 600


# -- what is drawn ------------------------------------------------------------------------------------------------


@pytest.mark.slow
def test_every_topic_with_figures_is_drawn_on_one_slide(engine: Engine) -> None:
    drawn = 0
    for topic in engine.corpus.topics:
        found = choose(topic.id, engine)
        if found and found.count:
            assert size(png(sheet(found))) == SLIDE
            drawn += 1
    assert drawn >= 9


def test_strange_texts_and_figures_are_drawn_too() -> None:
    strange = [
        made_up(1, Effect("costs $5 and $x^2$ \\frac{1}{2}", "r", 0.0), authors=("W" * 300,)),
        made_up(2, Effect("long " * 80, "g", 1e9, to=2e9, ci=(-1e9, 3e9), p="< .001", k=10**9)),
        made_up(3, Effect("漢字 \u202e‮ 🙂 &<>|`*_", "d", -0.0, ci=(-0.0, 0.0)), design="case study"),
        made_up(4, Effect("x" * 500, "B", 1e-9, ci=(-1e-9, 2e-9)), sample=(("patients", "over " * 50),)),
    ]
    assert size(png(sheet(gather(strange, subject="T" * 300)))) == SLIDE
    assert size(png(sheet(gather([made_up(5, Effect("one", "SMD", 0.2))])))) == SLIDE


def test_twelve_long_figures_of_twelve_studies_are_on_one_slide() -> None:
    from bot.evidence.drawing import LARGEST, Sheet

    long = "a long description of what a figure is about that a page may well print in full " * 2
    many = [made_up(n, Effect(long, m, 0.1, ci=(0.0, 0.2), p="< .001", k=9)) for n, m in enumerate([*MEASURES, *MEASURES])]
    assert Sheet(sheet(gather(many)), LARGEST).fits


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
    plot = slice(int(PLOT[0] * SLIDE[0]) - 10, int(PLOT[1] * SLIDE[0]) + 10)
    blue = (abs(pixels[:, :, :3] - (0x1F / 255, 0x4E / 255, 0x79 / 255)).max(axis=2) < 0.02)[200:, plot]
    row = max(range(blue.shape[0]), key=lambda y: blue[y].sum())
    columns = [x for x in range(blue.shape[1]) if blue[row, x]]
    black = (pixels[200:, plot, :3].max(axis=2) < 0.15)[row - 40]
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


async def test_a_picture_is_drawn_once_for_all_who_ask_and_again_where_it_shows_something_else(
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
        drawn = await asyncio.gather(*(pictures.draw(found) for _ in range(4)))
        assert len(set(drawn)) == len(started) == 1
        assert drawn[0] == png(sheet(found))
        assert await pictures.draw(dataclasses.replace(found, subject="Other")) != drawn[0]
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
        assert await pictures.draw(found) is None
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
    above, _, below = answer.message.visible_text.partition("Other figures of these studies")
    assert "alliance in couple therapy" not in above
    assert "alliance in couple therapy" in below
    assert "Associations: g" in above
    assert "a difference between groups or an association" in answer.message.visible_text
    [picture] = await shown(bot.slack)
    await bot.slack.until(lambda: len(bot.slack.posted()) == 3, seconds=10)
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
        assert "g = .58, 82 studies: therapist empathy" in message.visible_text


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
        ("evidence efficacy", "No figure here is about Efficacy of Treatments itself."),
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
    assert "repairing alliance ruptures" in answer.visible_text


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

"""The picture of printed effect sizes: what is drawn, once, and in a process of its own."""

from __future__ import annotations

import asyncio
import dataclasses
import os
import subprocess
import sys
from pathlib import Path

import pytest

from bot.corpus.model import MEASURES, Corpus, Effect
from bot.evidence.choose import choose
from bot.evidence.pictures import PATIENCE, Pictures
from bot.evidence.sheet import sheet
from bot.evidence.table import gather
from bot.search.engine import Engine
from bot.store.claims import LEASE
from tests.support.figures import SLIDE, made_up, size
from tests.support.once import shipped_engine


@pytest.fixture(scope="module")
def engine() -> Engine:
    return shipped_engine()


@pytest.fixture
def corpus(engine: Engine) -> Corpus:
    return engine.corpus


@pytest.mark.slow
def test_every_topic_with_figures_is_drawn_on_one_slide(engine: Engine) -> None:
    from bot.evidence.drawing import png

    drawn = 0
    for topic in engine.corpus.topics:
        found = choose(topic.id, engine)
        if found and found.count:
            assert size(png(sheet(found))) == SLIDE
            drawn += 1
    assert drawn >= 9


@pytest.mark.slow
def test_strange_texts_and_figures_are_drawn_too() -> None:
    from bot.evidence.drawing import png

    strange = [
        made_up(1, Effect("costs $5 and $x^2$ \\frac{1}{2}", "r", 0.0), authors=("W" * 300,)),
        made_up(2, Effect("long " * 80, "g", 1e9, to=2e9, ci=(-1e9, 3e9), p="< .001", k=10**9)),
        made_up(3, Effect("漢字 \u202e‮ 🙂 &<>|`*_", "d", -0.0, ci=(-0.0, 0.0)), design="case study"),
        made_up(4, Effect("x" * 500, "B", 1e-9, ci=(-1e-9, 2e-9)), sample=(("patients", "over " * 50),)),
    ]
    assert size(png(sheet(gather(strange, subject="T" * 300)))) == SLIDE
    assert size(png(sheet(gather([made_up(5, Effect("one", "SMD", 0.2))])))) == SLIDE


def test_twelve_long_figures_of_twelve_studies_are_on_one_slide() -> None:
    from bot.evidence.drawing import WIDTHS, Ruler, Sheet

    long = "a long description of what a figure is about that a page may well print in full " * 2
    many = [made_up(n, Effect(long, m, 0.1, ci=(0.0, 0.2), p="< .001", k=9)) for n, m in enumerate([*MEASURES, *MEASURES])]
    assert Sheet(sheet(gather(many)), WIDTHS[-1], Ruler(WIDTHS[-1])).fits


def test_the_marks_stand_where_the_figures_say() -> None:
    from bot.evidence.drawing import PLOT, png

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


@pytest.mark.slow
def test_neither_asking_nor_serving_loads_the_plotting_library() -> None:
    code = (
        "import sys, bot.cli.main, bot.server.run, bot.cli.ask, bot.playground.run\n"
        "bot.cli.main.main(['ask', 'alliance rupture in one session'])\n"
        "print(sorted(name for name in sys.modules if name.split('.')[0] in ('matplotlib', 'numpy', 'PIL')))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[-1] == "[]"


@pytest.mark.slow
def test_the_terminal_draws_beside_a_notebook_too(tmp_path: Path) -> None:
    environ = {**os.environ, "MPLBACKEND": "module://matplotlib_inline.backend_inline"}
    command = [sys.executable, "-m", "bot", "evidence", "alliance", "-o", str(tmp_path / "slide.png")]
    done = subprocess.run(command, capture_output=True, text=True, env=environ, timeout=60, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    assert (tmp_path / "slide.png").read_bytes().startswith(b"\x89PNG")


@pytest.mark.slow
async def test_a_picture_is_drawn_once_for_all_who_ask_and_again_where_it_shows_something_else(
    engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    from bot.evidence.drawing import png

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
        await pictures.close()


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
    await pictures.close()
    assert caplog.text.count("a picture could not be drawn") == 3

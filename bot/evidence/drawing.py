"""Draws a sheet with matplotlib: `python -m bot.evidence.drawing` reads it as JSON from standard input and writes a PNG.

In a process of its own, since loading matplotlib takes a second that the event loop does not have, and memory that the bot
does not want to keep. Light ground, one dark blue that prints well in grey; things differ by shape, not by colour.
"""

from __future__ import annotations

import bisect
import io
import json
import sys
import warnings
from typing import Any

from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg, RendererAgg
from matplotlib.figure import Figure
from matplotlib.font_manager import FontProperties
from matplotlib.lines import Line2D
from matplotlib.ticker import FuncFormatter, MaxNLocator

from bot.phrases.facts import number

Json = dict[str, Any]

PIXELS = (1920, 1080)
"""A slide, 16:9."""
WIDTHS = tuple(9.0 * 1.06**step for step in range(22))
"""Inches that the slide's width may represent: the more is on it, the more, so that type looks smaller. The smallest that
holds everything is taken. All lengths here are inches.
"""
MARGIN = 0.4
LABELS, PLOT, VALUES = 0.45, (0.475, 0.755), 0.775
"""Where the words end, the plot begins and ends and the values begin, as shares of the width."""
LEADING = 1.32
"""Line height as a multiple of the type size."""

INK, QUIET, RULE, BLUE, PAPER = "#1a1a1a", "#595959", "#d9d9d9", "#1f4e79", "#ffffff"

TITLE = FontProperties(family="DejaVu Sans", size=15, weight="bold")
LEAD = FontProperties(family="DejaVu Sans", size=10.5)
PANEL = FontProperties(family="DejaVu Sans", size=11.5, weight="bold")
STUDY = FontProperties(family="DejaVu Sans", size=10, weight="bold")
DETAIL = FontProperties(family="DejaVu Sans", size=9)
WHAT = FontProperties(family="DejaVu Sans", size=10)
FOOT = FontProperties(family="DejaVu Sans", size=8.5)


class Ruler:
    """Measures texts in inches, exactly for slides of one width: pixels are coarser on a wider one. That takes most of the
    time of a picture, so each word is measured once, and the width is looked for with one ruler.
    """

    def __init__(self, width: float) -> None:
        self._renderer = RendererAgg(1, 1, PIXELS[0] / width)  # type: ignore[no-untyped-call]
        self._around: dict[FontProperties, float] = {}
        self._advances: dict[tuple[str, FontProperties], float] = {}

    def width(self, text: str, font: FontProperties) -> float:
        """Return how wide a line is."""
        words = text.split(" ")
        return sum(self._advance(word, font) for word in words) + (len(words) - 1) * self._advance(" ", font)

    def _advance(self, word: str, font: FontProperties) -> float:
        """Return how far a word moves what comes after it."""
        if (word, font) not in self._advances:
            if font not in self._around:
                self._around[font] = self._measured("||", font)
            self._advances[word, font] = self._measured(f"|{word}|", font) - self._around[font]
        return self._advances[word, font]

    def _measured(self, text: str, font: FontProperties) -> float:
        width, _, _ = self._renderer.get_text_width_height_descent(text, font, ismath=False)  # type: ignore[no-untyped-call]
        return float(width) / float(self._renderer.dpi)


class Sheet:
    """A slide of a given width in inches, filled from the top; the footers are at its foot."""

    def __init__(self, spec: Json, width: float, ruler: Ruler) -> None:
        self._spec = spec
        self._wide, self._high = width, width * PIXELS[1] / PIXELS[0]
        self._figure = Figure(figsize=(self._wide, self._high), dpi=PIXELS[0] / width, facecolor=PAPER)
        self._canvas = FigureCanvasAgg(self._figure)
        self._ruler = ruler
        self._down = MARGIN  # inches from the top
        self._texts: list[tuple[float, float, str, FontProperties, str]] = []
        self._rules: list[tuple[float, float, float, str]] = []
        self._plots: list[tuple[float, float, Json, list[tuple[float, Json]]]] = []
        self._fill()

    @property
    def fits(self) -> bool:
        """Return whether everything is on the slide."""
        return self._down <= self._high - MARGIN * 0.5

    def _fill(self) -> None:
        room = self._wide - 2 * MARGIN
        self._write(self._spec["title"], TITLE, MARGIN, room)
        for panel in self._spec["panels"]:
            self._panel(panel)
        footers = [(footer, len(self._broken(footer, FOOT, room))) for footer in self._spec["footers"]]
        foot = sum(lines * _height(FOOT) + 0.03 for _, lines in footers) + 0.1
        self._down = max(self._down + 0.1, self._high - MARGIN * 0.6 - foot)
        self._rules.append((MARGIN, self._wide - MARGIN, self._down, RULE))
        self._down += 0.1
        for footer, _ in footers:
            self._write(footer, FOOT, MARGIN, room, QUIET)
            self._down += 0.03

    def _panel(self, panel: Json) -> None:
        self._down += 0.2
        self._write(panel["name"], PANEL, MARGIN, self._wide - 2 * MARGIN, BLUE)
        self._down += 0.05
        top = self._down
        marks = []
        for place, study in enumerate(panel["studies"]):
            if place:
                self._rules.append((MARGIN, self._wide - MARGIN, self._down + 0.03, RULE))
            self._down += 0.09
            self._head(study)
            for row in study["rows"]:
                marks.append((self._row(row), row))
        self._down += 0.08
        self._plots.append((top, self._down, panel, marks))
        self._down += 0.3  # the numbers under the axis

    def _head(self, study: Json) -> None:
        """A study's name with its design and numbers, on one line where they fit."""
        room = self._wide * LABELS - MARGIN
        name = self._ruler.width(study["label"], STUDY) + 0.1
        if name + self._ruler.width(study["detail"], DETAIL) <= room:
            down = self._down
            self._write(study["label"], STUDY, MARGIN, room)
            after, self._down = self._down, down + _height(STUDY) - _height(DETAIL)
            self._write(study["detail"], DETAIL, MARGIN + name, room - name + 0.01, QUIET)
            self._down = after
        else:
            self._write(study["label"], STUDY, MARGIN, room)
            self._write(study["detail"], DETAIL, MARGIN, room, QUIET)

    def _row(self, row: Json) -> float:
        """Write one figure, its parts centred on one height, and return that height."""
        self._down += 0.04
        left, words = self._wide * VALUES, self._wide * LABELS - MARGIN - 0.15
        top, room = self._down, self._wide - MARGIN - left
        shown, beside = row["shown"], row["beside"]
        together = self._ruler.width(shown, WHAT) + 0.12 + self._ruler.width(beside, DETAIL) <= room
        what = len(self._broken(row["what"], WHAT, words)) * _height(WHAT)
        values = len(self._broken(shown, WHAT, room)) * _height(WHAT)
        if beside and not together:
            values += len(self._broken(beside, DETAIL, room)) * _height(DETAIL)
        middle = top + max(what, values) / 2
        self._down = middle - what / 2
        self._write(row["what"], WHAT, MARGIN + 0.15, words)
        self._down = middle - values / 2
        self._write(shown, WHAT, left, room)
        if together:
            self._down -= _height(DETAIL)
            self._write(beside, DETAIL, left + self._ruler.width(shown, WHAT) + 0.12, room, QUIET)
        else:
            self._write(beside, DETAIL, left, room, QUIET)
        self._down = top + max(what, values)
        return middle

    # Text

    def _write(self, text: str, font: FontProperties, left: float, width: float, colour: str = INK) -> None:
        for line in self._broken(text, font, width):
            air = _height(font) * (1 - 1 / LEADING) / 2  # the leading is shared out above and below the line
            self._texts.append((left, self._down + air, line, font, colour))
            self._down += _height(font)

    def _broken(self, text: str, font: FontProperties, width: float) -> list[str]:
        """Return a text in lines of at most `width`; a word that is longer than a line is broken."""
        lines: list[str] = []
        line = ""
        for word in text.split():
            while word:
                tried = f"{line} {word}" if line else word
                if self._ruler.width(tried, font) <= width:
                    line, word = tried, ""
                elif line:
                    lines.append(line)
                    line = ""
                else:
                    at = max(1, int(len(word) * width / self._ruler.width(word, font)) - 1)
                    lines.append(word[:at])
                    word = word[at:]
        return [*lines, line] if line else lines

    # Paint

    def png(self) -> bytes:
        """Return the picture."""
        figure, high = self._figure, self._high
        for left, right, down, colour in self._rules:
            across = [left / self._wide, right / self._wide]
            figure.add_artist(_line(across, [1 - down / high] * 2, colour))
        for top, bottom, panel, marks in self._plots:
            box = (PLOT[0], 1 - bottom / high, PLOT[1] - PLOT[0], (bottom - top) / high)
            self._plot(figure.add_axes(box), top, bottom, panel, marks)
        for left, down, text, font, colour in self._texts:
            figure.text(
                left / self._wide,
                1 - down / high,
                text,
                fontproperties=font,
                color=colour,
                ha="left",
                va="top",
                parse_math=False,  # a corpus may contain "$"
            )
        file = io.BytesIO()
        self._canvas.print_png(file, metadata={"Title": self._spec["title"]})  # type: ignore[no-untyped-call]
        return file.getvalue()

    def _plot(self, axes: Axes, top: float, bottom: float, panel: Json, marks: list[tuple[float, Json]]) -> None:
        ends = [panel["neutral"]]
        for _, row in marks:
            ends += [row["value"], *(row["interval"] or ()), *([row["to"]] if row["to"] is not None else ())]
        room = (max(ends) - min(ends)) * 0.07 or 0.1
        axes.set_xlim(min(ends) - room, max(ends) + room)
        axes.set_ylim(bottom, top)
        axes.set_facecolor("none")
        axes.set_yticks([])
        axes.set_axisbelow(True)
        for side in ("left", "right", "top"):
            axes.spines[side].set_visible(False)
        axes.spines["bottom"].set_color(QUIET)
        axes.xaxis.set_major_locator(MaxNLocator(nbins=5, min_n_ticks=3))
        axes.xaxis.set_major_formatter(FuncFormatter(lambda value, _at: number(round(value, 6) + 0.0)))
        axes.tick_params(axis="x", labelsize=8.5, colors=QUIET, length=3, pad=2)
        axes.grid(axis="x", color="#ececec", linewidth=0.8, zorder=0)
        axes.axvline(panel["neutral"], color=INK, linewidth=1.0, zorder=1)
        for down, row in marks:
            _mark(axes, down, row)


def _mark(axes: Axes, down: float, row: Json) -> None:
    """A filled point with its bar; an open point where no interval is printed; two points joined by dots for a range."""
    if row["to"] is not None:
        axes.plot([row["value"], row["to"]], [down, down], color=BLUE, linewidth=1.3, linestyle=(0, (1, 2)), zorder=2)
    if row["interval"]:
        low, high = row["interval"]
        axes.plot([low, high], [down, down], color=BLUE, linewidth=1.8, solid_capstyle="butt", zorder=2)
        for end in (low, high):
            axes.plot([end, end], [down - 0.055, down + 0.055], color=BLUE, linewidth=1.8, zorder=2)
    face = BLUE if row["interval"] else PAPER
    points = [row["value"]] + ([row["to"]] if row["to"] is not None else [])
    axes.plot(
        points,
        [down] * len(points),
        "o",
        markersize=6.5,
        markerfacecolor=face,
        markeredgecolor=BLUE,
        markeredgewidth=1.5,
        zorder=3,
    )


def _line(across: list[float], down: list[float], colour: str) -> Line2D:
    return Line2D(across, down, color=colour, linewidth=0.8)


def _height(font: FontProperties) -> float:
    """Return the height of a line of this type."""
    return float(font.get_size_in_points()) / 72 * LEADING


def png(spec: Json) -> bytes:
    """Return a sheet as a PNG picture of PIXELS."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # a letter that the font does not have is drawn as a box
        ruler = Ruler(WIDTHS[0])
        at = bisect.bisect_left(WIDTHS[:-1], True, key=lambda width: Sheet(spec, width, ruler).fits)
        for width in WIDTHS[at:]:
            page = Sheet(spec, width, Ruler(width))
            if page.fits:
                break
        return page.png()


def main() -> None:
    """Draw what comes in."""
    sys.stdout.buffer.write(png(json.loads(sys.stdin.buffer.read())))


if __name__ == "__main__":
    main()

"""A made-up digest whose pages look quite different from the blog's, and the recipe that says how."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

RECIPE = """\
# The Riverside Review prints the date under each title, the implications as a list, and the source last.
name: Riverside Review
by: Dr. A. Holloway
url: https://riverside.example/review
known_by:
  - The Riverside Review
  - Studies worth [knowing|reading]
months:
  place: under each title
  formats: ["Posted {day} {month} {year}", "Posted {number}/{year}"]
citation:
  place: at the end
  label: Source
implications:
  form: list
  headings: ["[What you can do|What to do] with this", Take-home points]
  about: [take-home]
passed_over: [Share this study, "Filed under *"]
foot: [About the Riverside Review]
archive:
  page: start
  filters: theme
"""


@dataclass(frozen=True)
class Item:
    """One entry, as it is to be printed; `cited` is its paper's citation."""

    title: str
    posted: str
    summary: tuple[str, ...]
    implications: tuple[str, ...]
    cited: str | None
    heading: str = "What you can do with this"

    @property
    def lines(self) -> list[str]:
        """Its lines on the page."""
        listed = [f"• {each}" for each in self.implications]
        source = [f"Source: {self.cited}"] if self.cited else []
        filed = ["Filed under paddling, rivers", "Share this study"]
        return [self.title, f"Posted {self.posted}", *self.summary, self.heading, *listed, *source, *filed]


PADDLES = Item(
    "Paddling together before a session",
    "14 March 2021",
    (
        "Two hundred rowers were asked how a shared paddle went with the talk that came after it.",
        "Those who had paddled spoke more, r = .21, and nobody knows why.",
    ),
    ("Offer a short paddle where there is a river.", "Ask afterwards how it was. Some will not like it."),
    "Reed, T., & Oxbow, M. (2020). Paddles. Journal of Invented Rivers, 4(2), 10-19. https://doi.org/10.9999/river.4",
)
BRIDGES = Item(
    "What bridges do for people who avoid them",
    "2 March 2021",
    ("In this small trial people walked over twelve bridges with or without a guide, and both groups felt better.",),
    ("Walk along on the first bridge.",),
    "Weir, P. (2019). Bridges. Inventions, 9.",
    heading="Take-home points",
)
FOGHORNS = Item(
    "Foghorns at night",
    "11/2020",
    ("Sleep was worse near foghorns, and therapists near them were asked less about it.",),
    ("Ask about noise at night.", "Close the window."),
    None,
)
ITEMS = (PADDLES, BRIDGES, FOGHORNS)


def text_page(items: Sequence[Item] = ITEMS) -> str:
    """The page as a reader saves it."""
    body = [line for item in items for line in item.lines]
    foot = ["About the Riverside Review", "We are three people with a boat."]
    return "\n".join(["The Riverside Review", "Studies worth knowing, for people who row.", *body, *foot])


def html_page(items: Sequence[Item] = ITEMS, more: str = "") -> str:
    """The page as a server might send it: an article for each entry, the date in small print, a list, the source in bold."""
    parts = []
    for item in items:
        listed = "".join(f"<li>{escape(each)}</li>" for each in item.implications)
        cited = f"<p><b>Source:</b> <cite>{escape(item.cited)}</cite></p>" if item.cited else ""
        told = "".join(f"<p>{escape(each)}</p>" for each in item.summary)
        parts.append(
            f"<article><h2><a href='/x'>{escape(item.title)}</a></h2><time>Posted {item.posted}</time>{told}"
            f"<h3>{item.heading}</h3><ul>{listed}</ul>{cited}<p>Filed under <a href='?theme=2'>rivers</a></p>"
            "<p>Share this study</p></article>"
        )
    return (
        "<!DOCTYPE html><html><head><meta charset='utf-8'><title>The Riverside Review</title></head><body>"
        "<header><h1>The Riverside Review</h1><p>Studies worth reading</p></header>"
        f"<main>{''.join(parts)}</main>{more}<footer><p>About the Riverside Review</p></footer></body></html>"
    )

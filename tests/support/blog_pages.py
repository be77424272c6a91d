"""Pages in the blog's layout with invented entries, as text and as several kinds of HTML; every oddity of the real ones."""

from __future__ import annotations

from dataclasses import dataclass
from html import escape

INTRODUCTION = "The Psychotherapy Practice Research Network (PPRNet) blog began in 2013. It offers a monthly summary."
TOPICS = ("ALL Topics (clear)", "Adherance", "Alliance and Therapeutic Relationship", "Attendance, Attrition, and Drop-Out")
LONG = " They followed {0} patients for a year, and asked each of them after every session how it had been."


@dataclass(frozen=True)
class Item:
    """One entry, as it is to be printed."""

    title: str
    summary: str
    implications: str
    citation: str | None = None
    heading: str = "Practice Implications"
    email: str | None = None
    twice: bool = False

    @property
    def lines(self) -> list[str]:
        """Its lines on the page."""
        titles = [self.title] * (2 if self.twice else 1)
        cited = [self.citation] if self.citation else []
        email = [f"Author email: {self.email}"] if self.email else []
        return [*titles, *cited, self.summary, self.heading, self.implications, *email]


GARDENS = Item(
    "Do Gardens Help Therapists Listen?",
    "Northam and colleagues looked at listening in gardens (g = −0.20, 95% CI [−.35, −.07], p < .001)." + LONG.format(81),
    "Therapists could try to listen outside; a client`s wish comes first. The effect was small & uncertain.",
    "Northam, G.D., Ó Súilleabháin, A-M., van Dale, P., & Holm Berg, R. (2021, November 10). Listening & gardens: A "
    "meta‐analytic review. Journal of Invented Results, 12(3), 1–9. https://doi.org/10.9999/inv.2021.004",
)
WINDOWS = Item(
    "It Depends on the Window.",
    "Rooms with a window were rated as warmer by patients and by therapists." + LONG.format(40),
    "Look at your room. Ask patients how they like to sit, and change it if you can.",
)
SILENCE = Item(
    "Silence in the First Session",
    "Silence can mean many things, and the page's authors counted them." + LONG.format(306),
    "Let silence be for a while. Name it kindly when it lasts.",
    "Ferro, B. & Lind, M. (2016). Silence. Clinical Inventions, doi:10.9999/jcpp.12767.",
    heading="Practical Implications",
    email="b_ferro@example.org",
)
DOGS = Item(
    "Dogs in Waiting Rooms",
    "A dog in the waiting room went with calmer first sessions." + LONG.format(12),
    "A calm dog may help some patients, and is nothing for others.",
    "Quist, L., . . . Zed, B. E. et al. (2019). Dogs. In A. Vale & C. Orr (Eds.), Handbook of animals (pp. 1-9).",
    heading="Practice Implication",
    twice=True,
)
LETTERS = Item(
    "Letters Between Sessions",
    "Letters kept people in therapy a little longer in this naturalistic study." + LONG.format(605),
    "Write when a session was hard. Keep it short.",
    "Quist, L. (2018). Letters. Clinical Inventions, DOI: 10.9999/cpp.2180.",
    email="l.quist@example.org",
)
CHAIRS = Item(
    "Chairs and Their Distance",
    "How far apart the chairs were made no difference to how the talk went." + LONG.format(57),
    "Put the chairs where you like. Let patients move theirs.",
)
MONTHS: tuple[tuple[str, tuple[Item, ...]], ...] = (
    ("November 2022", (GARDENS, WINDOWS, SILENCE)),
    ("April 2020", (DOGS,)),
    ("December 2017", (LETTERS, CHAIRS)),
)
ABOUT = "listening in gardens, windows and warm rooms, and silence in first sessions"


def text_page(months: tuple[tuple[str, tuple[Item, ...]], ...] = MONTHS, about: str = ABOUT) -> str:
    """The page as a reader saves it: the head, then months."""
    head = ["Blog", INTRODUCTION, "This month...", "", f"…I blog about {about}.", "Type of Research", "Topics"]
    body = [line for month, items in months for line in (month, *(line for item in items for line in item.lines))]
    return "\n".join([*head, *(f"- {topic}" for topic in TOPICS), *body])


def html_page(
    months: tuple[tuple[str, tuple[Item, ...]], ...] = MONTHS, about: str = ABOUT, *, kind: str = "plain", more: str = ""
) -> str:
    """The page as a server might send it. `kind`: plain, breaks (lines parted by <br>), bold (headings inside paragraphs) or
    nested (deep wrappers, attributes, comments). `more` goes before the end of the body."""
    topics = "".join(f'<li><a href="?cat_2={at}">{escape(topic)}</a></li>' for at, topic in enumerate(TOPICS))
    parts = []
    for month, items in months:
        parts.append(f"<h2>{month}</h2>")
        for item in items:
            lines = [escape(line) for line in item.lines]
            if kind == "breaks":
                parts.append("<div>" + "<br />\r\n".join(lines) + "</div>")
            elif kind == "bold":
                mark = lines.index(item.heading)
                parts += [
                    f"<p><strong>{line}</strong></p>" if not at else f"<p>{line}</p>" for at, line in enumerate(lines[:mark])
                ]
                parts.append(f"<p><b><em>{lines[mark]}</em>: </b>{lines[mark + 1]}</p>")
                parts += [f"<p>{line}</p>" for line in lines[mark + 2 :]]
            elif kind == "nested":
                parts.append("<div><div class='a'><section>" * 20)
                parts += [f"<!-- x --><p style='x'><span>{line[:5]}</span>{line[5:]}\n</p>" for line in lines]
                parts.append("</section></div></div>" * 20)
            else:
                parts += [f"<p>{line}</p>" for line in lines]
    return (
        '<!DOCTYPE html><html lang="en"><head><meta charset="utf-8"><title>PPRNet blog</title><style>p {}</style></head>'
        "<body>"
        "<nav><a href='/'>Home</a> November 1999</nav><script>document.write('April 2001')</script>"
        f"<h1>Blog</h1><p>{escape(INTRODUCTION)}</p><h3>This month...</h3><p>&hellip;I blog about {escape(about)}.</p>"
        f"<form><h4>Type of Research</h4><h4>Topics</h4><ul>{topics}</ul></form>{''.join(parts)}"
        "<ul class='pager'><li>1</li><li><a href='?p=2'>2</a></li><li><a href='?p=2'>Next</a></li></ul>"
        f"<footer>University of Somewhere</footer>{more}</body></html>"
    )

"""A month as one HTML page: complete in itself, without scripts and without anything to load, readable on paper."""

from __future__ import annotations

from html import escape

from bot.export.article import Article, Month
from bot.export.pieces import Heading, Items, Paragraph, Piece, Rows, Words

STYLE = """\
:root { color-scheme: light dark; --ink: #1a1a1a; --quiet: #4d4d4d; --ground: #ffffff; --line: #b8b8b8; --link: #0b5394; }
@media (prefers-color-scheme: dark) {
  :root { --ink: #ececec; --quiet: #c2c2c2; --ground: #17191b; --line: #5c5c5c; --link: #8ec5f5; }
}
html { background: var(--ground); color: var(--ink); font: 17px/1.55 Georgia, "Times New Roman", serif; }
body { max-width: 42rem; margin: 2.5rem auto; padding: 0 1.2rem; overflow-wrap: break-word; }
h1, h2, h3, th, .small, caption { font-family: system-ui, "Segoe UI", Roboto, "DejaVu Sans", sans-serif; }
h1 { font-size: 1.55rem; line-height: 1.25; }
h2 { font-size: 1.25rem; line-height: 1.3; margin: 0 0 .3rem; }
h3 { font-size: 1rem; margin: 1.1rem 0 .2rem; }
p, ul { margin: .4rem 0; }
article { border-top: 1px solid var(--line); padding-top: 1.6rem; margin-top: 1.8rem; }
.small { color: var(--quiet); font-size: .85rem; }
a { color: var(--link); }
.table { overflow-x: auto; }
table { border-collapse: collapse; font-size: .85rem; line-height: 1.4; }
th, td { border: 1px solid var(--line); padding: .3rem .55rem; text-align: left; vertical-align: top; }
th, td { white-space: pre-line; }
tbody th { font-weight: 400; }
@page { margin: 18mm 16mm; }
@media print {
  :root { --ink: #000000; --quiet: #333333; --ground: #ffffff; --line: #888888; --link: #000000; }
  html { font-size: 11pt; }
  body { max-width: none; margin: 0; padding: 0; }
  h1, h2, h3 { break-after: avoid; }
  li, tr { break-inside: avoid; }
  p, li { orphans: 3; widows: 3; }
  .table { overflow-x: visible; }
  a[href]::after { content: " (" attr(href) ")"; font-size: .85em; overflow-wrap: anywhere; }
}
"""
_POLICY = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'"


def page(month: Month) -> str:
    """Return the month as a page."""
    lead = "".join(f'<p class="small">{escape(line)}</p>\n' for line in month.lead)
    articles = "\n".join(
        f'<article aria-labelledby="s{number}">\n<h2 id="s{number}">{escape(each.title)}</h2>\n{body(each)}\n</article>'
        for number, each in enumerate(month.articles, 1)
    )
    return f"""<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="{_POLICY}">
<meta name="referrer" content="no-referrer">
<title>{escape(month.title)}</title>
<style>
{STYLE}</style>
</head>
<body>
<main>
<h1>{escape(month.title)}</h1>
{lead}{articles}
</main>
</body>
</html>
"""


def body(article: Article) -> str:
    """Return what is under an article's title, with headings of the third level."""
    return "\n".join(map(_piece, article.pieces))


def _piece(piece: Piece) -> str:
    match piece:
        case Heading(text):
            return f"<h3>{escape(text)}</h3>"
        case Paragraph(words, small):
            return f'<p class="small">{_said(words)}</p>' if small else f"<p>{_said(words)}</p>"
        case Items(items):
            return "<ul>\n" + "\n".join(f"<li>{_said(words)}</li>" for words in items) + "\n</ul>"
        case Rows():
            return _table(piece)


def _table(table: Rows) -> str:
    head = "".join(f'<th scope="col">{escape(name)}</th>' for name in table.columns)
    rows = "\n".join(
        f'<tr><th scope="row">{escape(first)}</th>' + "".join(f"<td>{escape(cell)}</td>" for cell in rest) + "</tr>"
        for first, *rest in table.rows
    )
    opening = '<div class="table" role="region" aria-label="Effect sizes" tabindex="0">'
    return f"{opening}<table>\n<thead><tr>{head}</tr></thead>\n<tbody>\n{rows}\n</tbody>\n</table></div>"


def _said(words: tuple[Words, ...]) -> str:
    return "".join(map(_run, words)).strip().replace("\n", "<br>")


def _run(words: Words) -> str:
    text = escape(words.text)
    if words.url.startswith(("https://", "http://")):
        return f'<a href="{escape(words.url)}">{text}</a>'
    return f"<strong>{text}</strong>" if words.bold else text

"""A month as an Atom feed: a file for a web server. Its ids and dates are the same at every export."""

from __future__ import annotations

import uuid
from xml.etree import ElementTree

from bot.corpus.model import Summary
from bot.export.article import Month
from bot.export.html import body
from bot.phrases import facts

ATOM = "http://www.w3.org/2005/Atom"
_NAMESPACE = uuid.UUID("2d7d2f7e-6a2e-4b4c-9a6f-70726e657466")


def feed(month: Month) -> str:
    """Return the month as a feed, with an entry for each summary."""
    ElementTree.register_namespace("", ATOM)
    root = ElementTree.Element(f"{{{ATOM}}}feed", {"{http://www.w3.org/XML/1998/namespace}lang": "en"})
    _add(root, "id", _id("feed"))
    _add(root, "title", month.title)
    if month.lead:
        _add(root, "subtitle", " ".join(month.lead))
    _add(root, "updated", _moment(month))
    for name in facts.publishers(article.summary for article in month.articles) or (facts.PPRNET,):
        _add(_add(root, "author"), "name", name)
    for article in month.articles:
        entry = _add(root, "entry")
        _add(entry, "id", _id(article.summary.id))
        _add(entry, "title", article.title)
        _add(entry, "updated", _moment(month))
        _add(entry, "published", _moment(month))
        if url := _address(article.summary):
            _add(entry, "link", rel="alternate", href=url)
        _add(entry, "summary", facts.finding(article.summary))
        _add(entry, "content", body(article), type="html")
    ElementTree.indent(root)
    return '<?xml version="1.0" encoding="utf-8"?>\n' + ElementTree.tostring(root, encoding="unicode") + "\n"


def _address(summary: Summary) -> str | None:
    return summary.study.link or facts.home(summary)


def _moment(month: Month) -> str:
    return f"{month.since:%Y-%m-%dT%H:%M:%SZ}"


def _id(name: str) -> str:
    return f"urn:uuid:{uuid.uuid5(_NAMESPACE, name)}"


def _add(parent: ElementTree.Element, name: str, text: str | None = None, **attributes: str) -> ElementTree.Element:
    made = ElementTree.SubElement(parent, f"{{{ATOM}}}{name}", attributes)
    made.text = text
    return made

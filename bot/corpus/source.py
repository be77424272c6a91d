"""The digest that a summary comes from, as a file says it."""

from __future__ import annotations

import re
from collections.abc import Mapping

from bot.corpus.fields import Fields, join
from bot.corpus.model import Source
from bot.corpus.strict_yaml import Node

MAX_NAME = 80
_URL = re.compile(r"https?://[!#-;=?-{}~]{1,1990}")  # visible ASCII without " < > |


def source_of(fields: Fields, keys: Mapping[str, Node], path: str) -> Source:
    """Return the source that the keys `name`, `by` and `url` describe, noting their faults."""
    url = fields.text(keys.get("url"), join(path, "url"), most=2000)
    if url and not _URL.fullmatch(url):
        fields.fault(keys["url"], join(path, "url"), "must be a full https:// address without spaces")
    return Source(
        name=fields.text(keys.get("name"), join(path, "name"), most=MAX_NAME),
        by=fields.optional_text(keys.get("by"), join(path, "by"), most=MAX_NAME) or "",
        url=url,
    )

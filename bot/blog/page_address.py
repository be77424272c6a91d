"""What the address of a page of the blog says: whether it is the first page, with everything on it."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import parse_qsl, urlsplit


@dataclass(frozen=True, slots=True)
class Paging:
    """How the addresses of an archive number its pages and name its filters. `chosen`: what a list of filters prints behind
    the one that is set.
    """

    page: str = "p"
    filters: str | None = None
    chosen: str | None = None

    def numbers(self, name: str) -> bool:
        """Return whether a parameter of an address numbers a page."""
        return name.lower() in (self.page.lower(), "p", "page")

    def filters_by(self, name: str) -> bool:
        """Return whether a parameter of an address sets a filter."""
        return self.filters is not None and name.lower().startswith(self.filters.lower())


def filter_in(address: str, paging: Paging) -> str | None:
    """Return what makes an address one of a filtered page or of an older one, as a sentence's end; None where
    nothing does.
    """
    try:
        pairs = parse_qsl(urlsplit(address).query, keep_blank_values=True)
    except ValueError:
        return None
    for name, value in pairs:
        if paging.filters_by(name) and value.strip(" 0"):
            return f"the address filters by {name[:20]}"
    for name, value in pairs:
        if paging.numbers(name) and value.strip() not in ("", "0", "1"):
            return f"the address names page {value.strip()[:10]}, not the first"
    return None

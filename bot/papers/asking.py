"""Asks the source about one paper. Only the DOI leaves the host, and the contact address if one is set."""

from __future__ import annotations

from urllib.parse import quote

from bot.blog.fetch import fetch

JSON = "application/json"


async def ask(source: str, doi: str, *, contact: str | None = None, allow_private: bool = False) -> bytes:
    """Return what the source answers about a DOI. Raises FetchError."""
    address = f"{source.rstrip('/')}/{quote(doi, safe='')}"
    found = await fetch(address, contact=contact, allow_private=allow_private, accept=JSON, types=(JSON,))
    return found.body or b""

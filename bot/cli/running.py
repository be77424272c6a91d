"""The bot that runs on this host, as other commands ask it."""

from __future__ import annotations

import json
from http.client import HTTPException
from typing import Any
from urllib.error import HTTPError, URLError
from urllib.request import ProxyHandler, build_opener

WAIT = 10.0
"""Seconds: /health itself waits five for the database."""
_EVERYWHERE = {"0.0.0.0": "127.0.0.1", "::": "[::1]"}  # noqa: S104  (what the bot listens on, not we)


def address_of(host: str, port: int, page: str) -> str:
    """Return the address of a page of the bot that listens on a host and port."""
    host = _EVERYWHERE.get(host, f"[{host}]" if ":" in host else host)
    return f"http://{host}:{port}/{page}"


def answer_at(address: str) -> dict[str, Any] | None:
    """Return what a page for monitoring says; None where nobody answers as the bot does."""
    opener = build_opener(ProxyHandler({}))  # it is on this host
    try:
        try:
            with opener.open(address, timeout=WAIT) as response:
                found = json.load(response)
        except HTTPError as error:
            found = json.load(error)
    except (URLError, HTTPException, OSError, ValueError):
        return None
    return found if isinstance(found, dict) and isinstance(found.get("troubles"), list) else None

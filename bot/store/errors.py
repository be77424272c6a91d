"""The errors of a database that cannot be used."""

from __future__ import annotations

from bot.errors import ExpectedError


class StoreError(ExpectedError):
    """The database cannot be used; the message says why and what to do, without any secret."""


class OutOfReachError(StoreError):
    """The database cannot be used just now, and nothing was stored: it is locked, or does not answer."""

"""The error of a database that cannot be used."""

from __future__ import annotations

from bot.errors import ExpectedError


class StoreError(ExpectedError):
    """The database cannot be used; the message says why and what to do, without any secret."""

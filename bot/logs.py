"""Logging: our own lines, one each, and nothing that could hold a question, a body or a token."""

from __future__ import annotations

import logging
import re
import sys

from bot.failures import places

_SECRETS = re.compile(r"xox[a-z]-|xapp-|hooks\.slack\.com|response_url\W{1,4}http|ticket=", re.IGNORECASE)
"""Tokens, and addresses that are as good as one: what answers a click, and what opens a socket."""
_LIBRARIES = ("slack_bolt", "slack_sdk", "aiohttp", "aiosqlite", "asyncio", "sqlalchemy", "asyncpg")


class _OneSafeLine(logging.Formatter):
    """Formats a record as one line: control characters escaped, of a traceback only the kind and the places in code, and
    nothing that looks like a secret.
    """

    def format(self, record: logging.LogRecord) -> str:
        error = record.exc_info[1] if record.exc_info else None
        record.exc_info = None
        record.exc_text = None
        record.stack_info = None
        line = super().format(record)
        if error is not None:
            line = f"{line}: kind={type(error).__name__} at {places(error)}"
        if _SECRETS.search(line):
            line = (
                f"{self.formatTime(record)} {record.levelname} {record.name}: a line that looked like a secret was left out"
            )
        return line.encode("unicode_escape").decode("ascii") if not line.isprintable() else line


def configure(level: str) -> None:
    """Log to standard error. Libraries print request bodies at their lower levels, so they are pinned to WARNING or
    above.
    """
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(_OneSafeLine("%(asctime)s %(levelname)s %(name)s: %(message)s"))
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level.upper())
    "".encode("unicode_escape")  # loads the codec: when descriptors run out it could not be, and that is to be logged too
    for name in _LIBRARIES:
        logging.getLogger(name).setLevel(max(logging.WARNING, root.level))

"""Logging: our own lines, one each, and nothing that could hold a question, a body or a token. Times are UTC."""

from __future__ import annotations

import json
import logging
import re
import sys
from datetime import UTC, datetime
from pathlib import Path

from bot.failures import places

_SECRETS = re.compile(r"xox[a-z]-|xapp-|hooks\.slack\.com|response_url\W{1,4}http|ticket=", re.IGNORECASE)
"""Tokens, and addresses that are as good as one: what answers a click, and what opens a socket."""
_LIBRARIES = ("slack_bolt", "slack_sdk", "aiohttp", "aiosqlite", "asyncio", "sqlalchemy", "asyncpg")


class _Safe(logging.Formatter):
    """Formats a record as one line. Of a traceback there is only the kind and the places in code, and nothing of a line that
    looks like a secret.
    """

    def format(self, record: logging.LogRecord) -> str:
        error = record.exc_info[1] if record.exc_info else None
        found = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z"),
            "level": record.levelname,
            "logger": record.name,
            "message": record.getMessage(),
            "place": f"{Path(record.pathname).name}:{record.lineno}",
        }
        if error is not None:
            found |= {"kind": type(error).__name__, "at": places(error)}
        line = self.line(found)
        if _SECRETS.search(line):
            found = {name: found[name] for name in ("time", "level", "logger", "place")}
            line = self.line(found | {"message": "a line that looked like a secret was left out"})
        return line

    def line(self, found: dict[str, str]) -> str:
        """Return the line with these parts; control characters are escaped."""
        line = "{time} {level} {logger}: {message}".format(**found)
        if "kind" in found:
            line += ": kind={kind} at {at}".format(**found)
        return line.encode("unicode_escape").decode("ascii") if not line.isprintable() else line


class _SafeJson(_Safe):
    """The same as one object of JSON."""

    def line(self, found: dict[str, str]) -> str:
        return json.dumps(found)


def configure(level: str, form: str = "text") -> None:
    """Log to standard error, as lines of text or of JSON. Libraries print request bodies at their lower levels, so they are
    pinned to WARNING or above.
    """
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(_SafeJson() if form == "json" else _Safe())
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level.upper())
    "".encode("unicode_escape")  # loads the codec: when descriptors run out it could not be, and that is to be logged too
    for name in _LIBRARIES:
        logging.getLogger(name).setLevel(max(logging.WARNING, root.level))

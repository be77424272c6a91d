"""What a variable's text means: each function returns a setting's value, or raises ValueError with what is wrong with it."""

from __future__ import annotations

import re
from collections.abc import Callable
from ipaddress import IPv6Address
from pathlib import Path
from urllib.parse import SplitResult, urlsplit
from zoneinfo import ZoneInfo

from bot.access import access_problem

CHANNEL = re.compile(r"[CG][A-Z0-9]{2,20}")
APP = re.compile(r"A[A-Z0-9]{2,20}")
_HOST = re.compile(r"[A-Za-z0-9._-]{1,253}")
NAME = re.compile(r"[A-Za-z0-9-]{1,63}(?:\.[A-Za-z0-9-]{1,63}){0,8}")
CLIENT = re.compile(r"[0-9]{1,20}\.[0-9]{1,20}")
KEY_ADVICE = "it is 64 hexadecimal digits (openssl rand -hex 32 makes them), or two such keys with a comma between"
CONTACT = re.compile(r"(?:https?://|mailto:)?[A-Za-z0-9._%+/@:~-]{3,200}")
_PERSON = re.compile(r"[UW][A-Z0-9]{2,20}")
CRISIS_LINE_LIMIT = 300
"""Characters of the clinic's own help line: it is shown above an answer, which must stay in sight on a phone."""
LOG_FORMATS = ("text", "json")
_LEVELS = ("debug", "info", "warning", "error")


def _url_parts(value: str) -> SplitResult | None:
    """Return the parts of an address; None where its brackets or its port are malformed."""
    try:
        parts = urlsplit(value)
        return parts if parts.port is None or parts.port else None
    except ValueError:
        return None


def api_url(value: str) -> str:
    parts = _url_parts(value)
    if not parts or parts.scheme not in ("http", "https") or not parts.hostname or parts.query or parts.fragment:
        raise ValueError("must be the base address of Slack's Web API, like https://slack.com/api/")
    return value if value.endswith("/") else value + "/"


def database_url(value: str) -> str:
    scheme, found, rest = value.partition("://")
    drivers = {
        "sqlite": "sqlite+aiosqlite",
        "sqlite+aiosqlite": "sqlite+aiosqlite",
        "postgresql": "postgresql+asyncpg",
        "postgres": "postgresql+asyncpg",
        "postgresql+asyncpg": "postgresql+asyncpg",
    }
    if not found or scheme not in drivers:
        raise ValueError("must be sqlite:///FILE or postgresql://USER:PASSWORD@HOST/DATABASE")
    if drivers[scheme].startswith("sqlite") and (not rest.startswith("/") or rest in ("/", "/:memory:")):
        raise ValueError("must name a file: sqlite:///pprnet.db, or sqlite:////var/lib/pprnet/pprnet.db")
    parts = _url_parts(value)
    if not parts or (drivers[scheme].startswith("postgresql") and not parts.path.strip("/")):
        raise ValueError(
            "must be like postgresql://USER:PASSWORD@HOST/DATABASE, with special characters of the password as %XX"
        )
    return f"{drivers[scheme]}://{rest}"


def host(value: str) -> str:
    """Return an address to listen on, or a host's name."""
    try:
        is_host = bool(IPv6Address(value)) if ":" in value else bool(_HOST.fullmatch(value))
    except ValueError:
        is_host = False
    if not is_host:
        raise ValueError(
            "must be an address such as 127.0.0.1, 0.0.0.0 or ::, or a host name, without a port (`pprnet serve --port`)"
        )
    return value


def folder(value: str) -> Path:
    try:
        path = Path(value).expanduser()
        if path.is_dir():
            return path
    except (OSError, RuntimeError):  # a name that is too long; "~nobody"
        pass
    raise ValueError(f"names {value[:200]}, {_closed(value) or 'which is not a folder'}")


def _closed(value: str) -> str:
    """Return why a path cannot be looked at, where that is a matter of rights."""
    try:
        problem = access_problem(Path(value).expanduser())
    except RuntimeError:
        problem = None
    return f"but {problem}" if problem else ""


def file(value: str) -> Path:
    try:
        path = Path(value).expanduser()
        if path.is_file():
            return path
    except (OSError, RuntimeError):
        pass
    raise ValueError(f"names {value[:200]}, {_closed(value) or 'which is not a file'}")


def public_url(value: str) -> str:
    """Return an address without a slash at its end. Without TLS only this host's own is taken, for trying it out."""
    parts = _url_parts(value)
    local = parts is not None and parts.scheme == "http" and parts.hostname in ("127.0.0.1", "localhost", "::1")
    if not parts or not parts.hostname or parts.query or parts.fragment or not (parts.scheme == "https" or local):
        raise ValueError("must be the address at which browsers reach this bot, like https://pprnet.example.org")
    return value.rstrip("/")


def people(value: str) -> tuple[str, ...]:
    people = tuple(dict.fromkeys(part.strip() for part in value.split(",") if part.strip()))
    if not people or len(people) > 50 or not all(_PERSON.fullmatch(person) for person in people):
        raise ValueError("must be up to 50 user ids with commas between, like U0123456789,U0123456788 (no names)")
    return people


def zone(value: str) -> ZoneInfo:
    try:
        return ZoneInfo(value)
    except (KeyError, OSError, ValueError):
        raise ValueError(f'is "{value[:60]}", which is not a time zone: write it like America/Toronto') from None


def hour(value: str) -> int:
    if not re.fullmatch(r"[0-9]{1,2}", value) or int(value) > 23:
        raise ValueError(f'is "{value[:20]}": it must be an hour from 0 to 23')
    return int(value)


def look_seconds(value: str) -> int:
    if not re.fullmatch(r"[0-9]{1,3}", value) or not 1 <= int(value) <= 300:
        raise ValueError(f'is "{value[:20]}": it must be a number of seconds from 1 to 300')
    return int(value)


def source_url(value: str) -> str:
    from bot.blog.page_address import filter_in
    from bot.blog.public_address import address_problem
    from bot.blog.recipe_file import the_blog

    if problem := address_problem(value, allow_private=True):
        raise ValueError(f"cannot be used: {problem}")
    if found := filter_in(value, the_blog().paging):
        raise ValueError(f"cannot be used: {found}. Give the blog's first page with all types of research and topics")
    return value


def retractions_url(value: str) -> str:
    from bot.blog.public_address import address_problem

    if problem := address_problem(value, allow_private=True):
        raise ValueError(f"cannot be used: {problem}")
    if "?" in value or "#" in value:
        raise ValueError("must be an address to which a DOI can be added, like https://api.crossref.org/works")
    return value


def hours(value: str) -> float:
    if not re.fullmatch(r"[0-9]{1,3}(?:\.[0-9]{1,6})?", value) or not 0.0001 <= float(value) <= 720:
        raise ValueError(f'is "{value[:20]}": it must be a number of hours, from 1 to 720')
    return float(value)


def switch(value: str) -> bool:
    if value.lower() not in ("on", "off"):
        raise ValueError(f'is "{value[:20]}": it must be on or off')
    return value.lower() == "on"


def line(value: str) -> str:
    """Return a line for people to read: one line, none of it invisible."""
    plain = " ".join(value.split())
    if len(plain) > CRISIS_LINE_LIMIT:
        raise ValueError(f"has {len(plain):,} characters: at most {CRISIS_LINE_LIMIT} are shown")
    if not plain.isprintable():
        raise ValueError("has invisible characters: type it again as plain text")
    return plain


def log_format(value: str) -> str:
    if value.lower() not in LOG_FORMATS:
        raise ValueError(f"must be one of {', '.join(LOG_FORMATS)}")
    return value.lower()


def level(value: str) -> str:
    if value.lower() not in _LEVELS:
        raise ValueError(f"must be one of {', '.join(_LEVELS)}")
    return value.lower()


def matching(pattern: re.Pattern[str], what: str) -> Callable[[str], str]:
    def convert(value: str) -> str:
        if not pattern.fullmatch(value):
            raise ValueError(f"must be {what}")
        return value

    return convert

"""Settings, read once from the environment: the only place that reads it. Secrets never appear in a repr, error or log."""

from __future__ import annotations

import os.path
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeVar
from zoneinfo import ZoneInfo

from bot.errors import ExpectedError
from bot.paths import default_root
from bot.settings import values

T = TypeVar("T")

# A token, or 32 hexadecimal digits or more (a signing secret): in the wrong variable, it must not be repeated in the
# fault.
_SECRET = re.compile(r"xox[a-z]-|xapp-|(?<![0-9a-f])[0-9a-f]{32,200}(?![0-9a-f])", re.IGNORECASE)


OLD_DATABASE = Path("pprnet.db")
"""Where the database was by default in earlier versions: in the current folder."""


class SettingsError(ExpectedError):
    """Settings that cannot be used. `faults` names each of them by its variable, without secrets."""

    def __init__(self, faults: list[str]) -> None:
        super().__init__("; ".join(faults))
        self.faults = faults

    @property
    def lines(self) -> tuple[str, ...]:
        """Return the faults, one a line."""
        return tuple(self.faults)


@dataclass(frozen=True)
class Settings:
    """What an operator sets. Each field's variable is named in `Settings.from_env` and in docs/operator.md."""

    bot_token: str | None = field(default=None, repr=False)
    signing_secret: str | None = field(default=None, repr=False)
    app_token: str | None = field(default=None, repr=False)
    api_url: str = field(default="https://slack.com/api/", repr=False)
    database_url: str = field(default_factory=lambda: _default_database({}), repr=False)
    is_database_named: bool = False
    knowledge: Path = field(default_factory=default_root)
    source_url: str | None = field(default=None, repr=False)
    source_hours: float = 24.0
    approval: bool = True
    allow_private_source: bool = False
    contact: str | None = None
    retractions_url: str | None = field(default=None, repr=False)
    channel: str | None = None
    curators: tuple[str, ...] = ()
    timezone: ZoneInfo = field(default_factory=lambda: ZoneInfo("UTC"))
    post_hour: int = 9
    look_seconds: int = 20
    crisis_line: str | None = None
    shared_channels: bool = False
    app_id: str | None = None
    host: str = "127.0.0.1"
    log_level: str = "info"
    log_format: str = "text"
    model_key: str | None = field(default=None, repr=False)
    mcp: bool = False
    mcp_token: str | None = field(default=None, repr=False)
    mcp_host: str | None = None
    workspaces: bool = False
    secret_key: str | None = field(default=None, repr=False)
    secret_key_file: Path | None = None
    client_id: str | None = None
    client_secret: str | None = field(default=None, repr=False)
    public_url: str | None = None

    @property
    def socket_mode(self) -> bool:
        """Whether the bot connects out to Slack instead of listening for its requests."""
        return self.app_token is not None

    @property
    def in_old_place(self) -> bool:
        """Return whether no database is named, and one of an earlier version was found in the current folder."""
        return not self.is_database_named and self.database_url.endswith(f":///{OLD_DATABASE}")

    @property
    def database_file(self) -> Path | None:
        """Return the file of a SQLite database; None for PostgreSQL."""
        _, is_sqlite, file = self.database_url.partition("sqlite+aiosqlite:///")
        return Path(file).expanduser().absolute() if is_sqlite else None

    @property
    def database_kind(self) -> str:
        """Return "sqlite" or "postgresql"."""
        return "sqlite" if self.database_file else "postgresql"

    @classmethod
    def from_env(cls, environ: Mapping[str, str], *, needs: tuple[str, ...] = ()) -> Settings:
        """Read the settings. Raises SettingsError with every fault at once.

        `needs` names what the command cannot do without: "slack" (a bot token), "door" (a way in for Slack's requests).
        """
        reader = Reader(environ)
        bot_token = reader.secret("SLACK_BOT_TOKEN", "xoxb-", "the Bot User OAuth Token (OAuth & Permissions)")
        app_token = reader.secret("SLACK_APP_TOKEN", "xapp-", "an app-level token (Basic Information, App-Level Tokens)")
        signing_secret = reader.plain_secret(
            "SLACK_SIGNING_SECRET", "copy it from Basic Information, App Credentials, without spaces"
        )
        if "slack" in needs and not reader.present("SLACK_BOT_TOKEN"):
            reader.faults.append(
                "SLACK_BOT_TOKEN is not set: copy the Bot User OAuth Token (xoxb-...) from OAuth & Permissions"
            )
        if "door" in needs and not reader.present("SLACK_APP_TOKEN") and not reader.present("SLACK_SIGNING_SECRET"):
            reader.faults.append(
                "neither SLACK_APP_TOKEN (Socket Mode) nor SLACK_SIGNING_SECRET (HTTP) is set: the bot needs one way in"
            )
        settings = cls(
            bot_token=bot_token,
            signing_secret=signing_secret,
            app_token=app_token,
            api_url=reader.read("SLACK_API_URL", values.api_url, "https://slack.com/api/"),
            database_url=reader.read("PPRNET_DATABASE_URL", values.database_url, _default_database(environ)),
            is_database_named=reader.present("PPRNET_DATABASE_URL"),
            knowledge=reader.read("PPRNET_KNOWLEDGE", values.folder, default_root()),
            source_url=reader.read("PPRNET_SOURCE_URL", values.source_url, None),
            source_hours=reader.read("PPRNET_SOURCE_HOURS", values.hours, 24.0),
            approval=reader.read("PPRNET_APPROVAL", values.switch, True),
            allow_private_source=reader.read("PPRNET_ALLOW_PRIVATE_SOURCE", values.switch, False),
            contact=reader.read("PPRNET_CONTACT", values.matching(values.CONTACT, "an e-mail or web address"), None),
            retractions_url=reader.read("PPRNET_RETRACTIONS_URL", values.retractions_url, None),
            channel=reader.read(
                "PPRNET_CHANNEL", values.matching(values.CHANNEL, "a channel id such as C0123456789 (not a name)"), None
            ),
            curators=reader.read("PPRNET_CURATORS", values.people, ()),
            timezone=reader.read("PPRNET_TIMEZONE", values.zone, ZoneInfo("UTC")),
            post_hour=reader.read("PPRNET_POST_HOUR", values.hour, 9),
            look_seconds=reader.read("PPRNET_LOOK_SECONDS", values.look_seconds, 20),
            crisis_line=reader.read("PPRNET_CRISIS_LINE", values.line, None),
            shared_channels=reader.read("PPRNET_SHARED_CHANNELS", values.switch, False),
            app_id=reader.read("PPRNET_APP_ID", values.matching(values.APP, "an app id such as A0123456789"), None),
            host=reader.read("PPRNET_HOST", values.host, "127.0.0.1"),
            model_key=reader.plain_secret("PPRNET_MODEL_KEY", "it is one word of at most 200 characters, without spaces"),
            mcp=reader.read("PPRNET_MCP", values.switch, False),
            mcp_token=reader.plain_secret(
                "PPRNET_MCP_TOKEN", "it is one word of 32 to 200 characters, without spaces", least=32
            ),
            mcp_host=reader.read(
                "PPRNET_MCP_HOST", values.matching(values.NAME, "a host name such as pprnet.example.org"), None
            ),
            log_level=reader.read("PPRNET_LOG_LEVEL", values.level, "info"),
            log_format=reader.read("PPRNET_LOG_FORMAT", values.log_format, "text"),
            workspaces=reader.read("PPRNET_WORKSPACES", values.switch, False),
            secret_key=reader.plain_secret("PPRNET_SECRET_KEY", values.KEY_ADVICE),
            secret_key_file=reader.read("PPRNET_SECRET_KEY_FILE", values.file, None),
            client_id=reader.read(
                "PPRNET_CLIENT_ID", values.matching(values.CLIENT, "the Client ID (Basic Information)"), None
            ),
            client_secret=reader.plain_secret(
                "PPRNET_CLIENT_SECRET", "copy it from Basic Information, App Credentials, without spaces"
            ),
            public_url=reader.read("PPRNET_PUBLIC_URL", values.public_url, None),
        )
        if settings.source_url:
            reader.faults += _blog_check_faults(settings, serving="door" in needs)
        reader.faults += _retractions_faults(settings)
        if settings.mcp and not (reader.present("PPRNET_MCP_TOKEN") or reader.present("SLACK_SIGNING_SECRET")):
            reader.faults.append(
                "PPRNET_MCP is on, and nothing says who may ask: set PPRNET_MCP_TOKEN (openssl rand -hex 32 makes one) "
                "for agents, or SLACK_SIGNING_SECRET for Slackbot"
            )
        reader.faults += _workspaces_faults(reader)
        if reader.faults:
            raise SettingsError(reader.faults)
        return settings


VARIABLES = (
    "SLACK_BOT_TOKEN",
    "SLACK_SIGNING_SECRET",
    "SLACK_APP_TOKEN",
    "SLACK_API_URL",
    "PPRNET_DATABASE_URL",
    "PPRNET_KNOWLEDGE",
    "PPRNET_SOURCE_URL",
    "PPRNET_SOURCE_HOURS",
    "PPRNET_APPROVAL",
    "PPRNET_ALLOW_PRIVATE_SOURCE",
    "PPRNET_CONTACT",
    "PPRNET_RETRACTIONS_URL",
    "PPRNET_CHANNEL",
    "PPRNET_CURATORS",
    "PPRNET_TIMEZONE",
    "PPRNET_POST_HOUR",
    "PPRNET_LOOK_SECONDS",
    "PPRNET_CRISIS_LINE",
    "PPRNET_SHARED_CHANNELS",
    "PPRNET_APP_ID",
    "PPRNET_HOST",
    "PPRNET_LOG_LEVEL",
    "PPRNET_LOG_FORMAT",
    "PPRNET_MODEL_KEY",
    "PPRNET_MCP",
    "PPRNET_MCP_TOKEN",
    "PPRNET_MCP_HOST",
    "PPRNET_WORKSPACES",
    "PPRNET_SECRET_KEY",
    "PPRNET_SECRET_KEY_FILE",
    "PPRNET_CLIENT_ID",
    "PPRNET_CLIENT_SECRET",
    "PPRNET_PUBLIC_URL",
)
"""Every variable that is read. A test compares this list with `from_env` and docs/operator.md."""


class Reader:
    """Reads variables one by one, noting what is wrong with each."""

    def __init__(self, environ: Mapping[str, str]) -> None:
        self.environ = environ
        self.faults: list[str] = []

    def present(self, name: str) -> bool:
        return bool(self.environ.get(name, "").strip())

    def read(self, name: str, convert: Callable[[str], T], default: T) -> T:
        if not self.present(name):
            return default
        try:
            return convert(self.environ[name].strip())
        except ValueError as error:
            reason = "is malformed: it looks like a secret" if _SECRET.search(self.environ[name]) else error
            self.faults.append(f"{name} {reason}")
            return default

    def secret(self, name: str, prefix: str, what: str) -> str | None:
        value = self.environ.get(name, "").strip()
        if not value:
            return None
        if not re.fullmatch(re.escape(prefix) + r"[A-Za-z0-9._-]{4,1000}", value):
            self.faults.append(f"{name} is malformed: it must be {what} and start with {prefix}")
            return None
        return value

    def plain_secret(self, name: str, advice: str, least: int = 1) -> str | None:
        value = self.environ.get(name, "").strip()
        if value and not re.fullmatch(rf"[\x21-\x7e]{{{least},200}}", value):
            self.faults.append(f"{name} is malformed: {advice}")
            return None
        return value or None


def _default_database(environ: Mapping[str, str]) -> str:
    """Return the address of a file in the user's folder for state, or of the one that an earlier version left here."""
    place = OLD_DATABASE if _is_file(OLD_DATABASE) else _state_folder(environ) / "pprnet" / "pprnet.db"
    return f"sqlite+aiosqlite:///{place}"


def _is_file(path: Path) -> bool:
    """Return whether a file is there; False, too, in a folder that this user may not look into."""
    try:
        return path.is_file()
    except PermissionError:
        return False


def _state_folder(environ: Mapping[str, str]) -> Path:
    """Return where programs keep what must outlast a restart (XDG Base Directory Specification)."""
    named = Path(environ.get("XDG_STATE_HOME", ""))
    return named if named.is_absolute() else Path(environ.get("HOME") or os.path.expanduser("~")) / ".local" / "state"  # noqa: PTH111  (it raises nothing)


def _workspaces_faults(reader: Reader) -> list[str]:
    """Return what an installation for many workspaces lacks."""
    if reader.environ.get("PPRNET_WORKSPACES", "").strip().lower() != "on":
        return []
    needed = {
        "PPRNET_CLIENT_ID": "copy the Client ID from Basic Information, App Credentials",
        "PPRNET_CLIENT_SECRET": "copy the Client Secret from Basic Information, App Credentials",
        "PPRNET_PUBLIC_URL": "give the address at which browsers reach this bot, like https://pprnet.example.org",
    }
    faults = [
        f"{name} is not set, and PPRNET_WORKSPACES is on: {what}"
        for name, what in needed.items()
        if not reader.present(name)
    ]
    keys = [name for name in ("PPRNET_SECRET_KEY", "PPRNET_SECRET_KEY_FILE") if reader.present(name)]
    if len(keys) != 1:
        faults.append(
            "PPRNET_WORKSPACES is on: set one of PPRNET_SECRET_KEY and PPRNET_SECRET_KEY_FILE, the key that seals the "
            "workspaces' tokens. The one of before, if any joined; else openssl rand -hex 32 makes one"
        )
    return faults


def _retractions_faults(settings: Settings) -> list[str]:
    """Return what is wrong with the source of notices on papers and the other settings taken together."""
    from bot.blog.public_address import address_problem

    problem = address_problem(settings.retractions_url) if settings.retractions_url else None
    if problem is None or settings.allow_private_source:
        return []
    return [f"PPRNET_RETRACTIONS_URL cannot be used: {problem}. PPRNET_ALLOW_PRIVATE_SOURCE=on allows it"]


def _blog_check_faults(settings: Settings, *, serving: bool) -> list[str]:
    """Return what is wrong with the settings of the blog check taken together."""
    from bot.blog.public_address import address_problem

    faults = []
    private = address_problem(settings.source_url or "")
    if private and not settings.allow_private_source:
        faults.append(f"PPRNET_SOURCE_URL cannot be used: {private}. PPRNET_ALLOW_PRIVATE_SOURCE=on allows it")
    if settings.source_hours < 1 and not private:
        faults.append("PPRNET_SOURCE_HOURS is less than 1: a public site is asked once an hour at most")
    if serving and settings.approval and not settings.curators:
        faults.append(
            "PPRNET_CURATORS is not set: name who approves what PPRNET_SOURCE_URL brings, or set PPRNET_APPROVAL=off"
        )
    if serving and settings.knowledge.resolve() == default_root().resolve():
        faults.append(
            f"PPRNET_KNOWLEDGE is the library that comes with the bot ({default_root()}): with PPRNET_SOURCE_URL, copy it "
            "to a folder of your own and name that, so that new months can be written there"
        )
    return faults

"""The connections to a PostgreSQL server."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from sqlalchemy.engine import URL
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine
from sqlalchemy.util import await_only

from bot.store.errors import NoDriverError, StoreError

_PASSED_ON = ("ssl", "application_name", "target_session_attrs")
_WITHOUT_EFFECT = ("channel_binding", "connect_timeout", "gssencmode", "keepalives", "pgbouncer", "tcp_user_timeout")
"""How those parameters begin that providers print in a URL: what the driver understands, and what it has no use for."""


def postgresql_engine(url: URL, connect_timeout: float, command_timeout: float) -> AsyncEngine:
    """Return an engine whose connects and commands end in time, also where the server has fallen silent; and which works
    behind a pooler that gives each transaction another connection: no statement has to be there still. Raises StoreError.
    """
    passed = {name: value for name, value in url.query.items() if name.startswith(_PASSED_ON)}
    dropped = {name for name in url.query if name.startswith(_WITHOUT_EFFECT)}
    rest = set(url.query) - set(passed) - dropped - {"host", "port"}
    if rest:
        raise StoreError(f"PPRNET_DATABASE_URL has a parameter that the bot does not know: {min(rest)}")
    options: dict[str, Any] = {"dsn": f"postgresql:///?{urlencode(passed, doseq=True)}"} if passed else {}
    try:
        engine = create_async_engine(
            url.difference_update_query([*passed, *dropped]),
            pool_pre_ping=True,
            pool_size=5,
            max_overflow=5,
            pool_timeout=connect_timeout + command_timeout,
            hide_parameters=True,
            connect_args={
                "timeout": connect_timeout,
                "command_timeout": command_timeout,
                "statement_cache_size": 0,
                "prepared_statement_cache_size": 0,
                "prepared_statement_name_func": lambda: "",  # the next replaces it: closing it would be one more trip
                **options,
            },
        )
    except ModuleNotFoundError:
        raise NoDriverError from None
    engine.dialect.do_ping = _ping  # type: ignore[assignment,method-assign]
    return engine


def _ping(connection: Any) -> bool:
    """See that the server answers a connection of SQLAlchemy's pool, which is asked before each transaction: in one trip,
    where SQLAlchemy's own way takes four. Raises an error of the driver where it does not answer.
    """
    try:
        await_only(connection.driver_connection.execute("SELECT 1"))
    except Exception as error:
        connection._handle_exception(error)
    return True

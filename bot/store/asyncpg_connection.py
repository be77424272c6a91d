"""PostgreSQL connections of which every command ends in time. Imported only where the driver is installed."""

from __future__ import annotations

import asyncio
from typing import Any

import asyncpg  # type: ignore[import-untyped]
from sqlalchemy.util import await_only


class TimedConnection(asyncpg.Connection):  # type: ignore[misc]
    """A connection whose closing of old statements ends in time, too: the driver waits for that without a limit, so that a
    server which falls silent at that moment holds up a job for good.
    """

    __slots__ = ()

    async def _cleanup_stmts(self) -> Any:
        async with asyncio.timeout(self._config.command_timeout):
            return await super()._cleanup_stmts()


def ping(connection: Any) -> bool:
    """See that the server answers a connection of SQLAlchemy's pool, which is asked before each transaction: in one trip,
    where SQLAlchemy's own way takes four. Raises an error of the driver where it does not answer.
    """
    try:
        await_only(connection.driver_connection.execute("SELECT 1"))
    except Exception as error:
        connection._handle_exception(error)
    return True

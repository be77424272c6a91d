"""What happens to a database when it is opened: it is checked, and its tables are brought to this version's schema."""

from __future__ import annotations

from sqlalchemy import delete, text
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from bot.store.errors import OutOfReachError, StoreError, reason
from bot.store.migrate import NewerSchemaError, has_tables, migrate
from bot.store.sqlite_file import NAME_IT
from bot.store.tables import claims

MIGRATION_LOCK = 7_063_101
"""What one process at a time holds in PostgreSQL while it makes or changes tables."""
_NOT_YET = ("57P03", "53300")
"""What PostgreSQL says while it starts, and while it has too many connections."""
_WRITE = delete(claims).where(claims.c.key == "")
"""A write that changes nothing, and fails where the file is read-only."""


async def bring_forward(engine: AsyncEngine, place: str, schema: str | None, *, is_file: bool, must_exist: bool) -> None:
    """Migrate the tables to this version's schema: one process at a time, whole or not at all. `schema`: where they are in
    PostgreSQL, if not in the user's own. Raises StoreError (with `must_exist`, where the bot has no tables there yet);
    OutOfReachError where a server cannot be reached now.
    """
    try:
        async with engine.begin() as connection:
            await (_check_file(connection) if is_file else _check_server(connection, schema))
            if must_exist and not await connection.run_sync(has_tables):
                raise StoreError(f"{place} has no tables of the bot: {NAME_IT}")
            await connection.run_sync(migrate)
            await connection.execute(_WRITE)  # SQLite opens a read-only file without a word
    except StoreError:
        raise
    except NewerSchemaError:
        raise StoreError(
            "the database was used by a newer version of the bot, which this one cannot read: install that version "
            "again, or restore a backup from before"
        ) from None
    except Exception as error:  # drivers raise errors of their own while connecting
        is_passing = isinstance(error, OSError | TimeoutError) or getattr(error, "sqlstate", None) in _NOT_YET
        kind = OutOfReachError if is_passing and not is_file else StoreError
        raise kind(f"the database cannot be opened: {reason(error)}") from None


async def _check_file(connection: AsyncConnection) -> None:
    if (await connection.execute(text("PRAGMA quick_check(1)"))).scalar() != "ok":
        raise StoreError("the database file is damaged: restore it from a backup before the bot posts anything")


async def _check_server(connection: AsyncConnection, schema: str | None) -> None:
    """See that it can store everything, and take the lock under which one process at a time migrates."""
    encoding = (await connection.execute(text("SHOW server_encoding"))).scalar()
    if encoding != "UTF8":
        raise StoreError(
            f"the database's encoding is {encoding}, which cannot store all characters: create one with "
            "ENCODING 'UTF8' TEMPLATE template0"
        )
    await connection.execute(text(f"SELECT pg_advisory_xact_lock({MIGRATION_LOCK})"))
    if schema:
        await connection.execute(text(f'CREATE SCHEMA IF NOT EXISTS "{schema}"'))
        await connection.execute(text(f'SET LOCAL search_path TO "{schema}"'))

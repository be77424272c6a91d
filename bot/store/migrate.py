"""Bringing a database forward to the schema of this version, whole or not at all, in the transaction of the caller.

The caller holds a lock that lets one process at a time in here (`bot.store.database`). Alembic is imported only where there
is something to migrate: a new database gets today's tables at once, and a test checks that both ways end in the same schema.
"""

from __future__ import annotations

import logging
from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import Column, Connection, MetaData, String, Table, inspect, select

from bot.store.tables import metadata

if TYPE_CHECKING:
    from alembic.config import Config

log = logging.getLogger(__name__)

HEAD = "0014"
"""The schema of this version. A test compares it with the last migration."""
FIRST = "0001"
"""The schema of databases that were made before there were versions."""
FOLDER = Path(__file__).parent / "migrations"

VERSION_TABLE = "alembic_version"
_version = Table(VERSION_TABLE, MetaData(), Column("version_num", String(32), primary_key=True))


class NewerSchemaError(Exception):
    """The database was brought forward by a newer version of the bot, whose schema this one does not know."""


def is_current(connection: Connection) -> bool:
    """Return whether the tables are there as this version knows them."""
    return version_of(connection) == HEAD


def migrate(connection: Connection) -> None:
    """Make the tables, or bring them forward. Raises NewerSchemaError."""
    found = version_of(connection)
    if found == HEAD:
        return
    unversioned = found is None and has_tables(connection)
    if found is None and not unversioned:
        make_tables(connection)
        return
    logging.getLogger("alembic").setLevel(logging.WARNING)  # before it is imported: it writes about itself into the log
    from alembic import command

    config = _config()
    config.attributes["connection"] = connection
    if found and found not in known_versions():
        raise NewerSchemaError
    if unversioned:
        command.stamp(config, FIRST)
    command.upgrade(config, "head")
    log.info("migrated the database from schema %s to %s", found or FIRST, HEAD)


def make_tables(connection: Connection) -> None:
    """Make the tables of this version where there are none."""
    metadata.create_all(connection, checkfirst=False)
    _version.create(connection)
    connection.execute(_version.insert().values(version_num=HEAD))


def has_tables(connection: Connection) -> bool:
    """Return whether the bot has made its tables, in this version or an earlier one."""
    return version_of(connection) is not None or inspect(connection).has_table("delivery")


def version_of(connection: Connection) -> str | None:
    """Return the version of the tables: the one written in the database; None where there are none."""
    if not inspect(connection).has_table(_version.name):
        return None
    return connection.execute(select(_version.c.version_num)).scalars().first()


def known_versions() -> frozenset[str]:
    """Return the versions that this one can bring forward, and its own."""
    from alembic.script import ScriptDirectory

    return frozenset(script.revision for script in ScriptDirectory.from_config(_config()).walk_revisions())


def _config() -> Config:
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(FOLDER).replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    return config

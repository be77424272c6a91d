"""A real PgBouncer before a PostgreSQL server: Debian's `pgbouncer` (or PPRNET_TEST_PGBOUNCER=PROGRAM)."""

from __future__ import annotations

import asyncio
import contextlib
import os
import shutil
import tempfile
from collections.abc import AsyncIterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from tests.support.idle import PATIENCE
from tests.support.postgresql import PASSWORD, PostgreSQL
from tests.support.process import free_port

SETTINGS = """\
[databases]
* = host=127.0.0.1 port={server}
[pgbouncer]
listen_addr = 127.0.0.1
listen_port = {port}
unix_socket_dir =
auth_type = scram-sha-256
auth_file = {folder}/users
pool_mode = transaction
default_pool_size = 3
max_client_conn = 100
"""


def find_program() -> str | None:
    """Where the program is, if it is installed."""
    return os.environ.get("PPRNET_TEST_PGBOUNCER") or shutil.which("pgbouncer") or shutil.which("/usr/sbin/pgbouncer")


@contextlib.asynccontextmanager
async def pooled(server: PostgreSQL, url: str) -> AsyncIterator[str]:
    """Yield the address of a database through a pooler that gives each transaction another connection."""
    program = find_program()
    if program is None and os.environ.get("CI") == "true":
        pytest.fail("no PgBouncer is installed: apt-get install pgbouncer")
    if program is None:
        pytest.skip("no PgBouncer is installed: apt-get install pgbouncer, or set PPRNET_TEST_PGBOUNCER")
    port = free_port()
    with tempfile.TemporaryDirectory(prefix="pprnet-pgbouncer-", dir="/tmp") as name:
        settings = _written(Path(name), server.port, port, urlsplit(url).username or "")
        as_other = ("-u", "postgres") if os.geteuid() == 0 else ()
        process = await asyncio.create_subprocess_exec(program, *as_other, str(settings), stderr=asyncio.subprocess.DEVNULL)
        try:
            await _until_it_listens(port)
            yield url.replace(f":{server.port}/", f":{port}/")
        finally:
            process.terminate()
            await process.wait()


def _written(folder: Path, server: int, port: int, user: str) -> Path:
    folder.chmod(0o755)  # the program runs as another user where this one is root
    (folder / "users").write_text(f'"{user}" "{PASSWORD}"\n')
    settings = folder / "settings"
    settings.write_text(SETTINGS.format(server=server, port=port, folder=folder))
    return settings


async def _until_it_listens(port: int) -> None:
    async with asyncio.timeout(PATIENCE):
        while True:
            with contextlib.suppress(OSError):
                _reader, writer = await asyncio.open_connection("127.0.0.1", port)
                writer.close()
                return
            await asyncio.sleep(0.05)

"""A real PostgreSQL server for tests, from the binaries of Debian's `postgresql-15` (or PPRNET_TEST_POSTGRESQL=BINDIR)."""

from __future__ import annotations

import asyncio
import os
import shutil
import subprocess
import tempfile
import time
import uuid
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import asyncpg
import pytest

from tests.support.process import free_port

START_SECONDS = 30.0
PASSWORD = "secret"


@dataclass(frozen=True)
class PostgreSQL:
    """A running server: `port` on 127.0.0.1, `folder` has its data."""

    binaries: Path
    folder: Path
    port: int

    def url(self, user: str = "postgres", password: str = PASSWORD) -> str:
        """How PPRNET_DATABASE_URL names this server for a user."""
        return f"postgresql://{user}:{password}@127.0.0.1:{self.port}/postgres"

    async def new_database(self) -> str:
        """The URL of an empty database: a user with a schema of its own, made in a fraction of a database's time."""
        name = f"test_{uuid.uuid4().hex}"
        connection = await asyncpg.connect(self.url())
        await connection.execute(
            "SELECT pg_advisory_lock(1); "  # two grants at once on one database: "tuple concurrently updated"
            f"CREATE ROLE {name} LOGIN PASSWORD '{PASSWORD}'; CREATE SCHEMA AUTHORIZATION {name}; "
            f"GRANT CREATE ON DATABASE postgres TO {name}"  # for a schema of each workspace's own
        )
        await connection.close()
        return self.url(name)

    def start(self) -> None:
        """Start the server and wait until it answers."""
        # Only clients are killed in these tests, never the machine: without fsync they take a fraction of the time.
        options = f"-p {self.port} -c listen_addresses=127.0.0.1 -k {self.folder} -c fsync=off -c max_connections=300"
        self._control("start", "-w", "-t", str(int(START_SECONDS)), "-l", str(self.folder / "log"), "-o", options)

    def restart(self) -> None:
        """Restart without warning: every connection dies, inside transactions too."""
        self._control("restart", "-w", "-m", "immediate")

    def stop(self) -> None:
        """Stop at once."""
        self._control("stop", "-w", "-m", "fast")

    def _control(self, *words: str) -> None:
        as_postgres([self.binaries / "pg_ctl", "-D", self.folder / "data", *words])


def as_postgres(command: Sequence[str | Path]) -> None:
    """Run a program of the server, which refuses to be root: then as the user `postgres`."""
    words = [str(word) for word in command]
    user = {"user": "postgres", "group": "postgres", "extra_groups": []} if os.geteuid() == 0 else {}
    done = subprocess.run(words, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, cwd="/", check=False, **user)  # type: ignore[call-overload]
    if done.returncode:
        raise RuntimeError(f"{words[0]} ended with {done.returncode}: {done.stderr.decode(errors='replace')[-2000:]}")


def find_binaries() -> Path | None:
    """Where the server's programs are, if it is installed."""
    named = os.environ.get("PPRNET_TEST_POSTGRESQL")
    on_path = shutil.which("initdb")
    places = [Path(named)] if named else [Path(on_path).parent] if on_path else []
    if not named:
        places += sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)
    return next((place for place in places if (place / "initdb").exists() and (place / "pg_ctl").exists()), None)


@pytest.fixture(scope="session")
def postgresql() -> Iterator[PostgreSQL]:
    """A server for the whole session. Skipped where none is installed, except in CI (CI=true), where that is a failure."""
    binaries = find_binaries()
    if binaries is None:
        reason = "no PostgreSQL server is installed: apt-get install postgresql-15, or set PPRNET_TEST_POSTGRESQL"
        if os.environ.get("CI", "").lower() in {"1", "true", "yes"}:
            pytest.fail(reason)
        pytest.skip(reason)
    folder = Path(tempfile.mkdtemp(prefix="pprnet-postgresql-", dir="/tmp"))
    if os.geteuid() == 0:
        shutil.chown(folder, "postgres", "postgres")
    server = PostgreSQL(binaries, folder, free_port())
    password = folder / "password"
    password.write_text(PASSWORD)
    password.chmod(0o644)
    initdb: list[str | Path] = [
        binaries / "initdb",
        "-D",
        folder / "data",
        "-U",
        "postgres",
        "-A",
        "scram-sha-256",
        "--no-sync",
    ]
    try:
        as_postgres([*initdb, f"--pwfile={password}", "-E", "UTF8", "--locale=C"])
        server.start()
        yield server
        server.stop()
    finally:
        shutil.rmtree(folder, ignore_errors=True)


async def until_it_answers(server: PostgreSQL) -> None:
    """Wait until the server takes connections again."""
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline:
        try:
            await (await asyncpg.connect(server.url())).close()
        except (OSError, asyncpg.PostgresError):
            await asyncio.sleep(0.05)
        else:
            return
    raise TimeoutError("PostgreSQL does not answer")

"""Whatever the bot opens or waits for outside ends in time: each such call is found in the source, with what ends it."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

BOT = Path(__file__).parents[2] / "bot"

OPENING = frozenset(
    """
    AsyncWebClient AsyncWebhookClient ClientSession ObservedClient connect create_async_engine create_connection
    create_subprocess_exec create_subprocess_shell getaddrinfo open_connection open_unix_connection urlopen ws_connect
    """.split()
)
"""What opens something outside."""
WAITING = frozenset("communicate drain readline readuntil recv receive send_str".split())
"""What waits for something to come from outside."""
ENDED_OTHERWISE = {
    "slack/socket_mode.py ClientSession": "each use of it in this file has a time-out",
    "slack/socket_mode.py send_str": "a link that falls silent is closed by its heartbeat",
    "evidence/pictures.py create_subprocess_exec": "its caller's time-out, which kills the process",
    "evidence/pictures.py communicate": "the same",
    "store/copying.py connect": "a backup or a restore: a command of its own, which waits ten seconds for a lock",
    "store/state.py connect": "pprnet doctor: the engine's own time-outs; SQLite waits five seconds for a lock",
    "store/sqlite_file.py create_async_engine": "each connection waits for a lock as long as BUSY_TIMEOUT says",
    "meaning/process.py create_subprocess_exec": "a process of this machine, which is not waited for",
    "meaning/process.py readline": "a process of this machine: whoever waits for a reply has a time-out",
}
"""What ends a call that has neither an argument for it nor a time-out around it."""
BLOCKING = frozenset("ftplib http.client requests smtplib subprocess telnetlib urllib3 httpx psycopg".split())
"""What would hold the event loop while it waits."""
COMMANDS = frozenset(("cli/running.py", "store/copying.py"))
"""Commands of their own (health, doctor, backup, restore), which have no event loop to hold."""


def sources() -> Iterator[tuple[str, ast.Module]]:
    """Yield what runs beside the event loop of `serve`, by path."""
    for path in sorted(BOT.rglob("*.py")):
        if path.relative_to(BOT).parts[0] != "playground":
            yield str(path.relative_to(BOT)), ast.parse(path.read_text("utf-8"))


def is_time_out(item: ast.withitem) -> bool:
    """Return whether a `with` ends what is in it."""
    return ast.unparse(item.context_expr).startswith(("asyncio.timeout(", "timeout("))


def calls(node: ast.AST, *, within: bool = False) -> Iterator[tuple[ast.Call, bool]]:
    """Yield each call, and whether a time-out is around it in the same function."""
    for child in ast.iter_child_nodes(node):
        inside = within
        if isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda):
            inside = False
        if isinstance(child, ast.AsyncWith) and any(map(is_time_out, child.items)):
            inside = True
        if isinstance(child, ast.Call):
            yield child, within
            inside = within or ast.unparse(child.func).endswith("wait_for")
        yield from calls(child, within=inside)


def name_of(call: ast.Call) -> str:
    """Return the last part of what is called."""
    return call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")


def is_outside(call: ast.Call) -> bool:
    """Return whether a call opens something outside or waits for it."""
    name = name_of(call)
    if name == "connect":
        return ast.unparse(call.func) == "sqlite3.connect"  # others are SQLAlchemy's, whose engines have time-outs
    return name in OPENING or name in WAITING


def has_time_out(call: ast.Call) -> bool:
    """Return whether an argument of a call ends it."""
    return any("timeout" in ast.unparse(keyword) for keyword in call.keywords if keyword.arg in ("timeout", "connect_args"))


@pytest.mark.slow
def test_each_call_outside_is_ended_by_something() -> None:
    found, endless = set(), set()
    for path, tree in sources():
        for call, within in calls(tree):
            if is_outside(call):
                place = f"{path} {name_of(call)}"
                found.add(place)
                if not (within or has_time_out(call)):
                    endless.add(place)
    assert endless == set(ENDED_OTHERWISE)
    assert len(found) > len(endless) + 8


@pytest.mark.parametrize(
    ("line", "ends"),
    [
        ("aiohttp.ClientSession()", False),
        ("aiohttp.ClientSession(timeout=T)", True),
        ("AsyncWebClient(token='x')", False),
        ("sqlite3.connect('x')", False),
        ("create_async_engine(u, connect_args={'command_timeout': 1, 'timeout': 5})", True),
        ("create_async_engine(u, pool_size=5)", False),
    ],
)
def test_a_call_without_an_end_is_found(line: str, ends: bool) -> None:
    [(call, within)] = calls(ast.parse(line))
    assert is_outside(call)
    assert (within or has_time_out(call)) is ends


def test_nothing_that_would_hold_the_event_loop_is_used() -> None:
    for path, tree in sources():
        for node in ast.walk(tree):
            names = [each.name for each in node.names] if isinstance(node, ast.Import) else []
            names += [node.module or ""] if isinstance(node, ast.ImportFrom) else []
            assert path in COMMANDS or not BLOCKING & set(names), path

"""What takes long to make is made once for all tests of a process: the same files make the same corpus, and that one engine.

tests/conftest.py puts the functions that end in `_once` in the place of the bot's own and of Bolt's, in the tests' process
alone.
"""

from __future__ import annotations

import functools
import hashlib
import inspect
from collections import OrderedDict
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from types import CodeType
from typing import Any

from slack_bolt.lazy_listener import async_internals
from slack_bolt.listener import async_listener
from slack_bolt.listener_matcher import async_listener_matcher, builtins
from slack_bolt.util.utils import get_arg_names_of_callable as argument_names_anew
from sqlalchemy import ClauseElement, Connection, create_mock_engine
from sqlalchemy.dialects.postgresql.asyncpg import PGDialect_asyncpg
from sqlalchemy.dialects.sqlite.aiosqlite import SQLiteDialect_aiosqlite
from sqlalchemy.ext.asyncio import AsyncEngine
from sqlalchemy.util import LRUCache, await_only

from bot import knowledge
from bot.approval import blog_check
from bot.blog import archive_read, imported, pages
from bot.blog.page import Page
from bot.blog.recipe import Recipe
from bot.blog.recipe_file import the_blog
from bot.cli import library, sources
from bot.corpus import load as loading
from bot.corpus import strict_yaml, write
from bot.corpus.faults import Fault
from bot.corpus.load import load
from bot.corpus.model import Corpus, Issue, Notices, Topic
from bot.corpus.months import latest_month
from bot.extraction.facts import Facts, read_facts
from bot.outbox.delivery import Message
from bot.paths import default_root
from bot.search.engine import Engine
from bot.server import messages
from bot.store import migrate, postgresql, sqlite_file
from tests.tools.evaluation.figures import Evaluation, evaluate
from tests.tools.evaluation.sets import Judged

examine_anew = loading.examine
build_anew = knowledge.build
parse_anew = strict_yaml.parse
create_anew = sqlite_file.create_async_engine
make_tables_anew = migrate.make_tables
render_anew = messages.render

MOST_BYTES = 4_000_000
"""Of all files together. More than the shipped corpus has, less than the files that are made to break the loader."""
PARSER = strict_yaml._PARSER
SHIPPED_FILES = frozenset(path.read_bytes() for path in default_root().rglob("*.yaml"))
_KEPT = 16
_corpora: OrderedDict[bytes, Corpus] = OrderedDict()
_engines: OrderedDict[tuple[str, bool], Engine] = OrderedDict()
_documents: dict[bytes, strict_yaml.Node] = {}
_statements: LRUCache[Any, Any] = LRUCache(1000)
_evaluations: dict[tuple[str, bool, tuple[Judged, ...]], Evaluation] = {}


def shipped_corpus() -> Corpus:
    """Return the shipped corpus."""
    return load(default_root())


def shipped_engine() -> Engine:
    """Return the engine over the shipped corpus."""
    return engine_of(shipped_corpus())


def engine_of(corpus: Corpus) -> Engine:
    """Return the engine over a corpus that was read from files, made once."""
    key = _key(corpus)
    engine = _engines.pop(key, None) or Engine(corpus)
    _engines[key] = engine
    _forget_the_oldest(_engines)
    return engine


def evaluate_once(engine: Engine, questions: Iterable[Judged]) -> Evaluation:
    """Ask every question, once for all tests of this process."""
    key = (*_key(engine.corpus), tuple(questions))
    if key not in _evaluations:
        _evaluations[key] = evaluate(engine, key[2])
    return _evaluations[key]


def examine_once(root: Path) -> tuple[Corpus, list[Fault]]:
    """`bot.corpus.load.examine`; a corpus without faults is read once, wherever its files lie."""
    before = _shipped_content() if root == default_root() else _content_of(root)
    if before is not None and before in _corpora:
        _corpora.move_to_end(before)
        return _corpora[before], []
    corpus, faults = examine_anew(root)
    if before is not None and not faults and _content_of(root) == before:  # else it was written to meanwhile
        _corpora[before] = corpus
        _forget_the_oldest(_corpora)
    return corpus, faults


def parse_once(data: bytes) -> strict_yaml.Node:
    """`bot.corpus.strict_yaml.parse`; most copies of the shipped corpus differ in one file. Nobody changes a node."""
    if data not in SHIPPED_FILES or strict_yaml._PARSER is not PARSER:
        return parse_anew(data)
    if data not in _documents:
        _documents[data] = parse_anew(data)
    return _documents[data]


def page_once(data: bytes, *, charset: str | None = None, address: str | None = None, recipe: Recipe | None = None) -> Page:
    """`bot.blog.pages.read_page`; of the address only the query says something of what is on the page."""
    if recipe not in (None, the_blog()):
        return pages.read_page(data, charset=charset, address=address, recipe=recipe)
    asked = (data, charset, address and address.partition("?")[2], latest_month())
    if asked not in _pages:
        _pages[asked] = pages.read_page(data, charset=charset, address=address)
    return _pages[asked]


def read_once(title: str, summary: str, citation: str | None, topics: Sequence[Topic] = ()) -> Facts:
    """`bot.extraction.facts.read_facts`: a blog that a bot checks shows the same entries in each test."""
    return _facts(title, summary, citation, tuple(topics))


_months: LRUCache[Any, tuple[Issue, list[Message]]] = LRUCache(200)
_pages: LRUCache[Any, Page] = LRUCache(200)
_facts = functools.lru_cache(maxsize=2000)(read_facts)


def render_once(issue: Issue, by: str | None = None, noted_by: str | None = None) -> list[Message]:
    """`bot.server.messages.render`, for the fork servers of the crash tests, whose processes post the same months."""
    asked = (id(issue), by, noted_by)
    if asked not in _months:
        _months[asked] = (issue, render_anew(issue, by, noted_by))
    return list(_months[asked][1])


def build_once(root: Path, notices: Notices | None = None) -> Engine:
    """`bot.knowledge.build`, with an engine that other tests have used."""
    return engine_of(load(root).with_notices(notices or {}))


def create_once(*address: Any, **options: Any) -> AsyncEngine:
    """`create_async_engine`; what was compiled for the database of another test is not compiled again."""
    engine = create_anew(*address, **options)
    engine.sync_engine._compiled_cache = _statements
    return engine


def make_tables_once(connection: Connection) -> None:
    """`bot.store.migrate.make_tables`; a server gets all statements in one message, of each test the same."""
    if connection.dialect.name == "sqlite":
        make_tables_anew(connection)
    else:
        await_only(connection.connection.driver_connection.execute(_statements_of_tables()))  # type: ignore[union-attr]


@functools.cache
def _statements_of_tables() -> str:
    said: list[str] = []
    asked = create_mock_engine("postgresql+asyncpg://", lambda each, *_, **__: said.append(_as_text(each)))
    make_tables_anew(asked)  # type: ignore[arg-type]
    return ";\n".join(said)


def _as_text(statement: ClauseElement) -> str:
    return str(statement.compile(dialect=PGDialect_asyncpg(), compile_kwargs={"literal_binds": True}))


def argument_names_once(function: Callable[..., object]) -> list[str]:
    """`get_arg_names_of_callable` of Bolt, which asks it three times of each listener of each bot."""
    code = getattr(inspect.unwrap(function), "__code__", None)
    if code is None:
        return argument_names_anew(function)
    if code not in _argument_names:
        _argument_names[code] = argument_names_anew(function)
    return _argument_names[code]


_argument_names: dict[CodeType, list[str]] = {}


def _key(corpus: Corpus) -> tuple[str, bool]:
    """The same files are the same corpus, with their asks or without them."""
    return corpus.fingerprint, any(summary.asks for summary in corpus)


@functools.cache
def _shipped_content() -> bytes | None:
    """The same for the shipped corpus, which no test changes."""
    return _content_of(default_root())


def _content_of(root: Path) -> bytes | None:
    """Return a hash of all files of a corpus; None where a file cannot be read or they are large."""
    digest = hashlib.sha256(repr(strict_yaml._PARSER).encode())
    size = 0
    try:
        for path in sorted(root.rglob("*")):
            if path.is_dir():
                continue
            if not path.is_file() or (size := size + path.stat().st_size) > MOST_BYTES:
                return None
            content = path.read_bytes()
            digest.update(f"{path.relative_to(root)} {len(content)}\0".encode("utf-8", "surrogateescape"))
            digest.update(content)
    except OSError:
        return None
    return digest.digest()


def _forget_the_oldest(kept: OrderedDict[bytes, Corpus] | OrderedDict[tuple[str, bool], Engine]) -> None:
    while len(kept) > _KEPT:
        kept.popitem(last=False)


def install() -> None:
    """Have the bot read each corpus, build each engine and compile each statement once in this process."""
    for module in (loading, write, library):
        module.examine = examine_once  # type: ignore[attr-defined]
    loading.parse = parse_once
    imported.read_facts = read_once
    for reads in (archive_read, sources, blog_check):
        reads.read_page = page_once  # type: ignore[attr-defined]
    knowledge.build = build_once
    migrate.make_tables = make_tables_once
    for asks in (async_listener, async_listener_matcher, builtins, async_internals):
        asks.get_arg_names_of_callable = argument_names_once
    for of in (sqlite_file, postgresql):
        of.create_async_engine = create_once  # type: ignore[attr-defined]
    # All of a kind are made with the same options, so that what one compiles serves the others.
    for dialect in (SQLiteDialect_aiosqlite, PGDialect_asyncpg):
        dialect.__eq__ = lambda one, other: type(one) is type(other)  # type: ignore[assignment,method-assign]
        dialect.__hash__ = lambda one: hash(type(one))  # type: ignore[method-assign]

"""The docs and the manifest keep up with the code: what is undocumented, or documented and gone, fails here."""

from __future__ import annotations

import argparse
import functools
import importlib
import importlib.util
import re
import shlex
import tomllib
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from bot import settings
from bot.cli.main import SUBCOMMANDS, _parser
from bot.commands.parse import parse
from bot.commands.table import Place
from bot.search.engine import Engine
from bot.settings import Settings, SettingsError
from bot.store.tables import metadata
from bot.store.workspaces import directory
from tests.support import selection
from tests.support.once import shipped_engine
from tests.tools import docs
from tests.tools.evaluation import recorded
from tests.unit import test_layout

ROOT = Path(__file__).parents[2]
PAGES = [*sorted(ROOT.glob("*.md")), *sorted((ROOT / "docs").glob("*.md"))]
README = (ROOT / "README.md").read_text("utf-8")
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
PARTS = (
    "*Search research*",
    "*Find related research*",
    "*Home*",
    "*Already posted*",
    "crisis words",
    "*Share*",
    "*Save*",
    "*Follow*",
    "*I'll use it*",
    "*Something wrong?*",
    "learning log",
    "journal clubs",
    "`evidence`",
    "shared channels",
    "new months",
    "approval",
)
"""What people meet in Slack, as the privacy page's table calls it."""
FOREIGN = {
    "git",
    "cd",
    "systemctl",
    "useradd",
    "sqlite3",
    "cp",
    "pg_dump",
    "journalctl",
    "apt-get",
    "docker",
    "install",
    "nano",
    "promtool",
    "openssl",
}
"""Commands of the docs that are not ours."""


def page(name: str) -> str:
    """A page of the docs."""
    return (ROOT / "docs" / f"{name}.md").read_text("utf-8")


def section(text: str, title: str) -> str:
    """A page's part under a heading, with the headings below it."""
    found = re.search(rf"^(#+) {re.escape(title)}$", text, flags=re.MULTILINE)
    assert found, title
    return re.split(rf"^#{{1,{len(found[1])}}} ", text[found.end() :], maxsplit=1, flags=re.MULTILINE)[0]


def first_cells(text: str) -> list[str]:
    """The code spans that begin the rows of a table."""
    return re.findall(r"^\| `([^`]+)`", text, flags=re.MULTILINE)


def prose(text: str) -> str:
    """A page without its code blocks."""
    return re.sub(r"^ *```.*?^ *```$", "", text, flags=re.MULTILINE | re.DOTALL)


def code_spans(text: str) -> list[str]:
    """What is set as code in the running text."""
    return re.findall(r"`([^`\n]+)`", prose(text))


def commands() -> Iterator[tuple[str, list[str]]]:
    """Every command in a code block of the docs, as its words without the settings before it, with its page."""
    for path in PAGES:
        for block in re.findall(r"^ *```sh\n(.*?)^ *```$", path.read_text("utf-8"), flags=re.MULTILINE | re.DOTALL):
            for line in block.splitlines():
                words = shlex.split(line, comments=True)
                while words:
                    end = words.index("&&") if "&&" in words else len(words)
                    first, words = words[:end], words[end + 1 :]
                    while re.fullmatch(r"[A-Z_]+=.*", first[0]):
                        first = first[1:]
                    yield path.name, first


COMMANDS = list(commands())


# Settings


def test_the_settings_read_are_the_settings_listed_and_documented() -> None:
    source = (ROOT / "bot" / "settings" / "settings.py").read_text("utf-8")
    read = set(re.findall(r"reader\.\w+\(\s*\"([A-Z_]+)\"", source))
    assert read == set(settings.VARIABLES)
    assert sorted(first_cells(section(page("operator"), "Settings"))) == sorted(read)


@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.name)
def test_no_page_names_a_setting_that_does_not_exist(path: Path) -> None:
    known = {*settings.VARIABLES}
    named = set(re.findall(r"\b(?:PPRNET|SLACK)_[A-Z_]+\b", path.read_text("utf-8")))
    of_tests = {name for name in named if re.match(r"PPRNET_(?:TEST|CRASH)_", name)}
    tests = "\n".join(each.read_text("utf-8") for each in (ROOT / "tests").rglob("*.py") if each != Path(__file__))
    assert {name for name in of_tests if name not in tests} == set()
    assert named - of_tests - known == set()


def test_the_defaults_documented_are_the_defaults() -> None:
    rows = re.findall(r"^\| `([A-Z_]+)` \| .+ \| `([^`]+)` \|$", section(page("operator"), "Settings"), flags=re.MULTILINE)
    assert len(rows) >= 10
    unset = Settings.from_env({})
    for name, default in rows:
        assert Settings.from_env({name: default}) == unset, name


def test_the_example_settings_of_the_service_are_accepted() -> None:
    lines = (ROOT / "deploy" / "pprnet.env.example").read_text("utf-8").splitlines()
    found = dict(line.split("=", 1) for line in lines if line and not line.startswith("#"))
    try:
        made_up = {"SLACK_BOT_TOKEN": "xoxb-made-up", "SLACK_APP_TOKEN": "xapp-made-up"}
        Settings.from_env(found | made_up, needs=("slack", "door"))
    except SettingsError as error:
        pytest.fail("; ".join(error.faults))


def test_only_settings_reads_the_environment() -> None:
    readers = [
        path.name
        for path in (ROOT / "bot").rglob("*.py")
        if re.search(r"os\.environ\[|os\.getenv|environ\.get", path.read_text("utf-8"))
    ]
    # What systemd tells the process is no setting of anyone's.
    assert sorted(readers) == ["service_manager.py", "settings.py"]


# Commands


def parser(name: str) -> argparse.ArgumentParser:
    """The real parser of `pprnet`, with the arguments of one subcommand."""
    return _parser(name)


def options_of(name: str) -> set[str]:
    """The options that a subcommand knows."""
    (subparsers,) = (each for each in parser(name)._actions if isinstance(each, argparse._SubParsersAction))
    actions = subparsers.choices[name]._actions
    return {option for action in actions for option in action.option_strings} - {"-h", "--help"}


def test_every_subcommand_is_documented_with_every_option_and_nothing_else() -> None:
    rows = [row for row in page("command-line").splitlines() if row.startswith("| `pprnet ")]
    found: dict[str, set[str]] = {}
    for row in rows:
        first = row.split(" | ")[0]
        for name in re.findall(r"`pprnet ([a-z]+)", first):
            found.setdefault(name, set()).update(re.findall(r"(?<![\w-])--?[a-z][a-z-]*", first))
    assert set(found) == set(SUBCOMMANDS)
    text = page("command-line")
    for name, documented in found.items():
        known = options_of(name)
        assert documented <= known, name
        missing = {option for option in known - documented - {"--output"} if option.startswith("--")}
        assert {option for option in missing if f"`pprnet {name} {option}" not in text} == set(), name


def complain(message: str) -> None:
    raise ValueError(message)


def check_call(words: list[str]) -> None:
    """Raises ValueError, or SystemExit for --version, where a call of `pprnet` is not understood."""
    try:
        found = parser(words[0])
        for each in (found, *(sub for action in found._actions if action.choices for sub in dict(action.choices).values())):
            each.error = complain  # type: ignore[method-assign, assignment]
        found.parse_args(words)
    except SystemExit as end:
        if end.code:
            raise ValueError(f"pprnet {' '.join(words)}") from None


def check_module(words: list[str]) -> None:
    """Asserts that `python -m` finds a module, and that the module takes these arguments."""
    name, *arguments = words
    assert importlib.util.find_spec(name), name
    main = f"{name}.__main__" if importlib.util.find_spec(name).submodule_search_locations else name  # type: ignore[union-attr]
    assert importlib.util.find_spec(main), main
    if arguments:
        module = importlib.import_module(main)
        module._parser().parse_args(arguments)
    for path in (each for each in arguments if "/" in each):
        assert (ROOT / path).exists(), path


def check_pip(words: list[str]) -> None:
    """Asserts that the files and extras named are there."""
    for before, word in zip(["", *words], words, strict=False):
        if before == "-c":
            assert (ROOT / word).is_file(), word
        elif word.startswith(".") and (extras := re.fullmatch(r"\.\[([a-z,]+)\]", word)):
            assert set(extras[1].split(",")) <= set(PROJECT["optional-dependencies"]), word


@pytest.mark.parametrize(("name", "words"), COMMANDS, ids=[" ".join(words)[:60] for _, words in COMMANDS])
def test_the_commands_in_the_docs_work(name: str, words: list[str]) -> None:
    program, *arguments = words
    program = program.rsplit("/", 1)[-1]
    if program == "pprnet":
        check_call(arguments)
    elif program.startswith("python"):
        assert arguments[0] == "-m"
        if arguments[1] == "venv":
            assert arguments[2:] == [".venv"]
        else:
            check_module(arguments[1:])
    elif program in ("pip", "uv"):
        check_pip(arguments)
    elif program in ("pytest", "bash", "ruff", "mypy"):
        for path in (each for each in arguments if "/" in each):
            assert (ROOT / path).exists(), path
        if program == "pytest":
            check_pytest(arguments)
    else:
        assert program in FOREIGN, f"{name}: {program}"


def check_pytest(arguments: list[str]) -> None:
    """Asserts that pytest would find tests with these arguments: by the markers of `-m`, in the files and folders named."""
    known = argparse.ArgumentParser(exit_on_error=False)
    known.add_argument("-m", default="")
    known.add_argument("paths", nargs="*", type=lambda path: ROOT / path)
    asked = known.parse_args(arguments)
    for path in asked.paths:
        files = path.rglob("test_*.py") if path.is_dir() else [path]
        assert any(re.search(r"^(?:async )?def test_", file.read_text("utf-8"), flags=re.MULTILINE) for file in files), path
    markers = set(re.findall(r"\w+", asked.m)) - {"and", "or", "not"}
    assert markers <= selection.LEFT_OUT.keys(), asked.m


@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.name)
def test_calls_of_pprnet_in_the_text_name_what_there_is(path: Path) -> None:
    for span in code_spans(path.read_text("utf-8")):
        words = span.split()
        if words[0] not in ("pprnet", ".venv/bin/pprnet") or len(words) == 1 or path.name == "CHANGELOG.md":
            continue
        if words[1] in SUBCOMMANDS:
            known = options_of(words[1]) | {"--help"}
            assert {word.strip("[]") for word in words if word.strip("[]").startswith("-")} <= known, span
        else:
            assert words[1] in ("--help", "--version", "help"), span


@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.name)
def test_what_is_typed_in_slack_is_a_command_or_a_question(path: Path) -> None:
    for span in code_spans(path.read_text("utf-8")):
        if span.startswith("/pprnet ") and path.name != "CHANGELOG.md":
            parsed = parse(span.removeprefix("/pprnet "), Place.CHANNEL, engine().knows, date(2023, 5, 31))
            assert not parsed.meant, span


@functools.cache
def engine() -> Engine:
    """The search over the library that comes with the bot."""
    return shipped_engine()


@pytest.mark.parametrize("name", ["commands", "month file"])
def test_the_generated_tables_are_those_of_the_code(name: str) -> None:
    found = {title: text for path in PAGES for title, text in docs.parts(path.read_text("utf-8")).items()}
    assert found.keys() == docs.PARTS.keys()
    assert found[name] == docs.PARTS[name](), "run: python -m tests.tools.docs"


def test_the_figures_are_those_recorded() -> None:
    known = recorded.read_recorded(ROOT / "tests" / "relevance" / "recorded.yaml")
    rows = re.findall(
        r"^\| ([a-z0-9-]+) \(\d+ \+ \d+\) \| (.+) \|$", docs.parts(page("how-it-finds"))["figures"], re.MULTILINE
    )
    assert {name for name, _ in rows} == set(known)
    for name, cells in rows:
        shown = [cell.split()[0] for cell in cells.split(" | ")]
        figures = known[name].figures
        assert shown == [f"{figures[column][0]:.2f}" for column in docs.COLUMNS.values()], name


def test_every_table_of_figures_has_its_command() -> None:
    text = page("how-it-finds")
    for title in ("Figures", "Speed"):
        part = section(text, title)
        for table in re.finditer(r"(?:^\|.+\n)+", part, flags=re.MULTILINE):
            assert "```sh" in part[: table.start()], table[0][:60]


# Privacy


def test_of_every_part_it_is_said_what_is_stored_and_how_it_is_erased() -> None:
    rows = re.findall(r"^\| (.+?) \|.+\|.*\|$", section(page("privacy"), "What is stored"), flags=re.MULTILINE)
    assert {part for part in PARTS if not any(part in row for row in rows)} == set()


def test_every_table_of_the_database_is_on_the_privacy_page_and_no_other() -> None:
    rows = re.findall(r"^\| .+ \| (.*) \|$", section(page("privacy"), "What is stored"), flags=re.MULTILINE)
    named = {name for row in rows for name in re.findall(r"`([a-z_]+)`", row)}
    assert named == set(metadata.tables) | set(directory.tables)


# Architecture


def test_the_picture_of_the_rooms_is_that_of_the_imports() -> None:
    picture = re.search(r"```mermaid\n(.+?)```", page("architecture"), re.DOTALL)
    assert picture
    rooms = set(re.findall(r"^    (\w+)\[", picture[1], flags=re.MULTILINE))
    folders = {path.name for path in (ROOT / "bot").iterdir() if (path / "__init__.py").is_file()}
    assert rooms == folders | {"knowledge", "ground"}
    real = {
        (test_layout.room_of(path), name.split(".")[1])
        for path in test_layout.files()
        for name in test_layout.imported(path)
        if name.startswith("bot.")
    }
    for room, targets in re.findall(r"^    (\w+)\[.+\] --> (.+)$", picture[1], flags=re.MULTILINE):
        for target in targets.split(" & "):
            assert target == "ground" or (room, target) in real, f"{room} does not import {target}"


# Pages


def test_the_readme_is_short() -> None:
    assert len(README.splitlines()) <= 150


@pytest.mark.parametrize("name", ["first", "tests"])
def test_the_readme_holds_its_two_commands(name: str) -> None:
    block = re.search(rf"<!-- {name} -->\n```sh\n(.+)\n```\n<!-- end -->", README)
    assert block
    assert block[1].startswith("python3 -m venv .venv && ")

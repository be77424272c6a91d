"""The page's files. A browser takes time for each that it asks for, so it gets all style sheets as one, and all scripts.

They are joined once: start the playground again to see a change in one.
"""

from __future__ import annotations

import functools
import posixpath
import re
from collections.abc import Callable
from pathlib import Path

FOLDER = Path(__file__).parent / "page"
SCRIPT = "main.js"
STYLES = "page.css"

_IMPORT = re.compile(r"""^import (?:\* as (?P<whole>\w+)|(?P<names>\{[^}]*\})) from "(?P<path>[./\w-]+)";$""", re.MULTILINE)
_EXPORT = re.compile(r"^export (?=(?:async )?(?:function|class|const) (\w+))", re.MULTILINE)
_OTHER = re.compile(r"^(?:import|export)\b|\bimport\(", re.MULTILINE)
_IMPORTED_STYLES = re.compile(r'^@import "(?P<path>[./\w-]+)";$', re.MULTILINE)


def content(name: str) -> bytes | None:
    """Return a file of the page, or None where it has none of this name."""
    if (joined := _JOINED.get(name)) is not None:
        return joined().encode()
    path = FOLDER / name
    return path.read_bytes() if path.suffix in (".html", ".svg", ".png") and path.is_file() else None


@functools.cache
def _styles() -> str:
    """Return the style sheets that the first one imports, in its order."""
    return _IMPORTED_STYLES.sub(lambda found: _read(found["path"]), _read(STYLES))


@functools.cache
def _script() -> str:
    """Return a script that runs each module once, after those that it imports, and exports them all by their files."""
    modules: dict[str, str] = {}
    _add(SCRIPT, modules, ())
    return "\n".join(("export const modules = {};", *modules.values()))


def _add(name: str, modules: dict[str, str], importing: tuple[str, ...]) -> None:
    """Add a module after those that it imports. Raises ValueError where they import each other, or in another form."""
    if name in importing:
        raise ValueError(f"modules import each other: {', '.join((*importing, name))}")
    if name in modules:
        return

    def bound(found: re.Match[str]) -> str:
        path = posixpath.normpath(posixpath.join(posixpath.dirname(name), found["path"]))
        _add(path, modules, (*importing, name))
        return f'const {found["whole"] or found["names"]} = modules["{path}"];'

    text = _IMPORT.sub(bound, _read(name))
    names = ", ".join(_EXPORT.findall(text))
    text = _EXPORT.sub("", text)
    if (other := _OTHER.search(text)) is not None:
        raise ValueError(f"{name} imports or exports in another form: {text[other.start() :].splitlines()[0]}")
    modules[name] = f'modules["{name}"] = (() => {{\n{text}\nreturn {{ {names} }};\n}})();'


def _read(name: str) -> str:
    return (FOLDER / name).read_text("utf-8")


_JOINED: dict[str, Callable[[], str]] = {SCRIPT: _script, STYLES: _styles}

"""What the browser gets as one file has all that was written in many."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.playground import page_files


def written(suffix: str) -> list[Path]:
    return sorted(page_files.FOLDER.rglob(f"*{suffix}"))


def joined(name: str) -> str:
    content = page_files.content(name)
    assert content is not None
    return content.decode()


def test_every_style_sheet_is_in_the_one_that_is_loaded() -> None:
    styles = joined("page.css")
    assert "@import" not in styles
    for path in written(".css"):
        assert path.name == "page.css" or path.read_text("utf-8") in styles, path


def test_every_module_runs_once_and_after_those_that_it_imports() -> None:
    script = joined("main.js")
    names = [path.relative_to(page_files.FOLDER).as_posix() for path in written(".js")]
    for name in names:
        assert script.count(f'\nmodules["{name}"] = ') == 1, name
        assert name == "main.js" or script.index(f' = modules["{name}"];') > script.index(f'\nmodules["{name}"] = '), name


@pytest.mark.parametrize(
    ("files", "reason"),
    [
        ({"main.js": 'import { a } from "./a.js";\n', "a.js": 'import { b } from "./main.js";\n'}, "import each other"),
        ({"main.js": 'import a from "./a.js";\n', "a.js": ""}, "in another form"),
        ({"main.js": "export { a };\n"}, "in another form"),
        ({"main.js": 'const a = await import("./a.js");\n'}, "in another form"),
    ],
)
def test_what_cannot_be_joined_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, files: dict[str, str], reason: str
) -> None:
    for name, text in files.items():
        (tmp_path / name).write_text(text, "utf-8")
    monkeypatch.setattr(page_files, "FOLDER", tmp_path)
    page_files._script.cache_clear()
    try:
        with pytest.raises(ValueError, match=reason):
            page_files.content("main.js")
    finally:
        page_files._script.cache_clear()

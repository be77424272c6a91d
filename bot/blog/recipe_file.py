"""From a recipe's file to a `Recipe`, or to the list of every fault in it, each with its line and what is expected."""

from __future__ import annotations

from collections.abc import Callable
from enum import Enum
from functools import lru_cache
from pathlib import Path
from typing import TypeVar

from bot.blog.headings import Headings
from bot.blog.month_lines import Months
from bot.blog.page_address import Paging
from bot.blog.recipe import RECIPES, CitationPlace, Form, MonthPlace, Recipe
from bot.blog.wording import wordings
from bot.corpus.faults import Fault
from bot.corpus.fields import Fields
from bot.corpus.source import source_of
from bot.corpus.strict_yaml import Node, YamlError, parse
from bot.errors import ExpectedError

MAX_BYTES = 64 * 1024
LEAST_LETTERS = 4
"""Letters of a line that a recipe passes over by its beginning: a shorter one would swallow text."""
_Choice = TypeVar("_Choice", bound=Enum)


class RecipeError(ExpectedError):
    """A recipe that cannot be used; the message lists its faults with file, line and what is expected."""

    def __init__(self, faults: list[Fault]) -> None:
        self.faults = sorted(faults)
        super().__init__("; ".join(map(str, self.faults)))

    @property
    def lines(self) -> tuple[str, ...]:
        """Return the faults, one a line."""
        return tuple(map(str, self.faults))


def read_recipe(name: str) -> Recipe:
    """Return the recipe in a file, or the shipped one of this name. Raises RecipeError."""
    shipped = RECIPES / f"{name}.yaml"
    path = shipped if name in names() else Path(name)
    try:
        if not path.is_file():
            there = f"there is no such file; the recipes that come with the bot are {', '.join(names())}"
            raise RecipeError([Fault(name, 0, "", there)])
        with path.open("rb") as file:
            data = file.read(MAX_BYTES + 1)
    except (OSError, ValueError) as error:
        raise RecipeError([Fault(name, 0, "", f"cannot be read ({getattr(error, 'strerror', 'malformed name')})")]) from None
    return recipe_of(data, name)


@lru_cache(maxsize=1)
def the_blog() -> Recipe:
    """Return the recipe of the PPRNet blog, which comes with the bot."""
    return read_recipe("pprnet-blog")


def names() -> list[str]:
    """Return the names of the recipes that come with the bot."""
    return sorted(path.stem for path in RECIPES.glob("*.yaml"))


def recipe_of(data: bytes, file: str) -> Recipe:
    """Return the recipe that a file's content is. Raises RecipeError."""
    fields = Fields(file)
    recipe: Recipe | None = None
    try:
        if len(data) > MAX_BYTES:
            raise YamlError(f"the file is larger than {MAX_BYTES // 1024} kB, so it is no recipe")
        recipe = _recipe(parse(data), fields)
    except YamlError as error:
        fields.fault(error.line or 0, "", error.problem)
    if fields.faults or recipe is None:
        raise RecipeError(fields.faults)
    return recipe


def _recipe(node: Node, fields: Fields) -> Recipe | None:
    top = fields.mapping(
        node,
        "",
        required=("name", "url", "known_by", "months", "implications"),
        optional=("by", "subjects", "citation", "passed_over", "foot", "archive"),
    )
    source = source_of(fields, top, "")
    known_by = [
        _wordings(fields, item, path) for item, path in fields.items(top.get("known_by"), "known_by", least=1, most=9)
    ]
    subjects = _wordings(fields, top["subjects"], "subjects") if "subjects" in top else ()
    months_at = (
        fields.mapping(top["months"], "months", required=("formats",), optional=("place",)) if "months" in top else {}
    )
    formats = _all_wordings(fields, months_at.get("formats"), "months.formats", _fits)
    said = (
        fields.mapping(top["implications"], "implications", required=("headings",), optional=("form", "about"))
        if "implications" in top
        else {}
    )
    headings = _all_wordings(fields, said.get("headings"), "implications.headings", _has_letters)
    about = fields.texts(said.get("about"), "implications.about", most=20, length=40)
    place, label = _citation(fields, top.get("citation"))
    found = Recipe(
        source=source,
        known_by=tuple(known_by),
        months=Months(formats or ("{month} {year}",)),
        headings=Headings(headings or ("Practice Implications",), about),
        subjects=subjects,
        month_place=_choice(fields, months_at.get("place"), "months.place", MonthPlace, MonthPlace.ABOVE),
        citation_place=place,
        citation_label=label,
        form=_choice(fields, said.get("form"), "implications.form", Form, Form.TEXT),
        passed_over=_named(fields, top.get("passed_over"), "passed_over"),
        foot=_named(fields, top.get("foot"), "foot"),
        paging=_paging(fields, top.get("archive")),
    )
    return None if fields.faults else found


def _citation(fields: Fields, node: Node | None) -> tuple[CitationPlace, str | None]:
    if node is None:
        return CitationPlace.UNDER_TITLE, None
    keys = fields.mapping(node, "citation", required=("place",), optional=("label",))
    place = _choice(fields, keys.get("place"), "citation.place", CitationPlace, CitationPlace.UNDER_TITLE)
    label = fields.optional_text(keys.get("label"), "citation.label", most=40)
    return place, label.rstrip(" :") if label else None


def _paging(fields: Fields, node: Node | None) -> Paging:
    if node is None:
        return Paging()
    keys = fields.mapping(node, "archive", required=("page",), optional=("filters", "chosen"))
    return Paging(
        page=fields.text(keys.get("page"), "archive.page", most=40),
        filters=fields.optional_text(keys.get("filters"), "archive.filters", most=40),
        chosen=fields.optional_text(keys.get("chosen"), "archive.chosen", most=40),
    )


def _choice(fields: Fields, node: Node | None, path: str, choices: type[_Choice], default: _Choice) -> _Choice:
    """Return the member that a text names."""
    if node is None:
        return default
    values = {str(each.value): each for each in choices}
    return values.get(fields.choice(node, path, tuple(values)), default)


def _wordings(fields: Fields, node: Node, path: str, check: Callable[[str], None] | None = None) -> tuple[str, ...]:
    text = fields.text(node, path, most=1000)
    if not text:
        return ()
    try:
        found = tuple(filter(None, wordings(text)))
        for each in found:
            (check or _has_letters)(each)
    except ValueError as error:
        fields.fault(node, path, str(error))
        return ()
    return found


def _all_wordings(fields: Fields, node: Node | None, path: str, check: Callable[[str], None]) -> tuple[str, ...]:
    found = [
        each for item, where in fields.items(node, path, least=1, most=50) for each in _wordings(fields, item, where, check)
    ]
    return tuple(dict.fromkeys(found))


def _fits(text: str) -> None:
    Months((text,))


def _has_letters(text: str) -> None:
    if sum(char.isalpha() for char in text) < LEAST_LETTERS:
        raise ValueError(f"must have at least {LEAST_LETTERS} letters in every wording, so that it is found by them")


def _named(fields: Fields, node: Node | None, path: str) -> tuple[str, ...]:
    """Return lines that are named whole, or by their beginning and a star."""
    found = fields.texts(node, path, most=50, length=200)
    for item, where in fields.items(node, path):
        text = item.value if isinstance(item.value, str) else ""
        if "*" in text.rstrip()[:-1]:
            fields.fault(item, where, "has a star that is not at its end: only the beginning of a line can be named")
        elif text and sum(char.isalpha() for char in text) < LEAST_LETTERS:
            fields.fault(item, where, f"must have at least {LEAST_LETTERS} letters: a shorter beginning would swallow text")
    return found

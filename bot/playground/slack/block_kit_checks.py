"""The checks that everything in Block Kit shares: texts, strings, properties, links and arrays.

Each check appends a sentence in Slack's words to `problems`, with the place (`at`) as a JSON pointer.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

Problems = list[str]

URL_LIMIT = 3000
STYLES = ("primary", "danger")
PLAIN = ("plain_text",)
ANY_TEXT = ("plain_text", "mrkdwn")


def check_text(
    text: Any, at: str, problems: Problems, *, limit: int, kinds: Collection[str] = ANY_TEXT, required: bool = True
) -> None:
    """Check a text object: its kind, its length and its properties."""
    if text is None:
        _check_present(at, problems, required)
        return
    if not isinstance(text, dict):
        problems.append(f"must provide an object [json-pointer:{at}]")
        return
    kind = text.get("type")
    if kind not in kinds:
        problems.append(f"must provide one of {', '.join(kinds)}, not {kind!r} [json-pointer:{at}/type]")
        return
    check_keys(text, {"type", "text", "emoji"} if kind == "plain_text" else {"type", "text", "verbatim"}, at, problems)
    check_string(text.get("text"), f"{at}/text", problems, limit=limit)


def check_string(value: Any, at: str, problems: Problems, *, limit: int, required: bool = True, least: int = 1) -> None:
    """Check a string and its length."""
    if value is None:
        _check_present(at, problems, required)
    elif not isinstance(value, str):
        problems.append(f"must be a string [json-pointer:{at}]")
    elif len(value) < least:
        problems.append(f"must be more than {least - 1} characters [json-pointer:{at}]")
    elif len(value) > limit:
        problems.append(f"must be less than {limit + 1} characters [json-pointer:{at}]")


def check_keys(thing: dict[str, Any], allowed: Collection[str], at: str, problems: Problems) -> None:
    """Check that there are no unknown properties: Slack refuses them."""
    problems.extend(f"invalid additional property: {key} [json-pointer:{at}]" for key in sorted(set(thing) - set(allowed)))


def check_url(value: Any, at: str, problems: Problems) -> None:
    """Check an optional link: it needs a scheme, and has a greatest length."""
    before = len(problems)
    check_string(value, at, problems, limit=URL_LIMIT, required=False)
    if value is None or len(problems) > before:
        return
    if not value.startswith(("http://", "https://", "mailto:", "slack://", "tel:")) or " " in value:
        problems.append(f"must be a valid url [json-pointer:{at}]")


def check_array(value: Any, at: str, problems: Problems, *, most: int, least: int = 1, required: bool = True) -> list[Any]:
    """Check an array and its length; return its items, or none if it is not an array."""
    if value is None:
        _check_present(at, problems, required)
        return []
    if not isinstance(value, list):
        problems.append(f"must be an array [json-pointer:{at}]")
        return []
    if len(value) < least:
        problems.append(f"no fewer than {least} items allowed [json-pointer:{at}]")
    if len(value) > most:
        problems.append(f"no more than {most} items allowed [json-pointer:{at}]")
    return value


def check_style(thing: dict[str, Any], at: str, problems: Problems) -> None:
    """Check that `style`, if there is one, is primary or danger."""
    if "style" in thing and thing["style"] not in STYLES:
        problems.append(f"must be one of {', '.join(STYLES)} [json-pointer:{at}/style]")


def _check_present(at: str, problems: Problems, required: bool) -> None:
    if required:
        problems.append(f"missing required field: {at.rsplit('/', 1)[-1]} [json-pointer:{at.rsplit('/', 1)[0]}]")

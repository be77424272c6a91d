"""A strict Block Kit checker: what Slack refuses in messages, modals and Home tabs, said as a list of problems.

Written from the platform facts of the project (section 2.5), not from the SDK's models, so that it can catch what they
let pass. Two rules are stricter than the letter of Slack's documentation, on purpose: an action_id must be unique in
the whole message or view (documented: in its block), and an unknown property is a problem wherever the type is stable.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator
from typing import Any, Literal

from .limits_elements import (
    IN_ACTIONS,
    IN_CONTEXT_ACTIONS,
    IN_INPUT,
    IN_SECTION,
    PLAIN,
    TEXT_LIMIT,
    Problems,
    check_array,
    check_element,
    check_image,
    check_keys,
    check_string,
    check_text,
)
from .model import size_of, texts_of

Surface = Literal["message", "modal", "home"]

BLOCKS_LIMIT: dict[Surface, int] = {"message": 50, "modal": 100, "home": 100}
HEADER_LIMIT = 150
FIELDS_LIMIT = 10
FIELD_TEXT_LIMIT = 2000
CONTEXT_ELEMENTS_LIMIT = 10
ACTIONS_ELEMENTS_LIMIT = 25
CONTEXT_ACTIONS_ELEMENTS_LIMIT = 5
LABEL_LIMIT = 2000
MARKDOWN_LIMIT = 12_000
MESSAGE_BLOCKS_TEXT_LIMIT = 13_200  # not documented: slackapi/bolt-js issue 2509 measured msg_blocks_too_long here
MESSAGE_TEXT_CUT = 40_000
UPDATE_TEXT_LIMIT = 4_000
TABLE_ROWS_LIMIT = 100
TABLE_COLUMNS_LIMIT = 20
CARD_TITLE_LIMIT = 150
CARD_BODY_LIMIT = 200
CARD_ACTIONS_LIMIT = 3
CAROUSEL_CARDS_LIMIT = 10
CONTAINER_CHILDREN_LIMIT = 10
ALERT_TEXT_LIMIT = 200
VIEW_TITLE_LIMIT = 24
PRIVATE_METADATA_LIMIT = 3000
CALLBACK_ID_LIMIT = 255
VIEW_BYTES_LIMIT = 250_000

_EVERYWHERE = frozenset({"message", "modal", "home"})
SURFACES: dict[str, frozenset[str]] = {
    **dict.fromkeys(
        ("section", "divider", "header", "image", "actions", "context", "input", "rich_text", "video", "card"),
        _EVERYWHERE,
    ),
    **dict.fromkeys(("table", "data_table", "carousel"), frozenset({"message", "home"})),
    **dict.fromkeys(
        ("markdown", "context_actions", "task_card", "plan", "container", "data_visualization"), frozenset({"message"})
    ),
    "alert": frozenset({"modal"}),
}

_BLOCK_KEYS: dict[str, frozenset[str]] = {
    "section": frozenset({"text", "fields", "accessory", "expand"}),
    "divider": frozenset(),
    "header": frozenset({"text"}),
    "actions": frozenset({"elements"}),
    "context": frozenset({"elements"}),
    "context_actions": frozenset({"elements"}),
    "input": frozenset({"label", "element", "hint", "optional", "dispatch_action"}),
    "markdown": frozenset({"text"}),
    "rich_text": frozenset({"elements"}),
    "alert": frozenset({"text", "level"}),
    "card": frozenset({"hero_image", "icon", "title", "subtitle", "body", "actions"}),
    "carousel": frozenset({"elements"}),
}
_MODAL_KEYS = frozenset(
    [
        "type",
        "title",
        "blocks",
        "close",
        "submit",
        "private_metadata",
        "callback_id",
        "clear_on_close",
        "notify_on_close",
        "external_id",
        "submit_disabled",
    ]
)
_HOME_KEYS = frozenset({"type", "blocks", "private_metadata", "callback_id", "external_id"})

_PING = re.compile(r"<!(?:channel|here|everyone)(?:\|[^<>]*)?>|<!subteam\^[A-Z0-9]+[^<>]*>|<@[UW][A-Z0-9]+(?:\|[^<>]*)?>")


def check_message(text: str | None, blocks: Any) -> list[str]:
    """Problems of a message; an empty list means Slack would take it."""
    problems: Problems = []
    if text is not None and not isinstance(text, str):
        problems.append("must be a string [json-pointer:/text]")
    if blocks is not None:
        problems += check_blocks(blocks, "message")
    return problems


def check_blocks(blocks: Any, surface: Surface, at: str = "/blocks") -> list[str]:
    """Problems of an array of blocks on a surface."""
    problems: Problems = []
    items = check_array(blocks, at, problems, most=BLOCKS_LIMIT[surface], least=0)
    for index, block in enumerate(items):
        _check_block(block, f"{at}/{index}", problems, surface)
    _check_unique_ids(items, at, problems)
    _check_sums(items, at, problems)
    return problems


def check_view(view: Any) -> list[str]:
    """Problems of a modal or Home tab (its size apart: that has an error code of its own)."""
    problems: Problems = []
    if not isinstance(view, dict):
        return ["must provide an object [json-pointer:/view]"]
    kind = view.get("type")
    if kind not in {"modal", "home"}:
        return [f"unsupported type: {kind} [json-pointer:/view/type]"]
    check_keys(view, _MODAL_KEYS if kind == "modal" else _HOME_KEYS, "/view", problems)
    if kind == "modal":
        for key in ("title", "submit", "close"):
            check_text(
                view.get(key),
                f"/view/{key}",
                problems,
                limit=VIEW_TITLE_LIMIT,
                kinds=PLAIN,
                required=key == "title",
            )
    check_string(
        view.get("private_metadata"),
        "/view/private_metadata",
        problems,
        limit=PRIVATE_METADATA_LIMIT,
        required=False,
        least=0,
    )
    for key in ("callback_id", "external_id"):
        check_string(view.get(key), f"/view/{key}", problems, limit=CALLBACK_ID_LIMIT, required=False, least=0)
    problems += check_blocks(view.get("blocks"), kind, "/view/blocks")
    has_input = any(isinstance(block, dict) and block.get("type") == "input" for block in view.get("blocks") or [])
    if kind == "modal" and has_input and not view.get("submit"):
        problems.append("missing required field: submit, as there are input blocks [json-pointer:/view]")
    return problems


def view_too_large(view: Any) -> bool:
    """Is the view beyond the 250 KB Slack takes?"""
    return size_of(view) > VIEW_BYTES_LIMIT


def blocks_too_long(blocks: Any) -> bool:
    """Is there more text in a message's blocks than Slack takes altogether?"""
    return sum(len(text) for text in texts_of(blocks)) > MESSAGE_BLOCKS_TEXT_LIMIT


def pings_in(text: str | None, blocks: Any) -> list[str]:
    """Everything in the text and the mrkdwn of the blocks that would notify somebody; Slack does not refuse it."""
    found = _PING.findall(text or "")
    for node in _walk(blocks or []):
        if node.get("type") in {"mrkdwn", "markdown"} and isinstance(node.get("text"), str):
            found += _PING.findall(node["text"])
        elif node.get("type") == "broadcast":
            found.append(f"<!{node.get('range')}>")
        elif node.get("type") == "user" and node.get("user_id"):
            found.append(f"<@{node['user_id']}>")
    return found


def _walk(node: Any) -> Iterator[dict[str, Any]]:
    if isinstance(node, dict):
        yield node
        for value in node.values():
            yield from _walk(value)
    elif isinstance(node, list):
        for item in node:
            yield from _walk(item)


def _check_unique_ids(blocks: list[Any], at: str, problems: Problems) -> None:
    for key in ("block_id", "action_id"):
        seen = Counter(node[key] for node in _walk(blocks) if isinstance(node.get(key), str))
        problems.extend(
            f'`{key}` "{name}" already exists for another element [json-pointer:{at}]'
            for name, count in seen.items()
            if count > 1
        )


def _check_sums(blocks: list[Any], at: str, problems: Problems) -> None:
    of_type: dict[str, list[dict[str, Any]]] = {}
    for node in _walk(blocks):
        of_type.setdefault(str(node.get("type")), []).append(node)
    markdown = sum(len(str(node.get("text") or "")) for node in of_type.get("markdown", []))
    if len(of_type.get("markdown", [])) > 1 and markdown > MARKDOWN_LIMIT:
        problems.append(f"markdown must be less than {MARKDOWN_LIMIT + 1} characters in sum [json-pointer:{at}]")
    if len(of_type.get("table", [])) > 1:
        problems.append(f"only one table block allowed [json-pointer:{at}]")


def _check_block(block: Any, at: str, problems: Problems, surface: Surface) -> None:
    if not isinstance(block, dict):
        problems.append(f"must provide an object [json-pointer:{at}]")
        return
    kind = block.get("type")
    if not isinstance(kind, str) or kind not in SURFACES:
        problems.append(f"unsupported type: {kind} [json-pointer:{at}/type]")
        return
    if surface not in SURFACES[kind]:
        problems.append(f"unsupported type: {kind} is not allowed in {surface} [json-pointer:{at}/type]")
        return
    if kind in _BLOCK_KEYS:
        check_keys(block, _BLOCK_KEYS[kind] | {"type", "block_id"}, at, problems)
    check_string(block.get("block_id"), f"{at}/block_id", problems, limit=255, required=False)
    check = _CHECKS.get(kind)
    if check:
        check(block, at, problems, surface)


def _section(block: dict[str, Any], at: str, problems: Problems, surface: Surface) -> None:
    if block.get("text") is None and not block.get("fields"):
        problems.append(f"must provide text or fields [json-pointer:{at}]")
    check_text(block.get("text"), f"{at}/text", problems, limit=TEXT_LIMIT, required=False)
    for index, each in enumerate(
        check_array(block.get("fields"), f"{at}/fields", problems, most=FIELDS_LIMIT, required=False)
    ):
        check_text(each, f"{at}/fields/{index}", problems, limit=FIELD_TEXT_LIMIT)
    if "accessory" in block:
        check_element(block["accessory"], f"{at}/accessory", problems, allowed=IN_SECTION, surface=surface)


def _header(block: dict[str, Any], at: str, problems: Problems, surface: Surface) -> None:
    check_text(block.get("text"), f"{at}/text", problems, limit=HEADER_LIMIT, kinds=PLAIN)


def _image(block: dict[str, Any], at: str, problems: Problems, surface: Surface) -> None:
    check_image(block, at, problems)
    check_text(block.get("title"), f"{at}/title", problems, limit=LABEL_LIMIT, kinds=PLAIN, required=False)


def _actions(block: dict[str, Any], at: str, problems: Problems, surface: Surface) -> None:
    for index, element in enumerate(
        check_array(block.get("elements"), f"{at}/elements", problems, most=ACTIONS_ELEMENTS_LIMIT)
    ):
        check_element(element, f"{at}/elements/{index}", problems, allowed=IN_ACTIONS, surface=surface)


def _context(block: dict[str, Any], at: str, problems: Problems, surface: Surface) -> None:
    for index, element in enumerate(
        check_array(block.get("elements"), f"{at}/elements", problems, most=CONTEXT_ELEMENTS_LIMIT)
    ):
        place = f"{at}/elements/{index}"
        if isinstance(element, dict) and element.get("type") == "image":
            check_image(element, place, problems)
        else:
            check_text(element, place, problems, limit=TEXT_LIMIT)


def _context_actions(block: dict[str, Any], at: str, problems: Problems, surface: Surface) -> None:
    for index, element in enumerate(
        check_array(block.get("elements"), f"{at}/elements", problems, most=CONTEXT_ACTIONS_ELEMENTS_LIMIT)
    ):
        check_element(element, f"{at}/elements/{index}", problems, allowed=IN_CONTEXT_ACTIONS, surface=surface)


def _input(block: dict[str, Any], at: str, problems: Problems, surface: Surface) -> None:
    check_text(block.get("label"), f"{at}/label", problems, limit=LABEL_LIMIT, kinds=PLAIN)
    check_text(block.get("hint"), f"{at}/hint", problems, limit=LABEL_LIMIT, kinds=PLAIN, required=False)
    if block.get("element") is None:
        problems.append(f"missing required field: element [json-pointer:{at}]")
    else:
        check_element(block["element"], f"{at}/element", problems, allowed=IN_INPUT, surface=surface)


def _markdown(block: dict[str, Any], at: str, problems: Problems, surface: Surface) -> None:
    check_string(block.get("text"), f"{at}/text", problems, limit=MARKDOWN_LIMIT)


def _rich_text(block: dict[str, Any], at: str, problems: Problems, surface: Surface) -> None:
    known = {"rich_text_section", "rich_text_list", "rich_text_preformatted", "rich_text_quote"}
    for index, element in enumerate(check_array(block.get("elements"), f"{at}/elements", problems, most=1000, least=0)):
        if not isinstance(element, dict) or element.get("type") not in known:
            problems.append(f"unsupported type in rich text [json-pointer:{at}/elements/{index}]")


def _table(block: dict[str, Any], at: str, problems: Problems, surface: Surface) -> None:
    for number, row in enumerate(check_array(block.get("rows"), f"{at}/rows", problems, most=TABLE_ROWS_LIMIT)):
        place = f"{at}/rows/{number}"
        for index, cell in enumerate(check_array(row, place, problems, most=TABLE_COLUMNS_LIMIT)):
            if not isinstance(cell, dict) or cell.get("type") not in {"raw_text", "raw_number", "rich_text"}:
                problems.append(f"unsupported type of cell [json-pointer:{place}/{index}]")


def _card(block: dict[str, Any], at: str, problems: Problems, surface: Surface) -> None:
    if not any(block.get(key) for key in ("hero_image", "title", "actions", "body")):
        problems.append(f"must provide one of hero_image, title, actions, body [json-pointer:{at}]")
    for key, limit in (("title", CARD_TITLE_LIMIT), ("subtitle", CARD_TITLE_LIMIT), ("body", CARD_BODY_LIMIT)):
        check_text(block.get(key), f"{at}/{key}", problems, limit=limit, required=False)
    for key in ("hero_image", "icon"):
        if key in block:
            check_image(block[key], f"{at}/{key}", problems)
    for index, element in enumerate(
        check_array(block.get("actions"), f"{at}/actions", problems, most=CARD_ACTIONS_LIMIT, required=False)
    ):
        check_element(element, f"{at}/actions/{index}", problems, allowed={"button"}, surface=surface)


def _carousel(block: dict[str, Any], at: str, problems: Problems, surface: Surface) -> None:
    for index, card in enumerate(check_array(block.get("elements"), f"{at}/elements", problems, most=CAROUSEL_CARDS_LIMIT)):
        place = f"{at}/elements/{index}"
        if isinstance(card, dict) and card.get("type") == "card":
            _check_block(card, place, problems, surface)
        else:
            problems.append(f"must provide a card [json-pointer:{place}]")


def _container(block: dict[str, Any], at: str, problems: Problems, surface: Surface) -> None:
    check_text(
        block.get("title"),
        f"{at}/title",
        problems,
        limit=CARD_TITLE_LIMIT,
        kinds=PLAIN,
        required="rich_text_title" not in block,
    )
    check_text(block.get("subtitle"), f"{at}/subtitle", problems, limit=CARD_TITLE_LIMIT, required=False)
    if block.get("default_collapsed") and not block.get("is_collapsible"):
        problems.append(f"default_collapsed requires is_collapsible [json-pointer:{at}]")
    for index, child in enumerate(
        check_array(block.get("child_blocks"), f"{at}/child_blocks", problems, most=CONTAINER_CHILDREN_LIMIT)
    ):
        _check_block(child, f"{at}/child_blocks/{index}", problems, surface)


def _alert(block: dict[str, Any], at: str, problems: Problems, surface: Surface) -> None:
    check_text(block.get("text"), f"{at}/text", problems, limit=ALERT_TEXT_LIMIT)
    if block.get("level", "default") not in {"default", "info", "warning", "error", "success"}:
        problems.append(f"unknown level [json-pointer:{at}/level]")


_CHECKS: dict[str, Callable[[dict[str, Any], str, Problems, Surface], None]] = {
    "section": _section,
    "header": _header,
    "image": _image,
    "actions": _actions,
    "context": _context,
    "context_actions": _context_actions,
    "input": _input,
    "markdown": _markdown,
    "rich_text": _rich_text,
    "table": _table,
    "card": _card,
    "carousel": _carousel,
    "container": _container,
    "alert": _alert,
}

"""A strict Block Kit checker: returns what Slack would refuse in messages, modals and Home tabs, as a list of problems.

It knows the blocks that the bot sends, and `table`; any other block counts as unknown. It was written from the platform
facts of the project (section 2.5), not from the SDK's models, so that it can catch what they let pass. Two rules are
stricter than Slack's documentation, on purpose: an action_id must be unique in the whole message or view (documented: in
its block), and an unknown property is a problem.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator
from typing import Any, Literal

from .block_kit_checks import PLAIN, Problems, check_array, check_keys, check_string, check_text
from .block_kit_elements import FIELDS, ID_LIMIT, IN_ACTIONS, IN_SECTION, check_element
from .model import size_of, texts_of

Surface = Literal["message", "modal", "home"]

BLOCKS_LIMIT: dict[Surface, int] = {"message": 50, "modal": 100, "home": 100}
TEXT_LIMIT = 3000
HEADER_LIMIT = 150
SECTION_FIELDS_LIMIT = 10
SECTION_FIELD_TEXT_LIMIT = 2000
CONTEXT_ELEMENTS_LIMIT = 10
ACTIONS_ELEMENTS_LIMIT = 25
LABEL_LIMIT = 2000
TABLE_ROWS_LIMIT = 100
TABLE_COLUMNS_LIMIT = 20
TABLES_LIMIT = 1
TABLE_TEXT_LIMIT = 10_000  # in all cells of a message
MESSAGE_BLOCKS_TEXT_LIMIT = 13_200  # not documented: slackapi/bolt-js issue 2509 measured msg_blocks_too_long here
MESSAGE_TEXT_CUT = 40_000
UPDATE_TEXT_LIMIT = 4_000
VIEW_TITLE_LIMIT = 24
PRIVATE_METADATA_LIMIT = 3000
VIEW_BYTES_LIMIT = 250_000

_BLOCK_KEYS: dict[str, frozenset[str]] = {
    "section": frozenset({"text", "fields", "accessory", "expand"}),
    "divider": frozenset(),
    "header": frozenset({"text"}),
    "actions": frozenset({"elements"}),
    "context": frozenset({"elements"}),
    "input": frozenset({"label", "element", "hint", "optional", "dispatch_action"}),
    "rich_text": frozenset({"elements"}),
    "table": frozenset({"rows", "column_settings"}),
}
_NOT_IN_MODALS = frozenset({"table"})
_RICH_TEXT_ELEMENTS = frozenset({"rich_text_section", "rich_text_list", "rich_text_preformatted", "rich_text_quote"})
_TABLE_CELLS = frozenset({"raw_text", "raw_number", "rich_text"})
_MODAL_KEYS = frozenset(
    "type title blocks close submit private_metadata callback_id clear_on_close notify_on_close submit_disabled".split()
)
_HOME_KEYS = frozenset("type blocks private_metadata callback_id".split())

_PING = re.compile(r"<!(?:channel|here|everyone)(?:\|[^<>]*)?>|<!subteam\^[A-Z0-9]+[^<>]*>|<@[UW][A-Z0-9]+(?:\|[^<>]*)?>")


def check_message(text: str | None, blocks: Any) -> list[str]:
    """Return the problems of a message; none if Slack would accept it."""
    problems: Problems = []
    if text is not None and not isinstance(text, str):
        problems.append("must be a string [json-pointer:/text]")
    if blocks is not None:
        problems += check_blocks(blocks, "message")
    return problems


def check_blocks(blocks: Any, surface: Surface, at: str = "/blocks") -> list[str]:
    """Return the problems of an array of blocks on a surface."""
    problems: Problems = []
    items = check_array(blocks, at, problems, most=BLOCKS_LIMIT[surface], least=0)
    for index, block in enumerate(items):
        _check_block(block, f"{at}/{index}", problems, surface)
    _check_unique_ids(items, at, problems)
    tables = [block for block in items if isinstance(block, dict) and block.get("type") == "table"]
    if len(tables) > TABLES_LIMIT:
        problems.append(f"only one table block allowed [json-pointer:{at}]")
    if sum(map(len, texts_of(tables))) > TABLE_TEXT_LIMIT:
        problems.append(f"no more than {TABLE_TEXT_LIMIT} characters allowed in tables [json-pointer:{at}]")
    return problems


def check_view(view: Any) -> list[str]:
    """Return the problems of a modal or Home tab, except for its size, which has an error code of its own."""
    problems: Problems = []
    if not isinstance(view, dict):
        return ["must provide an object [json-pointer:/view]"]
    kind = view.get("type")
    if kind not in {"modal", "home"}:
        return [f"unsupported type: {kind} [json-pointer:/view/type]"]
    check_keys(view, _MODAL_KEYS if kind == "modal" else _HOME_KEYS, "/view", problems)
    if kind == "modal":
        for key in ("title", "submit", "close"):
            text, required = view.get(key), key == "title"
            check_text(text, f"/view/{key}", problems, limit=VIEW_TITLE_LIMIT, kinds=PLAIN, required=required)
    for key, limit in (("private_metadata", PRIVATE_METADATA_LIMIT), ("callback_id", ID_LIMIT)):
        check_string(view.get(key), f"/view/{key}", problems, limit=limit, required=False, least=0)
    problems += check_blocks(view.get("blocks"), kind, "/view/blocks")
    has_input = any(isinstance(block, dict) and block.get("type") == "input" for block in view.get("blocks") or [])
    if kind == "modal" and has_input and not view.get("submit"):
        problems.append("missing required field: submit, as there are input blocks [json-pointer:/view]")
    return problems


def view_too_large(view: Any) -> bool:
    """Return whether a view is larger than the 250 KB that Slack accepts."""
    return size_of(view) > VIEW_BYTES_LIMIT


def blocks_too_long(blocks: Any) -> bool:
    """Return whether a message's blocks contain more text than Slack accepts altogether."""
    return sum(len(text) for text in texts_of(blocks)) > MESSAGE_BLOCKS_TEXT_LIMIT


def pings_in(text: str | None, blocks: Any) -> list[str]:
    """Return everything in a message that would notify someone; Slack does not refuse it."""
    found = _PING.findall(text or "")
    for node in _walk(blocks or []):
        if node.get("type") == "mrkdwn" and isinstance(node.get("text"), str):
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


def _check_block(block: Any, at: str, problems: Problems, surface: Surface) -> None:
    if not isinstance(block, dict):
        problems.append(f"must provide an object [json-pointer:{at}]")
        return
    kind = block.get("type")
    if not isinstance(kind, str) or kind not in _BLOCK_KEYS:
        problems.append(f"unsupported type: {kind} [json-pointer:{at}/type]")
        return
    if surface == "modal" and kind in _NOT_IN_MODALS:
        problems.append(f"unsupported type: {kind} is not allowed in {surface} [json-pointer:{at}/type]")
        return
    check_keys(block, _BLOCK_KEYS[kind] | {"type", "block_id"}, at, problems)
    check_string(block.get("block_id"), f"{at}/block_id", problems, limit=ID_LIMIT, required=False)
    if kind in _CHECKS:
        _CHECKS[kind](block, at, problems)


def _check_section(block: dict[str, Any], at: str, problems: Problems) -> None:
    if block.get("text") is None and not block.get("fields"):
        problems.append(f"must provide text or fields [json-pointer:{at}]")
    check_text(block.get("text"), f"{at}/text", problems, limit=TEXT_LIMIT, required=False)
    fields = check_array(block.get("fields"), f"{at}/fields", problems, most=SECTION_FIELDS_LIMIT, required=False)
    for index, field in enumerate(fields):
        check_text(field, f"{at}/fields/{index}", problems, limit=SECTION_FIELD_TEXT_LIMIT)
    if "accessory" in block:
        check_element(block["accessory"], f"{at}/accessory", problems, allowed=IN_SECTION)


def _check_header(block: dict[str, Any], at: str, problems: Problems) -> None:
    check_text(block.get("text"), f"{at}/text", problems, limit=HEADER_LIMIT, kinds=PLAIN)


def _check_actions(block: dict[str, Any], at: str, problems: Problems) -> None:
    elements = check_array(block.get("elements"), f"{at}/elements", problems, most=ACTIONS_ELEMENTS_LIMIT)
    for index, element in enumerate(elements):
        check_element(element, f"{at}/elements/{index}", problems, allowed=IN_ACTIONS)


def _check_context(block: dict[str, Any], at: str, problems: Problems) -> None:
    elements = check_array(block.get("elements"), f"{at}/elements", problems, most=CONTEXT_ELEMENTS_LIMIT)
    for index, element in enumerate(elements):
        check_text(element, f"{at}/elements/{index}", problems, limit=TEXT_LIMIT)


def _check_input(block: dict[str, Any], at: str, problems: Problems) -> None:
    check_text(block.get("label"), f"{at}/label", problems, limit=LABEL_LIMIT, kinds=PLAIN)
    check_text(block.get("hint"), f"{at}/hint", problems, limit=LABEL_LIMIT, kinds=PLAIN, required=False)
    if block.get("element") is None:
        problems.append(f"missing required field: element [json-pointer:{at}]")
    else:
        check_element(block["element"], f"{at}/element", problems, allowed=FIELDS)


def _check_rich_text(block: dict[str, Any], at: str, problems: Problems) -> None:
    for index, element in enumerate(check_array(block.get("elements"), f"{at}/elements", problems, most=1000, least=0)):
        if not isinstance(element, dict) or element.get("type") not in _RICH_TEXT_ELEMENTS:
            problems.append(f"unsupported type in rich text [json-pointer:{at}/elements/{index}]")


def _check_table(block: dict[str, Any], at: str, problems: Problems) -> None:
    for number, row in enumerate(check_array(block.get("rows"), f"{at}/rows", problems, most=TABLE_ROWS_LIMIT)):
        place = f"{at}/rows/{number}"
        for index, cell in enumerate(check_array(row, place, problems, most=TABLE_COLUMNS_LIMIT)):
            if not isinstance(cell, dict) or cell.get("type") not in _TABLE_CELLS:
                problems.append(f"unsupported type of cell [json-pointer:{place}/{index}]")
            elif not (cell.get("elements") if cell["type"] == "rich_text" else cell.get("text")):
                problems.append(f"must not be empty [json-pointer:{place}/{index}]")


_CHECKS: dict[str, Callable[[dict[str, Any], str, Problems], None]] = {
    "section": _check_section,
    "header": _check_header,
    "actions": _check_actions,
    "context": _check_context,
    "input": _check_input,
    "rich_text": _check_rich_text,
    "table": _check_table,
}

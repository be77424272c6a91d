"""What a person can touch in blocks: buttons to press, choices to make, fields to fill in."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from copy import deepcopy
from dataclasses import dataclass
from typing import Any

from .limits_elements import CHOICES, PICKERS, SELECTS, TEXT_INPUTS
from .model import Json

STATEFUL = SELECTS | CHOICES | PICKERS | TEXT_INPUTS | {"datetimepicker"}

_STATE_KEYS = {
    "static_select": "selected_option",
    "external_select": "selected_option",
    "radio_buttons": "selected_option",
    "users_select": "selected_user",
    "conversations_select": "selected_conversation",
    "channels_select": "selected_channel",
    "multi_static_select": "selected_options",
    "multi_external_select": "selected_options",
    "checkboxes": "selected_options",
    "multi_users_select": "selected_users",
    "multi_conversations_select": "selected_conversations",
    "multi_channels_select": "selected_channels",
    "datepicker": "selected_date",
    "timepicker": "selected_time",
    "datetimepicker": "selected_date_time",
    "file_input": "files",
    "rich_text_input": "rich_text_value",
}
_INITIAL_KEYS = {
    "selected_option": "initial_option",
    "selected_options": "initial_options",
    "selected_user": "initial_user",
    "selected_users": "initial_users",
    "selected_conversation": "initial_conversation",
    "selected_conversations": "initial_conversations",
    "selected_channel": "initial_channel",
    "selected_channels": "initial_channels",
    "selected_date": "initial_date",
    "selected_time": "initial_time",
    "selected_date_time": "initial_date_time",
    "rich_text_value": "initial_value",
    "value": "initial_value",
}


@dataclass(frozen=True)
class Control:
    """Something that can be pressed: a button, one choice of an overflow menu, one half of feedback buttons."""

    label: str
    action_id: str
    block_id: str
    value: str | None
    url: str | None
    action: Json

    def __str__(self) -> str:
        return f"[{self.label}] ({self.action_id})"


def controls_in(blocks: list[Json]) -> list[Control]:
    """Everything that can be pressed, in reading order."""
    return [control for block, element in elements_in(blocks) for control in _controls_of(block, element)]


def elements_in(blocks: list[Json]) -> Iterator[tuple[Json, Json]]:
    """Each element that has an action_id, with the block it stands in."""
    for block in blocks:
        for key in ("child_blocks", "elements"):
            nested = [each for each in block.get(key) or [] if isinstance(each, dict)]
            yield from elements_in([each for each in nested if key == "child_blocks" or each.get("type") == "card"])
        inside = [block.get("accessory"), block.get("element"), *(block.get("actions") or [])]
        for element in [*inside, *(block.get("elements") or [])]:
            if isinstance(element, dict) and "action_id" in element:
                yield block, element


def _controls_of(block: Json, element: Json) -> Iterator[Control]:
    kind, action_id, block_id = element["type"], element["action_id"], block["block_id"]
    base: Json = {"type": kind, "action_id": action_id, "block_id": block_id}
    if kind in {"button", "icon_button", "workflow_button"}:
        action = base | {key: deepcopy(element[key]) for key in ("text", "value", "style", "url") if key in element}
        yield Control(element["text"]["text"], action_id, block_id, element.get("value"), element.get("url"), action)
    elif kind == "overflow":
        for option in element["options"]:
            action = base | {"selected_option": deepcopy(option)}
            yield Control(option["text"]["text"], action_id, block_id, option["value"], option.get("url"), action)
    elif kind == "feedback_buttons":
        for side in ("positive_button", "negative_button"):
            button = element[side]
            action = base | {"text": deepcopy(button["text"]), "value": button["value"]}
            yield Control(button["text"]["text"], action_id, block_id, button["value"], None, action)


def find_control(blocks: list[Json], what: str, *, value: str | None = None, nth: int | None = None) -> Control:
    """The control with this label or action_id; `value` or `nth` (from 0) choose among several."""
    everything = controls_in(blocks)
    found = [each for each in everything if what in (each.label, each.action_id) and value in (None, each.value)]
    if nth is not None:
        found = found[nth : nth + 1]
    if len(found) != 1:
        there = ", ".join(str(each) for each in everything) or "nothing to press"
        raise AssertionError(f"{'no' if not found else len(found)} control(s) {what!r} among: {there}")
    return found[0]


def find_element(blocks: list[Json], action_id: str, block_id: str | None = None) -> tuple[Json, Json]:
    """The block and the element with this action_id (in the block with this id, where one is given)."""
    for block, element in elements_in(blocks):
        if element["action_id"] == action_id and block_id in (None, block["block_id"]):
            return block, element
    raise AssertionError(f"no element {action_id!r} among: {', '.join(e['action_id'] for _, e in elements_in(blocks))}")


def initial_state(blocks: list[Json]) -> Json:
    """The state of all fields as they stand when first shown: block_id, then action_id, then value."""
    state: Json = {}
    for block, element in elements_in(blocks):
        kind = element["type"]
        if kind in STATEFUL:
            key = _STATE_KEYS.get(kind, "value")
            empty: Any = [] if key.endswith("s") else None
            initial = deepcopy(element.get(_INITIAL_KEYS.get(key, ""), empty))
            state.setdefault(block["block_id"], {})[element["action_id"]] = {"type": kind, key: initial}
    return state


def merged_state(blocks: list[Json], changed: Json) -> Json:
    """The initial state with what was changed since."""
    state = initial_state(blocks)
    for block_id, fields in changed.items():
        if block_id in state:
            state[block_id] |= deepcopy(fields)
    return state


def field_value(element: Json, given: Any) -> Json:
    """What a person enters in a field, as state. Choices are named by label or value; a mapping is taken as it is."""
    kind = element["type"]
    if isinstance(given, Mapping):
        return {"type": kind, **given}
    key = _STATE_KEYS.get(kind, "value")
    value: Any = given
    if key == "selected_option" and given is not None:
        value = _option(element, given)
    elif key == "selected_options":
        value = [_option(element, each) for each in given]
    elif key == "value" and given is not None:
        value = str(given)
    return {"type": kind, key: value}


def _option(element: Json, name: str) -> Json:
    options = [*(element.get("options") or [])]
    for group in element.get("option_groups") or []:
        options += group["options"]
    for option in options:
        if name in (option["value"], option["text"]["text"]):
            return dict(deepcopy(option))
    raise AssertionError(f"no option {name!r} among: {', '.join(option['text']['text'] for option in options)}")


def field_complaints(blocks: list[Json], state: Json) -> dict[str, str]:
    """Why the form would not be sent: the complaint Slack's own client makes beside each field, by block_id."""
    problems: dict[str, str] = {}
    for block in blocks:
        if block.get("type") != "input":
            continue
        element = block["element"]
        fields = state.get(block["block_id"], {}).get(element["action_id"], {})
        values = [value for key, value in fields.items() if key != "type"]
        value = values[0] if values else None
        if not value:
            if not block.get("optional"):
                problems[block["block_id"]] = "please complete this required field"
        elif isinstance(value, str) and len(value) < element.get("min_length", 0):
            problems[block["block_id"]] = f"at least {element['min_length']} characters"
        elif isinstance(value, str) and len(value) > element.get("max_length", 3000):
            problems[block["block_id"]] = f"at most {element.get('max_length', 3000)} characters"
    return problems


def missing_fields(blocks: list[Json], state: Json) -> list[str]:
    """The same complaints, each behind its field's label."""
    labels = {block["block_id"]: block["label"]["text"] for block in blocks if block.get("type") == "input"}
    return [f"{labels[block_id]}: {problem}" for block_id, problem in field_complaints(blocks, state).items()]
